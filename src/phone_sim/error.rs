//! What can go wrong inside the simulated phone itself.

use std::io;
use std::path::PathBuf;

use openssl::error::ErrorStack;

use crate::model::{AuthenticationMode, InvalidCertificate};
use crate::wire::DigestType;

/// Why the phone has no key, no certificate or no memory.
#[derive(Debug, thiserror::Error)]
pub enum PhoneSimError {
    /// There is no certificate in the PEM.
    #[error("no certificate in PEM is in it; one and its private key belong into it")]
    NoCertificate,
    /// The PEM's certificate is none.
    #[error(transparent)]
    Certificate(#[from] InvalidCertificate),
    /// There is no private key in the PEM, or one with a passphrase.
    #[error(
        "it has no private key without a passphrase, which belongs beside the certificate; \
         `openssl pkey -in KEY -out NEW_KEY` takes a passphrase away"
    )]
    PrivateKey {
        /// What OpenSSL says.
        source: ErrorStack,
    },
    /// The private key is another certificate's.
    #[error("the private key does not belong to the certificate")]
    KeyMismatch,
    /// A key that cannot do what is asked of it.
    #[error("OpenSSL: {0}")]
    OpenSsl(#[from] ErrorStack),
    /// A signature was asked for with a digest that the phone does not know.
    #[error("the phone does not know the digest {digest}")]
    UnknownDigest {
        /// Which one.
        digest: DigestType,
    },
    /// The phone's proof was to have a defect, and there is nothing to make it of.
    #[error(
        "its proof is to have a defect, and there is nothing to make it of: it shows no certificate, \
         has no MIC with an RSA key for SudiData, or its key has no padding or no room for SHA-512"
    )]
    NothingToSpoil,
    /// The configuration file cannot be loaded, and there is no mode in the flash.
    #[error(
        "it cannot load its configuration file, and no authentication mode is in its flash: only a \
         session that began with a configuration file, and did not complete, leaves one there"
    )]
    EmptyFlash,
    /// The flash holds something else than an authentication mode.
    #[error(
        "no authentication mode is in it; delete it, or write one of: {}",
        AuthenticationMode::ALL.iter().map(|mode| mode.as_str()).collect::<Vec<_>>().join(", ")
    )]
    Flash,
    /// What the phone remembers could not be read or written.
    #[error("{}: {source}", path.display())]
    State {
        /// The file or the directory.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is there, but does not hold what a phone remembers.
    #[error("{}: {source}", path.display())]
    StateContents {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: Box<PhoneSimError>,
    },
}
