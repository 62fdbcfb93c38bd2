//! What can go wrong in the store.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use super::StoreUri;
use crate::model::{DeviceName, InvalidCriterion, NodeName};

/// Why the store could not do what it was asked.
///
/// One failed commit fails every job that shared it, so the error can be cloned.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The directory of the database does not exist.
    #[error(
        "the directory {} of the database does not exist; create it, or name another place for the \
         database",
        .directory.display()
    )]
    NoDirectory {
        /// The directory.
        directory: PathBuf,
    },
    /// The database's file cannot be opened or made.
    #[error(
        "cannot open the database {}: {source}; check its path and who may read and write \
         there",
        .path.display()
    )]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system or the engine says.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// A newer program made the database.
    #[error(
        "the database has schema version {found}, and this program knows versions up to {known}; \
         use the newer capf that made it, or restore an older backup"
    )]
    TooNew {
        /// The version found.
        found: i64,
        /// The newest version that this program knows.
        known: i64,
    },
    /// An older program made the database, and this one may only read it.
    #[error(
        "the database has schema version {found}, and this program needs version {needed}; the \
         next start of `capf serve`, or any other command that may write it, brings it up to date"
    )]
    TooOld {
        /// The version found; 0 where the database is empty.
        found: usize,
        /// The version that this program needs.
        needed: usize,
    },
    /// Another process kept the database for itself for too long.
    #[error(
        "another process has been writing to the database for {seconds} seconds; wait until its \
         import or change is done, then try again"
    )]
    Busy {
        /// How long was waited.
        seconds: u64,
    },
    /// The database server cannot be reached, or lets nobody in.
    #[error(
        "the database server cannot be used; check that it runs, and the place, user and password in \
         its URI"
    )]
    NoServer {
        /// What the system or the server says.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// The database server does not let the user do it.
    #[error(
        "the database server refuses it; let the store's user own the database, and name a server \
         that may be written to"
    )]
    Forbidden {
        /// What the server says.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// The connection to the database server was lost, and nothing of the transaction was kept.
    #[error("the connection to the database was lost, and nothing was changed; try again")]
    Lost {
        /// What the system or the server says.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// The phone is not, or no longer, in the database.
    #[error("no phone {device} is in the database; `capf phone add` adds it")]
    UnknownPhone {
        /// The phone.
        device: DeviceName,
    },
    /// A revocation list that is older than the one that is there: with it, certificates might be
    /// trusted again.
    #[error(
        "this CRL of `{issuer}`, of {given}, is older than the one of {held} that was imported \
         before; get the CA's latest, or remove that one with `capf trust crl remove`"
    )]
    OlderCrl {
        /// Whose list it is.
        issuer: String,
        /// When it was made.
        given: Timestamp,
        /// When the one was made that is there.
        held: Timestamp,
    },
    /// A node was to be removed whose service lives.
    #[error("the node {name} lives; end its service first")]
    NodeLives {
        /// The node.
        name: NodeName,
    },
    /// A database that was to be filled has something in it.
    #[error("the database that was to be filled is not empty; name a new one")]
    NotEmpty,
    /// Two databases that were to be the same are not.
    #[error(
        "what was written into the table `{table}` differs from what was read; nothing was kept"
    )]
    Differs {
        /// Of which table.
        table: &'static str,
    },
    /// A search that means nothing.
    #[error(transparent)]
    Criterion(#[from] InvalidCriterion),
    /// A value in the database that no version of the program writes.
    #[error(
        "the database{} holds what cannot be read: {what}; restore it from a backup",
        named(.database.as_ref())
    )]
    Corrupt {
        /// Which database, once the store has said it.
        database: Option<StoreUri>,
        /// Which value, and what is wrong with it.
        what: String,
    },
    /// A key or certificate whose public key cannot be read.
    #[error("the public key cannot be read: {reason}")]
    PublicKey {
        /// What the parser says.
        reason: String,
    },
    /// The database may be read alone.
    #[error(
        "the database{} cannot be changed: {source}; check who may write its file and directory, \
         and whether the file system is mounted read-only",
        named(.database.as_ref())
    )]
    ReadOnly {
        /// Which database, once the store has said it.
        database: Option<StoreUri>,
        /// What the engine says.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// The database engine failed.
    #[error("the database failed: {source}; check the disk's free space and health")]
    Engine {
        /// What the engine says.
        source: Arc<dyn Error + Send + Sync>,
    },
    /// The job ended without an answer.
    #[error("the database gave no answer: its job was broken off; this is a defect in capf")]
    Unanswered,
}

impl StoreError {
    pub(super) fn corrupt(what: impl Into<String>) -> Self {
        Self::Corrupt {
            database: None,
            what: what.into(),
        }
    }

    /// Whether the same can be done again at once: nothing of it was kept.
    pub(super) fn is_lost(&self) -> bool {
        matches!(self, Self::Lost { .. })
    }

    /// Says which database it is that is corrupt, or may be read alone.
    pub(super) fn of(mut self, uri: &StoreUri) -> Self {
        if let Self::Corrupt { database, .. } | Self::ReadOnly { database, .. } = &mut self {
            *database = Some(uri.clone());
        }
        self
    }
}

fn named(database: Option<&StoreUri>) -> String {
    database.map(|uri| format!(" {uri}")).unwrap_or_default()
}
