//! How an installation stands, for a monitoring system: every finding with its state.
//!
//! [`check`] looks without writing anything, so that a user may run it who can only read; `facts`
//! gathers what is so, and `judgement` says what is to be thought of it. The states and their
//! numbers are those of the Monitoring Plugins guidelines
//! (<https://www.monitoring-plugins.org/doc/guidelines.html>).

mod facts;
mod judgement;

use std::path::Path;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, Serializer};

use super::{AdminError, Installation, service_lock};
use crate::clock::Clock;
use facts::{Authorities, Facts};

/// How something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum State {
    /// As it should.
    Ok,
    /// Somebody should look at it on a working day.
    Warning,
    /// Somebody should look at it now.
    Critical,
    /// It could not be found out.
    Unknown,
}

impl State {
    /// The exit code that says it.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Warning => 1,
            Self::Critical => 2,
            Self::Unknown => 3,
        }
    }

    /// The state in the guidelines' capitals.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Warning => "WARNING",
            Self::Critical => "CRITICAL",
            Self::Unknown => "UNKNOWN",
        }
    }

    /// How bad it is: what is known to be wrong counts for more than what is not known.
    const fn weight(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Unknown => 1,
            Self::Warning => 2,
            Self::Critical => 3,
        }
    }

    /// The worst of all; `Ok` where there is none.
    fn worst(states: impl IntoIterator<Item = Self>) -> Self {
        let worst = states.into_iter().max_by_key(|state| state.weight());
        worst.unwrap_or(Self::Ok)
    }
}

/// From where on something is no longer as it should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// An LSC that expires sooner than this is a warning.
    pub warning: SignedDuration,
    /// An LSC that expires sooner than this is critical, and so is one that has expired.
    pub critical: SignedDuration,
    /// LSCs that expired longer ago than this do not count.
    pub ignore_expired: Option<SignedDuration>,
    /// The certificate of an issuer that expires sooner than this is a warning.
    pub ca_warning: SignedDuration,
    /// The certificate of an issuer that expires sooner than this is critical.
    pub ca_critical: SignedDuration,
    /// A request that has waited longer than this for its certificate is a warning.
    pub csr_age: SignedDuration,
    /// More failed phones than these are a warning.
    pub failures_warning: u64,
    /// More failed phones than these are critical.
    pub failures_critical: Option<u64>,
    /// More overdue operations than these are a warning.
    pub overdue_warning: u64,
    /// More stale LSCs than these are a warning.
    pub stale_warning: Option<u64>,
    /// Whether the service has to run.
    pub service: bool,
}

impl Default for Limits {
    fn default() -> Self {
        let days = |days: i64| SignedDuration::from_hours(24 * days);
        Self {
            warning: days(30),
            critical: days(7),
            ignore_expired: None,
            // A new CAPF certificate has to get into the phones' CTL or ITL files.
            ca_warning: days(90),
            ca_critical: days(30),
            // Before the operation expires, which it does after 10 days where nothing else is said.
            csr_age: days(7),
            failures_warning: 0,
            failures_critical: None,
            overdue_warning: 0,
            stale_warning: None,
            service: false,
        }
    }
}

/// What was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// Whether the service runs.
    Service,
    /// Whether the database can be read.
    Store,
    /// When the phones' LSCs expire.
    LscExpiry,
    /// The phones whose last operation failed.
    Failures,
    /// The operations whose time is over.
    OverdueOperations,
    /// The requests that wait for a certificate.
    WaitingCsrs,
    /// The certificates that no phone took.
    StaleLscs,
    /// When the CAPF certificate expires.
    CapfCertificate,
    /// When the trust anchors expire.
    TrustAnchors,
    /// The revocation lists, and the phones whose LSC is on one.
    Revocation,
}

impl Subject {
    /// Its name, as JSON has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Store => "store",
            Self::LscExpiry => "lsc_expiry",
            Self::Failures => "failures",
            Self::OverdueOperations => "overdue_operations",
            Self::WaitingCsrs => "waiting_csrs",
            Self::StaleLscs => "stale_lscs",
            Self::CapfCertificate => "capf_certificate",
            Self::TrustAnchors => "trust_anchors",
            Self::Revocation => "revocation",
        }
    }
}

