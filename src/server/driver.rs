//! Drives one session: carries out its outputs in order, and tells it what happens.

use std::net::IpAddr;
use std::pin::Pin;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, sleep_until, timeout};

use super::Service;
use super::gate::{Deferred, Turn};
use super::journal::Journal;
use super::keepalive::Keepalive;
use super::metrics::{BadMessage, Level};
use super::opening::Opening;
use super::present::{Place, Rung};
use super::shutdown::Ending;
use crate::model::{CapfSettings, Certificate, CertificateKind, DeviceName, FailureReason};
use crate::pki::{KeyFingerprint, LscOrder};
use crate::session::{Input, Order, Output, Patience, Record, Session};
use crate::store::{Claim, CsrProgress, Recorded, StoreError};
use crate::trace::Fetched;
use crate::transport::{Connection, Negotiated, ReceiveError};
use crate::wire::Message;

/// How many messages in a row may lead to nothing, such as one that says again that the phone is
/// busy, before the driver pauses after each: nobody may keep a processor busy by them.
const FRUITLESS: u32 = 8;

/// How long it pauses. The phone's time runs on meanwhile.
const PAUSE: Duration = Duration::from_millis(100);

/// Why a session ends that an administrator has ended.
const CALLED_OFF: &str = "what the session was begun for is not scheduled any more; it ends";

/// Talks to one phone, or whoever is at the address, until the session is over.
pub(super) async fn drive<S>(
    service: &Service,
    connection: Connection<S>,
    tls: Negotiated,
    (address, opening): (IpAddr, Opening),
    ending: Ending,
) where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let session = Session::new(service.next_session(), service.authority.certificate());
    let journal = Journal::open(service, session.id(), address, tls);
    let mut driver = Driver {
        service,
        connection,
        address,
        opening: Some(opening),
        ending,
        journal,
        subject: None,
        deadline: None,
        fruitless: 0,
        listens_from: Instant::now(),
        place: None,
        admission: None,
        turn: None,
        hold: None,
    };
    let result = driver.run(session).await;
    driver.close(result).await;
}

struct Driver<'a, S> {
    service: &'a Service,
    connection: Connection<S>,
    address: IpAddr,
    /// As long as nobody has proved who is there.
    opening: Option<Opening>,
    ending: Ending,
    journal: Journal<'a>,
    subject: Option<Known>,
    deadline: Option<Instant>,
    /// How many messages in a row have led to nothing.
    fruitless: u32,
    /// The phone is not listened to before.
    listens_from: Instant,
    /// The phone's place among those that have proved who they are.
    place: Option<Place<'a>>,
    /// The phone waits for its turn.
    admission: Option<Admission<'a>>,
    turn: Option<Turn<'a>>,
    hold: Option<Hold>,
}

type Admission<'a> = Pin<Box<dyn Future<Output = Result<Turn<'a>, Deferred>> + Send + Sync + 'a>>;

/// What the driver needs to remember of the phone.
struct Known {
    device: DeviceName,
    schedule: CapfSettings,
    claim: Claim,
    /// Whether a record has been committed, and the phone's last contact with it.
    recorded: bool,
}

/// A session that waits for an outside CA.
struct Hold {
    key: KeyFingerprint,
    keepalive: Keepalive,
    _held: Level,
}

/// How the driver's part ended, where nothing went wrong.
enum End {
    /// The session came to its end.
    Over,
    /// The service ends; the session was waiting, or nobody had spoken yet.
    CutOff,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Driver<'_, S> {
    async fn run(&mut self, mut session: Session) -> Result<End, StoreError> {
        let mut input = Input::Opened;
        loop {
            let (next, outputs) = session.handle(input);
            session = next;
            self.pace(&outputs);
            let answer = self.carry_out(outputs, session.patience()).await?;
            self.journal.state(session.state_name());
            input = match answer {
                Some(answer) => answer,
                None if session.is_ended() => return Ok(End::Over),
                None => match self.wait(session.patience()).await? {
                    Some(input) => input,
                    None => return Ok(End::CutOff),
                },
            };
        }
    }

