//! The facts of a session that must be durable.

use crate::model::{Certificate, CertificateKind, CertificateOperation, Csr, OperationStatus};

/// A fact that the driver commits before it carries out the outputs behind it.
///
/// Because an issued certificate is recorded before it is sent, and a success before the phone is
/// told of it, a crash at any point leaves a record that says no more than what is true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// The phone's user entered the right authentication string: the guesses before it are
    /// forgotten. Nothing is recorded, and the session ends, where the phone is locked.
    Proved,
    /// A wrong authentication string was entered, which counts towards the lock. Nothing is
    /// recorded where the phone is locked.
    Guessed {
        /// Which operation it was entered for.
        operation: CertificateOperation,
        /// What the operation's status becomes.
        status: OperationStatus,
    },
    /// CAPF issued this LSC; it has not been sent yet.
    Issued {
        /// The LSC.
        certificate: Certificate,
    },
    /// The phone made a key for which an outside CA is asked; the phone waits.
    Requested {
        /// The request.
        csr: Csr,
    },
    /// The phone said that it stored this LSC.
    Installed {
        /// The LSC.
        certificate: Certificate,
    },
    /// The phone refused this LSC, which no phone will take any more.
    NotStored {
        /// The LSC.
        certificate: Certificate,
        /// What the operation's status becomes.
        status: OperationStatus,
    },
    /// The phone said that it deleted its LSC.
    Deleted,
    /// The phone gave these certificates.
    Fetched {
        /// Each with its kind.
        certificates: Vec<(CertificateKind, Certificate)>,
    },
    /// The operation failed.
    Failed {
        /// Which operation: one that was scheduled in its place meanwhile has not failed.
        operation: CertificateOperation,
        /// What the operation's status becomes.
        status: OperationStatus,
        /// Whether it is over, or waits for the phone's next try.
        ends_operation: bool,
        /// Whether nobody proved to be the phone: whoever came may be anybody who knows its name.
        is_refusal: bool,
    },
}

impl Record {
    /// Whether it is an attempt at the phone's string: what came of it is told, right or wrong, to
    /// nobody before it is on record.
    pub fn is_attempt(&self) -> bool {
        matches!(self, Self::Proved | Self::Guessed { .. })
    }

    /// Whether it tells of somebody who did not prove to be the phone.
    pub fn is_refusal(&self) -> bool {
        match self {
            Self::Guessed { .. } => true,
            Self::Failed { is_refusal, .. } => *is_refusal,
            _ => false,
        }
    }

    /// Whether whoever the session is with has proved to be the phone, as far as this tells.
    pub fn is_proof(&self) -> bool {
        !matches!(self, Self::Guessed { .. } | Self::Failed { .. })
    }

    /// Whether what the session is about must still be scheduled for this to be recorded and the
    /// session to go on.
    ///
    /// Not for what has happened in the phone: that is true, whatever is scheduled by now.
    pub fn needs_schedule(&self) -> bool {
        match self {
            Self::Proved | Self::Guessed { .. } | Self::Issued { .. } | Self::Requested { .. } => {
                true
            }
            Self::Installed { .. }
            | Self::NotStored { .. }
            | Self::Deleted
            | Self::Fetched { .. }
            | Self::Failed { .. } => false,
        }
    }
}
