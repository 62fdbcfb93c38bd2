//! One connection: what the phone is asked, and what it answers.

mod answer;

use std::future::pending;
use std::panic;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep, timeout};

use super::memory::Memory;
use super::{End, Identity, Misdeed, PhoneKind, PhoneSim, Step, Stop};
use crate::transport::{Connection, ReceiveError, TransportError};
use crate::wire::{Command, Element, Message, Reason, SessionId};

/// A phone on one connection.
///
/// [`finish`](Self::finish) goes on to the end. A test that wants to do something between two
/// messages calls [`receive`](Self::receive) and [`answer`](Self::answer) in turn instead. Once
/// one of them has returned an [`End`], the conversation is over. The connection is open until the
/// conversation is dropped, which cuts it as a power failure does, or [closed](Self::close).
#[derive(Debug)]
pub struct Conversation<'a, S> {
    phone: &'a PhoneSim,
    connection: Connection<S>,
    memory: Memory,
    /// The session's id, once the server has asked who is there.
    session_id: Option<SessionId>,
    /// Whether the server has asked for anything but the phone's name.
    asked: bool,
    /// When the phone last sent a message; before, when it connected.
    answered_at: Instant,
}

impl<'a, S: AsyncRead + AsyncWrite + Unpin> Conversation<'a, S> {
    /// `phone` on a new connection, with the LSC and the flash that its fields say: the LSC that it
    /// keeps from session to session is written here, but read by [`PhoneSim::run`] alone, which
    /// alone writes and clears the flash.
    pub fn new(phone: &'a PhoneSim, connection: Connection<S>) -> Self {
        let mut memory = Memory::new(phone);
        memory.journal.attempt = 1;
        Self::resume(phone, connection, memory)
    }

    pub(super) fn resume(phone: &'a PhoneSim, connection: Connection<S>, memory: Memory) -> Self {
        Self {
            phone,
            connection,
            memory,
            session_id: None,
            asked: false,
            answered_at: Instant::now(),
        }
    }

    /// What has happened so far.
    pub fn steps(&self) -> &[Step] {
        &self.memory.journal.steps
    }

    /// The LSC that the phone has now.
    pub const fn lsc(&self) -> Option<&Identity> {
        self.memory.lsc.as_ref()
    }

    /// Answers what it is asked until the end. Where it is dropped before, an answer may have left in
    /// part, and nothing but the connection's end can follow.
    pub async fn finish(&mut self) -> End {
        loop {
            let answered = match self.receive().await {
                Ok(request) => self.answer(&request).await,
                Err(end) => Err(end),
            };
            if let Err(end) = answered {
                return end;
            }
        }
    }

    /// Waits for what the server says next. It can be dropped at any await and called again.
    pub async fn receive(&mut self) -> Result<Message, End> {
        let received = tokio::select! {
            biased;
            received = hear(&mut self.connection, self.phone.patience) => received,
            () = stop_pressed(self.phone, &self.memory, self.answered_at) => {
                self.memory.stopped = true;
                self.memory.journal.note("the phone drops the connection: its user pressed Stop");
                return Err(End::Stopped);
            }
        };
        let message = received.map_err(|end| self.concluded(end))?;
        self.memory.journal.received(&message);
        match self.session_id {
            Some(ours) if ours != message.session_id => Err(End::ServerMisbehaved(format!(
                "it changed the session id from {ours} to {}",
                message.session_id
            ))),
            _ => Ok(message),
        }
    }

    /// Does what `request` asks, and answers it.
    pub async fn answer(&mut self, request: &Message) -> Result<(), End> {
        let answered = self.respond(request).await;
        answered.map_err(|end| self.concluded(end))
    }

