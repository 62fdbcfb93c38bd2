//! One service for one data directory.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use super::AdminError;

const NAME: &str = "serve.lock";

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
        file.try_lock()?;
        Ok(ServiceLock(file))
    });
    locked.map_err(|error| match error {
        TryLockError::WouldBlock => AdminError::ServiceRuns {
            data_dir: data_dir.to_owned(),
        },
        TryLockError::Error(source) => AdminError::Write { path, source },
    })
}

/// Whether a service has the lock.
pub(super) fn is_taken(data_dir: &Path) -> bool {
    matches!(take(data_dir), Err(AdminError::ServiceRuns { .. }))
}
