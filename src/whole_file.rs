//! A file that appears whole or not at all.

use std::ffi::{OsStr, OsString};
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};

/// Why there is no file. What was there before is as it was.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file is there already.
    #[error("the file {} exists already", .path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The path is a directory's.
    #[error("{} is a directory", .path.display())]
    IsDirectory {
        /// The directory.
        path: PathBuf,
    },
    /// The path is a device's or a pipe's, which no file can take the place of.
    #[error("{} is no regular file, and cannot be replaced by one", .path.display())]
    NotRegular {
        /// The path.
        path: PathBuf,
    },
    /// The path ends in no name.
    #[error("{} does not name a file", .path.display())]
    NoName {
        /// The path.
        path: PathBuf,
    },
    /// The file cannot be written.
    #[error("{} cannot be written", .path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// How the temporary names end; they begin with a full stop.
const UNFINISHED: &str = ".part";

/// Whether the name is one that a file under construction has.
pub fn is_unfinished(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    name.starts_with(b".") && name.ends_with(UNFINISHED.as_bytes())
}

/// The name that a file under construction is to have, from its temporary one.
fn name_to_be(name: &OsStr) -> Option<&OsStr> {
    let name = name.as_encoded_bytes().strip_prefix(b".")?;
    let name = name.strip_suffix(UNFINISHED.as_bytes())?;
    let dot = name.iter().rposition(|byte| *byte == b'.')?;
    Some(OsStr::from_bytes(&name[..dot]))
}

/// Removes what programs that were killed have left in a directory of files whose names were to be
/// `ours`. Those that somebody is writing stay.
pub fn clear_unfinished(directory: &Path, ours: impl Fn(&OsStr) -> bool) -> io::Result<()> {
    for entry in std::fs::read_dir(directory)? {
        let entry = entry?;
        if !name_to_be(&entry.file_name()).is_some_and(&ours) || !entry.file_type()?.is_file() {
            continue;
        }
        let path = entry.path();
        if File::open(&path).is_ok_and(|file| file.try_lock().is_ok()) {
            std::fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// A file under construction: written beside its target under a temporary name, and renamed to it
/// by [`WholeFile::commit`] once everything is on the disk. Dropped before, it leaves nothing.
#[derive(Debug)]
pub struct WholeFile {
    target: PathBuf,
    temporary: PathBuf,
    /// `None` once the file has its name.
    file: Option<BufWriter<File>>,
    replace: bool,
}

impl WholeFile {
    /// Begins a file that others may read.
    ///
    /// Where the target exists, it is replaced only if `replace` says so.
    pub fn create(target: &Path, replace: bool) -> Result<Self, FileError> {
        Self::with_mode(target, replace, 0o666)
    }

    /// Begins a file that its owner alone may read.
    ///
    /// Where the target exists, it is replaced only if `replace` says so.
    pub fn create_private(target: &Path, replace: bool) -> Result<Self, FileError> {
        Self::with_mode(target, replace, 0o600)
    }

    fn with_mode(target: &Path, replace: bool, mode: u32) -> Result<Self, FileError> {
        let mut name = OsString::from(".");
        name.push(target.file_name().ok_or_else(|| FileError::NoName {
            path: target.to_owned(),
        })?);
        // Nobody else's: a process's number may be that of one that was killed here.
        let random = getrandom::u64().map_err(|error| FileError::Write {
            path: target.to_owned(),
            source: io::Error::other(error.to_string()),
        })?;
        name.push(format!(".{random:016x}{UNFINISHED}"));
        let mut whole = Self {
            target: target.to_owned(),
            temporary: target.with_file_name(name),
            file: None,
            replace,
        };
        whole.check_target()?;
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(&whole.temporary)
            .map_err(|source| whole.failed(source))?;
        // It tells that somebody is at work; not every file system can.
        let _ = file.try_lock();
        whole.file = Some(BufWriter::new(file));
        Ok(whole)
    }

    /// Puts everything on the disk and gives the file its name.
    pub fn commit(mut self) -> Result<(), FileError> {
        self.check_target()?;
        self.finish().map_err(|source| self.failed(source))
    }

    fn finish(&mut self) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            file.flush()?;
            file.get_ref().sync_all()?;
            std::fs::rename(&self.temporary, &self.target)?;
            self.file = None;
        }
        sync_directory(&self.target)
    }

    fn check_target(&self) -> Result<(), FileError> {
        match self.target.symlink_metadata() {
            Ok(found) if found.is_dir() => Err(FileError::IsDirectory {
                path: self.target.clone(),
            }),
            Ok(found) if !found.is_file() && !found.is_symlink() => Err(FileError::NotRegular {
                path: self.target.clone(),
            }),
            Ok(_) if !self.replace => Err(FileError::Exists {
                path: self.target.clone(),
            }),
            _ => Ok(()),
        }
    }

    fn failed(&self, source: io::Error) -> FileError {
        FileError::Write {
            path: self.target.clone(),
            source,
        }
    }

    fn open(&mut self) -> io::Result<&mut BufWriter<File>> {
        self.file
            .as_mut()
            .ok_or_else(|| io::Error::other("the file is complete"))
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.open()?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.open()?.flush()
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        if self.file.is_some() {
            // Nobody is left to tell; a file named `.….part` tells its own story.
            let _ = std::fs::remove_file(&self.temporary);
        }
    }
}

/// Lets two directories, or files, change their names in one step, so that nobody finds either name
/// without one.
///
/// File systems that cannot do it, network ones among them, are an error that says so.
pub fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).map_err(|error| {
        let error = io::Error::from(error);
        match error.kind() {
            io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported => io::Error::other(
                "this file system cannot exchange two directories in one step; keep the data \
                 directory on a local one, such as ext4, XFS, Btrfs or tmpfs",
            ),
            _ => error,
        }
    })
}