    async fn respond(&mut self, request: &Message) -> Result<(), End> {
        let known = self.session_id.is_some();
        match request.command {
            Command::AUTH_REQUEST if !known => {
                self.session_id = Some(request.session_id);
                return self.authenticate(request.session_id).await;
            }
            Command::END_SESSION => return Err(self.end(request)),
            Command::RETRY_LATER => return Err(retry_later(request)),
            Command::REQUEST_IN_PROGRESS if known => return Ok(()),
            _ if !known => return Err(out_of_turn(request)),
            _ => self.asked = true,
        }
        let Some(response) = response_to(request.command) else {
            return Err(out_of_turn(request));
        };
        let is_sent_a_certificate = request.command == Command::STORE_CERTIFICATE_REQUEST;
        if self.memory.stopped
            || (is_sent_a_certificate && self.phone.presses_stop == Some(Stop::Storing))
        {
            return self.stop(response).await;
        }
        match request.command {
            Command::KEY_GENERATE_REQUEST => self.generate_key(request).await,
            Command::ENCRYPT_REQUEST => self.encrypt(request).await,
            Command::SIGN_CERTIFICATE_REQUEST => self.sign(request).await,
            Command::STORE_CERTIFICATE_REQUEST => self.store(request).await,
            Command::FETCH_CERTIFICATE_REQUEST => self.fetch(request).await,
            Command::DELETE_CERTIFICATE_REQUEST => self.delete().await,
            _ => Err(out_of_turn(request)),
        }
    }

    /// However a session ends whose phone's user has pressed Stop, this is why.
    fn concluded(&self, end: End) -> End {
        match end {
            End::Ended(_)
            | End::Refused(_)
            | End::RetryLater { .. }
            | End::CommunicationFailure(_)
            | End::OutOfPatience(_)
                if self.memory.stopped =>
            {
                End::Stopped
            }
            end => end,
        }
    }

    /// Sends a message of the phone's, or misbehaves where it is due.
    pub async fn send(&mut self, command: Command, elements: Vec<Element>) -> Result<(), End> {
        self.memory.sent += 1;
        self.answered_at = Instant::now();
        let misdeed = self
            .phone
            .misbehaviour
            .iter()
            .find(|misbehaviour| misbehaviour.message == self.memory.sent)
            .map(|misbehaviour| &misbehaviour.misdeed);
        let message = Message {
            command,
            session_id: self.session_id.unwrap_or(SessionId(0)),
            elements,
        };
        match misdeed {
            None => self.send_message(&message).await,
            Some(misdeed) => self.misbehave(misdeed, message).await,
        }
    }

    /// Closes the connection in good order.
    pub async fn close(self) {
        self.connection.close().await;
    }

    /// Leaves the connection: in good order where the server has had its last word.
    pub(super) async fn leave(self, end: &End) -> Memory {
        if let End::Ended(_) | End::Refused(_) | End::RetryLater { .. } | End::Stopped = end {
            self.connection.close().await;
        }
        self.memory
    }

    async fn send_message(&mut self, message: &Message) -> Result<(), End> {
        self.memory.journal.sent(message);
        self.connection.send(message).await.map_err(broken)
    }

    async fn misbehave(&mut self, misdeed: &Misdeed, mut message: Message) -> Result<(), End> {
        self.memory
            .journal
            .note(format_args!("misbehaves at {}", message.command));
        let dropped = || End::CommunicationFailure("the phone dropped the connection".to_owned());
        match misdeed {
            Misdeed::Cut { length } => {
                let bytes = encoded(&message)?;
                self.send_bytes(&bytes[..bytes.len().min(*length)]).await?;
                Err(dropped())
            }
            Misdeed::DropInstead => Err(dropped()),
            Misdeed::DropAfter => {
                self.send_message(&message).await?;
                Err(dropped())
            }
            Misdeed::Garbage(bytes) => self.send_bytes(bytes).await,
            Misdeed::Instead { command, elements } => {
                message.command = *command;
                message.elements.clone_from(elements);
                self.send_message(&message).await
            }
            Misdeed::Silence => Ok(()),
            Misdeed::Slowly { pause } => {
                for byte in encoded(&message)? {
                    self.send_bytes(&[byte]).await?;
                    sleep(*pause).await;
                }
                Ok(())
            }
            Misdeed::Twice => {
                self.send_message(&message).await?;
                self.send_message(&message).await
            }
            Misdeed::WrongSessionId => {
                message.session_id = SessionId(message.session_id.0.wrapping_add(1));
                self.send_message(&message).await
            }
        }
    }

