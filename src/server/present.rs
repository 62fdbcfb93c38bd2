//! The phones that have a session under way, for minutes or, with an outside CA, for days.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::model::DeviceName;

/// Which phones have a session under way: of each phone the newest alone, because a phone that
/// begins another has lost the one before.
#[derive(Default)]
pub(super) struct Present(Mutex<HashMap<DeviceName, Arc<Bell>>>);

/// A session's place; it is given up when dropped.
pub(super) struct Place<'a> {
    present: &'a Present,
    device: DeviceName,
    bell: Arc<Bell>,
}

#[derive(Default)]
struct Bell {
    rings: Notify,
    overtaken: AtomicBool,
}

/// Why the bell of a session rang.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rung {
    /// Something has happened to the phone in the store; or nothing has.
    Changed,
    /// The phone has begun another session.
    Overtaken,
}

impl Present {
    /// Takes the phone's place. An older session of the phone hears that it is overtaken.
    pub(super) fn enter(&self, device: DeviceName) -> Place<'_> {
        let bell = Arc::new(Bell::default());
        if let Some(older) = self.lock().insert(device.clone(), Arc::clone(&bell)) {
            older.overtaken.store(true, Ordering::Release);
            older.rings.notify_one();
        }
        Place {
            present: self,
            device,
            bell,
        }
    }

    /// Tells the session of this phone, if it has one, to look for itself.
    pub(super) fn ring(&self, device: &DeviceName) {
        if let Some(bell) = self.lock().get(device) {
            bell.rings.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<DeviceName, Arc<Bell>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place<'_> {
    /// Resolves when something has happened to the phone. Cancel-safe.
    pub(super) async fn rung(&self) -> Rung {
        self.bell.rings.notified().await;
        if self.bell.overtaken.load(Ordering::Acquire) {
            Rung::Overtaken
        } else {
            Rung::Changed
        }
    }

    /// Rings the own bell, so that what happened just before is not missed.
    pub(super) fn look(&self) {
        self.bell.rings.notify_one();
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut present = self.present.lock();
        if present
            .get(&self.device)
            .is_some_and(|bell| Arc::ptr_eq(bell, &self.bell))
        {
            present.remove(&self.device);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device() -> DeviceName {
        "SEP001122334455".parse().unwrap()
    }

    #[tokio::test]
    async fn the_newer_session_overtakes_the_older_and_keeps_its_place_when_that_one_goes() {
        let present = Present::default();
        let older = present.enter(device());
        let newer = present.enter(device());
        assert_eq!(older.rung().await, Rung::Overtaken);
        drop(older);
        present.ring(&device());
        assert_eq!(newer.rung().await, Rung::Changed);
        drop(newer);
        assert!(present.lock().is_empty());
    }

    #[tokio::test]
    async fn a_bell_that_rings_before_anybody_listens_is_heard() {
        let present = Present::default();
        let place = present.enter(device());
        place.look();
        assert_eq!(place.rung().await, Rung::Changed);
        let other: DeviceName = "SEP001122334456".parse().unwrap();
        present.ring(&other);
        tokio::select! {
            biased;
            _ = place.rung() => panic!("another phone's bell rang"),
            () = std::future::ready(()) => {}
        }
    }
}
