use std::num::NonZeroU32;
use std::time::Duration;

use capf::admin::phone::Settings;
use capf::admin::renew::{Pace, Plan, RenewalListener, RenewedPhones};
use capf::model::{AuthenticationMode, parse_duration};
use capf::report::Cell;
use jiff::{SignedDuration, Timestamp};

use super::resets::{self, ResetOption, fields_of, not_reset, sentence_of};
use super::warn_of_distrust;
use crate::command_error::{CommandError, Completion};
use crate::commands::criteria::Criteria;
use crate::context::Context;
use crate::interrupt::stop_on_signal;
use crate::ui::{Progress, Record, Ui, Unit, counted};
use crate::words::words;

/// Renew LSCs before they expire
///
/// Schedules Install/Upgrade for the phones whose LSC expires within a time, or has expired, the one
/// that expires first in front. A phone for which an operation is scheduled is left alone, unless that
/// is an Install/Upgrade whose Operation Completes By is past. Passed over, and counted, are phones of
/// which nothing could come: those By Authentication String that have no string, and those that are to
/// prove themselves by an LSC that has expired.
///
/// It says how many phones there are and asks first; without a terminal it needs `--yes`. Running it
/// again schedules no phone twice, so that it can be run from a timer; with `--batch`, only so many
/// phones a run. With `--every`, it goes on with the next batch after that time, until none is left of
/// the LSCs that were due when it began. Ctrl-C ends it between two batches.
///
/// The exit code is 3 where phones were passed over or not reset, and 1 where nothing else was done. That
/// phones are left for another run, or have an operation scheduled already, is no failure.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  capf phone renew --expires-within 60d --dry-run
  capf --config capf.toml phone renew --expires-within 60d --batch 200 --reset --yes
  capf --config capf.toml phone renew --expires-within 60d --batch 50 --every 10m --reset
  capf phone find --where 'lsc-expires is-before 60d' --sort lsc-expires")]
pub(crate) struct Renew {
    /// Renew LSCs that expire within this time: 90m, 36h, 60d
    ///
    /// It has to be shorter than the time for which CAPF issues LSCs (parameter `Duration Of
    /// Certificate Validity (in days)`).
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    expires_within: SignedDuration,

    #[command(flatten)]
    criteria: Criteria,

    /// Schedule no more phones than this at a time
    #[arg(long, value_name = "N")]
    batch: Option<NonZeroU32>,

    /// Go on with the next batch after this time: 10m, 2h, 1d
    #[arg(long, value_name = "TIME", requires = "batch", value_parser = pause)]
    every: Option<Duration>,

    /// How the phones have to prove who they are from now on
    ///
    /// Where it is not given, each as it is set. `lsc` touches no phone, and trusts no network.
    #[arg(
        long,
        value_name = "MODE",
        value_parser = words(AuthenticationMode::ALL, AuthenticationMode::option)
    )]
    auth_mode: Option<AuthenticationMode>,

    #[command(flatten)]
    reset: ResetOption,

    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

/// A time to wait, which is some.
fn pause(text: &str) -> Result<Duration, String> {
    let time = parse_duration(text).map_err(|error| error.to_string())?;
    Duration::try_from(time)
        .ok()
        .filter(|time| !time.is_zero())
        .ok_or_else(|| "write at least 1s".to_owned())
}

impl Renew {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let ui = &context.ui;
        let hook = self.reset.hook(context)?;
        let installation = context.installation().await?;
        let (within, mode) = (self.expires_within, self.auth_mode);
        let criteria = self.criteria.resolve(&installation).await?;
        let plan = Plan::make(&installation, within, criteria, mode).await?;
        let pace = Pace {
            batch: self.batch,
            every: self.every,
        };
        let preview = plan.preview(pace);
        let mut stopped_before = 0;
        let renewed = if self.dry_run || preview.scheduled == 0 {
            RenewedPhones {
                dry_run: self.dry_run,
                ..preview
            }
        } else {
            ui.confirm(&question(&preview, hook.is_some()))?;
            let mut settings = Settings::default();
            settings.change.authentication_mode = mode;
            warn_of_distrust(context, &installation, &settings).await?;
            let mut watch = Watch::new(ui, hook.is_some());
            let stop = stop_on_signal()?;
            let renewed = plan
                .carry_out(&installation, pace, hook.as_ref(), &mut watch, &stop)
                .await?;
            drop(watch);
            if stop.is_cancelled() {
                ui.warning("it was stopped. What is scheduled stays scheduled.");
                stopped_before = renewed.left;
            }
            renewed
        };
        ui.show(&renewed)?;
        warn(ui, &renewed);
        let passed_over = renewed.without_string + renewed.expired;
        let not_reset = renewed.resets.as_ref().map_or(0, not_reset);
        Ok(Completion::of(
            renewed.scheduled,
            passed_over + not_reset + stopped_before,
        ))
    }
}

