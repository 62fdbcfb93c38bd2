//! Service activation and the control of the service, as Unified CM's Serviceability has them.
//!
//! All of it goes through the store, which the service watches: whoever can administer the
//! installation can end the service or let it begin anew, and no init system is asked.

use std::net::SocketAddr;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use tokio::time::sleep;

use super::parameter::pending;
use super::{AdminError, Installation, whole_seconds};
use crate::model::{NodeName, Parameter, ParameterValues};
use crate::session::AWAIT_CA;
use crate::store::RunningNode;

pub use crate::store::ServiceOrders;

/// Cisco's name of the service.
pub const NAME: &str = "Cisco Certificate Authority Proxy Function";

/// How often it is looked whether the service has done what it was told.
const POLL: Duration = Duration::from_millis(100);

/// Whether a service runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum ServiceStatus {
    /// It serves phones.
    Started,
    /// It begins, or ends.
    Starting,
    /// It waits until it is activated.
    Waiting,
    /// There is none.
    #[serde(rename = "Not Running")]
    NotRunning,
}

impl ServiceStatus {
    /// As it is shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Started => "Started",
            Self::Starting => "Starting",
            Self::Waiting => "Waiting",
            Self::NotRunning => "Not Running",
        }
    }
}

/// A parameter whose value takes effect when the service restarts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PendingParameter {
    /// The parameter.
    pub name: Parameter,
    /// The value from the restart on.
    pub value: String,
    /// The value until then.
    pub value_until_restart: String,
}

/// How the service stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServiceView {
    /// Cisco's name of it.
    pub name: &'static str,
    /// Whether it is activated.
    pub activated: bool,
    /// Whether it runs.
    pub status: ServiceStatus,
    /// The nodes on which it runs, by name.
    pub nodes: Vec<NodeView>,
    /// How many sessions are open.
    pub sessions: usize,
    /// How many of them wait for an offline CA.
    pub held: usize,
    /// The parameters that have another value from its restart on.
    pub pending: Vec<PendingParameter>,
}

/// How the service runs on one node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NodeView {
    /// The node's name.
    pub name: NodeName,
    /// When the service began there, or began anew.
    pub since: Timestamp,
    /// For how many seconds it has run.
    pub up_seconds: i64,
    /// Where it listens.
    pub addresses: Vec<SocketAddr>,
    /// The version of its program.
    pub version: String,
}

impl NodeView {
    fn new(node: RunningNode, now: Timestamp) -> Self {
        let since = whole_seconds(node.since);
        Self {
            name: node.name,
            since,
            up_seconds: now.duration_since(since).as_secs().max(0),
            addresses: node.addresses,
            version: node.version,
        }
    }
}

/// What is known of a service at one time.
pub(super) struct Standing {
    pub(super) activated: bool,
    pub(super) status: ServiceStatus,
    pub(super) nodes: Vec<RunningNode>,
}

impl Standing {
    pub(super) async fn of(installation: &Installation) -> Result<Self, AdminError> {
        let store = installation.store();
        let activated = store.service_orders().await?.activated;
        let nodes = installation.nodes().await?.into_iter();
        let nodes: Vec<_> = nodes
            .filter(|row| row.is_alive)
            .map(|row| row.node)
            .collect();
        let status = if !nodes.is_empty() {
            ServiceStatus::Started
        } else if installation.is_served()? {
            ServiceStatus::Starting
        } else if installation.is_awaited()? {
            ServiceStatus::Waiting
        } else {
            ServiceStatus::NotRunning
        };
        Ok(Self {
            activated,
            status,
            nodes,
        })
    }

    /// Whether the parameters count: the service is activated, or runs without.
    pub(super) fn is_active(&self) -> bool {
        self.activated || !self.nodes.is_empty()
    }

    /// The parameters that have another value from a restart on, on some node.
    pub(super) fn pending(&self, values: &ParameterValues) -> Vec<PendingParameter> {
        let mut all: Vec<PendingParameter> = Vec::new();
        for parameter in self
            .nodes
            .iter()
            .flat_map(|node| pending(&node.parameters, values))
        {
            if all.iter().all(|known| known.name != parameter.name) {
                all.push(parameter);
            }
        }
        all
    }

    /// Whether the service has begun anew on every node that it ran on `before`.
    fn has_restarted_since(&self, before: &[RunningNode]) -> bool {
        before.iter().all(|old| {
            let now = self.nodes.iter().find(|node| node.name == old.name);
            now.is_some_and(|now| now.since != old.since)
        })
    }
}

