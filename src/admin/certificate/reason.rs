//! Why a certificate was not taken.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::model::InvalidCertificate;
use crate::pki::{PkiError, Rejection};

/// Why a file of an import was rejected.
#[derive(Debug, thiserror::Error)]
pub enum Reason {
    /// The file is no certificate.
    #[error(transparent)]
    File(#[from] InvalidCertificate),
    /// Its key cannot be read.
    #[error("its public key cannot be read: {0}")]
    Key(PkiError),
    /// There is no request for its key.
    #[error("no phone waits for a certificate with this public key: it answers no CSR")]
    NoCsr,
    /// The phone had it, or was to have it, and has another now.
    #[error("the phone has had this certificate, and has another one or none now")]
    Past,
    /// The request for its key is superseded.
    #[error(
        "stale: since this CSR was dumped, the phone has made a new key (dump again) or refused a \
         certificate for this one (schedule its operation anew)"
    )]
    Superseded,
    /// Nothing says which of two is meant.
    #[error("the archive has two certificates for this key")]
    Rivals,
    /// The policy does not accept it.
    #[error(transparent)]
    Policy(#[from] Rejection),
    /// The request went away between judgement and commit.
    #[error("the phone has made a new key, or its CSR was deleted, meanwhile")]
    Gone,
}

impl Reason {
    /// The reason without what differs from file to file, by which files are counted.
    pub fn in_short(&self) -> &'static str {
        match self {
            Self::File(invalid) => invalid.in_short(),
            Self::Key(_) => "its public key cannot be read",
            Self::NoCsr => "no phone waits for a certificate with this public key",
            Self::Past => "the phone has had this certificate before",
            Self::Superseded => "stale: the phone has made a new key, or refused a certificate",
            Self::Rivals => "the archive has two certificates for this key",
            Self::Policy(rejection) => rejection.in_short(),
            Self::Gone => "the phone has made a new key, or its CSR was deleted, meanwhile",
        }
    }
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Something about a file that was not rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// The policy has something to say about the certificate.
    Policy(crate::pki::Warning),
    /// Another one was on its way to the phone.
    Replaces,
    /// The archive has it twice.
    Repeats {
        /// The file that came first.
        first: String,
    },
}

impl fmt::Display for Remark {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Policy(warning) => warning.fmt(formatter),
            Self::Replaces => formatter
                .write_str("takes the place of a certificate that the phone has not confirmed"),
            Self::Repeats { first } => {
                write!(formatter, "the same certificate as {first}: taken once")
            }
        }
    }
}

impl Serialize for Remark {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
