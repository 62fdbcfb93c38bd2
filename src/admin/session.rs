//! The sessions that phones have open.

use super::{AdminError, Installation};
use crate::store::{RunningNode, SessionRow};

/// The sessions now open, oldest first, on whatever node. Where no service lives, there are none,
/// whatever one that was killed has left in the store.
pub async fn list(installation: &Installation) -> Result<Vec<SessionRow>, AdminError> {
    let nodes = installation.nodes().await?;
    let alive = nodes.iter().filter(|row| row.is_alive);
    of(installation, alive.map(|row| &row.node)).await
}

/// The sessions now open on these nodes, oldest first.
pub(super) async fn of(
    installation: &Installation,
    nodes: impl Iterator<Item = &RunningNode> + Clone,
) -> Result<Vec<SessionRow>, AdminError> {
    let mut sessions = installation.store().sessions().await?;
    sessions.retain(|session| nodes.clone().any(|node| node.name == session.node));
    Ok(sessions)
}
