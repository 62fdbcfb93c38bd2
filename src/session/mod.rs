//! The server's side of a CAPF session, as a pure state machine.
//!
//! [`Session::handle`] consumes the state and an [`Input`], and gives the next state with
//! [`Output`]s that the driver carries out **in order**: a [`Record`] is committed before what
//! stands behind it is sent. There is no socket, no clock and no store in here, so that every
//! step of every flow can be tested as a value.
//!
//! | IOS's name | what is waited for | file |
//! |---|---|---|
//! | `IDLE` | the connection, or its end | here |
//! | `AWAIT AUTH RES` | who the phone says it is; then the store's word on it | `opening`, `attempt` |
//! | `QUEUED` | the phone's turn, where there are limits (our name) | `admission` |
//! | `AWAIT KEYGEN RES` | the phone's new key | `install` |
//! | `AWAIT ENCRYPT MSG RESP` | the phone's signature on its request | `install` |
//! | `AWAIT CA RESP` | the CA: our own, or an offline one, while the session is *held* | `install` |
//! | `AWAIT STORE CERT RESP` | the phone's word that it stored the certificate | `install` |
//! | `AWAIT DELETE CERT RESP` | the phone's word that it deleted it (our name) | `delete` |
//! | `AWAIT FETCH CERT RESP` | the certificates in the phone (our name) | `troubleshoot` |

mod admission;
mod attempt;
mod delete;
mod install;
mod misbehaviour;
mod note;
mod opening;
mod record;
mod troubleshoot;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::auth::Refusal;
use crate::model::{
    Certificate, CertificateOperation, CertificateState, DeviceName, FailureReason,
    OperationStatus, ParameterValues, Phone, TrustAnchor,
};
use crate::pki::{KeyFingerprint, Revocation};
use crate::wire::{Command, Element, Message, Reason, SessionId};

pub use install::AWAIT_CA;
pub use misbehaviour::PhoneMisbehaved;
pub use note::{Note, Weight};
pub use record::Record;

/// What the store knows of the phone that a session is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The phone and what is scheduled for it.
    pub phone: Phone,
    /// The parameters in force.
    pub parameters: ParameterValues,
    /// The LSC that the phone is known to hold.
    pub held: Option<Certificate>,
    /// The LSC that was imported for the phone's last key and that it has not confirmed.
    pub imported: Option<Certificate>,
    /// Its LSCs on record that it holds, that may have reached it, or that it has deleted, where the
    /// phone is to prove itself by one.
    pub lscs: Vec<(CertificateState, Certificate)>,
    /// Whose certificates count as proof, where the phone is to prove itself by one.
    pub anchors: Vec<TrustAnchor>,
    /// What is known to be revoked among the certificates that it shows, and those anchors.
    pub revocations: Vec<Revocation>,
    /// Until when no authentication string is accepted from the phone.
    pub locked_until: Option<Timestamp>,
}

/// What happens to a session.
#[derive(Debug)]
pub enum Input {
    /// The connection is up.
    Opened,
    /// The phone said something.
    Message(Message),
    /// The store's answer to [`Output::Find`]; `None` where it knows no such phone.
    Found {
        /// The phone.
        subject: Option<Box<Subject>>,
        /// The time of the answer.
        now: Timestamp,
    },
    /// The answer to [`Output::Admit`]: it is the phone's turn.
    Admitted,
    /// The other answer to [`Output::Admit`]: too many phones are before this one.
    Deferred {
        /// After how many seconds it should come again.
        seconds: u16,
    },
    /// The answer to an attempt ([`Record::is_attempt`]): it is counted.
    Counted,
    /// The other answer to an attempt: so many wrong strings have been entered meanwhile that the
    /// phone is locked.
    Locked {
        /// Until when.
        until: Timestamp,
    },
    /// The answer to [`Record::Requested`] where the key is on record for another device.
    ForeignKey {
        /// For which.
        device: DeviceName,
    },
    /// The CA's answer to [`Output::Issue`].
    Issued(Result<Certificate, FailureReason>),
    /// The certificate that a held session waits for has been imported.
    Imported(Certificate),
    /// There is no point in going on: the operation was called off, the request that a held session
    /// waits for was deleted, or the phone has begun another session since.
    Withdrawn,
    /// It is time to keep a held session alive.
    KeepaliveDue,
    /// The phone did not answer within [`Session::patience`].
    TimedOut,
    /// The connection is gone, or carried what is no message.
    Lost,
}

