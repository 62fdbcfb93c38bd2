//! Where an installation is restored.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::super::AdminError;
use super::super::service_lock::is_lock;
use crate::config::Config;
use crate::store::StoreUri;

/// Why nothing can be restored in a place.
#[derive(Debug, thiserror::Error)]
pub enum InvalidTarget {
    /// It cannot be swapped for another directory.
    #[error("{} cannot be exchanged for what was restored", .path.display())]
    CannotExchange {
        /// The data directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is an installation, and nobody has said that it may be replaced.
    #[error("{} holds an installation already", .path.display())]
    Exists {
        /// The data directory.
        path: PathBuf,
    },
    /// It is where a file system begins, which cannot be renamed.
    #[error("{} is a mount point, which cannot be exchanged for another directory", .path.display())]
    MountPoint {
        /// The data directory.
        path: PathBuf,
    },
    /// It holds something else.
    #[error("{} holds files, and no installation of capf", .path.display())]
    NotInstallation {
        /// The directory.
        path: PathBuf,
    },
    /// Another user's files cannot be made.
    #[error("{} belongs to another user, to whom its files could not be given", .path.display())]
    OtherOwner {
        /// The data directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The store does not lie in the data directory, and so cannot be swapped with it.
    #[error("the store {store} does not lie in the data directory {}", .data_dir.display())]
    StoreElsewhere {
        /// The store.
        store: StoreUri,
        /// The data directory.
        data_dir: PathBuf,
    },
}

/// What is to be found where an installation is restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// Nothing, or a directory without files.
    Nothing,
    /// An installation.
    Installation,
}

/// Where an installation is restored: a data directory, and the store in it.
#[derive(Clone, Debug)]
pub struct Target {
    /// The directory itself, behind whatever link.
    pub(super) directory: PathBuf,
    /// What the store's file is called.
    pub(super) database: PathBuf,
    found: Found,
}

impl Target {
    /// Looks at where these settings have the installation. Nothing is changed.
    pub fn of(config: &Config) -> Result<Self, AdminError> {
        Ok(Self::find(&config.data_dir, &config.store.parse()?)?)
    }

    pub(super) fn find(data_dir: &Path, store: &StoreUri) -> Result<Self, InvalidTarget> {
        let directory = resolved(data_dir);
        let elsewhere = || InvalidTarget::StoreElsewhere {
            store: store.clone(),
            data_dir: data_dir.to_owned(),
        };
        let file = store.file().ok_or_else(elsewhere)?;
        let parent = file.parent().map(resolved);
        let database = match (parent, file.file_name()) {
            (Some(parent), Some(name)) if parent == directory => PathBuf::from(name),
            _ => return Err(elsewhere()),
        };
        let found = look(&directory, &database)?;
        Ok(Self {
            directory,
            database,
            found,
        })
    }

    /// What is there.
    pub fn found(&self) -> Found {
        self.found
    }

    /// The data directory.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    pub(super) fn exists(&self) -> bool {
        self.directory.is_dir()
    }

    /// The directory that the data directory lies in.
    pub(super) fn parent(&self) -> &Path {
        self.directory.parent().unwrap_or(Path::new("/"))
    }
}

/// The path without links in it, as far as it exists.
fn resolved(path: &Path) -> PathBuf {
    if let Ok(resolved) = path.canonicalize() {
        return resolved;
    }
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    match (absolute.parent(), absolute.file_name()) {
        (Some(parent), Some(name)) => resolved(parent).join(name),
        _ => absolute,
    }
}

fn look(directory: &Path, database: &Path) -> Result<Found, InvalidTarget> {
    let path = || directory.to_owned();
    let Ok(metadata) = fs::metadata(directory) else {
        return Ok(Found::Nothing);
    };
    let is_mount = directory.parent().is_none_or(|parent| {
        fs::metadata(parent).is_ok_and(|parent| parent.dev() != metadata.dev())
    });
    if is_mount {
        return Err(InvalidTarget::MountPoint { path: path() });
    }
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    let mut names = entries.map(|entry| entry.file_name());
    if directory.join(database).exists() || directory.join("ca").is_dir() {
        Ok(Found::Installation)
    } else if metadata.is_dir() && names.all(|name| is_lock(&name)) {
        Ok(Found::Nothing)
    } else {
        Err(InvalidTarget::NotInstallation { path: path() })
    }
}
