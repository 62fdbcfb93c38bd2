//! The database of capfd, another open-source CAPF: read, and never written.
//!
//! It is an SQLite file with a table `devices`, a row a phone. capfd may be running on it. So it is
//! opened for reading alone, and read in pages: between two pages nobody is kept from writing.
//!
//! Its columns are found by name. Only the names of the phones must be there; and because SQLite
//! takes any value in any column, and anybody may have edited the file, every value is handed out
//! as the text that it is, for the caller to judge.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, OpenFlags, ffi};

use super::engine::sqlite::{has_log, reader_uri};
use crate::secret::Password;

/// How long capfd's own write is waited for.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// How many rows are read at a time.
const PAGE: i64 = 500;

/// The table with the phones.
const TABLE: &str = "devices";

/// The columns in the order in which they are selected.
const COLUMNS: [&str; 10] = [
    "device_name",
    "operation",
    "authentication",
    "password",
    "key_size",
    "curve_name",
    "certificate",
    "serial_number",
    "not_valid_before",
    "not_valid_after",
];

/// A database of capfd, open for reading.
pub struct CapfdDatabase {
    connection: Connection,
    path: PathBuf,
    /// How a page is selected.
    select: String,
    missing_columns: Vec<&'static str>,
    /// The number of the last row that was read.
    last: i64,
    /// Where the file is read as one that nobody writes to: what shows that nobody does.
    still: Option<Stamp>,
}

/// A row of the table `devices`, as it stands there. `None` is NULL, or a column that is missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CapfdDevice {
    /// The row's number: SQLite's rowid, or its place where the table has none.
    pub row: i64,
    /// The name of the device.
    pub device_name: Option<String>,
    /// `install`, `fetch`, `delete` or `none`.
    pub operation: Option<String>,
    /// `no password`, `password` or `certificate`.
    pub authentication: Option<String>,
    /// The password that the user enters on the phone.
    pub password: Option<Password>,
    /// The size of an RSA key in bits.
    pub key_size: Option<String>,
    /// The curve of an EC key, in OpenSSL's or SECG's name.
    pub curve_name: Option<String>,
    /// The certificate that was issued to the phone, in PEM.
    pub certificate: Option<Vec<u8>>,
    /// The certificate's serial number.
    pub serial_number: Option<String>,
    /// The beginning of its validity.
    pub not_valid_before: Option<String>,
    /// The end of its validity.
    pub not_valid_after: Option<String>,
}

/// Why a database of capfd cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum CapfdError {
    /// It was written to, while it was read as a file that nobody has open.
    #[error("{} was written to while it was read", .path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// Somebody keeps it from being read.
    #[error(
        "{} is locked: another program has been writing to it for {seconds} seconds",
        .path.display()
    )]
    Locked {
        /// The file.
        path: PathBuf,
        /// How long was waited.
        seconds: u64,
    },
    /// The table has no column with the names of the phones.
    #[error("{}: the table `{TABLE}` has no column `device_name`", .path.display())]
    NoDeviceNames {
        /// The file.
        path: PathBuf,
    },
    /// It is a directory, a device or a pipe.
    #[error("{} is no regular file", .path.display())]
    NotRegularFile {
        /// The path.
        path: PathBuf,
    },
    /// It is something else.
    #[error("{} is no SQLite database", .path.display())]
    NotSqlite {
        /// The file.
        path: PathBuf,
    },
    /// It is the database of another program.
    #[error("{} is no database of capfd: it has no table `{TABLE}`", .path.display())]
    NoTable {
        /// The file.
        path: PathBuf,
    },
    /// The system does not let it be read.
    #[error("{} cannot be read", .path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// SQLite cannot read it.
    #[error("{} cannot be read as a database", .path.display())]
    Sqlite {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// It was left in the middle of a write.
    #[error(
        "{} was left in the middle of a write, which only a program that may write can undo",
        .path.display()
    )]
    Unfinished {
        /// The file.
        path: PathBuf,
    },
}

impl CapfdDatabase {
    /// Opens the database in the file `path`.
    ///
    /// Nothing is written: not to the file and, as far as SQLite lets it be, not beside it. Where
    /// capfd has crashed in WAL mode, the log that it left cannot be read without an index, which
    /// SQLite makes.
    pub fn open(path: &Path) -> Result<Self, CapfdError> {
        let stamp = Stamp::of(path).map_err(|source| CapfdError::Read {
            path: path.to_owned(),
            source,
        })?;
        let is_wal = is_wal(path)?;
        let failed = |error| failure(path, error);
        // A reader makes the log and its index where they are missing, and cannot take them away.
        let still = (is_wal && !stamp.has_log).then_some(stamp);
        let connection = connect(path, still.is_some()).map_err(failed)?;
        let columns = columns(&connection).map_err(failed)?;
        let has = |name: &&str| columns.iter().any(|it| it.eq_ignore_ascii_case(name));
        if columns.is_empty() {
            return Err(CapfdError::NoTable {
                path: path.to_owned(),
            });
        }
        if !has(&COLUMNS[0]) {
            return Err(CapfdError::NoDeviceNames {
                path: path.to_owned(),
            });
        }
        Ok(Self {
            select: select(has_row_numbers(&connection).map_err(failed)?, has),
            missing_columns: COLUMNS.into_iter().filter(|name| !has(name)).collect(),
            connection,
            path: path.to_owned(),
            last: i64::MIN,
            still,
        })
    }

    /// The columns that the table lacks, of those that it may.
    pub fn missing_columns(&self) -> &[&'static str] {
        &self.missing_columns
    }

