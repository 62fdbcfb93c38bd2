//! Limits: a phone over one waits for its turn or is told to come again, and is never half-served.

use std::time::Duration;

use capf::model::{CertificateOperation, OperationStatus, Parameter};
use capf::server::Limits;
use capf::wire::{Command, Element, Reason};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

use crate::running::generous;
use crate::{Caller, Running};

/// Waits until this many phones are in the queue.
async fn queued(running: &Running, count: usize) {
    let queued = async || {
        let sessions = running.store.sessions().await.unwrap();
        sessions.iter().filter(|row| row.state == "QUEUED").count() == count
    };
    running.settled(queued).await;
}

/// A phone that has said its name.
async fn introduced(running: &Running, name: &str) -> Caller {
    running.schedule(name, CertificateOperation::Install).await;
    let mut phone = running.call().await;
    phone.give_name(name).await;
    phone
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_over_the_limit_waits_for_its_turn_and_is_served_whole() {
    let running =
        Running::with_parameters(generous(), &[(Parameter::ConcurrentOperations, "1")]).await;
    let mut first = introduced(&running, "SEP000000000051").await;
    assert_eq!(first.hear().await.command, Command::KEY_GENERATE_REQUEST);
    let mut second = introduced(&running, "SEP000000000052").await;
    queued(&running, 1).await;
    first.enrol().await;
    assert_eq!(second.hear().await.command, Command::KEY_GENERATE_REQUEST);
    second.enrol().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_whose_turn_does_not_come_is_told_to_come_again_and_its_operation_stays() {
    let running = Running::with_parameters(
        generous(),
        &[
            (Parameter::ConcurrentOperations, "1"),
            (Parameter::QueueTime, "0"),
        ],
    )
    .await;
    let mut first = introduced(&running, "SEP000000000053").await;
    first.hear().await;
    let mut second = introduced(&running, "SEP000000000054").await;
    let later = second.hear().await;
    assert_eq!(later.command, Command::RETRY_LATER);
    assert_eq!(later.elements, [Element::RetryDelay(60)]);
    second.hears_nothing_more().await;
    let device = "SEP000000000054".parse().unwrap();
    let row = running.phone(&device).await;
    assert_eq!(
        row.phone.operation_status,
        OperationStatus::OperationPending
    );
    assert_eq!(row.phone.capf.operation, CertificateOperation::Install);
    assert!(
        running
            .store
            .certificates(&device)
            .await
            .unwrap()
            .is_empty()
    );

    first.enrol().await;
    let mut again = running.call().await;
    again.introduce("SEP000000000054").await;
    again.enrol().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_leaves_the_queue_or_is_called_off_there_holds_up_nobody() {
    let running =
        Running::with_parameters(generous(), &[(Parameter::ConcurrentOperations, "1")]).await;
    let mut first = introduced(&running, "SEP000000000055").await;
    first.hear().await;
    let leaves = introduced(&running, "SEP000000000056").await;
    let mut called_off = introduced(&running, "SEP000000000057").await;
    let mut last = introduced(&running, "SEP000000000058").await;
    queued(&running, 3).await;
    drop(leaves);
    running.call_off(&"SEP000000000057".parse().unwrap()).await;
    called_off.hears_the_end(Reason::NO_ACTION).await;
    queued(&running, 1).await;
    first.enrol().await;
    last.hear().await;
    last.enrol().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_waits_for_an_offline_ca_gives_up_its_turn() {
    let running = Running::with_parameters(
        generous(),
        &[
            (Parameter::ConcurrentOperations, "1"),
            (Parameter::CertificateIssuer, "Offline CA"),
        ],
    )
    .await;
    let mut phones = Vec::new();
    for name in ["SEP000000000061", "SEP000000000062", "SEP000000000063"] {
        let mut phone = introduced(&running, name).await;
        assert_eq!(phone.hear().await.command, Command::KEY_GENERATE_REQUEST);
        phone.give_key().await;
        phones.push(phone);
    }
    let pending = async || running.store.csr_counts().await.unwrap().pending == 3;
    running.settled(pending).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_that_is_raised_lets_those_in_who_wait() {
    let running =
        Running::with_parameters(generous(), &[(Parameter::ConcurrentOperations, "1")]).await;
    let mut first = introduced(&running, "SEP000000000064").await;
    first.hear().await;
    let mut second = introduced(&running, "SEP000000000065").await;
    queued(&running, 1).await;
    running
        .parameter(Parameter::ConcurrentOperations, "2")
        .await;
    second.hear().await;
    second.enrol().await;
    first.enrol().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_spreads_the_operations() {
    // One every 20 ms.
    let running = Running::with_parameters(generous(), &[(Parameter::OperationRate, "3000")]).await;
    let began = tokio::time::Instant::now();
    let mut phones = tokio::task::JoinSet::new();
    for number in 0..10 {
        let name = format!("SEP0000000007{number:02}");
        let mut phone = introduced(&running, &name).await;
        phones.spawn(async move {
            phone.hear().await;
            phone.enrol().await;
        });
    }
    phones.join_all().await;
    assert!(began.elapsed() >= 9 * Duration::from_millis(20));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_one_address_so_many_sessions_open_at_a_time_others_wait_and_more_are_closed() {
    let limits = Limits {
        // Five may be of one address, which is a quarter of the places that are free then.
        connections: 24,
        ..generous()
    };
    let running = Running::with_parameters(limits, &[(Parameter::OpeningSessions, "3")]).await;
    let mut opening = Vec::new();
    for _ in 0..3 {
        opening.push(running.call().await);
    }
    let knock = async || TcpStream::connect(running.address).await.unwrap();
    let waiting = [knock().await, knock().await];
    let mut closed = knock().await;
    assert_eq!(closed.read(&mut [0]).await.unwrap_or(0), 0);
    opening.clear();
    for stream in waiting {
        let mut phone = Caller::connect_over(stream, &running.authority)
            .await
            .unwrap();
        phone.introduce("SEP0000000000FF").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn phones_behind_one_address_that_have_proved_themselves_do_not_count() {
    let running = Running::with_parameters(generous(), &[(Parameter::OpeningSessions, "1")]).await;
    let mut phones = Vec::new();
    for number in 0..10 {
        let name = format!("SEP0000000008{number:02}");
        let mut phone = introduced(&running, &name).await;
        phone.hear().await;
        phones.push(phone);
    }
    for phone in &mut phones {
        phone.enrol().await;
    }
}
