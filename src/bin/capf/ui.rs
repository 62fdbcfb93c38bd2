//! The terminal: everything that is printed or asked goes through here.

mod credentials;
mod progress;
mod rows;
mod stream;

use std::fmt::{self, Display};
use std::io::{self, BufWriter, IsTerminal as _, Stderr, Stdout, StdoutLock, Write as _};
use std::str::FromStr;
use std::sync::atomic::{AtomicBool, Ordering};

use capf::config::no_color;
use capf::model::Escaped;
use capf::report::{Cell, Column, Dialect, Writer};
use clap::builder::styling::{AnsiColor, Style};
use dialoguer::theme::Theme;
use serde::Serialize;

pub(crate) use progress::{Progress, Unit};
pub(crate) use rows::Rows;
pub(crate) use stream::{Stream, Wide};

use crate::cli::{Everywhere, Format, When};
use crate::command_error::CommandError;

/// A result that is one thing.
pub(crate) trait Record: Serialize {
    /// The thing under its labels: Cisco's, where Cisco has one. JSON is made by `Serialize`.
    fn fields(&self) -> Vec<(&'static str, Cell)>;

    /// What a person reads, where a sentence says it better than a table.
    fn sentence(&self) -> Option<String> {
        None
    }
}

/// Standard output, buffered.
pub(crate) type Out = BufWriter<StdoutLock<'static>>;

/// Standard output and standard error, and how they are to be used.
#[derive(Debug)]
pub(crate) struct Ui {
    stdout: Stdout,
    stderr: Stderr,
    format: Format,
    quiet: bool,
    yes: bool,
    color: When,
    /// Whether what is no result is said in the log.
    says_in_log: AtomicBool,
}

impl Ui {
    pub(crate) fn new(options: &Everywhere) -> Self {
        Self {
            stdout: io::stdout(),
            stderr: io::stderr(),
            format: options.format.common(),
            quiet: options.quiet,
            yes: options.yes,
            color: options.color,
            says_in_log: AtomicBool::new(false),
        }
    }

    /// The terminal before anybody has said how it is to be used.
    pub(crate) fn plain() -> Self {
        Self {
            stdout: io::stdout(),
            stderr: io::stderr(),
            format: Format::Table,
            quiet: false,
            yes: false,
            color: When::Auto,
            says_in_log: AtomicBool::new(false),
        }
    }

    /// Writes a result that is one thing. That nobody reads it any more is no error.
    pub(crate) fn show(&self, record: &impl Record) -> Result<(), CommandError> {
        unless_unread(self.write_record(record))
    }

    fn write_record(&self, record: &impl Record) -> io::Result<()> {
        let mut out = self.raw();
        match self.format {
            Format::Table => match record.sentence() {
                Some(sentence) => writeln!(out, "{}", Escaped(&sentence))?,
                None => out.write_all(rows::pairs(&record.fields()).as_bytes())?,
            },
            Format::Json | Format::Jsonl => return self.write_json(record),
            Format::Csv => {
                let (labels, cells): (Vec<_>, Vec<_>) = record.fields().into_iter().unzip();
                let columns: Vec<_> = labels
                    .into_iter()
                    .map(|label| Column { key: label, label })
                    .collect();
                let csv = capf::report::Format::Csv(Dialect::default());
                let mut csv = Writer::new(csv, &columns, &mut out)?;
                csv.row(&cells)?;
                csv.finish()?;
            }
        }
        out.flush()
    }

    /// Writes a result as JSON. That nobody reads it any more is no error.
    pub(crate) fn json(&self, value: &impl Serialize) -> Result<(), CommandError> {
        unless_unread(self.write_json(value))
    }

    fn write_json(&self, value: &impl Serialize) -> io::Result<()> {
        let mut out = self.raw();
        if self.format == Format::Jsonl {
            serde_json::to_writer(&mut out, value)?;
        } else {
            serde_json::to_writer_pretty(&mut out, value)?;
        }
        out.write_all(b"\n")?;
        out.flush()
    }

    /// Writes a line of a result for a person. That nobody reads it any more is no error.
    pub(crate) fn line(&self, line: &str) -> Result<(), CommandError> {
        let mut out = self.raw();
        unless_unread(writeln!(out, "{}", Escaped(line)).and_then(|()| out.flush()))
    }

