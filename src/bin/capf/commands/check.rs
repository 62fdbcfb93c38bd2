use std::sync::Arc;

use capf::admin::check::{ExpiringPhone, Finding, Limits, State, Unit, Value, Verdict, check};
use capf::model::parse_time;
use capf::report::Column;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::cli::Format;
use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::ui::Ui;

/// Check the installation for a monitoring system
///
/// A plugin for Nagios, Icinga and all that call such: the first line says how it stands, with
/// performance data behind a `|`; further lines say what was found out, and which phones' LSCs
/// expire first. `--format json` has all of it under stable keys.
///
/// The exit codes are not those of the other commands, but the plugins': 0 OK, 1 WARNING, 2
/// CRITICAL, 3 UNKNOWN. Where the command line is wrong or the store cannot be read, it is UNKNOWN.
///
/// Critical are: LSCs that have expired or expire within --critical; the CAPF certificate, and a
/// trust anchor that valid LSCs rest on, within --ca-critical. A warning are: the same within
/// --warning and --ca-warning; phones whose last operation failed; operations that are pending after
/// their Operation Completes By; CSRs that have waited longer than --csr-age; a manufacturer's trust
/// anchor within --ca-warning while phones are to prove themselves by a certificate. A trust anchor
/// on which nothing depends, and stale LSCs, are told and are OK.
///
/// A duration is `30d`, `36h`, `90m` or `45s`; a number alone is days.
///
/// Nothing is written. The user needs read access to the database with the files beside it
/// (`capf.db`, `capf.db-wal`, `capf.db-shm`), to `ca/CAPF.cer` and, for --service, to `serve.lock`,
/// and may search the data directory. The database holds authentication strings: rather than to let
/// the monitoring system read it, let it run this one command line as the user of the service.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  capf check --service
  capf check --warning 60d --critical 14d --failures-critical 50
  sudo -u capf /usr/local/bin/capf check --service --data-dir /var/lib/capf")]
pub(crate) struct Check {
    /// Warn of LSCs that expire within this time
    #[arg(long, value_name = "DURATION", default_value = "30d", value_parser = duration)]
    warning: SignedDuration,

    /// LSCs that expire within this time are critical
    #[arg(long, value_name = "DURATION", default_value = "7d", value_parser = duration)]
    critical: SignedDuration,

    /// Leave out LSCs that expired longer ago than this
    ///
    /// For phones that lie in a cupboard. By default every LSC that has expired is critical, until
    /// its phone is removed or has another.
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    ignore_expired: Option<SignedDuration>,

    /// Warn of the CAPF certificate and of trust anchors that expire within this time
    #[arg(long, value_name = "DURATION", default_value = "90d", value_parser = duration)]
    ca_warning: SignedDuration,

    /// The CAPF certificate and trust anchors of LSCs that expire within this time are critical
    #[arg(long, value_name = "DURATION", default_value = "30d", value_parser = duration)]
    ca_critical: SignedDuration,

    /// Warn of CSRs that have waited longer than this for a certificate
    #[arg(long, value_name = "DURATION", default_value = "7d", value_parser = duration)]
    csr_age: SignedDuration,

    /// Warn where the last operation of more phones than this failed
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    failures_warning: u64,

    /// It is critical where the last operation of more phones than this failed
    ///
    /// By default no number is.
    #[arg(long, value_name = "NUMBER")]
    failures_critical: Option<u64>,

    /// Warn where more operations than this are overdue
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    overdue_warning: u64,

    /// Warn where there are more stale LSCs than this
    ///
    /// By default no number is too many.
    #[arg(long, value_name = "NUMBER")]
    stale_warning: Option<u64>,

    /// It is critical where no service runs on the data directory
    ///
    /// Be it that it is not activated, which is said then (see `capf service`).
    #[arg(long)]
    service: bool,
}

impl Check {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let limits = self.limits()?;
        let config = context.config()?;
        let clock = Arc::clone(context.clock());
        let verdict = check(&config.data_dir, &config.store, clock, &limits).await;
        write(&context.ui, &verdict)?;
        Ok(Completion::Checked(verdict.state))
    }

    fn limits(self) -> Result<Limits, CommandError> {
        for (warning, critical, option) in [
            (self.warning, self.critical, "--critical"),
            (self.ca_warning, self.ca_critical, "--ca-critical"),
        ] {
            if critical > warning {
                return Err(CommandError::usage(format!(
                    "{option} is longer than the time of the warning, which would never come"
                )));
            }
        }
        Ok(Limits {
            warning: self.warning,
            critical: self.critical,
            ignore_expired: self.ignore_expired,
            ca_warning: self.ca_warning,
            ca_critical: self.ca_critical,
            csr_age: self.csr_age,
            failures_warning: self.failures_warning,
            failures_critical: self.failures_critical,
            overdue_warning: self.overdue_warning,
            stale_warning: self.stale_warning,
            service: self.service,
        })
    }
}

/// Says that nothing could be found out, in the format of every other answer.
pub(crate) fn write_unknown(ui: &Ui, why: &str) -> Result<Completion, CommandError> {
    let verdict = Verdict::unknown(why);
    write(ui, &verdict)?;
    Ok(Completion::Checked(verdict.state))
}

