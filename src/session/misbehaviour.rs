//! Good bytes at the wrong time.

use crate::wire::{Command, Reason, SessionId};

/// The peer sent good bytes at the wrong time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhoneMisbehaved {
    /// A command that is not the answer to what was asked.
    #[error("{came} came where {wanted} was due")]
    OutOfTurn {
        /// What was due.
        wanted: Command,
        /// What came.
        came: Command,
    },
    /// A message of another session.
    #[error("session id {came} came in session {ours}")]
    ForeignSession {
        /// This session.
        ours: SessionId,
        /// What the message said.
        came: SessionId,
    },
    /// An element without which the message says nothing.
    #[error("{command} came without {element}")]
    Missing {
        /// The message.
        command: Command,
        /// What it lacks.
        element: &'static str,
    },
}

impl PhoneMisbehaved {
    /// What the phone is told.
    pub fn reason(self) -> Reason {
        Reason::DECLINED
    }
}
