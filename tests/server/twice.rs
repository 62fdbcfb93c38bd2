//! The same phone twice at once: the newer session wins, and the older one ends cleanly.

use capf::model::{CertificateOperation, CertificateState, OperationStatus, Parameter};
use capf::wire::{Command, Reason};

use crate::Running;

#[tokio::test(flavor = "multi_thread")]
async fn the_newer_session_of_a_phone_wins_at_whatever_step_the_older_one_is() {
    let running = Running::start().await;
    for (step, name) in ["SEP000000000041", "SEP000000000042"]
        .into_iter()
        .enumerate()
    {
        let device = running.schedule(name, CertificateOperation::Install).await;
        let mut older = running.call().await;
        older.introduce(name).await;
        if step == 1 {
            older.give_key().await;
            older.hear().await;
        }
        let mut newer = running.call().await;
        let asked = newer.introduce(name).await;
        assert_eq!(asked.command, Command::KEY_GENERATE_REQUEST);
        older.hears_the_end(Reason::NO_ACTION).await;
        newer.enrol().await;

        let row = running.phone(&device).await;
        assert_eq!(row.phone.operation_status, OperationStatus::UpgradeSuccess);
        let held = running.store.certificates(&device).await.unwrap();
        let held = held
            .iter()
            .filter(|record| record.state == CertificateState::Held);
        assert_eq!(held.count(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_sessions_of_one_phone_at_once_leave_it_with_one_certificate_that_it_confirmed() {
    let running = Running::start().await;
    let name = "SEP000000000043";
    let device = running.schedule(name, CertificateOperation::Install).await;
    let mut sessions = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let mut phone = running.call().await;
        sessions.spawn(async move { phone.tries_to_enrol(name).await });
    }
    let confirmed: Vec<_> = sessions.join_all().await.into_iter().flatten().collect();
    assert!(!confirmed.is_empty(), "one of them won");

    let row = running.phone(&device).await;
    assert_eq!(row.phone.operation_status, OperationStatus::UpgradeSuccess);
    let records = running.store.certificates(&device).await.unwrap();
    let held: Vec<_> = records
        .iter()
        .filter(|record| record.state == CertificateState::Held)
        .map(|record| record.certificate.der().to_vec())
        .collect();
    assert_eq!(held.len(), 1);
    assert!(confirmed.contains(&held[0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_not_proved_to_be_the_phone_ends_no_session_of_it() {
    let running = Running::start().await;
    let name = "SEP000000000044";
    running
        .schedule_with_string(name, CertificateOperation::Install, "4711")
        .await;
    let mut phone = running.call().await;
    phone.introduce_with_string(name, "4711").await;
    let mut thief = running.call().await;
    let refused = thief.introduce_with_string(name, "0815").await;
    assert_eq!(refused.reason(), Some(Reason::DECLINED));
    phone.enrol().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_that_is_called_off_ends_the_session_while_the_phone_makes_its_key() {
    let running = Running::start().await;
    let name = "SEP000000000045";
    let device = running.schedule(name, CertificateOperation::Install).await;
    let mut phone = running.call().await;
    phone.introduce(name).await;
    // A change that does not concern the operation does not concern the session.
    running.describe(&device, "Reception").await;
    running.call_off(&device).await;
    phone.hears_the_end(Reason::NO_ACTION).await;
    assert_eq!(
        running.phone(&device).await.phone.operation_status,
        OperationStatus::None
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_that_is_scheduled_anew_with_another_string_ends_the_session_under_the_old_one()
 {
    let running = Running::start().await;
    let (name, install) = ("SEP000000000047", CertificateOperation::Install);
    let device = running.schedule_with_string(name, install, "4711").await;
    let mut thief = running.call().await;
    thief.introduce_with_string(name, "4711").await;
    running.schedule_with_string(name, install, "081500").await;
    thief.hears_the_end(Reason::NO_ACTION).await;
    let row = running.phone(&device).await;
    assert_eq!(row.phone.capf.operation, install);
    let mut phone = running.call().await;
    phone.introduce_with_string(name, "081500").await;
    phone.enrol().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parameter_that_is_changed_ends_no_session() {
    let running = Running::start().await;
    let name = "SEP000000000046";
    running.schedule(name, CertificateOperation::Install).await;
    let mut phone = running.call().await;
    phone.introduce(name).await;
    running.parameter(Parameter::KeepaliveInterval, "5").await;
    phone.enrol().await;
}
