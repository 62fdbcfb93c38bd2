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
        heed();
        Ok(Self {
            terminated: listen_to(SignalKind::terminate())?,
            interrupted: listen_to(SignalKind::interrupt())?,
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

/// From now on the signal is heard, and does nothing by itself any more.
pub(super) fn listen_to(kind: SignalKind) -> Result<Signal, CommandError> {
    signal(kind).map_err(|error| CommandError::failed(format!("no signals come in: {error}")))
}
