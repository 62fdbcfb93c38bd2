//! The administrator's use cases: values in, a summary value out; no terminal.
//!
//! An [`Installation`] is a data directory and a store, open. Each module behind it is a noun of the
//! command line, each function in it one use case. What is long is handed out row by row, so that
//! memory does not grow with the number of phones; what takes long tells a callback how far it is.

pub mod backup;
pub mod ca;
pub mod certificate;
pub mod check;
pub mod csr;
pub mod ctl;
pub mod demo;
pub mod migrate;
pub mod node;
pub mod overview;
pub mod parameter;
pub mod phone;
pub mod phone_config;
pub mod renew;
pub mod report;
pub mod report_page;
pub mod reset;
pub mod restore;
pub mod saved_search;
pub mod service;
pub mod session;
pub mod stale_lsc;
pub mod store_copy;
pub mod trace;
pub mod trust;

mod counted;
mod device_names;
mod doubts;
mod encoded;
mod error;
mod installation;
mod intake;
mod issuer_files;
mod outgoing;
mod phone_import;
mod service_lock;
mod spool;
#[cfg(test)]
mod testing;

pub use crate::pki::{Description, InvalidIssuerName, IssuerName, PkiError, UnfitAnswer};
pub use device_names::{DeviceNames, InvalidDeviceNames};
pub use encoded::{InvalidEncoding, describe, read_certificate};
pub use error::AdminError;
pub use installation::Installation;
pub use intake::UntrustedIssuer;
pub use issuer_files::CapfCertificate;
pub use outgoing::ArchiveTarget;
pub use phone_import::{InvalidLine, InvalidPhones};
pub use service_lock::ServiceLock;

use jiff::Timestamp;

/// A time as it is shown: fractions of a second say nothing to an administrator.
pub fn whole_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}
