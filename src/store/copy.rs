//! All that is in one database, copied into another, of whatever engine, and compared there.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::engine::sqlite::Sqlite;
use super::engine::{Access, Connection, EachPage, Owned, Value, first};
use super::{Store, StoreError, StoreUri, migration};

/// How many rows are on their way from one database to the other.
const UNDER_WAY: usize = 1000;

/// How many values are written at once.
const VALUES: usize = 6000;

/// A table, what is copied of it, and by what its rows are told apart.
struct Table {
    name: &'static str,
    columns: &'static [&'static str],
    key: &'static str,
    /// Whether its rows are numbered by the database.
    is_numbered: bool,
}

/// Every table whose rows somebody would miss, those first to which others refer. What is not here
/// lives as long as a service: sessions, and what the service that runs says of itself.
const TABLES: &[Table] = &[
    Table {
        name: "phone",
        columns: &[
            "name",
            "description",
            "description_key",
            "model",
            "model_key",
            "security_profile",
            "security_profile_key",
            "device_security_mode",
            "operation",
            "authentication_mode",
            "authentication_string",
            "key_order",
            "rsa_key_size",
            "ec_key_size",
            "completes_by",
            "operation_status",
            "last_contact",
            "last_address",
            "lsc_subject",
            "lsc_issuer",
            "lsc_issuer_key",
            "lsc_serial_number",
            "lsc_not_before",
            "lsc_not_after",
            "lsc_issuer_not_after",
            "wrong_strings",
            "locked_until",
        ],
        key: "name",
        is_numbered: false,
    },
    Table {
        name: "csr",
        columns: &[
            "id",
            "device",
            "state",
            "created_at",
            "key_fingerprint",
            "der",
        ],
        key: "id",
        is_numbered: true,
    },
    Table {
        name: "certificate",
        columns: &[
            "id",
            "device",
            "kind",
            "state",
            "recorded_at",
            "key_fingerprint",
            "issuer_not_after",
            "der",
        ],
        key: "id",
        is_numbered: true,
    },
    Table {
        name: "parameter",
        columns: &["name", "value"],
        key: "name",
        is_numbered: false,
    },
    Table {
        name: "parameter_change",
        columns: &["id", "at", "actor", "name", "old_value", "new_value"],
        key: "id",
        is_numbered: true,
    },
    Table {
        name: "trust_anchor",
        columns: &[
            "id",
            "purpose",
            "subject",
            "not_after",
            "imported_at",
            "der",
        ],
        key: "id",
        is_numbered: true,
    },
    Table {
        name: "crl",
        columns: &[
            "id",
            "issuer",
            "issuer_key",
            "scope",
            "number",
            "this_update",
            "next_update",
            "imported_at",
        ],
        key: "id",
        is_numbered: true,
    },
    Table {
        name: "revoked_certificate",
        columns: &["serial_number", "crl", "revoked_at", "reason"],
        key: "serial_number, crl",
        is_numbered: false,
    },
    Table {
        name: "saved_search",
        columns: &["name", "criteria", "saved_at"],
        key: "name",
        is_numbered: false,
    },
    Table {
        name: "audit",
        columns: &["id", "at", "actor", "by_admin", "device", "what"],
        key: "id",
        is_numbered: true,
    },
];

type OwnedRow = Vec<Owned>;

impl Store {
    /// Copies all that is in the database `from` into `to`, which must be empty, compares every row
    /// there, and commits it then alone. `each` hears how many rows are done, of how many, and says
    /// whether to go on. Tells how many rows there are; nothing where it was not to go on.
    pub async fn copy(
        from: &StoreUri,
        to: &StoreUri,
        mut each: impl FnMut(u64, u64) -> ControlFlow<()> + Send + 'static,
    ) -> Result<Option<u64>, StoreError> {
        let (from, to) = (from.clone(), to.clone());
        tokio::task::spawn_blocking(move || {
            let mut source = from
                .connect(Access::Look)
                .map_err(|error| error.of(&from))?;
            migration::require(&mut *source)?;
            let mut target = to.connect(Access::Write).map_err(|error| error.of(&to))?;
            migration::migrate(&mut *target)?;
            source.begin()?;
            target.begin()?;
            let outcome = whole(&mut *source, &mut *target, &mut each)
                .and_then(|rows| rows.map(|rows| target.commit().map(|()| rows)).transpose());
            if !matches!(outcome, Ok(Some(_))) {
                // What it says is what counts.
                let _ = target.execute("ROLLBACK", &[]);
            }
            outcome
        })
        .await
        .unwrap_or(Err(StoreError::Unanswered))
    }
}

fn whole(
    source: &mut dyn Connection,
    target: &mut dyn Connection,
    each: EachPage<'_>,
) -> Result<Option<u64>, StoreError> {
    if count(target)? > 0 {
        return Err(StoreError::NotEmpty);
    }
    let of = count(source)?;
    if !copy(source, target, of, each)? {
        return Ok(None);
    }
    compare(source, target)?;
    Ok(Some(of))
}

/// Writes what a reader sees into a new SQLite file.
pub(super) fn into_sqlite(
    source: &mut dyn Connection,
    path: &Path,
    each: EachPage<'_>,
) -> Result<bool, StoreError> {
    let mut target = Sqlite::open(path, Access::Write)?;
    migration::migrate(&mut target)?;
    target.begin()?;
    let of = count(source)?;
    let is_whole = copy(source, &mut target, of, each)?;
    target.commit()?;
    Ok(is_whole)
}

