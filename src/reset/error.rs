//! Why no phone is reset.

use std::io;
use std::path::PathBuf;

use crate::model::Escaped;
use crate::transfer::{InvalidCall, InvalidRemote, TransferError};

/// Settings by which no phone can be reset.
#[derive(Debug, thiserror::Error)]
pub enum InvalidHook {
    /// The URL has a user or a password, which a configuration file should not.
    #[error(
        "`url` has a user or a password in it; write the header Authorization into `header-file`"
    )]
    Account,
    /// The request makes no sense.
    #[error("`{key}`: {source}")]
    Call {
        /// The key with which it is configured.
        key: &'static str,
        /// Why.
        source: InvalidCall,
    },
    /// The file with headers cannot be read.
    #[error("`header-file`: {} cannot be read", .path.display())]
    HeaderFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The name of the phone would change which server is asked.
    #[error("`url` has {{name}} in the server's name; it belongs behind it")]
    NameInServer,
    /// No program is named.
    #[error("`command` is empty; its first word is the program")]
    NoProgram,
    /// The URL is the same for all phones.
    #[error("`url` has no {{name}} in it, which stands for the name of the phone")]
    NoName,
    /// Neither a command nor a URL is there.
    #[error("it has neither a `command` nor a `url`")]
    Nothing,
    /// The URL is not one of a web server with TLS.
    #[error("`url` does not begin with https://")]
    Scheme,
    /// The URL is none.
    #[error("`url`: {0}")]
    Url(InvalidRemote),
}

impl From<InvalidRemote> for InvalidHook {
    fn from(error: InvalidRemote) -> Self {
        match error {
            // Of other schemes, too, files are transferred, and no requests made.
            InvalidRemote::Scheme { .. } => Self::Scheme,
            error => Self::Url(error),
        }
    }
}

/// Why a phone was not reset.
#[derive(Debug, thiserror::Error)]
pub enum ResetError {
    /// Both the command and the request failed.
    #[error("{command}; {request}")]
    Both {
        /// Why the command failed.
        command: Box<ResetError>,
        /// Why the request failed.
        request: Box<ResetError>,
    },
    /// The program ended as one that has failed, or said that it has.
    #[error("{program} {how}{}", behind_colon(.said))]
    Failed {
        /// The program.
        program: String,
        /// How it ended: `ended with exit code 1`.
        how: String,
        /// What it wrote, shortened; what went to standard error first.
        said: String,
    },
    /// The program cannot be started, or was lost.
    #[error("{program} cannot be run: {source}")]
    NotRun {
        /// The program.
        program: String,
        /// Why.
        source: io::Error,
    },
    /// The request failed.
    #[error(transparent)]
    Request(#[from] TransferError),
    /// Nothing came of it in time.
    #[error("{what} within {seconds} s")]
    TimedOut {
        /// What did not happen: `https://…: no answer`.
        what: String,
        /// How long it was waited for.
        seconds: u64,
    },
}

fn behind_colon(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!(": {}", Escaped(text))
    }
}
