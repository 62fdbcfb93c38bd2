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
use crate::model::{Parameter, ParameterValues};
use crate::session::AWAIT_CA;
use crate::store::RunningService;

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
    /// When it began, or began anew.
    pub since: Option<Timestamp>,
    /// For how many seconds it has run.
    pub up_seconds: Option<i64>,
    /// Where it listens.
    pub addresses: Vec<SocketAddr>,
    /// How many sessions are open.
    pub sessions: usize,
    /// How many of them wait for an offline CA.
    pub held: usize,
    /// The version of its program.
    pub version: Option<String>,
    /// The parameters that have another value from its restart on.
    pub pending: Vec<PendingParameter>,
}

/// What is known of a service at one time.
pub(super) struct Standing {
    pub(super) activated: bool,
    pub(super) status: ServiceStatus,
    pub(super) running: Option<RunningService>,
}

impl Standing {
    pub(super) async fn of(installation: &Installation) -> Result<Self, AdminError> {
        let store = installation.store();
        let activated = store.service_orders().await?.activated;
        let (status, running) = if installation.is_served()? {
            match store.running_service().await? {
                Some(running) => (ServiceStatus::Started, Some(running)),
                None => (ServiceStatus::Starting, None),
            }
        } else if installation.is_awaited()? {
            (ServiceStatus::Waiting, None)
        } else {
            (ServiceStatus::NotRunning, None)
        };
        Ok(Self {
            activated,
            status,
            running,
        })
    }

    /// Whether the parameters count: the service is activated, or runs without.
    pub(super) fn is_active(&self) -> bool {
        self.activated || self.running.is_some()
    }

    /// The parameters that have another value from a restart on.
    pub(super) fn pending(&self, values: &ParameterValues) -> Vec<PendingParameter> {
        self.running
            .as_ref()
            .map_or_else(Vec::new, |running| pending(&running.parameters, values))
    }
}

/// How the service stands.
pub async fn status(installation: &Installation) -> Result<ServiceView, AdminError> {
    let standing = Standing::of(installation).await?;
    let store = installation.store();
    let sessions = super::session::list(installation).await?;
    let values = store.parameters().await?;
    let pending = standing.pending(&values);
    let held = sessions.iter().filter(|it| it.state == AWAIT_CA).count();
    let (since, addresses, version) = match standing.running {
        Some(running) => (
            Some(whole_seconds(running.since)),
            running.addresses,
            Some(running.version),
        ),
        None => (None, Vec::new(), None),
    };
    Ok(ServiceView {
        name: NAME,
        activated: standing.activated,
        status: standing.status,
        since,
        up_seconds: since.map(|since| installation.now().duration_since(since).as_secs().max(0)),
        addresses,
        sessions: sessions.len(),
        held,
        version,
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

/// Lets the service that runs begin anew, by the parameters as they are then and with the CAPF
/// certificate as it is then. It is awaited for `patience`.
pub async fn restart(installation: &Installation, patience: Duration) -> Result<(), AdminError> {
    let standing = Standing::of(installation).await?;
    let Some(before) = standing.running else {
        return Err(AdminError::NoServiceRuns);
    };
    installation
        .store()
        .restart_service(installation.actor())
        .await?;
    settled(installation, patience, "restarted", |now| {
        match (now.status, &now.running) {
            (ServiceStatus::Started, Some(running)) if running.since != before.since => {
                Progress::Done
            }
            (ServiceStatus::Started | ServiceStatus::Starting, _) => Progress::UnderWay,
            (ServiceStatus::Waiting | ServiceStatus::NotRunning, _) => Progress::Failed,
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
