//! What can go wrong when certificates and requests are made.

use jiff::Timestamp;
use openssl::error::ErrorStack;

use super::InvalidKey;
use crate::model::{InvalidCertificate, InvalidCsr};

/// Why a certificate or a request could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PkiError {
    /// A public key that is not fit for a certificate.
    #[error(transparent)]
    InvalidKey(#[from] InvalidKey),
    /// A signature over a request that the key in it did not make.
    #[error("the signature over the request does not verify with the phone's public key")]
    BadSignature,
    /// A part of a name that no certificate can carry.
    #[error("the {field} `{value}` cannot stand in a certificate: {reason}")]
    InvalidName {
        /// Which part.
        field: &'static str,
        /// What was given, escaped.
        value: String,
        /// What it would have to be.
        reason: String,
    },
    /// The CAPF private key is encrypted, and nobody said how to read it.
    #[error("the CAPF private key is encrypted, and no passphrase was given")]
    NoPassphrase,
    /// The CAPF private key is encrypted with another passphrase.
    #[error("the passphrase is not that of the CAPF private key")]
    WrongPassphrase,
    /// The file of the CAPF private key does not hold one.
    #[error("the CAPF private key must be a private key in PEM")]
    PrivateKey {
        /// What OpenSSL says.
        source: ErrorStack,
    },
    /// An RSA key that is too short for a CA.
    #[error("an RSA key of {bits} bits is too short for a CA; it takes 2048 and more")]
    WeakIssuerKey {
        /// Its length.
        bits: u16,
    },
    /// The private key is another certificate's.
    #[error("the CAPF private key does not belong to the CAPF certificate")]
    KeyMismatch,
    /// A certificate that cannot be a CAPF certificate.
    #[error("the certificate `{subject}` cannot be a CAPF certificate: {reason}")]
    NotAnIssuer {
        /// Its subject.
        subject: String,
        /// What it lacks.
        reason: &'static str,
    },
    /// The CAPF certificate is not valid now, so nothing it signed would be.
    #[error("the CAPF certificate is valid from {not_before} to {not_after}, not now")]
    IssuerNotValid {
        /// When its validity begins.
        not_before: Timestamp,
        /// When its validity ends.
        not_after: Timestamp,
    },
    /// A value that cannot be written, or was not written, in DER.
    #[error("DER: {0}")]
    Der(#[from] der::Error),
    /// A certificate that is not one.
    #[error(transparent)]
    Certificate(#[from] InvalidCertificate),
    /// A request that is not one.
    #[error(transparent)]
    Csr(#[from] InvalidCsr),
    /// OpenSSL failed at what it should be able to do.
    #[error("OpenSSL: {0}")]
    OpenSsl(#[from] ErrorStack),
}
