//! systemd, as far as it starts the service and watches over it.

use std::io;
use std::net::TcpListener;
use std::time::Duration;

use capf::config::is_supervised;
use capf::server::Supervisor;
use listenfd::ListenFd;
use sd_notify::{NotifyState, notify, watchdog_enabled};

/// How often the status is told where there is no watchdog.
const PERIOD: Duration = Duration::from_secs(30);

/// So many times the watchdog is told within the time that it has: one failure of the store, or a
/// moment without a processor, ends no service.
const TIMES: u32 = 4;

/// systemd, waiting to be told how the service stands.
pub(crate) struct Systemd {
    watchdog: Option<Duration>,
}

impl Systemd {
    /// None where nobody wants to be told.
    pub(crate) fn of_this_process() -> Option<Self> {
        is_supervised().then(|| Self {
            watchdog: watchdog_enabled(),
        })
    }
}

impl Supervisor for Systemd {
    fn period(&self) -> Duration {
        self.watchdog.map_or(PERIOD, |within| within / TIMES)
    }

    fn begins(&self) {
        tell(&[NotifyState::Ready, NotifyState::Status("serves phones")]);
    }

    fn stands(&self, unready: Option<&str>) {
        match unready {
            None => tell(&[NotifyState::Watchdog, NotifyState::Status("serves phones")]),
            Some(why) => {
                tracing::error!("phones cannot be served: {why}");
                tell(&[NotifyState::Status(&format!("cannot serve phones: {why}"))]);
            }
        }
    }

    fn ends(&self, grace: Duration) {
        let status = format!("ends; sessions may finish within {} s", grace.as_secs());
        tell(&[NotifyState::Stopping, NotifyState::Status(&status)]);
    }
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
