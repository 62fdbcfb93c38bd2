//! The signals that tell a service to end.

use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::command_error::CommandError;
use crate::interrupt::heed;

/// The signals that end a service.
pub(super) struct EndSignals {
    terminated: Signal,
    interrupted: Signal,
}

impl EndSignals {
    /// From now on the signals are heard, and end the process no more by themselves.
    pub(super) fn listen() -> Result<Self, CommandError> {
        let listen = |kind| {
            signal(kind)
                .map_err(|error| CommandError::failed(format!("no signals come in: {error}")))
        };
        heed();
        Ok(Self {
            terminated: listen(SignalKind::terminate())?,
            interrupted: listen(SignalKind::interrupt())?,
        })
    }

    /// Resolves when the service is told to end.
    pub(super) async fn come(&mut self) {
        tokio::select! {
            _ = self.terminated.recv() => {}
            _ = self.interrupted.recv() => {}
        }
    }
}