fn count(connection: &mut dyn Connection) -> Result<u64, StoreError> {
    TABLES.iter().try_fold(0, |sum, table| {
        let sql = format!("SELECT COUNT(*) FROM {}", table.name);
        let count = first(connection, &sql, &[], |row| row.count())?;
        Ok(sum + count.unwrap_or_default())
    })
}

fn copy(
    source: &mut dyn Connection,
    target: &mut dyn Connection,
    of: u64,
    each: EachPage<'_>,
) -> Result<bool, StoreError> {
    let mut done = 0;
    for table in TABLES {
        let at_once = VALUES / table.columns.len();
        let mut batch = Vec::with_capacity(at_once);
        let flow = beside(source, table, |rows| {
            loop {
                let next = rows.recv().ok();
                let is_last = next.is_none();
                batch.extend(next);
                if batch.len() == at_once || is_last {
                    insert(target, table, &batch)?;
                    done += batch.len() as u64;
                    batch.clear();
                    if each(done, of).is_break() {
                        return Ok(ControlFlow::Break(()));
                    }
                }
                if is_last {
                    return Ok(ControlFlow::Continue(()));
                }
            }
        })?;
        if flow.is_break() {
            return Ok(false);
        }
        if table.is_numbered {
            let last = source.last_key(table.name)?;
            target.set_last_key(table.name, last)?;
        }
    }
    let sql = "SELECT activated, restarts, ends FROM service";
    let orders = first(source, sql, &[], |row| {
        Ok([row.integer()?, row.integer()?, row.integer()?])
    })?;
    if let Some(orders) = orders {
        target.execute(
            "UPDATE service SET activated = ?1, restarts = ?2, ends = ?3",
            &orders.map(Value::Integer),
        )?;
    }
    Ok(true)
}

fn insert(target: &mut dyn Connection, table: &Table, rows: &[OwnedRow]) -> Result<(), StoreError> {
    let values: Vec<_> = rows.iter().flatten().map(Owned::value).collect();
    target.load(table.name, table.columns, &values)
}

/// Looks whether both have the same rows.
fn compare(source: &mut dyn Connection, target: &mut dyn Connection) -> Result<(), StoreError> {
    for table in TABLES {
        let differs = || StoreError::Differs { table: table.name };
        beside(source, table, |rows| {
            each_row(target, table, |row| {
                if rows.recv().ok().as_ref() == Some(&row) {
                    Ok(ControlFlow::Continue(()))
                } else {
                    Err(differs())
                }
            })?;
            if rows.recv().is_ok() {
                return Err(differs());
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// Reads the table's rows on a thread of their own, while `work` does something with them.
fn beside<T>(
    source: &mut dyn Connection,
    table: &Table,
    work: impl FnOnce(&Receiver<OwnedRow>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    thread::scope(|scope| {
        let (hand_over, rows) = sync_channel(UNDER_WAY);
        let reading = scope.spawn(move || hand_over_rows(source, table, &hand_over));
        let done = work(&rows);
        // Whoever reads ends when nobody takes any more.
        drop(rows);
        let read = reading.join().unwrap_or(Err(StoreError::Unanswered));
        done.and_then(|done| read.map(|()| done))
    })
}

fn hand_over_rows(
    source: &mut dyn Connection,
    table: &Table,
    to: &SyncSender<OwnedRow>,
) -> Result<(), StoreError> {
    each_row(source, table, |row| {
        Ok(match to.send(row) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        })
    })
}

fn each_row(
    connection: &mut dyn Connection,
    table: &Table,
    mut each: impl FnMut(OwnedRow) -> Result<ControlFlow<()>, StoreError>,
) -> Result<(), StoreError> {
    let sql = format!(
        "SELECT {} FROM {} ORDER BY {}",
        table.columns.join(", "),
        table.name,
        table.key
    );
    connection.query(&sql, &[], &mut |row| {
        each(
            (0..table.columns.len())
                .map(|_| row.owned())
                .collect::<Result<_, _>>()?,
        )
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::engine::all;
    use super::*;

    /// The columns of SQLite's own tables, and those that nobody would miss.
    const NOT_COPIED: [&str; 4] = ["schema_version", "session", "node", "service"];

    /// The number by which SQLite's index of texts knows a phone, and which session was the latest.
    const OWN: [(&str, &str); 2] = [("phone", "number"), ("phone", "claim")];

    #[test]
    fn every_column_of_the_schema_is_copied() {
        let directory = tempfile::tempdir().unwrap();
        let mut connection =
            Sqlite::open(&directory.path().join("capf.db"), Access::Write).unwrap();
        migration::migrate(&mut connection).unwrap();
        let sql = "SELECT table_list.name, column.name
                   FROM pragma_table_list AS table_list, pragma_table_info(table_list.name) AS column
                   WHERE table_list.type = 'table' AND table_list.name NOT LIKE 'sqlite%'";
        let there = all(&mut connection, sql, &[], |row| {
            Ok((row.text()?.into_owned(), row.text()?.into_owned()))
        });
        let there: BTreeSet<_> = there
            .unwrap()
            .into_iter()
            .filter(|(table, column)| {
                !NOT_COPIED.contains(&&table[..]) && !OWN.contains(&(&table[..], &column[..]))
            })
            .collect();
        let copied: BTreeSet<_> = TABLES
            .iter()
            .flat_map(|table| {
                table
                    .columns
                    .iter()
                    .map(|column| (table.name.to_owned(), (*column).to_owned()))
            })
            .collect();
        assert_eq!(copied, there);
    }
}
