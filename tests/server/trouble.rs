//! Nothing that one phone does, or fails to do, holds up another.

use std::time::Duration;

use capf::model::{CertificateOperation, OperationStatus};
use capf::server::Limits;
use capf::wire::{Command, Element, Reason};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::running::generous;
use crate::{Caller, Running};

async fn enrols(running: &Running, name: &str) {
    let device = running.schedule(name, CertificateOperation::Install).await;
    let mut phone = running.call().await;
    phone.introduce(device.as_str()).await;
    phone.enrol().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn peers_that_never_begin_their_handshake_hold_up_nobody() {
    let running = Running::start().await;
    let mut silent = Vec::new();
    for _ in 0..50 {
        silent.push(TcpStream::connect(running.address).await.unwrap());
    }
    enrols(&running, "SEP000000000021").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_speaks_no_tls_is_closed_and_the_next_phone_served() {
    let running = Running::start().await;
    let mut peer = TcpStream::connect(running.address).await.unwrap();
    peer.write_all(b"GET / HTTP/1.0\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    // An alert or a reset: either way the connection ends.
    let _ = peer.read_to_end(&mut answer).await;
    enrols(&running, "SEP000000000022").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_does_not_answer_in_time_is_let_go() {
    let impatient = Limits {
        answer: Duration::from_millis(300),
        ..generous()
    };
    let running = Running::with(impatient).await;
    let mut phone = running.call().await;
    phone.hears_nothing_more().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_says_without_end_that_it_is_busy_gains_no_time() {
    let impatient = Limits {
        answer: Duration::from_secs(1),
        ..generous()
    };
    let running = Running::with(impatient).await;
    let device = running
        .schedule("SEP000000000026", CertificateOperation::Delete)
        .await;
    let mut phone = running.call().await;
    phone.introduce(device.as_str()).await;
    phone.says_without_end(Command::REQUEST_IN_PROGRESS).await;
    let status = OperationStatus::DeleteFailedPhoneCommunicationFailure;
    let recorded = async || running.phone(&device).await.phone.operation_status == status;
    running.settled(recorded).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_that_is_not_finished_in_time_is_let_go() {
    let impatient = Limits {
        handshake: Duration::from_millis(300),
        ..generous()
    };
    let running = Running::with(impatient).await;
    let mut peer = TcpStream::connect(running.address).await.unwrap();
    assert_eq!(peer.read(&mut [0; 16]).await.unwrap_or(0), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_connection_more_than_the_limit_is_closed_and_a_freed_place_is_taken() {
    let running = Running::with(Limits {
        connections: 1,
        ..generous()
    })
    .await;
    let first = running.call().await;
    assert!(
        Caller::connect(running.address, &running.authority)
            .await
            .is_err()
    );
    drop(first);
    let free = async || {
        Caller::connect(running.address, &running.authority)
            .await
            .is_ok()
    };
    running.settled(free).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_no_message_end_the_session_as_a_communication_failure() {
    let running = Running::start().await;
    let device = running
        .schedule("SEP000000000023", CertificateOperation::Install)
        .await;
    let mut phone = running.call().await;
    phone.introduce(device.as_str()).await;
    phone.stream().write_all(&[0xff; 64]).await.unwrap();
    phone.hears_nothing_more().await;
    let status = OperationStatus::UpgradeFailedPhoneCommunicationFailure;
    let recorded = async || running.phone(&device).await.phone.operation_status == status;
    running.settled(recorded).await;
    enrols(&running, "SEP000000000024").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_announces_more_than_the_limit_is_refused_at_its_header() {
    let running = Running::start().await;
    let mut phone = running.call().await;
    phone
        .stream()
        .write_all(&[0x55, 2, 0, 0, 0, 1, 0xff, 0xff])
        .await
        .unwrap();
    phone.hears_nothing_more().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_phone_is_told_so() {
    let running = Running::start().await;
    let mut phone = running.call().await;
    let end = phone.introduce("SEP0000000000FF").await;
    assert_eq!(end.reason(), Some(Reason::UNKNOWN_DEVICE));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_the_certificate_is_recorded_and_the_certificate_is_nobodys() {
    let running = Running::start().await;
    let device = running
        .schedule("SEP000000000025", CertificateOperation::Install)
        .await;
    let mut phone = running.call().await;
    phone.introduce(device.as_str()).await;
    phone
        .say(Command::REQUEST_IN_PROGRESS, Vec::<Element>::new())
        .await;
    phone.give_key().await;
    phone.hear().await;
    phone
        .answer(Command::STORE_CERTIFICATE_RESPONSE, Reason::DECLINED)
        .await;
    phone.hears_the_end(Reason::DECLINED).await;
    let row = running.phone(&device).await;
    assert_eq!(row.phone.operation_status, OperationStatus::UpgradeFailed);
    assert_eq!(row.lsc, None);
    assert_eq!(row.phone.capf.operation, CertificateOperation::Install);
}
