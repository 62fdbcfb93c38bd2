use std::io::Write as _;

use crate::cli;
use crate::command_error::{CommandError, Completion};
use crate::ui::Ui;

/// Write a shell's completions to standard output
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Example:
  capf util completions bash > /etc/bash_completion.d/capf")]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Shell {
    Bash,
    Fish,
    Zsh,
}

impl Completions {
    pub(super) fn run(self, ui: &Ui) -> Result<Completion, CommandError> {
        let shell = match self.shell {
            Shell::Bash => clap_complete::Shell::Bash,
            Shell::Fish => clap_complete::Shell::Fish,
            Shell::Zsh => clap_complete::Shell::Zsh,
        };
        // The generator panics where it cannot write, so it writes to memory.
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut cli::command(), "capf", &mut script);
        let mut out = ui.raw();
        out.write_all(&script)?;
        out.flush()?;
        Ok(Completion::Done)
    }
}
