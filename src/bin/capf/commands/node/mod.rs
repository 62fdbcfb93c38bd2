mod list;
mod remove;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// The machines that serve phones from one database
///
/// On PostgreSQL any number of them can, all at once: each runs `capf serve` with the same `--store`,
/// a `--node` of its own, and the same CAPF key.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    List(list::List),
    Remove(remove::Remove),
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        match self {
            Self::List(command) => command.run(context).await,
            Self::Remove(command) => command.run(context).await,
        }
    }
}
