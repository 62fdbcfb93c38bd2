use capf::admin;

use crate::command_error::{CommandError, Completion};
use crate::commands::local_file::LocalFile;
use crate::context::Context;

/// Add phones from a CSV file
///
/// The first line names the columns, in Cisco's labels (any case, spaces, hyphens or underscores)
/// or in the keys of `capf phone show --format json`. `Device Name` must be there; the others may:
/// Description, Device Type (or model), Security Profile, Device Security Mode, Certificate
/// Operation (or operation), Authentication Mode, Authentication String (digits or `generate`), Key
/// Order, RSA Key Size, EC Key Size, Operation Completes By (or completes-by). A cell that is empty
/// leaves the default. The other columns of `capf report --format csv` are passed over, so that a
/// report from one system is an import for another.
///
/// All or nothing: if a line is wrong, no phone is added, and every wrong line is named. Phones that
/// are there already stay as they are and are named in the result; if some were, the exit code is 3.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Example:
  Device Name,Description,Device Type,Certificate Operation,Authentication Mode,Authentication String
  SEP001122334455,Reception,CP-8861,Install/Upgrade,By Authentication String,generate
  SEP001122334456,Workshop,CP-7841,install,null-string,")]
pub(crate) struct Import {
    /// The CSV file, or `-` for standard input
    file: LocalFile,
}

impl Import {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let source = self.file.open()?;
        let installation = context.installation().await?;
        let added = admin::phone::import(&installation, source).await?;
        context.ui.show(&added)?;
        Ok(Completion::of(added.added, added.existing.len() as u64))
    }
}
