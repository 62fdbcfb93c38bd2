mod keep_alive;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// Settings, as `utils capf set` has them
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    #[command(name = "keep_alive", visible_alias = "keep-alive")]
    KeepAlive(keep_alive::KeepAlive),
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        match self {
            Self::KeepAlive(command) => command.run(context).await,
        }
    }
}