fn question(preview: &RenewedPhones, resets: bool) -> String {
    let phones = counted(preview.scheduled, "phone");
    let and_reset = if resets { " and reset them" } else { "" };
    let of = match preview.left {
        0 => String::new(),
        left => format!(", of {}", left + preview.scheduled),
    };
    format!(
        "This operation will schedule Install/Upgrade for {phones}{of} whose LSC expires by \
         {}{and_reset}.",
        preview.until
    )
}

/// Says what keeps phones from being renewed, and what to do about it.
fn warn(ui: &Ui, renewed: &RenewedPhones) {
    if renewed.without_string > 0 {
        ui.warning(&format!(
            "{} By Authentication String {} no string, so that the user could enter none. `capf phone \
             set --auth-string generate` gives each its own, with --where 'Authentication String is \
             empty' and what else selects them.",
            counted(renewed.without_string, "phone"),
            if renewed.without_string == 1 { "has" } else { "have" },
        ));
    }
    if renewed.expired > 0 {
        ui.warning(&format!(
            "The LSC by which {} would have to prove {} has expired, and is no proof any more. Give \
             another --auth-mode with --where 'LSC Expires is before 0s'.",
            counted(renewed.expired, "phone"),
            if renewed.expired == 1 { "itself" } else { "themselves" },
        ));
    }
    if let Some(resets) = &renewed.resets {
        resets::warn(ui, resets);
    }
}

/// Shows how a renewal goes.
struct Watch<'a> {
    ui: &'a Ui,
    /// What is counted while it goes on: nothing is while it waits.
    progress: Option<Progress>,
    resets: bool,
    scheduled: u64,
}

impl<'a> Watch<'a> {
    fn new(ui: &'a Ui, resets: bool) -> Self {
        Self {
            ui,
            progress: None,
            resets,
            scheduled: 0,
        }
    }

    fn count(&mut self, phones: u64, of: Option<u64>) {
        let what = if self.resets {
            "phones reset"
        } else {
            "phones scheduled"
        };
        let progress = self
            .progress
            .get_or_insert_with(|| self.ui.progress(what, Unit::Count));
        progress.set(phones, of);
    }
}

impl RenewalListener for Watch<'_> {
    fn scheduled(&mut self, phones: u64) {
        self.scheduled = phones;
        if !self.resets {
            self.count(phones, None);
        }
    }

    fn reset(&mut self, phones: u64) {
        self.count(phones, Some(self.scheduled));
    }

    fn waiting(&mut self, until: Timestamp) {
        self.progress = None;
        let scheduled = counted(self.scheduled, "phone");
        let so_far = format!("{scheduled} scheduled; the next batch follows at {until}.");
        self.ui.note(&so_far);
    }
}

impl Record for RenewedPhones {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        let mut fields = vec![
            ("LSC Expires by", self.until.into()),
            ("Scheduled", self.scheduled.into()),
            ("Left", self.left.into()),
            ("Pending", self.pending.into()),
            ("Without Authentication String", self.without_string.into()),
            ("Expired LSC as Proof", self.expired.into()),
        ];
        fields.extend(self.resets.iter().flat_map(fields_of));
        fields
    }

    fn sentence(&self) -> Option<String> {
        let verb = if self.dry_run {
            "Would schedule"
        } else {
            "Scheduled"
        };
        let mut sentence = format!(
            "{verb} Install/Upgrade for {}",
            counted(self.scheduled, "phone")
        );
        for (phones, what) in [
            (self.left, "left for another run"),
            (self.pending, "pending already"),
            (self.without_string, "without an Authentication String"),
            (self.expired, "with an expired LSC as proof"),
        ] {
            if phones > 0 {
                sentence = format!("{sentence}, {phones} {what}");
            }
        }
        sentence.push('.');
        if let Some(resets) = &self.resets {
            sentence = format!("{sentence} {}", sentence_of(resets));
        }
        Some(sentence)
    }
}
