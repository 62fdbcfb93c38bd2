//! Drives one session: carries out its outputs in order, and tells it what happens.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, sleep_until, timeout};

use super::Service;
use super::held::Place;
use super::journal::Journal;
use super::shutdown::Ending;
use crate::model::{DeviceName, FailureReason, ParameterValues};
use crate::pki::{KeyFingerprint, LscOrder};
use crate::session::{Input, Order, Output, Patience, Session};
use crate::store::{CsrProgress, Recorded, StoreError};
use crate::transport::Connection;
use crate::wire::Message;

/// How many messages in a row may lead to nothing, such as one that says again that the phone is
/// busy, before the driver pauses after each: nobody may keep a processor busy by them.
const FRUITLESS: u32 = 8;

/// How long it pauses. The phone's time runs on meanwhile.
const PAUSE: Duration = Duration::from_millis(100);

/// Talks to one phone until the session is over.
pub(super) async fn drive<S>(
    service: &Service,
    connection: Connection<S>,
    address: IpAddr,
    ending: Ending,
) where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let session = Session::new(service.next_session(), Arc::clone(&service.authority));
    let journal = Journal::open(service, session.id(), address);
    let mut driver = Driver {
        service,
        connection,
        address,
        ending,
        journal,
        subject: None,
        deadline: None,
        fruitless: 0,
        listens_from: Instant::now(),
        hold: None,
    };
    let result = driver.run(session).await;
    driver.close(result).await;
}

struct Driver<'a, S> {
    service: &'a Service,
    connection: Connection<S>,
    address: IpAddr,
    ending: Ending,
    journal: Journal<'a>,
    subject: Option<Known>,
    deadline: Option<Instant>,
    /// How many messages in a row have led to nothing.
    fruitless: u32,
    /// The phone is not listened to before.
    listens_from: Instant,
    hold: Option<Hold<'a>>,
}

/// What the driver needs to remember of the phone.
struct Known {
    device: DeviceName,
    parameters: ParameterValues,
    /// Whether a record has been committed, and the phone's last contact with it.
    recorded: bool,
}

/// A session that waits for an outside CA.
struct Hold<'a> {
    key: KeyFingerprint,
    place: Place<'a>,
    keepalive: Option<Interval>,
}

/// How the driver's part ended, where nothing went wrong.
enum End {
    /// The session came to its end.
    Over,
    /// The service ends; the session was held, or nobody had spoken yet.
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
                Output::Find(device) => answer = Some(self.find(device).await?),
                Output::Issue(order) => answer = Some(self.issue(&order)),
                Output::Record(record) => {
                    if let Some(known) = &mut self.subject {
                        let store = &self.service.store;
                        let recorded = store.record(&known.device, self.address, record).await?;
                        known.recorded = true;
                        if recorded == Recorded::CalledOff {
                            return Ok(Some(Input::Withdrawn));
                        }
                    }
                }
                Output::Hold(key) => {
                    self.deadline = None;
                    self.hold(key);
                }
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
            Patience::Held | Patience::Driver => return None,
        };
        Some(Instant::now() + limit)
    }

    async fn send(&mut self, message: &Message) -> bool {
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

    async fn find(&mut self, device: DeviceName) -> Result<Input, StoreError> {
        self.journal.device(&device);
        let subject = self.service.store.subject(&device).await?;
        if let Some(subject) = &subject {
            let parameters = subject.parameters.clone();
            self.subject = Some(Known {
                device,
                parameters,
                recorded: false,
            });
        }
        Ok(Input::Found {
            subject: subject.map(Box::new),
            now: self.service.clock.now(),
        })
    }

    fn issue(&self, order: &Order) -> Input {
        let lsc = LscOrder {
            device: &order.device,
            model: &order.model,
            serial_number: None,
            public_key: &order.public_key,
            validity_days: order.validity_days,
        };
        let issued = self.service.issuer.issue(&lsc, self.service.clock.now());
        Input::Issued(issued.map_err(|error| {
            tracing::error!(device = %order.device, %error, "cannot issue a certificate");
            FailureReason::Other
        }))
    }

    fn hold(&mut self, key: KeyFingerprint) {
        let Some(known) = &self.subject else { return };
        let keepalive = known.parameters.keepalive_message().then(|| {
            let period = known.parameters.keepalive_interval().unsigned_abs();
            let mut interval = interval_at(Instant::now() + period, period);
            interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
            interval
        });
        let place = self.service.held.enter(known.device.clone());
        self.hold = Some(Hold {
            key,
            place,
            keepalive,
        });
    }

    /// Waits for the phone, the CA, the clock or the end of the service; `None` is the last.
    async fn wait(&mut self, patience: Patience) -> Result<Option<Input>, StoreError> {
        let held = patience == Patience::Held;
        // A session under way may finish; one that waits for a CA or for a first word need not.
        let cut_off = held || self.subject.is_none();
        loop {
            let deadline = self.deadline;
            let (connection, listens_from) = (&mut self.connection, self.listens_from);
            let hears = async {
                sleep_until(listens_from).await;
                connection.receive().await
            };
            tokio::select! {
                received = hears => {
                    return Ok(Some(match received {
                        Ok(message) => Input::Message(message),
                        Err(error) => {
                            self.journal.lost(&error.to_string());
                            Input::Lost
                        }
                    }));
                }
                () = sleep_until(deadline.unwrap_or_else(Instant::now)), if deadline.is_some() => {
                    return Ok(Some(Input::TimedOut));
                }
                happened = happening(self.hold.as_mut()), if held => match happened {
                    Happening::Rung => {
                        if let Some(input) = self.progress().await? {
                            return Ok(Some(input));
                        }
                    }
                    Happening::KeepaliveDue => return Ok(Some(Input::KeepaliveDue)),
                },
                () = self.ending.announced(), if cut_off => return Ok(None),
            }
        }
    }

    /// What the store says about the key that the session waits for.
    async fn progress(&self) -> Result<Option<Input>, StoreError> {
        let (Some(known), Some(hold)) = (&self.subject, &self.hold) else {
            return Ok(None);
        };
        Ok(
            match self
                .service
                .store
                .progress(&known.device, &hold.key)
                .await?
            {
                CsrProgress::Waiting => None,
                CsrProgress::Imported(certificate) => Some(Input::Imported(certificate)),
                CsrProgress::Gone => Some(Input::Withdrawn),
            },
        )
    }

    async fn close(self, result: Result<End, StoreError>) {
        if let Some(known) = &self.subject
            && !known.recorded
            && let Err(error) = self
                .service
                .store
                .contact(&known.device, self.address)
                .await
        {
            tracing::warn!(%error, "cannot note the phone's contact");
        }
        // A phone that does not take in the end of the connection is not waited for.
        let _ = timeout(self.service.limits.answer, self.connection.close()).await;
        match result {
            Ok(End::Over) => self.journal.close(None),
            Ok(End::CutOff) => self.journal.close(Some("the service ends")),
            Err(error) => {
                tracing::error!(%error, "the store failed; the phone is cut off and tries again");
                self.journal.close(Some("the store failed"));
            }
        }
    }
}

/// What can happen to a held session, beside what its phone does.
enum Happening {
    Rung,
    KeepaliveDue,
}

async fn happening(hold: Option<&mut Hold<'_>>) -> Happening {
    let Some(hold) = hold else {
        return std::future::pending().await;
    };
    let keepalive = async {
        match &mut hold.keepalive {
            Some(interval) => interval.tick().await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = hold.place.rung() => Happening::Rung,
        _ = keepalive => Happening::KeepaliveDue,
    }
}
