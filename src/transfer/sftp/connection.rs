//! An SSH connection to the right server, before anybody has logged in.

use std::borrow::Cow;
use std::io::{self, ErrorKind};
use std::pin::pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use russh::client::{self, DisconnectReason, Handle};
use russh::keys::{PublicKey, PublicKeyOrCertificate};
use russh::{AlgorithmKind, Preferred, compression, kex, mac};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use super::{clipped, host_key};
use crate::transfer::Remote;
use crate::transfer::access::Access;
use crate::transfer::error::{Failure, Problem, Said, Step};
use crate::transfer::known_hosts::{self, KnownHosts};
use crate::transfer::reach::{no_address, resolve, within};

/// How long a connection that nobody waits for any more may last, where the server keeps it open
/// and says nothing.
const ABANDONED: Duration = Duration::from_mins(10);

/// A connection, and what the server said when it ended it.
pub(super) struct Connection {
    pub(super) handle: Handle<Client>,
    pub(super) last_words: LastWords,
    /// How long the server may take for an answer.
    pub(super) timeout: Duration,
}

/// Why the server has disconnected (RFC 4253 section 11.1), once it has.
pub(super) type LastWords = Arc<OnceLock<String>>;

impl Connection {
    /// Connects, and makes sure that it is the right server.
    pub(super) async fn open(remote: &Remote, access: &Access<'_>) -> Result<Self, Failure> {
        let name = known_hosts::name(remote.host(), remote.port());
        let known = KnownHosts::read(&access.known_hosts, &name)?;
        let socket = dial(remote, access.timeout).await?;
        let (presents, presented) = oneshot::channel();
        let last_words = LastWords::default();
        let client = Client {
            presents: Some(presents),
            believed: None,
            last_words: last_words.clone(),
        };
        let config = Arc::new(config(&known, access.timeout));
        let mut handshake = pin!(client::connect_stream(config, socket, client));
        let failed = |error| failed_handshake(error, &last_words);
        let Shown { key, verdict } = within(access.timeout, Step::Connect, async {
            tokio::select! {
                Ok(shown) = presented => Ok(shown),
                // It does not end well before the key was shown.
                outcome = &mut handshake => {
                    Err(failed(outcome.err().unwrap_or(russh::Error::Kex)))
                }
            }
        })
        .await??;
        // Somebody may have to be asked, and may take their time.
        host_key::check(&key, &known, remote, access)?;
        let _ = verdict.send(true);
        let handle = within(access.timeout, Step::Connect, handshake)
            .await?
            .map_err(failed)?;
        Ok(Self {
            handle,
            last_words,
            timeout: access.timeout,
        })
    }

    /// Why a step has failed for which the connection was needed.
    pub(super) fn failed(&self, step: Step, error: russh::Error) -> Failure {
        if let Some(words) = self.last_words.get() {
            return Failure::said(step, Said::Other, words);
        }
        match error {
            russh::Error::IO(source) => Failure::io(step, source),
            russh::Error::ChannelOpenFailure(reason) => {
                Failure::said(step, Said::Other, reason.description())
            }
            _ if self.handle.is_closed() => closed(step, "the server closed the connection"),
            error => Failure::protocol(step, clipped(&error.to_string())),
        }
    }
}

/// Our side of a connection while the library drives it.
pub(super) struct Client {
    /// Takes the server's key to whoever judges it, once.
    presents: Option<oneshot::Sender<Shown>>,
    /// The key that was believed: the server has to show it again when keys are renewed.
    believed: Option<PublicKey>,
    last_words: LastWords,
}

/// A key that the server has proved to have.
struct Shown {
    key: PublicKey,
    /// Whether it is believed.
    verdict: oneshot::Sender<bool>,
}

impl client::Handler for Client {
    type Error = russh::Error;

