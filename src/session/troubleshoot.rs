//! Troubleshoot: the certificates in the phone are fetched for viewing.
//!
//! The first request is empty, as recorded (R), and asks for the LSC. A second asks a version-3
//! phone for its MIC (D); a phone that declines it, or does not know it, has given what it has, be
//! that nothing.

use super::{Context, Failure, Input, Note, Output, Record, State, Step, lost, unasked};
use crate::auth::Authenticated;
use crate::model::{Certificate, CertificateKind, CertificateOperation, FailureReason};
use crate::pki::KeyFingerprint;
use crate::wire::{CertificateType, Command, Element, Message, Reason};

const OPERATION: CertificateOperation = CertificateOperation::Troubleshoot;

/// The phone was asked for a certificate.
#[derive(Debug)]
pub(super) struct AwaitFetch {
    asks_for_mic: bool,
    asked: CertificateKind,
    held: Option<Certificate>,
    fetched: Vec<(CertificateKind, Certificate)>,
    /// Why the latest answer brought nothing, where one did not.
    declined: Option<Note>,
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
        declined: None,
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
                match self.take(&message) {
                    Ok(certificate) => self.keep(&message, certificate),
                    Err(declined) => self.declined = Some(declined),
                }
                if self.asked == CertificateKind::Lsc && self.asks_for_mic {
                    return self.ask_for_mic(context);
                }
                self.finish(context)
            }
            Input::Message(message) if message.command == Command::REQUEST_IN_PROGRESS => {
                unasked(State::Troubleshoot(Box::new(self)))
            }
            Input::Message(message) if !self.is_answered() => context.out_of_turn(
                Some(OPERATION),
                Command::FETCH_CERTIFICATE_RESPONSE,
                message.command,
            ),
            Input::Withdrawn => context.farewell(Reason::NO_ACTION, None),
            Input::TimedOut | Input::Lost if !self.is_answered() => lost(OPERATION),
            // The phone does not know the second request; its answer to the first stands.
            Input::Message(_) | Input::TimedOut | Input::Lost => self.finish(context),
            _ => unasked(State::Troubleshoot(Box::new(self))),
        }
    }

    /// Whether the phone has answered the first request.
    fn is_answered(&self) -> bool {
        self.declined.is_some() || !self.fetched.is_empty()
    }

    /// The certificate in the answer, where it can be put on record: what has no readable key
    /// never can, and would fail again each time that the phone comes.
    fn take(&self, response: &Message) -> Result<Certificate, Note> {
        let reason = response.reason();
        let (Some(Reason::SUCCESS), Some(der)) = (reason, response.certificate()) else {
            let command = Command::FETCH_CERTIFICATE_REQUEST;
            return Err(Note::Declined(command, reason));
        };
        let unfit = |what: String| Note::UnfitCertificate {
            kind: self.asked,
            what,
        };
        let certificate = Certificate::from_der(der).map_err(|error| unfit(error.to_string()))?;
        KeyFingerprint::of(certificate.public_key()).map_err(|error| unfit(error.to_string()))?;
        Ok(certificate)
    }

    fn keep(&mut self, response: &Message, certificate: Certificate) {
        let kind = self.kind(response, &certificate);
        if self.fetched.iter().all(|(_, known)| *known != certificate) {
            self.fetched.push((kind, certificate));
        }
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

    /// Reason 0 in either case, as recorded (R): nothing in the phone has changed.
    fn finish(self, context: &Context<'_>) -> Step {
        if self.fetched.is_empty() {
            // The phone has no certificate to show: asking again would not change that.
            let failure = Failure::is_final(OPERATION, FailureReason::Other);
            return context.failure_told(&failure, self.declined, Reason::NO_ACTION);
        }
        let record = Record::Fetched {
            certificates: self.fetched,
        };
        context.success(OPERATION, record, Reason::NO_ACTION)
    }
}
