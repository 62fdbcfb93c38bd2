//! The parameters in force, and the watch over what administrators change.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use super::keepalive::{self, Keepalive};
use super::{Service, authority};
use crate::model::ParameterValues;
use crate::store::{ServiceOrders, StoreError, Watch};
use crate::transport::ServerTls;

/// The parameters as they were when somebody last changed one: for what is decided before a phone
/// has said its name, and while it waits for days. Else a session reads its own from the store.
pub(super) struct Settings {
    parameters: RwLock<ParameterValues>,
    keepalive: watch::Sender<Option<Duration>>,
}

impl Default for Settings {
    fn default() -> Self {
        let parameters = ParameterValues::default();
        Self {
            keepalive: watch::Sender::new(keepalive::period(&parameters)),
            parameters: RwLock::new(parameters),
        }
    }
}

impl Settings {
    /// What the parameters say, through `look`.
    pub(super) fn read<T>(&self, look: impl FnOnce(&ParameterValues) -> T) -> T {
        look(
            &self
                .parameters
                .read()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    /// The keepalives of a session that is held from now on.
    pub(super) fn keepalive(&self) -> Keepalive {
        Keepalive::new(self.keepalive.subscribe())
    }

    fn set(&self, parameters: ParameterValues) {
        let period = keepalive::period(&parameters);
        self.keepalive
            .send_if_modified(|known| std::mem::replace(known, period) != period);
        *self
            .parameters
            .write()
            .unwrap_or_else(PoisonError::into_inner) = parameters;
    }
}

/// From now on these parameters are in force.
pub(super) fn take(service: &Service, parameters: ParameterValues) {
    service.gate.set_limits((&parameters).into());
    service.settings.set(parameters);
}

/// How long after a failure to read them the parameters and orders are read again.
const RETRY: Duration = Duration::from_secs(1);

/// Rings for every phone that an administrator has changed, in this process or another, and reads
/// the parameters, the orders to the service and the CAPF certificate anew where those were changed;
/// `listeners` show it.
pub(super) async fn watch(
    service: Arc<Service>,
    mut watch: Watch,
    orders: watch::Sender<ServiceOrders>,
    listeners: Vec<ServerTls>,
) {
    let mut is_current = true;
    loop {
        let changes = if is_current {
            watch.changed().await
        } else {
            // What failed to be read has been told once, and will not be again.
            timeout(RETRY, watch.changed()).await.unwrap_or_default()
        };
        for device in &changes.devices {
            service.present.ring(device);
        }
        if changes.settings {
            authority::renew(&service, &listeners).await;
        }
        if changes.settings || !is_current {
            is_current = match read(&service, &orders).await {
                Ok(()) => true,
                Err(error) => {
                    service.metrics.store_failed();
                    tracing::error!(%error, "cannot read the parameters; the old ones stay");
                    false
                }
            };
        }
    }
}

async fn read(service: &Service, orders: &watch::Sender<ServiceOrders>) -> Result<(), StoreError> {
    take(service, service.store.parameters().await?);
    orders.send_replace(service.store.service_orders().await?);
    Ok(())
}
