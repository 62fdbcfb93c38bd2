//! Why a phone is not believed, and how Cisco calls that.

use jiff::Timestamp;

use crate::model::{AuthenticationMode, CertificateKind, FailureReason, InvalidCertificate};
use crate::pki::{InvalidKey, Untrusted};
use crate::wire::DigestType;

/// The phone is not who it says, or did not prove it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No authentication string is set for the phone, so none can be right.
    #[error("the phone has no authentication string; set one with `capf phone set --auth-string`")]
    NoAuthenticationString,
    /// The phone came without an authentication string: its user has yet to enter it, or it is a
    /// version-2 client, which has no way to send one.
    #[error("no authentication string was entered on the phone")]
    NothingEntered,
    /// The string that was entered is not the phone's.
    #[error("the wrong authentication string was entered on the phone")]
    WrongAuthenticationString,
    /// Too many wrong strings were entered; no string is judged until the time is up.
    #[error(
        "too many wrong authentication strings were entered on the phone; none is judged before \
         {until}, unless a new one is set"
    )]
    Locked {
        /// When strings are judged again.
        until: Timestamp,
    },
    /// A certificate is asked for, and the phone showed none.
    #[error(
        "the phone showed no certificate, and its authentication mode asks for one; a phone that \
         has none enrols by authentication string or null string"
    )]
    NoCertificate {
        /// The mode that asks for it.
        mode: AuthenticationMode,
    },
    /// The certificate that the phone showed is none.
    #[error("what the phone showed as its {kind} cannot be read: {source}")]
    Unreadable {
        /// Which certificate it was to be.
        kind: CertificateKind,
        /// What is wrong with it.
        source: InvalidCertificate,
    },
    /// The certificate's key is of no kind that phones have.
    #[error("the {kind} that the phone showed has a key that is not judged: {source}")]
    Key {
        /// Which certificate it is.
        kind: CertificateKind,
        /// What is wrong with the key.
        source: InvalidKey,
    },
    /// Nobody who is trusted vouches for the certificate. For an LSC of another cluster, this says
    /// whose it is.
    #[error(
        "the {kind} that the phone showed, `{subject}` with serial number {serial_number}, was \
         issued by `{issuer}` and is not trusted: {source}"
    )]
    Untrusted {
        /// Which certificate it is.
        kind: CertificateKind,
        /// Its subject.
        subject: String,
        /// Whose it is.
        issuer: String,
        /// Its serial number in hexadecimal.
        serial_number: String,
        /// Why it is not trusted.
        source: Untrusted,
    },
    /// The certificate is trusted, and another device's.
    #[error("the {kind} that the phone showed is another device's: `{subject}`")]
    ForeignDevice {
        /// Which certificate it is.
        kind: CertificateKind,
        /// Its subject.
        subject: String,
    },
    /// The certificate is trusted, and is not of the kind by which a phone proves itself.
    #[error("the {kind} that the phone showed, `{subject}`, is no proof: {what}")]
    Unfit {
        /// Which certificate it is.
        kind: CertificateKind,
        /// Its subject.
        subject: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The LSC is a third-party CA's, has the device's name, and was never imported for it.
    #[error(
        "the LSC that the phone showed, `{subject}`, was issued by `{issuer}`, which is no CAPF, and \
         is not on record as this phone's; let it enrol by another authentication mode"
    )]
    NotOnRecord {
        /// Its subject.
        subject: String,
        /// Whose it is.
        issuer: String,
    },
    /// The LSC is one that the phone said it had deleted.
    #[error("the LSC that the phone showed, `{subject}`, is on record as deleted from the phone")]
    Deleted {
        /// Its subject.
        subject: String,
    },
    /// The phone showed a certificate, and signed nothing with its key.
    #[error("the phone showed a certificate and did not prove that it holds its key")]
    NoSignature,
    /// A signature was not made by the certificate's key, or over other data.
    #[error(
        "the phone's signature with {digest} does not hold: it was not made by the key of the certificate that it showed, or not over this certificate and name"
    )]
    BadSignature {
        /// The digest under it.
        digest: DigestType,
    },
    /// The proof that cannot be replayed is demanded, and the phone gave none.
    #[error(
        "the phone gave no proof that was made for this session (SudiData), and the parameter \
         `SUDI Proof Required` demands it"
    )]
    NoSudiData,
    /// The proof that cannot be replayed is demanded, and its certificate counts for nothing.
    #[error(
        "the phone's proof for this session (SudiData), which the parameter `SUDI Proof Required` \
         demands, is made with a certificate that does not count: {0}"
    )]
    Sudi(Box<Refusal>),
    /// The proof was made for another session, or not by the certificate's key: a replay, perhaps.
    #[error("the phone's SudiData was not made for this session by the key of its certificate")]
    Replayed,
}

impl Refusal {
    /// Cisco's reason, from which the status is made.
    pub fn failure(&self) -> FailureReason {
        match self {
            Self::NoAuthenticationString
            | Self::NothingEntered
            | Self::WrongAuthenticationString
            | Self::Locked { .. } => FailureReason::InvalidAuthenticationString,
            Self::NoCertificate { mode } => match mode {
                AuthenticationMode::ExistingMic => FailureReason::InvalidMic,
                _ => FailureReason::InvalidLsc,
            },
            Self::Unreadable { kind, .. }
            | Self::Key { kind, .. }
            | Self::Untrusted { kind, .. }
            | Self::ForeignDevice { kind, .. }
            | Self::Unfit { kind, .. } => match kind {
                CertificateKind::Lsc => FailureReason::InvalidLsc,
                CertificateKind::Mic | CertificateKind::Sudi => FailureReason::InvalidMic,
            },
            Self::NotOnRecord { .. } | Self::Deleted { .. } => FailureReason::InvalidLsc,
            Self::NoSignature
            | Self::BadSignature { .. }
            | Self::NoSudiData
            | Self::Sudi(_)
            | Self::Replayed => FailureReason::InvalidCredentials,
        }
    }

    /// Whether the certificate is one that its issuer has revoked.
    pub fn is_revoked(&self) -> bool {
        matches!(self, Self::Untrusted { source, .. } if source.is_revoked())
    }

    /// Whether somebody guessed at the authentication string, and guessed wrong.
    pub fn is_wrong_guess(&self) -> bool {
        matches!(self, Self::WrongAuthenticationString)
    }
}
