//! The machines on which the service runs.

use std::net::SocketAddr;

use jiff::Timestamp;
use serde::Serialize;

use super::{AdminError, Installation, whole_seconds};
use crate::model::NodeName;
use crate::session::AWAIT_CA;

/// Whether a node's service lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum NodeStatus {
    /// It has said so lately.
    Alive,
    /// It was killed, or cannot reach the database.
    Dead,
}

impl NodeStatus {
    /// As it is shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Alive => "Alive",
            Self::Dead => "Dead",
        }
    }
}

/// A node, and how it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Node {
    /// Its name.
    pub name: NodeName,
    /// Whether its service lives.
    pub status: NodeStatus,
    /// When the service began there, or began anew.
    pub since: Timestamp,
    /// When it last said that it lives; nothing where it need not.
    pub last_heard: Option<Timestamp>,
    /// Where phones are served.
    pub addresses: Vec<SocketAddr>,
    /// How many sessions are open.
    pub sessions: usize,
    /// How many of them wait for an offline CA.
    pub held: usize,
    /// The version of its program.
    pub version: String,
}

/// The nodes on which the service runs, or was killed, by name. A service that ends in order leaves
/// nothing behind.
pub async fn list(installation: &Installation) -> Result<Vec<Node>, AdminError> {
    let is_shared = installation.store().is_shared();
    let nodes = installation.nodes().await?;
    let alive = nodes.iter().filter(|row| row.is_alive);
    let sessions = super::session::of(installation, alive.map(|row| &row.node)).await?;
    let nodes = nodes.into_iter().map(|row| {
        let own = sessions.iter().filter(|it| it.node == row.node.name);
        Node {
            status: if row.is_alive {
                NodeStatus::Alive
            } else {
                NodeStatus::Dead
            },
            since: whole_seconds(row.node.since),
            last_heard: is_shared.then(|| whole_seconds(row.beat)),
            sessions: own.clone().count(),
            held: own.filter(|it| it.state == AWAIT_CA).count(),
            name: row.node.name,
            addresses: row.node.addresses,
            version: row.node.version,
        }
    });
    Ok(nodes.collect())
}

/// Forgets a dead node. Tells whether there was one of this name; one that lives is an error.
pub async fn remove(installation: &Installation, name: &NodeName) -> Result<bool, AdminError> {
    let store = installation.store();
    Ok(store.remove_node(installation.actor(), name).await?)
}
