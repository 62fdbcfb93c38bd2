//! What an administrator has told the service to do: to end, or to begin anew.

use tokio::sync::watch;

use super::Ended;
use crate::store::ServiceOrders;

/// Resolves when an order has come since `begun`.
pub(super) async fn given(
    begun: ServiceOrders,
    mut orders: watch::Receiver<ServiceOrders>,
) -> Ended {
    loop {
        if let Some(ended) = ordered(begun, *orders.borrow_and_update()) {
            return ended;
        }
        if orders.changed().await.is_err() {
            // Whoever watches the store is gone, and no order will come.
            std::future::pending::<()>().await;
        }
    }
}

/// To end counts for more than to begin anew.
fn ordered(begun: ServiceOrders, now: ServiceOrders) -> Option<Ended> {
    if now.ends > begun.ends {
        Some(Ended::Deactivated)
    } else if now.restarts > begun.restarts {
        Some(Ended::Restarted)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_ordered_before_the_service_began_is_done_already() {
        let begun = ServiceOrders {
            activated: true,
            restarts: 3,
            ends: 2,
        };
        assert_eq!(ordered(begun, begun), None);
        let restarted = ServiceOrders {
            restarts: 4,
            ..begun
        };
        assert_eq!(ordered(begun, restarted), Some(Ended::Restarted));
        let both = ServiceOrders {
            ends: 3,
            ..restarted
        };
        assert_eq!(ordered(begun, both), Some(Ended::Deactivated));
    }
}
