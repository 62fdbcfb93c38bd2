//! Which sessions are open, written to the store for `capf session list`.
//!
//! Only what is open when the scribe passes by is written, so that short sessions cost nothing.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::Service;
use crate::store::SessionRow;

/// How often the scribe passes by.
const ROUND: Duration = Duration::from_millis(500);

/// The sessions that are open now.
#[derive(Default)]
pub(super) struct Roster {
    open: Mutex<HashMap<u32, SessionRow>>,
    /// Whether the store has lost what was written.
    is_lost: AtomicBool,
}

impl Roster {
    /// Enters the session, or what it has become.
    pub(super) fn enter(&self, row: SessionRow) {
        self.lock().insert(row.id, row);
    }

    /// Strikes the session out.
    pub(super) fn leave(&self, id: u32) {
        self.lock().remove(&id);
    }

    /// Everything is to be written again.
    pub(super) fn begin_anew(&self) {
        self.is_lost.store(true, Ordering::Relaxed);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u32, SessionRow>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps the store's list in step with the roster.
pub(super) async fn keep(service: Arc<Service>) {
    let mut written: HashMap<u32, SessionRow> = HashMap::new();
    let mut round = tokio::time::interval(ROUND);
    loop {
        round.tick().await;
        if service.roster.is_lost.swap(false, Ordering::Relaxed) {
            written.clear();
        }
        let (changed, gone) = difference(&service.roster.lock(), &written);
        if changed.is_empty() && gone.is_empty() {
            continue;
        }
        let saved = async {
            service
                .store
                .remove_sessions(&service.node, gone.iter().copied().collect())
                .await?;
            service.store.save_sessions(changed.clone()).await
        };
        match saved.await {
            Ok(()) => {
                written.retain(|id, _| !gone.contains(id));
                written.extend(changed.into_iter().map(|row| (row.id, row)));
            }
            Err(error) => {
                service.metrics.store_failed();
                tracing::warn!(%error, "cannot write the list of sessions");
            }
        }
    }
}

fn difference(
    now: &HashMap<u32, SessionRow>,
    written: &HashMap<u32, SessionRow>,
) -> (Vec<SessionRow>, HashSet<u32>) {
    let changed = now
        .values()
        .filter(|row| written.get(&row.id) != Some(row))
        .cloned()
        .collect();
    let gone = written
        .keys()
        .filter(|id| !now.contains_key(id))
        .copied()
        .collect();
    (changed, gone)
}