    /// The next rows, in the order of their numbers; none at the end.
    pub fn page(&mut self) -> Result<Vec<CapfdDevice>, CapfdError> {
        let rows = self.rows().map_err(|error| failure(&self.path, error))?;
        // A file that has gone meanwhile stays as it was for whoever has it open.
        if let Some(before) = &self.still
            && Stamp::of(&self.path).is_ok_and(|now| now != *before)
        {
            return Err(CapfdError::Changed {
                path: self.path.clone(),
            });
        }
        if let Some(last) = rows.last() {
            self.last = last.row;
        }
        Ok(rows)
    }

    fn rows(&self) -> rusqlite::Result<Vec<CapfdDevice>> {
        self.connection
            .prepare_cached(&self.select)?
            .query_map([self.last], read_row)?
            .collect()
    }
}

/// What changes when somebody writes to the database.
#[derive(PartialEq, Eq)]
struct Stamp {
    length: u64,
    modified: SystemTime,
    /// Whether a log of changes, or its index, lies beside it: somebody has it open, or had it open
    /// and crashed.
    has_log: bool,
}

impl Stamp {
    fn of(path: &Path) -> io::Result<Self> {
        let found = path.metadata()?;
        Ok(Self {
            length: found.len(),
            modified: found.modified()?,
            has_log: has_log(path)?,
        })
    }
}

/// Whether changes go to a log first, by the file's header (<https://sqlite.org/fileformat.html>).
fn is_wal(path: &Path) -> Result<bool, CapfdError> {
    const MAGIC: &[u8] = b"SQLite format 3\0";
    const READ_VERSION: usize = 19;
    const WAL: u8 = 2;
    let failed = |source| CapfdError::Read {
        path: path.to_owned(),
        source,
    };
    // Before it is opened: to open a pipe would be to wait for whoever fills it.
    if !path.metadata().map_err(failed)?.is_file() {
        return Err(CapfdError::NotRegularFile {
            path: path.to_owned(),
        });
    }
    let mut header = Vec::new();
    File::open(path)
        .and_then(|file| file.take(100).read_to_end(&mut header))
        .map_err(failed)?;
    match header.get(READ_VERSION) {
        Some(version) if header.starts_with(MAGIC) => Ok(*version == WAL),
        _ => Err(CapfdError::NotSqlite {
            path: path.to_owned(),
        }),
    }
}

/// Opens it; as a file that nobody writes to, without locks and without files beside it, where
/// `is_still`.
fn connect(path: &Path, is_still: bool) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(reader_uri(path, is_still), flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // What stands in a file of others is read, and not executed.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    Ok(connection)
}

fn columns(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    connection
        .prepare("SELECT name FROM pragma_table_info(?1)")?
        .query_map([TABLE], |row| row.get(0))?
        .collect()
}

/// Whether it is a table with row numbers, and neither a view nor one made WITHOUT ROWID.
fn has_row_numbers(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row(
        "SELECT COUNT(*) FROM pragma_table_list(?1)
         WHERE schema = 'main' AND type = 'table' AND wr = 0",
        [TABLE],
        |row| row.get(0),
    )
}

/// The statement for the rows behind a number.
fn select(has_row_numbers: bool, has_column: impl Fn(&&str) -> bool) -> String {
    let (number, rows) = if has_row_numbers {
        ("rowid", format!("rowid > ?1 ORDER BY rowid LIMIT {PAGE}"))
    } else {
        // They are counted instead. The first page has all of them, and the next begins behind 0.
        ("ROW_NUMBER() OVER ()", "0 > ?1".to_owned())
    };
    let columns: Vec<_> = COLUMNS
        .iter()
        .map(|name| if has_column(name) { *name } else { "NULL" })
        .collect();
    format!(
        "SELECT {number}, {} FROM {TABLE} WHERE {rows}",
        columns.join(", ")
    )
}

fn read_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<CapfdDevice> {
    let text = |column: usize| row.get_ref(column).map(text);
    Ok(CapfdDevice {
        row: row.get(0)?,
        device_name: text(1)?,
        operation: text(2)?,
        authentication: text(3)?,
        password: bytes(row.get_ref(4)?, Password::new),
        key_size: text(5)?,
        curve_name: text(6)?,
        certificate: bytes(row.get_ref(7)?, <[u8]>::to_vec),
        serial_number: text(8)?,
        not_valid_before: text(9)?,
        not_valid_after: text(10)?,
    })
}

/// Any value as text. What is not UTF-8 is none of the words that are looked for, and becomes
/// replacement characters.
fn text(value: ValueRef<'_>) -> Option<String> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(integer) => Some(integer.to_string()),
        ValueRef::Real(real) => Some(real.to_string()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            Some(String::from_utf8_lossy(bytes).into_owned())
        }
    }
}

/// What is made of a value's bytes, which are not looked at.
fn bytes<T>(value: ValueRef<'_>, make: impl FnOnce(&[u8]) -> T) -> Option<T> {
    match value {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(make(bytes)),
        other => text(other).map(|text| make(text.as_bytes())),
    }
}

fn failure(path: &Path, error: rusqlite::Error) -> CapfdError {
    let path = path.to_owned();
    let extended = error.sqlite_error().map(|error| error.extended_code);
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => CapfdError::Locked {
            path,
            seconds: BUSY_TIMEOUT.as_secs(),
        },
        Some(ErrorCode::NotADatabase) => CapfdError::NotSqlite { path },
        _ if extended == Some(ffi::SQLITE_READONLY_ROLLBACK) => CapfdError::Unfinished { path },
        _ => CapfdError::Sqlite {
            path,
            source: error,
        },
    }
}