fn write(ui: &Ui, verdict: &Verdict) -> Result<(), CommandError> {
    match ui.format() {
        Format::Table => lines(verdict).iter().try_for_each(|line| ui.line(line)),
        Format::Json | Format::Jsonl => ui.json(&Answer {
            message: verdict.headline(),
            state: verdict.state,
            findings: &verdict.findings,
            phones: &verdict.phones,
        }),
        Format::Csv => {
            let rows = verdict.findings.iter().map(|finding| {
                vec![
                    finding.subject.as_str().into(),
                    finding.state.as_str().into(),
                    finding.message.as_str().into(),
                ]
            });
            ui.list(COLUMNS, rows)
        }
    }
}

const COLUMNS: &[Column] = &[
    Column {
        key: "subject",
        label: "Subject",
    },
    Column {
        key: "state",
        label: "State",
    },
    Column {
        key: "message",
        label: "Message",
    },
];

/// The verdict as JSON.
#[derive(Serialize)]
struct Answer<'a> {
    state: State,
    message: String,
    findings: &'a [Finding],
    phones: &'a [ExpiringPhone],
}

/// What a plugin writes: one line with performance data, and lines for whoever looks closer.
fn lines(verdict: &Verdict) -> Vec<String> {
    let data: Vec<_> = verdict
        .findings
        .iter()
        .flat_map(|finding| &finding.values)
        .map(performance_data)
        .collect();
    let mut first = format!(
        "CAPF {} - {}",
        verdict.state.as_str(),
        without_bars(&verdict.headline())
    );
    if !data.is_empty() {
        first = format!("{first}|{}", data.join(" "));
    }
    // An error is said in one line: it is all that there is.
    let is_error = data.is_empty() && verdict.findings.len() == 1;
    let details = verdict
        .findings
        .iter()
        .filter(|_| !is_error)
        .map(|finding| {
            format!(
                "[{}] {}",
                finding.state.as_str(),
                without_bars(&finding.message)
            )
        });
    let phones = verdict
        .phones
        .iter()
        .map(|phone| format!("{}: LSC Expires {}", phone.name, phone.lsc_expires));
    [first].into_iter().chain(details).chain(phones).collect()
}

/// `label=value[UOM];warn;crit;min` (Monitoring Plugins guidelines, *Performance data*).
fn performance_data(value: &Value) -> String {
    let range = |range: Option<_>| range.map(|range| format!("{range}")).unwrap_or_default();
    let (unit, least) = match value.unit {
        Unit::Count => ("", "0"),
        Unit::Seconds => ("s", ""),
    };
    let data = format!(
        "{}={}{unit};{};{};{least}",
        value.label,
        value.value,
        range(value.warning),
        range(value.critical),
    );
    data.trim_end_matches(';').to_owned()
}

/// Behind a bar the monitoring system looks for performance data.
fn without_bars(text: &str) -> String {
    text.replace('|', "/")
}

fn duration(text: &str) -> Result<SignedDuration, InvalidDuration> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let whole = if is_number(text) {
        format!("{text}d")
    } else {
        text.to_owned()
    };
    let invalid = InvalidDuration {
        text: text.to_owned(),
    };
    match whole.strip_suffix(['s', 'm', 'h', 'd']) {
        Some(number) if is_number(number) => parse_time(&whole, Timestamp::UNIX_EPOCH)
            .map(|end| end.duration_since(Timestamp::UNIX_EPOCH))
            .map_err(|_| invalid),
        _ => Err(invalid),
    }
}

/// Text that is no duration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no duration; write 30d, 36h, 90m or 45s, or a number of days")]
struct InvalidDuration {
    text: String,
}

#[cfg(test)]
mod tests {
    use capf::admin::check::Range;

    use super::*;

    #[test]
    fn durations_have_a_unit_or_are_days() {
        for (text, hours) in [
            ("30d", 720),
            ("30", 720),
            ("36h", 36),
            ("120m", 2),
            ("0", 0),
        ] {
            assert_eq!(
                duration(text),
                Ok(SignedDuration::from_hours(hours)),
                "{text}"
            );
        }
        for wrong in [
            "",
            "d",
            "-1d",
            "30w",
            "1.5d",
            "2027-01-31",
            "99999999999999d",
            "٣d",
        ] {
            let error = duration(wrong).unwrap_err().to_string();
            assert!(error.contains("30d"), "{error}");
        }
    }

    #[test]
    fn performance_data_is_as_the_guidelines_have_it() {
        let value = |value, unit, warning, critical| Value {
            label: "label",
            value,
            unit,
            warning,
            critical,
        };
        for (value, data) in [
            (value(3, Unit::Count, None, None), "label=3;;;0"),
            (
                value(3, Unit::Count, Some(Range::UpTo(0)), Some(Range::UpTo(50))),
                "label=3;0;50;0",
            ),
            (
                value(
                    -5,
                    Unit::Seconds,
                    Some(Range::From(60)),
                    Some(Range::From(9)),
                ),
                "label=-5s;60:;9:",
            ),
            (
                value(5, Unit::Seconds, Some(Range::UpTo(60)), None),
                "label=5s;60",
            ),
        ] {
            assert_eq!(performance_data(&value), data);
        }
    }

    #[test]
    fn an_error_is_one_line_and_no_bar_stands_in_it() {
        assert_eq!(
            lines(&Verdict::unknown("the file a|b cannot be read")),
            ["CAPF UNKNOWN - the file a/b cannot be read"]
        );
    }
}