    async fn check_server_key(
        &mut self,
        shown: &PublicKeyOrCertificate,
    ) -> Result<bool, Self::Error> {
        // None asks for certificates.
        let PublicKeyOrCertificate::PublicKey { key, .. } = shown else {
            return Ok(false);
        };
        let Some(presents) = self.presents.take() else {
            return Ok(self.believed.as_ref() == Some(key));
        };
        let (verdict, decided) = oneshot::channel();
        let key = key.clone();
        let offer = Shown {
            key: key.clone(),
            verdict,
        };
        let is_believed = presents.send(offer).is_ok() && decided.await.unwrap_or(false);
        self.believed = is_believed.then_some(key);
        Ok(is_believed)
    }

    async fn disconnected(
        &mut self,
        reason: DisconnectReason<Self::Error>,
    ) -> Result<(), Self::Error> {
        match reason {
            DisconnectReason::ReceivedDisconnect(info) => {
                // There is one end.
                let _ = self.last_words.set(clipped(&info.message));
                Ok(())
            }
            DisconnectReason::Error(error) => Err(error),
        }
    }
}

/// The first of the server's addresses that answers.
async fn dial(remote: &Remote, limit: Duration) -> Result<TcpStream, Failure> {
    let mut failure = no_address();
    for address in resolve(remote, limit).await? {
        match within(limit, Step::Connect, TcpStream::connect(address)).await {
            Ok(Ok(socket)) => {
                // An answer should not wait for the next request.
                let _ = socket.set_nodelay(true);
                return Ok(socket);
            }
            Ok(Err(source)) => failure = Failure::io(Step::Connect, source),
            Err(timed_out) => failure = timed_out,
        }
    }
    Err(failure)
}

fn config(known: &KnownHosts, limit: Duration) -> client::Config {
    let defaults = Preferred::DEFAULT;
    // A server with several keys shows the one that is known.
    let (mut keys, others): (Vec<_>, Vec<_>) = defaults
        .key
        .iter()
        .cloned()
        .partition(|algorithm| known.has(algorithm));
    keys.extend(others);
    client::Config {
        preferred: Preferred {
            key: Cow::Owned(keys),
            // As OpenSSH offers them still, for servers that have nothing newer.
            kex: with(
                &defaults.kex,
                &[
                    kex::ECDH_SHA2_NISTP256,
                    kex::ECDH_SHA2_NISTP384,
                    kex::ECDH_SHA2_NISTP521,
                ],
            ),
            mac: with(&defaults.mac, &[mac::HMAC_SHA1_ETM, mac::HMAC_SHA1]),
            // The files are compressed already.
            compression: Cow::Borrowed(&[compression::NONE]),
            ..defaults
        },
        inactivity_timeout: Some(limit.max(ABANDONED)),
        ..client::Config::default()
    }
}

fn with<T: Clone>(algorithms: &[T], last: &[T]) -> Cow<'static, [T]> {
    Cow::Owned([algorithms, last].concat())
}

fn failed_handshake(error: russh::Error, last_words: &LastWords) -> Failure {
    let step = Step::Connect;
    if let Some(words) = last_words.get() {
        return Failure::said(step, Said::Other, words);
    }
    match error {
        russh::Error::IO(source) => Failure::io(step, source),
        russh::Error::Disconnect | russh::Error::HUP => closed(
            step,
            "the server closed the connection before it showed its key",
        ),
        russh::Error::NoCommonAlgo { kind, ours, theirs } => {
            let kind = match kind {
                AlgorithmKind::Kex => "key exchange",
                AlgorithmKind::Key => "kind of host key",
                AlgorithmKind::Cipher => "cipher",
                AlgorithmKind::Compression => "compression",
                AlgorithmKind::Mac => "MAC",
            };
            let theirs = clipped(&theirs.join(","));
            let ours = ours.join(",");
            let text = format!("no {kind} in common: the server has {theirs}, and we have {ours}");
            Failure::io(step, io::Error::other(text))
        }
        russh::Error::Version => Failure::protocol(step, "it does not speak SSH 2"),
        error => Failure::protocol(step, clipped(&error.to_string())),
    }
}

pub(super) fn closed(step: Step, text: impl Into<String>) -> Failure {
    let source = io::Error::new(ErrorKind::UnexpectedEof, text.into());
    Failure::new(step, Problem::Io { source })
}
