//! What the commands that have phones reset share.

use capf::admin::reset::{ResetFailure, ResetPhones};
use capf::model::DeviceName;
use capf::report::Cell;
use capf::reset::Hook;
use serde::Serialize;

use super::listed;
use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::interrupt::stop_on_signal;
use crate::ui::{Record, Ui, Unit, counted};

/// Whether the phones are reset that have been changed.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(super) struct ResetOption {
    /// Have the phones reset that have been changed, so that they come at once
    ///
    /// The call agent is told to, as the table `[reset]` of the file of `--config` says; see
    /// `capf phone reset --help`. A phone that cannot be reset stays as it was changed.
    #[arg(long)]
    reset: bool,
}

impl ResetOption {
    /// The way to reset phones, where that is asked for.
    pub(super) fn hook(self, context: &Context) -> Result<Option<Hook>, CommandError> {
        self.reset.then(|| hook(context)).transpose()
    }
}

const EXAMPLE: &str = "Write into the file of --config, for example:\n\
    [reset]\n\
    command = [\"/usr/sbin/asterisk\", \"-rx\", \"pjsip send notify cisco-check-sync endpoint {name}\"]\n\
    `capf phone reset --help` has more.";

/// The way to reset phones that is configured. Where there is none, it is an error, before anything
/// is changed.
pub(super) fn hook(context: &Context) -> Result<Hook, CommandError> {
    let settings = context.config()?.reset.ok_or_else(|| {
        CommandError::failed("no way to reset a phone is configured; nothing was changed")
            .hint(EXAMPLE)
    })?;
    Hook::new(&settings).map_err(|error| {
        CommandError::failed(format!(
            "the table [reset] of the configuration file makes no sense: {error}; nothing was changed"
        ))
        .hint(EXAMPLE)
    })
}

/// Has phones reset, shows how far it is, and names those for which it fails. Ctrl-C ends it when
/// those under way are through.
pub(super) async fn reset(
    ui: &Ui,
    hook: &Hook,
    phones: Vec<DeviceName>,
) -> Result<ResetPhones, CommandError> {
    // With no phone there is nothing to stop, and a signal has its usual way.
    if phones.is_empty() {
        return Ok(ResetPhones::default());
    }
    let stop = stop_on_signal()?;
    let total = phones.len() as u64;
    let mut resets = ResetPhones::default();
    let progress = ui.progress("phones reset", Unit::Count);
    resets
        .add(hook, phones, &stop, |done| progress.set(done, Some(total)))
        .await;
    progress.finish();
    warn(ui, &resets);
    Ok(resets)
}

/// Says which phones were not reset, and why.
pub(super) fn warn(ui: &Ui, resets: &ResetPhones) {
    const SHOWN: usize = 20;
    for ResetFailure { name, reason } in resets.failures.iter().take(SHOWN) {
        ui.warning(&format!("{name} was not reset: {reason}"));
    }
    let more = resets.failed.saturating_sub(SHOWN as u64);
    if more > 0 {
        ui.warning(&format!("{more} more were not reset."));
    }
    if resets.left > 0 {
        ui.warning(&format!(
            "It was stopped before {} {} reset. `capf phone reset` takes criteria, such as \
             --where 'LSC Status is exactly Operation Pending'.",
            counted(resets.left, "phone"),
            if resets.left == 1 { "was" } else { "were" },
        ));
    }
}

/// A change of phones, and what came of having them reset where that was asked for.
#[derive(Debug, Serialize)]
pub(super) struct WithResets<'a, T> {
    #[serde(flatten)]
    pub(super) change: &'a T,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) resets: Option<ResetPhones>,
}

impl<T> WithResets<'_, T> {
    /// How far it came, when of the change `done` was done, and `left` was not.
    pub(super) fn completion(&self, done: u64, left: u64) -> Completion {
        Completion::of(done, left + self.resets.as_ref().map_or(0, not_reset))
    }
}

/// How many phones were to be reset, and were not.
pub(super) fn not_reset(resets: &ResetPhones) -> u64 {
    resets.failed + resets.left
}

impl<T: Record> Record for WithResets<'_, T> {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        let mut fields = self.change.fields();
        fields.extend(self.resets.iter().flat_map(fields_of));
        fields
    }

    fn sentence(&self) -> Option<String> {
        let mut sentence = self.change.sentence()?;
        if let Some(resets) = &self.resets {
            sentence = format!("{sentence} {}", sentence_of(resets));
        }
        Some(sentence)
    }
}

/// What came of resetting phones, under labels.
pub(super) fn fields_of(resets: &ResetPhones) -> Vec<(&'static str, Cell)> {
    let names: Vec<_> = resets
        .failures
        .iter()
        .map(|failure| &failure.name)
        .collect();
    vec![
        ("Reset", resets.reset.into()),
        ("Reset Failed", resets.failed.into()),
        ("Reset Left", resets.left.into()),
        ("Phones Not Reset", listed(&names).into()),
    ]
}

/// What came of resetting phones.
pub(super) fn sentence_of(resets: &ResetPhones) -> String {
    let mut sentence = format!("Reset {}", counted(resets.reset, "phone"));
    for (phones, what) in [(resets.failed, "failed"), (resets.left, "left")] {
        if phones > 0 {
            sentence = format!("{sentence}, {phones} {what}");
        }
    }
    format!("{sentence}.")
}
