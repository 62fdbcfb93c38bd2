//! A database with a fleet in it.

use capf::clock::{Clock as _, SystemClock};
use capf::store::{Actor, Store};

use crate::fleet::Fleet;

/// How many phones are put into the database at once.
const AT_ONCE: usize = 2_000;

/// Puts so many phones of the fleet of this seed into the database.
pub(crate) async fn fill(store: &Store, seed: u64, phones: usize) {
    let actor = Actor::Admin("bench".to_owned());
    let mut fleet = Fleet::new(seed, SystemClock.now()).take(phones);
    // The next ones are made while these are written.
    let mut writing: Option<tokio::task::JoinHandle<()>> = None;
    loop {
        let batch: Vec<_> = fleet.by_ref().take(AT_ONCE).collect();
        if let Some(written) = writing.take() {
            written.await.unwrap();
        }
        if batch.is_empty() {
            return;
        }
        let (store, actor) = (store.clone(), actor.clone());
        writing = Some(tokio::spawn(async move {
            let added = store
                .add_phones_with_certificates(&actor, batch)
                .await
                .unwrap();
            assert!(added.existing.is_empty(), "{:?}", added.existing);
        }));
    }
}
