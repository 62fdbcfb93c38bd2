//! Migration from capfd's database, as SQLite gives it: whatever state the file is in, and whatever
//! stands in its columns.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use capf::admin::migrate::{CapfdError, Migration, Verdict, capfd};
use capf::admin::{AdminError, Installation};
use capf::clock::SystemClock;
use capf::model::{CertificateKind, CertificateState, DeviceName};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rusqlite::types::Value;
use rusqlite::{Connection, params};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

#[path = "support/capfd.rs"]
mod support;

use support::Capfd;

/// A directory with an installation and, in a directory of its own, a database of capfd.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        std::fs::create_dir(place.directory()).unwrap();
        place
    }

    /// Where capfd's files are: what is special in an URI is in the name.
    fn directory(&self) -> PathBuf {
        self.0.path().join("cap fd?#%41")
    }

    fn database(&self) -> PathBuf {
        self.directory().join("capfd.db")
    }

    fn capfd(&self) -> Capfd {
        Capfd::create(self.database())
    }

    /// A database in WAL mode with so many phones.
    fn capfd_in_wal_mode(&self, phones: usize) -> Capfd {
        let capfd = self.capfd();
        capfd
            .database
            .pragma_update(None, "journal_mode", "wal")
            .unwrap();
        add_phones(&capfd.database, phones);
        capfd
    }

    /// A place with copies of these files, as a crash leaves them.
    fn after_a_crash(&self, files: [&str; 2]) -> Self {
        let after = Self::new();
        for file in files {
            std::fs::copy(self.directory().join(file), after.directory().join(file)).unwrap();
        }
        after
    }

    /// The names of capfd's files.
    fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.directory()).unwrap();
        let mut files: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        files
    }

    async fn installation(&self) -> Installation {
        let data = self.0.path().join("data");
        let store = format!("sqlite:{}/capf.db", data.display());
        Installation::open(&data, &store, Arc::new(SystemClock), "tester")
            .await
            .unwrap()
    }

    async fn migrate(&self) -> Result<Migration, AdminError> {
        migrate(&self.installation().await, &self.database()).await
    }

    /// The error with which it is refused.
    async fn refused(&self) -> CapfdError {
        match self.migrate().await.unwrap_err() {
            AdminError::Capfd(error) => Some(error),
            _ => None,
        }
        .unwrap()
    }
}

async fn migrate(installation: &Installation, path: &Path) -> Result<Migration, AdminError> {
    capfd(
        installation,
        path,
        false,
        &mut |_| (),
        &CancellationToken::new(),
    )
    .await
}

fn add_phones(database: &Connection, count: usize) {
    add_phones_of(database, "SEP", count);
}

fn add_phones_of(database: &Connection, prefix: &str, count: usize) {
    let sql = "INSERT INTO devices (device_name) VALUES (?1)";
    let mut insert = database.prepare(sql).unwrap();
    for number in 0..count {
        insert.execute([format!("{prefix}{number:012X}")]).unwrap();
    }
}

#[tokio::test]
async fn a_database_in_wal_mode_that_nobody_has_open_gets_no_files_beside_it() {
    let place = Place::new();
    drop(place.capfd_in_wal_mode(3));
    assert_eq!(place.files(), ["capfd.db"]);
    assert_eq!(place.migrate().await.unwrap().added, 3);
    assert_eq!(place.files(), ["capfd.db"]);
}

#[tokio::test]
async fn what_capfd_has_committed_is_read_while_it_writes_on_and_it_is_not_kept_from_it() {
    for mode in ["delete", "wal"] {
        let place = Place::new();
        let capfd = place.capfd();
        let database = &capfd.database;
        database.pragma_update(None, "journal_mode", mode).unwrap();
        add_phones(database, 2);
        database
            .execute_batch("BEGIN IMMEDIATE; INSERT INTO devices (device_name) VALUES ('CSFNEXT')")
            .unwrap();
        let installation = place.installation().await;
        assert_eq!(migrate(&installation, &capfd.path).await.unwrap().added, 2);
        database.execute_batch("COMMIT").unwrap();
        let migration = migrate(&installation, &capfd.path).await.unwrap();
        assert_eq!((migration.added, migration.existing), (1, 2), "{mode}");
    }
}

#[tokio::test]
async fn what_a_crash_left_in_the_log_is_read() {
    let place = Place::new();
    let _running = place.capfd_in_wal_mode(3);
    let after = place.after_a_crash(["capfd.db", "capfd.db-wal"]);
    assert_eq!(after.migrate().await.unwrap().added, 3);
}

#[tokio::test]
async fn a_database_that_somebody_keeps_for_himself_is_locked() {
    let place = Place::new();
    let capfd = place.capfd();
    capfd.database.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let error = place.refused().await;
    assert!(matches!(error, CapfdError::Locked { .. }), "{error}");
}

