//! Certificate revocation lists, and what they revoke.

use std::collections::HashMap;

use jiff::Timestamp;

use super::audit::Trail;
use super::engine::{Connection, Row, Value, all, first, placeholders};
use super::{Actor, Store, StoreError};
use crate::model::{Crl, CrlEntry, CrlNumber, CrlRecord, DeviceName, RevocationReason};
use crate::pki::Revocation;

/// How many rows a statement changes: fewer values than any engine takes.
const ROWS: usize = 500;

/// A list that is to be imported, with the key that signed it.
#[derive(Clone, Debug)]
pub struct NewCrl {
    /// The list.
    pub crl: Crl,
    /// The key: a DER `SubjectPublicKeyInfo`.
    pub issuer_key: Box<[u8]>,
}

/// What came of importing a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImportedCrl {
    /// The list's number in the store.
    pub id: i64,
    /// Whether it was there already.
    pub unchanged: bool,
    /// How many certificates it revokes that were not before.
    pub added: u64,
    /// How many it revokes no longer.
    pub removed: u64,
}

/// The phones that hold an LSC which its issuer has revoked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RevokedLscs {
    /// How many they are.
    pub count: u64,
    /// The first of them.
    pub phones: Vec<DeviceName>,
}

impl Store {
    /// The lists, in the order of their import.
    pub async fn crls(&self) -> Result<Vec<CrlRecord>, StoreError> {
        self.read(crls).await
    }

    /// Keeps lists, each in place of the one that is there of its issuer and scope; all of them, or
    /// none where one is older than that: [`StoreError::OlderCrl`].
    pub async fn import_crls(
        &self,
        actor: &Actor,
        lists: Vec<NewCrl>,
    ) -> Result<Vec<ImportedCrl>, StoreError> {
        let trail = self.trail(actor);
        self.write(move |connection| {
            lists
                .iter()
                .map(|list| import(connection, &trail, list))
                .collect()
        })
        .await
    }

    /// Forgets a list, with what it revokes; tells whether there was one of this number.
    pub async fn remove_crl(&self, actor: &Actor, id: i64) -> Result<bool, StoreError> {
        let trail = self.trail(actor);
        self.write(move |connection| remove(connection, &trail, id))
            .await
    }

    /// What is known to be revoked of the certificates with these serial numbers, whoever issued them.
    pub async fn revocations(
        &self,
        serial_numbers: Vec<String>,
    ) -> Result<Vec<Revocation>, StoreError> {
        self.read(move |connection| {
            let serial_numbers: Vec<_> = serial_numbers.iter().map(String::as_str).collect();
            revocations(connection, &serial_numbers)
        })
        .await
    }

    /// The phones that hold a revoked LSC; of them, `named` by name.
    pub async fn revoked_lscs(&self, named: u32) -> Result<RevokedLscs, StoreError> {
        self.read(move |connection| revoked_lscs(connection, named))
            .await
    }
}

/// The phones whose LSC is on a list of its issuer.
const REVOKED_LSCS: &str = "FROM crl
     JOIN revoked_certificate ON revoked_certificate.crl = crl.id
     JOIN phone ON phone.lsc_serial_number = revoked_certificate.serial_number
         AND phone.lsc_issuer = crl.issuer";

fn crls(connection: &mut dyn Connection) -> Result<Vec<CrlRecord>, StoreError> {
    let mut records = all(
        connection,
        "SELECT id, issuer, number, this_update, next_update, imported_at,
             (SELECT COUNT(*) FROM revoked_certificate WHERE crl = crl.id)
         FROM crl ORDER BY id",
        &[],
        |row| {
            Ok(CrlRecord {
                id: row.integer()?,
                issuer: row.text()?.into_owned(),
                number: number(row)?,
                this_update: row.time()?,
                next_update: row.optional_time()?,
                imported_at: row.time()?,
                entries: row.count()?,
                revoked_lscs: 0,
            })
        },
    )?;
    for record in &mut records {
        let sql = format!("SELECT COUNT(DISTINCT phone.name) {REVOKED_LSCS} WHERE crl.id = ?1");
        let count = first(connection, &sql, &[record.id.into()], |row| row.count())?;
        record.revoked_lscs = count.unwrap_or(0);
    }
    Ok(records)
}

