//! Why a transfer failed: at which step, and in whose words.

use std::fmt;
use std::io;

use super::Remote;
use super::access::HostKey;
use crate::model::Escaped;

/// Why a file was not transferred.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {step} failed: {problem}{}", what_is_left(.left_behind.as_deref()))]
pub struct TransferError {
    /// The URL, without a password.
    pub place: String,
    /// At which step.
    pub step: Step,
    /// What happened.
    pub problem: Problem,
    /// What the upload left on the server and could not take away again.
    pub left_behind: Option<String>,
}

impl TransferError {
    /// Whether there is a file under the name already, which may be replaced where that is meant.
    pub fn is_taken(&self) -> bool {
        matches!(
            self.problem,
            Problem::Exists
                | Problem::Said {
                    kind: Said::Exists,
                    ..
                }
        )
    }
}

/// The steps of a transfer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The name of the server is looked up.
    Resolve,
    /// A connection is made.
    Connect,
    /// TLS is set up, and the server's certificate verified.
    Tls,
    /// The key of an SSH server is compared with the one that is known.
    HostKey,
    /// We say who we are.
    Login,
    /// The file is opened on the server.
    Open,
    /// The bytes go to the server.
    Send,
    /// The bytes come from the server.
    Receive,
    /// The server is asked how large the file is.
    Verify,
    /// The file gets its name.
    Rename,
    /// The file on this machine is read or written.
    Local,
    /// An administrator has stopped it.
    Stop,
}

impl fmt::Display for Step {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Resolve => "looking up the server's name",
            Self::Connect => "connecting",
            Self::Tls => "setting up TLS",
            Self::HostKey => "checking the server's host key",
            Self::Login => "logging in",
            Self::Open => "opening the file on the server",
            Self::Send => "sending",
            Self::Receive => "receiving",
            Self::Verify => "comparing the size after the upload",
            Self::Rename => "giving the uploaded file its name",
            Self::Local => "reading or writing on this machine",
            Self::Stop => "the transfer",
        })
    }
}

/// What happened.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The connection failed, or ended early.
    #[error("{source}")]
    Io {
        /// What the operating system says.
        source: io::Error,
    },
    /// The server ended the connection before everything was through.
    #[error("the connection was cut after {bytes} bytes")]
    Cut {
        /// How many bytes of the file were through.
        bytes: u64,
    },
    /// The server did not answer.
    #[error("no answer within {seconds} s")]
    TimedOut {
        /// How long it was waited for.
        seconds: u64,
    },
    /// The server refused, and said why.
    #[error("the server said `{}`", Escaped(.words))]
    Said {
        /// Its words, with the code in front where the protocol has one.
        words: String,
        /// What is meant, where the protocol has a code for it.
        kind: Said,
    },
    /// The server did what its protocol does not allow.
    #[error("the server broke the protocol: {what}")]
    Protocol {
        /// What it did.
        what: String,
    },
    /// The certificate of the server is not to be trusted, or the two have no TLS in common.
    #[error("{}", Escaped(.reason))]
    Tls {
        /// What the TLS library says.
        reason: String,
    },
    /// Nobody knows the SSH server's key yet.
    #[error("{key}, which no known_hosts file has for it")]
    UnknownHostKey {
        /// The key.
        key: Box<HostKey>,
    },
    /// The SSH server has another key than the one that is known.
    #[error(
        "{key}, and {known} has another one for it: it may be another server that pretends to be it"
    )]
    ChangedHostKey {
        /// The key.
        key: Box<HostKey>,
        /// The file and line that have the other.
        known: String,
    },
    /// The SSH server has another key than the one that it must have.
    #[error("{key}, and not {} as it must", Escaped(.expected))]
    OtherHostKey {
        /// The key.
        key: Box<HostKey>,
        /// The fingerprint that was given for it.
        expected: String,
    },
    /// The key of the SSH server is not to be believed any more.
    #[error("{key}, which {known} revokes")]
    RevokedHostKey {
        /// The key.
        key: Box<HostKey>,
        /// The file and line that revoke it.
        known: String,
    },
    /// No password and no key is left to try.
    #[error("the server takes {allowed}, and there is none that it accepts for {user}")]
    NoCredential {
        /// What the server would take.
        allowed: String,
        /// The user.
        user: String,
    },
    /// A file of ours that is needed to get in cannot be used.
    #[error("{path} cannot be used: {reason}")]
    Credentials {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// There is a file of this name.
    #[error("there is a file of this name already")]
    Exists,
    /// The server holds another number of bytes than were sent.
    #[error("{bytes} bytes were sent, and the server has {found}")]
    Size {
        /// How many were sent.
        bytes: u64,
        /// How many there are.
        found: u64,
    },
    /// The file is larger than what is taken.
    #[error("the file has more than {limit} bytes")]
    TooLarge {
        /// How many are taken.
        limit: u64,
    },
    /// An administrator has stopped it.
    #[error("it was stopped")]
    Stopped,
}

/// What a server means, where it can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// User and password, or whatever is in their place, are not accepted.
    Login,
    /// There is no such file or directory.
    NotFound,
    /// The file or directory may not be written, or read.
    Denied,
    /// There is no space left.
    Full,
    /// There is a file of the name.
    Exists,
    /// Something else.
    Other,
}

/// What is to be found under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A file of this size.
    File {
        /// In bytes.
        bytes: u64,
    },
    /// A file; how large it is, the server does not say.
    FileOfUnknownSize,
    /// Nothing.
    Nothing,
    /// The server cannot tell.
    Unknown,
}

/// A [`TransferError`] that does not know its place yet.
#[derive(Debug)]
pub(super) struct Failure {
    step: Step,
    // What goes through every result of the room stays small.
    problem: Box<Problem>,
    left_behind: Option<String>,
}

impl Failure {
    pub(super) fn new(step: Step, problem: Problem) -> Self {
        Self {
            step,
            problem: Box::new(problem),
            left_behind: None,
        }
    }

    pub(super) fn io(step: Step, source: io::Error) -> Self {
        Self::new(step, Problem::Io { source })
    }

    pub(super) fn said(step: Step, kind: Said, words: impl Into<String>) -> Self {
        let words = words.into();
        Self::new(step, Problem::Said { words, kind })
    }

    pub(super) fn protocol(step: Step, what: impl Into<String>) -> Self {
        Self::new(step, Problem::Protocol { what: what.into() })
    }

    pub(super) fn leaving(self, left_behind: Option<String>) -> Self {
        Self {
            left_behind,
            ..self
        }
    }

    pub(super) fn at(self, remote: &Remote) -> TransferError {
        TransferError {
            place: remote.to_string(),
            step: self.step,
            problem: *self.problem,
            left_behind: self.left_behind,
        }
    }
}

fn what_is_left(path: Option<&str>) -> String {
    path.map(|path| format!("; {} is left on the server, delete it there", Escaped(path)))
        .unwrap_or_default()
}
