mod delete;
mod list;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// Certificates that no phone took, and none will
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    #[command(visible_alias = "view")]
    List(list::List),
    Delete(delete::Delete),
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        match self {
            Self::List(command) => command.run(context).await,
            Self::Delete(command) => command.run(context).await,
        }
    }
}