fn number(row: &mut Row<'_>) -> Result<Option<CrlNumber>, StoreError> {
    row.optional_text()?
        .map(|hex| {
            CrlNumber::from_hex(&hex).ok_or_else(|| StoreError::corrupt("a CRL number is none"))
        })
        .transpose()
}

/// What is there of a list's issuer and scope.
struct Held {
    id: i64,
    number: Option<CrlNumber>,
    this_update: Timestamp,
}

fn import(
    connection: &mut dyn Connection,
    trail: &Trail,
    NewCrl { crl, issuer_key }: &NewCrl,
) -> Result<ImportedCrl, StoreError> {
    let held = first(
        connection,
        "SELECT id, number, this_update FROM crl
         WHERE issuer = ?1 AND issuer_key = ?2 AND scope = ?3",
        &[
            crl.issuer().into(),
            (&**issuer_key).into(),
            crl.scope().into(),
        ],
        |row| {
            Ok(Held {
                id: row.integer()?,
                number: number(row)?,
                this_update: row.time()?,
            })
        },
    )?;
    let id = match held {
        Some(held) => match crl.compared_with(held.number.as_ref(), held.this_update) {
            std::cmp::Ordering::Less => {
                return Err(StoreError::OlderCrl {
                    issuer: crl.issuer().to_owned(),
                    given: crl.this_update(),
                    held: held.this_update,
                });
            }
            std::cmp::Ordering::Equal => {
                return Ok(ImportedCrl {
                    id: held.id,
                    unchanged: true,
                    added: 0,
                    removed: 0,
                });
            }
            std::cmp::Ordering::Greater => update(connection, trail, held.id, crl)?,
        },
        None => insert(connection, trail, crl, issuer_key)?,
    };
    let (added, removed) = write_entries(connection, id, crl.entries())?;
    let what = format!(
        "CRL {id} of {} imported, of {}: {added} certificates added, {removed} removed",
        crl.issuer(),
        crl.this_update()
    );
    trail.note(connection, None, &what)?;
    Ok(ImportedCrl {
        id,
        unchanged: false,
        added,
        removed,
    })
}

fn insert(
    connection: &mut dyn Connection,
    trail: &Trail,
    crl: &Crl,
    issuer_key: &[u8],
) -> Result<i64, StoreError> {
    first(
        connection,
        "INSERT INTO crl (issuer, issuer_key, scope, number, this_update, next_update, imported_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING id",
        &[
            crl.issuer().into(),
            issuer_key.into(),
            crl.scope().into(),
            crl.number().map(CrlNumber::as_hex).into(),
            crl.this_update().into(),
            crl.next_update().into(),
            trail.at.into(),
        ],
        |row| row.integer(),
    )?
    .ok_or_else(|| StoreError::corrupt("a CRL without a number"))
}

fn update(
    connection: &mut dyn Connection,
    trail: &Trail,
    id: i64,
    crl: &Crl,
) -> Result<i64, StoreError> {
    connection.execute(
        "UPDATE crl SET number = ?2, this_update = ?3, next_update = ?4, imported_at = ?5
         WHERE id = ?1",
        &[
            id.into(),
            crl.number().map(CrlNumber::as_hex).into(),
            crl.this_update().into(),
            crl.next_update().into(),
            trail.at.into(),
        ],
    )?;
    Ok(id)
}

