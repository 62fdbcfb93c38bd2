//! Everything that was asked, answered and came of it.

use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::Instant;

use super::Identity;
use crate::model::{AuthenticationMode, Certificate, DeviceName};
use crate::transport::Negotiated;
use crate::wire::{Command, Message, Reason};

/// What came of a phone's session.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Whose session it was.
    pub device: DeviceName,
    /// How it ended.
    pub end: End,
    /// What was asked and answered, in its order. It holds no secret.
    pub steps: Vec<Step>,
    /// How often the phone connected, or tried to.
    pub attempts: u32,
    /// The server's address, at the last connection that there was.
    pub connected_to: Option<SocketAddr>,
    /// What TLS came to, at the last connection that there was.
    pub negotiated: Option<Negotiated>,
    /// The certificate that the phone stored in this session.
    pub stored: Option<Certificate>,
    /// The LSC that the phone has now.
    pub lsc: Option<Identity>,
    /// The authentication mode that is in the phone's flash now.
    pub flash: Option<AuthenticationMode>,
    /// How long it all took.
    pub duration: Duration,
}

impl Outcome {
    /// Whether the session ended well; see [`End::Ended`].
    pub fn succeeded(&self) -> bool {
        matches!(self.end, End::Ended(_))
    }
}

/// How a session ended.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum End {
    /// Well: the server ended it with Success, or with `NoAction`, and the phone is not left with a
    /// key without a certificate. A softphone that has an LSC and is asked for nothing is told so
    /// with Declined (P).
    #[error("{}", ended(*.0))]
    Ended(Reason),
    /// The server ended it, and the phone did not get what it came for.
    #[error("{}", refused(*.0))]
    Refused(Reason),
    /// The server asked the phone to come back later; the phone has done so as often as it does.
    #[error("the server asked the phone to come back {}", later(*.seconds))]
    RetryLater {
        /// In how many seconds, where it said so.
        seconds: Option<u16>,
    },
    /// The connection could not be made, or broke; the phone has tried as often as it does.
    #[error("communication failure: {0}")]
    CommunicationFailure(String),
    /// The phone and the server have no version of IP in common. It is not tried again: nothing that
    /// passes with time is in the way.
    #[error("the phone cannot connect to CAPF: {0}")]
    CannotConnect(String),
    /// The server is not the one that the phone believes.
    #[error("{0}")]
    ServerUntrusted(String),
    /// The server said what no phone understands.
    #[error("the server misbehaved: {0}")]
    ServerMisbehaved(String),
    /// Nothing came in the time that the phone was told to wait.
    #[error("the server said nothing for {} s", .0.as_secs_f32())]
    OutOfPatience(Duration),
    /// What the phone remembers cannot be read, or its certificate cannot sign.
    #[error("the phone failed: {0}")]
    PhoneFailed(String),
    /// The phone's user pressed Stop.
    #[error("the phone's user pressed Stop")]
    Stopped,
    /// Who ran the phone had it stop.
    #[error("aborted")]
    Aborted,
}

fn ended(reason: Reason) -> &'static str {
    match reason {
        Reason::SUCCESS => "done",
        _ => "there was nothing to do, or nothing more",
    }
}

fn refused(reason: Reason) -> String {
    match reason {
        Reason::SUCCESS | Reason::NO_ACTION => {
            format!("the server ended the session ({reason}), and the phone has no certificate")
        }
        Reason::DECLINED => "refused (Declined): the server did not accept the phone's proof, its \
                             answer, or nothing is pending for it"
            .to_owned(),
        Reason::UNKNOWN_DEVICE => {
            "refused (UnknownDevice): the server does not know the phone".to_owned()
        }
        _ => format!("refused (reason {reason})"),
    }
}

fn later(seconds: Option<u16>) -> String {
    seconds.map_or_else(
        || "later".to_owned(),
        |seconds| format!("in {seconds} s or later"),
    )
}

/// One thing that happened in a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// How long after the session's begin; of keepalives, the last.
    pub at: Duration,
    /// At which attempt, counted from 1; 0 before the first.
    pub attempt: u32,
    /// What happened.
    pub event: Event,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The server sent a message.
    Received {
        /// What it is for.
        command: Command,
        /// What it says; of all that is secret or long, how long it is.
        says: String,
    },
    /// The phone sent a message.
    Sent {
        /// What it is for.
        command: Command,
        /// What it says; of all that is secret or long, how long it is.
        says: String,
    },
    /// The phone has a connection, TLS included.
    Connected {
        /// The server's address.
        to: SocketAddr,
    },
    /// The server sent keepalives, one after the other.
    KeptAlive {
        /// How many.
        times: u32,
    },
    /// Something happened inside the phone, or to the connection.
    Noted(String),
}

impl fmt::Display for Event {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Received { command, says } => write!(formatter, "asked: {command} {says}"),
            Self::Sent { command, says } => write!(formatter, "answered: {command} {says}"),
            Self::Connected { to } => write!(formatter, "connected to {to}"),
            Self::KeptAlive { times } => write!(formatter, "kept alive {times} times"),
            Self::Noted(what) => formatter.write_str(what),
        }
    }
}

/// The steps of a session as they happen.
#[derive(Debug)]
pub(super) struct Journal {
    begun: Instant,
    pub(super) attempt: u32,
    pub(super) steps: Vec<Step>,
}

impl Journal {
    pub(super) fn new() -> Self {
        Self {
            begun: Instant::now(),
            attempt: 0,
            steps: Vec::new(),
        }
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    pub(super) fn connected(&mut self, to: SocketAddr) {
        self.push(Event::Connected { to });
    }

    pub(super) fn received(&mut self, message: &Message) {
        if message.command == Command::REQUEST_IN_PROGRESS {
            // A phone may be held for days: keepalives must not fill the memory.
            if let Some(Step {
                at,
                event: Event::KeptAlive { times },
                ..
            }) = self.steps.last_mut()
            {
                *at = self.begun.elapsed();
                *times = times.saturating_add(1);
            } else {
                self.push(Event::KeptAlive { times: 1 });
            }
        } else {
            self.push(Event::Received {
                command: message.command,
                says: message.says(),
            });
        }
    }

    pub(super) fn sent(&mut self, message: &Message) {
        self.push(Event::Sent {
            command: message.command,
            says: message.says(),
        });
    }

    pub(super) fn note(&mut self, what: impl fmt::Display) {
        self.push(Event::Noted(what.to_string()));
    }

    fn push(&mut self, event: Event) {
        self.steps.push(Step {
            at: self.begun.elapsed(),
            attempt: self.attempt,
            event,
        });
    }
}
