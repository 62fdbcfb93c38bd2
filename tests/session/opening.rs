//! Who is there, and is there anything to do?

use capf::model::{AuthenticationMode, CertificateOperation, OperationStatus};
use capf::secret::{AuthenticationString, Password};
use capf::session::{Input, Output, Patience, Record};
use capf::wire::{Command, Element, Message, Reason, SessionId};
use jiff::SignedDuration;

use crate::walk::{self, Walk, auth_response, message, subject, version_2_response, with_reason};

#[test]
fn with_no_operation_pending_the_session_ends_with_reason_0() {
    let mut walk = Walk::new(Some(subject(CertificateOperation::None)));
    walk.says(auth_response()).ended_silently(Reason::NO_ACTION);
}

#[test]
fn a_version_2_client_whose_certificate_was_issued_is_told_7_where_nothing_is_pending() {
    let mut known = subject(CertificateOperation::None);
    let mut walk = Walk::new(Some(known.clone()));
    walk.says(version_2_response())
        .ended_silently(Reason::NO_ACTION);

    known.held = Some(walk::lsc(&walk::P256));
    let mut walk = Walk::new(Some(known));
    walk.says(version_2_response())
        .ended_silently(Reason::DECLINED);
}

#[test]
fn a_device_that_the_store_does_not_know_is_told_9() {
    Walk::new(None)
        .says(auth_response())
        .ended_silently(Reason::UNKNOWN_DEVICE);
}

#[test]
fn a_name_that_is_no_device_name_is_an_unknown_device_and_never_looked_up() {
    for name in ["../../etc/passwd", "", "SEP\u{1b}[2J", "SEP123"] {
        let response = message(Command::AUTH_RESPONSE)
            .with(Element::Reason(Reason::SUCCESS))
            .with(Element::DeviceName(name.to_owned()));
        let mut walk = Walk::new(Some(subject(CertificateOperation::Install)));
        walk.says(response).ended_silently(Reason::UNKNOWN_DEVICE);
        assert_eq!(walk.did.len(), 2, "{name}");
    }
}

#[test]
fn a_phone_without_a_name_or_out_of_turn_is_declined() {
    for response in [
        with_reason(Command::AUTH_RESPONSE, Reason::SUCCESS),
        with_reason(Command::STORE_CERTIFICATE_RESPONSE, Reason::SUCCESS),
        message(Command(200)),
        auth_response().with_session(SessionId(8)),
        with_reason(Command::AUTH_RESPONSE, Reason::DECLINED),
    ] {
        let mut walk = Walk::new(Some(subject(CertificateOperation::Install)));
        walk.says(response).ended_silently(Reason::DECLINED);
    }
}

#[test]
fn before_the_phone_has_said_its_name_a_lost_connection_leaves_no_record() {
    for input in [Input::Lost, Input::TimedOut] {
        let mut walk = Walk::new(Some(subject(CertificateOperation::Install)));
        walk.then(input);
        assert!(walk.records().is_empty());
        assert!(walk.session().is_ended());
    }
}

#[test]
fn an_unknown_element_does_not_cost_a_phone_its_session() {
    let response = auth_response().with(Element::Unknown {
        tag: 99,
        value: vec![1, 2, 3],
    });
    let mut walk = Walk::new(Some(subject(CertificateOperation::Install)));
    walk.says(response);
    assert_eq!(walk.asked().command, Command::KEY_GENERATE_REQUEST);
}

#[test]
fn a_phone_that_comes_too_late_is_refused_and_its_operation_is_over() {
    for (operation, status) in [
        (
            CertificateOperation::Install,
            OperationStatus::UpgradeFailedLate,
        ),
        (
            CertificateOperation::Delete,
            OperationStatus::DeleteFailedLate,
        ),
        (
            CertificateOperation::Troubleshoot,
            OperationStatus::TroubleshootFailedLate,
        ),
    ] {
        let mut late = subject(operation);
        late.phone.capf.completes_by = Some("2026-11-23T11:59:59Z".parse().unwrap());
        Walk::introduced(late).failed(status, true);
    }
}

#[test]
fn the_right_authentication_string_opens_every_operation_and_a_wrong_one_none() {
    for (operation, wrong) in [
        (
            CertificateOperation::Install,
            OperationStatus::UpgradeFailedInvalidAuthenticationString,
        ),
        (
            CertificateOperation::Delete,
            OperationStatus::DeleteFailedInvalidAuthenticationString,
        ),
        (
            CertificateOperation::Troubleshoot,
            OperationStatus::TroubleshootFailedInvalidAuthenticationString,
        ),
    ] {
        let mut known = subject(operation);
        known.phone.capf.authentication_mode = AuthenticationMode::AuthenticationString;
        known.phone.capf.authentication_string =
            Some(AuthenticationString::new("1234567890").unwrap());

        let mut walk = Walk::new(Some(known.clone()));
        walk.says(entering("1234567890"));
        assert!(!walk.session().is_ended());

        let mut walk = Walk::new(Some(known.clone()));
        walk.says(entering("0000")).failed_by_a_guess(wrong);
        // Who enters nothing guesses at nothing.
        for response in [entering(""), version_2_response()] {
            let mut walk = Walk::new(Some(known.clone()));
            walk.says(response).refused(wrong);
        }
    }
}

