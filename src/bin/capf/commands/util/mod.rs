mod completions;
mod link;
mod man;

use crate::command_error::{CommandError, Completion};
use crate::ui::Ui;

/// Man pages, completions, and the `utils` link
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Man(man::Man),
    Completions(completions::Completions),
    Link(link::Link),
}

impl Command {
    pub(super) fn run(self, ui: &Ui) -> Result<Completion, CommandError> {
        match self {
            Self::Man(command) => command.run(),
            Self::Completions(command) => command.run(ui),
            Self::Link(command) => command.run(ui),
        }
    }
}
