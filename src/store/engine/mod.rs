//! What every engine gives: statements with bound values, rows, transactions.
//!
//! SQL is written once, in the words that SQLite and PostgreSQL share, with parameters as `?1`. An
//! engine's file is the only one that names its driver.

pub(super) mod postgres;
pub(super) mod sqlite;

use std::borrow::Cow;
use std::net::IpAddr;
use std::ops::ControlFlow;
use std::path::Path;

use jiff::Timestamp;

use super::StoreError;
use super::number::Numbered;
use crate::model::{Certificate, DeviceName};
use crate::pki::KeyFingerprint;

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// The one connection of this process that writes.
    Write,
    /// Reading alone.
    Read,
    /// Reading alone, where nothing may be written: not even a log beside the database.
    Look,
}

/// A value on its way to the database, or out of it. Deliberately without `Debug`: some are secret.
#[derive(Clone)]
pub(super) enum Value<'a> {
    Null,
    Integer(i64),
    Text(Cow<'a, str>),
    Blob(&'a [u8]),
}

/// A value that belongs to nobody's statement.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Owned {
    Null,
    Integer(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl Owned {
    pub(super) fn value(&self) -> Value<'_> {
        match self {
            Self::Null => Value::Null,
            Self::Integer(integer) => Value::Integer(*integer),
            Self::Text(text) => Value::Text(Cow::Borrowed(text)),
            Self::Blob(bytes) => Value::Blob(bytes),
        }
    }
}

/// What is done with each row of an answer; tells whether the next one is wanted, too.
pub(super) type EachRow<'a> =
    &'a mut dyn FnMut(&mut Row<'_>) -> Result<ControlFlow<()>, StoreError>;

/// Hears how far a copy is, of how much, and tells whether it is to go on.
pub(super) type EachPage<'a> = &'a mut dyn FnMut(u64, u64) -> ControlFlow<()>;

/// A step of the schema. An engine's own part comes behind what all have.
pub(super) struct Step {
    pub(super) all: &'static str,
    pub(super) sqlite: &'static str,
}

/// What finds the phones that may have a text somewhere in their name or description.
pub(super) struct TextIndex {
    /// The column of `phone` by which they are found.
    pub(super) column: &'static str,
    /// The statement that answers that column, up to the value that it takes.
    pub(super) statement: &'static str,
    pub(super) value: String,
}

