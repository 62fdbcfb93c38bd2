//! What administrators want of the service, and what the one that runs says of itself.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use jiff::Timestamp;

use super::audit::Trail;
use super::engine::{Connection, Row, Value, first};
use super::{Actor, Store, StoreError};
use crate::model::{Parameter, ParameterValues};

/// What administrators want of the service. Orders are counted: a higher number than before is an
/// order that has come meanwhile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ServiceOrders {
    /// Whether the service is activated.
    pub activated: bool,
    /// How many times it was told to begin anew.
    pub restarts: i64,
    /// How many times it was told to end, by being deactivated.
    pub ends: i64,
}

/// What a service that runs says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunningService {
    /// When it began, or began anew.
    pub since: Timestamp,
    /// The version of its program.
    pub version: String,
    /// Where it listens.
    pub addresses: Vec<SocketAddr>,
    /// Its values of the parameters that take effect at restart; of no others.
    pub parameters: ParameterValues,
}

/// What there is to do with a service.
#[derive(Clone, Copy)]
enum Order {
    Activate,
    Deactivate,
    Restart,
}

impl Store {
    /// What administrators want of the service.
    pub async fn service_orders(&self) -> Result<ServiceOrders, StoreError> {
        self.read(orders).await
    }

    /// Activates the service.
    pub async fn activate_service(&self, actor: &Actor) -> Result<(), StoreError> {
        self.order(actor, Order::Activate).await
    }

    /// Deactivates the service, and tells the one that runs to end.
    pub async fn deactivate_service(&self, actor: &Actor) -> Result<(), StoreError> {
        self.order(actor, Order::Deactivate).await
    }

    /// Tells the service that runs to begin anew.
    pub async fn restart_service(&self, actor: &Actor) -> Result<(), StoreError> {
        self.order(actor, Order::Restart).await
    }

    async fn order(&self, actor: &Actor, order: Order) -> Result<(), StoreError> {
        let trail = self.trail(actor);
        self.write(move |connection| give(connection, &trail, order))
            .await
    }

    /// Notes that a service runs, and how.
    pub async fn begin_service(&self, service: RunningService) -> Result<(), StoreError> {
        self.write(move |connection| begin(connection, &service))
            .await
    }

    /// Notes that no service runs.
    pub async fn end_service(&self) -> Result<(), StoreError> {
        let sql = "UPDATE service SET since = NULL, version = NULL, addresses = NULL,
                       parameters = NULL";
        self.write(|connection| connection.execute(sql, &[]).map(drop))
            .await
    }

    /// The service that runs, or was killed and has not begun again.
    pub async fn running_service(&self) -> Result<Option<RunningService>, StoreError> {
        self.read(|connection| {
            let sql = "SELECT since, version, addresses, parameters FROM service
                       WHERE since IS NOT NULL";
            first(connection, sql, &[], running)
        })
        .await
    }
}

fn orders(connection: &mut dyn Connection) -> Result<ServiceOrders, StoreError> {
    let sql = "SELECT activated, restarts, ends FROM service";
    let orders = first(connection, sql, &[], |row| {
        Ok(ServiceOrders {
            activated: row.integer()? != 0,
            restarts: row.integer()?,
            ends: row.integer()?,
        })
    })?;
    orders.ok_or_else(|| StoreError::corrupt("the state of the service is missing"))
}

fn give(connection: &mut dyn Connection, trail: &Trail, order: Order) -> Result<(), StoreError> {
    let (sql, what) = match order {
        Order::Activate => ("UPDATE service SET activated = 1", "service activated"),
        Order::Deactivate => (
            "UPDATE service SET activated = 0, ends = ends + 1",
            "service deactivated",
        ),
        Order::Restart => (
            "UPDATE service SET restarts = restarts + 1",
            "service restarted",
        ),
    };
    connection.execute(sql, &[])?;
    trail.note(connection, None, what)
}

fn begin(connection: &mut dyn Connection, service: &RunningService) -> Result<(), StoreError> {
    let parameters: BTreeMap<&str, &str> = of_restart()
        .map(|parameter| (parameter.as_str(), service.parameters.value(parameter)))
        .collect();
    let sql = "UPDATE service SET since = ?1, version = ?2, addresses = ?3, parameters = ?4";
    let values: [Value<'_>; 4] = [
        service.since.into(),
        service.version.as_str().into(),
        json(&service.addresses).into(),
        json(&parameters).into(),
    ];
    connection.execute(sql, &values).map(drop)
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("texts are JSON")
}

/// The parameters of which something takes effect at restart alone.
fn of_restart() -> impl Iterator<Item = Parameter> {
    let all = Parameter::ALL.iter().copied();
    all.filter(|parameter| parameter.takes_effect().needs_restart())
}

fn running(row: &mut Row<'_>) -> Result<RunningService, StoreError> {
    let corrupt = |what: &str, error: serde_json::Error| {
        StoreError::corrupt(format!("the {what} of the service: {error}"))
    };
    let since = row.time()?;
    let version = row.text()?.into_owned();
    let addresses =
        serde_json::from_str(&row.text()?).map_err(|error| corrupt("addresses", error))?;
    let mut values: BTreeMap<String, String> =
        serde_json::from_str(&row.text()?).map_err(|error| corrupt("parameters", error))?;
    let known = of_restart().filter_map(|parameter| {
        let value = values.remove(parameter.as_str())?;
        Some((parameter, value))
    });
    Ok(RunningService {
        since,
        version,
        addresses,
        parameters: ParameterValues::new(known),
    })
}