#[test]
fn a_phone_that_shows_no_certificate_where_one_is_wanted_is_refused() {
    for (mode, status) in [
        (
            AuthenticationMode::ExistingLsc,
            OperationStatus::UpgradeFailedInvalidLsc,
        ),
        (
            AuthenticationMode::ExistingMic,
            OperationStatus::UpgradeFailedInvalidMic,
        ),
    ] {
        let mut known = subject(CertificateOperation::Install);
        known.phone.capf.authentication_mode = mode;
        Walk::introduced(known).refused(status);
    }
}

/// A phone that has entered the right string.
fn with_string(operation: CertificateOperation) -> Walk {
    let mut known = subject(operation);
    known.phone.capf.authentication_mode = AuthenticationMode::AuthenticationString;
    known.phone.capf.authentication_string = Some(AuthenticationString::new("4711").unwrap());
    let mut walk = Walk::new(Some(known));
    walk.admits = false;
    walk.says(entering("4711"));
    walk
}

#[test]
fn that_the_string_was_right_is_recorded_before_anything_is_done_for_it() {
    let mut walk = with_string(CertificateOperation::Delete);
    assert_eq!(walk.did[1..], [Output::Record(Record::Proved)]);
    assert_eq!(walk.session().state_name(), "QUEUED");
    walk.then(Input::Admitted);
    assert_eq!(walk.asked().command, Command::DELETE_CERTIFICATE_REQUEST);
}

#[test]
fn an_attempt_that_finds_the_phone_locked_is_answered_at_once_and_alike_right_or_wrong() {
    let mut known = subject(CertificateOperation::Install);
    known.phone.capf.authentication_mode = AuthenticationMode::AuthenticationString;
    known.phone.capf.authentication_string = Some(AuthenticationString::new("4711").unwrap());
    let until = walk::now();
    for entered in ["4711", "0815"] {
        let mut walk = Walk::new(Some(known.clone()));
        walk.counts = false;
        walk.says(entering(entered));
        assert_eq!(walk.records().len(), 1, "nothing but the attempt");
        assert!(
            walk.sent().is_empty(),
            "nobody is told before it is counted"
        );
        walk.then(Input::Locked { until })
            .ended_silently(Reason::DECLINED);
    }
}

#[test]
fn a_string_that_is_entered_after_the_operation_was_called_off_says_nothing_of_itself() {
    for entered in ["4711", "0815"] {
        let mut known = subject(CertificateOperation::Install);
        known.phone.capf.authentication_mode = AuthenticationMode::AuthenticationString;
        known.phone.capf.authentication_string = Some(AuthenticationString::new("4711").unwrap());
        let mut walk = Walk::new(Some(known));
        walk.counts = false;
        walk.says(entering(entered));
        assert!(walk.records()[0].needs_schedule());
        walk.then(Input::Withdrawn)
            .ended_silently(Reason::NO_ACTION);
    }
}

#[test]
fn while_the_phone_is_locked_a_right_string_looks_as_a_wrong_one() {
    let mut locked = subject(CertificateOperation::Install);
    locked.phone.capf.authentication_mode = AuthenticationMode::AuthenticationString;
    locked.phone.capf.authentication_string = Some(AuthenticationString::new("4711").unwrap());
    locked.locked_until = Some(walk::now() + SignedDuration::from_secs(1));
    for entered in ["4711", "0815"] {
        let mut walk = Walk::new(Some(locked.clone()));
        walk.says(entering(entered))
            .refused(OperationStatus::UpgradeFailedInvalidAuthenticationString);
    }
}

#[test]
fn a_phone_whose_turn_does_not_come_is_told_to_come_again_and_is_where_it_was() {
    for operation in [
        CertificateOperation::Install,
        CertificateOperation::Delete,
        CertificateOperation::Troubleshoot,
    ] {
        let mut walk = Walk::new(Some(subject(operation)));
        walk.admits = false;
        walk.says(auth_response());
        assert!(walk.sent().is_empty());
        assert_eq!(walk.session().patience(), Patience::Queued);
        walk.says(message(Command::REQUEST_IN_PROGRESS));
        assert!(walk.did.is_empty());
        walk.then(Input::Deferred { seconds: 90 });
        let later = message(Command::RETRY_LATER).with(Element::RetryDelay(90));
        assert_eq!(walk.did, [Output::Send(later), Output::Close]);
        assert!(walk.session().is_ended());
    }
}

#[test]
fn a_phone_that_leaves_the_queue_leaves_no_record() {
    for input in [Input::Lost, Input::TimedOut] {
        let mut walk = Walk::new(Some(subject(CertificateOperation::Install)));
        walk.admits = false;
        walk.says(auth_response()).then(input);
        assert_eq!(walk.did, [Output::Close]);
    }
}

#[test]
fn an_operation_that_is_called_off_ends_the_session_wherever_it_is() {
    for operation in [
        CertificateOperation::Install,
        CertificateOperation::Delete,
        CertificateOperation::Troubleshoot,
    ] {
        for admits in [false, true] {
            let mut walk = Walk::new(Some(subject(operation)));
            walk.admits = admits;
            walk.says(auth_response());
            walk.then(Input::Withdrawn)
                .ended_silently(Reason::NO_ACTION);
        }
    }
}

fn entering(digits: &str) -> Message {
    message(Command::AUTH_RESPONSE)
        .with(Element::Reason(Reason::SUCCESS))
        .with(Element::Version(3))
        .with(Element::Password(Password::new(digits.as_bytes())))
        .with(Element::DeviceName(walk::NAME.to_owned()))
}

trait WithSession {
    fn with_session(self, id: SessionId) -> Self;
}

impl WithSession for Message {
    fn with_session(mut self, id: SessionId) -> Self {
        self.session_id = id;
        self
    }
}
