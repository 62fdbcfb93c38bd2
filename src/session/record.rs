//! The facts of a session that must be durable.

use crate::model::{Certificate, CertificateKind, Csr, OperationStatus};

/// A fact that the driver commits before it carries out the outputs behind it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// CAPF itself issued the certificate; recorded before it is sent.
    Issued {
        /// The certificate.
        certificate: Certificate,
    },
    /// A key arrived for the offline CA; the phone waits.
    Requested {
        /// The request for the key.
        csr: Csr,
    },
    /// The phone said that it stored the certificate.
    Installed {
        /// The certificate.
        certificate: Certificate,
    },
    /// The phone refused the certificate, which becomes Stale.
    NotStored {
        /// The certificate.
        certificate: Certificate,
        /// What came of the operation.
        status: OperationStatus,
    },
    /// The phone said that it deleted its LSC.
    Deleted,
    /// A Troubleshoot's harvest.
    Fetched {
        /// The certificates that the phone gave.
        certificates: Vec<(CertificateKind, Certificate)>,
    },
    /// The operation failed.
    Failed {
        /// What came of the operation.
        status: OperationStatus,
        /// Whether Certificate Operation goes back to No Pending Operation.
        ends_operation: bool,
    },
}
