//! One session: connections until one brings an end.

use std::pin::pin;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::sleep;

use super::conversation::{Conversation, blocking};
use super::memory::Memory;
use super::{CapfServer, End, Outcome, PhoneSim, PhoneSimError};
use crate::transport::{Connection, Negotiated, TransportError};

impl PhoneSim {
    /// Does one session with `server`, and tries again after a communication failure as often as
    /// [`retry`](Self::retry) says. When `abort` is done, the phone stops where it is: its
    /// connection is cut.
    pub async fn run(&self, server: &CapfServer, abort: impl Future<Output = ()>) -> Outcome {
        let connect = || async {
            let connection = server.connect().await?;
            let negotiated = connection.negotiated();
            Ok((connection, Some(negotiated)))
        };
        self.run_over(connect, abort).await
    }

    /// The same over any streams that `connect` makes.
    async fn run_over<S, C, F>(&self, connect: C, abort: impl Future<Output = ()>) -> Outcome
    where
        S: AsyncRead + AsyncWrite + Unpin,
        C: Fn() -> F,
        F: Future<Output = Result<(Connection<S>, Option<Negotiated>), TransportError>>,
    {
        let mut memory = match self.remembered().await {
            Ok(memory) => memory,
            Err(error) => {
                let end = End::PhoneFailed(error.to_string());
                return self.outcome(Memory::new(None), end, None);
            }
        };
        let mut abort = pin!(abort);
        let mut negotiated = None;
        let end = loop {
            memory.journal.attempt += 1;
            let connected = tokio::select! {
                biased;
                () = &mut abort => break End::Aborted,
                connected = connect() => connected,
            };
            let end = match connected {
                Err(error) => not_connected(&error),
                Ok((connection, agreed)) => {
                    negotiated = agreed;
                    let mut conversation = Conversation::resume(self, connection, memory);
                    let end = tokio::select! {
                        biased;
                        () = &mut abort => End::Aborted,
                        end = conversation.finish() => end,
                    };
                    memory = conversation.leave(&end).await;
                    end
                }
            };
            let End::CommunicationFailure(failure) = &end else {
                break end;
            };
            if memory.journal.attempt > self.retry.count {
                break end;
            }
            let what = format!(
                "communication failure: {failure}; the phone tries again in {} s",
                self.retry.interval.as_secs_f32()
            );
            // The outcome may be minutes away.
            tracing::warn!(device = %self.device, "{what}");
            memory.journal.note(what);
            tokio::select! {
                biased;
                () = &mut abort => break End::Aborted,
                () = sleep(self.retry.interval) => {}
            }
        };
        self.outcome(memory, end, negotiated)
    }

    /// The phone with what it kept from the session before.
    async fn remembered(&self) -> Result<Memory, PhoneSimError> {
        let kept = match self.state.clone() {
            None => None,
            Some(state) => {
                let device = self.device.clone();
                blocking(move || state.load(&device)).await?
            }
        };
        Ok(Memory::new(kept.or_else(|| self.lsc.clone())))
    }

    fn outcome(&self, memory: Memory, end: End, negotiated: Option<Negotiated>) -> Outcome {
        Outcome {
            device: self.device.clone(),
            end,
            attempts: memory.journal.attempt,
            duration: memory.journal.elapsed(),
            steps: memory.journal.steps,
            negotiated,
            stored: memory.stored,
            lsc: memory.lsc,
        }
    }
}

