//! PostgreSQL: one database for any number of nodes.
//!
//! Whoever writes holds a lock that the whole cluster shares, from the beginning of its transaction to
//! the end: so the nodes take turns at what SQLite lets one process do at a time, every decision in a
//! transaction is made on what is so, and no transaction fails because of another. A turn is shared by
//! all the jobs of a batch.
//!
//! A connection that is lost is made anew, for as long as anybody can be expected to wait, and what was
//! not committed is done again. Whether a commit was carried out whose answer never came, the server
//! says itself (`pg_xact_status`).

use std::borrow::Cow;
use std::collections::HashMap;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use postgres::binary_copy::BinaryCopyInWriter;
use postgres::error::SqlState;
use postgres::fallible_iterator::FallibleIterator as _;
use postgres::types::private::BytesMut;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, Statement};
use tokio::sync::Notify;

use super::{
    Access, Columns, Connection, EachPage, EachRow, Row, Step, TextIndex, Value, first, insertion,
};
use crate::store::StoreError;
use crate::store::server::Server;

/// How long a writer waits for the writers of other nodes and processes.
const BUSY: Duration = Duration::from_secs(30);

/// How long a lost connection is made anew again and again: a server that restarts is back by then.
const PATIENCE: Duration = Duration::from_secs(30);

/// How soon another attempt follows the first, and then each twice as late, up to a second.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// The key of the lock that writers share (`pg_advisory_xact_lock`): `capf` in ASCII.
const WRITERS: i64 = 0x6361_7066;

/// The channel by which writers tell other nodes that there is something to look at.
const CHANNEL: &str = "capf";

/// More than there are statements, so that each is prepared once a connection.
const PREPARED_STATEMENTS: usize = 256;

/// A connection to a PostgreSQL database.
pub(in crate::store) struct Postgres {
    server: Server,
    access: Access,
    client: Option<Client>,
    statements: HashMap<String, Statement>,
    /// The transaction that is open, of a writer.
    transaction: Option<String>,
    /// Whether others are to be told of it.
    announces: bool,
}

impl Postgres {
    /// Connects. What keeps it from that is told at once: no server is waited for.
    pub(in crate::store) fn open(server: &Server, access: Access) -> Result<Self, StoreError> {
        let mut connection = Self {
            server: server.clone(),
            access,
            client: None,
            statements: HashMap::new(),
            transaction: None,
            announces: false,
        };
        connection.connect().map_err(no_server)?;
        Ok(connection)
    }

    fn connect(&mut self) -> Result<(), Box<dyn Error + Send + Sync>> {
        self.client = None;
        self.statements.clear();
        let mut client = self.server.connect()?;
        // Whoever hangs within a transaction loses it before the others have lost their patience.
        client.batch_execute(&format!(
            "SET lock_timeout = {busy}; SET idle_in_transaction_session_timeout = {hung};
             SET statement_timeout = 0; SET client_min_messages = warning",
            busy = BUSY.as_millis(),
            hung = BUSY.as_millis() / 2,
        ))?;
        self.client = Some(client);
        Ok(())
    }

