//! The end of a service: announced to every session, and awaited from each.

use std::time::Duration;

use tokio::sync::{mpsc, watch};

/// How far the end has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    Serving,
    /// Sessions under way may finish.
    Announced,
    /// Nobody may.
    Over,
}

/// The side that announces the end and awaits the sessions.
pub(super) struct Shutdown {
    stage: watch::Sender<Stage>,
    finished: mpsc::Receiver<()>,
}

/// The side of a session or listener: hears of the end, and holds it up as long as it lives.
#[derive(Clone)]
pub(super) struct Ending {
    stage: watch::Receiver<Stage>,
    /// Never sent on: the last one dropped tells that everybody has finished.
    _alive: mpsc::Sender<()>,
}

pub(super) fn channel() -> (Shutdown, Ending) {
    let (set_stage, stage) = watch::channel(Stage::Serving);
    let (alive, finished) = mpsc::channel(1);
    (
        Shutdown {
            stage: set_stage,
            finished,
        },
        Ending {
            stage,
            _alive: alive,
        },
    )
}

impl Shutdown {
    /// Announces the end and waits until every [`Ending`] is gone. Those that are not when `grace`
    /// has passed are cut off.
    pub(super) async fn finish(mut self, grace: Duration) {
        self.stage.send_replace(Stage::Announced);
        if tokio::time::timeout(grace, self.finished.recv())
            .await
            .is_err()
        {
            tracing::warn!("sessions were still under way after {grace:?} and are cut off");
            self.stage.send_replace(Stage::Over);
            let _ = self.finished.recv().await;
        }
    }
}

impl Ending {
    /// Resolves when the end is announced; at once where it was.
    pub(super) async fn announced(&mut self) {
        self.reached(Stage::Announced).await;
    }

    /// Resolves when nobody may go on; at once where that is so.
    pub(super) async fn over(&mut self) {
        self.reached(Stage::Over).await;
    }

    async fn reached(&mut self, stage: Stage) {
        // An error means that the announcer is gone, which is the end too.
        let _ = self.stage.wait_for(|now| *now >= stage).await;
    }
}
