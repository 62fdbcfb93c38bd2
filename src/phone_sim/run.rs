//! One session: connections until one brings an end.

use std::net::SocketAddr;
use std::pin::pin;

use tokio::time::sleep;

use super::capf_server::Reachable;
use super::conversation::{Conversation, blocking};
use super::memory::Memory;
use super::{CapfServer, End, Outcome, PhoneSim, PhoneSimError};
use crate::transport::Negotiated;

impl PhoneSim {
    /// Does one session with `server`, and tries again after a communication failure as often as
    /// [`retry`](Self::retry) says. When `abort` is done, the phone stops where it is: its
    /// connection is cut.
    pub async fn run(&self, server: &CapfServer, abort: impl Future<Output = ()>) -> Outcome {
        self.run_with(server, abort).await
    }

    async fn run_with(&self, server: &impl Reachable, abort: impl Future<Output = ()>) -> Outcome {
        let mut memory = match self.remembered().await {
            Ok(memory) => memory,
            Err(error) => {
                let end = End::PhoneFailed(error.to_string());
                return self.outcome(Memory::new(None), end, None);
            }
        };
        let mut abort = pin!(abort);
        let mut over = None;
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
        self.outcome(memory, end, over)
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
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::future::pending;
    use std::time::Duration;

    use tokio::io::{DuplexStream, duplex};

    use super::super::capf_server::Link;
    use super::super::outcome::Journal;
    use super::super::{Event, Misbehaviour, Misdeed, Retry};
    use super::*;
    use crate::transport::Connection;
    use crate::wire::{Command, Element, Message, Reason, SessionId};

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
        let server = Scripted(|| {
            attempts.set(attempts.get() + 1);
            match attempts.get() {
                1 => Err(no_route()),
                // A server that hangs up at once.
                2 => Ok(duplex(64).0),
                _ => Ok(serve(7, Reason::NO_ACTION)),
            }
        });
        let outcome = phone().run_with(&server, pending()).await;
        assert_eq!(outcome.end, End::Ended(Reason::NO_ACTION));
        assert!(outcome.succeeded());
        assert_eq!(outcome.attempts, 3);
        let noted = |step: &&crate::phone_sim::Step| matches!(step.event, Event::Noted(_));
        assert_eq!(outcome.steps.iter().filter(noted).count(), 2);
    }

    #[tokio::test]
    async fn it_gives_up_after_three_more() {
        let attempts = Cell::new(0);
        let server = Scripted(|| {
            attempts.set(attempts.get() + 1);
            Ok(duplex(64).0)
        });
        let outcome = phone().run_with(&server, pending()).await;
        assert!(matches!(outcome.end, End::CommunicationFailure(_)));
        assert_eq!((attempts.get(), outcome.attempts), (4, 4));
        assert!(!outcome.succeeded());
    }

    #[tokio::test]
    async fn it_does_not_try_again_after_anything_else() {
        for reason in [Reason::DECLINED, Reason::UNKNOWN_DEVICE] {
            let server = Scripted(|| Ok(serve(7, reason)));
            let outcome = phone().run_with(&server, pending()).await;
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
        let server = Scripted(|| Ok(serve(7, Reason::NO_ACTION)));
        let outcome = phone.run_with(&server, pending()).await;
        assert!(outcome.succeeded());
        assert_eq!(outcome.attempts, 2);
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
