//! Lines that nobody types.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader};
use std::path::Path;

use super::completion::show;
use super::execution::{Execution, Outcome, failed};
use crate::command_error::{CommandError, DONE};
use crate::context::Context;
use crate::interrupt::ENDED_BY_SIGINT;

/// A script, and how far it has been read.
pub(super) struct Script {
    source: Source,
    name: String,
    line: u64,
}

enum Source {
    /// A command may read from there, too: it is locked for a line at a time.
    StandardInput,
    File(BufReader<File>),
}

impl Script {
    pub(super) fn open(path: &Path) -> Result<Self, CommandError> {
        let name = path.display().to_string();
        let file = File::open(path)
            .map_err(|error| CommandError::failed(format!("{name} cannot be read: {error}")))?;
        Ok(Self::new(Source::File(BufReader::new(file)), name))
    }

    pub(super) fn standard_input() -> Self {
        Self::new(Source::StandardInput, "standard input".to_owned())
    }

    fn new(source: Source, name: String) -> Self {
        Self {
            source,
            name,
            line: 0,
        }
    }

    /// Runs the lines up to the first that fails, or all of them; gives the exit code of the last one
    /// that failed.
    pub(super) fn run(
        mut self,
        context: &Context,
        execution: &mut Execution,
        keep_going: bool,
    ) -> Result<u8, CommandError> {
        let mut code = DONE;
        while let Some(line) = self.next_line()? {
            match execution.run(context, &line) {
                Outcome::Ended(ended) if failed(ended) => {
                    code = ended;
                    let goes_on = keep_going && ended != ENDED_BY_SIGINT;
                    self.say_failed(context, ended, goes_on);
                    if !goes_on {
                        break;
                    }
                }
                Outcome::Nothing | Outcome::Ended(_) => {}
                Outcome::List(sections) => show(&context.ui, &sections)?,
                Outcome::Leave => break,
            }
        }
        Ok(code)
    }

    fn next_line(&mut self) -> Result<Option<String>, CommandError> {
        let mut line = String::new();
        self.line += 1;
        let read = match &mut self.source {
            Source::StandardInput => io::stdin().read_line(&mut line),
            Source::File(file) => file.read_line(&mut line),
        };
        let count = read.map_err(|error| {
            let Self { name, line, .. } = self;
            CommandError::failed(format!("line {line} of {name} cannot be read: {error}"))
        })?;
        // Editors of other systems put a mark in front of the first line.
        let line = line.trim_start_matches('\u{feff}').to_owned();
        Ok((count > 0).then_some(line))
    }

    /// Names the line by its number: what it says may be secret.
    fn say_failed(&self, context: &Context, code: u8, goes_on: bool) {
        let Self { name, line, .. } = self;
        let rest = if goes_on {
            "the lines behind it are run all the same"
        } else {
            "no line behind it was run"
        };
        context.ui.warning(&format!(
            "Line {line} of {name} ended with exit code {code}; {rest}."
        ));
    }
}
