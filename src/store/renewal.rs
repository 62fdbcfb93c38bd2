//! LSCs that expire: whose they are, and their renewal scheduled.

use jiff::Timestamp;

use super::engine::{Connection, all, first};
use super::number::Numbered;
use super::search::Filter;
use super::{Actor, Change, Store, StoreError, phone};
use crate::model::{AuthenticationMode, CertificateOperation, Criterion, DeviceName, PhoneChange};

/// Which LSCs are to be renewed, and how their phones prove themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renewal {
    /// What a phone must meet: all of it.
    pub criteria: Vec<Criterion>,
    /// The LSCs that expire up to this time, those that have expired included.
    pub until: Timestamp,
    /// How the phones prove themselves, where that is to change.
    pub authentication_mode: Option<AuthenticationMode>,
}

/// How many phones have an LSC that is due for renewal, by what keeps them from being scheduled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Due {
    /// Nothing does.
    pub renewable: u64,
    /// An operation is scheduled already, which they can still carry out, or which is another than
    /// Install/Upgrade.
    pub pending: u64,
    /// They are to prove themselves by an authentication string, and have none.
    pub without_string: u64,
    /// They are to prove themselves by the LSC, which has expired.
    pub expired: u64,
}

/// A place in the order in which LSCs are renewed: by the time at which they expire, then by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expiry {
    /// When the LSC expires.
    pub not_after: Timestamp,
    /// Whose it is.
    pub device: DeviceName,
}

/// What [`standing`] answers, where nothing keeps a phone from being scheduled.
const RENEWABLE: i64 = 0;
const PENDING: i64 = 1;
const WITHOUT_STRING: i64 = 2;
const EXPIRED: i64 = 3;

impl Store {
    /// How many phones have an LSC that is due.
    pub async fn count_due(&self, renewal: &Renewal) -> Result<Due, StoreError> {
        let (renewal, now) = (renewal.clone(), self.now());
        self.read(move |connection| count(connection, &renewal, now))
            .await
    }

    /// The first phones behind `after` whose LSC is due and that can be scheduled, the LSC that
    /// expires first in front.
    pub async fn renewable(
        &self,
        renewal: &Renewal,
        after: Option<Expiry>,
        limit: u32,
    ) -> Result<Vec<Expiry>, StoreError> {
        let (renewal, now) = (renewal.clone(), self.now());
        self.read(move |connection| find(connection, &renewal, after.as_ref(), limit, now))
            .await
    }

    /// Schedules Install/Upgrade for those of these phones for which it is still to be done, in one
    /// transaction, and tells which they are: meanwhile one may have enrolled, or somebody else have
    /// scheduled something.
    pub async fn schedule_renewal(
        &self,
        actor: &Actor,
        renewal: &Renewal,
        devices: Vec<DeviceName>,
    ) -> Result<Vec<DeviceName>, StoreError> {
        let (trail, renewal) = (self.trail(actor), renewal.clone());
        self.write(move |connection| {
            let mut still_due = Vec::new();
            for device in &devices {
                if is_renewable(connection, &renewal, device, trail.at)? {
                    still_due.push(device.clone());
                }
            }
            let change = Change {
                change: PhoneChange {
                    operation: Some(CertificateOperation::Install),
                    authentication_mode: renewal.authentication_mode,
                    ..PhoneChange::default()
                },
                ..Change::default()
            };
            let changed = phone::change_all(connection, &trail, &still_due, change)?;
            Ok(changed.changed)
        })
        .await
    }
}

fn count(
    connection: &mut dyn Connection,
    renewal: &Renewal,
    now: Timestamp,
) -> Result<Due, StoreError> {
    let mut filter = due(renewal, now)?;
    let standing = standing(&mut filter, renewal, now);
    let sql = format!(
        "SELECT {standing} AS standing, COUNT(*) FROM phone {} GROUP BY standing",
        filter.condition()
    );
    let mut due = Due::default();
    for (standing, phones) in all(connection, &sql, &filter.values, |row| {
        Ok((row.integer()?, row.count()?))
    })? {
        match standing {
            PENDING => due.pending = phones,
            WITHOUT_STRING => due.without_string = phones,
            EXPIRED => due.expired = phones,
            _ => due.renewable = phones,
        }
    }
    Ok(due)
}

