//! What a monitoring system asks about: what has expired, what waits, what is overdue.
//!
//! Every number is one statement along an index, and a short one: phones share the connections.

use jiff::Timestamp;

use super::engine::{Connection, Value, first};
use super::{Store, StoreError};
use crate::model::{CertificateOperation, CertificateState, CsrState, OperationStatus};

/// The requests whose certificates are awaited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WaitingCsrs {
    /// How many there are.
    pub count: u64,
    /// How many of them have waited since before the time that was asked for.
    pub older: u64,
    /// When the key of the oldest arrived.
    pub oldest: Option<Timestamp>,
}

impl Store {
    /// Whether the database answers: the least of it is read.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let sql = "SELECT version FROM schema_version LIMIT 1";
        self.read(move |connection| first(connection, sql, &[], |row| row.integer()).map(drop))
            .await
    }

    /// How many phones hold an LSC that expires between each two neighbours of these times, the
    /// earliest first: not before the one, and before the other.
    pub async fn count_expiring_between(
        &self,
        times: Vec<Timestamp>,
    ) -> Result<Vec<u64>, StoreError> {
        self.read(move |connection| {
            times
                .windows(2)
                .map(|pair| expiring(connection, pair[0], pair[1]))
                .collect()
        })
        .await
    }

    /// When the first LSC expires of those that do not before `time`.
    pub async fn first_expiry_from(
        &self,
        time: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        self.read(move |connection| {
            let sql = "SELECT MIN(lsc_not_after) FROM phone WHERE lsc_not_after >= ?1";
            let earliest = [after_none(time)];
            first(connection, sql, &earliest, |row| row.optional_time()).map(Option::flatten)
        })
        .await
    }

    /// How many operations are pending still, although they were to be complete before now.
    pub async fn count_overdue(&self) -> Result<u64, StoreError> {
        let now = self.now();
        self.read(move |connection| {
            count(
                connection,
                "SELECT COUNT(*) FROM phone
                 WHERE operation_status = ?1 AND operation <> ?2 AND completes_by < ?3",
                &[
                    OperationStatus::OperationPending.into(),
                    CertificateOperation::None.into(),
                    now.into(),
                ],
            )
        })
        .await
    }

    /// How many certificates no phone took, and none will.
    pub async fn count_stale(&self) -> Result<u64, StoreError> {
        self.read(|connection| {
            let sql = "SELECT COUNT(*) FROM certificate WHERE state = ?1";
            count(connection, sql, &[CertificateState::Stale.into()])
        })
        .await
    }

    /// The requests whose certificates are awaited, and those of them that have waited since before
    /// `time`.
    pub async fn waiting_csrs(&self, time: Timestamp) -> Result<WaitingCsrs, StoreError> {
        self.read(move |connection| {
            first(
                connection,
                "SELECT COUNT(*), COALESCE(SUM(CASE WHEN created_at < ?3 THEN 1 ELSE 0 END), 0),
                     MIN(created_at)
                 FROM csr WHERE state IN (?1, ?2)",
                &[
                    CsrState::Pending.into(),
                    CsrState::Dumped.into(),
                    time.into(),
                ],
                |row| {
                    Ok(WaitingCsrs {
                        count: row.count()?,
                        older: row.count()?,
                        oldest: row.optional_time()?,
                    })
                },
            )
            .map(Option::unwrap_or_default)
        })
        .await
    }
}

fn expiring(
    connection: &mut dyn Connection,
    from: Timestamp,
    until: Timestamp,
) -> Result<u64, StoreError> {
    count(
        connection,
        "SELECT COUNT(*) FROM phone WHERE lsc_not_after >= ?1 AND lsc_not_after < ?2",
        &[after_none(from), until.into()],
    )
}

/// 0 stands for no LSC.
fn after_none(time: Timestamp) -> Value<'static> {
    Value::Integer(time.as_millisecond().max(1))
}

fn count(
    connection: &mut dyn Connection,
    sql: &str,
    values: &[Value<'_>],
) -> Result<u64, StoreError> {
    first(connection, sql, values, |row| row.count()).map(Option::unwrap_or_default)
}
