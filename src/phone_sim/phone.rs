//! What a phone is, has and does.

use std::time::Duration;

use super::{Identity, IpAddresses, IpMode, Key, Misbehaviour, StateDir};
use crate::model::DeviceName;
use crate::secret::Password;

/// A simulated phone.
///
/// [`PhoneSim::new`] is a hardware phone out of its box that does what it is asked; what is to be
/// otherwise is set in its fields.
#[derive(Clone, Debug)]
pub struct PhoneSim {
    /// The name that it gives itself.
    pub device: DeviceName,
    /// Which version of the protocol it speaks.
    pub kind: PhoneKind,
    /// Which versions of IP it speaks.
    pub ip_mode: IpMode,
    /// Which addresses it has.
    pub ip_addresses: IpAddresses,
    /// What its user entered. A softphone sends none.
    pub password: Option<Password>,
    /// The LSC that it has. Where `state` has one, that counts.
    pub lsc: Option<Identity>,
    /// The MIC that it has.
    pub mic: Option<Identity>,
    /// With which of its certificates it proves itself. A softphone proves nothing.
    pub proof: Proof,
    /// A key that it has made before: used instead of a new one where it is of the kind and size
    /// that is asked for.
    pub key: Option<Key>,
    /// How long it makes its key, beside the time that this takes here. A real phone takes up to
    /// half an hour and more (P).
    pub key_generation_delay: Duration,
    /// Whether it can make keys on elliptic curves.
    pub supports_ec: bool,
    /// Whether it refuses to store certificates.
    pub refuses_certificates: bool,
    /// Whether its user presses Stop while the key is made.
    pub presses_stop: bool,
    /// How often it tries again.
    pub retry: Retry,
    /// How long it waits for the server's next message; without limit where there is none, as a real
    /// phone does that waits for days for its certificate.
    pub patience: Option<Duration>,
    /// Where its key and LSC are kept from session to session.
    pub state: Option<StateDir>,
    /// What it does wrong.
    pub misbehaviour: Vec<Misbehaviour>,
}

impl PhoneSim {
    /// A hardware phone without certificates, whose user entered nothing.
    pub fn new(device: DeviceName) -> Self {
        Self {
            device,
            kind: PhoneKind::Hardware,
            ip_mode: IpMode::DualStack,
            ip_addresses: IpAddresses::Both,
            password: None,
            lsc: None,
            mic: None,
            proof: Proof::Lsc,
            key: None,
            key_generation_delay: Duration::ZERO,
            supports_ec: true,
            refuses_certificates: false,
            presses_stop: false,
            retry: Retry::default(),
            patience: None,
            state: None,
            misbehaviour: Vec::new(),
        }
    }
}

/// Which version of the protocol a phone speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneKind {
    /// Version 3. P
    Hardware,
    /// Version 2: Jabber and the like send neither a password nor a proof. P
    Softphone,
}

impl PhoneKind {
    pub(super) const fn version(self) -> u8 {
        match self {
            Self::Hardware => 3,
            Self::Softphone => 2,
        }
    }
}

/// With which certificate a phone proves itself: what its configuration file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// With none, though it may have some.
    None,
    /// With its LSC, or its MIC where it has no LSC.
    Lsc,
    /// With its MIC, or its LSC where it has no MIC.
    Mic,
}

/// How often a phone tries again after a communication failure, and after nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// How often, after the first attempt.
    pub count: u32,
    /// How long it waits before each.
    pub interval: Duration,
}

impl Retry {
    /// Not at all.
    pub const NEVER: Self = Self {
        count: 0,
        interval: Duration::ZERO,
    };
}

impl Default for Retry {
    /// Three times at intervals of 30 seconds, as Cisco's documents say (P).
    fn default() -> Self {
        Self {
            count: 3,
            interval: Duration::from_secs(30),
        }
    }
}