#[tokio::test]
async fn a_write_that_a_crash_has_left_half_done_is_no_state_to_read() {
    let place = Place::new();
    let capfd = place.capfd();
    add_phones(&capfd.database, 2000);
    capfd.database.pragma_update(None, "cache_size", 1).unwrap();
    capfd
        .database
        .execute_batch("BEGIN; UPDATE devices SET operation = 'install'")
        .unwrap();
    let after = place.after_a_crash(["capfd.db", "capfd.db-journal"]);
    let files = after.files();
    let error = after.refused().await;
    assert!(matches!(error, CapfdError::Unfinished { .. }), "{error}");
    assert_eq!(after.files(), files);
}

#[tokio::test]
async fn a_table_without_row_numbers_and_a_view_are_read_as_well() {
    for script in [
        "CREATE TABLE devices (device_name TEXT PRIMARY KEY) WITHOUT ROWID;
         INSERT INTO devices VALUES ('CSFA'), ('CSFB'), ('csfb');",
        "CREATE TABLE phones (name TEXT);
         INSERT INTO phones VALUES ('CSFA'), ('CSFB'), ('csfb');
         CREATE VIEW devices (Device_Name) AS SELECT name FROM phones;",
    ] {
        let place = Place::new();
        let database = Connection::open(place.database()).unwrap();
        database.execute_batch(script).unwrap();
        let migration = place.migrate().await.unwrap();
        assert_eq!((migration.added, migration.rejected), (2, 1), "{script}");
        assert_eq!(migration.entries[0].row, 3);
        assert_eq!(migration.missing_columns.len(), 9);
    }
}

#[tokio::test]
async fn rows_are_read_page_by_page_in_their_order_whatever_gaps_there_are() {
    let place = Place::new();
    let capfd = place.capfd();
    add_phones(&capfd.database, 2600);
    capfd
        .database
        .execute_batch(
            "DELETE FROM devices WHERE rowid % 7 = 0;
             UPDATE devices SET rowid = rowid - 1300;
             UPDATE devices SET operation = 'no' WHERE rowid % 500 = 0;",
        )
        .unwrap();
    let installation = place.installation().await;
    let mut heard = Vec::new();
    let stop = CancellationToken::new();
    let hear = &mut |count| heard.push(count);
    let migration = capf::admin::migrate::capfd(&installation, &capfd.path, false, hear, &stop)
        .await
        .unwrap();
    let rows: Vec<_> = migration.entries.iter().map(|entry| entry.row).collect();
    assert_eq!(rows, [-1000, -500, 0, 500, 1000]);
    assert_eq!(migration.added, 2600 - 2600 / 7 - 5);
    assert_eq!(heard, [1000, 2000, migration.added]);
    assert_eq!(
        installation.store().count(&[]).await.unwrap(),
        migration.added
    );
}

#[tokio::test]
async fn a_migration_that_capfd_breaks_off_goes_on_where_it_is_run_again() {
    let place = Place::new();
    drop(place.capfd_in_wal_mode(2600));
    let installation = place.installation().await;
    let path = place.database();
    let mut started = None;
    let start = &mut |_| {
        let capfd = Connection::open(&path).unwrap();
        add_phones_of(&capfd, "CSFNEW", 1);
        started.get_or_insert(capfd);
    };
    let stop = CancellationToken::new();
    let error = capfd(&installation, &path, false, start, &stop)
        .await
        .unwrap_err();
    let AdminError::Interrupted {
        count: added,
        source,
        ..
    } = &error
    else {
        unreachable!("{error}")
    };
    let changed = matches!(**source, AdminError::Capfd(CapfdError::Changed { .. }));
    assert!(changed, "{source}");
    assert_eq!(*added, 1000);
    let migration = migrate(&installation, &path).await.unwrap();
    assert_eq!((migration.added, migration.existing), (1601, 1000));
}

#[tokio::test]
async fn a_migration_that_is_stopped_says_how_far_it_came_and_goes_on_where_it_is_run_again() {
    let place = Place::new();
    drop(place.capfd_in_wal_mode(2600));
    let (installation, path) = (place.installation().await, place.database());
    let stop = CancellationToken::new();
    let error = capfd(&installation, &path, false, &mut |_| stop.cancel(), &stop)
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "it ended early, when 1000 phones had been added"
    );
    let migration = migrate(&installation, &path).await.unwrap();
    assert_eq!((migration.added, migration.existing), (1600, 1000));
}

