//! What a phone is, has and does.

use std::time::Duration;

use super::{
    Identity, IpAddresses, IpMode, Key, Misbehaviour, PhoneSimError, ProofDefect, StateDir,
};
use crate::model::{AuthenticationMode, DeviceName};
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
    /// What its configuration file says.
    pub configuration: Configuration,
    /// The authentication mode that is in its flash. Where `state` has one, that counts.
    pub flash: Option<AuthenticationMode>,
    /// What its user entered. A softphone sends none.
    pub password: Option<Password>,
    /// The LSC that it has. Where `state` has one, that counts.
    pub lsc: Option<Identity>,
    /// The MIC that it has.
    pub mic: Option<Identity>,
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
    /// When its user presses Stop.
    pub presses_stop: Option<Stop>,
    /// How often it tries again.
    pub retry: Retry,
    /// How long it waits for the server's next message; without limit where there is none, as a real
    /// phone does that waits for days for its certificate.
    pub patience: Option<Duration>,
    /// Where its key, its LSC and its flash are kept from session to session.
    pub state: Option<StateDir>,
    /// What it does wrong.
    pub misbehaviour: Vec<Misbehaviour>,
    /// What is wrong with its proof by a certificate.
    pub proof_defects: Vec<ProofDefect>,
}

impl PhoneSim {
    /// A hardware phone without certificates, whose user entered nothing.
    pub fn new(device: DeviceName) -> Self {
        Self {
            device,
            kind: PhoneKind::Hardware,
            ip_mode: IpMode::DualStack,
            ip_addresses: IpAddresses::Both,
            configuration: Configuration::Silent,
            flash: None,
            password: None,
            lsc: None,
            mic: None,
            key: None,
            key_generation_delay: Duration::ZERO,
            supports_ec: true,
            refuses_certificates: false,
            presses_stop: None,
            retry: Retry::default(),
            patience: None,
            state: None,
            misbehaviour: Vec::new(),
            proof_defects: Vec::new(),
        }
    }

    /// The mode of a session, where one is simulated; `flash` is what is in the flash.
    pub(super) fn mode(
        &self,
        flash: Option<AuthenticationMode>,
    ) -> Result<Option<AuthenticationMode>, PhoneSimError> {
        match self.configuration {
            Configuration::Silent => Ok(None),
            Configuration::Loaded(mode) => Ok(Some(mode)),
            Configuration::Lost => flash.map(Some).ok_or(PhoneSimError::EmptyFlash),
        }
    }
}

/// What a phone's configuration file, which it loads from the TFTP server, says of its
/// authentication mode.
///
/// "If a power failure occurs while the phone attempts a session with CAPF, the phone will use the
/// authentication mode that is stored in flash; that is, if the phone cannot load the new
/// configuration file from the TFTP server after the phone reboots. After the certificate operation
/// completes, the system clears the value in flash." (P) That only a session that
/// [ended well](super::End::Ended) completes an operation is D: after any other the phone still has
/// it before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Configuration {
    /// Nothing: the phone sends what it has. The string that its user entered, and a proof with its
    /// LSC, or with its MIC where it has no LSC. Its flash is left alone.
    Silent,
    /// This mode, `capfAuthMode` 1 to 4 (P); 0, none, is not simulated. It goes into the flash when a
    /// session begins. The phone sends a string By Authentication String alone, and a proof By
    /// Existing Certificate alone: with the certificate that has precedence, or with the other where
    /// it does not have that one (R).
    Loaded(AuthenticationMode),
    /// It cannot be loaded: the mode is the one that is in the flash.
    Lost,
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

/// When a phone's user presses Stop, which "at any time" stops the process (P).
///
/// A phone has no known message of its own for it. It declines what it was last asked, as it does
/// where Stop is pressed while the key is made (P), and what it is asked behind that; where nothing
/// is asked of it, it drops the connection (D). It does not come again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// Before it answers the first request.
    FirstRequest,
    /// While it makes its key.
    KeyGeneration,
    /// While it waits for its certificate, as a held phone does for days.
    Waiting {
        /// How long after it last answered.
        after: Duration,
    },
    /// When it is sent a certificate to store.
    Storing,
}

/// How often a phone tries again after a communication failure, or where the server asks it to come
/// back later, and after nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// How often, after the first attempt.
    pub count: u32,
    /// How long it waits before each, unless the server says how long.
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
