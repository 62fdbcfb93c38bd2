//! One service for one data directory and for one database in a file, and one that waits until it is
//! activated.

use std::ffi::OsStr;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::Path;
use std::thread;
use std::time::Duration;

use super::AdminError;

/// The lock of the service that runs.
pub(super) const SERVICE: &str = "serve.lock";

/// The lock of the service that runs only while it is activated, and else waits.
pub(super) const STANDBY: &str = "standby.lock";

/// Held as long as the service runs or waits; the system gives it up with the process, however that ends.
#[derive(Debug)]
pub struct ServiceLock(Vec<File>);

impl ServiceLock {
    /// Both locks.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }
}

/// Whether a file in a data directory is one of the locks, which say nothing once nobody holds them.
pub(super) fn is_lock(name: &OsStr) -> bool {
    name == SERVICE || name == STANDBY
}

/// Takes the lock of this name, unless a service has it.
pub(super) fn take(data_dir: &Path, name: &str) -> Result<ServiceLock, AdminError> {
    let path = data_dir.join(name);
    let opened = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path);
    let locked = opened.map_err(TryLockError::Error).and_then(|file| {
        lock(&file)?;
        Ok(ServiceLock(vec![file]))
    });
    locked.map_err(|error| match error {
        TryLockError::WouldBlock => AdminError::ServiceRuns {
            data_dir: data_dir.to_owned(),
        },
        TryLockError::Error(source) => AdminError::Write { path, source },
    })
}

/// Locks the file. Whoever looks whether it is locked has it for a moment, which must not keep a
/// service from its start.
fn lock(file: &File) -> Result<(), TryLockError> {
    const TRIES: u32 = 10;
    const PAUSE: Duration = Duration::from_millis(20);
    for _ in 1..TRIES {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => thread::sleep(PAUSE),
            locked => return locked,
        }
    }
    file.try_lock()
}

/// Whether a service has the lock of this name. Nothing is written to find out.
pub(super) fn is_taken(data_dir: &Path, name: &str) -> Result<bool, AdminError> {
    let path = data_dir.join(name);
    let looked = match File::open(&path) {
        // No service has ever run.
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => Err(error),
        Ok(file) => match file.try_lock_shared() {
            Ok(()) => Ok(false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(error)) => Err(error),
        },
    };
    looked.map_err(|source| AdminError::Read { path, source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_seen_without_a_trace_and_by_any_number_at_once() {
        let directory = tempfile::tempdir().unwrap();
        assert!(!is_taken(directory.path(), SERVICE).unwrap());
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
        let held = take(directory.path(), SERVICE).unwrap();
        assert!(is_taken(directory.path(), SERVICE).unwrap());
        assert!(matches!(
            take(directory.path(), SERVICE),
            Err(AdminError::ServiceRuns { .. })
        ));
        // Whoever waits is in nobody's way.
        let _waits = take(directory.path(), STANDBY).unwrap();
        drop(held);
        let looking = File::open(directory.path().join(SERVICE)).unwrap();
        looking.try_lock_shared().unwrap();
        assert!(!is_taken(directory.path(), SERVICE).unwrap());
    }
}
