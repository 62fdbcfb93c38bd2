mod delete;
mod list;
mod show;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// Criteria under a name, which `capf phone find --save` keeps
///
/// `--saved` takes them wherever `--where` takes criteria. They are kept, not the phones that met
/// them: a search finds what meets them when it is used, and `30d` counts from then.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    List(list::List),
    Show(show::Show),
    Delete(delete::Delete),
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        match self {
            Self::List(command) => command.run(context).await,
            Self::Show(command) => command.run(context).await,
            Self::Delete(command) => command.run(context).await,
        }
    }
}