/// A number, for whoever draws a curve of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Value {
    /// What it counts or measures; stable.
    pub label: &'static str,
    /// The number.
    pub value: i64,
    /// Its unit.
    pub unit: Unit,
    /// Outside this range it is a warning.
    pub warning: Option<Range>,
    /// Outside this range it is critical.
    pub critical: Option<Range>,
}

/// A number's unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// So many of something.
    Count,
    /// Seconds.
    Seconds,
}

/// A range in the guidelines' words, outside of which it is time for an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// From 0 to this.
    UpTo(u64),
    /// This or more.
    From(i64),
}

impl std::fmt::Display for Range {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::UpTo(most) => write!(formatter, "{most}"),
            Self::From(least) => write!(formatter, "{least}:"),
        }
    }
}

impl Serialize for Range {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What was found out about one subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// About what.
    pub subject: Subject,
    /// How it stands.
    pub state: State,
    /// The same in words.
    pub message: String,
    /// The numbers behind it.
    pub values: Vec<Value>,
}

/// A phone whose LSC expires, or has expired.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExpiringPhone {
    /// Its name.
    pub name: String,
    /// The last second in which its LSC is valid.
    pub lsc_expires: Timestamp,
}

/// How an installation stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// The worst of the findings' states.
    pub state: State,
    /// All that was found out.
    pub findings: Vec<Finding>,
    /// The first phones whose LSCs are no longer as they should be, a handful at the most.
    pub phones: Vec<ExpiringPhone>,
}

impl Verdict {
    fn of(findings: Vec<Finding>, phones: Vec<ExpiringPhone>) -> Self {
        Self {
            state: State::worst(findings.iter().map(|finding| finding.state)),
            findings,
            phones,
        }
    }

    /// What cannot be found out because of this.
    pub fn unknown(why: &str) -> Self {
        Self::of(vec![unreadable(why.to_owned())], Vec::new())
    }

    /// What is to be said first: the worst findings, or, where all is well, how the LSCs stand.
    pub fn headline(&self) -> String {
        let mut bad: Vec<&Finding> = self
            .findings
            .iter()
            .filter(|finding| finding.state != State::Ok)
            .collect();
        bad.sort_by_key(|finding| std::cmp::Reverse(finding.state.weight()));
        if bad.is_empty() {
            bad.extend(
                self.findings
                    .iter()
                    .filter(|finding| matches!(finding.subject, Subject::LscExpiry)),
            );
        }
        let messages: Vec<_> = bad.iter().map(|finding| &finding.message[..]).collect();
        messages.join("; ")
    }
}

/// Looks how the installation in `data_dir` stands, whose database is `store`.
///
/// Nothing is made and nothing is written. What the user may not read is a finding of its own, whose
/// state is [`State::Unknown`].
pub async fn check(
    data_dir: &Path,
    store: &str,
    clock: Arc<dyn Clock>,
    limits: &Limits,
) -> Verdict {
    let runs = || service_lock::is_taken(data_dir, service_lock::SERVICE);
    let service = |known: Option<&Facts>| {
        limits
            .service
            .then(|| judgement::service(data_dir, runs(), known))
    };
    let gathered = async {
        let installation = Installation::open_to_read(data_dir, store, clock).await?;
        let facts = Facts::gather(&installation, limits).await?;
        Ok::<_, AdminError>((judgement::judge(&facts, limits, installation.now()), facts))
    };
    match gathered.await {
        Ok((findings, facts)) => Verdict::of(
            service(Some(&facts)).into_iter().chain(findings).collect(),
            facts.first_to_expire,
        ),
        Err(error) => Verdict::of(
            service(None)
                .into_iter()
                .chain([unreadable(judgement::whole(&error))])
                .collect(),
            Vec::new(),
        ),
    }
}

/// Looks how those stand who vouch for certificates: the CAPF certificate, the trust anchors and their
/// revocation lists.
pub async fn authorities(
    installation: &Installation,
    limits: &Limits,
) -> Result<Vec<Finding>, AdminError> {
    let facts = Authorities::gather(installation, limits).await?;
    Ok(judgement::judge_authorities(&facts, limits, installation.now()).into())
}

fn unreadable(message: String) -> Finding {
    Finding {
        subject: Subject::Store,
        state: State::Unknown,
        message,
        values: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
