use capf::admin;
use capf::admin::phone::{ChangedPhones, Doubts};
use capf::report::Cell;

use super::resets::{ResetOption, WithResets, reset};
use super::selection::Selection;
use super::settings::Settings;
use super::{confirm_deadlock, done, listed, warn_of_distrust, warn_of_doubts};
use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::ui::{Record, counted};

/// Schedule operations and change settings, for one phone or many
///
/// For phones that are searched for, or for all, it says how many there are and asks first; without
/// a terminal it needs `--yes`. It also asks where phones could come no further: By Authentication
/// String in the Device Security Mode Authenticated or Encrypted, without an LSC. All changes are
/// made at once or not at all. Names that no phone has are in the result, and so are phones without a
/// certificate where one is to be deleted or fetched; if there were some, or phones that could not be
/// reset, the exit code is 3, and 1 if no phone was changed.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  capf phone set SEP001122334455 --operation install --auth-mode auth-string --auth-string generate
  capf phone set --where 'lsc-expires is-before 2027-01-31' --operation install
  capf phone set --saved 'expires soon' --operation install
  capf --config capf.toml phone set SEP001122334455 --operation install --reset
  capf phone set --all --rsa-key-size 2048 --yes")]
pub(crate) struct Set {
    #[command(flatten)]
    selection: Selection,

    #[command(flatten)]
    settings: Settings,

    #[command(flatten)]
    reset: ResetOption,
}

impl Set {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let settings = self.settings.resolve(context.now())?;
        if settings.is_empty() {
            return Err(CommandError::usage("nothing to set was given")
                .hint("Give at least one setting; `capf phone set --help` lists them."));
        }
        let hook = self.reset.hook(context)?;
        let installation = context.installation().await?;
        let is_search = self.selection.is_search();
        let selection = self.selection.resolve(&installation).await?;
        if is_search {
            let phones = admin::phone::count(&installation, &selection).await?;
            if phones == 0 {
                context.ui.show(&ChangedPhones::default())?;
                return Ok(Completion::Done);
            }
            context.ui.confirm(&format!(
                "This operation will change {}.",
                counted(phones, "phone")
            ))?;
        }
        let mut doubts = Doubts::of_change(&installation, &selection, &settings).await?;
        confirm_deadlock(&context.ui, &doubts.deadlocked)?;
        warn_of_distrust(context, &installation, &settings).await?;
        let mut changed = admin::phone::set(&installation, selection, settings).await?;
        let names = std::mem::take(&mut changed.names);
        let resets = match &hook {
            Some(hook) => Some(reset(&context.ui, hook, names).await?),
            None => None,
        };
        let result = WithResets {
            change: &changed,
            resets,
        };
        context.ui.show(&result)?;
        doubts.forget(&changed.without_certificate);
        warn_of_doubts(&context.ui, &doubts);
        if !changed.without_certificate.is_empty() {
            context.ui.warning(
                "Delete and Troubleshoot make no sense for a phone of which no certificate is \
                 known; give --force where the phone has one all the same.",
            );
        }
        let left = changed.unknown.len() + changed.without_certificate.len();
        Ok(result.completion(changed.changed, left as u64))
    }
}

impl Record for ChangedPhones {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        vec![
            ("Changed", self.changed.into()),
            ("Unknown", listed(&self.unknown).into()),
            (
                "Without Certificate",
                listed(&self.without_certificate).into(),
            ),
        ]
    }

    fn sentence(&self) -> Option<String> {
        let mut sentence = done("Changed", self.changed, &self.unknown);
        if !self.without_certificate.is_empty() {
            sentence.push_str(" No certificate is known of: ");
            sentence.push_str(&listed(&self.without_certificate));
            sentence.push('.');
        }
        Some(sentence)
    }
}
