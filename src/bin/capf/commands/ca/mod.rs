mod export;
mod show;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// The CAPF certificate
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Show(show::Show),
    Export(export::Export),
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        match self {
            Self::Show(command) => command.run(context).await,
            Self::Export(command) => command.run(context).await,
        }
    }
}
