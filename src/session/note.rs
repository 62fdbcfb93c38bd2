//! What is told about a session.

use std::fmt;

use super::PhoneMisbehaved;
use crate::auth::Refusal;
use crate::model::{CertificateKind, CertificateOperation, DeviceName, OperationStatus};
use crate::pki::InvalidKey;
use crate::wire::{Command, Reason};

/// What the log and the trace are told about a session; `Display` says it.
#[derive(Debug, PartialEq)]
pub enum Note {
    /// The phone is known; this is what will be done.
    Begins(CertificateOperation),
    /// The phone's name is none.
    NoName(String),
    /// No such phone.
    UnknownDevice,
    /// The phone did not prove who it is.
    Refused(Refusal),
    /// The phone proved who it is, by a certificate.
    Proved {
        /// By which.
        kind: CertificateKind,
        /// Its subject.
        subject: String,
        /// Whether the proof was made for this session; any other can be replayed.
        is_fresh: bool,
    },
    /// Too many phones are before this one; it was told to come again.
    Deferred {
        /// After how many seconds.
        seconds: u16,
    },
    /// The phone made no key in the time that it has, and is asked again.
    KeyLate,
    /// The phone broke the protocol.
    Misbehaved(PhoneMisbehaved),
    /// The phone declined what it was asked.
    Declined(Command, Option<Reason>),
    /// What the phone gave as its certificate cannot be put on record.
    UnfitCertificate {
        /// Which one was asked for.
        kind: CertificateKind,
        /// What is wrong with it.
        what: String,
    },
    /// The phone's key is not what was asked for.
    UnfitKey(InvalidKey),
    /// The phone's key is on record for this other device.
    ForeignKey(DeviceName),
    /// The request could not be made or its signature does not hold.
    UnfitRequest(String),
    /// An element whose tag nobody knows was passed over (D: a newer firmware must not lose its
    /// session over it).
    UnknownElement {
        /// Its tag.
        tag: u8,
        /// How long its value is.
        length: usize,
    },
    /// How the operation ended.
    Ended(OperationStatus),
}

/// How much a note matters to whoever looks after the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// It stands in what is said of the session as a whole.
    Part,
    /// Somebody who looks for a fault wants to know.
    Detail,
    /// It happens in a day's work.
    Event,
    /// Something is not as it should be.
    Warning,
}

impl Note {
    /// How much it matters.
    pub fn weight(&self) -> Weight {
        match self {
            Self::Begins(_) | Self::Ended(_) => Weight::Part,
            Self::UnknownElement { .. } => Weight::Detail,
            Self::Proved { .. } | Self::Deferred { .. } | Self::Declined(..) => Weight::Event,
            Self::KeyLate
            | Self::NoName(_)
            | Self::UnknownDevice
            | Self::Refused(_)
            | Self::Misbehaved(_)
            | Self::UnfitCertificate { .. }
            | Self::UnfitKey(_)
            | Self::ForeignKey(_)
            | Self::UnfitRequest(_) => Weight::Warning,
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Begins(operation) => write!(formatter, "{operation}"),
            Self::NoName(error) => write!(formatter, "no device name: {error}"),
            Self::UnknownDevice => {
                formatter.write_str("unknown device; `capf phone add` makes it known")
            }
            Self::Refused(refusal) => write!(formatter, "refused: {refusal}"),
            Self::Proved {
                kind,
                subject,
                is_fresh,
            } => {
                let can = if *is_fresh {
                    "made for this session"
                } else {
                    "which could be replayed"
                };
                write!(
                    formatter,
                    "the phone's proof by its {kind} `{subject}`, {can}, holds"
                )
            }
            Self::Deferred { seconds } => write!(
                formatter,
                "too many phones are before this one; it is told to come again in {seconds} s"
            ),
            Self::KeyLate => formatter.write_str("the phone has made no key in time"),
            Self::Misbehaved(what) => write!(formatter, "{what}"),
            Self::Declined(command, reason) => {
                write!(formatter, "the phone declined {command}")?;
                match reason {
                    Some(reason) => write!(formatter, " ({reason})"),
                    None => Ok(()),
                }
            }
            Self::UnfitCertificate { kind, what } => {
                write!(formatter, "what the phone gave as its {kind}: {what}")
            }
            Self::UnfitKey(error) => write!(formatter, "the phone's key: {error}"),
            Self::ForeignKey(device) => write!(
                formatter,
                "the phone's key is on record as that of {device}, and no two phones make the same"
            ),
            Self::UnfitRequest(error) => write!(formatter, "the phone's request: {error}"),
            Self::UnknownElement { tag, length } => write!(
                formatter,
                "element {tag} of {length} bytes is unknown and passed over"
            ),
            Self::Ended(status) => write!(formatter, "{status}"),
        }
    }
}
