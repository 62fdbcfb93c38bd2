use capf::admin;
use capf::admin::DeviceNames;
use capf::admin::phone::RemovedPhones;
use capf::report::Cell;

use super::{done, listed};
use crate::command_error::{CommandError, Completion};
use crate::context::Context;
use crate::ui::Record;

/// Remove phones
///
/// A phone's CSRs and certificates go with it; the LSC in the phone itself stays where it is, and is
/// deleted with `capf phone set NAME --operation delete` first. Asks first; without a terminal it
/// needs `--yes`. Names that no phone has are in the result; if there were some, the exit code is 3,
/// and 1 if no phone was removed.
#[derive(Debug, clap::Args)]
pub(crate) struct Remove {
    /// The phones, by name or as a range SEP000000000001..SEP000000000032
    #[arg(required = true, value_name = "NAME")]
    names: Vec<DeviceNames>,
}

impl Remove {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let names = DeviceNames::expand(&self.names)?;
        let installation = context.installation().await?;
        let question = match &names[..] {
            [name] => format!("This operation will remove {name}, its CSRs and its certificates."),
            names => format!(
                "This operation will remove {} phones, their CSRs and their certificates.",
                names.len()
            ),
        };
        context.ui.confirm(&question)?;
        let removed = admin::phone::remove(&installation, names).await?;
        context.ui.show(&removed)?;
        Ok(Completion::of(
            removed.removed,
            removed.unknown.len() as u64,
        ))
    }
}

impl Record for RemovedPhones {
    fn fields(&self) -> Vec<(&'static str, Cell)> {
        vec![
            ("Removed", self.removed.into()),
            ("Unknown", listed(&self.unknown).into()),
        ]
    }

    fn sentence(&self) -> Option<String> {
        Some(done("Removed", self.removed, &self.unknown))
    }
}