#[tokio::test]
async fn what_is_no_database_of_capfd_is_refused() {
    let place = Place::new();
    let write = |bytes: &[u8]| std::fs::write(place.database(), bytes).unwrap();
    assert!(matches!(place.refused().await, CapfdError::Read { .. }));
    write(b"");
    assert!(matches!(
        place.refused().await,
        CapfdError::NotSqlite { .. }
    ));
    write(&b"device_name,operation\n".repeat(100));
    assert!(matches!(
        place.refused().await,
        CapfdError::NotSqlite { .. }
    ));
    write(&[&b"SQLite format 3\0"[..], &[7; 4096]].concat());
    assert!(matches!(
        place.refused().await,
        CapfdError::NotSqlite { .. }
    ));
    for (script, refused) in [
        ("CREATE TABLE phones (device_name)", "no table `devices`"),
        ("CREATE TABLE devices (name)", "no column `device_name`"),
    ] {
        write(b"");
        let database = Connection::open(place.database()).unwrap();
        database.execute_batch(script).unwrap();
        let error = place.refused().await.to_string();
        assert!(error.contains(refused), "{error}");
    }
    let directory = migrate(&place.installation().await, &place.directory()).await;
    let error = directory.unwrap_err().to_string();
    assert!(error.ends_with("is no regular file"), "{error}");
}

/// A value of any type that SQLite has in any column.
fn value(words: &'static [&'static str]) -> impl Strategy<Value = Value> {
    prop_oneof![
        1 => Just(Value::Null),
        1 => any::<i64>().prop_map(Value::Integer),
        1 => any::<f64>().prop_map(Value::Real),
        1 => any::<String>().prop_map(Value::Text),
        1 => prop::collection::vec(any::<u8>(), 0..40).prop_map(Value::Blob),
        3 => prop::sample::select(words).prop_map(|word| Value::Text(word.to_owned())),
    ]
}

fn row() -> impl Strategy<Value = [Value; 6]> {
    [
        value(&["CSFA", "CSFB", "csfa", "SEP001122334455", "SEP0011"]).boxed(),
        value(&["install", "fetch", "delete", "none"]).boxed(),
        value(&["no password", "password", "certificate"]).boxed(),
        value(&["1234", "0123456789", "12"]).boxed(),
        value(&["2048", "512", "0"]).boxed(),
        value(&["secp256r1", "P-384", ""]).boxed(),
    ]
}

#[test]
fn whatever_stands_in_the_columns_a_phone_is_added_whole_or_named_with_a_reason() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let issuer = Capfd::create(Place::new().0.path().join("capfd.db"));
    let lsc = issuer.issue("CSFA", 100).pem();
    let certificates = prop_oneof![
        Just(Value::Null),
        Just(Value::Text(lsc.clone())),
        any::<prop::sample::Index>()
            .prop_map(move |index| Value::Text(lsc[..index.index(lsc.len())].to_owned())),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(Value::Blob),
    ];
    let rows = prop::collection::vec((row(), certificates), 1..12);
    TestRunner::new(Config::with_cases(12))
        .run(&rows, |rows| {
            let place = Place::new();
            let database = Connection::open(place.database()).unwrap();
            // Without types, so that SQLite keeps every value as it is.
            database
                .execute_batch(
                    "CREATE TABLE devices (device_name, operation, authentication, password,
                         key_size, curve_name, certificate)",
                )
                .unwrap();
            for ([name, operation, authentication, password, size, curve], certificate) in &rows {
                database
                    .execute(
                        "INSERT INTO devices VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                        params![
                            name,
                            operation,
                            authentication,
                            password,
                            size,
                            curve,
                            certificate
                        ],
                    )
                    .unwrap();
            }
            runtime.block_on(judged(&place, rows.len() as u64));
            Ok(())
        })
        .unwrap();
}

async fn judged(place: &Place, rows: u64) {
    let installation = place.installation().await;
    let migration = migrate(&installation, &place.database()).await.unwrap();
    assert_eq!(migration.added + migration.rejected, rows);
    for entry in &migration.entries {
        let is_rejected = entry.verdict == Verdict::Rejected;
        assert_eq!(is_rejected, entry.reason.is_some(), "{entry:?}");
    }
    let store = installation.store();
    let phones = store.find(&capf::store::Search::default()).await.unwrap();
    assert_eq!(phones.rows.len() as u64, migration.added);
    for phone in phones.rows {
        let name: DeviceName = phone.phone.name;
        let certificates = store.certificates(&name).await.unwrap();
        let held = certificates.iter().find(|record| {
            record.kind == CertificateKind::Lsc && record.state == CertificateState::Held
        });
        assert_eq!(
            held.map(|record| record.certificate.serial_number()),
            phone.lsc.as_ref().map(|lsc| &lsc.serial_number[..])
        );
    }
    let again = migrate(&installation, &place.database()).await.unwrap();
    assert_eq!((again.added, again.existing), (0, migration.added));
}