/// How the service stands.
pub async fn status(installation: &Installation) -> Result<ServiceView, AdminError> {
    let standing = Standing::of(installation).await?;
    let store = installation.store();
    let sessions = super::session::of(installation, standing.nodes.iter()).await?;
    let values = store.parameters().await?;
    let pending = standing.pending(&values);
    let held = sessions.iter().filter(|it| it.state == AWAIT_CA).count();
    let now = installation.now();
    let nodes = standing.nodes.into_iter();
    Ok(ServiceView {
        name: NAME,
        activated: standing.activated,
        status: standing.status,
        nodes: nodes.map(|node| NodeView::new(node, now)).collect(),
        sessions: sessions.len(),
        held,
        pending,
    })
}

/// Activates the service. One that waits for it begins; it is awaited for `patience`.
pub async fn activate(installation: &Installation, patience: Duration) -> Result<(), AdminError> {
    installation
        .store()
        .activate_service(installation.actor())
        .await?;
    if Standing::of(installation).await?.status == ServiceStatus::NotRunning {
        return Ok(());
    }
    settled(installation, patience, "started", |now| match now.status {
        ServiceStatus::Started => Progress::Done,
        ServiceStatus::Starting | ServiceStatus::Waiting => Progress::UnderWay,
        ServiceStatus::NotRunning => Progress::Failed,
    })
    .await
}

/// Deactivates the service. One that runs ends: sessions under way may finish, and held ones are let
/// go. It is awaited for `patience`.
pub async fn deactivate(installation: &Installation, patience: Duration) -> Result<(), AdminError> {
    installation
        .store()
        .deactivate_service(installation.actor())
        .await?;
    settled(installation, patience, "ended", |now| match now.status {
        ServiceStatus::Started | ServiceStatus::Starting => Progress::UnderWay,
        ServiceStatus::Waiting | ServiceStatus::NotRunning => Progress::Done,
    })
    .await
}

/// Lets the service begin anew on every node that it runs on, by the parameters as they are then and
/// with the CAPF certificate as it is then. It is awaited for `patience`.
pub async fn restart(installation: &Installation, patience: Duration) -> Result<(), AdminError> {
    let before = Standing::of(installation).await?.nodes;
    if before.is_empty() {
        return Err(AdminError::NoServiceRuns);
    }
    let is_shared = installation.store().is_shared();
    installation
        .store()
        .restart_service(installation.actor())
        .await?;
    settled(installation, patience, "restarted", |now| {
        match now.status {
            _ if now.has_restarted_since(&before) => Progress::Done,
            // Of a service on another machine nothing is known while it begins.
            _ if is_shared => Progress::UnderWay,
            ServiceStatus::Started | ServiceStatus::Starting => Progress::UnderWay,
            ServiceStatus::Waiting | ServiceStatus::NotRunning => Progress::Failed,
        }
    })
    .await
}

/// What administrators want of the service; for the service itself.
pub async fn orders(installation: &Installation) -> Result<ServiceOrders, AdminError> {
    Ok(installation.store().service_orders().await?)
}

/// Waits until the service is activated, which it may be already; gives the orders up to then.
pub async fn activated(installation: &Installation) -> Result<ServiceOrders, AdminError> {
    // It watches first, so that nothing slips through between the two.
    let mut watch = installation.store().watch().await?;
    let mut now = orders(installation).await?;
    if !now.activated {
        tracing::info!("not activated; `capf service activate` lets the service begin");
    }
    while !now.activated {
        watch.changed().await;
        now = orders(installation).await?;
    }
    Ok(now)
}

/// How far the service has come with what it was told.
enum Progress {
    Done,
    UnderWay,
    Failed,
}

/// Waits until the service has done what it was told; with no patience, it does not look.
async fn settled(
    installation: &Installation,
    patience: Duration,
    what: &'static str,
    judge: impl Fn(&Standing) -> Progress,
) -> Result<(), AdminError> {
    if patience.is_zero() {
        return Ok(());
    }
    let awaited = async {
        loop {
            match judge(&Standing::of(installation).await?) {
                Progress::Done => return Ok(()),
                Progress::Failed => return Err(AdminError::ServiceFailed { what }),
                Progress::UnderWay => sleep(POLL).await,
            }
        }
    };
    tokio::time::timeout(patience, awaited)
        .await
        .unwrap_or(Err(AdminError::ServiceSlow {
            what,
            seconds: patience.as_secs(),
        }))
}
