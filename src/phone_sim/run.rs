//! One session: connections until one brings an end.

use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use tokio::time::sleep;

use super::capf_server::Reachable;
use super::conversation::{Conversation, blocking};
use super::memory::Memory;
use super::{CapfServer, Configuration, End, Outcome, PhoneSim, PhoneSimError};
use crate::transport::Negotiated;

impl PhoneSim {
    /// Does one session with `server`. After a communication failure it tries again, and where the
    /// server asks it to come back later it does, as often as [`retry`](Self::retry) says. When `abort`
    /// is done, the phone stops where it is: its connection is cut.
    pub async fn run(&self, server: &CapfServer, abort: impl Future<Output = ()>) -> Outcome {
        self.run_with(server, abort).await
    }

    async fn run_with(&self, server: &impl Reachable, abort: impl Future<Output = ()>) -> Outcome {
        let mut memory = Memory::new(self);
        let mut over = None;
        if let Err(error) = self.begin(&mut memory).await {
            let end = End::PhoneFailed(error.to_string());
            return self.outcome(memory, end, None);
        }
        let mut abort = pin!(abort);
        let end = loop {
            memory.journal.attempt += 1;
            let connected = tokio::select! {
                biased;
                () = &mut abort => break End::Aborted,
                connected = server.reach(self, &mut memory.journal) => connected,
            };
            let end = match connected {
                Err(end) => end,
                Ok(link) => {
                    over = link.over;
                    let mut conversation = Conversation::resume(self, link.connection, memory);
                    let end = tokio::select! {
                        biased;
                        () = &mut abort => End::Aborted,
                        end = conversation.finish() => end,
                    };
                    memory = conversation.leave(&end).await;
                    end
                }
            };
            let Some(pause) = self.pause_after(&end) else {
                break end;
            };
            if memory.journal.attempt > self.retry.count {
                break end;
            }
            let what = format!("{end}; the phone tries again in {} s", pause.as_secs_f32());
            // The outcome may be minutes away.
            tracing::warn!(device = %self.device, "{what}");
            memory.journal.note(what);
            tokio::select! {
                biased;
                () = &mut abort => break End::Aborted,
                () = sleep(pause) => {}
            }
        };
        let end = self.finish(&mut memory, end).await;
        self.outcome(memory, end, over)
    }

    /// How long the phone waits before it tries again, where it does after such an end.
    fn pause_after(&self, end: &End) -> Option<Duration> {
        match end {
            // That a phone does so is D; the delay's bytes are unproven (N).
            End::RetryLater { seconds } => Some(seconds.map_or(self.retry.interval, |seconds| {
                Duration::from_secs(seconds.into())
            })),
            End::CommunicationFailure(_) => Some(self.retry.interval),
            _ => None,
        }
    }

    /// Recalls what the phone kept from the session before, and puts its authentication mode into
    /// its flash.
    async fn begin(&self, memory: &mut Memory) -> Result<(), PhoneSimError> {
        let loaded = match self.configuration {
            Configuration::Loaded(mode) => Some(mode),
            Configuration::Silent | Configuration::Lost => None,
        };
        if let Some(state) = self.state.clone() {
            let device = self.device.clone();
            let recalled = blocking(move || {
                let lsc = state.load(&device)?;
                let flash = match loaded {
                    Some(mode) => state.save_flash(&device, mode).map(|()| loaded),
                    None => state.load_flash(&device),
                }?;
                Ok::<_, PhoneSimError>((lsc, flash))
            });
            let (lsc, flash) = recalled.await?;
            memory.lsc = lsc.or(memory.lsc.take());
            memory.flash = flash.or(memory.flash);
        }
        memory.flash = loaded.or(memory.flash);
        if let Some(mode) = self.mode(memory.flash)? {
            let from = match self.configuration {
                Configuration::Lost => "flash",
                Configuration::Silent | Configuration::Loaded(_) => "configuration file",
            };
            memory
                .journal
                .note(format_args!("authentication mode {mode}, from its {from}"));
        }
        Ok(())
    }

