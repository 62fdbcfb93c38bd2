//! What a phone does wrong, where a test says so.

use std::time::Duration;

use crate::wire::{Command, Element};

/// One misdeed at one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misbehaviour {
    /// At which of the phone's messages, counted from 1 over all connections of a session;
    /// `RequestInProgress` counts too.
    pub message: u32,
    /// What it does there.
    pub misdeed: Misdeed,
}

impl Misbehaviour {
    /// `misdeed` at the phone's message number `message`, counted from 1.
    pub const fn at(message: u32, misdeed: Misdeed) -> Self {
        Self { message, misdeed }
    }
}

/// What a phone can do wrong with a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misdeed {
    /// Sends the first bytes of it and drops the connection.
    Cut {
        /// How many bytes.
        length: usize,
    },
    /// Drops the connection instead of sending it.
    DropInstead,
    /// Drops the connection once it is sent.
    DropAfter,
    /// Sends these bytes instead, which need be no message.
    Garbage(Vec<u8>),
    /// Sends another message instead, under the right session id.
    Instead {
        /// What it is for.
        command: Command,
        /// What it says.
        elements: Vec<Element>,
    },
    /// Sends nothing instead, and waits on.
    Silence,
    /// Sends it byte by byte.
    Slowly {
        /// How long it waits behind each byte.
        pause: Duration,
    },
    /// Sends it twice.
    Twice,
    /// Sends it under another session's id.
    WrongSessionId,
}
