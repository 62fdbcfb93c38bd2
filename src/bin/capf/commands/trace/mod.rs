mod follow;
mod list;
mod show;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// Traces of sessions, and the certificates that Troubleshoot fetched
///
/// Which sessions leave a trace, the parameter `Trace Level` says: those that failed by default. A
/// Troubleshoot writes each certificate that the phone gives, LSC and MIC, into a trace of its own.
/// The files lie in the directory `trace` of the data directory, and hold no secrets.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Follow(follow::Follow),
    List(list::List),
    Show(show::Show),
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        match self {
            Self::Follow(command) => command.run(context).await,
            Self::List(command) => command.run(context).await,
            Self::Show(command) => command.run(context).await,
        }
    }
}
