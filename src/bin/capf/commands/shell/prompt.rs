//! The prompt `admin:`, with what a line editor gives.

use std::sync::{Arc, Mutex, PoisonError};

use rustyline::completion::{Candidate, Completer};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::Validator;
use rustyline::{
    Cmd, ColorMode, CompletionType, ConditionalEventHandler, Config, Editor, Event, EventContext,
    EventHandler, Helper, KeyEvent, RepeatCount,
};

use super::completion::{Choice, Completion, show};
use super::execution::{Execution, Outcome, failed};
use super::history;
use super::line::Line;
use crate::command_error::{CommandError, DONE};
use crate::context::Context;

const PROMPT: &str = "admin:";

/// Takes lines until the user leaves; gives the exit code of the last one.
pub(super) fn run(context: &Context, execution: &mut Execution) -> Result<u8, CommandError> {
    let mut prompt = Prompt::new(context, execution)?;
    context.ui.note(
        "? lists what can come next, Tab completes it, help COMMAND explains a command, exit leaves.",
    );
    let mut code = DONE;
    loop {
        let input = match prompt.read()? {
            Input::Lines(lines) => lines,
            Input::Question { before } => {
                list(context, execution, &before)?;
                continue;
            }
            Input::Nothing => continue,
            Input::End => return Ok(code),
        };
        // Several lines come in where they are pasted.
        for line in input.lines() {
            prompt.remember(context, line);
            match execution.run(context, line) {
                Outcome::Nothing => {}
                Outcome::Ended(ended) => {
                    code = ended;
                    if failed(code) {
                        context.ui.note(&format!("exit code {code}"));
                    }
                }
                Outcome::List(sections) => show(&context.ui, &sections)?,
                Outcome::Leave => return Ok(code),
            }
        }
    }
}

/// Lists what can come behind what is typed.
fn list(context: &Context, execution: &Execution, before: &str) -> Result<(), CommandError> {
    let Some((words, word, _)) = Line::at_cursor(before) else {
        return Ok(());
    };
    let sections = execution.next_words().sections(words, &word);
    show(&context.ui, &sections)
}

/// What the user does at the prompt.
enum Input {
    Lines(String),
    /// `?`, behind this.
    Question {
        before: String,
    },
    /// Ctrl-C.
    Nothing,
    /// Ctrl-D.
    End,
}

struct Prompt {
    editor: Editor<Words, FileHistory>,
    question: Question,
    /// What stands in the line already, to the left and to the right of the cursor.
    typed: (String, String),
    history: Option<std::path::PathBuf>,
}

impl Prompt {
    fn new(context: &Context, execution: &Execution) -> Result<Self, CommandError> {
        let config = Config::builder()
            .completion_type(CompletionType::List)
            .color_mode(ColorMode::Disabled)
            .max_history_size(history::LINES)
            .map_err(no_prompt)?
            .history_ignore_space(true)
            .build();
        let mut editor = Editor::with_config(config).map_err(no_prompt)?;
        editor.set_helper(Some(Words(execution.next_words().clone())));
        let question = Question::default();
        editor.bind_sequence(
            KeyEvent::from('?'),
            EventHandler::Conditional(Box::new(question.clone())),
        );
        let mut prompt = Self {
            editor,
            question,
            typed: (String::new(), String::new()),
            history: None,
        };
        match history::file() {
            Ok(Some(file)) => {
                if file.exists()
                    && let Err(error) = prompt.editor.load_history(&file)
                {
                    context
                        .ui
                        .warning(&format!("{} cannot be read: {error}.", file.display()));
                } else {
                    prompt.history = Some(file);
                }
            }
            Ok(None) => {}
            Err(error) => context
                .ui
                .warning(&format!("Lines are not remembered: {error}.")),
        }
        Ok(prompt)
    }

    fn read(&mut self) -> Result<Input, CommandError> {
        let (left, right) = std::mem::take(&mut self.typed);
        let read = self.editor.readline_with_initial(PROMPT, (&left, &right));
        if let Some((before, behind)) = self.question.take() {
            self.typed = (before.clone(), behind);
            return Ok(Input::Question { before });
        }
        match read {
            Ok(lines) => Ok(Input::Lines(lines)),
            Err(ReadlineError::Interrupted) => Ok(Input::Nothing),
            Err(ReadlineError::Eof) => Ok(Input::End),
            Err(error) => Err(no_prompt(error)),
        }
    }

    fn remember(&mut self, context: &Context, line: &str) {
        if line.trim().is_empty() || !history::remembers(line) {
            return;
        }
        let added = self.editor.add_history_entry(line);
        let Some(file) = &self.history else {
            return;
        };
        if let Err(error) = added.and_then(|_| self.editor.append_history(file)) {
            context
                .ui
                .warning(&format!("{} cannot be written: {error}.", file.display()));
            self.history = None;
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is given to map_err")]
fn no_prompt(error: ReadlineError) -> CommandError {
    CommandError::failed(format!("the terminal gives no lines: {error}"))
}

/// The `?` that was typed, with what stands around it.
#[derive(Clone, Default)]
struct Question(Arc<Mutex<Option<(String, String)>>>);

impl Question {
    fn take(&self) -> Option<(String, String)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl ConditionalEventHandler for Question {
    /// Ends the line that is being typed, which is then gone on with.
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext) -> Option<Cmd> {
        let (before, behind) = context.line().split_at(context.pos());
        if !Line::takes_question(before) {
            return None;
        }
        let mut question = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *question = Some((before.to_owned(), behind.to_owned()));
        Some(Cmd::AcceptLine)
    }
}

/// What Tab does.
struct Words(Completion);

impl Candidate for Choice {
    fn display(&self) -> &str {
        &self.shown
    }

    fn replacement(&self) -> &str {
        &self.typed
    }
}

impl Completer for Words {
    type Candidate = Choice;

    fn complete(
        &self,
        line: &str,
        position: usize,
        _: &rustyline::Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Choice>)> {
        Ok(self.0.choices(&line[..position]))
    }
}

impl Helper for Words {}
impl Highlighter for Words {}
impl Hinter for Words {
    type Hint = String;
}
impl Validator for Words {}
