//! The parameters in force, and the watch over what administrators change.

use std::sync::{Arc, PoisonError, RwLock};

use super::Service;
use crate::model::ParameterValues;
use crate::store::Watch;

/// The parameters as they were when somebody last changed one: for what is decided before a phone
/// has said its name. A session reads its own from the store.
#[derive(Default)]
pub(super) struct Settings(RwLock<ParameterValues>);

impl Settings {
    /// What the parameters say, through `look`.
    pub(super) fn read<T>(&self, look: impl FnOnce(&ParameterValues) -> T) -> T {
        look(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn set(&self, parameters: ParameterValues) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = parameters;
    }
}

/// Rings for every phone that an administrator has changed, in this process or another, and reads
/// the parameters anew where those were changed.
pub(super) async fn watch(service: Arc<Service>, mut watch: Watch) {
    loop {
        let changes = watch.changed().await;
        for device in &changes.devices {
            service.present.ring(device);
        }
        if changes.settings {
            match service.store.parameters().await {
                Ok(parameters) => service.settings.set(parameters),
                Err(error) => {
                    tracing::error!(%error, "cannot read the parameters; the old ones stay");
                }
            }
        }
    }
}
