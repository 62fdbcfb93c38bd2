//! Files on an SFTP server.

use std::collections::HashMap;
use std::time::Duration;

use russh::client::Msg;
use russh::{Channel, ChannelMsg, Disconnect};
use russh_sftp::client::error::Error;
use russh_sftp::client::{Config, RawSftpSession};
use russh_sftp::extensions::{FSYNC, STATVFS};
use russh_sftp::protocol::{FileAttributes, OpenFlags, Packet, StatusCode, Version};
use russh_sftp::ser;

use super::connection::{Connection, closed};
use super::in_flight::InFlight;
use super::status::{said, words};
use crate::transfer::error::{Failure, Found, Problem, Said, Step};
use crate::transfer::reach::within;
use crate::transfer::stream::{Incoming, Outgoing};

/// How many bytes of a file go into one message: every server has to take as many (version 3,
/// section 3).
const CHUNK: usize = 32 * 1024;
/// How many requests for parts of a file are on their way at once: 2 MiB, enough for 100 Mbit/s
/// over 160 ms.
const IN_FLIGHT: usize = 64;
/// How long the server may take to hear us say goodbye.
const GOODBYE: Duration = Duration::from_secs(1);
/// The version that every server of today speaks.
const VERSION: u32 = 3;
const POSIX_RENAME: &str = "posix-rename@openssh.com";

/// A session with a server that has let us in.
pub(in crate::transfer) struct Sftp {
    session: RawSftpSession,
    connection: Connection,
    /// What the server can do beyond its version, and in which version of its own.
    extensions: HashMap<String, String>,
    /// How many bytes of a file are through.
    moved: u64,
    /// Why files are looked for.
    looking: Step,
}

impl Sftp {
    /// Starts SFTP on a connection on which we have logged in.
    pub(super) async fn start(connection: Connection) -> Result<Self, Failure> {
        let channel = within(connection.timeout, Step::Login, subsystem(&connection)).await??;
        // The waits are ours: an answer may be slow where there is one for every part of a file.
        let config = Config {
            request_timeout_secs: u64::MAX,
            ..Config::default()
        };
        let session = RawSftpSession::new_with_config(channel.into_stream(), config);
        let mut sftp = Self {
            session,
            connection,
            extensions: HashMap::new(),
            moved: 0,
            looking: Step::Open,
        };
        let Version {
            version,
            extensions,
        } = sftp.answer(Step::Login, sftp.session.init()).await?;
        if version != VERSION {
            return Err(Failure::protocol(
                Step::Login,
                format!("it speaks version {version} of SFTP, and was asked for {VERSION}"),
            ));
        }
        sftp.extensions = extensions;
        Ok(sftp)
    }

    pub(super) async fn write(
        &mut self,
        path: &str,
        source: &mut Outgoing<'_>,
    ) -> Result<(), Failure> {
        self.moved = 0;
        self.looking = Step::Verify;
        let handle = match self.open(path).await? {
            Ok(handle) => handle,
            Err(error) => return Err(self.not_written(Step::Open, error, path).await),
        };
        let mut writes = InFlight::new();
        let mut offset = 0;
        let mut is_at_end = false;
        while !is_at_end || !writes.is_empty() {
            if !is_at_end && writes.len() < IN_FLIGHT {
                let mut chunk = vec![0; CHUNK];
                let count = source.fill(&mut chunk).await?;
                is_at_end = count < CHUNK;
                chunk.truncate(count);
                if count > 0 {
                    writes
                        .send(self.session.write(&*handle, offset, chunk))
                        .await;
                    offset += count as u64;
                }
            } else {
                let answer = within(self.connection.timeout, Step::Send, writes.answer()).await?;
                if let Some(Err(error)) = answer {
                    return Err(self.not_written(Step::Send, error, path).await);
                }
                self.moved = offset.min(self.moved + CHUNK as u64);
            }
        }
        drop(writes);
        if self.has(FSYNC, "1") {
            let synced = self.session.fsync(&*handle);
            if let Err(error) = within(self.connection.timeout, Step::Send, synced).await? {
                return Err(self.not_written(Step::Send, error, path).await);
            }
        }
        let closed = self.session.close(&*handle);
        match within(self.connection.timeout, Step::Send, closed).await? {
            Ok(_) => Ok(()),
            Err(error) => Err(self.not_written(Step::Send, error, path).await),
        }
    }

