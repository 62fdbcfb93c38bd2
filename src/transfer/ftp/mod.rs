//! FTP (RFC 959), and FTP inside TLS (RFC 4217).
//!
//! - Data connections are made by us, never to us: EPSV (RFC 2428), or PASV where the server does
//!   not know that.
//! - Bytes arrive as they are (`TYPE I`).
//! - What counts is the reply on the control connection after the data: before it, nothing has been
//!   sent and nothing has been received.

mod connect;
mod data;
mod reply;

use std::io;
use std::time::Duration;

use suppaftp::tokio::{ImplAsyncFtpStream, TransferStream};
use suppaftp::types::Response;
use suppaftp::{FtpError, FtpResult, Mode, Status};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

use super::access::Access;
use super::error::{Failure, Found, Problem, Said, Step};
use super::stream::{Incoming, Outgoing};
use super::tls::{self, Handshake, Tls};
use super::{Remote, Server};
use data::{Dialer, Phase};
use reply::{failure, kind, refusal, words};

/// How many bytes are moved at a time.
const CHUNK: usize = 64 * 1024;

/// How long a server may take to say why it has ended a transfer, or goodbye.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// A connection.
pub(super) struct Ftp {
    control: ImplAsyncFtpStream<tls::Stream>,
    dialer: Dialer,
    wait: Wait,
    /// Whether the server may know EPSV.
    is_extended: bool,
    /// What the size of a file is asked for.
    measuring: Step,
}

/// Which way a file goes.
#[derive(Clone, Copy, Debug)]
enum Way {
    There,
    Back,
}

impl Server for Ftp {
    const RENAMES: bool = true;

    async fn connect(remote: &Remote, access: &Access<'_>) -> Result<Self, Failure> {
        let mut ftp = Self::reach(remote, access).await?;
        ftp.log_in(remote, access).await?;
        Ok(ftp)
    }

    async fn put(&mut self, path: &str, source: &mut Outgoing<'_>) -> Result<(), Failure> {
        let mut data = self.open(Way::There, path).await?;
        self.measuring = Step::Verify;
        let mut chunk = vec![0; CHUNK];
        loop {
            let count = source.fill(&mut chunk).await?;
            let written = timeout(self.wait.limit, data.write_all(&chunk[..count])).await;
            let broken = match written {
                Ok(Ok(())) if count < chunk.len() => break,
                Ok(Ok(())) => continue,
                Ok(Err(error)) => broken(Step::Send, source.sent(), error),
                Err(_) => self.wait.timed_out(Step::Send),
            };
            return Err(self.wait.last_words(Step::Send, data, broken).await);
        }
        self.wait
            .completion(Step::Send, data, source.length())
            .await
    }

    async fn get(&mut self, path: &str, sink: &mut Incoming<'_>) -> Result<(), Failure> {
        let announced = match self.find(path).await? {
            Found::File { bytes } => Some(bytes),
            // The server says it best when it is asked for the file.
            Found::FileOfUnknownSize | Found::Nothing | Found::Unknown => None,
        };
        if let Some(bytes) = announced {
            sink.announce(bytes)?;
        }
        let mut data = self.open(Way::Back, path).await?;
        let mut chunk = vec![0; CHUNK];
        loop {
            let broken = match timeout(self.wait.limit, data.read(&mut chunk)).await {
                Ok(Ok(0)) => break,
                Ok(Ok(count)) => {
                    sink.take(&chunk[..count]).await?;
                    continue;
                }
                // Some servers end TLS without its goodbye; all bytes are there nevertheless.
                Ok(Err(_)) if announced == Some(sink.bytes()) => break,
                Ok(Err(error)) => broken(Step::Receive, sink.bytes(), error),
                Err(_) => self.wait.timed_out(Step::Receive),
            };
            return Err(self.wait.last_words(Step::Receive, data, broken).await);
        }
        self.wait
            .completion(Step::Receive, data, sink.bytes())
            .await
    }

    /// By SIZE (RFC 3659 section 4), which not every server knows.
    async fn find(&mut self, path: &str) -> Result<Found, Failure> {
        let size = self.wait.reply(self.measuring, self.control.size(path));
        match size.await? {
            Ok(bytes) => Ok(Found::File {
                bytes: bytes as u64,
            }),
            Err(FtpError::UnexpectedResponse(response)) => match response.status {
                Status::FileUnavailable => Ok(Found::Nothing),
                Status::NotAvailable | Status::NotLoggedIn => {
                    Err(refusal(self.measuring, &response))
                }
                _ => Ok(Found::Unknown),
            },
            Err(error) => Err(failure(self.measuring, error)),
        }
    }

    /// Servers differ in whether RNTO replaces a file: where it does, it is looked for once more
    /// before; where it does not, it is deleted, and for a moment there is none.
    async fn rename(&mut self, from: &str, to: &str, replace: bool) -> Result<(), Failure> {
        if !replace && let Found::File { .. } = self.find(to).await? {
            return Err(Failure::new(Step::Rename, Problem::Exists));
        }
        match self.try_to_rename(from, to).await? {
            Ok(()) => Ok(()),
            Err(FtpError::UnexpectedResponse(refused)) => {
                let is_in_the_way = replace && self.find(to).await? != Found::Nothing;
                if is_in_the_way && self.delete(to).await.is_ok() {
                    let renamed = self.try_to_rename(from, to).await?;
                    return renamed.map_err(|error| failure(Step::Rename, error));
                }
                Err(refusal(Step::Rename, &refused))
            }
            Err(error) => Err(failure(Step::Rename, error)),
        }
    }

