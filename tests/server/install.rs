//! What is on record at each step, and the end of a service.

use std::time::Duration;

use capf::model::{CertificateOperation, CertificateState, OperationStatus};
use capf::server::Limits;
use capf::wire::{Command, Reason};

use crate::Running;
use crate::running::generous;

/// Limits of a service that waits for nobody when it ends.
fn hurried() -> Limits {
    Limits {
        grace: Duration::from_millis(200),
        ..generous()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_certificate_is_on_record_when_the_phone_is_sent_it_and_held_when_it_is_told_success() {
    let running = Running::start().await;
    let device = running
        .schedule("SEP000000000001", CertificateOperation::Install)
        .await;

    let mut phone = running.call().await;
    assert_eq!(
        phone.introduce(device.as_str()).await.command,
        Command::KEY_GENERATE_REQUEST
    );
    let key = phone.give_key().await;
    let request = phone.hear().await;
    let records = running.store.certificates(&device).await.unwrap();
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].state, CertificateState::Issued);
    assert_eq!(request.certificate(), Some(records[0].certificate.der()));
    assert_eq!(records[0].certificate.public_key(), key);
    assert_eq!(running.phone(&device).await.lsc, None);

    phone.stores().await;
    let records = running.store.certificates(&device).await.unwrap();
    assert_eq!(records[0].state, CertificateState::Held);
    let row = running.phone(&device).await;
    assert_eq!(row.phone.operation_status, OperationStatus::UpgradeSuccess);
    assert_eq!(row.phone.capf.operation, CertificateOperation::None);
    assert_eq!(row.phone.last_contact.unwrap().1.to_string(), "127.0.0.1");
    assert!(row.lsc.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_breaks_off_before_it_answers_can_enrol_again() {
    let running = Running::start().await;
    let device = running
        .schedule("SEP000000000002", CertificateOperation::Install)
        .await;

    let mut phone = running.call().await;
    phone.introduce(device.as_str()).await;
    phone.give_key().await;
    phone.hear().await;
    drop(phone);

    let mut phone = running.call().await;
    assert_eq!(
        phone.introduce(device.as_str()).await.command,
        Command::KEY_GENERATE_REQUEST
    );
    phone.enrol().await;

    let states: Vec<_> = running
        .store
        .certificates(&device)
        .await
        .unwrap()
        .into_iter()
        .map(|record| record.state)
        .collect();
    assert_eq!(states, [CertificateState::Held, CertificateState::Stale]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_ends_lets_the_session_under_way_finish() {
    let mut running = Running::start().await;
    let device = running
        .schedule("SEP000000000003", CertificateOperation::Install)
        .await;
    let mut phone = running.call().await;
    phone.introduce(device.as_str()).await;

    tokio::join!(running.end(), phone.enrol());
    let row = running.phone(&device).await;
    assert_eq!(row.phone.operation_status, OperationStatus::UpgradeSuccess);
    assert!(
        tokio::net::TcpStream::connect(running.address)
            .await
            .is_err()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_does_not_finish_in_time_is_cut_off_when_the_service_ends() {
    let mut running = Running::with(hurried()).await;
    let device = running
        .schedule("SEP000000000005", CertificateOperation::Install)
        .await;
    let mut phone = running.call().await;
    phone.introduce(device.as_str()).await;
    phone.give_key().await;
    phone.hear().await;
    running.end().await;
    phone.hears_nothing_more().await;

    let records = running.store.certificates(&device).await.unwrap();
    assert_eq!(records[0].state, CertificateState::Issued);
    let row = running.phone(&device).await;
    assert_eq!(row.phone.capf.operation, CertificateOperation::Install);
    assert!(running.store.sessions().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_contact_of_a_phone_that_is_cut_off_is_noted() {
    let mut running = Running::with(hurried()).await;
    let device = running
        .schedule("SEP000000000006", CertificateOperation::Install)
        .await;
    let mut phone = running.call().await;
    phone.introduce(device.as_str()).await;
    running.end().await;
    phone.hears_nothing_more().await;
    assert!(running.phone(&device).await.phone.last_contact.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_with_nothing_to_do_is_told_so_and_its_contact_is_noted() {
    let running = Running::start().await;
    let device = running
        .schedule("SEP000000000004", CertificateOperation::None)
        .await;
    let mut phone = running.call().await;
    let end = phone.introduce(device.as_str()).await;
    assert_eq!(end.reason(), Some(Reason::NO_ACTION));
    phone.hears_nothing_more().await;
    running
        .settled(async || running.phone(&device).await.phone.last_contact.is_some())
        .await;
}