/// What the driver has to do, in this order.
#[derive(Debug, PartialEq)]
pub enum Output {
    /// Send the message in one write.
    Send(Message),
    /// Ask the store about the phone, and hand in [`Input::Found`].
    Find {
        /// Which one it says it is.
        device: DeviceName,
        /// The serial numbers of the certificates that it shows, which may be revoked.
        shown: Vec<String>,
    },
    /// The phone has proved who it is: hand in [`Input::Admitted`] when it is its turn, and
    /// [`Input::Withdrawn`] where it begins another session, from here to the end of this one.
    Admit,
    /// Ask the CA for a certificate, and hand in [`Input::Issued`].
    Issue(Order),
    /// Make it durable before going on. Where it needs what has been called off
    /// ([`Record::needs_schedule`]), hand in [`Input::Withdrawn`] instead of carrying out the rest.
    /// Of an attempt at the string ([`Record::is_attempt`]) hand in what came of it:
    /// [`Input::Counted`] or [`Input::Locked`]. Where a request has another device's key, hand in
    /// [`Input::ForeignKey`] instead of carrying out the rest.
    Record(Record),
    /// The session is held now: hand in [`Input::Imported`] or [`Input::Withdrawn`] when the store
    /// says so about this key, [`Input::TimedOut`] when the operation must be complete, and
    /// [`Input::KeepaliveDue`] at the parameter's interval.
    Hold(KeyFingerprint),
    /// Tell the log.
    Note(Note),
    /// Close the connection; the session is over.
    Close,
}

/// A certificate to be issued by CAPF itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Whose it will be.
    pub device: DeviceName,
    /// The phone's model; may be empty.
    pub model: String,
    /// The serial number of the phone, as a certificate of it says.
    pub serial_number: Option<String>,
    /// The phone's key, judged: DER `SubjectPublicKeyInfo`.
    pub public_key: Vec<u8>,
    /// How long it will be valid.
    pub validity_days: u32,
}

/// How long the phone may take for its next message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// The driver's ordinary limit for an answer.
    Answer,
    /// The limit for making a key. It runs from the request: a `RequestInProgress` does not
    /// lengthen it.
    KeyGeneration(SignedDuration),
    /// The session is held: as long as the CA takes, or until the operation must be complete.
    Held,
    /// It is not the phone's turn yet: the driver knows how long it may wait.
    Queued,
    /// Nothing is awaited from the phone.
    Driver,
}

/// A session: one connection of one phone.
#[derive(Debug)]
pub struct Session {
    id: SessionId,
    authority: Arc<Certificate>,
    state: State,
}

#[derive(Debug)]
enum State {
    Idle,
    AwaitAuthResponse,
    AwaitSubject(Box<opening::AwaitSubject>),
    AwaitCount(Box<attempt::AwaitCount>),
    AwaitAdmission(Box<admission::AwaitAdmission>),
    Install(Box<install::State>),
    Delete(Box<delete::AwaitDelete>),
    Troubleshoot(Box<troubleshoot::AwaitFetch>),
    Ended,
}

/// The next state and what is to be done on the way there.
type Step = (State, Vec<Output>);

impl Session {
    /// A session of this id, under this CAPF certificate.
    pub fn new(id: SessionId, authority: Arc<Certificate>) -> Self {
        Self {
            id,
            authority,
            state: State::Idle,
        }
    }