    /// Begins a result that is rows. Here it is an error that nobody reads them any more: it ends a
    /// long list, and what else it ends is for the command to say.
    pub(crate) fn rows(&self, columns: &[Column]) -> Result<Rows<Out>, CommandError> {
        self.rows_in(Dialect::default(), columns)
    }

    /// As [`Ui::rows`], where the command has options for how CSV is written.
    pub(crate) fn rows_in(
        &self,
        dialect: Dialect,
        columns: &[Column],
    ) -> Result<Rows<Out>, CommandError> {
        Ok(self.begin_rows(dialect, columns)?)
    }

    fn begin_rows(&self, dialect: Dialect, columns: &[Column]) -> io::Result<Rows<Out>> {
        let bold = self.colors(self.stdout.is_terminal());
        Rows::new(self.format, dialect, columns, self.raw(), bold)
    }

    /// Begins a result whose rows come one by one. That nobody reads them any more is an error.
    pub(crate) fn stream(&self, columns: &[Wide]) -> Result<Stream<Out>, CommandError> {
        Ok(Stream::new(self.format, columns, self.raw())?)
    }

    /// Begins a result that is rows in a file.
    pub(crate) fn rows_into<W: io::Write>(
        &self,
        file: W,
        columns: &[Column],
        dialect: Dialect,
    ) -> Result<Rows<W>, CommandError> {
        Ok(Rows::new(self.format, dialect, columns, file, false)?)
    }

    /// Writes a result that is rows, all of which are there. That nobody reads them any more is no
    /// error.
    pub(crate) fn list(
        &self,
        columns: &[Column],
        rows: impl IntoIterator<Item = Vec<Cell>>,
    ) -> Result<(), CommandError> {
        unless_unread(self.write_list(columns, rows))
    }

    fn write_list(
        &self,
        columns: &[Column],
        rows: impl IntoIterator<Item = Vec<Cell>>,
    ) -> io::Result<()> {
        let mut list = self.begin_rows(Dialect::default(), columns)?;
        for row in rows {
            list.row(&row)?;
        }
        list.finish().map(drop)
    }

    /// The format that `--format` asks for.
    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// Standard output for something that is neither a table nor meant for a terminal.
    pub(crate) fn raw(&self) -> Out {
        BufWriter::new(self.stdout.lock())
    }

    /// As [`Ui::raw`], for bytes that would garble a terminal; `option` is what names a file.
    pub(crate) fn binary(&self, option: &str) -> Result<Out, CommandError> {
        if self.stdout.is_terminal() {
            return Err(CommandError::usage(
                "standard output is a terminal, and the result is binary",
            )
            .hint(format!("Redirect it, or name a file as {option}.")));
        }
        Ok(self.raw())
    }

