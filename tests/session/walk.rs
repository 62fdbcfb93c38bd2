//! A driver made of values.

use std::sync::{Arc, LazyLock};

use capf::model::{
    Certificate, CertificateOperation, OperationStatus, Parameter, ParameterValues, Phone,
};
use capf::pki::{Issuer, IssuerName, LscOrder};
use capf::session::{Input, Output, Record, Session, Subject};
use capf::wire::{AuthType, Command, Element, Message, Reason, SessionId};
use jiff::Timestamp;
use openssl::ec::{EcGroup, EcKey};
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;

pub(crate) const ID: SessionId = SessionId(7);
pub(crate) const NAME: &str = "SEP001122334455";

pub(crate) fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

pub(crate) static ISSUER: LazyLock<Issuer> =
    LazyLock::new(|| Issuer::create(&IssuerName::default(), now()).unwrap());
pub(crate) static RSA_2048: LazyLock<PKey<Private>> = LazyLock::new(|| rsa(2048));
pub(crate) static P256: LazyLock<PKey<Private>> = LazyLock::new(|| {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
});

pub(crate) fn rsa(bits: u32) -> PKey<Private> {
    PKey::from_rsa(Rsa::generate(bits).unwrap()).unwrap()
}

/// An LSC for the phone of these tests.
pub(crate) fn lsc(key: &PKey<Private>) -> Certificate {
    let order = LscOrder {
        device: &NAME.parse().unwrap(),
        model: "CP-8861",
        serial_number: None,
        public_key: &key.public_key_to_der().unwrap(),
        validity_days: 365,
    };
    ISSUER.issue(&order, now()).unwrap()
}

/// A phone with this operation scheduled.
pub(crate) fn subject(operation: CertificateOperation) -> Subject {
    let mut phone = Phone::new(NAME.parse().unwrap());
    "CP-8861".clone_into(&mut phone.model);
    phone.capf.operation = operation;
    Subject {
        phone,
        parameters: ParameterValues::default(),
        held: None,
        imported: None,
        lscs: Vec::new(),
        anchors: Vec::new(),
        revocations: Vec::new(),
        locked_until: None,
    }
}

/// The same with one parameter set.
pub(crate) fn with_parameters(mut subject: Subject, set: &[(Parameter, &str)]) -> Subject {
    subject.parameters =
        ParameterValues::new(set.iter().map(|(name, value)| (*name, (*value).to_owned())));
    subject
}

pub(crate) fn message(command: Command) -> Message {
    Message::new(command, ID)
}

/// What a hardware phone answers to the first request.
pub(crate) fn auth_response() -> Message {
    message(Command::AUTH_RESPONSE)
        .with(Element::Reason(Reason::SUCCESS))
        .with(Element::Version(3))
        .with(Element::Password(capf::secret::Password::new(b"")))
        .with(Element::DeviceName(NAME.to_owned()))
}

/// What a softphone answers: other elements, in another order (P).
pub(crate) fn version_2_response() -> Message {
    message(Command::AUTH_RESPONSE)
        .with(Element::Version(2))
        .with(Element::DeviceName(NAME.to_owned()))
        .with(Element::Reason(Reason::SUCCESS))
}

pub(crate) fn with_reason(command: Command, reason: Reason) -> Message {
    message(command).with(Element::Reason(reason))
}

pub(crate) fn key_response(key: &PKey<Private>) -> Message {
    let public_key = key.public_key_to_der().unwrap();
    message(Command::KEY_GENERATE_RESPONSE).with(Element::PublicKey(public_key))
}

/// A session under way, and what it did.
pub(crate) struct Walk {
    session: Option<Session>,
    subject: Option<Subject>,
    /// Whether it is the phone's turn as soon as it asks.
    pub(crate) admits: bool,
    /// Whether an attempt at the phone's string is counted as soon as it is made.
    pub(crate) counts: bool,
    /// Everything but notes, in order.
    pub(crate) did: Vec<Output>,
}

impl Walk {
    /// A session that has sent its first request; the store knows this phone.
    pub(crate) fn new(subject: Option<Subject>) -> Self {
        Self::with_id(ID, subject)
    }

    /// The same under another session id.
    pub(crate) fn with_id(id: SessionId, subject: Option<Subject>) -> Self {
        let session = Session::new(id, Arc::new(ISSUER.certificate().clone()));
        let mut walk = Self {
            session: Some(session),
            subject,
            admits: true,
            counts: true,
            did: Vec::new(),
        };
        walk.happens(Input::Opened);
        let greeting = Message::new(Command::AUTH_REQUEST, id)
            .with(Element::Version(3))
            .with(Element::AuthType(AuthType::NONE));
        assert_eq!(walk.did, [Output::Send(greeting)]);
        walk.did.clear();
        walk
    }

    /// A session whose phone has said who it is.
    pub(crate) fn introduced(subject: Subject) -> Self {
        let mut walk = Self::new(Some(subject));
        walk.says(auth_response());
        walk
    }

    /// The phone says something; forgets what was done before.
    pub(crate) fn says(&mut self, message: Message) -> &mut Self {
        self.did.clear();
        self.happens(Input::Message(message));
        self
    }