    /// The session's id.
    pub fn id(&self) -> SessionId {
        self.id
    }

    /// The state, as IOS's `show capf-server sessions` names it, where it has a name for it.
    pub fn state_name(&self) -> &'static str {
        match &self.state {
            State::Idle | State::Ended => "IDLE",
            State::AwaitAuthResponse | State::AwaitSubject(_) | State::AwaitCount(_) => {
                "AWAIT AUTH RES"
            }
            State::AwaitAdmission(_) => "QUEUED",
            State::Install(state) => state.name(),
            State::Delete(_) => "AWAIT DELETE CERT RESP",
            State::Troubleshoot(_) => "AWAIT FETCH CERT RESP",
        }
    }

    /// How long the phone may take for its next message.
    pub fn patience(&self) -> Patience {
        match &self.state {
            State::AwaitAuthResponse | State::Delete(_) | State::Troubleshoot(_) => {
                Patience::Answer
            }
            State::AwaitAdmission(_) => Patience::Queued,
            State::Install(state) => state.patience(),
            State::Idle | State::AwaitSubject(_) | State::AwaitCount(_) | State::Ended => {
                Patience::Driver
            }
        }
    }

    /// Whether the session is over.
    pub fn is_ended(&self) -> bool {
        matches!(self.state, State::Ended)
    }

    /// Takes what happened; gives the session as it is now, and what is to be done, in order.
    #[must_use]
    pub fn handle(self, input: Input) -> (Self, Vec<Output>) {
        let mut notes = Vec::new();
        if let Input::Message(message) = &input {
            notes.extend(message.unknown_elements().map(|(tag, value)| {
                Output::Note(Note::UnknownElement {
                    tag,
                    length: value.len(),
                })
            }));
        }
        let Self {
            id,
            authority,
            state,
        } = self;
        let context = Context {
            id,
            authority: &authority,
        };
        let (state, outputs) = context.step(state, input);
        notes.extend(outputs);
        (
            Self {
                id,
                authority,
                state,
            },
            notes,
        )
    }
}

/// What every state knows.
struct Context<'a> {
    id: SessionId,
    authority: &'a Certificate,
}

