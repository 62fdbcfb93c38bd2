//! The backups of a directory: how they are named, and how many stay.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::super::AdminError;
use crate::backup::Encryption;
use crate::whole_file;

/// How the time stands in a name: names are in the order of their times.
const TIME: &str = "%Y%m%dT%H%M%SZ";
const PREFIX: &str = "capf-";
const SUFFIXES: [&str; 2] = [".tar.gz", ".tar.gz.age"];

/// A name that no backup of another second has.
pub fn file_name(now: Timestamp, encryption: &Encryption) -> String {
    let suffix = SUFFIXES[usize::from(!matches!(encryption, Encryption::Open))];
    format!("{PREFIX}{}{suffix}", now.strftime(TIME))
}

/// Removes from the directory all but the `keep` latest of the backups that have a [`file_name`];
/// gives those that are gone. Nothing else is touched.
pub fn keep_latest(directory: &Path, keep: usize) -> Result<Vec<PathBuf>, AdminError> {
    let failed = |source| AdminError::Read {
        path: directory.to_owned(),
        source,
    };
    let mut names = Vec::new();
    for entry in fs::read_dir(directory).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        if let Some(name) = name.to_str().filter(|name| is_backup(name)) {
            names.push(name.to_owned());
        }
    }
    names.sort();
    names.truncate(names.len().saturating_sub(keep));
    names
        .into_iter()
        .map(|name| {
            let path = directory.join(name);
            match fs::remove_file(&path) {
                Ok(()) => Ok(path),
                Err(source) => Err(AdminError::Write { path, source }),
            }
        })
        .collect()
}

/// Removes what backups that were killed have left beside the backup `path`.
pub(super) fn clear_unfinished(path: &Path) -> Result<(), AdminError> {
    let directory = match path.parent() {
        Some(directory) if directory != Path::new("") => directory,
        _ => Path::new("."),
    };
    let ours =
        |name: &OsStr| path.file_name() == Some(name) || name.to_str().is_some_and(is_backup);
    whole_file::clear_unfinished(directory, ours).map_err(|source| AdminError::Write {
        path: directory.to_owned(),
        source,
    })
}

/// Whether a file has a name as [`file_name`] makes it.
fn is_backup(name: &str) -> bool {
    let Some(rest) = name.strip_prefix(PREFIX) else {
        return false;
    };
    SUFFIXES.iter().any(|suffix| {
        rest.strip_suffix(suffix)
            .is_some_and(|time| jiff::civil::DateTime::strptime(TIME, time).is_ok())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_stay_and_what_is_no_backup_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let at = |second: i64| Timestamp::from_second(1_800_000_000 + second).unwrap();
        let lock = Encryption::Passphrase(crate::secret::AccountPassword::new("x"));
        let mut backups = vec![
            file_name(at(0), &Encryption::Open),
            file_name(at(1), &lock),
            file_name(at(2), &Encryption::Open),
        ];
        let others = [
            "capf.tar.gz",
            "capf-.tar.gz",
            "capf-20260101T000000Z.tar.gz.bak",
            "capf-20260199T000000Z.tar.gz",
            "mine-20260101T000000Z.tar.gz",
        ];
        for name in backups.iter().map(String::as_str).chain(others) {
            fs::write(directory.path().join(name), "").unwrap();
        }
        let removed = keep_latest(directory.path(), 1).unwrap();
        let left = backups.split_off(2);
        let gone: Vec<_> = backups
            .iter()
            .map(|name| directory.path().join(name))
            .collect();
        assert_eq!(removed, gone);
        assert!(directory.path().join(&left[0]).exists());
        for name in others {
            assert!(directory.path().join(name).exists(), "{name}");
        }
        assert!(keep_latest(directory.path(), 1).unwrap().is_empty());
    }
}
