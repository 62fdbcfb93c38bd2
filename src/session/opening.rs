//! How every session begins: who are you, and what is there to do?

use jiff::Timestamp;

use super::{
    Context, Failure, Input, Note, Output, PhoneMisbehaved, State, Step, Subject, admission,
    attempt, unasked,
};
use crate::auth::{self, Circumstances, Claim};
use crate::model::{AuthenticationMode, CertificateOperation, DeviceName, FailureReason};
use crate::wire::{AuthType, Command, Element, Message, Reason};

/// The protocol version that a server announces (P).
const VERSION: u8 = 3;

/// The phone's name is in, and the store is asked for it.
#[derive(Debug)]
pub(super) struct AwaitSubject {
    version: u8,
    claim: Claim,
}

/// The server speaks first: `Version` 3 and `AuthType` 0, which hardware phones accept (P).
pub(super) fn greet(context: &Context<'_>) -> Step {
    let request = context
        .message(Command::AUTH_REQUEST)
        .with(Element::Version(VERSION))
        .with(Element::AuthType(AuthType::NONE));
    (State::AwaitAuthResponse, vec![Output::Send(request)])
}

pub(super) fn answered(context: &Context<'_>, input: Input) -> Step {
    match input {
        Input::Message(message) if message.command == Command::AUTH_RESPONSE => {
            introduced(context, &message)
        }
        Input::Message(message) => {
            context.out_of_turn(None, Command::AUTH_RESPONSE, message.command)
        }
        Input::TimedOut | Input::Lost => (State::Ended, vec![Output::Close]),
        _ => unasked(State::AwaitAuthResponse),
    }
}

fn introduced(context: &Context<'_>, response: &Message) -> Step {
    let missing = |element| PhoneMisbehaved::Missing {
        command: Command::AUTH_RESPONSE,
        element,
    };
    if let Some(reason) = response.reason()
        && reason != Reason::SUCCESS
    {
        let note = Note::Declined(Command::AUTH_REQUEST, Some(reason));
        return context.farewell(Reason::DECLINED, Some(note));
    }
    let Some(claim) = Claim::of(response) else {
        return context.misbehaved(None, missing("DeviceName"));
    };
    // Softphones answer version 2, hardware phones 3 (P); what says nothing is taken for a 3.
    let version = response.version().unwrap_or(VERSION);
    match claim.name.parse::<DeviceName>() {
        Ok(device) => {
            let shown = claim.serial_numbers();
            (
                State::AwaitSubject(Box::new(AwaitSubject { version, claim })),
                vec![Output::Find { device, shown }],
            )
        }
        Err(error) => context.farewell(
            Reason::UNKNOWN_DEVICE,
            Some(Note::NoName(error.to_string())),
        ),
    }
}

impl AwaitSubject {
    pub(super) fn handle(self, context: &Context<'_>, input: Input) -> Step {
        match input {
            Input::Found {
                subject: Some(subject),
                now,
            } => self.begin(context, *subject, now),
            Input::Found { subject: None, .. } => {
                context.farewell(Reason::UNKNOWN_DEVICE, Some(Note::UnknownDevice))
            }
            // The store does not answer: the phone is not to blame and tries again.
            Input::Lost | Input::TimedOut => (State::Ended, vec![Output::Close]),
            Input::Message(message) => {
                context.out_of_turn(None, Command::AUTH_RESPONSE, message.command)
            }
            _ => unasked(State::AwaitSubject(Box::new(self))),
        }
    }

    fn begin(self, context: &Context<'_>, subject: Subject, now: Timestamp) -> Step {
        let operation = subject.phone.capf.operation;
        if operation == CertificateOperation::None {
            // A version-2 client whose certificate has been issued is told 7, as Unified CM does
            // (P); with 0 such clients report an unknown error (R).
            let reason = if self.version < VERSION && subject.held.is_some() {
                Reason::DECLINED
            } else {
                Reason::NO_ACTION
            };
            return context.farewell(reason, Some(Note::Begins(operation)));
        }
        if subject
            .phone
            .capf
            .completes_by
            .is_some_and(|time| time < now)
        {
            return context.failure(&Failure::is_final(operation, FailureReason::Late), None);
        }
        let circumstances = Circumstances {
            session_id: context.id,
            now,
            parameters: &subject.parameters,
            anchors: &subject.anchors,
            revocations: &subject.revocations,
            lscs: &subject.lscs,
            locked_until: subject.locked_until,
        };
        match auth::judge(&subject.phone, &self.claim, &circumstances) {
            Err(refusal) if !refusal.is_wrong_guess() => context.refused(operation, refusal),
            Ok(proof) if proof.mode() != AuthenticationMode::AuthenticationString => {
                admission::begin(self.version, proof, subject)
            }
            attempt => attempt::begin(self.version, attempt, subject),
        }
    }
}