/// Makes a rename in `path`'s directory outlive a power failure.
pub fn sync_directory(path: &Path) -> io::Result<()> {
    let directory = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    File::open(directory.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(directory: &Path) -> Vec<String> {
        let mut names: Vec<_> = std::fs::read_dir(directory)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_appears_when_it_is_committed() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join("report.csv");
        let mut file = WholeFile::create(&target, false).unwrap();
        file.write_all(b"one,two\n").unwrap();
        assert!(!target.exists());
        file.commit().unwrap();
        assert_eq!(std::fs::read(&target).unwrap(), b"one,two\n");
        assert_eq!(names(directory.path()), ["report.csv"]);
    }

    #[test]
    fn a_file_that_is_dropped_leaves_nothing() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join("report.csv");
        let mut file = WholeFile::create(&target, false).unwrap();
        file.write_all(b"half").unwrap();
        drop(file);
        assert!(names(directory.path()).is_empty());
    }

    #[test]
    fn what_exists_is_replaced_only_if_asked() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join("report.csv");
        std::fs::write(&target, "old").unwrap();
        assert!(matches!(
            WholeFile::create(&target, false),
            Err(FileError::Exists { .. })
        ));
        let mut file = WholeFile::create(&target, true).unwrap();
        file.write_all(b"new").unwrap();
        file.commit().unwrap();
        assert_eq!(std::fs::read(&target).unwrap(), b"new");
    }

    #[test]
    fn what_was_left_is_cleared_and_what_is_being_written_is_not() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        let at_work = WholeFile::create(&path("report.csv"), false).unwrap();
        let left = [
            ".report.csv.0123456789abcdef.part",
            ".other.csv.0123456789abcdef.part",
            ".part",
            "report.csv.part",
        ];
        for name in left {
            std::fs::write(path(name), "").unwrap();
        }
        clear_unfinished(directory.path(), |name| name == "report.csv").unwrap();
        assert!(!path(left[0]).exists());
        assert!(left[1..].iter().all(|name| path(name).exists()));
        at_work.commit().unwrap();
    }

    #[test]
    fn a_device_is_never_replaced() {
        assert!(matches!(
            WholeFile::create(Path::new("/dev/null"), true),
            Err(FileError::NotRegular { .. })
        ));
    }

    #[test]
    fn a_directory_is_never_replaced() {
        let directory = tempfile::tempdir().unwrap();
        assert!(matches!(
            WholeFile::create(directory.path(), true),
            Err(FileError::IsDirectory { .. })
        ));
    }
}