impl Context<'_> {
    fn step(&self, state: State, input: Input) -> Step {
        if let Input::Message(message) = &input
            && message.session_id != self.id
            && !matches!(state, State::Ended)
        {
            let misbehaved = PhoneMisbehaved::ForeignSession {
                ours: self.id,
                came: message.session_id,
            };
            return self.misbehaved(operation(&state), misbehaved);
        }
        match state {
            State::Idle => match input {
                Input::Opened => opening::greet(self),
                _ => (State::Ended, vec![Output::Close]),
            },
            State::AwaitAuthResponse => opening::answered(self, input),
            State::AwaitSubject(state) => state.handle(self, input),
            State::AwaitCount(state) => state.handle(self, input),
            State::AwaitAdmission(state) => state.handle(self, input),
            State::Install(state) => state.handle(self, input),
            State::Delete(state) => state.handle(self, input),
            State::Troubleshoot(state) => state.handle(self, input),
            State::Ended => (State::Ended, Vec::new()),
        }
    }

    fn message(&self, command: Command) -> Message {
        Message::new(command, self.id)
    }

    fn end(&self, reason: Reason) -> Message {
        self.message(Command::END_SESSION)
            .with(Element::Reason(reason))
    }

    /// Says goodbye; nothing is recorded.
    fn farewell(&self, reason: Reason, note: Option<Note>) -> Step {
        let mut outputs: Vec<_> = note.map(Output::Note).into_iter().collect();
        outputs.push(Output::Send(self.end(reason)));
        outputs.push(Output::Close);
        (State::Ended, outputs)
    }

    /// The operation succeeded: recorded first, then the phone is told.
    fn success(&self, operation: CertificateOperation, record: Record, reason: Reason) -> Step {
        let outputs = vec![
            Output::Record(record),
            Output::Note(Note::Ended(OperationStatus::success(operation))),
            Output::Send(self.end(reason)),
            Output::Close,
        ];
        (State::Ended, outputs)
    }

    /// The operation failed; the phone is told so.
    fn failure(&self, failure: &Failure, note: Option<Note>) -> Step {
        self.failure_told(failure, note, Reason::DECLINED)
    }

    /// The same, told with another reason.
    fn failure_told(&self, failure: &Failure, note: Option<Note>, reason: Reason) -> Step {
        let mut outputs: Vec<_> = note.map(Output::Note).into_iter().collect();
        outputs.extend(failure.outputs());
        outputs.push(Output::Send(self.end(reason)));
        outputs.push(Output::Close);
        (State::Ended, outputs)
    }

    /// The phone did not prove who it is.
    fn refused(&self, operation: CertificateOperation, refusal: Refusal) -> Step {
        let failure = Failure {
            is_refusal: true,
            ..Failure::retried(operation, refusal.failure())
        };
        self.failure(&failure, Some(Note::Refused(refusal)))
    }

    fn misbehaved(&self, operation: Option<CertificateOperation>, what: PhoneMisbehaved) -> Step {
        let note = Some(Note::Misbehaved(what));
        match operation {
            Some(operation) => self.failure(
                &Failure::retried(operation, FailureReason::PhoneCommunication),
                note,
            ),
            None => self.farewell(what.reason(), note),
        }
    }

    fn out_of_turn(
        &self,
        operation: Option<CertificateOperation>,
        wanted: Command,
        came: Command,
    ) -> Step {
        self.misbehaved(operation, PhoneMisbehaved::OutOfTurn { wanted, came })
    }
}

/// The connection is gone or the phone is silent: recorded, and nobody is left to be told.
fn lost(operation: CertificateOperation) -> Step {
    let mut outputs = Failure::retried(operation, FailureReason::PhoneCommunication).outputs();
    outputs.push(Output::Close);
    (State::Ended, outputs)
}

/// The driver handed in what this state did not ask for: nothing changes.
fn unasked(state: impl Into<State>) -> Step {
    (state.into(), Vec::new())
}

/// A failed operation: why, and whether the phone's next try may mend it.
struct Failure {
    operation: CertificateOperation,
    reason: FailureReason,
    ends_operation: bool,
    is_refusal: bool,
}

impl Failure {
    /// The phone may try again: the operation stays scheduled.
    fn retried(operation: CertificateOperation, reason: FailureReason) -> Self {
        Self {
            operation,
            reason,
            ends_operation: false,
            is_refusal: false,
        }
    }

    /// The answer is final: the operation goes back to No Pending Operation.
    fn is_final(operation: CertificateOperation, reason: FailureReason) -> Self {
        Self {
            operation,
            reason,
            ends_operation: true,
            is_refusal: false,
        }
    }

    fn status(&self) -> OperationStatus {
        OperationStatus::failure(self.operation, self.reason)
    }

    fn outputs(&self) -> Vec<Output> {
        let status = self.status();
        let record = Record::Failed {
            operation: self.operation,
            status,
            ends_operation: self.ends_operation,
            is_refusal: self.is_refusal,
        };
        vec![Output::Record(record), Output::Note(Note::Ended(status))]
    }
}

/// The operation that is under way.
fn operation(state: &State) -> Option<CertificateOperation> {
    match state {
        State::Idle
        | State::AwaitAuthResponse
        | State::AwaitSubject(_)
        | State::AwaitCount(_)
        | State::Ended => None,
        State::AwaitAdmission(state) => Some(state.operation()),
        State::Install(_) => Some(CertificateOperation::Install),
        State::Delete(_) => Some(CertificateOperation::Delete),
        State::Troubleshoot(_) => Some(CertificateOperation::Troubleshoot),
    }
}