    async fn send_bytes(&mut self, bytes: &[u8]) -> Result<(), End> {
        let stream = self.connection.stream_mut();
        let sent = async {
            stream.write_all(bytes).await?;
            stream.flush().await
        };
        sent.await.map_err(|error| broken(error.into()))
    }

    /// `EndSession`.
    fn end(&self, request: &Message) -> End {
        let Some(reason) = request.reason() else {
            return End::ServerMisbehaved("EndSession gives no Reason".to_owned());
        };
        let well = match reason {
            Reason::SUCCESS | Reason::NO_ACTION => !self.memory.awaits_certificate,
            // Unified CM to a version-2 client whose certificate was issued. P
            Reason::DECLINED => {
                self.phone.kind == PhoneKind::Softphone && !self.asked && self.memory.lsc.is_some()
            }
            _ => false,
        };
        if well {
            End::Ended(reason)
        } else {
            End::Refused(reason)
        }
    }
}

/// Waits for a message as long as the phone does.
async fn hear<S: AsyncRead + AsyncWrite + Unpin>(
    connection: &mut Connection<S>,
    patience: Option<Duration>,
) -> Result<Message, End> {
    let received = match patience {
        None => connection.receive().await,
        Some(patience) => timeout(patience, connection.receive())
            .await
            .map_err(|_| End::OutOfPatience(patience))?,
    };
    received.map_err(|error| match error {
        ReceiveError::Invalid { source } => End::ServerMisbehaved(source.to_string()),
        broken => End::CommunicationFailure(broken.to_string()),
    })
}

/// Done when the user of a phone that waits for its certificate presses Stop.
async fn stop_pressed(phone: &PhoneSim, memory: &Memory, answered_at: Instant) {
    match phone.presses_stop {
        Some(Stop::Waiting { after }) if memory.awaits_certificate => {
            sleep(after.saturating_sub(answered_at.elapsed())).await;
        }
        _ => pending().await,
    }
}

/// What a phone answers with, where it knows the request.
const fn response_to(request: Command) -> Option<Command> {
    match request {
        Command::KEY_GENERATE_REQUEST => Some(Command::KEY_GENERATE_RESPONSE),
        Command::ENCRYPT_REQUEST => Some(Command::ENCRYPT_RESPONSE),
        Command::SIGN_CERTIFICATE_REQUEST => Some(Command::SIGN_CERTIFICATE_RESPONSE),
        Command::STORE_CERTIFICATE_REQUEST => Some(Command::STORE_CERTIFICATE_RESPONSE),
        Command::FETCH_CERTIFICATE_REQUEST => Some(Command::FETCH_CERTIFICATE_RESPONSE),
        Command::DELETE_CERTIFICATE_REQUEST => Some(Command::DELETE_CERTIFICATE_RESPONSE),
        _ => None,
    }
}

/// Does what would hold up the other tasks of this thread.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => panic::resume_unwind(error.into_panic()),
    }
}

fn encoded(message: &Message) -> Result<Vec<u8>, End> {
    message.encode().map_err(|error| broken(error.into()))
}

fn failed(error: impl std::fmt::Display) -> End {
    End::PhoneFailed(error.to_string())
}

fn broken(error: TransportError) -> End {
    match error {
        TransportError::TooLong(error) => failed(error),
        error => End::CommunicationFailure(error.to_string()),
    }
}

fn retry_later(request: &Message) -> End {
    End::RetryLater {
        seconds: request.elements.iter().find_map(|element| match element {
            Element::RetryDelay(seconds) => Some(*seconds),
            _ => None,
        }),
    }
}

fn out_of_turn(request: &Message) -> End {
    End::ServerMisbehaved(format!("{} is out of turn", request.command))
}

#[cfg(test)]
mod tests;
