//! What an administrator tells the service that runs, by another handle on its database.

use std::time::Duration;

use capf::model::Parameter;
use capf::server::Ended;

use crate::Running;
use crate::running::admin;

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_told_to_begin_anew_or_is_deactivated_ends_and_says_why() {
    for (ended, was_activated) in [
        (Ended::Restarted, true),
        (Ended::Restarted, false),
        (Ended::Deactivated, true),
        (Ended::Deactivated, false),
    ] {
        let mut running = Running::start().await;
        let other = running.second_store().await;
        let runs = async || other.nodes().await.unwrap().len() == 1;
        running.settled(runs).await;
        if was_activated {
            other.activate_service(&admin()).await.unwrap();
        }
        // What does not concern it ends nothing.
        running.parameter(Parameter::TraceFiles, "20").await;
        drop(running.call().await);
        if ended == Ended::Restarted {
            other.restart_service(&admin()).await.unwrap();
        } else {
            other.deactivate_service(&admin()).await.unwrap();
        }
        assert_eq!(running.ended().await, ended);
        assert_eq!(other.nodes().await.unwrap(), []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_says_where_it_listens_and_by_which_parameters() {
    let port = (Parameter::PhonePort, "3900");
    let running = Running::with_parameters(crate::running::generous(), &[port]).await;
    let runs = async || running.store.nodes().await.unwrap().len() == 1;
    running.settled(runs).await;
    // The service keeps to what it began with.
    running.parameter(Parameter::PhonePort, "3901").await;
    let service = &running.store.nodes().await.unwrap()[0].node;
    assert_eq!(service.addresses, [running.address]);
    assert_eq!(service.version, env!("CARGO_PKG_VERSION"));
    assert_eq!(service.parameters.value(Parameter::PhonePort), "3900");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_could_not_be_read_when_it_came_is_obeyed_later() {
    let mut running = Running::start().await;
    let runs = async || running.store.nodes().await.unwrap().len() == 1;
    running.settled(runs).await;
    let database = rusqlite::Connection::open(running.directory().join("capf.db")).unwrap();
    database
        .execute_batch(
            "ALTER TABLE parameter RENAME TO away;
             INSERT INTO audit (at, actor, by_admin, what) VALUES (0, 'alice', 1, 'a change');",
        )
        .unwrap();
    // Long enough for the service to have looked in vain, on most machines.
    tokio::time::sleep(Duration::from_secs(1)).await;
    // No entry tells of this.
    database
        .execute_batch(
            "ALTER TABLE away RENAME TO parameter;
             UPDATE service SET restarts = restarts + 1;",
        )
        .unwrap();
    assert_eq!(running.ended().await, Ended::Restarted);
}
