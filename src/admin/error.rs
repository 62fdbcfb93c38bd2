//! Why a use case failed.

use std::io;
use std::path::PathBuf;

use super::InvalidEncoding;
use super::ctl::InvalidCtlOrder;
use super::phone_import::InvalidPhones;
use super::restore::InvalidTarget;
use super::trust::UnfitAnchor;
use super::trust::crl::UnfitCrl;
use crate::archive::InvalidArchive;
use crate::backup::InvalidBackup;
use crate::config::InvalidPassphrase;
use crate::ctl::InvalidCtl;
use crate::model::{
    CertificateOperation, DeviceName, InvalidCertificate, InvalidParameter, NodeName, Parameter,
    SearchName,
};
use crate::pki::{PkiError, UnfitAnswer};
use crate::store::{CapfdError, InvalidStoreUri, StoreError};
use crate::trace::TraceError;
use crate::transfer::TransferError;
use crate::whole_file::FileError;

/// Why a use case failed. What it was to change is as it was before, unless it was
/// [`AdminError::Interrupted`].
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// Root was to work in a directory of somebody else, who could not use what root makes there.
    #[error(
        "{} belongs to the user {owner}, who could not use what root makes there", .path.display()
    )]
    AnothersDirectory {
        /// The directory.
        path: PathBuf,
        /// The login name of its owner.
        owner: String,
    },
    /// The archive of certificates is refused.
    #[error(transparent)]
    Archive(#[from] InvalidArchive),
    /// A backup is refused.
    #[error(transparent)]
    Backup(#[from] InvalidBackup),
    /// Another backup of the data directory is being made.
    #[error("a backup of {} is being made already", .data_dir.display())]
    BackupRuns {
        /// The data directory.
        data_dir: PathBuf,
    },
    /// The file of the CAPF certificate is damaged.
    #[error("the CAPF certificate {} cannot be used", .path.display())]
    CapfCertificate {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: InvalidCertificate,
    },
    /// The database of capfd is refused.
    #[error(transparent)]
    Capfd(#[from] CapfdError),
    /// The file is no CTL or ITL file.
    #[error("{}: {source}", .path.display())]
    Ctl {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: InvalidCtl,
    },
    /// A CTL or ITL file cannot be made as it was ordered.
    #[error(transparent)]
    CtlOrder(#[from] InvalidCtlOrder),
    /// The file holds no certificate or request.
    #[error("{}: {source}", .path.display())]
    Encoding {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: InvalidEncoding,
    },
    /// A file cannot be put where it was to go.
    #[error(transparent)]
    File(#[from] FileError),
    /// It ended when part of it had been done already.
    #[error("it ended early, when {count} {what}")]
    Interrupted {
        /// How many things had been done.
        count: u64,
        /// Which things, and what had been done with them.
        what: &'static str,
        /// Why.
        source: Box<AdminError>,
    },
    /// The path is a file's, and a directory's was asked for.
    #[error("{} is not a directory", .path.display())]
    NotDirectory {
        /// The path.
        path: PathBuf,
    },
    /// A new phone is not known to have a certificate that could be deleted or fetched.
    #[error(
        "{operation} cannot be scheduled: the phone is new here, and no certificate of it is known"
    )]
    NoCertificate {
        /// The operation.
        operation: CertificateOperation,
    },
    /// There is no installation where one was to be backed up.
    #[error("there is no installation in {}: it has no database", .data_dir.display())]
    NoInstallation {
        /// The data directory.
        data_dir: PathBuf,
    },
    /// No phone waits for a certificate, so there is nothing to take out.
    #[error("there is no CSR to dump{}", if *.selected { " among those that are selected" } else { "" })]
    NoCsr {
        /// Whether it was asked for some of the requests alone.
        selected: bool,
    },
    /// The issuer was to be an offline CA, and none is trusted.
    #[error("no CA is trusted whose certificates could be imported for phones")]
    NoOutsideCa,
    /// This machine has no CAPF key, and the others on its database have one.
    #[error(
        "the nodes on this database issue by `{subject}`, whose key is not in {}", data_dir.display()
    )]
    NoCommonKey {
        /// Whose key it is.
        subject: String,
        /// The directory of this machine.
        data_dir: PathBuf,
    },
    /// This machine has another CAPF certificate than the others on its database.
    #[error(
        "`{subject}` in {} is not the CAPF certificate by which the other nodes on this database \
         issue",
        data_dir.display()
    )]
    AnotherKey {
        /// The subject of the one on this machine.
        subject: String,
        /// The directory of this machine.
        data_dir: PathBuf,
    },
    /// The database was to be copied, and a service works on it.
    #[error("a service is running on the database, as the node {name}")]
    NodeRuns {
        /// The node.
        name: NodeName,
    },
    /// A service that runs was to begin anew.
    #[error("no service runs")]
    NoServiceRuns,
    /// This CAPF's own certificate was to be trusted no longer.
    #[error(
        "`{subject}` is this CAPF's own certificate, by which the LSCs that it issued are proof"
    )]
    OwnCertificate {
        /// Its subject.
        subject: String,
    },
    /// A parameter does not take the value.
    #[error(transparent)]
    Parameter(#[from] InvalidParameter),
    /// One parameter was to be set to two values.
    #[error("`{parameter}` is there twice")]
    ParameterTwice {
        /// The parameter.
        parameter: Parameter,
    },
    /// The file of phones is refused.
    #[error(transparent)]
    Phones(#[from] InvalidPhones),
    /// The passphrase of the CAPF key cannot be had.
    #[error(transparent)]
    Passphrase(#[from] InvalidPassphrase),
    /// A certificate or key cannot be used, or made.
    #[error(transparent)]
    Pki(#[from] PkiError),
    /// A file cannot be read.
    #[error("{} cannot be read", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The service ended, or cannot begin.
    #[error("the service has not {what}: it is not there any more")]
    ServiceFailed {
        /// What it was to do.
        what: &'static str,
    },
    /// The service has not done in time what it was told.
    #[error("the service has not {what} within {seconds} seconds")]
    ServiceSlow {
        /// What it was to do.
        what: &'static str,
        /// For how long it was awaited.
        seconds: u64,
    },
    /// Another service works on the data directory.
    #[error("a service is running on {} already", .data_dir.display())]
    ServiceRuns {
        /// The data directory.
        data_dir: PathBuf,
    },
    /// LSCs were to be renewed that would be due again as soon as they are issued.
    #[error("an LSC is issued for {days} days, so that every new one would be due again at once")]
    RenewedForEver {
        /// For how many days LSCs are issued.
        days: u32,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The place of the database makes no sense.
    #[error(transparent)]
    StoreUri(#[from] InvalidStoreUri),
    /// An administrator stopped it before anything was changed, or, as the source of
    /// [`AdminError::Interrupted`], before all was.
    #[error("it was stopped")]
    Stopped,
    /// The result cannot be written to where it goes.
    #[error("the result cannot be written")]
    Stream {
        /// Why.
        source: io::Error,
    },
    /// Nothing can be restored there.
    #[error(transparent)]
    Target(#[from] InvalidTarget),
    /// What a CA sent back cannot be CAPF's certificate.
    #[error("the CA's answer cannot be the CAPF certificate: {source}")]
    UnfitAnswer {
        /// Why not.
        #[from]
        source: UnfitAnswer,
    },
    /// A certificate is not fit to be trusted.
    #[error("{}: {source}", .path.display())]
    UnfitAnchor {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: UnfitAnchor,
    },
    /// A revocation list is not fit to be imported.
    #[error("{}: {source}", .path.display())]
    UnfitCrl {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: UnfitCrl,
    },
    /// A file could not be taken to a server, or from it.
    #[error(transparent)]
    Transfer(#[from] TransferError),
    /// A trace cannot be read.
    #[error(transparent)]
    Trace(#[from] TraceError),
    /// A thread of ours died, which is a defect.
    #[error("an internal error ended it; what was done before stands")]
    Unfinished,
    /// No phone has the name.
    #[error("there is no phone {name}")]
    UnknownPhone {
        /// The name.
        name: DeviceName,
    },
    /// No saved search has the name.
    #[error("there is no saved search `{name}`")]
    UnknownSearch {
        /// The name.
        name: SearchName,
    },
    /// A file or directory cannot be written.
    #[error("{} cannot be written", .path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}
