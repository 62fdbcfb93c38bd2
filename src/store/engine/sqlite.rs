//! SQLite: the file in the data directory.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{ErrorCode, OpenFlags, ToSql, types::ToSqlOutput};

use super::{
    Access, Columns, Connection, EachPage, EachRow, Row, Step, TextIndex, Value, first, insertion,
};
use crate::store::StoreError;

/// How long a writer waits for the writer of another process: longer than the import of a large
/// archive holds the database.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// More than there are statements, so that each is prepared once a connection.
const PREPARED_STATEMENTS: usize = 128;

/// How many values are written by one statement: fewer than it takes, which is 32,766.
const VALUES: usize = 2000;

/// A connection to an SQLite database.
pub(in crate::store) struct Sqlite {
    connection: rusqlite::Connection,
    access: Access,
}

impl Sqlite {
    /// Opens the database in the file `path`; a writer makes the file where there is none.
    pub(in crate::store) fn open(path: &Path, access: Access) -> Result<Self, StoreError> {
        let (name, flags) = match access {
            Access::Write => {
                make_file(path)?;
                (Cow::Borrowed(path), OpenFlags::SQLITE_OPEN_READ_WRITE)
            }
            Access::Read => (Cow::Borrowed(path), OpenFlags::SQLITE_OPEN_READ_ONLY),
            Access::Look => {
                let has_log = has_log(path).map_err(|error| open_error(path, error))?;
                let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
                (PathBuf::from(reader_uri(path, !has_log)).into(), flags)
            }
        };
        let connection =
            rusqlite::Connection::open_with_flags(name, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
                .and_then(|connection| {
                    connection.set_prepared_statement_cache_capacity(PREPARED_STATEMENTS);
                    connection.busy_timeout(BUSY_TIMEOUT)?;
                    // One plan a statement, whatever is bound: else SQLite parses and plans some
                    // anew for each new value.
                    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
                    Ok(connection)
                })
                .map_err(|error| open_error(path, error))?;
        if access == Access::Read {
            // The upper parts of the indexes of a large fleet, which every search passes through.
            connection
                .execute_batch("PRAGMA cache_size = -8192")
                .map_err(|error| open_error(path, error))?;
        }
        if access == Access::Write {
            set_up_writer(&connection).map_err(|error| match failure(error) {
                StoreError::Engine { source } | StoreError::ReadOnly { source, .. } => {
                    StoreError::Open {
                        path: path.to_owned(),
                        source,
                    }
                }
                other => other,
            })?;
        }
        Ok(Self { connection, access })
    }
}

/// Whether a log of changes, or its index, lies beside the database: somebody has it open, or had
/// it open and crashed.
pub(in crate::store) fn has_log(path: &Path) -> io::Result<bool> {
    // SQLite follows links, and puts its files beside the file itself.
    let path = path.canonicalize()?;
    let beside = |suffix: &str| {
        let mut name = path.clone().into_os_string();
        name.push(suffix);
        PathBuf::from(name)
    };
    Ok(beside("-wal").exists() || beside("-shm").exists())
}

/// The path as an URI (<https://sqlite.org/uri.html>) that opens it for reading; as a file that
/// nobody writes to, without locks and without files beside it, where `is_still`.
///
/// A reader makes a log and its index where they are missing, and cannot take them away. Where they
/// are missing the file is still: a writer changes it only when it empties its log, seconds after it
/// has made one.
pub(in crate::store) fn reader_uri(path: &Path, is_still: bool) -> String {
    let mut uri = String::from("file:");
    // Two slashes in front would name a host.
    let absolute = path.canonicalize();
    for &byte in absolute.as_deref().unwrap_or(path).as_os_str().as_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => {
                uri.push(char::from(byte));
            }
            _ => {
                uri.push('%');
                uri.push_str(&hex::encode_upper([byte]));
            }
        }
    }
    uri.push_str(if is_still {
        "?mode=ro&immutable=1"
    } else {
        "?mode=ro"
    });
    uri
}

/// Makes the file with a mode that keeps authentication strings to its owner; SQLite gives the
/// files beside it (`-wal`, `-shm`) the same mode.
fn make_file(path: &Path) -> Result<(), StoreError> {
    let directory = match path.parent() {
        Some(directory) if directory != Path::new("") => directory,
        _ => Path::new("."),
    };
    if !directory.is_dir() {
        return Err(StoreError::NoDirectory {
            directory: directory.to_owned(),
        });
    }
    match OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
    {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(open_error(path, error)),
        _ => Ok(()),
    }
}

