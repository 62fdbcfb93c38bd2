//! Where the database is.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::StoreError;
use super::engine::{Access, Connection, sqlite};

/// Where the database is, and so which engine keeps it: `sqlite:PATH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreUri(Engine);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Engine {
    Sqlite { path: PathBuf },
}

/// Text that names no database. It is not repeated: it could hold a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidStoreUri {
    /// PostgreSQL is yet to come.
    #[error("PostgreSQL is not in this version; write sqlite:PATH")]
    PostgreSqlNotYet,
    /// No path behind `sqlite:`.
    #[error("no path stands behind `sqlite:`; write sqlite:/var/lib/capf/capf.db or the like")]
    NoPath,
    /// Nothing that is known.
    #[error("not a place for the database; write sqlite:PATH")]
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
        }
    }

    pub(super) fn connect(&self, access: Access) -> Result<Box<dyn Connection>, StoreError> {
        match &self.0 {
            Engine::Sqlite { path } => Ok(Box::new(sqlite::Sqlite::open(path, access)?)),
        }
    }
}

impl FromStr for StoreUri {
    type Err = InvalidStoreUri;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some(("sqlite", "")) => Err(InvalidStoreUri::NoPath),
            Some(("sqlite", path)) => Ok(Self::sqlite(path)),
            Some(("postgres" | "postgresql", _)) => Err(InvalidStoreUri::PostgreSqlNotYet),
            _ => Err(InvalidStoreUri::UnknownScheme),
        }
    }
}

impl fmt::Display for StoreUri {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Engine::Sqlite { path } => write!(formatter, "sqlite:{}", path.display()),
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
            (
                "postgres://capf:secret@db/capf",
                InvalidStoreUri::PostgreSqlNotYet,
            ),
            ("sqlite:", InvalidStoreUri::NoPath),
            ("/var/lib/capf.db", InvalidStoreUri::UnknownScheme),
            ("mysql://capf:secret@db", InvalidStoreUri::UnknownScheme),
        ] {
            assert_eq!(given.parse::<StoreUri>(), Err(error));
            assert!(!error.to_string().contains("secret"));
        }
    }
}
