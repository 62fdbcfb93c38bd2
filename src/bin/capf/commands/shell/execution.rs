//! A line, run.

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::completion::{Completion as NextWords, Section};
use super::line::Line;
use super::values::Typed;
use super::words::{self, Abbreviations, Request};
use crate::cli::{self, Everywhere};
use crate::command_error::{CommandError, Completion, DONE, USAGE, exit_code};
use crate::commands::Command;
use crate::context::Context;
use crate::interrupt::{self, ENDED_BY_SIGINT};
use crate::log;

/// What came of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// There was no command in it.
    Nothing,
    /// The command's exit code.
    Ended(u8),
    /// What can come next is to be listed.
    List(Vec<Section>),
    Leave,
}

/// Runs lines.
pub(super) struct Execution {
    definition: clap::Command,
    next_words: NextWords,
    abbreviations: Abbreviations,
}

impl Execution {
    /// For lines for which `everywhere` holds if they do not say otherwise.
    pub(super) fn new(everywhere: &Everywhere, abbreviations: Abbreviations) -> Self {
        let typed = Typed::new(everywhere.clone());
        let definition = words::definition(everywhere, &typed);
        Self {
            next_words: NextWords::new(definition.clone(), typed, everywhere.clone()),
            definition,
            abbreviations,
        }
    }

    /// What can come next in a line.
    pub(super) fn next_words(&self) -> &NextWords {
        &self.next_words
    }

    /// Runs a line; what is wrong with it is said through the terminal of `context`.
    pub(super) fn run(&self, context: &Context, line: &str) -> Outcome {
        match self.request(line) {
            Ok(Request::Nothing) => Outcome::Nothing,
            Ok(Request::Leave) => Outcome::Leave,
            Ok(Request::List(words)) => Outcome::List(self.next_words.sections(words, "")),
            Ok(Request::Run(words)) => Outcome::Ended(self.run_command(context, words)),
            Err(error) => {
                context.ui.error(&error);
                Outcome::Ended(USAGE)
            }
        }
    }

    fn request(&self, line: &str) -> Result<Request, CommandError> {
        let words = Line::parse(line)
            .into_words()
            .map_err(|fault| CommandError::usage(fault.to_string()).hint(fault.next_step()))?;
        words::request(&self.definition, words, self.abbreviations)
            .map_err(|ambiguous| CommandError::usage(ambiguous.to_string()))
    }

    fn run_command(&self, context: &Context, words: Vec<String>) -> u8 {
        let mut arguments = vec![OsString::from("capf")];
        arguments.extend(words.into_iter().map(OsString::from));
        let definition = self.definition.clone();
        let code = survive(|| cli::run_with(definition, &arguments, run_in_shell));
        log::end();
        code.unwrap_or_else(|error| {
            context.ui.error(&error);
            exit_code(&Err(error))
        })
    }
}

/// Runs a command that Ctrl-C ends, with all that it has begun.
fn run_in_shell(command: Command, context: &Context) -> Result<Completion, CommandError> {
    let runtime = cli::runtime()?;
    let end = runtime.block_on(interrupt::in_shell(command.run(context)))?;
    end.unwrap_or_else(|| {
        // It may be in the midst of something that does not end before it has been read or written.
        runtime.shutdown_background();
        Ok(Completion::Left(ENDED_BY_SIGINT))
    })
}

/// A command that panics ends, and nothing else does.
fn survive(run: impl FnOnce() -> u8) -> Result<u8, CommandError> {
    // What the command has left half changed is the command's own, and gone with it.
    catch_unwind(AssertUnwindSafe(run)).map_err(|_| {
        CommandError::failed("the command broke off: this is a mistake in capf")
            .hint("Please report it, with what is written above.")
    })
}

/// Whether a line has failed that ended with this exit code.
pub(super) fn failed(code: u8) -> bool {
    code != DONE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_panics_fails() {
        let end = survive(|| panic!("on purpose"));
        assert_eq!(end.map_err(|error| exit_code(&Err(error))), Err(1));
        assert_eq!(survive(|| 3).ok(), Some(3));
    }
}
