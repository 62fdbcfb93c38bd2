//! When the next keepalive of a held session is due.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior, interval_at};

use crate::model::ParameterValues;

/// The time between two keepalives as the parameters say it; none, where TCP's keepalive is enough.
pub(super) fn period(parameters: &ParameterValues) -> Option<Duration> {
    parameters
        .keepalive_message()
        .then(|| parameters.keepalive_interval().unsigned_abs())
}

/// The keepalives of one session. A phone may wait for days, so what an administrator changes holds
/// for those, too, that wait already.
pub(super) struct Keepalive {
    period: watch::Receiver<Option<Duration>>,
    interval: Option<Interval>,
}

impl Keepalive {
    pub(super) fn new(mut period: watch::Receiver<Option<Duration>>) -> Self {
        let first = *period.borrow_and_update();
        Self {
            period,
            interval: first.map(interval),
        }
    }

    /// Resolves when the next one is due. Cancel-safe.
    pub(super) async fn due(&mut self) {
        loop {
            let tick = async {
                match &mut self.interval {
                    Some(interval) => drop(interval.tick().await),
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = tick => return,
                changed = self.period.changed() => {
                    if changed.is_err() {
                        // Nobody is left who could change it.
                        std::future::pending::<()>().await;
                    }
                    self.interval = self.period.borrow_and_update().map(interval);
                }
            }
        }
    }
}

/// The first tick is a period away.
fn interval(period: Duration) -> Interval {
    let mut interval = interval_at(tokio::time::Instant::now() + period, period);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    interval
}

#[cfg(test)]
mod tests {
    use tokio::time::{Instant, timeout};

    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    #[tokio::test(start_paused = true)]
    async fn one_is_due_after_each_period() {
        let (_sender, period) = watch::channel(Some(15 * MINUTE));
        let mut keepalive = Keepalive::new(period);
        let began = Instant::now();
        for count in 1..=3 {
            keepalive.due().await;
            assert_eq!(began.elapsed().as_secs(), 15 * 60 * count);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_period_that_is_changed_holds_for_who_waits_already() {
        let (sender, period) = watch::channel(Some(60 * MINUTE));
        let mut keepalive = Keepalive::new(period);
        assert!(timeout(10 * MINUTE, keepalive.due()).await.is_err());
        sender.send_replace(Some(5 * MINUTE));
        assert!(timeout(6 * MINUTE, keepalive.due()).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn the_message_can_be_turned_off_and_on_again() {
        let (sender, period) = watch::channel(Some(5 * MINUTE));
        let mut keepalive = Keepalive::new(period);
        sender.send_replace(None);
        assert!(timeout(60 * MINUTE, keepalive.due()).await.is_err());
        sender.send_replace(Some(5 * MINUTE));
        assert!(timeout(6 * MINUTE, keepalive.due()).await.is_ok());
    }
}