    /// Says something that is not the result.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            self.say("", Style::new(), text);
        }
    }

    /// Says something that is wrong, and stops nothing.
    pub(crate) fn warning(&self, text: &str) {
        self.say("warning: ", AnsiColor::Yellow.on_default().bold(), text);
    }

    /// Says why the command failed, and what to do.
    pub(crate) fn error(&self, error: &CommandError) {
        if let Some(message) = error.message() {
            self.say("error: ", AnsiColor::Red.on_default().bold(), message);
            if let Some(next_step) = error.next_step() {
                self.say("hint: ", AnsiColor::Cyan.on_default().bold(), next_step);
            }
        }
    }

    /// From now on what is no result is said in the log, which standard error carries in a format
    /// of its own.
    pub(crate) fn say_in_log(&self) {
        self.says_in_log.store(true, Ordering::Relaxed);
    }

    fn say(&self, prefix: &str, style: Style, text: &str) {
        if self.says_in_log.load(Ordering::Relaxed) {
            for line in text.lines() {
                match prefix {
                    "error: " => tracing::error!("{line}"),
                    "warning: " => tracing::warn!("{line}"),
                    _ => tracing::info!("{line}"),
                }
            }
            return;
        }
        let style = if self.colors_stderr() {
            style
        } else {
            Style::new()
        };
        let mut err = self.stderr.lock();
        let mut prefix = prefix;
        for line in text.lines() {
            // Nobody is left to tell if standard error is gone.
            let _ = writeln!(err, "{style}{prefix}{style:#}{}", Escaped(line));
            prefix = "";
        }
    }

    /// Shows that something is going on, on a terminal.
    pub(crate) fn progress(&self, what: &'static str, unit: Unit) -> Progress {
        Progress::new(what, unit, self.quiet || !self.stderr.is_terminal())
    }

    /// Asks whether to go on with what `warning` describes, unless `--yes` was given. Where nobody
    /// can be asked, or the answer is no, it is an error.
    pub(crate) fn confirm(&self, warning: &str) -> Result<(), CommandError> {
        if self.yes {
            return Ok(());
        }
        if !self.can_ask() {
            return Err(CommandError::usage(
                "this needs a confirmation, and there is no terminal to ask on",
            )
            .hint(format!("{warning} Give --yes if that is meant.")));
        }
        self.say("WARNING: ", AnsiColor::Yellow.on_default().bold(), warning);
        if wish_to_proceed()? {
            Ok(())
        } else {
            Err(CommandError::failed("nothing was changed"))
        }
    }

    /// Asks for a value that was not given. Where nobody can be asked, it is an error that names
    /// the `argument`.
    pub(crate) fn ask<T>(
        &self,
        prompt: &str,
        default: Option<T>,
        argument: &str,
    ) -> Result<T, CommandError>
    where
        T: FromStr<Err: Display> + Display + Clone,
    {
        if !self.can_ask() {
            return Err(CommandError::usage(format!("{argument} is missing"))
                .hint("There is no terminal to ask on: give it on the command line."));
        }
        question(prompt, default)
    }

    /// Whether somebody types the commands, and sees what comes of them.
    pub(crate) fn has_prompt(&self) -> bool {
        self.can_ask() && self.stdout.is_terminal()
    }

    /// Whether nothing is said but the result, warnings and errors.
    pub(crate) fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Whether every question is answered with yes.
    pub(crate) fn says_yes(&self) -> bool {
        self.yes
    }

    /// Whether somebody is there to answer.
    pub(crate) fn can_ask(&self) -> bool {
        io::stdin().is_terminal() && self.stderr.is_terminal()
    }

    /// Whether standard error has colours.
    pub(crate) fn colors_stderr(&self) -> bool {
        self.colors(self.stderr.is_terminal())
    }

    fn colors(&self, is_terminal: bool) -> bool {
        match self.color {
            When::Auto => is_terminal && !no_color(),
            When::Always => true,
            When::Never => false,
        }
    }
}

/// Passes over that nobody reads a result any more: how the command ends is decided by what it did.
pub(crate) fn unless_unread(written: io::Result<()>) -> Result<(), CommandError> {
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

/// `1 phone`, `2 phones`.
pub(crate) fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// Asks whether to go on, until there is an answer.
fn wish_to_proceed() -> Result<bool, CommandError> {
    loop {
        let answer: String = question("Do you wish to proceed (yes|no)?", None)?;
        match &answer.trim().to_lowercase()[..] {
            "yes" | "y" => return Ok(true),
            "no" | "n" => return Ok(false),
            _ => {}
        }
    }
}

fn question<T>(prompt: &str, default: Option<T>) -> Result<T, CommandError>
where
    T: FromStr<Err: Display> + Display + Clone,
{
    let mut input = dialoguer::Input::with_theme(&Prompts).with_prompt(prompt);
    if let Some(default) = default {
        input = input.default(default);
    }
    input
        .interact_text()
        .map_err(|error| CommandError::failed(format!("no answer: {error}")))
}

/// Questions as Unified CM asks them: what is to be answered, and room for it.
struct Prompts;

impl Theme for Prompts {
    fn format_input_prompt(
        &self,
        out: &mut dyn fmt::Write,
        prompt: &str,
        default: Option<&str>,
    ) -> fmt::Result {
        match default {
            Some(default) => write!(out, "{prompt} [{default}] "),
            None => write!(out, "{prompt} "),
        }
    }

    fn format_input_prompt_selection(
        &self,
        out: &mut dyn fmt::Write,
        prompt: &str,
        answer: &str,
    ) -> fmt::Result {
        write!(out, "{prompt} {answer}")
    }
}
