//! What a phone remembers from connection to connection.

use super::outcome::Journal;
use super::{Identity, Key, PhoneSim};
use crate::model::{AuthenticationMode, Certificate};

/// What a phone remembers in a session, while its connections come and go.
#[derive(Debug)]
pub(super) struct Memory {
    /// The LSC that it has.
    pub(super) lsc: Option<Identity>,
    /// The authentication mode that is in its flash.
    pub(super) flash: Option<AuthenticationMode>,
    /// The key that it made last.
    pub(super) made_key: Option<Key>,
    /// Whether it was asked for a key and has stored no certificate since.
    pub(super) awaits_certificate: bool,
    /// The certificate that it stored in this session.
    pub(super) stored: Option<Certificate>,
    /// Whether its user has pressed Stop.
    pub(super) stopped: bool,
    /// How many messages it has sent, or should have.
    pub(super) sent: u32,
    /// What happened.
    pub(super) journal: Journal,
}

impl Memory {
    /// What it remembers out of its box.
    pub(super) fn new(phone: &PhoneSim) -> Self {
        Self {
            lsc: phone.lsc.clone(),
            flash: phone.flash,
            made_key: None,
            awaits_certificate: false,
            stored: None,
            stopped: false,
            sent: 0,
            journal: Journal::new(),
        }
    }
}
