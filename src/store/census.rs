//! How many phones there are of each kind.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::engine::{Connection, all};
use super::search::Filter;
use super::{Store, StoreError};
use crate::model::{Criterion, OperationStatus};

/// The milliseconds of a day: in UTC every day has as many.
const DAY: i64 = 86_400_000;

/// How many phones there are of each kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Census {
    /// As [`Store::count_by_status`] counts.
    pub by_status: Vec<(OperationStatus, u64)>,
    /// As [`Store::count_by_issuer`] counts.
    pub by_issuer: Vec<(String, u64)>,
    /// How many hold an LSC that expires on each day (UTC), in the order of the days. Phones without an
    /// LSC are not counted.
    pub by_expiry: Vec<(Date, u64)>,
}

impl Store {
    /// Counts the phones that meet the criteria in every way, in one state of the database: the
    /// numbers fit together, whatever phones do meanwhile.
    pub async fn census(&self, criteria: &[Criterion]) -> Result<Census, StoreError> {
        let (criteria, now) = (criteria.to_vec(), self.now());
        self.read(move |connection| {
            Ok(Census {
                by_status: by_status(connection, &criteria, now)?,
                by_issuer: by_issuer(connection, &criteria, now)?,
                by_expiry: by_expiry(connection, &criteria, now)?,
            })
        })
        .await
    }

    /// How many of the phones that meet the criteria have each LSC status, in the order of Cisco's
    /// list. A status that none has is not there.
    pub async fn count_by_status(
        &self,
        criteria: &[Criterion],
    ) -> Result<Vec<(OperationStatus, u64)>, StoreError> {
        let (criteria, now) = (criteria.to_vec(), self.now());
        self.read(move |connection| by_status(connection, &criteria, now))
            .await
    }

    /// How many of the phones that meet the criteria hold an LSC of each issuer, the most first.
    /// Phones without an LSC are not counted.
    pub async fn count_by_issuer(
        &self,
        criteria: &[Criterion],
    ) -> Result<Vec<(String, u64)>, StoreError> {
        let (criteria, now) = (criteria.to_vec(), self.now());
        self.read(move |connection| by_issuer(connection, &criteria, now))
            .await
    }
}

fn by_status(
    connection: &mut dyn Connection,
    criteria: &[Criterion],
    now: Timestamp,
) -> Result<Vec<(OperationStatus, u64)>, StoreError> {
    let filter = Filter::new(criteria, now)?;
    let sql = format!(
        "SELECT operation_status, COUNT(*) FROM phone {}
         GROUP BY operation_status ORDER BY operation_status",
        filter.condition()
    );
    all(connection, &sql, &filter.values, |row| {
        Ok((row.word()?, row.count()?))
    })
}

fn by_issuer(
    connection: &mut dyn Connection,
    criteria: &[Criterion],
    now: Timestamp,
) -> Result<Vec<(String, u64)>, StoreError> {
    let mut filter = Filter::new(criteria, now)?;
    filter.add("lsc_issuer_key <> ''");
    let sql = format!(
        "SELECT MIN(lsc_issuer), COUNT(*) FROM phone {}
         GROUP BY lsc_issuer_key ORDER BY COUNT(*) DESC, lsc_issuer_key",
        filter.condition()
    );
    all(connection, &sql, &filter.values, |row| {
        Ok((row.text()?.into_owned(), row.count()?))
    })
}

fn by_expiry(
    connection: &mut dyn Connection,
    criteria: &[Criterion],
    now: Timestamp,
) -> Result<Vec<(Date, u64)>, StoreError> {
    let mut filter = Filter::new(criteria, now)?;
    filter.add("lsc_not_after <> 0");
    let sql = format!(
        "SELECT lsc_not_after / {DAY} AS day, COUNT(*) FROM phone {}
         GROUP BY day ORDER BY day",
        filter.condition()
    );
    all(connection, &sql, &filter.values, |row| {
        let day = SignedDuration::from_hours(row.integer()?.saturating_mul(24));
        let begins = Timestamp::from_duration(day)
            .map_err(|error| StoreError::corrupt(error.to_string()))?;
        Ok((TimeZone::UTC.to_datetime(begins).date(), row.count()?))
    })
}
