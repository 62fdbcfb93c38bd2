//! Trace files: what was said in sessions, and the certificates that were fetched.

use super::{AdminError, Installation};
use crate::model::DeviceName;
use crate::trace::{TraceFile, TraceName};

/// The traces, of one phone or of all, the oldest first.
pub fn list(
    installation: &Installation,
    device: Option<&DeviceName>,
) -> Result<Vec<TraceFile>, AdminError> {
    let mut files = installation.traces().list()?;
    files.retain(|file| device.is_none_or(|device| file.name.device == *device));
    Ok(files)
}

/// The text of a trace.
pub fn show(installation: &Installation, name: &TraceName) -> Result<String, AdminError> {
    Ok(installation.traces().read(name)?)
}
