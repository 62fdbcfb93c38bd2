//! What administrators want of the service.

use super::audit::Trail;
use super::engine::{Connection, first};
use super::{Actor, Store, StoreError};

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