    async fn delete(&mut self, path: &str) -> Result<(), Failure> {
        self.wait.success(Step::Rename, self.control.rm(path)).await
    }

    async fn close(mut self) {
        let limit = LAST_WORDS.min(self.wait.limit);
        let _ = timeout(limit, self.control.quit()).await;
    }
}

impl Ftp {
    /// Makes a data connection, and has the server begin to take or give the file.
    async fn open(&mut self, way: Way, path: &str) -> Result<TransferStream<tls::Stream>, Failure> {
        loop {
            self.dialer.reset();
            let opening = async {
                match way {
                    Way::There => self.control.put_with_stream(path).await,
                    Way::Back => self.control.retr_as_stream(path).await,
                }
            };
            let Ok(opened) = timeout(self.wait.limit, opening).await else {
                return Err(self.never_opened());
            };
            match opened {
                Ok(data) => return Ok(data),
                Err(FtpError::UnexpectedResponse(refused))
                    if self.is_extended
                        && self.dialer.phase() == Phase::Asked
                        && refused.status != Status::NotAvailable =>
                {
                    self.is_extended = false;
                    self.control.set_mode(Mode::Passive);
                }
                Err(FtpError::UnexpectedResponse(refused)) => {
                    let kind = self.why_refused(way, path, &refused).await;
                    return Err(Failure::said(Step::Open, kind, words(&refused)));
                }
                Err(error) => return Err(failure(Step::Open, error)),
            }
        }
    }

    fn never_opened(&self) -> Failure {
        let Phase::Dialing(address) = self.dialer.phase() else {
            return self.wait.timed_out(Step::Open);
        };
        let text = format!(
            "no data connection to {address} within {} seconds; a firewall may be in between",
            self.wait.limit.as_secs()
        );
        Failure::io(Step::Open, io::Error::new(io::ErrorKind::TimedOut, text))
    }

    /// Servers say 550 and 553 of anything that is about a file: what is there tells more. The
    /// directory may be another one after that; nothing but a goodbye follows.
    async fn why_refused(&mut self, way: Way, path: &str, refused: &Response) -> Said {
        if !matches!(
            refused.status,
            Status::FileUnavailable | Status::BadFilename
        ) {
            return kind(refused.status);
        }
        match way {
            Way::Back => match self.find(path).await {
                Ok(Found::Nothing) => Said::NotFound,
                Ok(Found::File { .. } | Found::FileOfUnknownSize) => Said::Denied,
                Ok(Found::Unknown) | Err(_) => kind(refused.status),
            },
            Way::There => {
                let directory = match path.rsplit_once('/') {
                    Some(("", _)) => "/",
                    Some((directory, _)) => directory,
                    None => return Said::Denied,
                };
                match self
                    .wait
                    .reply(Step::Open, self.control.cwd(directory))
                    .await
                {
                    Ok(Ok(())) => Said::Denied,
                    Ok(Err(FtpError::UnexpectedResponse(_))) => Said::NotFound,
                    Ok(Err(_)) | Err(_) => kind(refused.status),
                }
            }
        }
    }

    async fn try_to_rename(&mut self, from: &str, to: &str) -> Result<FtpResult<()>, Failure> {
        let renaming = self.control.rename(from, to);
        self.wait.reply(Step::Rename, renaming).await
    }
}

/// How long a server is waited for, and what is said of one that does not answer.
struct Wait {
    limit: Duration,
    tls: Option<Tls>,
}

impl Wait {
    /// What the server says, whatever that is.
    async fn reply<T>(
        &self,
        step: Step,
        asking: impl Future<Output = FtpResult<T>>,
    ) -> Result<FtpResult<T>, Failure> {
        timeout(self.limit, asking)
            .await
            .map_err(|_| self.timed_out(step))
    }

    /// What the server says, if it is good news.
    async fn success<T>(
        &self,
        step: Step,
        asking: impl Future<Output = FtpResult<T>>,
    ) -> Result<T, Failure> {
        self.reply(step, asking)
            .await?
            .map_err(|error| failure(step, error))
    }

    /// Closes the data connection and hears whether all `bytes` have arrived.
    async fn completion(
        &self,
        step: Step,
        data: TransferStream<tls::Stream>,
        bytes: u64,
    ) -> Result<(), Failure> {
        match self.reply(step, data.finish()).await? {
            Err(FtpError::ConnectionError(error)) => Err(broken(step, bytes, error)),
            completed => completed.map_err(|error| failure(step, error)),
        }
    }

    /// Why a data connection has ended: in the server's words, if it has any.
    async fn last_words(
        &self,
        step: Step,
        data: TransferStream<tls::Stream>,
        otherwise: Failure,
    ) -> Failure {
        match timeout(LAST_WORDS.min(self.limit), data.finish()).await {
            Ok(Err(FtpError::UnexpectedResponse(response))) => refusal(step, &response),
            _ => otherwise,
        }
    }

    fn timed_out(&self, step: Step) -> Failure {
        let handshake = self.tls.as_ref().map(Tls::handshake);
        let step = match handshake {
            Some(Handshake::Running) => Step::Tls,
            _ => step,
        };
        let seconds = self.limit.as_secs();
        Failure::new(step, Problem::TimedOut { seconds })
    }
}

/// A connection that failed when `bytes` were through.
fn broken(step: Step, bytes: u64, error: io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::UnexpectedEof
        | io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe => Failure::new(step, Problem::Cut { bytes }),
        _ => failure(step, FtpError::ConnectionError(error)),
    }
}
