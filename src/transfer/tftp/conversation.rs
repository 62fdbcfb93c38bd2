//! The packets of one transfer: where they go, whose are listened to, and for how long.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::io::Interest;
use tokio::net::UdpSocket;
use tokio::time::{Instant, timeout_at};

use super::super::error::{Failure, Problem, Said, Step};
use super::options;
use super::packet::{self, ErrorCode, ErrorPacket, Packet};

/// How long the first answer may take until we send again.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// Each time that we send again, twice as long is waited for an answer, up to this.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// How long is listened to a server that is gone: what it said before is still to be read.
const LAST_HEARING: Duration = Duration::from_millis(100);

/// How long a server's answers are waited for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// How long at first, until we send again.
    pause: Duration,
    /// How long nothing new may come.
    pub(super) timeout: Duration,
}

impl Patience {
    pub(super) fn new(timeout: Duration) -> Self {
        let pause = FIRST_PAUSE.min(timeout / 10);
        Self { pause, timeout }
    }

    /// For what is as well without an answer: it is sent again once.
    pub(super) fn short(self) -> Self {
        Self {
            timeout: self.pause * 2,
            ..self
        }
    }
}

/// The packets of one transfer.
///
/// The two ends are a port on each side (RFC 1350, section 4): ours is new with each conversation,
/// the server's is the one that its first answer comes from. One that is dropped in the middle
/// tells the server so.
pub(super) struct Conversation {
    socket: UdpSocket,
    /// Where requests go.
    server: SocketAddr,
    /// Where the server's end is, once it has answered.
    peer: Option<SocketAddr>,
    /// What a failure is a failure of.
    step: Step,
    patience: Patience,
    /// How long is waited now until we send again.
    pause: Duration,
    send_again: Instant,
    give_up: Instant,
    /// Whether anybody who has no part in this has been told so.
    has_told_others: bool,
    /// What the network has reported since something new came.
    trouble: Option<io::Error>,
    /// What the server hears if this is dropped now.
    last_words: Option<Vec<u8>>,
    buffer: Vec<u8>,
}

