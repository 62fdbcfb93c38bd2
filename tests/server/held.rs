//! The offline CA: sessions that are held, and the push.

use capf::clock::{Clock as _, SystemClock};
use capf::model::{
    CertificateOperation, CsrCounts, CsrState, DeviceName, OperationStatus, Parameter, PhoneChange,
};
use capf::pki::{KeyFingerprint, OutsideCa};
use capf::server::Ended;
use capf::store::{Change, CsrSearch};
use capf::wire::{Command, Element, Reason};
use jiff::Timestamp;

use crate::running::admin;
use crate::{Caller, Running};

/// A phone that waits for an offline CA.
async fn waiting(running: &Running, device: &DeviceName) -> Caller {
    let before = running.store.csr_counts().await.unwrap().pending;
    let mut phone = running.call().await;
    assert_eq!(
        phone.introduce(device.as_str()).await.command,
        Command::KEY_GENERATE_REQUEST
    );
    phone.give_key().await;
    let newest = async || {
        let csrs = running
            .store
            .csrs(&CsrSearch::in_states(&[CsrState::Pending]))
            .await
            .unwrap();
        let sessions = running.store.sessions().await.unwrap();
        csrs.iter().any(|csr| csr.device == *device)
            && sessions
                .iter()
                .any(|row| row.device.as_ref() == Some(device) && row.state == "AWAIT CA RESP")
            && csrs.len() as u64 >= before
    };
    running.settled(newest).await;
    phone
}

async fn offline(name: &str) -> (Running, DeviceName) {
    let running = Running::start().await;
    running
        .parameter(Parameter::CertificateIssuer, "Offline CA")
        .await;
    let device = running.schedule(name, CertificateOperation::Install).await;
    (running, device)
}

