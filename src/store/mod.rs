//! The phone database.
//!
//! # One store, engines behind it
//! [`StoreUri`] chooses the engine. The queries are written once, synchronous, one noun a file, in
//! the SQL that SQLite and PostgreSQL share, against the trait `engine::Connection`; an engine's own
//! file is the only one that names its driver. [`CapfdDatabase`], which is not ours and SQLite
//! whatever engine ours is, names the driver by itself.
//!
//! # Lanes
//! One thread owns the connection that writes, two own connections that read. A query is a closure
//! sent to a lane and answered through a channel, so no async code ever blocks. The writer
//! takes all jobs that wait, runs each in a savepoint of one transaction, commits once, and only
//! then answers them: a thousand phones that finish at once share a handful of waits for the disk.
//! A job that fails loses its own changes alone; a commit that fails fails every job in it. What
//! was answered is on the disk, and a read that begins after the answer sees it.
//!
//! # What the database looks like
//! `migrations/` holds the schema in numbered steps. Enumerations are Cisco's database numbers,
//! times are milliseconds since 1970, and what lists and searches show of a phone's LSC stands in
//! the phone's own row. A page of a search is found by the sort column and name of the last row
//! before it, not by counting rows; text inside names and descriptions by an index of the engine's
//! own. `search/plan.rs` chooses the way.
//!
//! # Several nodes
//! On PostgreSQL the services of several machines work on one database (`node`). Their writers take
//! turns at the lock that a transaction holds, so every decision is made on what is so, as on SQLite.
//! A phone's session takes the phone with the first thing that it proves ([`Claim`]); an older one, on
//! whatever node, decides nothing any more.
//!
//! # The audit trail
//! Every change notes who made it, when, to which phone, and what it was; authentication strings
//! never appear in it. [`Watch`] reads it to tell a server which phones an administrator, in
//! whatever process, has just changed something about.

#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "a path to a method of `Row<'_>` is not general over the row's lifetime, as a closure is"
)]

mod audit;
mod capfd;
mod census;
mod certificate;
mod copy;
mod crl;
mod csr;
mod engine;
mod enrolment;
mod error;
mod lane;
mod lock;
mod migration;
mod node;
mod number;
mod parameter;
mod phone;
mod renewal;
mod saved_search;
mod search;
mod server;
mod service;
mod session;
mod snapshot;
mod trust_anchor;
mod uri;
mod vital_signs;
mod watch;

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use crate::clock::Clock;
use audit::Trail;
use engine::{Access, Connection};
use lane::Lane;

pub use audit::{Actor, AuditEntry, AuditQuery};
pub use capfd::{CapfdDatabase, CapfdDevice, CapfdError};
pub use census::Census;
pub use crl::{ImportedCrl, NewCrl, RevokedLscs};
pub use csr::{AnsweredCsr, CsrProgress, CsrSearch, DeletedCsrs, KeyMatch, LscOnRecord};
pub use enrolment::{Claim, Recorded};
pub use error::StoreError;
pub use node::{BEAT, LAPSE, NodeRow, Pulse, RunningNode};
pub use parameter::ParameterChange;
pub use phone::{Added, Change, Changed, CsrSummary, LscSummary, NewPhone, PhoneRow, Removed};
pub use renewal::{Due, Expiry, Renewal};
pub use search::{Column, Cursor, Page, Pages, Search};
pub use service::ServiceOrders;
pub use session::SessionRow;
pub use trust_anchor::ImportedAnchor;
pub use uri::{InvalidStoreUri, StoreUri};
pub use vital_signs::WaitingCsrs;
pub use watch::{Changes, Watch};

/// How many connections read. Readers do not wait for the writer, and a page of a report on one
/// leaves the other to the phones.
const READERS: usize = 2;

/// The phone database. Cloning gives another handle on the same one; the last handle that is
/// dropped waits until what is queued is done.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    uri: StoreUri,
    clock: Arc<dyn Clock>,
    // The readers go first: the last connection is to write what stands in the log into the file,
    // which one that only reads cannot.
    readers: Lane,
    writer: Lane,
}

impl Store {
    /// Opens the database, makes it where there is none, and brings its schema up to date.
    ///
    /// An SQLite file is made readable for its owner alone; its directory must exist.
    pub async fn open(uri: &StoreUri, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let uri = uri.clone();
        tokio::task::spawn_blocking(move || {
            Self::open_blocking(uri.clone(), clock).map_err(|error| error.of(&uri))
        })
        .await
        .unwrap_or(Err(StoreError::Unanswered))
    }

    /// Opens a database that is there to look at it: nothing is written, neither to it nor beside
    /// it, and whatever would be is refused as [`StoreError::ReadOnly`].
    ///
    /// A database of an older program is [`StoreError::TooOld`].
    pub async fn open_to_read(uri: &StoreUri, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let uri = uri.clone();
        tokio::task::spawn_blocking(move || {
            let mut first = uri.connect(Access::Look)?;
            migration::require(&mut *first)?;
            let second = uri.connect(Access::Look)?;
            Self::with(uri.clone(), clock, first, vec![second]).map_err(|error| error.of(&uri))
        })
        .await
        .unwrap_or(Err(StoreError::Unanswered))
    }

    fn open_blocking(uri: StoreUri, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let mut writer = uri.connect(Access::Write)?;
        migration::migrate(&mut *writer)?;
        let readers = (0..READERS)
            .map(|_| uri.connect(Access::Read))
            .collect::<Result<_, _>>()?;
        Self::with(uri, clock, writer, readers)
    }

    fn with(
        uri: StoreUri,
        clock: Arc<dyn Clock>,
        writer: Box<dyn Connection>,
        readers: Vec<Box<dyn Connection>>,
    ) -> Result<Self, StoreError> {
        Ok(Self(Arc::new(Inner {
            uri,
            clock,
            writer: Lane::write(writer).map_err(no_thread)?,
            readers: Lane::read(readers).map_err(no_thread)?,
        })))
    }

    /// Changes the database; durable when it returns.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let done = self.0.writer.run(work).await;
        done.map_err(|error| error.of(&self.0.uri))
    }

    /// Reads one state of the database.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let done = self.0.readers.run(work).await;
        done.map_err(|error| error.of(&self.0.uri))
    }

    fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    fn trail(&self, actor: &Actor) -> Trail {
        Trail {
            actor: actor.clone(),
            at: self.now(),
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Store({})", self.0.uri)
    }
}

fn no_thread(error: std::io::Error) -> StoreError {
    StoreError::Engine {
        source: Arc::new(error),
    }
}
