use std::collections::HashSet;

use capf::admin;
use capf::admin::DeviceNames;
use capf::admin::phone::Doubts;

use super::resets::{ResetOption, WithResets, reset};
use super::settings::Settings;
use super::{confirm_deadlock, warn_of_distrust, warn_of_doubts};
use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// Add phones
///
/// A name is `SEP` and twelve hexadecimal digits for a hardware phone; softphones are CSFNAME,
/// TCTNAME, BOTNAME, TABNAME. A range adds many at a time: SEP000000000001..SEP000000000032 counts
/// in hexadecimal, both ends included. Phones that are there already stay as they are and are named
/// in the result; if some were, or phones could not be reset, the exit code is 3, and 1 if none was
/// added.
#[derive(Debug, clap::Args)]
pub(crate) struct Add {
    /// The phones, by name or as a range
    #[arg(required = true, value_name = "NAME")]
    names: Vec<DeviceNames>,

    #[command(flatten)]
    settings: Settings,

    #[command(flatten)]
    reset: ResetOption,
}

impl Add {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let names = DeviceNames::expand(&self.names)?;
        let hook = self.reset.hook(context)?;
        let installation = context.installation().await?;
        let settings = self.settings.resolve(context.now())?;
        let mut doubts = Doubts::of_new(&names, &settings, context.now());
        confirm_deadlock(&context.ui, &doubts.deadlocked)?;
        warn_of_distrust(context, &installation, &settings).await?;
        let mut new = if hook.is_some() {
            names.clone()
        } else {
            Vec::new()
        };
        let added = admin::phone::add(&installation, names, &settings).await?;
        let existing: HashSet<_> = added.existing.iter().collect();
        new.retain(|name| !existing.contains(name));
        let resets = match &hook {
            Some(hook) => Some(reset(&context.ui, hook, new).await?),
            None => None,
        };
        let result = WithResets {
            change: &added,
            resets,
        };
        context.ui.show(&result)?;
        doubts.forget(&added.existing);
        warn_of_doubts(&context.ui, &doubts);
        Ok(result.completion(added.added, added.existing.len() as u64))
    }
}
