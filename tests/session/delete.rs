//! Delete.

use capf::model::{CertificateOperation, OperationStatus};
use capf::session::{Input, Record};
use capf::wire::{Command, Reason};

use crate::walk::{Walk, message, subject, with_reason};

fn asked() -> Walk {
    let walk = Walk::introduced(subject(CertificateOperation::Delete));
    assert_eq!(walk.asked(), &message(Command::DELETE_CERTIFICATE_REQUEST));
    walk
}

#[test]
fn a_phone_that_deleted_its_certificate_is_recorded_and_told() {
    asked()
        .says(with_reason(
            Command::DELETE_CERTIFICATE_RESPONSE,
            Reason::SUCCESS,
        ))
        .succeeded(Record::Deleted, Reason::SUCCESS);
}

#[test]
fn a_phone_without_a_certificate_ends_the_operation_as_failed_and_is_let_go_as_recorded() {
    asked()
        .says(with_reason(
            Command::DELETE_CERTIFICATE_RESPONSE,
            Reason::DECLINED,
        ))
        .failed_and_told(OperationStatus::DeleteFailed, Reason::SUCCESS);
    asked()
        .says(message(Command::DELETE_CERTIFICATE_RESPONSE))
        .failed_and_told(OperationStatus::DeleteFailed, Reason::SUCCESS);
}

#[test]
fn a_lost_connection_leaves_the_operation_scheduled() {
    for input in [Input::Lost, Input::TimedOut] {
        asked()
            .then(input)
            .was_lost(OperationStatus::DeleteFailedPhoneCommunicationFailure);
    }
}

#[test]
fn a_message_out_of_turn_ends_the_session() {
    asked()
        .says(with_reason(
            Command::FETCH_CERTIFICATE_RESPONSE,
            Reason::SUCCESS,
        ))
        .failed(
            OperationStatus::DeleteFailedPhoneCommunicationFailure,
            false,
        );
}
