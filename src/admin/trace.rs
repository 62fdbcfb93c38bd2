//! Trace files: what was said in sessions, and the certificates that were fetched.

use super::{AdminError, Installation};
use crate::model::{DeviceName, TraceLevel};
use crate::trace::{Follower, Summary, TraceError, TraceFile, TraceName};

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

/// A trace that was just written, and what its head says.
#[derive(Clone, Debug)]
pub struct NewTrace {
    /// The file.
    pub file: TraceFile,
    /// What it says.
    pub summary: Summary,
}

/// The traces that are written from now on.
#[derive(Debug)]
pub struct Following(Follower);

/// Begins to follow the traces; tells, too, which sessions leave one.
pub async fn follow(installation: &Installation) -> Result<(Following, TraceLevel), AdminError> {
    let parameters = super::parameter::values(installation).await?;
    let follower = Follower::begin(installation.traces())?;
    Ok((Following(follower), parameters.trace_level()))
}

impl Following {
    /// The traces that were written since the last look, the oldest first. One that is gone again is
    /// passed over.
    pub fn written(&mut self, installation: &Installation) -> Result<Vec<NewTrace>, AdminError> {
        let mut new = Vec::new();
        for file in self.0.written()? {
            match installation.traces().read(&file.name) {
                Ok(text) => new.push(NewTrace {
                    summary: Summary::of(&text),
                    file,
                }),
                Err(TraceError::Unknown { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(new)
    }
}
