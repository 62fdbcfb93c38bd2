//! Where the database is.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::StoreError;
use super::engine::{Access, Connection, postgres, sqlite};
use super::server::Server;

/// Where the database is, and so which engine keeps it: `sqlite:PATH`, or
/// `postgres://USER:PASSWORD@HOST/DATABASE`. Neither `Display` nor `Debug` shows the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreUri(Engine);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Engine {
    Sqlite { path: PathBuf },
    Postgres(Box<Server>),
}

/// Text that names no database. It is not repeated: it could hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidStoreUri {
    /// It begins as PostgreSQL's do, and goes on as none.
    #[error(
        "not a database on a PostgreSQL server; write postgres://USER:PASSWORD@HOST:PORT/DATABASE, and \
         `%` with two hexadecimal digits for what has a meaning there"
    )]
    Postgres,
    /// No word of libpq's for how a server is known, or one that leaves it open.
    #[error("sslmode is disable, require, verify-ca or verify-full")]
    SslMode,
    /// No path behind `sqlite:`.
    #[error("no path stands behind `sqlite:`; write sqlite:/var/lib/capf/capf.db or the like")]
    NoPath,
    /// Nothing that is known.
    #[error(
        "not a place for the database; write sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE"
    )]
    UnknownScheme,
}

impl StoreUri {
    /// An SQLite database in the file `path`.
    pub fn sqlite(path: impl Into<PathBuf>) -> Self {
        Self(Engine::Sqlite { path: path.into() })
    }

    /// The file of an SQLite database.
    pub fn file(&self) -> Option<&Path> {
        match &self.0 {
            Engine::Sqlite { path } => Some(path),
            Engine::Postgres(_) => None,
        }
    }

    pub(super) fn connect(&self, access: Access) -> Result<Box<dyn Connection>, StoreError> {
        match &self.0 {
            Engine::Sqlite { path } => Ok(Box::new(sqlite::Sqlite::open(path, access)?)),
            Engine::Postgres(server) => Ok(Box::new(postgres::Postgres::open(server, access)?)),
        }
    }
}

impl StoreUri {
    /// What hears of changes that other processes announce; nothing where the engine has no such
    /// thing.
    pub(super) fn listener(&self) -> Result<Option<postgres::Listener>, StoreError> {
        match &self.0 {
            Engine::Sqlite { .. } => Ok(None),
            Engine::Postgres(server) => postgres::Listener::begin(server).map(Some),
        }
    }
}

impl FromStr for StoreUri {
    type Err = InvalidStoreUri;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some(("sqlite", "")) => Err(InvalidStoreUri::NoPath),
            Some(("sqlite", path)) => Ok(Self::sqlite(path)),
            Some(("postgres" | "postgresql", _)) => {
                let server = Box::new(Server::parse(text)?);
                Ok(Self(Engine::Postgres(server)))
            }
            _ => Err(InvalidStoreUri::UnknownScheme),
        }
    }
}

impl fmt::Display for StoreUri {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Engine::Sqlite { path } => write!(formatter, "sqlite:{}", path.display()),
            Engine::Postgres(server) => server.fmt(formatter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_uri_names_the_engine_and_the_place() {
        assert_eq!(
            "sqlite:/var/lib/capf/capf.db".parse(),
            Ok(StoreUri::sqlite("/var/lib/capf/capf.db"))
        );
        assert_eq!(
            "sqlite:a b.db".parse::<StoreUri>().unwrap().to_string(),
            "sqlite:a b.db"
        );
    }

    #[test]
    fn what_cannot_be_opened_is_refused_without_repeating_a_password() {
        for (given, error) in [
            ("postgres:capf:secret@db/capf", InvalidStoreUri::Postgres),
            ("postgres://capf:secret@db", InvalidStoreUri::Postgres),
            ("sqlite:", InvalidStoreUri::NoPath),
            ("/var/lib/capf.db", InvalidStoreUri::UnknownScheme),
            ("mysql://capf:secret@db", InvalidStoreUri::UnknownScheme),
        ] {
            assert_eq!(given.parse::<StoreUri>(), Err(error));
            assert!(!error.to_string().contains("secret"));
        }
    }
}