fn find(
    connection: &mut dyn Connection,
    renewal: &Renewal,
    after: Option<&Expiry>,
    limit: u32,
    now: Timestamp,
) -> Result<Vec<Expiry>, StoreError> {
    let mut filter = renewable(renewal, now)?;
    if let Some(Expiry { not_after, device }) = after {
        let (not_after, device) = (filter.bind((*not_after).into()), filter.bind(device.into()));
        filter.add(&format!(
            "(phone.lsc_not_after, phone.name) > ({not_after}, {device})"
        ));
    }
    let limit = filter.bind(i64::from(limit).into());
    let sql = format!(
        "SELECT phone.lsc_not_after, phone.name FROM phone {}
         ORDER BY phone.lsc_not_after, phone.name LIMIT {limit}",
        filter.condition()
    );
    all(connection, &sql, &filter.values, |row| {
        Ok(Expiry {
            not_after: row.time()?,
            device: row.device()?,
        })
    })
}

fn is_renewable(
    connection: &mut dyn Connection,
    renewal: &Renewal,
    device: &DeviceName,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let mut filter = renewable(renewal, now)?;
    let name = filter.bind(device.into());
    filter.add(&format!("phone.name = {name}"));
    let sql = format!("SELECT 1 FROM phone {}", filter.condition());
    Ok(first(connection, &sql, &filter.values, |row| row.integer())?.is_some())
}

/// The condition of phones whose LSC is due.
fn due<'a>(renewal: &Renewal, now: Timestamp) -> Result<Filter<'a>, StoreError> {
    let mut filter = Filter::new(&renewal.criteria, now)?;
    let until = filter.bind(renewal.until.into());
    // 0 is no LSC.
    filter.add(&format!(
        "(phone.lsc_not_after > 0 AND phone.lsc_not_after <= {until})"
    ));
    Ok(filter)
}

/// The condition of phones whose LSC is due and that nothing keeps from being scheduled.
fn renewable<'a>(renewal: &Renewal, now: Timestamp) -> Result<Filter<'a>, StoreError> {
    let mut filter = due(renewal, now)?;
    let standing = standing(&mut filter, renewal, now);
    filter.add(&format!("{standing} = {RENEWABLE}"));
    Ok(filter)
}

/// What keeps a phone from being scheduled, as an expression.
///
/// An installation that can no longer complete in time is as good as none: the phone was not there, and
/// would be left alone for ever. And a phone that cannot prove itself as it would have to would wait for
/// ever, too, as one that is taken care of.
fn standing(filter: &mut Filter<'_>, renewal: &Renewal, now: Timestamp) -> String {
    let mode = |mode: AuthenticationMode| match renewal.authentication_mode {
        Some(chosen) if chosen == mode => "1 = 1".to_owned(),
        Some(_) => "1 = 0".to_owned(),
        None => format!("phone.authentication_mode = {}", mode.number()),
    };
    let by_string = mode(AuthenticationMode::AuthenticationString);
    let by_lsc = mode(AuthenticationMode::ExistingLsc);
    let (none, install) = (CertificateOperation::None, CertificateOperation::Install);
    let (none, install) = (none.number(), install.number());
    let now = filter.bind(now.into());
    format!(
        "CASE WHEN phone.operation <> {none}
                   AND NOT (phone.operation = {install} AND COALESCE(phone.completes_by < {now}, 1 = 0))
              THEN {PENDING}
              WHEN {by_string} AND phone.authentication_string = '' THEN {WITHOUT_STRING}
              WHEN {by_lsc} AND phone.lsc_not_after < {now} THEN {EXPIRED}
              ELSE {RENEWABLE} END"
    )
}
