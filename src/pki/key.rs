//! Public keys.

use x509_parser::prelude::FromDer as _;
use x509_parser::x509::SubjectPublicKeyInfo;

/// What can go wrong with keys and certificates.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PkiError {
    /// The bytes are no `SubjectPublicKeyInfo`.
    #[error("not a public key in DER: {reason}")]
    NotAKey {
        /// What the parser says.
        reason: String,
    },
}

/// SHA-256 over the content of the `subjectPublicKey` BIT STRING, so that algorithm parameters
/// that a CA encodes anew do not matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyFingerprint([u8; 32]);

impl KeyFingerprint {
    /// The fingerprint of the key in a DER `SubjectPublicKeyInfo`.
    pub fn of(spki_der: &[u8]) -> Result<Self, PkiError> {
        let (_, spki) =
            SubjectPublicKeyInfo::from_der(spki_der).map_err(|error| PkiError::NotAKey {
                reason: error.to_string(),
            })?;
        Ok(Self(openssl::sha::sha256(&spki.subject_public_key.data)))
    }

    /// Takes a fingerprint that was kept.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The fingerprint's bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}
