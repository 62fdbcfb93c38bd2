//! What goes into a backup, gathered where nobody changes it any more.
//!
//! It lies in a directory of its own in the data directory, for its owner alone, that is gone with the
//! backup. What a backup that was killed has left there is taken away by the next one.

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File, TryLockError};
use std::io::{self, ErrorKind};
use std::ops::ControlFlow;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::super::{AdminError, Installation, issuer_files};
use super::Extent;
use crate::backup::{Counts, Manifest, Member, Part};
use crate::clock::Clock;
use crate::config::host_name;
use crate::store::{Store, StoreUri};

const DIRECTORY: &str = ".backup.part";

/// What goes into a backup.
pub(super) struct Material {
    pub(super) manifest: Manifest,
    directory: Directory,
}

impl Material {
    /// Gathers it.
    pub(super) async fn gather(
        installation: &Installation,
        extent: Extent<'_>,
        copied: &dyn Fn(u64, u64),
        stop: &CancellationToken,
    ) -> Result<Self, AdminError> {
        let directory = Directory::make(installation.data_dir())?;
        let database = directory.path.join(Part::DATABASE);
        let made_at = installation.now();
        copy_store(installation.store(), &database, copied, stop).await?;
        let counts = settle(&database, installation.clock()).await?;

        let mut names = vec![Part::DATABASE.to_owned()];
        for root in issuer_files::DIRECTORIES {
            let from = installation.data_dir().join(root);
            for name in names_below(&from, root)? {
                directory.copy(&installation.data_dir().join(&name), &name)?;
                names.push(name);
            }
        }
        // A key that does not fit its certificate is of no use to anybody, least of all later.
        let passphrase = installation.key_passphrase()?;
        issuer_files::verify(&directory.path, passphrase.as_ref())?;
        if let Some(file) = extent.configuration {
            directory.copy(file, Part::CONFIGURATION)?;
            names.push(Part::CONFIGURATION.to_owned());
        }
        if extent.traces {
            let traces = installation.traces();
            for file in traces.list()? {
                let path = traces.path(&file.name);
                let Some(file) = path.file_name().and_then(OsStr::to_str) else {
                    continue;
                };
                let name = format!("trace/{file}");
                // An older one may have had to go meanwhile.
                if directory.link(&path, &name)? {
                    names.push(name);
                }
            }
        }
        let members = directory.members(names, stop)?;
        let schema = Store::schema_version();
        Ok(Self {
            manifest: Manifest::new(schema, made_at, host_name(), counts, members),
            directory,
        })
    }

    /// Opens one of its files.
    pub(super) fn open(&self, member: &Member) -> Result<File, AdminError> {
        self.directory.open(&member.name)
    }
}

