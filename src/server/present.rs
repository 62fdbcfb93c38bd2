//! The held sessions: phones that wait for a certificate from an outside CA, for days if need be.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::Service;
use crate::model::DeviceName;
use crate::store::Watch;

/// Which sessions are held, by phone.
#[derive(Default)]
pub(super) struct Held(Mutex<HashMap<DeviceName, Vec<Arc<Notify>>>>);

/// A session's place among the held ones; it is given up when dropped.
pub(super) struct Place<'a> {
    held: &'a Held,
    device: DeviceName,
    bell: Arc<Notify>,
}

impl Held {
    /// Takes a place. The bell rings at once, so that what happened just before is not missed;
    /// and so does that of an older session of the same phone, which waits in vain from now on.
    pub(super) fn enter(&self, device: DeviceName) -> Place<'_> {
        let bell = Arc::new(Notify::new());
        let mut held = self.lock();
        let bells = held.entry(device.clone()).or_default();
        bells.push(Arc::clone(&bell));
        for bell in bells.iter() {
            bell.notify_one();
        }
        drop(held);
        Place {
            held: self,
            device,
            bell,
        }
    }

    /// Wakes the sessions of this phone to look for themselves.
    fn ring(&self, device: &DeviceName) {
        if let Some(bells) = self.lock().get(device) {
            for bell in bells {
                bell.notify_one();
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<DeviceName, Vec<Arc<Notify>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place<'_> {
    /// Resolves when something has happened to the phone in the store. Cancel-safe.
    pub(super) async fn rung(&self) {
        self.bell.notified().await;
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut held = self.held.lock();
        if let Some(bells) = held.get_mut(&self.device) {
            bells.retain(|bell| !Arc::ptr_eq(bell, &self.bell));
            if bells.is_empty() {
                held.remove(&self.device);
            }
        }
    }
}

/// Rings for every phone that an administrator has changed, in this process or another.
pub(super) async fn watch(service: Arc<Service>, mut watch: Watch) {
    loop {
        for device in watch.changed().await {
            service.held.ring(&device);
        }
    }
}
