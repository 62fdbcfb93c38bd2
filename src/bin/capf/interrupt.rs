//! Ctrl-C, and what it means to a command that has begun to change something, or that is a line of
//! the shell.

use std::cell::Cell;
use std::process;
use std::rc::Rc;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::command_error::CommandError;

/// What a shell gives for a program that SIGINT has ended.
pub(crate) const ENDED_BY_SIGINT: u8 = 130;

tokio::task_local! {
    /// Whether the command that is a line of the shell knows what to do on Ctrl-C.
    static HEEDS: Rc<Cell<bool>>;
}

/// From now on SIGINT (Ctrl-C) and SIGTERM ask the command to come to an end where nothing is left
/// half done; a second one ends the program at once, or, in the shell, the command.
pub(crate) fn stop_on_signal() -> Result<CancellationToken, CommandError> {
    let interrupt = listen(SignalKind::interrupt())?;
    let terminate = listen(SignalKind::terminate())?;
    let stop = CancellationToken::new();
    let ends_program = !heed();
    tokio::spawn(pass_on(interrupt, terminate, stop.clone(), ends_program));
    Ok(stop)
}

fn listen(kind: SignalKind) -> Result<Signal, CommandError> {
    signal(kind)
        .map_err(|error| CommandError::failed(format!("signals cannot be listened to: {error}")))
}

async fn pass_on(
    mut interrupt: Signal,
    mut terminate: Signal,
    stop: CancellationToken,
    ends_program: bool,
) {
    for last in [false, true] {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        if last && ends_program {
            process::exit(ENDED_BY_SIGINT.into());
        }
        stop.cancel();
    }
}

/// From now on the command comes to an end by itself on the first Ctrl-C. Tells whether it is a line
/// of the shell.
pub(crate) fn heed() -> bool {
    HEEDS.try_with(|heeds| heeds.set(true)).is_ok()
}

/// Runs a command that is a line of the shell, which Ctrl-C does not end: it ends the command, at
/// once where the command does not heed it, and on the second time where it does. Then there is no
/// result.
pub(crate) async fn in_shell<T>(
    command: impl Future<Output = T>,
) -> Result<Option<T>, CommandError> {
    let mut interrupt = listen(SignalKind::interrupt())?;
    let heeds = Rc::new(Cell::new(false));
    let given_up = async {
        interrupt.recv().await;
        if heeds.get() {
            interrupt.recv().await;
        }
    };
    Ok(tokio::select! {
        end = HEEDS.scope(Rc::clone(&heeds), command) => Some(end),
        () = given_up => None,
    })
}
