//! What an init system is told of the service, so that it starts what waits for it, and starts it
//! anew where it does not work any more.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::{Ended, Service, metrics};

/// Who has started the service and watches over it.
pub trait Supervisor: Send + Sync {
    /// How often it wants to hear how the service stands.
    fn period(&self) -> Duration;

    /// Phones can connect from now on.
    fn begins(&self);

    /// How the service stands.
    fn stands(&self, standing: Standing<'_>);

    /// No new phones are served, because the service ends or begins anew. The sessions under way may
    /// finish within `grace`.
    fn ends(&self, why: Ended, grace: Duration);
}

/// How a service stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing<'a> {
    /// It works: phones are listened to, and the store answers.
    Works,
    /// The database server does not answer, for this reason, and another start of the service would be
    /// no help: it works again by itself, and phones that wait for an offline CA go on waiting.
    Waits(&'a str),
    /// It does not work, for this reason.
    Fails(&'a str),
}

impl<'a> Standing<'a> {
    fn new(unready: Option<&'a str>, awaits_server: bool) -> Self {
        match unready {
            None => Self::Works,
            Some(why) if awaits_server => Self::Waits(why),
            Some(why) => Self::Fails(why),
        }
    }
}

/// Reports until it is dropped.
pub(super) async fn report(service: Arc<Service>) {
    let Some(supervisor) = &service.supervisor else {
        return;
    };
    supervisor.begins();
    loop {
        // Asking takes its time, which must not come on top of the period.
        let next = Instant::now() + supervisor.period();
        let unready = metrics::unready(&service).await;
        let awaits_server = service.store.is_shared() && service.metrics.is_listening();
        supervisor.stands(Standing::new(unready.as_deref(), awaits_server));
        sleep_until(next).await;
    }
}

/// Reports the end.
pub(super) fn end(service: &Service, why: Ended) {
    if let Some(supervisor) = &service.supervisor {
        supervisor.ends(why, service.limits.grace);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_that_waits_for_a_database_server_is_not_one_that_fails() {
        assert_eq!(Standing::new(None, true), Standing::Works);
        assert_eq!(Standing::new(Some("away"), true), Standing::Waits("away"));
        assert_eq!(Standing::new(Some("full"), false), Standing::Fails("full"));
    }
}