impl Conversation {
    /// Takes a port of ours for a conversation with the server that hears requests there.
    pub(super) async fn open(server: SocketAddr, patience: Patience) -> io::Result<Self> {
        let any: SocketAddr = match server {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let socket = UdpSocket::bind(any).await?;
        hear_refusals(&socket, server)?;
        let now = Instant::now();
        Ok(Self {
            socket,
            server,
            peer: None,
            step: Step::Connect,
            patience,
            pause: patience.pause,
            send_again: now + patience.pause,
            give_up: now + patience.timeout,
            has_told_others: false,
            trouble: None,
            last_words: Some(packet::error(
                ErrorCode::NOT_DEFINED,
                "The transfer was given up",
            )),
            // One more than a block has, so that a longer one is seen to be longer.
            buffer: vec![0; packet::DATA_HEADER + usize::from(options::BLOCK) + 1],
        })
    }

    /// How long is waited for an answer at first.
    pub(super) fn first_pause(&self) -> Duration {
        self.patience.pause
    }

    /// Sends a request, and again until an answer to it comes; whoever sends that is the other end
    /// from now on.
    pub(super) async fn ask(
        &mut self,
        request: &[u8],
        is_answer: impl Fn(&Packet) -> bool,
    ) -> Result<Packet, Failure> {
        self.send(request).await?;
        self.progressed();
        loop {
            match self.hear_from().await? {
                Some((from, packet)) if is_answer(&packet) => {
                    self.peer = Some(from);
                    self.step = Step::Open;
                    return Ok(packet);
                }
                Some(_) => {}
                None => self.send(request).await?,
            }
        }
    }

    /// Sends a packet to the server.
    pub(super) async fn send(&mut self, packet: &[u8]) -> Result<(), Failure> {
        let to = self.peer.unwrap_or(self.server);
        match self.socket.send_to(packet, to).await {
            Ok(_) => Ok(()),
            // There is no way to this address.
            Err(error) if self.peer.is_none() && !is_refusal(&error) => {
                Err(Failure::io(self.step, error))
            }
            Err(error) => {
                self.troubled(error);
                Ok(())
            }
        }
    }

    /// Waits for the server's next packet, which may be an old one. `None` says that it is time to
    /// send again; a server from which nothing new comes in time is a failure.
    pub(super) async fn hear(&mut self) -> Result<Option<Packet>, Failure> {
        Ok(self.hear_from().await?.map(|(_, packet)| packet))
    }

    /// Something new has come: time begins anew.
    pub(super) fn progressed(&mut self) {
        let now = Instant::now();
        self.pause = self.patience.pause;
        self.send_again = now + self.pause;
        self.give_up = now + self.patience.timeout;
        self.trouble = None;
    }

    /// What fails from now on is this step.
    pub(super) fn begins(&mut self, step: Step) {
        self.step = step;
    }

    /// The transfer is complete.
    pub(super) fn finish(&mut self) {
        self.last_words = None;
    }

    /// Nothing more is wanted: the server is told so when this is dropped.
    pub(super) fn leave(&mut self, why: &str) {
        self.last_words = Some(packet::error(ErrorCode::NOT_DEFINED, why));
    }

    /// The server breaks the protocol: it is told so when this is dropped.
    pub(super) fn refuse(&mut self, code: ErrorCode, what: impl Into<String>) -> Failure {
        let what = what.into();
        self.last_words = Some(packet::error(code, &what));
        Failure::protocol(self.step, what)
    }

    /// The server has ended the transfer. An error is not answered (RFC 1350, section 7).
    pub(super) fn refused(&mut self, error: &ErrorPacket) -> Failure {
        self.last_words = None;
        let kind = match error.code {
            ErrorCode::FILE_NOT_FOUND => Said::NotFound,
            ErrorCode::ACCESS_VIOLATION => Said::Denied,
            ErrorCode::DISK_FULL => Said::Full,
            ErrorCode::FILE_EXISTS => Said::Exists,
            _ => Said::Other,
        };
        Failure::said(self.step, kind, error.to_string())
    }

    async fn hear_from(&mut self) -> Result<Option<(SocketAddr, Packet)>, Failure> {
        loop {
            // Looked at each time: packets that come without a pause leave no room for a timer.
            let now = Instant::now();
            if now >= self.give_up {
                return Err(self.silent());
            }
            if now >= self.send_again {
                self.pause = (self.pause * 2).min(LONGEST_PAUSE);
                self.send_again = now + self.pause;
                return Ok(None);
            }
            let until = self.send_again.min(self.give_up);
            match timeout_at(until, receive(&self.socket, &mut self.buffer)).await {
                Ok(Ok((length, from))) => {
                    let Some(packet) = Packet::decode(&self.buffer[..length]) else {
                        continue;
                    };
                    if self.is_the_server(from) {
                        return Ok(Some((from, packet)));
                    }
                    self.tell_other(from, &packet);
                }
                Ok(Err(error)) => self.troubled(error),
                Err(_) => {}
            }
        }
    }

    fn is_the_server(&self, from: SocketAddr) -> bool {
        match self.peer {
            Some(peer) => peer == from,
            None => self.server.ip() == from.ip(),
        }
    }

    /// Tells somebody who has no part in this conversation that it is so (RFC 1350, section 4).
    fn tell_other(&mut self, other: SocketAddr, packet: &Packet) {
        if !matches!(packet, Packet::Error(_)) {
            self.has_told_others = true;
            let error = packet::error(ErrorCode::UNKNOWN_TRANSFER_ID, "Unknown transfer ID");
            // Nothing depends on its arrival.
            let _ = self.socket.try_send_to(&error, other);
        }
    }

    /// That nobody listens at the other end is final. Other trouble may pass, and is told if it
    /// does not.
    fn troubled(&mut self, error: io::Error) {
        // Once others have been sent something, it may be their end that is closed.
        if is_refusal(&error) && !self.has_told_others {
            self.give_up = self.give_up.min(Instant::now() + LAST_HEARING);
        }
        self.trouble = Some(error);
    }

    fn silent(&mut self) -> Failure {
        if let Some(trouble) = self.trouble.take() {
            return Failure::io(self.step, trouble);
        }
        let seconds = self.patience.timeout.as_secs();
        Failure::new(self.step, Problem::TimedOut { seconds })
    }
}

impl Drop for Conversation {
    /// A server that is not told waits for the rest of the file, and keeps the half of it.
    fn drop(&mut self) {
        if let (Some(peer), Some(words)) = (self.peer, &self.last_words) {
            // Errors are sent once, and not waited for.
            let _ = self.socket.try_send_to(words, peer);
        }
    }
}

/// Whether the other end has said that nobody listens there.
fn is_refusal(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::ConnectionRefused
}

async fn receive(socket: &UdpSocket, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
    tokio::select! {
        biased;
        received = socket.recv_from(buffer) => received,
        // An error does not make a socket readable.
        error = socket.async_io(Interest::ERROR, || {
            socket.take_error()?.ok_or_else(|| io::ErrorKind::WouldBlock.into())
        }) => Err(error?),
    }
}

/// Asks for the errors that routers and the server send by ICMP: a socket that is not connected,
/// because the port of the answer is not known, hears none otherwise.
#[cfg(target_os = "linux")]
fn hear_refusals(socket: &UdpSocket, server: SocketAddr) -> io::Result<()> {
    use nix::sys::socket::{setsockopt, sockopt};

    match server {
        SocketAddr::V4(_) => setsockopt(socket, sockopt::Ipv4RecvErr, &true)?,
        SocketAddr::V6(_) => setsockopt(socket, sockopt::Ipv6RecvErr, &true)?,
    }
    Ok(())
}

/// Elsewhere, a server that is not there is silent.
#[cfg(not(target_os = "linux"))]
fn hear_refusals(_: &UdpSocket, _: SocketAddr) -> io::Result<()> {
    Ok(())
}
