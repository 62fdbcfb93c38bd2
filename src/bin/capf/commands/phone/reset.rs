use capf::admin;
use capf::admin::reset::ResetPhones;
use capf::model::DeviceName;
use capf::report::Cell;
use serde::Serialize;

use super::resets::{fields_of, hook, not_reset, sentence_of};
use super::selection::Selection;
use super::{listed, resets};
use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::ui::{Record, counted};

/// Have phones reset by their call agent
///
/// A phone contacts CAPF after a reset, or with a new configuration: until then nothing comes of an
/// operation that is scheduled. Unified CM resets its phones itself; for any other call agent, the table
/// `[reset]` in the file of `--config` says how it is told to.
///
/// A command is run directly, never by a shell: `{name}` in an argument is the phone's name, which is
/// the last argument where no argument has it. It has no input; in its environment are `PATH` and the
/// phone's name as `CAPF_DEVICE_NAME`, and nothing else. An exit code other than 0, or one of the words
/// of `failure-output` in its output, is a failure; one that takes longer than `timeout` is killed, with
/// all that it has started. A request (`url`, https alone) has no body, and every answer but a success
/// (2xx) is a failure. Where both are there, both are made.
///
/// That a phone was reset means that the call agent has taken it, not that the phone has heard of it.
/// For phones that are searched for, or for all, it says how many there are and asks first; without a
/// terminal it needs `--yes`. Ctrl-C ends it when those are through that are under way. The exit code is
/// 3 where some phones were not reset or are unknown, and 1 where none was reset.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
The table, of which `command` or `url` is enough; the last two have their defaults:
  [reset]
  command = [\"/usr/sbin/asterisk\", \"-rx\", \"pjsip send notify cisco-check-sync endpoint {name}\"]
  failure-output = [\"Unable to\"]   # words by which the command says that it failed
  url = \"https://pbx.example.com/reset?phone={name}\"
  method = \"POST\"
  header-file = \"reset.headers\"    # a header a line: `Authorization: Bearer …`; keep it private
  ca-file = \"pbx-ca.pem\"           # else the CAs of the system
  timeout = \"30s\"                  # for each phone, up to 1h
  at-once = 4                      # how many phones at a time, up to 255
Files are named relative to the directory that the configuration file is in.

Examples:
  capf --config capf.toml phone reset SEP001122334455
  capf --config capf.toml phone reset --where 'LSC Status is exactly Operation Pending' --yes")]
pub(crate) struct Reset {
    #[command(flatten)]
    selection: Selection,
}

/// What came of resetting phones.
#[derive(Debug, Serialize)]
struct Outcome {
    #[serde(flatten)]
    resets: ResetPhones,
    /// The names that no phone has.
    unknown: Vec<DeviceName>,
}

impl Reset {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let hook = hook(context)?;
        let installation = context.installation().await?;
        let is_search = self.selection.is_search();
        let selection = self.selection.resolve(&installation).await?;
        let (known, unknown) = admin::reset::known(&installation, selection).await?;
        if is_search && !known.is_empty() {
            context.ui.confirm(&format!(
                "This operation will reset {}.",
                counted(known.len() as u64, "phone")
            ))?;
        }
        let resets = resets::reset(&context.ui, &hook, known).await?;
        let outcome = Outcome { resets, unknown };
        context.ui.show(&outcome)?;
        let Outcome { resets, unknown } = outcome;
        let left = not_reset(&resets) + unknown.len() as u64;
        Ok(Completion::of(resets.reset, left))
    }
}

impl Record for Outcome {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        let mut fields = fields_of(&self.resets);
        fields.push(("Unknown", listed(&self.unknown).into()));
        fields
    }

    fn sentence(&self) -> Option<String> {
        let mut sentence = sentence_of(&self.resets);
        if !self.unknown.is_empty() {
            sentence = format!("{sentence} No such phone: {}.", listed(&self.unknown));
        }
        Some(sentence)
    }
}