    /// A certificate operation that has completed clears the flash.
    async fn finish(&self, memory: &mut Memory, end: End) -> End {
        if !matches!(end, End::Ended(_)) || self.configuration == Configuration::Silent {
            return end;
        }
        memory.flash = None;
        let Some(state) = self.state.clone() else {
            return end;
        };
        let device = self.device.clone();
        match blocking(move || state.clear_flash(&device)).await {
            Ok(()) => end,
            Err(error) => End::PhoneFailed(error.to_string()),
        }
    }

    fn outcome(&self, memory: Memory, end: End, over: Option<(SocketAddr, Negotiated)>) -> Outcome {
        let (connected_to, negotiated) = over.unzip();
        Outcome {
            device: self.device.clone(),
            end,
            attempts: memory.journal.attempt,
            duration: memory.journal.elapsed(),
            steps: memory.journal.steps,
            connected_to,
            negotiated,
            stored: memory.stored,
            lsc: memory.lsc,
            flash: memory.flash,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::future::pending;

    use tokio::io::{DuplexStream, duplex};
    use tokio::sync::mpsc;
    use tokio::time::Instant;

    use super::super::capf_server::Link;
    use super::super::identity::tests::{P256, identity};
    use super::super::outcome::Journal;
    use super::super::{Event, Key, Misbehaviour, Misdeed, Retry, StateDir, Stop};
    use super::*;
    use crate::model::AuthenticationMode;
    use crate::secret::Password;
    use crate::transport::{Connection, ReceiveError};
    use crate::wire::{Command, Element, KeyType, Message, NamedCurve, Reason, SessionId};

    /// A script in the place of a server: what it gives at each attempt.
    struct Scripted<F>(F);

    impl<F: Fn() -> Result<DuplexStream, End>> Reachable for Scripted<F> {
        type Stream = DuplexStream;

        async fn reach(&self, _: &PhoneSim, _: &mut Journal) -> Result<Link<DuplexStream>, End> {
            (self.0)().map(|stream| Link {
                connection: Connection::new(stream),
                over: None,
            })
        }
    }

    fn phone() -> PhoneSim {
        PhoneSim {
            retry: Retry {
                count: 3,
                interval: Duration::ZERO,
            },
            ..PhoneSim::new("SEP001122334455".parse().unwrap())
        }
    }

    fn no_route() -> End {
        End::CommunicationFailure("no route".to_owned())
    }

    /// A server that does `script`, and then hangs up.
    fn serve<F>(script: impl FnOnce(Server) -> F) -> DuplexStream
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (near, far) = duplex(4096);
        tokio::spawn(script(Server(Connection::new(far))));
        near
    }

    struct Server(Connection<DuplexStream>);

    impl Server {
        async fn says(&mut self, command: Command, elements: Vec<Element>) {
            let message = Message {
                command,
                session_id: SessionId(7),
                elements,
            };
            self.0.send(&message).await.unwrap();
        }

        async fn asks(&mut self, command: Command, elements: Vec<Element>) -> Message {
            self.says(command, elements).await;
            self.0.receive().await.unwrap()
        }

        /// Takes its key, and says nothing then.
        async fn makes_the_phone_wait(&mut self) {
            self.asks(Command::AUTH_REQUEST, vec![]).await;
            let order = vec![
                Element::KeyType(KeyType::EC),
                Element::Curve(NamedCurve::P256),
            ];
            let answer = self.asks(Command::KEY_GENERATE_REQUEST, order).await;
            assert_eq!(answer.command, Command::REQUEST_IN_PROGRESS);
            let answer = self.0.receive().await.unwrap();
            assert_eq!(answer.command, Command::KEY_GENERATE_RESPONSE);
        }

        async fn ends(&mut self, reason: Reason) {
            self.says(Command::END_SESSION, vec![Element::Reason(reason)])
                .await;
            let _ = self.0.receive().await;
        }
    }

    /// A server that asks who is there, and ends the session with `reason`.
    fn ends_with(reason: Reason) -> DuplexStream {
        serve(async move |mut server: Server| {
            server.says(Command::AUTH_REQUEST, vec![]).await;
            if server.0.receive().await.is_ok() {
                server.ends(reason).await;
            }
        })
    }

    #[tokio::test]
    async fn a_phone_tries_again_after_a_communication_failure() {
        let attempts = Cell::new(0);
        let server = Scripted(|| {
            attempts.set(attempts.get() + 1);
            match attempts.get() {
                1 => Err(no_route()),
                // A server that hangs up at once.
                2 => Ok(duplex(64).0),
                _ => Ok(ends_with(Reason::NO_ACTION)),
            }
        });
        let outcome = phone().run_with(&server, pending()).await;
        assert_eq!(outcome.end, End::Ended(Reason::NO_ACTION));
        assert!(outcome.succeeded());
        assert_eq!(outcome.attempts, 3);
        let noted = |step: &&crate::phone_sim::Step| matches!(step.event, Event::Noted(_));
        assert_eq!(outcome.steps.iter().filter(noted).count(), 2);
    }

    /// Runs the phone on paused time; what came of it, and after how many seconds of that time the
    /// phone connected.
    async fn timed(
        phone: &PhoneSim,
        server: impl Fn(usize) -> DuplexStream,
    ) -> (Outcome, Vec<u64>) {
        let begun = Instant::now();
        let connected = RefCell::new(Vec::new());
        let server = Scripted(|| {
            let mut connected = connected.borrow_mut();
            connected.push(begun.elapsed().as_secs());
            Ok(server(connected.len()))
        });
        let outcome = phone.run_with(&server, pending()).await;
        (outcome, connected.take())
    }

    #[tokio::test(start_paused = true)]
    async fn if_a_communication_failure_occurs_while_the_certificate_installation_is_taking_place_on_the_phone_the_phone_will_attempt_to_obtain_the_certificate_three_more_times_in_30_second_intervals()
     {
        let phone = PhoneSim {
            key: Some(Key::generate(P256).unwrap()),
            ..PhoneSim::new("SEP001122334455".parse().unwrap())
        };
        let (outcome, connected) = timed(&phone, |_| {
            serve(async |mut server: Server| server.makes_the_phone_wait().await)
        })
        .await;
        assert!(matches!(outcome.end, End::CommunicationFailure(_)));
        assert!(!outcome.succeeded());
        assert_eq!(connected, [0, 30, 60, 90]);
        assert_eq!(outcome.attempts, 4);
    }

    #[tokio::test(start_paused = true)]
    async fn a_phone_that_is_asked_to_retry_later_comes_back_after_the_delay_that_was_named() {
        let later = |seconds: Option<u16>| {
            serve(async move |mut server: Server| {
                let delay = seconds.map(Element::RetryDelay);
                server
                    .says(Command::RETRY_LATER, delay.into_iter().collect())
                    .await;
            })
        };
        let phone = PhoneSim::new("SEP001122334455".parse().unwrap());
        let (outcome, connected) = timed(&phone, |attempt| match attempt {
            1 => later(Some(90)),
            2 => later(None),
            _ => ends_with(Reason::NO_ACTION),
        })
        .await;
        assert_eq!(outcome.end, End::Ended(Reason::NO_ACTION));
        assert_eq!(connected, [0, 90, 120]);

        // It counts as a retry, and three are all there are.
        let (outcome, connected) = timed(&phone, |attempt| match attempt {
            1 => duplex(64).0,
            _ => later(Some(10)),
        })
        .await;
        let seconds = Some(10);
        assert_eq!(outcome.end, End::RetryLater { seconds });
        assert_eq!(connected, [0, 30, 40, 50]);
        let noted = outcome.steps.iter().filter(
            |step| matches!(&step.event, Event::Noted(what) if what.contains("come back in 10 s")),
        );
        assert_eq!(noted.count(), 2);
    }

    #[tokio::test]
    async fn it_does_not_try_again_after_anything_else() {
        for reason in [Reason::DECLINED, Reason::UNKNOWN_DEVICE] {
            let server = Scripted(|| Ok(ends_with(reason)));
            let outcome = phone().run_with(&server, pending()).await;
            assert_eq!(outcome.end, End::Refused(reason));
            assert_eq!(outcome.attempts, 1);
        }
    }

    #[tokio::test]
    async fn a_phone_whose_user_pressed_stop_hangs_up_and_does_not_try_again() {
        for (stop, asked) in [
            (Stop::FirstRequest, false),
            (
                Stop::Waiting {
                    after: Duration::ZERO,
                },
                true,
            ),
        ] {
            let (told, mut hung_up) = mpsc::unbounded_channel();
            let server = Scripted(|| {
                let told = told.clone();
                Ok(serve(async move |mut server: Server| {
                    if asked {
                        server.makes_the_phone_wait().await;
                    } else {
                        server.asks(Command::AUTH_REQUEST, vec![]).await;
                        server
                            .says(
                                Command::END_SESSION,
                                vec![Element::Reason(Reason::DECLINED)],
                            )
                            .await;
                    }
                    told.send(server.0.receive().await).unwrap();
                }))
            });
            let phone = PhoneSim {
                presses_stop: Some(stop),
                ..phone()
            };
            let outcome = phone.run_with(&server, pending()).await;
            assert_eq!(outcome.end, End::Stopped, "{stop:?}");
            assert_eq!(outcome.attempts, 1, "{stop:?}");
            let heard = hung_up.recv().await.unwrap();
            assert!(
                matches!(heard, Err(ReceiveError::Closed)),
                "{stop:?}: {heard:?}"
            );
        }
    }

    #[tokio::test]
    async fn a_phone_that_is_cut_off_after_stop_does_not_try_again() {
        let server = Scripted(|| {
            Ok(serve(async |mut server: Server| {
                let declined = server.asks(Command::AUTH_REQUEST, vec![]).await;
                assert_eq!(declined.elements, [Element::Reason(Reason::DECLINED)]);
            }))
        });
        let phone = PhoneSim {
            presses_stop: Some(Stop::FirstRequest),
            ..phone()
        };
        let outcome = phone.run_with(&server, pending()).await;
        assert_eq!((outcome.end, outcome.attempts), (End::Stopped, 1));
    }

    #[tokio::test]
    async fn a_misdeed_happens_once_in_a_session() {
        let phone = PhoneSim {
            misbehaviour: vec![Misbehaviour::at(1, Misdeed::DropInstead)],
            ..phone()
        };
        let server = Scripted(|| Ok(ends_with(Reason::NO_ACTION)));
        let outcome = phone.run_with(&server, pending()).await;
        assert!(outcome.succeeded());
        assert_eq!(outcome.attempts, 2);
    }

    #[tokio::test]
    async fn if_a_power_failure_occurs_the_phone_will_use_the_authentication_mode_that_is_stored_in_flash()
     {
        let directory = tempfile::tempdir().unwrap();
        let state = StateDir::open(directory.path()).unwrap();
        let (told, mut answers) = mpsc::unbounded_channel();
        let server = Scripted(|| {
            let told = told.clone();
            Ok(serve(async move |mut server: Server| {
                server.says(Command::AUTH_REQUEST, vec![]).await;
                if let Ok(answer) = server.0.receive().await {
                    told.send(answer.elements).unwrap();
                    server.ends(Reason::SUCCESS).await;
                }
            }))
        });
        for mode in AuthenticationMode::ALL {
            for state in [None, Some(state.clone())] {
                let phone = PhoneSim {
                    configuration: Configuration::Loaded(*mode),
                    password: Some(Password::new(b"4711")),
                    lsc: Some(identity("LSC", P256)),
                    mic: Some(identity("MIC", P256)),
                    state: state.clone(),
                    retry: Retry::NEVER,
                    ..phone()
                };
                let power_fails = PhoneSim {
                    misbehaviour: vec![Misbehaviour::at(1, Misdeed::DropInstead)],
                    ..phone.clone()
                };
                let failed = power_fails.run_with(&server, pending()).await;
                assert!(matches!(failed.end, End::CommunicationFailure(_)));
                assert_eq!(failed.flash, Some(*mode));

                // What is kept in a state directory need not be told.
                let rebooted = |before: &Outcome| PhoneSim {
                    configuration: Configuration::Lost,
                    flash: before.flash.filter(|_| state.is_none()),
                    ..phone.clone()
                };
                let second = rebooted(&failed).run_with(&server, pending()).await;
                assert_eq!(second.end, End::Ended(Reason::SUCCESS));
                assert_eq!(second.flash, None, "the operation has completed");
                assert_answered_in(*mode, &phone, &answers.recv().await.unwrap());

                let third = rebooted(&second).run_with(&server, pending()).await;
                let End::PhoneFailed(why) = third.end else {
                    panic!("{}", third.end);
                };
                assert!(why.contains("no authentication mode is in its flash"));
                assert_eq!(third.attempts, 0);
            }
        }
    }

    /// A string By Authentication String alone, and the preferred certificate By Existing
    /// Certificate alone.
    fn assert_answered_in(mode: AuthenticationMode, phone: &PhoneSim, answer: &[Element]) {
        let (password, shown) = match mode {
            AuthenticationMode::AuthenticationString => (&b"4711"[..], None),
            AuthenticationMode::NullString => (&b""[..], None),
            AuthenticationMode::ExistingLsc => (&b""[..], phone.lsc.as_ref()),
            AuthenticationMode::ExistingMic => (&b""[..], phone.mic.as_ref()),
        };
        assert!(
            answer.contains(&Element::Password(Password::new(password))),
            "{mode}"
        );
        let certificates: Vec<&[u8]> = answer
            .iter()
            .filter_map(|element| match element {
                Element::Certificate(item) => Some(&item.der[..]),
                _ => None,
            })
            .collect();
        let expected: Vec<&[u8]> = shown
            .iter()
            .map(|shown| shown.certificate().der())
            .collect();
        assert_eq!(certificates, expected, "{mode}");
    }

    #[tokio::test]
    async fn only_a_session_that_ended_well_clears_the_flash_and_a_silent_configuration_never_does()
    {
        use AuthenticationMode::{ExistingLsc, NullString};
        for (configuration, reason, left) in [
            (
                Configuration::Loaded(NullString),
                Reason::DECLINED,
                Some(NullString),
            ),
            (Configuration::Loaded(NullString), Reason::NO_ACTION, None),
            (
                Configuration::Lost,
                Reason::UNKNOWN_DEVICE,
                Some(ExistingLsc),
            ),
            (Configuration::Lost, Reason::SUCCESS, None),
            (Configuration::Silent, Reason::SUCCESS, Some(ExistingLsc)),
        ] {
            let phone = PhoneSim {
                configuration,
                flash: Some(ExistingLsc),
                ..phone()
            };
            let server = Scripted(|| Ok(ends_with(reason)));
            let outcome = phone.run_with(&server, pending()).await;
            assert_eq!(outcome.flash, left, "{configuration:?}, {reason}");
        }
    }

    #[tokio::test]
    async fn it_can_be_aborted_while_it_waits_for_the_server_and_between_attempts() {
        let (near, mut far) = {
            let (near, far) = duplex(4096);
            (Cell::new(Some(near)), Connection::new(far))
        };
        let server = Scripted(|| near.take().ok_or_else(no_route));
        let held = async {
            let request = Message::new(Command::AUTH_REQUEST, SessionId(7));
            far.send(&request).await.unwrap();
            far.receive().await.unwrap();
        };
        let outcome = phone().run_with(&server, held).await;
        assert_eq!(outcome.end, End::Aborted);
        assert_eq!(outcome.steps.len(), 2);
        assert!(far.receive().await.is_err(), "the connection is cut");

        let mut patient = phone();
        patient.retry.interval = Duration::from_hours(1);
        let outcome = patient.run_with(&server, tokio::task::yield_now()).await;
        assert_eq!(outcome.end, End::Aborted);
    }
}
