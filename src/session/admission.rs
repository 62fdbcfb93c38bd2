//! Between the proof and the operation: the phone waits for its turn.
//!
//! Nothing of the operation has begun, so a phone that is told to come again, or leaves, is where it
//! was before.

use super::{
    Context, Input, Note, Output, State, Step, Subject, delete, install, troubleshoot, unasked,
};
use crate::auth::Authenticated;
use crate::model::CertificateOperation;
use crate::wire::{Command, Element, Reason};

/// The phone has proved who it is.
#[derive(Debug)]
pub(super) struct AwaitAdmission {
    version: u8,
    proof: Authenticated,
    subject: Subject,
}

/// Asks for the phone's turn.
pub(super) fn begin(version: u8, proof: Authenticated, mut subject: Subject) -> Step {
    // Judged with; a session that is held for days need not keep them.
    subject.anchors = Vec::new();
    subject.revocations = Vec::new();
    subject.lscs = Vec::new();
    let mut outputs = Vec::new();
    if let Some((kind, certificate)) = proof.certificate() {
        outputs.push(Output::Note(Note::Proved {
            kind,
            subject: certificate.subject().to_owned(),
            is_fresh: proof.is_fresh(),
        }));
    }
    outputs.push(Output::Admit);
    let state = AwaitAdmission {
        version,
        proof,
        subject,
    };
    (State::AwaitAdmission(Box::new(state)), outputs)
}

impl AwaitAdmission {
    pub(super) fn operation(&self) -> CertificateOperation {
        self.subject.phone.capf.operation
    }

    pub(super) fn handle(self, context: &Context<'_>, input: Input) -> Step {
        let operation = self.operation();
        match input {
            Input::Admitted => self.admitted(context),
            Input::Deferred { seconds } => deferred(context, seconds),
            Input::Withdrawn => context.farewell(Reason::NO_ACTION, None),
            // The phone did not want to wait; it was promised nothing.
            Input::TimedOut | Input::Lost => (State::Ended, vec![Output::Close]),
            Input::Message(message) if message.command == Command::REQUEST_IN_PROGRESS => {
                unasked(State::AwaitAdmission(Box::new(self)))
            }
            Input::Message(message) => context.out_of_turn(
                Some(operation),
                Command::REQUEST_IN_PROGRESS,
                message.command,
            ),
            _ => unasked(State::AwaitAdmission(Box::new(self))),
        }
    }

    fn admitted(self, context: &Context<'_>) -> Step {
        let operation = self.operation();
        let Self {
            version,
            proof,
            subject,
        } = self;
        let (state, mut outputs) = match operation {
            CertificateOperation::None => return context.farewell(Reason::NO_ACTION, None),
            CertificateOperation::Install => install::begin(context, &proof, version, subject),
            CertificateOperation::Delete => delete::begin(context, &proof),
            CertificateOperation::Troubleshoot => {
                troubleshoot::begin(context, &proof, version, subject.held)
            }
        };
        outputs.insert(0, Output::Note(Note::Begins(operation)));
        (state, outputs)
    }
}

/// Which bytes say so, nobody has recorded (N): a phone that does not know them ends the session as
/// a failure of communication, and comes again by itself.
fn deferred(context: &Context<'_>, seconds: u16) -> Step {
    let later = context
        .message(Command::RETRY_LATER)
        .with(Element::RetryDelay(seconds));
    let outputs = vec![
        Output::Note(Note::Deferred { seconds }),
        Output::Send(later),
        Output::Close,
    ];
    (State::Ended, outputs)
}
