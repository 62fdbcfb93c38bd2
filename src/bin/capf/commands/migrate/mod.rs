mod capfd;

use super::phone;
use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// Phones that come from another system, with their state
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Csv(phone::Import),
    Capfd(capfd::Capfd),
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        match self {
            Self::Csv(command) => command.run(context).await,
            Self::Capfd(command) => command.run(context).await,
        }
    }
}
