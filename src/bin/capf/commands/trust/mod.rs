mod crl;
mod import;
mod list;
mod remove;
mod show;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// The trust store: the CAs whose certificates are believed
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    List(list::List),
    Show(show::Show),
    Import(import::Import),
    Remove(remove::Remove),
    #[command(subcommand)]
    Crl(crl::Command),
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        match self {
            Self::List(command) => command.run(context).await,
            Self::Show(command) => command.run(context).await,
            Self::Import(command) => command.run(context).await,
            Self::Remove(command) => command.run(context).await,
            Self::Crl(command) => command.run(context).await,
        }
    }
}

/// No certificate that is trusted has the number.
fn unknown(id: i64) -> CommandError {
    CommandError::failed(format!("there is no trusted certificate {id}"))
        .hint("`capf trust list` shows them with their numbers.")
}
