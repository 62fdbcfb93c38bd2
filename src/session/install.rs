//! Install/Upgrade: the phone makes a key and stores the certificate for it.

use jiff::SignedDuration;

use super::{
    Context, Failure, Input, Note, Order, Output, Patience, PhoneMisbehaved, Record, Step, Subject,
    lost, unasked,
};
use crate::auth::Authenticated;
use crate::model::{
    Certificate, CertificateOperation, Csr, CsrProof, FailureReason, IssuerMode, KeyOrder,
    KeyRequest, OperationStatus,
};
use crate::pki::{InvalidKey, KeyFingerprint, KeyKind, PublicKey, Request};
use crate::wire::{
    CertificateItem, CertificateType, Command, DigestType, Element, KeyType, Message, NamedCurve,
    Reason,
};

const OPERATION: CertificateOperation = CertificateOperation::Install;

/// Where an installation stands.
#[derive(Debug)]
pub(super) struct State {
    plan: Plan,
    step: Await,
}

/// What does not change while the phone is asked for keys and certificates.
#[derive(Debug)]
struct Plan {
    version: u8,
    subject: Subject,
    /// The phone's serial number, where a certificate of it says one.
    serial_number: Option<String>,
    /// The keys that may still be asked for, the next one last.
    requests: Vec<KeyRequest>,
    /// The keys that were asked for and have not come, the oldest first: a phone that was asked
    /// again because it was late may still answer both.
    outstanding: Vec<KeyRequest>,
    /// The certificates that were sent for a key in whose place another came meanwhile, the oldest
    /// first: the phone has yet to say what it did with them.
    overtaken: Vec<Certificate>,
    /// Whether the phone has said that it was at work on a key on a curve.
    knows_ec: bool,
}

#[derive(Debug)]
enum Await {
    /// The phone makes its key.
    Key,
    /// CAPF signs the certificate.
    Issue,
    /// The phone signs its request, by this command.
    Proof {
        request: Box<Request>,
        command: Command,
    },
    /// The session is held: an outside CA signs, somebody imports.
    Import,
    /// The phone stores the certificate.
    Store {
        certificate: Box<Certificate>,
        offered: bool,
    },
}

/// The phone has proved who it is: it is offered the certificate that was imported for it, or
/// asked for a key.
pub(super) fn begin(
    context: &Context<'_>,
    proof: &Authenticated,
    version: u8,
    subject: Subject,
) -> Step {
    let known = || subject.held.as_ref()?.subject_serial_number();
    let mut plan = Plan {
        version,
        serial_number: proof.serial_number().map(str::to_owned).or_else(known),
        requests: requests(&subject),
        outstanding: Vec::new(),
        overtaken: Vec::new(),
        knows_ec: false,
        subject,
    };
    match plan.subject.imported.take() {
        // D: a phone that comes back while its certificate has been imported is offered it first.
        Some(certificate) => plan.store(context, certificate, true),
        None => plan.ask(context),
    }
}

/// The keys to ask for, last one first: the parameter's number of attempts at each kind.
fn requests(subject: &Subject) -> Vec<KeyRequest> {
    let settings = &subject.phone.capf;
    let rsa = KeyRequest::Rsa(settings.rsa_key_size);
    let ec = KeyRequest::Ec(settings.ec_key_size);
    let attempts = usize::try_from(subject.parameters.key_generation_attempts()).unwrap_or(1);
    match settings.key_order {
        KeyOrder::RsaOnly => vec![rsa; attempts],
        KeyOrder::EcOnly => vec![ec; attempts],
        // A phone that cannot make an EC key will not learn it by being asked again.
        KeyOrder::EcPreferred => {
            let mut requests = vec![rsa; attempts];
            requests.push(ec);
            requests
        }
    }
}

/// The name of the state in which a session is held while an offline CA is awaited.
pub const AWAIT_CA: &str = "AWAIT CA RESP";