/// Signs the phone's pending request and imports the certificate by another handle on the
/// database, as another process does.
async fn import(running: &Running, device: &DeviceName) {
    let csrs = running
        .store
        .csrs(&CsrSearch::in_states(&[CsrState::Pending]))
        .await
        .unwrap();
    let record = csrs.into_iter().rfind(|csr| csr.device == *device).unwrap();
    let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    let certificate = OutsideCa::create("Example CA", now)
        .unwrap()
        .sign(&record.csr, now)
        .unwrap();
    let store = running.second_store().await;
    let imported = store
        .import_certificates(&admin(), vec![(record.id, certificate, None)])
        .await
        .unwrap();
    assert_eq!(imported, [true]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_imported_by_another_process_is_pushed_to_the_phone_that_waits() {
    let (running, device) = offline("SEP000000000011").await;
    let mut phone = waiting(&running, &device).await;
    import(&running, &device).await;

    let request = phone.hear().await;
    assert_eq!(request.command, Command::STORE_CERTIFICATE_REQUEST);
    phone.stores().await;

    let row = running.phone(&device).await;
    assert_eq!(row.phone.operation_status, OperationStatus::UpgradeSuccess);
    assert!(row.lsc.is_some());
    assert_eq!(
        running.store.csr_counts().await.unwrap(),
        CsrCounts::default()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_comes_while_the_phone_is_away_is_offered_when_it_is_back() {
    let (running, device) = offline("SEP000000000012").await;
    drop(waiting(&running, &device).await);
    import(&running, &device).await;

    let mut phone = running.call().await;
    let offered = phone.introduce(device.as_str()).await;
    assert_eq!(offered.command, Command::STORE_CERTIFICATE_REQUEST);
    phone.stores().await;
    assert_eq!(
        running.phone(&device).await.phone.operation_status,
        OperationStatus::UpgradeSuccess
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_comes_back_with_a_new_key_ends_its_older_session() {
    let (running, device) = offline("SEP000000000013").await;
    let mut older = waiting(&running, &device).await;
    let mut newer = running.call().await;
    newer.introduce(device.as_str()).await;
    // As soon as the newer one has proved which phone it is.
    older.hears_the_end(Reason::NO_ACTION).await;
    let key = newer.give_key().await;
    let superseded = async || running.store.csr_counts().await.unwrap().superseded == 1;
    running.settled(superseded).await;
    assert_eq!(running.store.csr_counts().await.unwrap().pending, 1);
    let fingerprint = KeyFingerprint::of(&key).unwrap();
    let found = running.store.match_keys(vec![fingerprint]).await.unwrap();
    assert_eq!(
        found[0].csr.as_ref().map(|csr| csr.state),
        Some(CsrState::Pending)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_sends_the_key_of_one_that_waits_makes_no_request() {
    let (running, device) = offline("SEP000000000021").await;
    let mut waits = running.call().await;
    waits.introduce(device.as_str()).await;
    let key = waits.give_key().await;
    let is_pending = async || running.store.csr_counts().await.unwrap().pending == 1;
    running.settled(is_pending).await;

    let name = "SEP000000000022";
    let hostile = running.schedule(name, CertificateOperation::Install).await;
    let mut thief = running.call().await;
    thief.introduce(name).await;
    let elements = vec![Element::PublicKey(key)];
    thief.say(Command::KEY_GENERATE_RESPONSE, elements).await;
    let status = OperationStatus::UpgradeFailedKeyGenerationFailed;
    let is_refused = async || running.phone(&hostile).await.phone.operation_status == status;
    running.settled(is_refused).await;
    thief.hears_the_end(Reason::DECLINED).await;
    assert_eq!(running.store.csr_counts().await.unwrap().pending, 1);
    import(&running, &device).await;
    assert_eq!(
        waits.hear().await.command,
        Command::STORE_CERTIFICATE_REQUEST
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_who_knows_the_name_of_a_phone_that_waits_does_not_disturb_it() {
    let (running, device) = offline("SEP000000000023").await;
    let install = CertificateOperation::Install;
    running
        .schedule_with_string(device.as_str(), install, "4711")
        .await;
    let mut waits = running.call().await;
    waits.introduce_with_string(device.as_str(), "4711").await;
    waits.give_key().await;
    let is_pending = async || running.store.csr_counts().await.unwrap().pending == 1;
    running.settled(is_pending).await;
    for digits in ["0815", ""] {
        let mut stranger = running.call().await;
        let end = stranger
            .introduce_with_string(device.as_str(), digits)
            .await;
        assert_eq!(end.reason(), Some(Reason::DECLINED));
        stranger.hears_nothing_more().await;
        assert_eq!(
            running.phone(&device).await.phone.operation_status,
            OperationStatus::OperationPending
        );
    }
    import(&running, &device).await;
    assert_eq!(
        waits.hear().await.command,
        Command::STORE_CERTIFICATE_REQUEST
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn deleted_requests_end_the_sessions_that_wait_for_them() {
    let (running, device) = offline("SEP000000000014").await;
    let mut phone = waiting(&running, &device).await;
    running
        .second_store()
        .await
        .delete_csrs(&admin())
        .await
        .unwrap();
    phone.hears_the_end(Reason::NO_ACTION).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_that_is_called_off_ends_the_session_that_waits() {
    let (running, device) = offline("SEP000000000017").await;
    let mut phone = waiting(&running, &device).await;
    running.call_off(&device).await;
    phone.hears_the_end(Reason::NO_ACTION).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_whose_operation_must_complete_while_it_waits_is_told_that_it_is_late() {
    let (running, device) = offline("SEP000000000018").await;
    let mut phone = waiting(&running, &device).await;
    let soon = SystemClock.now() + jiff::SignedDuration::from_millis(1500);
    running.completes_by(&device, soon).await;
    let end = phone.hear().await;
    assert_eq!(end.command, Command::END_SESSION);
    assert!(SystemClock.now() >= soon);
    let row = running.phone(&device).await;
    assert_eq!(
        row.phone.operation_status,
        OperationStatus::UpgradeFailedLate
    );
    assert_eq!(row.phone.capf.operation, CertificateOperation::None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_is_to_prove_itself_otherwise_waits_no_longer() {
    let (running, device) = offline("SEP000000000019").await;
    let mut phone = waiting(&running, &device).await;
    running
        .schedule_with_string(device.as_str(), CertificateOperation::Install, "4711")
        .await;
    phone.hears_the_end(Reason::NO_ACTION).await;
    let row = running.phone(&device).await;
    assert!(row.phone.capf.authentication_string.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_that_is_called_off_while_the_phone_makes_its_key_makes_no_request() {
    let (running, device) = offline("SEP000000000018").await;
    let mut phone = running.call().await;
    phone.introduce(device.as_str()).await;
    running.call_off(&device).await;
    phone.give_key().await;
    phone.hears_the_end(Reason::NO_ACTION).await;
    assert_eq!(
        running.store.csr_counts().await.unwrap(),
        CsrCounts::default()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_to_a_waiting_phone_that_does_not_concern_its_request_leaves_it_waiting() {
    let (running, device) = offline("SEP000000000015").await;
    let mut phone = waiting(&running, &device).await;
    let change = PhoneChange {
        description: Some("lobby".to_owned()),
        ..PhoneChange::default()
    };
    let change = Change {
        change,
        ..Change::default()
    };
    running
        .store
        .change_phones(&admin(), vec![device.clone()], change)
        .await
        .unwrap();
    import(&running, &device).await;
    assert_eq!(
        phone.hear().await.command,
        Command::STORE_CERTIFICATE_REQUEST
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_ends_closes_held_sessions_and_keeps_their_requests() {
    let (mut running, device) = offline("SEP000000000016").await;
    let mut phone = waiting(&running, &device).await;
    running.end().await;
    phone.hears_nothing_more().await;
    assert_eq!(running.store.csr_counts().await.unwrap().pending, 1);
    let row = running.phone(&device).await;
    assert_eq!(
        row.phone.operation_status,
        OperationStatus::OperationPending
    );
    assert!(running.store.sessions().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_to_begin_anew_lets_held_sessions_go_and_keeps_their_requests() {
    let (mut running, device) = offline("SEP000000000017").await;
    let mut phone = waiting(&running, &device).await;
    let other = running.second_store().await;
    other.restart_service(&admin()).await.unwrap();
    phone.hears_nothing_more().await;
    assert_eq!(running.ended().await, Ended::Restarted);
    assert_eq!(running.store.csr_counts().await.unwrap().pending, 1);
    assert!(running.store.sessions().await.unwrap().is_empty());
}