    /// Something else happens; forgets what was done before.
    pub(crate) fn then(&mut self, input: Input) -> &mut Self {
        self.did.clear();
        self.happens(input);
        self
    }

    fn happens(&mut self, input: Input) {
        let (session, outputs) = self.session.take().unwrap().handle(input);
        self.session = Some(session);
        for output in outputs {
            let answer = match &output {
                Output::Note(_) => continue,
                Output::Find { .. } => {
                    let subject = self.subject.clone().map(Box::new);
                    Some(Input::Found {
                        subject,
                        now: now(),
                    })
                }
                Output::Admit => {
                    // The order of a session's outputs is what tests look at, and it is always the
                    // phone's turn here, unless the test says otherwise.
                    if self.admits {
                        self.happens(Input::Admitted);
                    }
                    continue;
                }
                Output::Issue(order) => {
                    let order = LscOrder {
                        device: &order.device,
                        model: &order.model,
                        serial_number: order.serial_number.as_deref(),
                        public_key: &order.public_key,
                        validity_days: order.validity_days,
                    };
                    Some(Input::Issued(Ok(ISSUER.issue(&order, now()).unwrap())))
                }
                Output::Record(record) if record.is_attempt() => {
                    self.counts.then_some(Input::Counted)
                }
                _ => None,
            };
            self.did.push(output);
            if let Some(answer) = answer {
                self.happens(answer);
            }
        }
    }

    fn scheduled(&self) -> CertificateOperation {
        self.subject.as_ref().unwrap().phone.capf.operation
    }

    pub(crate) fn session(&self) -> &Session {
        self.session.as_ref().unwrap()
    }

    /// The messages sent since the last thing that happened.
    pub(crate) fn sent(&self) -> Vec<&Message> {
        self.did
            .iter()
            .filter_map(|output| match output {
                Output::Send(message) => Some(message),
                _ => None,
            })
            .collect()
    }

    /// The one message sent since the last thing that happened.
    pub(crate) fn asked(&self) -> &Message {
        let sent = self.sent();
        assert_eq!(sent.len(), 1, "{:?}", self.did);
        sent[0]
    }

    pub(crate) fn records(&self) -> Vec<&Record> {
        self.did
            .iter()
            .filter_map(|output| match output {
                Output::Record(record) => Some(record),
                _ => None,
            })
            .collect()
    }

    /// The session has ended with this reason, and nothing was recorded.
    pub(crate) fn ended_silently(&self, reason: Reason) {
        assert_eq!(
            self.did
                .iter()
                .filter(|output| !matches!(output, Output::Find { .. }))
                .collect::<Vec<_>>(),
            [
                &Output::Send(with_reason(Command::END_SESSION, reason)),
                &Output::Close
            ]
        );
        assert!(self.session().is_ended());
    }

    /// The session has ended: the failure recorded, then the phone told, then the connection closed.
    pub(crate) fn failed(&self, status: OperationStatus, ends_operation: bool) {
        self.failed_with(status, ends_operation, Reason::DECLINED);
    }

    /// The session has ended because nobody proved to be the phone.
    pub(crate) fn refused(&self, status: OperationStatus) {
        let refused = Record::Failed {
            operation: self.scheduled(),
            status,
            ends_operation: false,
            is_refusal: true,
        };
        self.ended_after(refused, Reason::DECLINED);
    }

    /// The same where the failure is final and the phone is told another reason.
    pub(crate) fn failed_and_told(&self, status: OperationStatus, reason: Reason) {
        self.failed_with(status, true, reason);
    }

    /// The session has ended by a wrong authentication string: it was counted, then the phone told.
    pub(crate) fn failed_by_a_guess(&self, status: OperationStatus) {
        let operation = self.scheduled();
        self.ended_after(Record::Guessed { operation, status }, Reason::DECLINED);
    }

    fn failed_with(&self, status: OperationStatus, ends_operation: bool, reason: Reason) {
        let failed = Record::Failed {
            operation: self.scheduled(),
            status,
            ends_operation,
            is_refusal: false,
        };
        self.ended_after(failed, reason);
    }

    /// But for a question to the store, this was recorded, then the phone told, then the connection
    /// closed.
    fn ended_after(&self, record: Record, reason: Reason) {
        assert_eq!(
            self.did
                .iter()
                .filter(|output| !matches!(output, Output::Find { .. }))
                .collect::<Vec<_>>(),
            [
                &Output::Record(record),
                &Output::Send(with_reason(Command::END_SESSION, reason)),
                &Output::Close
            ]
        );
        assert!(self.session().is_ended());
    }

    /// The session has ended: this recorded first, then the phone told, then the connection closed.
    pub(crate) fn succeeded(&self, record: Record, reason: Reason) {
        assert_eq!(
            self.did,
            [
                Output::Record(record),
                Output::Send(with_reason(Command::END_SESSION, reason)),
                Output::Close
            ]
        );
        assert!(self.session().is_ended());
    }

    /// The connection is gone: recorded, and nothing is sent.
    pub(crate) fn was_lost(&self, status: OperationStatus) {
        assert_eq!(
            self.did,
            [
                Output::Record(Record::Failed {
                    operation: self.scheduled(),
                    status,
                    ends_operation: false,
                    is_refusal: false
                }),
                Output::Close
            ]
        );
        assert!(self.session().is_ended());
    }
}
