//! Troubleshoot: the certificates in the phone are fetched for viewing.
//!
//! The first request is empty, as recorded (R), and asks for the LSC. A second asks a version-3
//! phone for its MIC (D); a phone that declines it, or does not know it, has given what it has.

use super::{Context, Failure, Input, Note, Output, Record, State, Step, lost, unasked};
use crate::auth::Authenticated;
use crate::model::{Certificate, CertificateKind, CertificateOperation, FailureReason};
use crate::wire::{CertificateType, Command, Element, Message, Reason};

const OPERATION: CertificateOperation = CertificateOperation::Troubleshoot;

/// The phone was asked for a certificate.
#[derive(Debug)]
pub(super) struct AwaitFetch {
    asks_for_mic: bool,
    asked: CertificateKind,
    held: Option<Certificate>,
    fetched: Vec<(CertificateKind, Certificate)>,
}

pub(super) fn begin(
    context: &Context<'_>,
    _proof: &Authenticated,
    version: u8,
    held: Option<Certificate>,
) -> Step {
    let request = context.message(Command::FETCH_CERTIFICATE_REQUEST);
    let state = AwaitFetch {
        asks_for_mic: version >= 3,
        asked: CertificateKind::Lsc,
        held,
        fetched: Vec::new(),
    };
    (
        State::Troubleshoot(Box::new(state)),
        vec![Output::Send(request)],
    )
}

impl AwaitFetch {
    pub(super) fn handle(mut self, context: &Context<'_>, input: Input) -> Step {
        match input {
            Input::Message(message) if message.command == Command::FETCH_CERTIFICATE_RESPONSE => {
                let declined = self.take(&message).err();
                if self.asked == CertificateKind::Lsc && self.asks_for_mic {
                    return self.ask_for_mic(context);
                }
                self.finish(context, declined)
            }
            Input::Message(message) if message.command == Command::REQUEST_IN_PROGRESS => {
                unasked(State::Troubleshoot(Box::new(self)))
            }
            Input::Message(message) if self.fetched.is_empty() => context.out_of_turn(
                Some(OPERATION),
                Command::FETCH_CERTIFICATE_RESPONSE,
                message.command,
            ),
            Input::Withdrawn => context.farewell(Reason::NO_ACTION, None),
            Input::TimedOut | Input::Lost if self.fetched.is_empty() => lost(OPERATION),
            // The phone does not know the second request; the first one's harvest stands.
            Input::Message(_) | Input::TimedOut | Input::Lost => self.finish(context, None),
            _ => unasked(State::Troubleshoot(Box::new(self))),
        }
    }

    fn take(&mut self, response: &Message) -> Result<(), Note> {
        let reason = response.reason();
        let declined = Note::Declined(Command::FETCH_CERTIFICATE_REQUEST, reason);
        let (Some(Reason::SUCCESS), Some(der)) = (reason, response.certificate()) else {
            return Err(declined);
        };
        let certificate = Certificate::from_der(der).map_err(|_| declined)?;
        let kind = self.kind(response, &certificate);
        if self.fetched.iter().all(|(_, known)| *known != certificate) {
            self.fetched.push((kind, certificate));
        }
        Ok(())
    }

    /// Which certificate this is: what we know, then what the phone says, then what was asked for.
    fn kind(&self, response: &Message, certificate: &Certificate) -> CertificateKind {
        if self.held.as_ref() == Some(certificate) {
            return CertificateKind::Lsc;
        }
        match response.certificate_type() {
            Some(CertificateType::LSC) => CertificateKind::Lsc,
            Some(CertificateType::MIC) => CertificateKind::Mic,
            _ => self.asked,
        }
    }

    fn ask_for_mic(mut self, context: &Context<'_>) -> Step {
        self.asked = CertificateKind::Mic;
        let request = context
            .message(Command::FETCH_CERTIFICATE_REQUEST)
            .with(Element::CertificateType(CertificateType::MIC));
        (
            State::Troubleshoot(Box::new(self)),
            vec![Output::Send(request)],
        )
    }

    fn finish(self, context: &Context<'_>, declined: Option<Note>) -> Step {
        if self.fetched.is_empty() {
            // The phone has no certificate to show: asking again would not change that.
            let failure = Failure::is_final(OPERATION, FailureReason::Other);
            return context.failure(&failure, declined);
        }
        // Reason 0, as recorded (R): nothing in the phone has changed.
        let record = Record::Fetched {
            certificates: self.fetched,
        };
        context.success(OPERATION, record, Reason::NO_ACTION)
    }
}
