//! How the phones of a fleet stand: counts, no phone by itself.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::Serialize;

use super::OperationStatus;

/// How many phones are in which state.
///
/// Days are UTC's. An LSC that expires on a day counts as valid until the day is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Overview {
    /// When the phones were counted.
    pub at: Timestamp,
    /// All of them.
    pub phones: u64,
    /// Those that hold an LSC, valid or expired.
    pub with_lsc: u64,
    /// Those whose LSC has expired.
    pub expired: u64,
    /// Those whose LSC is valid today and will not be on the thirty-first day from now.
    pub expiring_within_30_days: u64,
    /// Those whose LSC is valid today and will not be on the ninety-first day from now.
    pub expiring_within_90_days: u64,
    /// Those whose last operation failed.
    pub failed: u64,
    /// Those whose operation is pending.
    pub pending: u64,
    /// By LSC status, in the order of Cisco's list. A status that none has is not there.
    pub by_status: Vec<StatusCount>,
    /// By the issuer of the LSC, the most first.
    pub by_issuer: Vec<IssuerCount>,
    /// By the day on which the LSC expires, in the order of the days.
    pub by_expiry: Vec<ExpiryCount>,
}

/// How many phones have an LSC status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct StatusCount {
    /// The status.
    pub status: OperationStatus,
    /// How many phones.
    pub phones: u64,
}

/// How many phones hold an LSC of an issuer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IssuerCount {
    /// The issuer's name.
    pub issuer: String,
    /// How many phones.
    pub phones: u64,
}

/// How many phones hold an LSC that expires on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ExpiryCount {
    /// The day.
    pub day: Date,
    /// How many phones.
    pub phones: u64,
}

impl Overview {
    /// Sums up what was counted at `at`; the days are in order.
    pub fn new(
        at: Timestamp,
        by_status: Vec<StatusCount>,
        by_issuer: Vec<IssuerCount>,
        by_expiry: Vec<ExpiryCount>,
    ) -> Self {
        let today = utc_day(at);
        let with_status = |wanted: fn(OperationStatus) -> bool| {
            let counts = by_status.iter().filter(|count| wanted(count.status));
            counts.map(|count| count.phones).sum()
        };
        let expiring = |wanted: &dyn Fn(Date) -> bool| {
            let counts = by_expiry.iter().filter(|count| wanted(count.day));
            counts.map(|count| count.phones).sum()
        };
        let within = |days: i64| {
            let last = today.saturating_add(days.days());
            expiring(&|day| (today..=last).contains(&day))
        };
        Self {
            at,
            phones: with_status(|_| true),
            with_lsc: expiring(&|_| true),
            expired: expiring(&|day| day < today),
            expiring_within_30_days: within(30),
            expiring_within_90_days: within(90),
            failed: with_status(OperationStatus::is_failure),
            pending: with_status(|status| status == OperationStatus::OperationPending),
            by_status,
            by_issuer,
            by_expiry,
        }
    }

    /// The day (UTC) on which the phones were counted.
    pub fn today(&self) -> Date {
        utc_day(self.at)
    }

    /// Why operations failed, whichever operation it was: the most frequent reason first. `None`
    /// stands for those that failed without one.
    pub fn failures_by_reason(&self) -> Vec<(Option<&'static str>, u64)> {
        let mut by_reason = BTreeMap::new();
        for count in &self.by_status {
            if count.status.is_failure() {
                *by_reason.entry(count.status.reason()).or_default() += count.phones;
            }
        }
        let mut by_reason: Vec<_> = by_reason.into_iter().collect();
        by_reason.sort_by_key(|(_, phones)| std::cmp::Reverse(*phones));
        by_reason
    }
}

fn utc_day(time: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(time).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overview(by_status: &[(OperationStatus, u64)], by_expiry: &[(&str, u64)]) -> Overview {
        let by_status = by_status
            .iter()
            .map(|&(status, phones)| StatusCount { status, phones });
        let by_expiry = by_expiry.iter().map(|&(day, phones)| ExpiryCount {
            day: day.parse().unwrap(),
            phones,
        });
        Overview::new(
            "2026-11-23T12:00:00Z".parse().unwrap(),
            by_status.collect(),
            Vec::new(),
            by_expiry.collect(),
        )
    }

    #[test]
    fn an_lsc_is_valid_until_its_last_day_is_over() {
        let overview = overview(
            &[],
            &[
                ("2026-11-22", 1),
                ("2026-11-23", 20),
                ("2026-12-23", 300),
                ("2026-12-24", 4000),
                ("2027-02-21", 50_000),
                ("2027-02-22", 600_000),
            ],
        );
        assert_eq!(overview.with_lsc, 654_321);
        assert_eq!(overview.expired, 1);
        assert_eq!(overview.expiring_within_30_days, 320);
        assert_eq!(overview.expiring_within_90_days, 54_320);
    }

    #[test]
    fn reasons_are_counted_over_all_operations() {
        use OperationStatus as Status;
        let overview = overview(
            &[
                (Status::None, 1),
                (Status::OperationPending, 2),
                (Status::UpgradeSuccess, 4),
                (Status::DeleteFailed, 8),
                (Status::UpgradeFailedInvalidMic, 16),
                (Status::DeleteFailedInvalidMic, 32),
                (Status::UpgradeFailedLate, 64),
            ],
            &[],
        );
        assert_eq!(overview.phones, 127);
        assert_eq!(overview.failed, 120);
        assert_eq!(overview.pending, 2);
        let late = Status::UpgradeFailedLate.reason();
        assert!(late.is_some());
        assert_eq!(
            overview.failures_by_reason(),
            [(late, 64), (Some("Invalid MIC"), 48), (None, 8)]
        );
    }
}