/// Makes the entries of a list those on record, by what differs: most lists are the one before with
/// a few more. Tells how many came and how many went.
fn write_entries(
    connection: &mut dyn Connection,
    id: i64,
    entries: &[CrlEntry],
) -> Result<(u64, u64), StoreError> {
    let mut held = HashMap::new();
    let on_record = all(
        connection,
        "SELECT serial_number, revoked_at, reason FROM revoked_certificate WHERE crl = ?1",
        &[id.into()],
        entry,
    )?;
    for entry in on_record {
        held.insert(entry.serial_number.clone(), entry);
    }
    // Of a certificate that a list has twice, the first entry counts.
    let mut wanted = HashMap::with_capacity(entries.len());
    for entry in entries {
        wanted.entry(&entry.serial_number).or_insert(entry);
    }
    let stands = |entry: &CrlEntry| held.get(&entry.serial_number) == Some(entry);
    let mut new: Vec<_> = wanted
        .values()
        .copied()
        .filter(|one| !stands(one))
        .collect();
    // In the order of the index, which takes them the quicker.
    new.sort_unstable_by(|one, other| one.serial_number.cmp(&other.serial_number));
    let changed = |entry: &&CrlEntry| held.contains_key(&entry.serial_number);
    let gone = held.keys().filter(|serial| !wanted.contains_key(serial));
    let replaced = new.iter().copied().filter(changed);
    let (mut added, mut removed) = (new.len() as u64, 0);
    added -= replaced.clone().count() as u64;
    removed += gone.clone().count() as u64;
    let leaving: Vec<_> = gone
        .chain(replaced.map(|entry| &entry.serial_number))
        .collect();
    for serials in leaving.chunks(ROWS) {
        let sql = format!(
            "DELETE FROM revoked_certificate WHERE crl = ?1 AND serial_number IN ({})",
            placeholders(2, serials.len())
        );
        let serials = serials.iter().map(|serial| serial.as_str().into());
        let values: Vec<Value<'_>> = std::iter::once(id.into()).chain(serials).collect();
        connection.execute(&sql, &values)?;
    }
    for entries in new.chunks(ROWS) {
        let columns = ["crl", "serial_number", "revoked_at", "reason"];
        let rows = entries.iter().flat_map(|entry| -> [Value<'_>; 4] {
            let serial_number = entry.serial_number.as_str();
            [
                id.into(),
                serial_number.into(),
                entry.revoked_at.into(),
                entry.reason.into(),
            ]
        });
        connection.load("revoked_certificate", &columns, &rows.collect::<Vec<_>>())?;
    }
    Ok((added, removed))
}

fn entry(row: &mut Row<'_>) -> Result<CrlEntry, StoreError> {
    Ok(CrlEntry {
        serial_number: row.text()?.into_owned(),
        revoked_at: row.time()?,
        reason: row.word::<RevocationReason>()?,
    })
}

fn remove(connection: &mut dyn Connection, trail: &Trail, id: i64) -> Result<bool, StoreError> {
    let issuer = first(
        connection,
        "DELETE FROM crl WHERE id = ?1 RETURNING issuer",
        &[id.into()],
        |row| Ok(row.text()?.into_owned()),
    )?;
    let Some(issuer) = issuer else {
        return Ok(false);
    };
    trail.note(connection, None, &format!("CRL {id} of {issuer} removed"))?;
    Ok(true)
}

/// Forgets the lists of an issuer that is trusted no more.
pub(super) fn forget_of(
    connection: &mut dyn Connection,
    trail: &Trail,
    issuer: &str,
    issuer_key: &[u8],
) -> Result<(), StoreError> {
    let ids = all(
        connection,
        "SELECT id FROM crl WHERE issuer = ?1 AND issuer_key = ?2",
        &[issuer.into(), issuer_key.into()],
        |row| row.integer(),
    )?;
    for id in ids {
        remove(connection, trail, id)?;
    }
    Ok(())
}

/// What is known to be revoked of the certificates with these serial numbers.
pub(super) fn revocations(
    connection: &mut dyn Connection,
    serial_numbers: &[&str],
) -> Result<Vec<Revocation>, StoreError> {
    let mut found = Vec::new();
    for serial_numbers in serial_numbers.chunks(ROWS) {
        let sql = format!(
            "SELECT serial_number, revoked_at, reason, issuer, issuer_key
             FROM revoked_certificate JOIN crl ON crl.id = revoked_certificate.crl
             WHERE serial_number IN ({})",
            placeholders(1, serial_numbers.len())
        );
        let values: Vec<Value<'_>> = serial_numbers.iter().map(|one| (*one).into()).collect();
        found.extend(all(connection, &sql, &values, |row| {
            Ok(Revocation {
                entry: entry(row)?,
                issuer: row.text()?.into_owned(),
                issuer_key: row.blob()?.into(),
            })
        })?);
    }
    Ok(found)
}

fn revoked_lscs(connection: &mut dyn Connection, named: u32) -> Result<RevokedLscs, StoreError> {
    let sql = format!("SELECT COUNT(DISTINCT phone.name) {REVOKED_LSCS}");
    let count = first(connection, &sql, &[], |row| row.count())?.unwrap_or(0);
    if count == 0 {
        return Ok(RevokedLscs::default());
    }
    let sql = format!("SELECT DISTINCT phone.name {REVOKED_LSCS} ORDER BY phone.name LIMIT ?1");
    let phones = all(connection, &sql, &[i64::from(named).into()], |row| {
        row.device()
    })?;
    Ok(RevokedLscs { count, phones })
}
