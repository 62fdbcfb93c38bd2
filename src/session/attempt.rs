//! A string was entered on the phone: the attempt is on record before anybody learns what it was
//! worth.
//!
//! A right string and a wrong one go the same way through one commit. Where it finds the phone
//! locked, both are void and both are answered at once and alike, so that no number of sessions that
//! were all judged before the lock tells a thief more than those few that were counted.

use super::{Context, Input, Note, Output, Record, State, Step, Subject, admission};
use crate::auth::{Authenticated, Refusal};
use crate::model::{CertificateOperation, OperationStatus};
use crate::wire::{Command, Reason};

/// The store counts the attempt.
#[derive(Debug)]
pub(super) struct AwaitCount {
    version: u8,
    verdict: Result<Authenticated, Refusal>,
    subject: Subject,
}

pub(super) fn begin(
    version: u8,
    verdict: Result<Authenticated, Refusal>,
    subject: Subject,
) -> Step {
    let operation = subject.phone.capf.operation;
    let record = match &verdict {
        Ok(_) => Record::Proved,
        Err(refusal) => Record::Guessed {
            operation,
            status: status(operation, refusal),
        },
    };
    let state = AwaitCount {
        version,
        verdict,
        subject,
    };
    (
        State::AwaitCount(Box::new(state)),
        vec![Output::Record(record)],
    )
}

fn status(operation: CertificateOperation, refusal: &Refusal) -> OperationStatus {
    OperationStatus::failure(operation, refusal.failure())
}

impl AwaitCount {
    pub(super) fn handle(self, context: &Context<'_>, input: Input) -> Step {
        match input {
            Input::Counted => self.counted(context),
            Input::Locked { until } => {
                let locked = Note::Refused(Refusal::Locked { until });
                context.farewell(Reason::DECLINED, Some(locked))
            }
            Input::Withdrawn => context.farewell(Reason::NO_ACTION, None),
            Input::Lost | Input::TimedOut => (State::Ended, vec![Output::Close]),
            Input::Message(message) => {
                context.out_of_turn(None, Command::REQUEST_IN_PROGRESS, message.command)
            }
            _ => super::unasked(State::AwaitCount(Box::new(self))),
        }
    }

    fn counted(self, context: &Context<'_>) -> Step {
        let operation = self.subject.phone.capf.operation;
        match self.verdict {
            Ok(proof) => admission::begin(self.version, proof, self.subject),
            Err(refusal) => {
                let ended = Note::Ended(status(operation, &refusal));
                let (state, mut outputs) =
                    context.farewell(Reason::DECLINED, Some(Note::Refused(refusal)));
                outputs.insert(1, Output::Note(ended));
                (state, outputs)
            }
        }
    }
}
