mod import;
mod outcome;
mod show;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;

/// Certificates from an offline CA
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Import(Box<import::Import>),
    Show(show::Show),
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Result<Completion, CommandError> {
        match self {
            Self::Import(command) => command.run(context).await,
            Self::Show(command) => command.run(&context.ui),
        }
    }
}
