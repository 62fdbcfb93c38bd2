//! Thieves who guess at authentication strings.

use capf::auth::MOST_GUESSES;
use capf::model::{CertificateOperation, OperationStatus};
use capf::wire::{Command, Reason};

use crate::Running;

#[tokio::test(flavor = "multi_thread")]
async fn ten_wrong_strings_lock_the_phone_and_the_right_one_then_looks_like_a_wrong_one() {
    let running = Running::start().await;
    let name = "SEP000000000091";
    let device = running
        .schedule_with_string(name, CertificateOperation::Install, "4711")
        .await;
    let status = OperationStatus::UpgradeFailedInvalidAuthenticationString;
    for digits in (0..MOST_GUESSES).map(|guess| format!("{guess:04}")) {
        let mut thief = running.call().await;
        let end = thief.introduce_with_string(name, &digits).await;
        assert_eq!(end.reason(), Some(Reason::DECLINED));
        thief.hears_nothing_more().await;
        assert_eq!(running.phone(&device).await.phone.operation_status, status);
    }
    let mut phone = running.call().await;
    let end = phone.introduce_with_string(name, "4711").await;
    assert_eq!(
        (end.command, end.reason()),
        (Command::END_SESSION, Some(Reason::DECLINED))
    );
    phone.hears_nothing_more().await;
    let row = running.phone(&device).await;
    assert!(row.locked_until.is_some());
    assert_eq!(row.phone.capf.operation, CertificateOperation::Install);

    // An administrator who gives out a new string opens it again.
    running
        .schedule_with_string(name, CertificateOperation::Install, "081500")
        .await;
    let mut phone = running.call().await;
    phone.introduce_with_string(name, "081500").await;
    phone.enrol().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_in_parallel_guess_no_more_often() {
    let running = Running::start().await;
    let name = "SEP000000000092";
    let device = running
        .schedule_with_string(name, CertificateOperation::Delete, "9999")
        .await;
    let mut thieves = tokio::task::JoinSet::new();
    for guess in 0..100 {
        let mut thief = running.call().await;
        thieves.spawn(async move {
            let digits = format!("{guess:04}");
            thief.introduce_with_string(name, &digits).await.command
        });
    }
    for answer in thieves.join_all().await {
        assert_eq!(answer, Command::END_SESSION);
    }
    assert!(running.phone(&device).await.locked_until.is_some());
    let mut thief = running.call().await;
    let end = thief.introduce_with_string(name, "9999").await;
    assert_eq!(end.reason(), Some(Reason::DECLINED));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_enters_nothing_does_not_lock_itself() {
    let running = Running::start().await;
    let name = "SEP000000000093";
    let device = running
        .schedule_with_string(name, CertificateOperation::Install, "4711")
        .await;
    for _ in 0..2 * MOST_GUESSES {
        let mut phone = running.call().await;
        let end = phone.introduce_with_string(name, "").await;
        assert_eq!(end.reason(), Some(Reason::DECLINED));
    }
    assert_eq!(running.phone(&device).await.locked_until, None);
}
