//! How a command ends: what a person reads, and the code that a script reads.

use std::error::Error;
use std::io;
use std::process::ExitCode;

use capf::admin::check::State;
use capf::admin::migrate::CapfdError;
use capf::admin::trust::UnfitAnchor;
use capf::admin::{AdminError, InvalidDeviceNames, InvalidPhones};
use capf::config::InvalidConfig;
use capf::model::InvalidTime;
use capf::server::ServerError;
use capf::trace::TraceError;
use capf::whole_file::FileError;

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

/// The exit code that says how a command ended.
pub(crate) fn exit_code(end: &Result<Completion, CommandError>) -> ExitCode {
    ExitCode::from(match end {
        Ok(Completion::Done) => 0,
        Ok(Completion::NotDone) => 1,
        Ok(Completion::InPart) => 3,
        Ok(Completion::Checked(state)) => state.exit_code(),
        Err(CommandError { kind, .. }) => match kind {
            Kind::BrokenPipe => 0,
            Kind::Failed => 1,
            Kind::Usage => 2,
        },
    })
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
        let failed = Self::failed(whole(&error));
        match &error {
            AdminError::AnothersDirectory { owner, .. } => {
                failed.hint(format!("Run it as that user: `sudo -u {owner} capf …`."))
            }
            AdminError::File(error) => failed.with_hint(hint_on_file(error)),
            AdminError::Capfd(error) => failed.with_hint(capfd_hint(error)),
            AdminError::Interrupted { .. } => {
                failed.hint("Run the command again: what is in stays in, and the rest follows.")
            }
            AdminError::Parameter(_) | AdminError::StoreUri(_) => Self {
                kind: Kind::Usage,
                ..failed
            },
            AdminError::NotDirectory { .. } => failed.hint("Name a directory with --data-dir."),
            AdminError::NoCertificate { .. } => failed.hint("Give --force if the phone has one."),
            AdminError::NoCsr { selected: true } => {
                failed.hint("`capf csr list` takes the same options and shows what they select.")
            }
            AdminError::NoCsr { selected: false } => failed.hint(
                "Schedule Install/Upgrade on phones while the parameter `Certificate Issuer to \
                 Endpoint` is `Offline CA`; `capf csr count` shows when their keys have arrived.",
            ),
            AdminError::OwnCertificate { .. } => failed.hint(
                "Nothing was removed. To withdraw an LSC, let its phone delete it: `capf phone set \
                 NAME --operation delete`.",
            ),
            AdminError::Phones(InvalidPhones::Lines(_)) => {
                failed.hint("No phone was added. Correct these lines and import the file again.")
            }
            AdminError::Phones(_) => {
                failed.hint("No phone was added. `capf phone import --help` lists the columns.")
            }
            AdminError::Transfer(error) => failed.hint(transfer_hint(error)),
            AdminError::Stopped => failed.hint("Nothing was changed."),
            AdminError::Trace(TraceError::Unknown { .. }) => {
                failed.hint("`capf trace list` lists them.")
            }
            AdminError::RenewedForEver { .. } => Self {
                kind: Kind::Usage,
                ..failed
            }
            .hint(
                "Give a shorter --expires-within, or raise the parameter `Duration Of Certificate \
                 Validity (in days)`.",
            ),
            AdminError::UnknownPhone { .. } => {
                failed.hint("`capf phone find` lists phones, and `capf phone add` adds them.")
            }
            AdminError::UnknownSearch { .. } => failed.hint(
                "`capf saved-search list` lists them, and `capf phone find --save NAME` saves one.",
            ),
            AdminError::ServiceRuns { .. } => {
                failed.hint("End it first, or name another directory with --data-dir.")
            }
            AdminError::UnfitAnchor { source, .. } => failed.hint(match source {
                UnfitAnchor::ReservedName { .. } => {
                    "Nothing was imported. If it is another cluster's CAPF, and the LSCs of its \
                     phones are to count as proof, give --other-capf."
                }
                _ => "Nothing was imported.",
            }),
            _ => failed,
        }
    }
}

impl From<FileError> for CommandError {
    fn from(error: FileError) -> Self {
        Self::failed(whole(&error)).with_hint(hint_on_file(&error))
    }
}

/// What to do where a file cannot be put where it was to go.
fn hint_on_file(error: &FileError) -> Option<&'static str> {
    match error {
        FileError::Exists { .. } => Some("Give --yes to replace it."),
        FileError::NotRegular { .. } => Some("Name another file, or redirect standard output."),
        FileError::IsDirectory { .. } | FileError::NoName { .. } | FileError::Write { .. } => None,
    }
}

fn capfd_hint(error: &CapfdError) -> Option<&'static str> {
    Some(match error {
        CapfdError::Changed { .. } => "capfd has begun to work with it. Run the command again.",
        CapfdError::Locked { .. } => "Try again when capfd has less to do, or stop it meanwhile.",
        CapfdError::Unfinished { .. } => {
            "Start capfd once, or open it with `sqlite3 FILE 'SELECT 1 FROM devices'`; then try \
             again."
        }
        CapfdError::NoDeviceNames { .. }
        | CapfdError::NoTable { .. }
        | CapfdError::NotRegularFile { .. }
        | CapfdError::NotSqlite { .. } => {
            "Name the SQLite file in which capfd keeps its phones, in the table `devices`."
        }
        CapfdError::Sqlite { .. } => "Check it with `sqlite3 FILE 'PRAGMA integrity_check'`.",
        CapfdError::Read { .. } => return None,
    })
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
