//! Delete: the phone removes its LSC.

use super::{Context, Failure, Input, Note, Output, Record, State, Step, lost, unasked};
use crate::auth::Authenticated;
use crate::model::{CertificateOperation, FailureReason};
use crate::wire::{Command, Reason};

const OPERATION: CertificateOperation = CertificateOperation::Delete;

/// The phone was told to delete its LSC.
#[derive(Debug)]
pub(super) struct AwaitDelete;

pub(super) fn begin(context: &Context<'_>, _proof: &Authenticated) -> Step {
    let request = context.message(Command::DELETE_CERTIFICATE_REQUEST);
    (
        State::Delete(Box::new(AwaitDelete)),
        vec![Output::Send(request)],
    )
}

impl AwaitDelete {
    pub(super) fn handle(self, context: &Context<'_>, input: Input) -> Step {
        match input {
            Input::Message(message) if message.command == Command::DELETE_CERTIFICATE_RESPONSE => {
                match message.reason() {
                    Some(Reason::SUCCESS) => {
                        context.success(OPERATION, Record::Deleted, Reason::SUCCESS)
                    }
                    // The phone has no LSC, or keeps it: asking again would not change its mind. It
                    // is let go with Reason 1 all the same, as recorded (R).
                    reason => context.failure_told(
                        &Failure::is_final(OPERATION, FailureReason::Other),
                        Some(Note::Declined(Command::DELETE_CERTIFICATE_REQUEST, reason)),
                        Reason::SUCCESS,
                    ),
                }
            }
            Input::Message(message) if message.command == Command::REQUEST_IN_PROGRESS => {
                unasked(State::Delete(Box::new(self)))
            }
            Input::Message(message) => context.out_of_turn(
                Some(OPERATION),
                Command::DELETE_CERTIFICATE_RESPONSE,
                message.command,
            ),
            Input::TimedOut | Input::Lost => lost(OPERATION),
            Input::Withdrawn => context.farewell(Reason::NO_ACTION, None),
            _ => unasked(State::Delete(Box::new(self))),
        }
    }
}
