mod count;
mod delete;
mod dump;
mod list;
mod selection;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// Certificate signing requests for an offline CA
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Count(count::Count),
    List(list::List),
    Dump(Box<dump::Dump>),
    Delete(delete::Delete),
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        match self {
            Self::Count(command) => command.run(context).await,
            Self::List(command) => command.run(context).await,
            Self::Dump(command) => command.run(context).await,
            Self::Delete(command) => command.run(context).await,
        }
    }
}