impl State {
    pub(super) fn name(&self) -> &'static str {
        match self.step {
            Await::Key => "AWAIT KEYGEN RES",
            Await::Proof { .. } => "AWAIT ENCRYPT MSG RESP",
            Await::Issue | Await::Import => AWAIT_CA,
            Await::Store { .. } => "AWAIT STORE CERT RESP",
        }
    }

    pub(super) fn patience(&self) -> Patience {
        match self.step {
            Await::Key => Patience::KeyGeneration(self.plan.key_generation_time()),
            // The phone may be making the other key that it was asked for before it looks further.
            Await::Proof { .. } | Await::Store { .. } if !self.plan.outstanding.is_empty() => {
                Patience::KeyGeneration(self.plan.key_generation_time())
            }
            Await::Proof { .. } | Await::Store { .. } => Patience::Answer,
            Await::Import => Patience::Held,
            Await::Issue => Patience::Driver,
        }
    }

    /// What the phone is expected to say next.
    fn wanted(&self) -> Command {
        match &self.step {
            Await::Key => Command::KEY_GENERATE_RESPONSE,
            Await::Proof { command, .. } => *command,
            Await::Issue | Await::Import => Command::REQUEST_IN_PROGRESS,
            Await::Store { .. } => Command::STORE_CERTIFICATE_RESPONSE,
        }
    }

    pub(super) fn handle(self, context: &Context<'_>, input: Input) -> Step {
        let wanted = self.wanted();
        match input {
            Input::TimedOut if matches!(self.step, Await::Key) => self.plan.key_is_late(context),
            // A phone that is held has until the operation must be complete.
            Input::TimedOut if matches!(self.step, Await::Import) => {
                context.failure(&Failure::is_final(OPERATION, FailureReason::Late), None)
            }
            Input::TimedOut | Input::Lost => lost(OPERATION),
            Input::Withdrawn => context.farewell(Reason::NO_ACTION, None),
            // The phone is busy, and says so; it may say so more than once (P).
            Input::Message(message) if message.command == Command::REQUEST_IN_PROGRESS => {
                self.busy()
            }
            Input::Message(message)
                if message.command == Command::KEY_GENERATE_RESPONSE
                    && !self.plan.outstanding.is_empty() =>
            {
                self.key(context, &message)
            }
            Input::Message(message) if message.command != wanted => {
                context.out_of_turn(Some(OPERATION), wanted, message.command)
            }
            input => self.advance(context, input),
        }
    }

    fn busy(mut self) -> Step {
        let is_ec = |asked: &KeyRequest| matches!(asked, KeyRequest::Ec(_));
        self.plan.knows_ec |= self.plan.outstanding.iter().any(is_ec);
        unasked(self)
    }

    /// The phone answers with a key, or says that it has none.
    fn key(self, context: &Context<'_>, response: &Message) -> Step {
        let Self { mut plan, step } = self;
        let Some(der) = response.public_key() else {
            return Self { plan, step }.no_key(context, response.reason());
        };
        let key = match plan.judge(der) {
            Ok(key) => key,
            Err(error) => {
                return fail(context, FailureReason::KeyGeneration, Note::UnfitKey(error));
            }
        };
        if let Await::Store { certificate, .. } = step {
            plan.overtaken.push(*certificate);
        }
        match plan.subject.parameters.issuer_mode() {
            IssuerMode::Capf => plan.issue(&key),
            IssuerMode::OfflineCa | IssuerMode::OnlineCa => plan.request(context, &key),
        }
    }

    fn no_key(mut self, context: &Context<'_>, reason: Option<Reason>) -> Step {
        let asked = self.plan.outstanding.remove(0);
        let note = Note::Declined(Command::KEY_GENERATE_REQUEST, reason);
        // Another key came already, or is still to come.
        if !matches!(self.step, Await::Key) || !self.plan.outstanding.is_empty() {
            return (self.into(), vec![Output::Note(note)]);
        }
        if !self.plan.requests.is_empty() {
            return noted(note, self.plan.ask(context));
        }
        // Whether the phone failed, or its user pressed Stop, it does not say (P). One that was at
        // work on the key knows curves; one that declines at once is taken not to (D).
        let reason = match asked {
            KeyRequest::Ec(_) if !self.plan.knows_ec => FailureReason::NoEcSupport,
            KeyRequest::Ec(_) | KeyRequest::Rsa(_) => FailureReason::KeyGeneration,
        };
        fail(context, reason, note)
    }

    fn advance(self, context: &Context<'_>, input: Input) -> Step {
        let Self { plan, step } = self;
        match (step, input) {
            (Await::Issue, Input::Issued(Ok(certificate))) => {
                let record = Output::Record(Record::Issued {
                    certificate: certificate.clone(),
                });
                let (state, mut outputs) = plan.store(context, certificate, false);
                outputs.insert(0, record);
                (state, outputs)
            }
            (Await::Issue, Input::Issued(Err(reason))) => {
                context.failure(&Failure::retried(OPERATION, reason), None)
            }
            (Await::Proof { request, .. }, Input::Message(response)) => {
                plan.proof(context, *request, &response)
            }
            (Await::Import, Input::Imported(certificate)) => {
                plan.store(context, certificate, false)
            }
            (Await::Import, Input::ForeignKey { device }) => {
                let note = Note::ForeignKey(device);
                fail(context, FailureReason::KeyGeneration, note)
            }
            (Await::Import, Input::KeepaliveDue) => {
                // D: which message Unified CM's keepalive is, nobody has recorded (N).
                let keepalive = context.message(Command::REQUEST_IN_PROGRESS);
                (plan.at(Await::Import), vec![Output::Send(keepalive)])
            }
            (
                Await::Store {
                    certificate,
                    offered,
                },
                Input::Message(response),
            ) => plan.stored(context, *certificate, offered, &response),
            (step, _) => unasked(Self { plan, step }),
        }
    }
}

