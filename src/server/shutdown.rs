//! The end of a service: announced to every session, and awaited from each.

use std::time::Duration;

use tokio::sync::{mpsc, watch};

/// The side that announces the end and awaits the sessions.
pub(super) struct Shutdown {
    announce: watch::Sender<bool>,
    finished: mpsc::Receiver<()>,
}

/// The side of a session or listener: hears of the end, and holds it up as long as it lives.
#[derive(Clone)]
pub(super) struct Ending {
    announced: watch::Receiver<bool>,
    /// Never sent on: the last one dropped tells that everybody has finished.
    _alive: mpsc::Sender<()>,
}

pub(super) fn channel() -> (Shutdown, Ending) {
    let (announce, announced) = watch::channel(false);
    let (alive, finished) = mpsc::channel(1);
    (
        Shutdown { announce, finished },
        Ending {
            announced,
            _alive: alive,
        },
    )
}

impl Shutdown {
    /// Announces the end and waits until every [`Ending`] is gone, or `grace` has passed.
    pub(super) async fn finish(mut self, grace: Duration) {
        self.announce.send_replace(true);
        if tokio::time::timeout(grace, self.finished.recv())
            .await
            .is_err()
        {
            tracing::warn!("sessions were still under way after {grace:?} and are cut off");
        }
    }
}

impl Ending {
    /// Resolves when the end is announced; at once where it was.
    pub(super) async fn announced(&mut self) {
        // An error means that the announcer is gone, which is the end too.
        let _ = self.announced.wait_for(|announced| *announced).await;
    }
}
