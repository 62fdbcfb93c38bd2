//! What a phone does wrong, where a test says so.

use std::time::Duration;

use super::{Identity, Key};
use crate::wire::{Command, Element, SessionId};

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

/// What can be wrong with a phone's proof by a certificate, for a server that must refuse it.
///
/// A phone that has nothing to make the defect of fails rather than send a right proof.
#[derive(Clone, Debug)]
pub enum ProofDefect {
    /// One of its elements is not as it should be.
    Flawed(ProofElement, Flaw),
    /// It is made with another phone's certificate and that phone's key: all is right but the name.
    ForeignCertificate(Identity),
    /// `SudiData` is made with another phone's MIC and that phone's key.
    ForeignSudi(Identity),
    /// One of its elements is not there.
    LeftOut(ProofElement),
    /// `SudiData` was made for another session: who saw it there sends it again.
    ReplayedSudi(SessionId),
    /// There are no signatures but those with SHA-1.
    Sha1Only,
    /// There is the certificate, and no signature at all.
    Unsigned,
    /// It is made with this key in the place of the certificate's, which the phone does not have.
    WrongKey(Key),
}

/// An element of a proof that holds signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProofElement {
    /// `SignedData`, with SHA-1.
    SignedData,
    /// `Sha2SignedData`, with SHA-512.
    Sha2SignedData,
    /// `SudiData`: both its signatures.
    SudiData,
}

impl ProofElement {
    pub(super) const ALL: [Self; 3] = [Self::SignedData, Self::Sha2SignedData, Self::SudiData];
}

/// What can be wrong with an element of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// One bit of each signature is another.
    FlippedBit,
    /// The signatures are good ones, over other data.
    OtherData,
    /// The digest stands at the end of the RSA block, and junk in front of it where the padding
    /// belongs. A key on a curve has no such block.
    WrongPadding,
}