/// What it means that there is no connection.
fn not_connected(error: &TransportError) -> End {
    let text = error.to_string();
    match error {
        TransportError::Untrusted { .. } => End::ServerUntrusted(text),
        TransportError::SetUp { .. } => End::PhoneFailed(text),
        _ => End::CommunicationFailure(text),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::future::pending;
    use std::time::Duration;

    use tokio::io::{DuplexStream, duplex};

    use super::super::{Event, Misbehaviour, Misdeed, Retry};
    use super::*;
    use crate::wire::{Command, Element, Message, Reason, SessionId};

    fn phone() -> PhoneSim {
        PhoneSim {
            retry: Retry {
                count: 3,
                interval: Duration::ZERO,
            },
            ..PhoneSim::new("SEP001122334455".parse().unwrap())
        }
    }

    /// A server that asks who is there, and ends the session with `reason`.
    fn serve(session_id: u32, reason: Reason) -> DuplexStream {
        let (near, far) = duplex(4096);
        tokio::spawn(async move {
            let mut far = Connection::new(far);
            let request = |command| Message::new(command, SessionId(session_id));
            far.send(&request(Command::AUTH_REQUEST)).await.unwrap();
            if far.receive().await.is_ok() {
                let end = request(Command::END_SESSION).with(Element::Reason(reason));
                far.send(&end).await.unwrap();
                let _ = far.receive().await;
            }
        });
        near
    }

    #[tokio::test]
    async fn a_phone_tries_again_after_a_communication_failure() {
        let attempts = Cell::new(0);
        let connect = async || {
            attempts.set(attempts.get() + 1);
            match attempts.get() {
                1 => Err(std::io::Error::other("no route").into()),
                // A server that hangs up at once.
                2 => Ok((Connection::new(duplex(64).0), None)),
                _ => Ok((Connection::new(serve(7, Reason::NO_ACTION)), None)),
            }
        };
        let outcome = phone().run_over(connect, pending()).await;
        assert_eq!(outcome.end, End::Ended(Reason::NO_ACTION));
        assert!(outcome.succeeded());
        assert_eq!(outcome.attempts, 3);
        let noted = |step: &&crate::phone_sim::Step| matches!(step.event, Event::Noted(_));
        assert_eq!(outcome.steps.iter().filter(noted).count(), 2);
    }

    #[tokio::test]
    async fn it_gives_up_after_three_more() {
        let attempts = Cell::new(0);
        let connect = async || {
            attempts.set(attempts.get() + 1);
            Ok((Connection::new(duplex(64).0), None))
        };
        let outcome = phone().run_over(connect, pending()).await;
        assert!(matches!(outcome.end, End::CommunicationFailure(_)));
        assert_eq!((attempts.get(), outcome.attempts), (4, 4));
        assert!(!outcome.succeeded());
    }

    #[tokio::test]
    async fn it_does_not_try_again_after_anything_else() {
        for reason in [Reason::DECLINED, Reason::UNKNOWN_DEVICE] {
            let connect = async || Ok((Connection::new(serve(7, reason)), None));
            let outcome = phone().run_over(connect, pending()).await;
            assert_eq!(outcome.end, End::Refused(reason));
            assert_eq!(outcome.attempts, 1);
        }
    }

    #[tokio::test]
    async fn a_misdeed_happens_once_in_a_session() {
        let phone = PhoneSim {
            misbehaviour: vec![Misbehaviour::at(1, Misdeed::DropInstead)],
            ..phone()
        };
        let connect = async || Ok((Connection::new(serve(7, Reason::NO_ACTION)), None));
        let outcome = phone.run_over(connect, pending()).await;
        assert!(outcome.succeeded());
        assert_eq!(outcome.attempts, 2);
    }

    #[tokio::test]
    async fn it_can_be_aborted_while_it_waits_for_the_server_and_between_attempts() {
        let (near, mut far) = {
            let (near, far) = duplex(4096);
            (Cell::new(Some(near)), Connection::new(far))
        };
        let connect = async || match near.take() {
            Some(near) => Ok((Connection::new(near), None)),
            None => Err(std::io::Error::other("no route").into()),
        };
        let held = async {
            let request = Message::new(Command::AUTH_REQUEST, SessionId(7));
            far.send(&request).await.unwrap();
            far.receive().await.unwrap();
        };
        let outcome = phone().run_over(&connect, held).await;
        assert_eq!(outcome.end, End::Aborted);
        assert_eq!(outcome.steps.len(), 2);
        assert!(far.receive().await.is_err(), "the connection is cut");

        let mut patient = phone();
        patient.retry.interval = Duration::from_hours(1);
        let outcome = patient.run_over(&connect, tokio::task::yield_now()).await;
        assert_eq!(outcome.end, End::Aborted);
    }
}
