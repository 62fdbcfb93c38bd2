//! How a restored directory takes the place of the one before, so that at every moment there is one
//! of the two, whole.
//!
//! The new directory is made beside the data directory, as `.NAME.restore-ID`, and holds a mark,
//! `.restore-ID`, that no other directory of that name can have. When it is complete and on the disk,
//!
//! 1. it is exchanged for the data directory, in one step of the file system; where there is none, it
//!    is renamed to it;
//! 2. what was the data directory is put aside as `NAME.before-TIME`;
//! 3. the mark is removed.
//!
//! Whatever ends a restore, even `kill -9` or a power failure, the next one finds either a directory
//! with its own mark, which is a new one that nobody uses, and removes it; or one without, which is the
//! installation of before, and puts that aside.

use std::fs::{self, DirBuilder, File};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::super::{AdminError, service_lock};
use super::InvalidTarget;
use super::target::Target;
use crate::whole_file::exchange;

/// A directory that is to take the place of the data directory. Dropped before, it is gone.
pub(super) struct Staging {
    /// Where it is made; after the exchange, where the directory of before is.
    path: PathBuf,
    id: String,
    /// Tells other restores that somebody works here.
    lock: File,
    is_swapped: bool,
}

impl Staging {
    /// Makes it, empty but for its mark, beside the data directory.
    pub(super) fn make(target: &Target) -> Result<Self, AdminError> {
        let random = getrandom::u64().map_err(|error| AdminError::Write {
            path: target.parent().to_owned(),
            source: io::Error::other(error.to_string()),
        })?;
        let id = format!("{random:016x}");
        let path = target.parent().join(prefix(target) + &id);
        let failed = |source| AdminError::Write {
            path: path.clone(),
            source,
        };
        DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .map_err(failed)?;
        let lock = File::open(&path).map_err(failed)?;
        let staging = Self {
            path: path.clone(),
            id,
            lock,
            is_swapped: false,
        };
        staging
            .lock
            .lock()
            .and_then(|()| File::create(path.join(mark(&staging.id))).map(drop))
            .map_err(failed)?;
        Ok(staging)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Gives everything in it to the owner of the data directory, with its mode, and puts it on the
    /// disk.
    pub(super) fn settle(&self, target: &Target) -> Result<(), AdminError> {
        let before = fs::metadata(&target.directory).ok();
        let owner = before.as_ref().map(|before| (before.uid(), before.gid()));
        if let Some(before) = &before {
            let mode = fs::Permissions::from_mode(before.mode() & 0o7777);
            fs::set_permissions(&self.path, mode).map_err(|source| self.failed(source))?;
        }
        settle(&self.path, owner).map_err(|source| match source.kind() {
            ErrorKind::PermissionDenied => InvalidTarget::OtherOwner {
                path: target.directory.clone(),
                source,
            }
            .into(),
            _ => self.failed(source),
        })
    }

    /// Step 1: it becomes the data directory.
    pub(super) fn swap(&mut self, target: &Target) -> Result<(), AdminError> {
        let swapped = if target.exists() {
            exchange(&self.path, &target.directory)
        } else {
            fs::rename(&self.path, &target.directory)
        };
        swapped.map_err(|source| InvalidTarget::CannotExchange {
            path: target.directory.clone(),
            source,
        })?;
        self.is_swapped = true;
        sync(target.parent()).map_err(|source| self.failed(source))
    }

    /// Step 2: what was the data directory is put aside; tells where it is, unless there was nothing
    /// in it.
    pub(super) fn put_aside(
        &self,
        target: &Target,
        now: Timestamp,
    ) -> Result<Option<PathBuf>, AdminError> {
        put_aside(&self.path, target, now)
    }

    /// Step 3: nothing tells it from any other data directory.
    pub(super) fn unmark(self, target: &Target) -> Result<(), AdminError> {
        let path = target.directory.join(mark(&self.id));
        fs::remove_file(&path).map_err(|source| AdminError::Write { path, source })
    }

    /// Ends as a process does that is killed: nothing is cleared up.
    #[cfg(test)]
    pub(super) fn die(mut self) {
        self.is_swapped = true;
    }

    fn failed(&self, source: io::Error) -> AdminError {
        AdminError::Write {
            path: self.path.clone(),
            source,
        }
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.is_swapped {
            // Nobody is left to tell, and the next restore takes it away.
            let _ = remove(&self.path, &mark(&self.id));
        }
    }
}

/// Takes away, or puts aside, what restores have left that were killed; gives the installations that
/// were put aside.
pub(super) fn clear(target: &Target, now: Timestamp) -> Result<Vec<PathBuf>, AdminError> {
    let parent = target.parent();
    let failed = |path: &Path| {
        let path = path.to_owned();
        |source| AdminError::Write { path, source }
    };
    let mut put = Vec::new();
    for entry in fs::read_dir(parent).map_err(failed(parent))? {
        let name = entry.map_err(failed(parent))?.file_name();
        let name = name.to_string_lossy();
        let Some(id) = name.strip_prefix(&prefix(target)) else {
            continue;
        };
        let path = parent.join(&*name);
        let lock = File::open(&path).map_err(failed(&path))?;
        if lock.try_lock().is_err() {
            // Another restore is at work.
            continue;
        }
        if path.join(mark(id)).exists() {
            remove(&path, &mark(id)).map_err(failed(&path))?;
        } else {
            put.extend(put_aside(&path, target, now)?);
        }
    }
    Ok(put)
}

/// Gives the data directory of before its new name. One with nothing in it is removed.
fn put_aside(path: &Path, target: &Target, now: Timestamp) -> Result<Option<PathBuf>, AdminError> {
    if !path.exists() {
        return Ok(None);
    }
    let failed = |source| AdminError::Write {
        path: path.to_owned(),
        source,
    };
    if is_bare(path).map_err(failed)? {
        remove(path, service_lock::SERVICE).map_err(failed)?;
        return Ok(None);
    }
    let time = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    for number in 1_u32.. {
        let number = if number == 1 {
            String::new()
        } else {
            format!("-{number}")
        };
        let aside = target
            .parent()
            .join(format!("{}.before-{time}{number}", name_of(target)));
        if !aside.exists() {
            fs::rename(path, &aside)
                .and_then(|()| sync(target.parent()))
                .map_err(failed)?;
            return Ok(Some(aside));
        }
    }
    unreachable!("a number is free")
}

/// Whether nothing is in a directory but the locks of services.
fn is_bare(path: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(path)? {
        if !service_lock::is_lock(&entry?.file_name()) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Removes a directory, and the file `last` in it last: as long as anything is in it, that is.
fn remove(path: &Path, last: &str) -> io::Result<()> {
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if entry.file_name() == last {
            continue;
        }
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?;
        } else {
            fs::remove_file(entry.path())?;
        }
    }
    match fs::remove_file(path.join(last)) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    fs::remove_dir(path)
}

/// Gives a directory and what is in it to `owner`, and puts it on the disk.
fn settle(path: &Path, owner: Option<(u32, u32)>) -> io::Result<()> {
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            settle(&entry.path(), owner)?;
        } else {
            give_and_sync(&entry.path(), owner)?;
        }
    }
    give_and_sync(path, owner)
}

fn give_and_sync(path: &Path, owner: Option<(u32, u32)>) -> io::Result<()> {
    let file = File::open(path)?;
    if let Some((uid, gid)) = owner {
        let found = file.metadata()?;
        if (found.uid(), found.gid()) != (uid, gid) {
            std::os::unix::fs::fchown(&file, Some(uid), Some(gid))?;
        }
    }
    file.sync_all()
}

fn sync(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

/// How the names of the directories begin that are made for this target.
fn prefix(target: &Target) -> String {
    format!(".{}.restore-", name_of(target))
}

fn mark(id: &str) -> String {
    format!(".restore-{id}")
}

fn name_of(target: &Target) -> String {
    let name = target.directory.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