    fn pace(&mut self, outputs: &[Output]) {
        let fruitless = outputs
            .iter()
            .all(|output| matches!(output, Output::Note(_)));
        self.fruitless = if fruitless {
            self.fruitless.saturating_add(1)
        } else {
            0
        };
        if self.fruitless > FRUITLESS {
            self.listens_from = Instant::now() + PAUSE;
        }
    }

    /// Carries out the outputs in order. What the session asked for is the answer.
    async fn carry_out(
        &mut self,
        outputs: Vec<Output>,
        patience: Patience,
    ) -> Result<Option<Input>, StoreError> {
        let mut answer = None;
        for output in outputs {
            match output {
                Output::Send(message) => {
                    self.deadline = self.deadline(patience);
                    if !self.send(&message).await {
                        return Ok(Some(Input::Lost));
                    }
                }
                Output::Find { device, shown } => {
                    answer = Some(self.find(device, shown).await?);
                }
                Output::Admit => self.queue(),
                Output::Issue(order) => answer = Some(self.issue(&order)),
                Output::Record(record) => {
                    if let Some(instead) = self.record(record).await? {
                        return Ok(Some(instead));
                    }
                }
                Output::Hold(key) => self.hold(key),
                Output::Note(note) => self.journal.note(&note),
                // The session is over with it, and `close` closes the connection of every one.
                Output::Close => {}
            }
        }
        Ok(answer)
    }

    fn deadline(&self, patience: Patience) -> Option<Instant> {
        let limit = match patience {
            Patience::Answer => self.service.limits.answer,
            Patience::KeyGeneration(limit) => limit.unsigned_abs(),
            Patience::Held | Patience::Queued | Patience::Driver => return None,
        };
        Some(Instant::now() + limit)
    }

    async fn send(&mut self, message: &Message) -> bool {
        self.journal.sent(message);
        match timeout(self.service.limits.answer, self.connection.send(message)).await {
            Ok(Ok(())) => true,
            Ok(Err(error)) => {
                self.journal.lost(&error.to_string());
                false
            }
            Err(_) => {
                self.journal
                    .lost("the phone does not take in what it is sent");
                false
            }
        }
    }

    async fn find(&mut self, device: DeviceName, shown: Vec<String>) -> Result<Input, StoreError> {
        self.journal.device(&device);
        let subject = self.service.store.subject(&device, shown).await?;
        if let Some(subject) = &subject {
            let schedule = subject.phone.capf.clone();
            self.journal.known(schedule.operation, &subject.parameters);
            self.subject = Some(Known {
                device,
                schedule,
                claim: Claim::new(),
                recorded: false,
            });
        }
        Ok(Input::Found {
            subject: subject.map(Box::new),
            now: self.service.clock.now(),
        })
    }

    /// The phone has proved who it is: it takes its place, and queues for its turn.
    fn queue(&mut self) {
        let Some(known) = &self.subject else { return };
        self.opening = None;
        self.deadline = None;
        let place = self.service.present.enter(known.device.clone());
        // What was called off since the phone was looked up rang for nobody.
        place.look();
        self.place = Some(place);
        let admission = self.service.gate.admit(self.address);
        self.admission = Some(Box::pin(admission));
    }

    /// Puts it on record; where that is not to be, what happens instead.
    async fn record(&mut self, record: Record) -> Result<Option<Input>, StoreError> {
        let Some(known) = &mut self.subject else {
            return Ok(None);
        };
        let fetched = match &record {
            Record::Fetched { certificates } => certificates.clone(),
            _ => Vec::new(),
        };
        let is_attempt = record.is_attempt();
        let store = &self.service.store;
        let recorded = store
            .record(
                &known.device,
                self.address,
                &known.schedule,
                &mut known.claim,
                record,
            )
            .await?;
        known.recorded = true;
        Ok(match recorded {
            Recorded::Kept if is_attempt => Some(Input::Counted),
            Recorded::Kept => {
                self.write_fetched(fetched).await;
                None
            }
            Recorded::CalledOff => {
                self.journal.ends(CALLED_OFF);
                Some(Input::Withdrawn)
            }
            Recorded::Locked { until } => Some(Input::Locked { until }),
            Recorded::ForeignKey { device } => Some(Input::ForeignKey { device }),
        })
    }

