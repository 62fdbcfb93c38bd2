mod import;
mod list;
mod remove;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// Certificate revocation lists (CRLs) of the CAs that are trusted
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    List(list::List),
    Import(import::Import),
    Remove(remove::Remove),
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        match self {
            Self::List(command) => command.run(context).await,
            Self::Import(command) => command.run(context).await,
            Self::Remove(command) => command.run(context).await,
        }
    }
}