/// Copies the store into a file.
async fn copy_store(
    store: &Store,
    path: &Path,
    copied: &dyn Fn(u64, u64),
    stop: &CancellationToken,
) -> Result<(), AdminError> {
    let (tell, mut told) = watch::channel((0, 0));
    let stopped = stop.clone();
    let copying = store.copy_into(path, move |pages, of| {
        tell.send_replace((pages, of));
        if stopped.is_cancelled() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    tokio::pin!(copying);
    loop {
        tokio::select! {
            whole = &mut copying => {
                return if whole? { Ok(()) } else { Err(AdminError::Stopped) };
            }
            Ok(()) = told.changed() => {
                let (pages, of) = *told.borrow_and_update();
                copied(pages, of);
            }
        }
    }
}

/// Forgets in the copy what is true of this service alone, that it runs and which sessions are open
/// now, and counts what is in it.
async fn settle(path: &Path, clock: &Arc<dyn Clock>) -> Result<Counts, AdminError> {
    let store = Store::open(&StoreUri::sqlite(path), Arc::clone(clock)).await?;
    store.forget_nodes().await?;
    counts(&store).await
}

/// How much is in a store.
pub(in crate::admin) async fn counts(store: &Store) -> Result<Counts, AdminError> {
    let census = store.census(&[]).await?;
    let csrs = store.csr_counts().await?;
    Ok(Counts {
        phones: census.by_status.iter().map(|(_, phones)| phones).sum(),
        lscs: census.by_issuer.iter().map(|(_, phones)| phones).sum(),
        csrs: csrs.pending + csrs.dumped,
        trust_anchors: store.trust_anchors(None).await?.len() as u64,
    })
}

/// The files in a directory and below it, by the names that they have in a backup, in order. Where
/// there is no directory, there are none; what is not complete (`.….part`) is passed over.
fn names_below(directory: &Path, name: &str) -> Result<Vec<String>, AdminError> {
    let failed = |source| AdminError::Read {
        path: directory.to_owned(),
        source,
    };
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(failed)?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(failed)?;
        let Ok(file) = entry.file_name().into_string() else {
            continue;
        };
        if file.starts_with('.') {
            continue;
        }
        let name = format!("{name}/{file}");
        // Whoever has put a link there means the file behind it.
        let metadata = fs::metadata(entry.path()).map_err(failed)?;
        if metadata.is_dir() {
            names.extend(names_below(&entry.path(), &name)?);
        } else if metadata.is_file() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

/// Where it is gathered. Nobody else has it, and it is gone when this is dropped.
struct Directory {
    path: PathBuf,
    #[expect(dead_code, reason = "it is held, not read")]
    lock: File,
}

impl Directory {
    fn make(data_dir: &Path) -> Result<Self, AdminError> {
        let path = data_dir.join(DIRECTORY);
        let failed = |source| AdminError::Write {
            path: path.clone(),
            source,
        };
        make_directory(&path).map_err(failed)?;
        let lock = File::open(&path).map_err(failed)?;
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) => {
                return Err(AdminError::BackupRuns {
                    data_dir: data_dir.to_owned(),
                });
            }
            locked => locked.map_err(|error| failed(error.into()))?,
        }
        let made = Self {
            path: path.clone(),
            lock,
        };
        made.clear().map_err(failed)?;
        Ok(made)
    }

    /// Takes away what a backup that was killed has left.
    fn clear(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                fs::remove_dir_all(entry.path())?;
            } else {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }

    fn place(&self, name: &str) -> Result<PathBuf, AdminError> {
        let path = self.path.join(name);
        let directory = path.parent().unwrap_or(&self.path);
        make_directory(directory).map_err(|source| AdminError::Write {
            path: directory.to_owned(),
            source,
        })?;
        Ok(path)
    }

    fn copy(&self, from: &Path, name: &str) -> Result<(), AdminError> {
        let failed = |source| AdminError::Read {
            path: from.to_owned(),
            source,
        };
        let to = self.place(name)?;
        fs::copy(from, &to).map(drop).map_err(failed)
    }

    /// Takes a file that is written once, and that may be gone: tells whether it was there.
    fn link(&self, from: &Path, name: &str) -> Result<bool, AdminError> {
        let to = self.place(name)?;
        match fs::hard_link(from, &to) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            // Not every file system has links.
            Err(_) => self.copy(from, name).map(|()| true),
        }
    }

    fn open(&self, name: &str) -> Result<File, AdminError> {
        let path = self.path.join(name);
        File::open(&path).map_err(|source| AdminError::Read { path, source })
    }

    fn members(
        &self,
        names: Vec<String>,
        stop: &CancellationToken,
    ) -> Result<Vec<Member>, AdminError> {
        names
            .into_iter()
            .map(|name| {
                if stop.is_cancelled() {
                    return Err(AdminError::Stopped);
                }
                let file = self.open(&name)?;
                let path = self.path.join(&name);
                Member::of(name, file).map_err(|source| AdminError::Read { path, source })
            })
            .collect()
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        // Nobody is left to tell, and the next backup takes it away.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Makes a directory for its owner alone; one that is there is as good.
fn make_directory(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}