    /// The connection, made anew where it is lost.
    fn connected(&mut self) -> Result<&mut Client, StoreError> {
        let began = Instant::now();
        let mut pause = FIRST_PAUSE;
        while self.client.as_ref().is_none_or(Client::is_closed) {
            let Err(error) = self.connect() else {
                tracing::info!("connected to the database again");
                break;
            };
            if began.elapsed() > PATIENCE {
                return Err(no_server(error));
            }
            if pause == FIRST_PAUSE {
                tracing::warn!(
                    error = &*error as &dyn Error,
                    "the database cannot be reached; trying again"
                );
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        self.client.as_mut().ok_or(StoreError::Unanswered)
    }

    /// The connection as it is: within a transaction, another would be no help.
    fn client(&mut self) -> Result<&mut Client, StoreError> {
        match &mut self.client {
            Some(client) if !client.is_closed() => Ok(client),
            _ => Err(StoreError::Lost {
                source: Arc::new(std::io::Error::from(std::io::ErrorKind::ConnectionReset)),
            }),
        }
    }

    /// The statement, prepared for values of these types: what the server would conclude from what
    /// stands beside them is often narrower.
    fn statement(&mut self, sql: &str, values: &[Value<'_>]) -> Result<Statement, StoreError> {
        let types: Vec<_> = values.iter().map(type_of).collect();
        let serves = |known: &&Statement| {
            let mut pairs = known.params().iter().zip(&types);
            pairs.all(|(known, wanted)| *wanted == Type::UNKNOWN || known == wanted)
        };
        if let Some(known) = self.statements.get(sql).filter(serves) {
            return Ok(known.clone());
        }
        let statement = self
            .client()?
            .prepare_typed(&numbered(sql), &types)
            .map_err(failure)?;
        if self.statements.len() >= PREPARED_STATEMENTS {
            self.statements.clear();
        }
        self.statements.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    /// Whether a transaction was committed whose connection was lost meanwhile.
    fn was_committed(&mut self, transaction: &str) -> Result<bool, StoreError> {
        let began = Instant::now();
        loop {
            let sql = "SELECT pg_xact_status($1::text::xid8)";
            let answer = self.connected()?.query_one(sql, &[&transaction]);
            let status = answer.and_then(|row| row.try_get::<_, Option<String>>(0));
            match status {
                Ok(Some(status)) if status == "committed" => return Ok(true),
                Ok(Some(status)) if status == "aborted" => return Ok(false),
                // The server has not yet noticed that the connection is gone.
                Ok(Some(_)) if began.elapsed() < PATIENCE => std::thread::sleep(FIRST_PAUSE),
                Err(error) if is_lost(&error) && began.elapsed() < PATIENCE => {}
                Ok(_) => return Err(StoreError::Unanswered),
                Err(error) => return Err(failure(error)),
            }
        }
    }
}

/// Hears what writers announce, on a connection of its own, until it is dropped.
pub(in crate::store) struct Listener(Arc<Notify>);

impl Listener {
    /// Begins to listen. Where the connection is lost, somebody may have announced something
    /// meanwhile, so that counts as an announcement.
    pub(in crate::store) fn begin(server: &Server) -> Result<Self, StoreError> {
        let mut connection = Postgres::open(server, Access::Look)?;
        let told = Arc::new(Notify::new());
        let listener = Arc::downgrade(&told);
        let listen = move || {
            let mut listens = false;
            while let Some(told) = listener.upgrade() {
                let client = connection.connected();
                let heard = client.and_then(|client| hear(client, &mut listens));
                match heard {
                    Ok(false) => {}
                    Ok(true) => told.notify_one(),
                    Err(error) => {
                        tracing::debug!(%error, "listening to the database");
                        connection.client = None;
                        listens = false;
                    }
                }
            }
        };
        std::thread::Builder::new()
            .name("store-listen".to_owned())
            .spawn(listen)
            .map_err(|error| no_server(error.into()))?;
        Ok(Self(told))
    }

    /// Waits until something was announced.
    pub(in crate::store) async fn told(&self) {
        self.0.notified().await;
    }
}

/// Listens for a while; tells whether there may be something to look at.
fn hear(client: &mut Client, listens: &mut bool) -> Result<bool, StoreError> {
    /// How soon a listener that nobody wants any more ends.
    const A_WHILE: Duration = Duration::from_secs(1);
    if !*listens {
        let sql = format!("LISTEN {CHANNEL}");
        client.batch_execute(&sql).map_err(failure)?;
        *listens = true;
        return Ok(true);
    }
    let mut notifications = client.notifications();
    let told = notifications.timeout_iter(A_WHILE).next();
    Ok(told.map_err(failure)?.is_some())
}

impl Connection for Postgres {
    fn execute(&mut self, sql: &str, values: &[Value<'_>]) -> Result<u64, StoreError> {
        // The words of transactions cannot be prepared.
        if values.is_empty() && is_of_transactions(sql) {
            return self
                .client()?
                .batch_execute(sql)
                .map(|()| 0)
                .map_err(failure);
        }
        let statement = self.statement(sql, values)?;
        let bound: Vec<_> = values.iter().map(Bound).collect();
        let bound: Vec<_> = bound.iter().map(|value| value as _).collect();
        self.client()?.execute(&statement, &bound).map_err(failure)
    }

    fn load(
        &mut self,
        table: &str,
        columns: &[&str],
        values: &[Value<'_>],
    ) -> Result<(), StoreError> {
        let width = columns.len();
        match values.len() / width {
            0 => return Ok(()),
            // What a phone's session writes is prepared already; a copy is set up anew each time.
            1 => {
                return self
                    .execute(&insertion(table, columns, 1), values)
                    .map(drop);
            }
            _ => {}
        }
        // The type of a column is that of the values which are there.
        let types: Vec<_> = (0..width)
            .map(|column| {
                let mut types = values.iter().skip(column).step_by(width).map(type_of);
                types.find(|it| *it != Type::UNKNOWN).unwrap_or(Type::TEXT)
            })
            .collect();
        let sql = format!(
            "COPY {table} ({}) FROM STDIN (FORMAT binary)",
            columns.join(", ")
        );
        let sink = self.client()?.copy_in(&sql).map_err(failure)?;
        let mut writer = BinaryCopyInWriter::new(sink, &types);
        for row in values.chunks(width) {
            let bound: Vec<_> = row.iter().map(Bound).collect();
            let bound: Vec<_> = bound.iter().map(|value| value as _).collect();
            writer.write(&bound).map_err(failure)?;
        }
        writer.finish().map(drop).map_err(failure)
    }

    fn query(
        &mut self,
        sql: &str,
        values: &[Value<'_>],
        each: EachRow<'_>,
    ) -> Result<(), StoreError> {
        let statement = self.statement(sql, values)?;
        let values = values.iter().map(Bound);
        let mut rows = self
            .client()?
            .query_raw(&statement, values)
            .map_err(failure)?;
        while let Some(row) = rows.next().map_err(failure)? {
            if each(&mut Row::new(&row))?.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        self.announces = false;
        self.transaction = None;
        match self.access {
            Access::Read | Access::Look => self
                .connected()?
                .batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                .map_err(failure),
            Access::Write => {
                self.connected()?.batch_execute("BEGIN").map_err(failure)?;
                let sql = "SELECT CAST(pg_current_xact_id() AS TEXT),
                                  CAST(pg_advisory_xact_lock(?1) AS TEXT)";
                self.transaction = first(self, sql, &[WRITERS.into()], |row| {
                    Ok(row.text()?.into_owned())
                })?;
                Ok(())
            }
        }
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        if self.announces {
            let sql = format!("NOTIFY {CHANNEL}");
            self.client()?.batch_execute(&sql).map_err(failure)?;
        }
        let committed = self.client()?.batch_execute("COMMIT").map_err(failure);
        match (committed, self.transaction.take()) {
            (Err(error), Some(transaction)) if error.is_lost() => {
                if self.was_committed(&transaction)? {
                    Ok(())
                } else {
                    Err(error)
                }
            }
            (outcome, _) => outcome,
        }
    }

    fn define(&mut self, script: &str) -> Result<(), StoreError> {
        let script = script
            .replace(
                "{key}",
                "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
            )
            .replace("{text}", "TEXT COLLATE \"C\"")
            .replace("{blob}", "BYTEA");
        self.connected()?.batch_execute(&script).map_err(failure)
    }

    fn define_own(&mut self, _: &Step) -> Result<(), StoreError> {
        Ok(())
    }

    fn text_index(&self, _: &str) -> Option<TextIndex> {
        // One would need an extension, and looking at every name takes it some hundredths of a second.
        None
    }

    fn has_table(&mut self, name: &str) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM pg_catalog.pg_tables
                   WHERE schemaname = current_schema() AND tablename = ?1";
        self.connected()?;
        Ok(first(self, sql, &[name.into()], |row| row.integer())?.is_some())
    }

    fn data_version(&mut self) -> Result<i64, StoreError> {
        // Writers take turns, so what is committed later has the higher number.
        let sql = "SELECT COALESCE(MAX(id), 0) FROM audit";
        first(self, sql, &[], |row| row.integer()).map(Option::unwrap_or_default)
    }

    fn clock(&mut self, own: Timestamp) -> Result<Timestamp, StoreError> {
        let sql = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";
        first(self, sql, &[], |row| row.time()).map(|time| time.unwrap_or(own))
    }

    fn announce(&mut self) {
        self.announces = true;
    }

    fn copy_into(&mut self, path: &Path, each: EachPage<'_>) -> Result<bool, StoreError> {
        crate::store::copy::into_sqlite(self, path, each)
    }

    fn last_key(&mut self, table: &str) -> Result<i64, StoreError> {
        // The name is the schema's own, and it is a sequence that no transaction takes back.
        let sql = format!(
            "SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM {table}_id_seq"
        );
        first(self, &sql, &[], |row| row.integer()).map(Option::unwrap_or_default)
    }

    fn set_last_key(&mut self, table: &str, key: i64) -> Result<(), StoreError> {
        let sql = "SELECT setval(CAST(CAST(?1 AS TEXT) AS REGCLASS), ?2, FALSE)";
        let sequence = format!("{table}_id_seq");
        first(self, sql, &[sequence.into(), (key + 1).into()], |row| {
            row.integer()
        })
        .map(drop)
    }

    fn check(&mut self) -> Result<(), StoreError> {
        first(
            self,
            "SELECT version FROM schema_version LIMIT 1",
            &[],
            |row| row.integer(),
        )
        .map(drop)
    }
}

/// Statements with which transactions begin and end.
fn is_of_transactions(sql: &str) -> bool {
    ["COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE"]
        .iter()
        .any(|word| sql.starts_with(word))
}

/// The statement with its parameters as PostgreSQL writes them: `$1` for `?1`.
fn numbered(sql: &str) -> String {
    let mut numbered = String::with_capacity(sql.len());
    let mut rest = sql.chars().peekable();
    while let Some(c) = rest.next() {
        let is_parameter = c == '?' && rest.peek().is_some_and(char::is_ascii_digit);
        numbered.push(if is_parameter { '$' } else { c });
    }
    numbered
}

fn type_of(value: &Value<'_>) -> Type {
    match value {
        // Which is the server's to conclude.
        Value::Null => Type::UNKNOWN,
        Value::Integer(_) => Type::INT8,
        Value::Text(_) => Type::TEXT,
        Value::Blob(_) => Type::BYTEA,
    }
}

/// A value on its way to the server, which no log shows.
struct Bound<'a>(&'a Value<'a>);

impl std::fmt::Debug for Bound<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a value")
    }
}

impl ToSql for Bound<'_> {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self.0 {
            Value::Null => Ok(IsNull::Yes),
            Value::Integer(integer) => integer.to_sql(kind, out),
            Value::Text(text) => text.as_ref().to_sql(kind, out),
            Value::Blob(bytes) => bytes.to_sql(kind, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl Columns for postgres::Row {
    fn value(&self, index: usize) -> Result<Value<'_>, StoreError> {
        let column = self
            .columns()
            .get(index)
            .ok_or_else(|| StoreError::corrupt(format!("there is no column {index}")))?;
        let value = match *column.type_() {
            Type::INT8 => self
                .try_get::<_, Option<i64>>(index)
                .map(|value| value.map(Value::Integer)),
            Type::INT4 => self
                .try_get::<_, Option<i32>>(index)
                .map(|value| value.map(|integer| Value::Integer(integer.into()))),
            Type::TEXT | Type::VARCHAR => self
                .try_get::<_, Option<&str>>(index)
                .map(|value| value.map(|text| Value::Text(Cow::Borrowed(text)))),
            Type::BYTEA => self
                .try_get::<_, Option<&[u8]>>(index)
                .map(|value| value.map(Value::Blob)),
            ref other => {
                return Err(StoreError::corrupt(format!("a column of the type {other}")));
            }
        };
        Ok(value.map_err(failure)?.unwrap_or(Value::Null))
    }
}

/// Whether the connection is gone, or the server was about to end it; or the transaction was the
/// victim of another, and can be done again as well.
fn is_lost(error: &postgres::Error) -> bool {
    // Class 08 is of connections, 57P0x of a server that ends or begins, 25P03 of a transaction that
    // hung, 40001 and 40P01 of transactions that stood in one another's way.
    const CODES: [&str; 6] = ["57P01", "57P02", "57P03", "25P03", "40001", "40P01"];
    if let Some(code) = error.code().map(SqlState::code) {
        code.starts_with("08") || CODES.contains(&code)
    } else {
        let source = error.source();
        error.is_closed() || source.is_some_and(|source| source.is::<std::io::Error>())
    }
}

fn no_server(error: Box<dyn Error + Send + Sync>) -> StoreError {
    StoreError::NoServer {
        source: match error.downcast::<postgres::Error>() {
            Ok(error) => cause(*error),
            Err(error) => error.into(),
        },
    }
}

/// What the server says, where it says something.
fn cause(error: postgres::Error) -> Arc<dyn Error + Send + Sync> {
    match error.as_db_error() {
        Some(said) => Arc::new(said.clone()),
        None => Arc::new(error),
    }
}

fn failure(error: postgres::Error) -> StoreError {
    let code = error.code().map(|code| code.code().to_owned());
    let lost = is_lost(&error);
    let source = cause(error);
    match code.as_deref() {
        _ if lost => StoreError::Lost { source },
        Some("55P03") => StoreError::Busy {
            seconds: BUSY.as_secs(),
        },
        Some("25006" | "42501") => StoreError::Forbidden { source },
        Some(code) if code.starts_with("XX") => StoreError::corrupt(source.to_string()),
        _ => StoreError::Engine { source },
    }
}