/// A connection to an engine.
pub(super) trait Connection: Send {
    /// Runs a statement that answers no rows and tells how many it changed.
    fn execute(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64, StoreError>;

    /// Runs a statement and hands over the rows of its answer, one at a time, while they are wanted.
    fn query(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
        each: EachRow<'_>,
    ) -> Result<(), StoreError>;

    /// Writes rows into a table, however many, in the engine's quickest way: the values of these columns,
    /// one row behind the other. None may be there.
    fn load(
        &mut self,
        table: &str,
        columns: &[&str],
        values: &[Value<'_>],
    ) -> Result<(), StoreError>;

    /// Begins a transaction fit for the connection's [`Access`].
    fn begin(&mut self) -> Result<(), StoreError>;

    /// Ends the transaction so that it stands. Where the connection is lost meanwhile, it is made
    /// sure whether it does.
    fn commit(&mut self) -> Result<(), StoreError>;

    /// Runs statements of the schema, with the engine's words in place of `{key}`, `{text}` and
    /// `{blob}`.
    fn define(&mut self, script: &str) -> Result<(), StoreError>;

    /// Runs the engine's own part of a step.
    fn define_own(&mut self, step: &Step) -> Result<(), StoreError>;

    /// The engine's index of texts, where it has one that serves this text. It finds every phone whose
    /// name has it, in upper case, or whose description has it, in lower case; and it may find others.
    fn text_index(&self, text: &str) -> Option<TextIndex>;

    /// Whether there is a table of this name.
    fn has_table(&mut self, name: &str) -> Result<bool, StoreError>;

    /// A number that is another one after any other connection, of whatever process, has committed.
    fn data_version(&mut self) -> Result<i64, StoreError>;

    /// Has the transaction, once it stands, tell the watches of other processes that there is
    /// something to look at.
    fn announce(&mut self);

    /// The time by which nodes compare what they say: the database's, where it has one, else one's own.
    fn clock(&mut self, own: Timestamp) -> Result<Timestamp, StoreError>;

    /// Writes all that is in the database, as the transaction sees it, into a new SQLite file. `each`
    /// hears how many pages are written, of how many, and says whether to go on; tells whether it did.
    fn copy_into(&mut self, path: &Path, each: EachPage<'_>) -> Result<bool, StoreError>;

    /// The highest number that a row of this table was ever given; 0 where none was.
    fn last_key(&mut self, table: &str) -> Result<i64, StoreError>;

    /// Has the next row of this table be given a higher number than this.
    fn set_last_key(&mut self, table: &str, key: i64) -> Result<(), StoreError>;

    /// Looks whether every page and every index is sound. What is not is [`StoreError::Corrupt`].
    fn check(&mut self) -> Result<(), StoreError>;
}

/// Reads the answer's first row, if it has one.
pub(super) fn first<T>(
    connection: &mut dyn Connection,
    sql: &str,
    values: &[Value<'_>],
    mut read: impl FnMut(&mut Row<'_>) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    let mut found = None;
    connection.query(sql, values, &mut |row| {
        found = Some(read(row)?);
        Ok(ControlFlow::Break(()))
    })?;
    Ok(found)
}

/// Reads all rows of the answer.
pub(super) fn all<T>(
    connection: &mut dyn Connection,
    sql: &str,
    values: &[Value<'_>],
    mut read: impl FnMut(&mut Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut rows = Vec::new();
    connection.query(sql, values, &mut |row| {
        rows.push(read(row)?);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(rows)
}

/// `?5, ?6, ?7`: so many, from this number on.
pub(super) fn placeholders(from: usize, count: usize) -> String {
    let names: Vec<_> = (from..from + count)
        .map(|number| format!("?{number}"))
        .collect();
    names.join(", ")
}

/// The statement that writes so many rows into a table.
fn insertion(table: &str, columns: &[&str], rows: usize) -> String {
    let width = columns.len();
    let rows: Vec<_> = (0..rows)
        .map(|row| format!("({})", placeholders(row * width + 1, width)))
        .collect();
    let (columns, rows) = (columns.join(", "), rows.join(", "));
    format!("INSERT INTO {table} ({columns}) VALUES {rows}")
}

/// Deletes all but the `keep` latest of some rows, which `rows` names as `TABLE WHERE CONDITION`.
pub(super) fn delete_beyond(
    connection: &mut dyn Connection,
    keep: i64,
    rows: &str,
    values: &[Value<'_>],
) -> Result<(), StoreError> {
    let sql = format!(
        "DELETE FROM {rows} AND id <= (SELECT id FROM {rows} ORDER BY id DESC LIMIT 1 OFFSET {keep})"
    );
    connection.execute(&sql, values).map(drop)
}

/// The columns of a row, as an engine gives them.
pub(super) trait Columns {
    fn value(&self, index: usize) -> Result<Value<'_>, StoreError>;
}

/// A row, read column by column in the order of the statement.
pub(super) struct Row<'a> {
    columns: &'a dyn Columns,
    next: usize,
}

impl<'a> Row<'a> {
    pub(super) fn new(columns: &'a dyn Columns) -> Self {
        Self { columns, next: 0 }
    }

    fn value(&mut self) -> Result<Value<'a>, StoreError> {
        let value = self.columns.value(self.next)?;
        self.next += 1;
        Ok(value)
    }

    /// The value, whatever it is.
    pub(super) fn owned(&mut self) -> Result<Owned, StoreError> {
        Ok(match self.value()? {
            Value::Null => Owned::Null,
            Value::Integer(integer) => Owned::Integer(integer),
            Value::Text(text) => Owned::Text(text.into_owned()),
            Value::Blob(bytes) => Owned::Blob(bytes.to_vec()),
        })
    }

    fn unexpected<T>(&self, wanted: &str) -> Result<T, StoreError> {
        Err(StoreError::corrupt(format!(
            "column {} is no {wanted}",
            self.next
        )))
    }

    pub(super) fn integer(&mut self) -> Result<i64, StoreError> {
        match self.value()? {
            Value::Integer(integer) => Ok(integer),
            _ => self.unexpected("whole number"),
        }
    }

    pub(super) fn count(&mut self) -> Result<u64, StoreError> {
        let count = self.integer()?;
        u64::try_from(count).or_else(|_| self.unexpected("count"))
    }

    pub(super) fn text(&mut self) -> Result<Cow<'a, str>, StoreError> {
        match self.value()? {
            Value::Text(text) => Ok(text),
            _ => self.unexpected("text"),
        }
    }

    pub(super) fn optional_text(&mut self) -> Result<Option<String>, StoreError> {
        match self.value()? {
            Value::Null => Ok(None),
            Value::Text(text) => Ok(Some(text.into_owned())),
            _ => self.unexpected("text"),
        }
    }

    pub(super) fn blob(&mut self) -> Result<&'a [u8], StoreError> {
        match self.value()? {
            Value::Blob(bytes) => Ok(bytes),
            _ => self.unexpected("run of bytes"),
        }
    }

    pub(super) fn optional_integer(&mut self) -> Result<Option<i64>, StoreError> {
        match self.value()? {
            Value::Null => Ok(None),
            Value::Integer(integer) => Ok(Some(integer)),
            _ => self.unexpected("whole number"),
        }
    }

    pub(super) fn time(&mut self) -> Result<Timestamp, StoreError> {
        let milliseconds = self.integer()?;
        Timestamp::from_millisecond(milliseconds).or_else(|_| self.unexpected("time"))
    }

    pub(super) fn optional_time(&mut self) -> Result<Option<Timestamp>, StoreError> {
        self.optional_integer()?
            .map(|time| Timestamp::from_millisecond(time).or_else(|_| self.unexpected("time")))
            .transpose()
    }

    /// A value of an enumeration.
    pub(super) fn word<T: Numbered>(&mut self) -> Result<T, StoreError> {
        let number = self.integer()?;
        self.known(number)
    }

    pub(super) fn optional_word<T: Numbered>(&mut self) -> Result<Option<T>, StoreError> {
        self.optional_integer()?
            .map(|number| self.known(number))
            .transpose()
    }

    fn known<T: Numbered>(&self, number: i64) -> Result<T, StoreError> {
        T::from_number(number).map_or_else(|| self.unexpected("number of an enumeration"), Ok)
    }

    pub(super) fn device(&mut self) -> Result<DeviceName, StoreError> {
        self.text()?
            .parse()
            .or_else(|_| self.unexpected("device name"))
    }

    pub(super) fn optional_device(&mut self) -> Result<Option<DeviceName>, StoreError> {
        self.optional_text()?
            .map(|name| name.parse().or_else(|_| self.unexpected("device name")))
            .transpose()
    }

    pub(super) fn address(&mut self) -> Result<IpAddr, StoreError> {
        self.text()?.parse().or_else(|_| self.unexpected("address"))
    }

    pub(super) fn optional_address(&mut self) -> Result<Option<IpAddr>, StoreError> {
        self.optional_text()?
            .map(|address| address.parse().or_else(|_| self.unexpected("address")))
            .transpose()
    }

    pub(super) fn certificate(&mut self) -> Result<Certificate, StoreError> {
        Certificate::from_der(self.blob()?)
            .map_err(|error| StoreError::corrupt(format!("column {}: {error}", self.next)))
    }
}

impl From<i64> for Value<'_> {
    fn from(integer: i64) -> Self {
        Self::Integer(integer)
    }
}

impl From<Timestamp> for Value<'_> {
    fn from(time: Timestamp) -> Self {
        Self::Integer(time.as_millisecond())
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl<'a> From<&'a DeviceName> for Value<'a> {
    fn from(name: &'a DeviceName) -> Self {
        name.as_str().into()
    }
}

impl From<IpAddr> for Value<'_> {
    fn from(address: IpAddr) -> Self {
        address.to_string().into()
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Blob(bytes)
    }
}

impl<'a> From<&'a KeyFingerprint> for Value<'a> {
    fn from(fingerprint: &'a KeyFingerprint) -> Self {
        Self::Blob(fingerprint.as_bytes())
    }
}

impl<T: Into<Self>> From<Option<T>> for Value<'_> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}
