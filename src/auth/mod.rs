//! Who the phone is: a claim becomes an [`Authenticated`] proof, or a [`Refusal`].
//!
//! One file a mode. Nothing outside this room can make an [`Authenticated`], and a session's
//! operations ask for one, so that no way leads past the judgement.
//!
//! | file | subject |
//! |---|---|
//! | `claim` | what the phone says of itself |
//! | `authentication_string` | what its user entered, and when guessing is locked |
//! | `existing_certificate` | whose certificate it shows, and who vouches for it |
//! | `signature` | whether it holds the certificate's private key |
//! | `refusal` | why it is not believed, and how Cisco calls that |

mod authentication_string;
mod claim;
mod existing_certificate;
mod refusal;
mod signature;

use jiff::Timestamp;

use crate::model::{
    AuthenticationMode, Certificate, CertificateKind, CertificateState, ParameterValues, Phone,
    TrustAnchor,
};
use crate::pki::Revocation;
use crate::wire::SessionId;

pub use authentication_string::{LOCK_TIME, MOST_GUESSES};
pub use claim::Claim;
pub use existing_certificate::is_capf;
pub use refusal::Refusal;

/// What a claim is judged by, beside the phone itself.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// The session, whose id a proof that cannot be replayed has in it.
    pub session_id: SessionId,
    /// The time.
    pub now: Timestamp,
    /// The parameters in force.
    pub parameters: &'a ParameterValues,
    /// The trust anchors of every purpose; they count in the modes by certificate alone.
    pub anchors: &'a [TrustAnchor],
    /// What is known to be revoked among the certificates that the phone shows, and the anchors.
    pub revocations: &'a [Revocation],
    /// The phone's LSCs on record, each with its state: those that it holds, that may have reached
    /// it, or that it has deleted.
    pub lscs: &'a [(CertificateState, Certificate)],
    /// Until when no authentication string is accepted from the phone.
    pub locked_until: Option<Timestamp>,
}

/// Proof that the phone was judged to be who it says. Only [`judge`] makes one.
#[derive(Debug)]
pub struct Authenticated {
    by: AuthenticationMode,
    certificate: Option<(CertificateKind, Certificate)>,
    is_fresh: bool,
    serial_number: Option<String>,
}

impl Authenticated {
    fn by(mode: AuthenticationMode) -> Self {
        Self {
            by: mode,
            certificate: None,
            is_fresh: false,
            serial_number: None,
        }
    }

    /// The mode by which the phone proved itself.
    pub fn mode(&self) -> AuthenticationMode {
        self.by
    }

    /// The certificate by which the phone proved itself, in the modes that ask for one.
    pub fn certificate(&self) -> Option<(CertificateKind, &Certificate)> {
        self.certificate
            .as_ref()
            .map(|(kind, certificate)| (*kind, certificate))
    }

    /// Whether the proof was made for this session and cannot be replayed.
    pub fn is_fresh(&self) -> bool {
        self.is_fresh
    }

    /// The phone's serial number, `PID:CP-8861 SN:FCH…`, as a certificate says it that was judged.
    pub fn serial_number(&self) -> Option<&str> {
        self.serial_number.as_deref()
    }
}

/// Judges the claim by the mode that is scheduled for the phone.
pub fn judge(
    phone: &Phone,
    claim: &Claim,
    circumstances: &Circumstances<'_>,
) -> Result<Authenticated, Refusal> {
    let mode = phone.capf.authentication_mode;
    match mode {
        AuthenticationMode::AuthenticationString => {
            authentication_string::judge(phone, claim, circumstances)?;
            Ok(Authenticated::by(mode))
        }
        // The network is trusted: any phone that knows the name is the phone.
        AuthenticationMode::NullString => Ok(Authenticated::by(mode)),
        AuthenticationMode::ExistingLsc | AuthenticationMode::ExistingMic => {
            existing_certificate::judge(phone, claim, circumstances)
        }
    }
}