/// A commit is on the disk when it returns (`synchronous`), readers and the writer do not wait for
/// one another (WAL), what a large import left in the log is given back, and the log takes the
/// batches of an import (`wal_autocheckpoint`, in pages) before they are written into the file.
fn set_up_writer(connection: &rusqlite::Connection) -> rusqlite::Result<()> {
    use_wal(connection)?;
    connection.execute_batch(
        "PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -65536;
         PRAGMA wal_autocheckpoint = 8192;
         PRAGMA journal_size_limit = 67108864;",
    )
}

/// Changes a new database to WAL; one that is there already stays as it is.
fn use_wal(connection: &rusqlite::Connection) -> rusqlite::Result<()> {
    const PAUSE: Duration = Duration::from_millis(10);
    let mut waited = Duration::ZERO;
    loop {
        let outcome = connection.execute_batch("PRAGMA journal_mode = WAL");
        // Where two processes open a new database at once, SQLite tells one of them at once that
        // it is busy, whatever the timeout.
        match outcome {
            Err(error) if is_busy(&error) && waited < BUSY_TIMEOUT => {
                std::thread::sleep(PAUSE);
                waited += PAUSE;
            }
            _ => return outcome,
        }
    }
}

impl Connection for Sqlite {
    fn execute(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64, StoreError> {
        let mut statement = self.connection.prepare_cached(sql).map_err(failure)?;
        let changed = statement
            .execute(rusqlite::params_from_iter(values))
            .map_err(failure)?;
        Ok(u64::try_from(changed).expect("a number of rows fits"))
    }

    fn load(
        &mut self,
        table: &str,
        columns: &[&str],
        values: &[Value<'_>],
    ) -> Result<(), StoreError> {
        // As many as a statement takes values.
        let at_once = VALUES / columns.len() * columns.len();
        for rows in values.chunks(at_once) {
            self.execute(&insertion(table, columns, rows.len() / columns.len()), rows)?;
        }
        Ok(())
    }

    fn query(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
        each: EachRow<'_>,
    ) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(sql).map_err(failure)?;
        let mut rows = statement
            .query(rusqlite::params_from_iter(values))
            .map_err(failure)?;
        while let Some(row) = rows.next().map_err(failure)? {
            if each(&mut Row::new(row))?.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        let begin = match self.access {
            // A transaction that began by reading could not wait for another process's writer.
            Access::Write => "BEGIN IMMEDIATE",
            Access::Read | Access::Look => "BEGIN",
        };
        self.execute(begin, &[]).map(drop)
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        self.execute("COMMIT", &[]).map(drop)
    }

    fn define(&mut self, script: &str) -> Result<(), StoreError> {
        let script = script
            .replace("{key}", "INTEGER PRIMARY KEY AUTOINCREMENT")
            .replace("{text}", "TEXT")
            .replace("{blob}", "BLOB");
        self.connection.execute_batch(&script).map_err(failure)
    }

    fn define_own(&mut self, step: &Step) -> Result<(), StoreError> {
        self.define(step.sqlite)
    }

    fn text_index(&self, text: &str) -> Option<TextIndex> {
        Some(TextIndex {
            column: "phone.number",
            statement: "SELECT rowid FROM phone_text WHERE phone_text MATCH",
            value: trigrams(text)?,
        })
    }

    fn has_table(&mut self, name: &str) -> Result<bool, StoreError> {
        // Not `table_exists`, which asks the connection's own copy of the schema: another process
        // may have made the table since.
        let sql = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1";
        Ok(first(self, sql, &[name.into()], |row| row.integer())?.is_some())
    }

    fn data_version(&mut self) -> Result<i64, StoreError> {
        self.connection
            .pragma_query_value(None, "data_version", |row| row.get(0))
            .map_err(failure)
    }

    fn clock(&mut self, own: Timestamp) -> Result<Timestamp, StoreError> {
        Ok(own)
    }

    fn announce(&mut self) {
        // Whoever watches asks for the version.
    }

    fn copy_into(&mut self, path: &Path, each: EachPage<'_>) -> Result<bool, StoreError> {
        // `VACUUM INTO` is a little quicker, but phones wait longer for their commits meanwhile
        // (`cargo bench --bench backup`), and it can neither be watched nor stopped.
        /// 4 MiB of the usual pages.
        const PAGES: std::ffi::c_int = 1024;
        make_file(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut copy = rusqlite::Connection::open_with_flags(path, flags)
            .map_err(|error| open_error(path, error))?;
        // A copy that is not whole is worth nothing, so the disk need not keep up.
        copy.execute_batch("PRAGMA synchronous = OFF")
            .map_err(failure)?;
        let backup = Backup::new(&self.connection, &mut copy).map_err(failure)?;
        loop {
            let step = backup.step(PAGES).map_err(failure)?;
            let progress = backup.progress();
            let pages = |count| u64::try_from(count).unwrap_or_default();
            let of = pages(progress.pagecount);
            let go_on = each(of - pages(progress.remaining), of);
            match step {
                StepResult::Done => return Ok(true),
                _ if go_on.is_break() => return Ok(false),
                // Nobody keeps a reader of a log from reading, nor has the copy open.
                _ => {}
            }
        }
    }

    fn last_key(&mut self, table: &str) -> Result<i64, StoreError> {
        let sql = "SELECT seq FROM sqlite_sequence WHERE name = ?1";
        first(self, sql, &[table.into()], |row| row.integer()).map(Option::unwrap_or_default)
    }

    fn set_last_key(&mut self, table: &str, key: i64) -> Result<(), StoreError> {
        self.execute(
            "DELETE FROM sqlite_sequence WHERE name = ?1",
            &[table.into()],
        )?;
        let sql = "INSERT INTO sqlite_sequence (name, seq) VALUES (?1, ?2)";
        self.execute(sql, &[table.into(), key.into()]).map(drop)
    }

    fn check(&mut self) -> Result<(), StoreError> {
        let found = first(self, "PRAGMA integrity_check(1)", &[], |row| {
            Ok(row.text()?.into_owned())
        })?;
        match found.as_deref() {
            Some("ok") => Ok(()),
            other => Err(StoreError::corrupt(other.unwrap_or("nothing"))),
        }
    }
}

/// The full-text query for what has the text's trigrams. `None` where the text has none, and where it
/// cannot stand in a query.
fn trigrams(text: &str) -> Option<String> {
    /// More of them would hardly find fewer phones.
    const ENOUGH: usize = 8;
    if text.contains('\0') {
        return None;
    }
    let characters: Vec<char> = text.chars().collect();
    // Those that overlap take as long to look up, and find hardly fewer.
    let apart = characters.chunks_exact(3).take(ENOUGH);
    let trigrams: BTreeSet<String> = apart
        .chain(characters.last_chunk::<3>().map(|last| &last[..]))
        .map(|three| three.iter().collect::<String>().replace('"', "\"\""))
        .collect();
    let quoted: Vec<_> = trigrams
        .iter()
        .map(|trigram| format!("\"{trigram}\""))
        .collect();
    (!quoted.is_empty()).then(|| quoted.join(" AND "))
}

impl Columns for rusqlite::Row<'_> {
    fn value(&self, index: usize) -> Result<Value<'_>, StoreError> {
        Ok(match self.get_ref(index).map_err(failure)? {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(integer) => Value::Integer(integer),
            ValueRef::Text(text) => Value::Text(Cow::Borrowed(
                std::str::from_utf8(text).map_err(|_| StoreError::corrupt("text is not UTF-8"))?,
            )),
            ValueRef::Blob(bytes) => Value::Blob(bytes),
            ValueRef::Real(_) => return Err(StoreError::corrupt("a fraction")),
        })
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Integer(integer) => ValueRef::Integer(*integer),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

fn open_error(path: &Path, error: impl std::error::Error + Send + Sync + 'static) -> StoreError {
    StoreError::Open {
        path: path.to_owned(),
        source: Arc::new(error),
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}

fn failure(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        _ if is_busy(&error) => StoreError::Busy {
            seconds: BUSY_TIMEOUT.as_secs(),
        },
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StoreError::corrupt(error.to_string())
        }
        Some(ErrorCode::ReadOnly) => StoreError::ReadOnly {
            database: None,
            source: Arc::new(error),
        },
        _ => StoreError::Engine {
            source: Arc::new(error),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreUri;

    #[test]
    fn a_text_is_looked_for_by_its_trigrams() {
        assert_eq!(trigrams("abcd").as_deref(), Some("\"abc\" AND \"bcd\""));
        assert_eq!(trigrams("abcdef").as_deref(), Some("\"abc\" AND \"def\""));
        assert_eq!(trigrams("aaaa").as_deref(), Some("\"aaa\""));
        assert_eq!(trigrams("a\"b").as_deref(), Some("\"a\"\"b\""));
        assert_eq!(trigrams("東京都").as_deref(), Some("\"東京都\""));
        for none in ["", "a", "東京", "abc\0d"] {
            assert_eq!(trigrams(none), None, "{none:?}");
        }
    }

    #[test]
    fn a_database_that_may_be_read_alone_is_no_full_disk() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("capf.db");
        let mut writer = Sqlite::open(&path, Access::Write).unwrap();
        writer.define("CREATE TABLE number (n BIGINT)").unwrap();
        let mut reader = Sqlite::open(&path, Access::Read).unwrap();
        let refused = reader.execute("INSERT INTO number (n) VALUES (1)", &[]);
        let said = refused
            .unwrap_err()
            .of(&StoreUri::sqlite(&path))
            .to_string();
        assert!(said.contains(path.to_str().unwrap()), "{said}");
        assert!(said.contains("check who may write"), "{said}");
        assert!(!said.contains("free space"), "{said}");
    }
}
