//! What a phone remembers from connection to connection.

use super::outcome::Journal;
use super::{Identity, Key};
use crate::model::Certificate;

/// What a phone remembers in a session, while its connections come and go.
#[derive(Debug)]
pub(super) struct Memory {
    /// The LSC that it has.
    pub(super) lsc: Option<Identity>,
    /// The key that it made last.
    pub(super) made_key: Option<Key>,
    /// Whether it was asked for a key and has stored no certificate since.
    pub(super) awaits_certificate: bool,
    /// The certificate that it stored in this session.
    pub(super) stored: Option<Certificate>,
    /// How many messages it has sent, or should have.
    pub(super) sent: u32,
    /// What happened.
    pub(super) journal: Journal,
}

impl Memory {
    pub(super) fn new(lsc: Option<Identity>) -> Self {
        Self {
            lsc,
            made_key: None,
            awaits_certificate: false,
            stored: None,
            sent: 0,
            journal: Journal::new(),
        }
    }
}
