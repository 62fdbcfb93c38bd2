mod copy;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// The database itself
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Copy(copy::Copy),
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        match self {
            Self::Copy(command) => command.run(context).await,
        }
    }
}