    /// Writes the certificates that the phone gave into trace files. They are on record already, so
    /// that a disk that is full costs nobody the operation.
    async fn write_fetched(&self, certificates: Vec<(CertificateKind, Certificate)>) {
        let (Some(known), Some(tracer)) = (&self.subject, &self.service.tracer) else {
            return;
        };
        if certificates.is_empty() {
            return;
        }
        let (directory, device) = (tracer.directory().clone(), known.device.clone());
        let fetched = Fetched {
            at: self.service.clock.now(),
            address: self.address,
            session: self.journal.session(),
        };
        let written = tokio::task::spawn_blocking(move || {
            certificates.iter().try_for_each(|(kind, certificate)| {
                directory
                    .write_fetched(&device, *kind, certificate, &fetched)
                    .map(drop)
            })
        });
        if let Ok(Err(error)) = written.await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "cannot write what a Troubleshoot fetched into a trace file"
            );
        }
    }

    fn issue(&self, order: &Order) -> Input {
        let lsc = LscOrder {
            device: &order.device,
            model: &order.model,
            serial_number: order.serial_number.as_deref(),
            public_key: &order.public_key,
            validity_days: order.validity_days,
        };
        let began = Instant::now();
        let issued = self
            .service
            .authority
            .issuer()
            .issue(&lsc, self.service.clock.now());
        self.service.metrics.issued(began.elapsed());
        Input::Issued(issued.map_err(|error| {
            tracing::error!(device = %order.device, %error, "cannot issue a certificate");
            FailureReason::Other
        }))
    }

    /// From here the phone waits for days, if need be, and its turn is another's.
    fn hold(&mut self, key: KeyFingerprint) {
        self.turn = None;
        self.deadline = self.completes_by();
        self.hold = Some(Hold {
            key,
            keepalive: self.service.settings.keepalive(),
            _held: self.service.metrics.held(),
        });
        if let Some(place) = &self.place {
            place.look();
        }
    }

    /// When the operation must be complete, for a phone that is held so long.
    fn completes_by(&self) -> Option<Instant> {
        let time = self.subject.as_ref()?.schedule.completes_by?;
        let left = time.duration_since(self.service.clock.now());
        Instant::now().checked_add(Duration::try_from(left).unwrap_or_default())
    }

    /// Waits for the phone, the CA, an administrator, the phone's turn, the clock or the end of the
    /// service; `None` is the last.
    async fn wait(&mut self, patience: Patience) -> Result<Option<Input>, StoreError> {
        let held = patience == Patience::Held;
        // A session under way may finish; one that waits for a CA, for its turn or for a first
        // word need not.
        let cut_off = held || patience == Patience::Queued || self.subject.is_none();
        loop {
            let deadline = self.deadline;
            let (connection, listens_from) = (&mut self.connection, self.listens_from);
            let hears = async {
                sleep_until(listens_from).await;
                connection.receive().await
            };
            let keepalive = self.hold.as_mut().filter(|_| held);
            tokio::select! {
                received = hears => {
                    return Ok(Some(match received {
                        Ok(message) => {
                            self.journal.received(&message);
                            Input::Message(message)
                        }
                        Err(error) => {
                            if matches!(error, ReceiveError::Invalid { .. }) {
                                self.service.metrics.message_refused(BadMessage::Malformed);
                            }
                            self.journal.lost(&error.to_string());
                            Input::Lost
                        }
                    }));
                }
                () = sleep_until(deadline.unwrap_or_else(Instant::now)), if deadline.is_some() => {
                    return Ok(Some(Input::TimedOut));
                }
                admitted = admitted(self.admission.as_mut()) => {
                    self.admission = None;
                    return Ok(Some(match admitted {
                        Ok(turn) => {
                            self.turn = Some(turn);
                            Input::Admitted
                        }
                        Err(Deferred(again)) => Input::Deferred { seconds: seconds(again) },
                    }));
                }
                why = rung(self.place.as_ref()) => {
                    let input = match why {
                        Rung::Overtaken => {
                            self.journal.ends("the phone has begun another session; this one ends");
                            return Ok(Some(Input::Withdrawn));
                        }
                        Rung::Changed if held => self.progress().await?,
                        Rung::Changed => self.still_wanted().await?,
                    };
                    if let Some(Input::Withdrawn) = input {
                        self.journal.ends(CALLED_OFF);
                    }
                    if input.is_some() {
                        return Ok(input);
                    }
                }
                () = due(keepalive) => return Ok(Some(Input::KeepaliveDue)),
                () = ended(&mut self.ending, cut_off) => return Ok(None),
            }
        }
    }

    /// What the store says about the key that the session waits for. What is asked of the phone must
    /// be the same still; only another string is for its next session, and another time for this one.
    async fn progress(&mut self) -> Result<Option<Input>, StoreError> {
        let (Some(known), Some(hold)) = (&mut self.subject, &self.hold) else {
            return Ok(None);
        };
        let store = &self.service.store;
        let found = store.progress(&known.device, &hold.key).await?;
        let Some((scheduled, progress)) = found
            .filter(|(scheduled, _)| known.schedule.ask_the_same_but_for_the_string(scheduled))
        else {
            return Ok(Some(Input::Withdrawn));
        };
        known.schedule.completes_by = scheduled.completes_by;
        if scheduled
            .completes_by
            .is_some_and(|time| time < self.service.clock.now())
        {
            return Ok(Some(Input::TimedOut));
        }
        self.deadline = self.completes_by();
        Ok(match progress {
            CsrProgress::Waiting => None,
            CsrProgress::Imported(certificate) => Some(Input::Imported(certificate)),
            CsrProgress::Gone => Some(Input::Withdrawn),
        })
    }

    /// Whether that is scheduled any more that the session is about.
    async fn still_wanted(&self) -> Result<Option<Input>, StoreError> {
        let Some(known) = &self.subject else {
            return Ok(None);
        };
        let scheduled = self.service.store.scheduled(&known.device).await?;
        let stands = scheduled.is_some_and(|now| known.schedule.ask_the_same_as(&now));
        Ok((!stands).then_some(Input::Withdrawn))
    }

    async fn close(mut self, result: Result<End, StoreError>) {
        if let Some(known) = &self.subject
            && !known.recorded
            && let Err(error) = self
                .service
                .store
                .contact(&known.device, self.address)
                .await
        {
            self.service.metrics.store_failed();
            tracing::warn!(%error, "cannot note the phone's contact");
        }
        // Nobody else waits for a phone that takes its time to hang up.
        self.turn = None;
        self.place = None;
        // A phone that does not take in the end of the connection is not waited for.
        let _ = timeout(self.service.limits.answer, self.connection.close()).await;
        match result {
            Ok(End::Over) => self.journal.close(None),
            Ok(End::CutOff) => self.journal.close(Some("the service ends")),
            Err(error) => {
                self.service.metrics.store_failed();
                tracing::error!(%error, "the store failed; the phone is cut off and tries again");
                self.journal.close(Some("the store failed"));
            }
        }
    }
}

/// Resolves when the phone's turn has come, or will not come in time.
async fn admitted<'a>(admission: Option<&mut Admission<'a>>) -> Result<Turn<'a>, Deferred> {
    match admission {
        Some(admission) => admission.await,
        None => std::future::pending().await,
    }
}

/// Resolves when the phone's bell rings.
async fn rung(place: Option<&Place<'_>>) -> Rung {
    match place {
        Some(place) => place.rung().await,
        None => std::future::pending().await,
    }
}

/// Resolves when the service ends, or, where the session may finish, when nobody may go on.
async fn ended(ending: &mut Ending, cut_off: bool) {
    if cut_off {
        ending.announced().await;
    } else {
        ending.over().await;
    }
}

/// Resolves when the next keepalive is due.
async fn due(hold: Option<&mut Hold>) {
    match hold {
        Some(hold) => hold.keepalive.due().await,
        None => std::future::pending().await,
    }
}

/// Whole seconds, as a message can say them.
fn seconds(duration: Duration) -> u16 {
    let seconds = duration.as_secs() + u64::from(duration.subsec_nanos() > 0);
    u16::try_from(seconds).unwrap_or(u16::MAX)
}
