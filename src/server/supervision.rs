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

    /// The service works: phones are listened to, and the store answers. Or it does not, for the
    /// reason that is given.
    fn stands(&self, unready: Option<&str>);

    /// No new phones are served, because the service ends or begins anew. The sessions under way may
    /// finish within `grace`.
    fn ends(&self, why: Ended, grace: Duration);
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
        supervisor.stands(unready.as_deref());
        sleep_until(next).await;
    }
}

/// Reports the end.
pub(super) fn end(service: &Service, why: Ended) {
    if let Some(supervisor) = &service.supervisor {
        supervisor.ends(why, service.limits.grace);
    }
}
