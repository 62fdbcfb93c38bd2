//! Ctrl-C, and what it means to a command that has begun to change something.

use std::process;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::command_error::CommandError;

/// What a shell gives for a program that SIGINT has ended.
const ENDED_BY_SIGINT: i32 = 130;

/// From now on SIGINT (Ctrl-C) and SIGTERM ask the command to come to an end where nothing is left
/// half done; a second one ends the program at once.
pub(crate) fn stop_on_signal() -> Result<CancellationToken, CommandError> {
    let listen = |kind| {
        signal(kind).map_err(|error| {
            CommandError::failed(format!("signals cannot be listened to: {error}"))
        })
    };
    let interrupt = listen(SignalKind::interrupt())?;
    let terminate = listen(SignalKind::terminate())?;
    let stop = CancellationToken::new();
    tokio::spawn(pass_on(interrupt, terminate, stop.clone()));
    Ok(stop)
}

async fn pass_on(mut interrupt: Signal, mut terminate: Signal, stop: CancellationToken) {
    for last in [false, true] {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        if last {
            process::exit(ENDED_BY_SIGINT);
        }
        stop.cancel();
    }
}