    async fn open(&self, path: &str) -> Result<Result<String, Error>, Failure> {
        let attributes = FileAttributes {
            permissions: Some(0o644),
            ..FileAttributes::empty()
        };
        let flags = OpenFlags::CREATE | OpenFlags::TRUNCATE | OpenFlags::WRITE;
        let opened = self.session.open(path, flags, attributes);
        let opened = within(self.connection.timeout, Step::Open, opened).await?;
        Ok(opened.map(|opened| opened.handle))
    }

    pub(super) async fn read(
        &mut self,
        path: &str,
        sink: &mut Incoming<'_>,
    ) -> Result<(), Failure> {
        self.moved = 0;
        let opened = self
            .session
            .open(path, OpenFlags::READ, FileAttributes::empty());
        let handle = self.answer(Step::Open, opened).await?.handle;
        let size = self
            .answer(Step::Open, self.session.fstat(&*handle))
            .await?
            .attrs
            .size;
        if let Some(size) = size {
            sink.announce(size)?;
        }
        let mut chunk = CHUNK;
        // Where the bytes begin that come next, and those that are asked for next.
        let (mut next, mut asked) = (0, 0);
        let mut reads = InFlight::new();
        loop {
            // A file has ended where the server says so, whatever size it has announced.
            while reads.is_empty()
                || reads.len() < IN_FLIGHT && size.is_some_and(|size| asked <= size)
            {
                let length = u32::try_from(chunk).expect("a chunk is far smaller than 4 GiB");
                reads.send(self.session.read(&*handle, asked, length)).await;
                asked += chunk as u64;
            }
            let answer = within(self.connection.timeout, Step::Receive, reads.answer()).await?;
            let data = match answer {
                Some(Ok(answer)) => answer.data,
                Some(Err(Error::Status(status))) if status.status_code == StatusCode::Eof => break,
                Some(Err(error)) => return Err(self.failed(Step::Receive, error)),
                None => continue,
            };
            if data.is_empty() || data.len() > chunk {
                let what = "it sent fewer bytes than one, or more than were asked for";
                return Err(Failure::protocol(Step::Receive, what));
            }
            sink.take(&data).await?;
            next += data.len() as u64;
            self.moved = next;
            if data.len() < chunk {
                // What was asked for begins in the wrong places now.
                reads.forget();
                asked = next;
                if size.is_some_and(|size| next < size) {
                    // The server gives no more at once.
                    chunk = data.len();
                }
            }
        }
        drop(reads);
        // Everything is here already.
        let closed = self.session.close(&*handle);
        let _ = within(self.connection.timeout, Step::Receive, closed).await;
        Ok(())
    }

    pub(super) async fn measure(&self, path: &str) -> Result<Found, Failure> {
        let found = within(
            self.connection.timeout,
            self.looking,
            self.session.stat(path),
        )
        .await?;
        match found {
            Ok(found) => Ok(found
                .attrs
                .size
                .map_or(Found::Unknown, |bytes| Found::File { bytes })),
            Err(Error::Status(status)) if status.status_code == StatusCode::NoSuchFile => {
                Ok(Found::Nothing)
            }
            // Where files may be left and not be seen, for example.
            Err(Error::Status(_)) => Ok(Found::Unknown),
            Err(error) => Err(self.failed(self.looking, error)),
        }
    }

    /// Gives a file a name that another may have now.
    pub(super) async fn rename_over(&self, from: &str, to: &str) -> Result<(), Failure> {
        if self.has(POSIX_RENAME, "1") {
            let names = ser::to_bytes(&(from, to))
                .map_err(|error| Failure::protocol(Step::Rename, error.to_string()))?;
            let renamed = self.session.extended(POSIX_RENAME, names.to_vec());
            return match self.answer(Step::Rename, renamed).await? {
                Packet::Status(status) if status.status_code == StatusCode::Ok => Ok(()),
                Packet::Status(status) => Err(said(Step::Rename, &status)),
                _ => Err(self.failed(Step::Rename, Error::UnexpectedPacket)),
            };
        }
        let Err(refusal) = self.try_rename(from, to).await? else {
            return Ok(());
        };
        // Version 3 renames to no name that is taken (section 6.5).
        if !matches!(self.measure(to).await?, Found::File { .. }) {
            return Err(refusal);
        }
        self.answer(Step::Rename, self.session.remove(to)).await?;
        self.try_rename(from, to).await?
    }