impl From<State> for super::State {
    fn from(state: State) -> Self {
        Self::Install(Box::new(state))
    }
}

/// The step, with a note in front.
fn noted(note: Note, (state, mut outputs): Step) -> Step {
    outputs.insert(0, Output::Note(note));
    (state, outputs)
}

fn fail(context: &Context<'_>, reason: FailureReason, note: Note) -> Step {
    context.failure(&Failure::retried(OPERATION, reason), Some(note))
}

impl Plan {
    fn at(self, step: Await) -> super::State {
        State { plan: self, step }.into()
    }

    fn key_generation_time(&self) -> SignedDuration {
        self.subject.parameters.key_generation_time()
    }

    /// No key came in time: the phone is asked again, as often as it may be.
    fn key_is_late(self, context: &Context<'_>) -> Step {
        if self.requests.is_empty() {
            return fail(context, FailureReason::KeyGeneration, Note::KeyLate);
        }
        noted(Note::KeyLate, self.ask(context))
    }

    /// Asks for the next key.
    fn ask(mut self, context: &Context<'_>) -> Step {
        // A version-2 client is sent KeySize alone (P): it knows RSA and nothing else.
        let knows_ec = self.version >= 3;
        let asked = loop {
            match self.requests.pop() {
                Some(KeyRequest::Ec(_)) if !knows_ec => {}
                Some(request) => break request,
                None => {
                    let failure = Failure::retried(OPERATION, FailureReason::NoEcSupport);
                    return context.failure(&failure, None);
                }
            }
        };
        let mut request = context.message(Command::KEY_GENERATE_REQUEST);
        request.elements = match asked {
            KeyRequest::Rsa(size) if self.version < 3 => vec![Element::KeySize(size.bits())],
            KeyRequest::Rsa(size) => {
                vec![
                    Element::KeySize(size.bits()),
                    Element::KeyType(KeyType::RSA),
                ]
            }
            KeyRequest::Ec(curve) => {
                vec![
                    Element::KeyType(KeyType::EC),
                    Element::Curve(NamedCurve::from(curve)),
                ]
            }
        };
        self.outstanding.push(asked);
        (self.at(Await::Key), vec![Output::Send(request)])
    }

    /// Judges a key by what was asked for. Of several requests that are open the phone may have
    /// passed over the older ones, not the one that it answers.
    fn judge(&mut self, der: &[u8]) -> Result<PublicKey, InvalidKey> {
        let key = PublicKey::from_der(der)?;
        let verdicts = self.outstanding.iter().map(|asked| key.satisfies(*asked));
        let mut refused = Ok(());
        for (place, verdict) in verdicts.enumerate() {
            if verdict.is_ok() {
                self.outstanding.drain(..=place);
                return Ok(key);
            }
            refused = verdict;
        }
        refused.map(|()| key)
    }

    fn issue(self, key: &PublicKey) -> Step {
        let order = Order {
            device: self.subject.phone.name.clone(),
            model: self.subject.phone.model.clone(),
            serial_number: self.serial_number.clone(),
            public_key: key.der().to_vec(),
            validity_days: self.subject.parameters.certificate_validity_days(),
        };
        (self.at(Await::Issue), vec![Output::Issue(order)])
    }

