//! The sessions that phones have open.

use super::{AdminError, Installation};
use crate::store::SessionRow;

/// The sessions now open, oldest first, on whatever node. Where no service lives, there are none,
/// whatever one that was killed has left in the store.
pub async fn list(installation: &Installation) -> Result<Vec<SessionRow>, AdminError> {
    let nodes = installation.living_nodes().await?;
    let mut sessions = installation.store().sessions().await?;
    sessions.retain(|session| nodes.iter().any(|node| node.name == session.node));
    Ok(sessions)
}
