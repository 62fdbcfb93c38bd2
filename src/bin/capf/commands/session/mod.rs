mod list;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// Sessions that phones have open
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    List(list::List),
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        match self {
            Self::List(command) => command.run(context).await,
        }
    }
}