    /// Gives a file a name that no other may have.
    pub(super) async fn rename_beside(&self, from: &str, to: &str) -> Result<(), Failure> {
        let is_taken = async || Ok(matches!(self.measure(to).await?, Found::File { .. }));
        let exists = || Failure::new(Step::Rename, Problem::Exists);
        // There are servers that replace it.
        if is_taken().await? {
            return Err(exists());
        }
        match self.try_rename(from, to).await? {
            Err(_) if is_taken().await? => Err(exists()),
            outcome => outcome,
        }
    }

    async fn try_rename(&self, from: &str, to: &str) -> Result<Result<(), Failure>, Failure> {
        let renamed = self.session.rename(from, to);
        match within(self.connection.timeout, Step::Rename, renamed).await? {
            Ok(_) => Ok(Ok(())),
            Err(Error::Status(status)) => Ok(Err(said(Step::Rename, &status))),
            Err(error) => Err(self.failed(Step::Rename, error)),
        }
    }

    pub(super) async fn remove(&self, path: &str) -> Result<(), Failure> {
        self.answer(Step::Open, self.session.remove(path)).await?;
        Ok(())
    }

    pub(super) async fn end(self) {
        let goodbye = async {
            let handle = self.connection.handle;
            // Whether it hears it does not matter.
            let _ = self.session.close_session();
            let _ = handle.disconnect(Disconnect::ByApplication, "", "").await;
            let _ = handle.await;
        };
        let _ = within(GOODBYE, Step::Stop, goodbye).await;
    }

    /// Waits for an answer that is not a refusal.
    async fn answer<T>(
        &self,
        step: Step,
        answer: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Failure> {
        within(self.connection.timeout, step, answer)
            .await?
            .map_err(|error| self.failed(step, error))
    }

    fn has(&self, extension: &str, version: &str) -> bool {
        self.extensions
            .get(extension)
            .is_some_and(|has| has == version)
    }

    /// Why a file could not be written. OpenSSH has no word for a full disk: it is asked for the
    /// space that is left.
    async fn not_written(&self, step: Step, error: Error, path: &str) -> Failure {
        let Error::Status(status) = &error else {
            return self.failed(step, error);
        };
        let directory = match path.rsplit_once('/') {
            None => ".",
            Some(("", _)) => "/",
            Some((directory, _)) => directory,
        };
        if status.status_code == StatusCode::Failure
            && self.has(STATVFS, "2")
            && let Ok(Ok(space)) = within(
                self.connection.timeout,
                step,
                self.session.statvfs(directory),
            )
            .await
        {
            let bytes = space.blocks_avail.saturating_mul(space.fragment_size);
            let files = space.inodes_avail;
            // Some file systems do not count their files.
            if bytes < CHUNK as u64 || (space.inodes > 0 && files == 0) {
                let words = words(status);
                let words = format!("{words}; free there: {bytes} bytes, {files} files");
                return Failure::said(step, Said::Full, words);
            }
        }
        self.failed(step, error)
    }

    fn failed(&self, step: Step, error: Error) -> Failure {
        match error {
            Error::Status(status) => said(step, &status),
            Error::UnexpectedPacket => {
                Failure::protocol(step, "its answer was of another kind than the question")
            }
            _ => match self.connection.last_words.get() {
                Some(words) => Failure::said(step, Said::Other, words),
                None if self.connection.handle.is_closed() => {
                    let bytes = self.moved;
                    Failure::new(step, Problem::Cut { bytes })
                }
                None => Failure::protocol(
                    step,
                    "it ended the SFTP session, or said what version 3 of SFTP does not have",
                ),
            },
        }
    }
}

/// A channel on which the server speaks SFTP (RFC 4254 section 6.5).
async fn subsystem(connection: &Connection) -> Result<Channel<Msg>, Failure> {
    let failed = |error| connection.failed(Step::Login, error);
    let mut channel = connection
        .handle
        .channel_open_session()
        .await
        .map_err(failed)?;
    channel
        .request_subsystem(true, "sftp")
        .await
        .map_err(failed)?;
    loop {
        match channel.wait().await {
            Some(ChannelMsg::Success) => return Ok(channel),
            Some(ChannelMsg::Failure) => {
                return Err(Failure::said(
                    Step::Login,
                    Said::Other,
                    "SSH_MSG_CHANNEL_FAILURE for the subsystem sftp",
                ));
            }
            Some(_) => {}
            None => {
                return Err(closed(
                    Step::Login,
                    "the server has closed the SFTP channel",
                ));
            }
        }
    }
}