    /// Makes the request for an outside CA, and has the phone sign it where a proof is wanted.
    fn request(self, context: &Context<'_>, key: &PublicKey) -> Step {
        let phone = &self.subject.phone;
        let request = Request::new(&phone.name, &phone.model, context.authority, key.der());
        let request = match request {
            Ok(request) => request,
            Err(error) => {
                return fail(
                    context,
                    FailureReason::Other,
                    Note::UnfitRequest(error.to_string()),
                );
            }
        };
        match (self.subject.parameters.csr_proof(), key.kind()) {
            (CsrProof::None, _) => match request.unsigned() {
                Ok(csr) => self.hold(context, csr),
                Err(error) => fail(
                    context,
                    FailureReason::Other,
                    Note::UnfitRequest(error.to_string()),
                ),
            },
            (CsrProof::Encrypt, KeyKind::Rsa { .. }) => {
                let message = context
                    .message(Command::ENCRYPT_REQUEST)
                    .with(Element::SignedData(request.digest_info()));
                self.prove(request, message, Command::ENCRYPT_RESPONSE)
            }
            // An EC key cannot encrypt: it signs, whichever of the two is set (D).
            (CsrProof::Encrypt | CsrProof::Sign, _) => {
                let message = context
                    .message(Command::SIGN_CERTIFICATE_REQUEST)
                    .with(Element::DigestType(DigestType::SHA256))
                    .with(Element::SignedData(request.info().to_vec()));
                self.prove(request, message, Command::SIGN_CERTIFICATE_RESPONSE)
            }
        }
    }

    fn prove(self, request: Request, message: Message, command: Command) -> Step {
        let step = Await::Proof {
            request: Box::new(request),
            command,
        };
        (self.at(step), vec![Output::Send(message)])
    }

    fn proof(self, context: &Context<'_>, request: Request, response: &Message) -> Step {
        let signature = response.signed_data().or_else(|| {
            response
                .sha2_signed_data()
                .map(|data| data.signature.as_slice())
        });
        let Some(signature) = signature else {
            let missing = PhoneMisbehaved::Missing {
                command: response.command,
                element: "SignedData",
            };
            return context.misbehaved(Some(OPERATION), missing);
        };
        match request.signed(signature) {
            Ok(csr) => self.hold(context, csr),
            Err(error) => fail(
                context,
                FailureReason::InvalidCredentials,
                Note::UnfitRequest(error.to_string()),
            ),
        }
    }

    /// The request is put on record, and the phone waits.
    fn hold(self, context: &Context<'_>, csr: Csr) -> Step {
        match KeyFingerprint::of(csr.public_key()) {
            Ok(fingerprint) => {
                let outputs = vec![
                    Output::Record(Record::Requested { csr }),
                    Output::Hold(fingerprint),
                ];
                (self.at(Await::Import), outputs)
            }
            Err(error) => fail(
                context,
                FailureReason::Other,
                Note::UnfitRequest(error.to_string()),
            ),
        }
    }

    fn store(self, context: &Context<'_>, certificate: Certificate, offered: bool) -> Step {
        let request = context
            .message(Command::STORE_CERTIFICATE_REQUEST)
            .with(Element::CertificateType(CertificateType::LSC))
            .with(Element::Certificate(CertificateItem::new(
                certificate.der().to_vec(),
            )));
        let step = Await::Store {
            certificate: Box::new(certificate),
            offered,
        };
        (self.at(step), vec![Output::Send(request)])
    }

    /// The phone says what it did with the first certificate that it has not answered for.
    fn stored(
        mut self,
        context: &Context<'_>,
        certificate: Certificate,
        offered: bool,
        response: &Message,
    ) -> Step {
        let stored = response.reason() == Some(Reason::SUCCESS);
        if !self.overtaken.is_empty() {
            let overtaken = self.overtaken.remove(0);
            let record = if stored {
                Record::Installed {
                    certificate: overtaken,
                }
            } else {
                Record::NotStored {
                    certificate: overtaken,
                    status: OperationStatus::OperationPending,
                }
            };
            let step = Await::Store {
                certificate: Box::new(certificate),
                offered,
            };
            return (self.at(step), vec![Output::Record(record)]);
        }
        if stored {
            return context.success(
                OPERATION,
                Record::Installed { certificate },
                Reason::SUCCESS,
            );
        }
        // D: a phone that refuses what it is offered has another key by now, and is asked for it.
        let status = if offered {
            OperationStatus::OperationPending
        } else {
            OperationStatus::UpgradeFailed
        };
        let mut outputs = vec![
            Output::Note(Note::Declined(
                Command::STORE_CERTIFICATE_REQUEST,
                response.reason(),
            )),
            Output::Record(Record::NotStored {
                certificate,
                status,
            }),
        ];
        if offered {
            let (state, asking) = self.ask(context);
            outputs.extend(asking);
            return (state, outputs);
        }
        outputs.extend([
            Output::Note(Note::Ended(status)),
            Output::Send(context.end(Reason::DECLINED)),
            Output::Close,
        ]);
        (super::State::Ended, outputs)
    }
}
