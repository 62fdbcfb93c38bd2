//! systemd, as far as it starts the service and watches over it.

use std::convert::Infallible;
use std::io;
use std::net::TcpListener;
use std::time::Duration;

use capf::admin::Installation;
use capf::config::is_supervised;
use capf::server::{Ended, Standing, Supervisor};
use listenfd::ListenFd;
use sd_notify::{NotifyState, notify, watchdog_enabled};

/// How often the status is told where there is no watchdog.
const PERIOD: Duration = Duration::from_secs(30);

/// So many times the watchdog is told within the time that it has: one failure of the store, or a
/// moment without a processor, ends no service.
const TIMES: u32 = 4;

/// systemd, waiting to be told how the service stands.
#[derive(Clone, Copy)]
pub(crate) struct Systemd {
    watchdog: Option<Duration>,
    /// Whether the process stays when the service is deactivated.
    stays: bool,
}

impl Systemd {
    /// None where nobody wants to be told. `stays` says whether a service that is deactivated waits
    /// for its activation.
    pub(crate) fn of_this_process(stays: bool) -> Option<Self> {
        is_supervised().then(|| Self {
            watchdog: watchdog_enabled(),
            stays,
        })
    }

    /// Tells that the service waits until it is activated, and that it would notice; until it is
    /// dropped.
    pub(crate) async fn waits(&self, installation: &Installation) -> Infallible {
        loop {
            match installation.store().ping().await {
                Ok(()) => tell(&[
                    NotifyState::Ready,
                    NotifyState::Watchdog,
                    NotifyState::Status("waits until it is activated: capf service activate"),
                ]),
                Err(error) => {
                    tracing::error!(%error, "the store does not answer");
                    // A database server comes back by itself.
                    let is_alive = installation.store().is_shared();
                    tell_trouble(&format!("the store does not answer: {error}"), is_alive);
                }
            }
            tokio::time::sleep(self.period()).await;
        }
    }
}

impl Supervisor for Systemd {
    fn period(&self) -> Duration {
        self.watchdog.map_or(PERIOD, |within| within / TIMES)
    }

    fn begins(&self) {
        tell(&[NotifyState::Ready, NotifyState::Status("serves phones")]);
    }

    fn stands(&self, standing: Standing<'_>) {
        let (is_alive, why) = match standing {
            Standing::Works => {
                return tell(&[NotifyState::Watchdog, NotifyState::Status("serves phones")]);
            }
            Standing::Waits(why) => (true, why),
            Standing::Fails(why) => (false, why),
        };
        tracing::error!("phones cannot be served: {why}");
        tell_trouble(&format!("cannot serve phones: {why}"), is_alive);
    }

    fn ends(&self, why: Ended, grace: Duration) {
        let status = |what| format!("{what}; sessions may finish within {} s", grace.as_secs());
        match why {
            Ended::Restarted => tell(&[NotifyState::Status(&status("begins anew"))]),
            Ended::Deactivated if self.stays => {
                tell(&[NotifyState::Status(&status("is deactivated"))]);
            }
            Ended::Deactivated | Ended::Told => {
                tell(&[NotifyState::Stopping, NotifyState::Status(&status("ends"))]);
            }
        }
    }
}

/// The watchdog is told, too, where the service lives all the same.
fn tell_trouble(status: &str, is_alive: bool) {
    let mut state = vec![NotifyState::Status(status)];
    if is_alive {
        state.push(NotifyState::Watchdog);
    }
    tell(&state);
}

/// A service manager that does not listen stops no service.
fn tell(state: &[NotifyState<'_>]) {
    if let Err(error) = notify(state) {
        tracing::warn!(%error, "the service manager cannot be told how the service stands");
    }
}

/// The sockets that systemd listens on for the service.
pub(crate) fn sockets() -> io::Result<Vec<TcpListener>> {
    let mut sockets = ListenFd::from_env();
    let all = 0..sockets.len();
    all.filter_map(|place| sockets.take_tcp_listener(place).transpose())
        .collect()
}
