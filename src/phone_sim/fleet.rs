//! Many phones.

use std::panic;

use tokio::sync::watch;
use tokio::task::{JoinError, JoinSet};

use super::{CapfServer, Outcome, PhoneSim};

/// Has each of `phones` do a session with `server`, at most `jobs` of them at once (and at least
/// one), and tells `report` each outcome as it comes.
///
/// A held phone counts as one of the `jobs` until its session ends. The phones are taken one by
/// one, so that a million of them need no memory before their turn. When `abort` is done, those under
/// way are aborted, and those that have not begun are reported as aborted too.
pub async fn run_fleet(
    phones: impl IntoIterator<Item = PhoneSim>,
    server: &CapfServer,
    jobs: usize,
    abort: impl Future<Output = ()>,
    mut report: impl FnMut(Outcome),
) {
    let (aborts, aborted) = watch::channel(false);
    let mut running = JoinSet::new();
    let reporting = async {
        for phone in phones {
            if running.len() >= jobs.max(1)
                && let Some(joined) = running.join_next().await
            {
                report(finished(joined));
            }
            let server = server.clone();
            let mut aborted = aborted.clone();
            running.spawn(async move {
                let abort = async {
                    // The sender lives as long as the fleet; without it the fleet has ended.
                    let _ = aborted.wait_for(|aborted| *aborted).await;
                };
                phone.run(&server, abort).await
            });
        }
        while let Some(joined) = running.join_next().await {
            report(finished(joined));
        }
    };
    let aborting = async {
        abort.await;
        aborts.send_replace(true);
        std::future::pending::<()>().await;
    };
    tokio::select! {
        () = reporting => {}
        () = aborting => {}
    }
}

fn finished(joined: Result<Outcome, JoinError>) -> Outcome {
    joined.unwrap_or_else(|error| panic::resume_unwind(error.into_panic()))
}
