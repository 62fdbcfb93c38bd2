//! What the store says, for a scrape: it is asked when somebody wants to know, and not again for a
//! while, so that no number of scrapes is a load on the database.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use super::Labels;
use crate::model::{CsrCounts, OperationStatus};
use crate::store::{Store, StoreError};

/// How long a census is good for. With a million phones it takes some tenths of a second.
pub(super) const KEEPS: Duration = Duration::from_secs(15);

/// How long a scrape waits for one. Prometheus waits for the scrape ten seconds.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// Within how many days it is counted what expires.
const WITHIN: [(i64, &str); 4] = [(7, "7"), (30, "30"), (60, "60"), (90, "90")];

/// What the store said.
#[derive(Debug)]
pub(super) struct Census {
    at: Timestamp,
    statuses: Vec<(OperationStatus, u64)>,
    expired: u64,
    /// Of those that have not expired: how many do within each of [`WITHIN`], and not within the
    /// one before.
    expiring: Vec<u64>,
    next_expiry: Option<Timestamp>,
    csrs: CsrCounts,
}

impl Census {
    /// Asks the store.
    pub(super) async fn take(store: &Store, now: Timestamp) -> Result<Self, StoreError> {
        let ends = WITHIN.map(|(days, _)| {
            now.checked_add(SignedDuration::from_hours(24 * days))
                .unwrap_or(Timestamp::MAX)
        });
        let times = [Timestamp::MIN, now].into_iter().chain(ends).collect();
        let mut counts = store.count_expiring_between(times).await?.into_iter();
        Ok(Self {
            at: now,
            statuses: store.count_by_status(&[]).await?,
            expired: counts.next().unwrap_or_default(),
            expiring: counts.collect(),
            next_expiry: store.first_expiry_from(now).await?,
            csrs: store.csr_counts().await?,
        })
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        let phones = Family::<Labels<1>, Gauge>::default();
        for &status in OperationStatus::ALL {
            let known = self.statuses.iter().find(|(known, _)| *known == status);
            let count = known.map_or(0, |(_, count)| *count);
            set(&phones, ("status", status.as_str()), count);
        }
        registry.register("phones", "Phones in the database, by LSC Status", phones);

        let expired = Gauge::<i64>::default();
        expired.set(signed(self.expired));
        registry.register("lscs_expired", "Phones whose LSC has expired", expired);

        let expiring = Family::<Labels<1>, Gauge>::default();
        let mut sum = 0;
        for ((_, days), count) in WITHIN.into_iter().zip(&self.expiring) {
            sum += count;
            set(&expiring, ("within_days", days), sum);
        }
        registry.register(
            "lscs_expiring",
            "Phones whose LSC has not expired and will within so many days; each number includes \
             those of fewer days",
            expiring,
        );
        if let Some(next) = self.next_expiry {
            time(
                registry,
                "next_lsc_expiry_timestamp",
                "When the next LSC expires",
                next,
            );
        }

        let csrs = Family::<Labels<1>, Gauge>::default();
        for (state, count) in [
            ("pending", self.csrs.pending),
            ("dumped", self.csrs.dumped),
            ("issued", self.csrs.issued),
            ("superseded", self.csrs.superseded),
        ] {
            set(&csrs, ("state", state), count);
        }
        registry.register("csrs", "Certificate signing requests, by state", csrs);
        time(
            registry,
            "census_timestamp",
            "When the phones, LSCs and CSRs were counted",
            self.at,
        );
    }
}

/// A gauge that holds a time, in seconds since 1970.
pub(super) fn time(registry: &mut Registry, name: &str, help: &str, time: Timestamp) {
    let gauge = Gauge::<i64>::default();
    gauge.set(time.as_second());
    registry.register_with_unit(name, help, Unit::Seconds, gauge);
}

fn set(family: &Family<Labels<1>, Gauge>, label: (&'static str, &'static str), count: u64) {
    family.get_or_create(&[label]).set(signed(count));
}

fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
