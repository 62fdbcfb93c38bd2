//! The shell: commands line by line, at a prompt or from a script.

mod completion;
mod execution;
mod history;
mod line;
mod prompt;
mod script;
mod values;
mod words;

use std::path::PathBuf;

use crate::command_error::{CommandError, Completion};
use crate::context::Context;

use execution::Execution;
use script::Script;
use words::Abbreviations;

/// Take commands line by line, at the prompt `admin:` or from a script
///
/// Every command of capf is taken as it is written behind `capf`, and as it is typed on Unified CM:
/// `utils capf csr count`. Quotes, backslashes and comments are those of a shell; wildcards, variables
/// and pipes there are none. What is said for every command, `--data-dir`, `--format` and so on, holds
/// for each line that does not say otherwise.
///
/// On a terminal, Tab completes commands, options, the names of phones, of saved searches, parameters
/// and files; `?` lists what can come next, and `help COMMAND` explains a command. Commands can be
/// named by the letters with which they begin: `ut ca cs co`. Ctrl-C ends a command, and Ctrl-D,
/// `exit` or `quit` the shell. Lines are remembered in `shell-history` in the user's state directory,
/// ~/.local/state/capf, but for those in which a secret could be.
///
/// Without a terminal, or with `--file`, the lines are a script: it ends at the first line that fails,
/// with its exit code. Nothing is asked where there is no terminal; `--yes` answers questions.
///
/// The exit code is that of the last line.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "\
Examples:
  capf shell
  capf shell --file every-morning.txt --format json
  printf '%s\\n' 'utils capf csr count' 'stale-lsc delete all' | capf shell --yes")]
pub(crate) struct Shell {
    /// Take the lines of this file
    #[arg(long, value_name = "SCRIPT")]
    file: Option<PathBuf>,

    /// Run the lines behind one that fails, too
    ///
    /// The exit code is that of the last line that failed. Only for a script.
    #[arg(long)]
    keep_going: bool,
}

impl Shell {
    /// Takes commands until there are no more. It waits for them in its own thread, and every command
    /// has a runtime of its own.
    pub(crate) fn run(self, context: &Context) -> Result<Completion, CommandError> {
        let script = match &self.file {
            Some(path) => Script::open(path)?,
            None if context.ui.has_prompt() && self.keep_going => {
                return Err(CommandError::usage("--keep-going is for a script")
                    .hint("Name one with --file, or give it to standard input."));
            }
            None if context.ui.has_prompt() => {
                let mut execution = Execution::new(context.options(), Abbreviations::Taken);
                return prompt::run(context, &mut execution).map(Completion::Left);
            }
            None => Script::standard_input(),
        };
        let mut execution = Execution::new(context.options(), Abbreviations::Refused);
        script
            .run(context, &mut execution, self.keep_going)
            .map(Completion::Left)
    }
}
