//! The audit trail: who did what to which phone, and when.

use std::net::IpAddr;
use std::ops::ControlFlow;

use jiff::Timestamp;

use super::engine::{Connection, Row, Value, all, delete_beyond, first};
use super::{Changes, Store, StoreError};
use crate::model::DeviceName;

/// Who makes a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// An administrator, by user name.
    Admin(String),
    /// A phone, by its address.
    Phone(IpAddr),
}

/// Which entries are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditQuery {
    /// Those of this phone alone.
    pub device: Option<DeviceName>,
    /// How many at most.
    pub limit: u32,
}

/// A change that was made.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct AuditEntry {
    /// Its number; later ones are higher.
    pub id: i64,
    /// When it was made.
    pub at: Timestamp,
    /// The administrator's user name or the phone's address.
    pub actor: String,
    /// The phone that it concerns, if it concerns one.
    pub device: Option<DeviceName>,
    /// What was done. Never has an authentication string.
    pub what: String,
}

impl Store {
    /// The latest entries of the audit trail, newest first.
    pub async fn audit(&self, query: AuditQuery) -> Result<Vec<AuditEntry>, StoreError> {
        self.read(move |connection| latest(connection, &query))
            .await
    }
}

/// Who makes the changes of a job, and when.
pub(super) struct Trail {
    pub(super) actor: Actor,
    pub(super) at: Timestamp,
}

/// How many of its own entries a phone has at the most: whatever it does again and again, it must
/// not fill the disk. What administrators did stays.
const PHONES_KEPT: i64 = 100;

impl Trail {
    /// The administrator's user name or the phone's address.
    pub(super) fn actor_value(&self) -> Value<'_> {
        match &self.actor {
            Actor::Admin(name) => name.as_str().into(),
            Actor::Phone(address) => (*address).into(),
        }
    }

    /// Notes an administrator's changes to many phones, in the transaction that makes them.
    pub(super) fn note_all(
        &self,
        connection: &mut dyn Connection,
        changes: &[(DeviceName, String)],
    ) -> Result<(), StoreError> {
        let rows = changes.iter().flat_map(|(device, what)| -> [Value<'_>; 5] {
            let by_admin = Value::Integer(true.into());
            [
                self.at.into(),
                self.actor_value(),
                by_admin,
                device.into(),
                what.as_str().into(),
            ]
        });
        let columns = ["at", "actor", "by_admin", "device", "what"];
        connection.load("audit", &columns, &rows.collect::<Vec<_>>())?;
        connection.announce();
        Ok(())
    }

    /// Notes a change, in the transaction that makes it.
    pub(super) fn note(
        &self,
        connection: &mut dyn Connection,
        device: Option<&DeviceName>,
        what: &str,
    ) -> Result<(), StoreError> {
        let by_admin = matches!(self.actor, Actor::Admin(_));
        connection
            .execute(
                "INSERT INTO audit (at, actor, by_admin, device, what)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                &[
                    self.at.into(),
                    self.actor_value(),
                    Value::Integer(by_admin.into()),
                    device.into(),
                    what.into(),
                ],
            )
            .map(drop)?;
        if by_admin {
            connection.announce();
        }
        match (&self.actor, device) {
            (Actor::Phone(_), Some(device)) => delete_beyond(
                connection,
                PHONES_KEPT,
                "audit WHERE device = ?1 AND by_admin = 0",
                &[device.into()],
            ),
            _ => Ok(()),
        }
    }

    /// Notes what anybody can bring about by the phone's name alone, and as often as he likes: of
    /// equal entries since an administrator's last one the latest stays, so that they do not push out
    /// what the phone did.
    pub(super) fn note_latest(
        &self,
        connection: &mut dyn Connection,
        device: &DeviceName,
        what: &str,
    ) -> Result<(), StoreError> {
        connection.execute(
            "DELETE FROM audit WHERE device = ?1 AND by_admin = 0 AND what = ?2 AND id > COALESCE(
                 (SELECT MAX(id) FROM audit WHERE device = ?1 AND by_admin = 1), 0)",
            &[device.into(), what.into()],
        )?;
        self.note(connection, Some(device), what)
    }
}

fn latest(
    connection: &mut dyn Connection,
    query: &AuditQuery,
) -> Result<Vec<AuditEntry>, StoreError> {
    let limit = i64::from(query.limit).into();
    match &query.device {
        Some(device) => all(
            connection,
            "SELECT id, at, actor, device, what FROM audit WHERE device = ?1
             ORDER BY id DESC LIMIT ?2",
            &[device.into(), limit],
            entry,
        ),
        None => all(
            connection,
            "SELECT id, at, actor, device, what FROM audit ORDER BY id DESC LIMIT ?1",
            &[limit],
            entry,
        ),
    }
}

fn entry(row: &mut Row<'_>) -> Result<AuditEntry, StoreError> {
    Ok(AuditEntry {
        id: row.integer()?,
        at: row.time()?,
        actor: row.text()?.into_owned(),
        device: row.optional_device()?,
        what: row.text()?.into_owned(),
    })
}

/// The number of the last entry; 0 where there is none.
pub(super) fn last_id(connection: &mut dyn Connection) -> Result<i64, StoreError> {
    let last = first(connection, "SELECT MAX(id) FROM audit", &[], |row| {
        row.optional_integer()
    })?;
    Ok(last.flatten().unwrap_or(0))
}

/// What administrators' entries after the entry `after`, up to `until`, concern.
pub(super) fn changes_of_admins(
    connection: &mut dyn Connection,
    after: i64,
    until: i64,
) -> Result<Changes, StoreError> {
    let mut changes = Changes::default();
    connection.query(
        "SELECT DISTINCT device FROM audit WHERE id > ?1 AND id <= ?2 AND by_admin = 1
         ORDER BY device",
        &[after.into(), until.into()],
        &mut |row| {
            match row.optional_device()? {
                Some(device) => changes.devices.push(device),
                None => changes.settings = true,
            }
            Ok(ControlFlow::Continue(()))
        },
    )?;
    Ok(changes)
}
