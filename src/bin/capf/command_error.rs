//! How a command ends: what a person reads, and the code that a script reads.

use std::error::Error;
use std::io;

use capf::admin::check::State;
use capf::admin::ctl::InvalidCtlOrder;
use capf::admin::{AdminError, InvalidDeviceNames};
use capf::config::{InvalidConfig, InvalidPassphrase};
use capf::model::InvalidTime;
use capf::server::ServerError;
use capf::whole_file::FileError;

use crate::admin_hint::admin_hint;
use crate::transfer_hint::transfer_hint;

/// How far a command came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Completion {
    /// Everything was done.
    Done,
    /// Some of it was done; the result says what was not.
    InPart,
    /// Nothing of it could be done; the result says why.
    NotDone,
    /// A check came to this; a monitoring system has exit codes of its own.
    Checked(State),
    /// A shell came to its end; the exit code is that of the line that decides.
    Left(u8),
}

impl Completion {
    /// How far it came when `done` of the things asked for were done, and `left` were not.
    pub(crate) fn of(done: u64, left: u64) -> Self {
        match (done, left) {
            (_, 0) => Self::Done,
            (0, _) => Self::NotDone,
            _ => Self::InPart,
        }
    }
}

/// Why a command failed, and what to do about it.
#[derive(Debug)]
pub(crate) struct CommandError {
    kind: Kind,
    message: String,
    hint: Option<String>,
}

/// What kind of failure it is; decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Nobody reads a list any more that is all the command is for: no failure of ours.
    BrokenPipe,
    /// What was asked for could not be done.
    Failed,
    /// What was asked for makes no sense as it was asked.
    Usage,
}

impl CommandError {
    /// A failure to do what was asked for.
    pub(crate) fn failed(message: impl Into<String>) -> Self {
        Self {
            kind: Kind::Failed,
            message: message.into(),
            hint: None,
        }
    }

    /// A command that makes no sense as it was given.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self {
            kind: Kind::Usage,
            ..Self::failed(message)
        }
    }

    /// Adds what to do next.
    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self {
            hint: Some(hint.into()),
            ..self
        }
    }

    fn with_hint(self, hint: Option<&str>) -> Self {
        Self {
            hint: hint.map(str::to_owned),
            ..self
        }
    }

    /// What happened, unless nobody is there to read it.
    pub(crate) fn message(&self) -> Option<&str> {
        (self.kind != Kind::BrokenPipe).then_some(&self.message)
    }

    /// What to do next.
    pub(crate) fn next_step(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

/// The exit code of what was done, and of what failed, and of what makes no sense.
pub(crate) const DONE: u8 = 0;
const FAILED: u8 = 1;
pub(crate) const USAGE: u8 = 2;

/// The exit code that says how a command ended.
pub(crate) fn exit_code(end: &Result<Completion, CommandError>) -> u8 {
    match end {
        Ok(Completion::Done) => DONE,
        Ok(Completion::NotDone) => FAILED,
        Ok(Completion::InPart) => 3,
        Ok(Completion::Checked(state)) => state.exit_code(),
        Ok(Completion::Left(code)) => *code,
        Err(CommandError { kind, .. }) => match kind {
            Kind::BrokenPipe => DONE,
            Kind::Failed => FAILED,
            Kind::Usage => USAGE,
        },
    }
}

impl From<io::Error> for CommandError {
    /// An error of the terminal or the pipe that the result goes to.
    fn from(error: io::Error) -> Self {
        let kind = if error.kind() == io::ErrorKind::BrokenPipe {
            Kind::BrokenPipe
        } else {
            Kind::Failed
        };
        Self {
            kind,
            ..Self::failed(format!("the result cannot be written: {error}"))
        }
    }
}

impl From<AdminError> for CommandError {
    fn from(error: AdminError) -> Self {
        let kind = match &error {
            AdminError::CtlOrder(InvalidCtlOrder::TooManySasts { .. })
            | AdminError::Parameter(_)
            | AdminError::ParameterTwice { .. }
            | AdminError::RenewedForEver { .. }
            | AdminError::StoreUri(_) => Kind::Usage,
            _ => Kind::Failed,
        };
        let failed = Self {
            kind,
            ..Self::failed(whole(&error))
        };
        match &error {
            AdminError::AnothersDirectory { owner, .. } => {
                failed.hint(format!("Run it as that user: `sudo -u {owner} capf …`."))
            }
            AdminError::Transfer(error) => failed.hint(transfer_hint(error)),
            error => failed.with_hint(admin_hint(error)),
        }
    }
}

impl From<FileError> for CommandError {
    fn from(error: FileError) -> Self {
        Self::failed(whole(&error)).with_hint(hint_on_file(&error))
    }
}

/// What to do where a file cannot be put where it was to go.
pub(crate) fn hint_on_file(error: &FileError) -> Option<&'static str> {
    match error {
        FileError::Exists { .. } => Some("Give --yes to replace it."),
        FileError::NotRegular { .. } => Some("Name another file, or redirect standard output."),
        FileError::IsDirectory { .. } | FileError::NoName { .. } | FileError::Write { .. } => None,
    }
}

impl From<InvalidDeviceNames> for CommandError {
    fn from(error: InvalidDeviceNames) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<InvalidTime> for CommandError {
    fn from(error: InvalidTime) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<InvalidPassphrase> for CommandError {
    fn from(error: InvalidPassphrase) -> Self {
        Self::from(AdminError::from(error))
    }
}

impl From<InvalidConfig> for CommandError {
    fn from(error: InvalidConfig) -> Self {
        Self::failed(whole(&error))
    }
}

impl From<ServerError> for CommandError {
    fn from(error: ServerError) -> Self {
        let failed = Self::failed(whole(&error));
        match &error {
            ServerError::Bind { .. } => failed.hint("Give another address with --listen."),
            _ => failed,
        }
    }
}

/// An error with all that led to it, each said once.
fn whole(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut last = text.clone();
    let mut source = error.source();
    while let Some(error) = source {
        let cause = error.to_string();
        if !text.contains(&cause) && !cause.contains(&last) {
            text = format!("{text}: {cause}");
            last = cause;
        }
        source = error.source();
    }
    text
}
