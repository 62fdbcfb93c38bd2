//! What this node says to the others, and how they share the limits.

use std::sync::Arc;

use tokio::time::{MissedTickBehavior, interval};

use super::Service;
use super::told::Told;
use crate::store::{BEAT, Pulse, RunningNode};

/// Says again and again that the node lives. There is nobody to say it to where the database is not
/// shared.
pub(super) async fn keep(service: Arc<Service>, node: RunningNode) {
    if !service.store.is_shared() {
        return;
    }
    let mut beat = interval(BEAT.unsigned_abs());
    // What was missed while the database was away is missed.
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (replaced, differs) = (Told::default(), Told::default());
    loop {
        beat.tick().await;
        match service.store.beat(&node).await {
            Ok(pulse) => heed(&service, &pulse, &replaced, &differs),
            Err(error) => {
                service.metrics.store_failed();
                tracing::warn!(%error, "cannot say that this node lives");
            }
        }
    }
}

fn heed(service: &Service, pulse: &Pulse, replaced: &Told, differs: &Told) {
    service.gate.share(pulse.alive);
    service.metrics.nodes(pulse.alive);
    if pulse.was_forgotten {
        tracing::warn!("this node was forgotten while the database did not hear of it");
        service.roster.begin_anew();
    }
    if replaced.is_news(pulse.is_replaced) {
        tracing::error!(
            "another service runs as the node {}; give each its own name with --node",
            service.node
        );
    }
    let own = service.authority.certificate();
    let is_other = pulse.capf.as_ref().is_some_and(|capf| *capf != *own);
    if differs.is_news(is_other) {
        tracing::error!(
            "this node issues by another CAPF certificate than the other nodes do; copy the \
             directory `ca` from a node that has it, and restart"
        );
    }
}
