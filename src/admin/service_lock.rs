//! One service for one data directory.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::Path;
use std::thread;
use std::time::Duration;

use super::AdminError;

/// The name of its file in the data directory.
pub(super) const NAME: &str = "serve.lock";

/// Held as long as the service runs; the system gives it up with the process, however that ends.
#[derive(Debug)]
pub struct ServiceLock(#[expect(dead_code, reason = "it is held, not read")] File);

/// Takes the lock, unless a service has it.
pub(super) fn take(data_dir: &Path) -> Result<ServiceLock, AdminError> {
    let path = data_dir.join(NAME);
    let opened = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path);
    let locked = opened.map_err(TryLockError::Error).and_then(|file| {
        lock(&file)?;
        Ok(ServiceLock(file))
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

/// Whether a service has the lock. Nothing is written to find out.
pub(super) fn is_taken(data_dir: &Path) -> Result<bool, AdminError> {
    let path = data_dir.join(NAME);
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
        assert!(!is_taken(directory.path()).unwrap());
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
        let held = take(directory.path()).unwrap();
        assert!(is_taken(directory.path()).unwrap());
        assert!(matches!(
            take(directory.path()),
            Err(AdminError::ServiceRuns { .. })
        ));
        drop(held);
        let looking = File::open(directory.path().join(NAME)).unwrap();
        looking.try_lock_shared().unwrap();
        assert!(!is_taken(directory.path()).unwrap());
    }
}
