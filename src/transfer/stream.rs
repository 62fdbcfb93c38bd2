//! The file's way through a transfer, with its bytes counted.

use std::io::{self, SeekFrom};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _, ReadBuf};

use super::Moved;
use super::error::{Failure, Problem, Step};

/// A file on its way to a server. It can be read as a stream, too.
pub(super) struct Outgoing<'a> {
    file: File,
    length: u64,
    sent: u64,
    moved: Moved<'a>,
}

impl<'a> Outgoing<'a> {
    pub(super) async fn new(file: std::fs::File, moved: Moved<'a>) -> Result<Self, Failure> {
        let mut file = File::from_std(file);
        let length = async {
            let length = file.metadata().await?.len();
            file.seek(SeekFrom::Start(0)).await?;
            Ok(length)
        }
        .await
        .map_err(|source| Failure::io(Step::Local, source))?;
        Ok(Self {
            file,
            length,
            sent: 0,
            moved,
        })
    }

    /// How many bytes the file has.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// How many of them have been taken to be sent.
    pub(super) fn sent(&self) -> u64 {
        self.sent
    }

    /// Fills `into` with the next bytes; fewer than it holds are the file's last.
    pub(super) async fn fill(&mut self, into: &mut [u8]) -> Result<usize, Failure> {
        let mut filled = 0;
        while filled < into.len() {
            match self.read(&mut into[filled..]).await {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(source) => return Err(Failure::io(Step::Local, source)),
            }
        }
        Ok(filled)
    }
}

impl AsyncRead for Outgoing<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let outcome = Pin::new(&mut self.file).poll_read(context, buffer);
        let count = (buffer.filled().len() - before) as u64;
        if count > 0 {
            self.sent += count;
            (self.moved)(self.sent, Some(self.length));
        }
        outcome
    }
}

/// A file on its way from a server.
pub(super) struct Incoming<'a> {
    file: File,
    limit: u64,
    received: u64,
    /// How many bytes the server has announced.
    announced: Option<u64>,
    moved: Moved<'a>,
}

impl<'a> Incoming<'a> {
    pub(super) fn new(file: std::fs::File, limit: u64, moved: Moved<'a>) -> Self {
        Self {
            file: File::from_std(file),
            limit,
            received: 0,
            announced: None,
            moved,
        }
    }

    /// Takes down how many bytes will come, where the server says it.
    pub(super) fn announce(&mut self, bytes: u64) -> Result<(), Failure> {
        self.announced = Some(bytes);
        self.within_limit(bytes)
    }

    /// Takes the next bytes.
    pub(super) async fn take(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.within_limit(self.received + bytes.len() as u64)?;
        self.file
            .write_all(bytes)
            .await
            .map_err(|source| Failure::io(Step::Local, source))?;
        self.received += bytes.len() as u64;
        (self.moved)(self.received, self.announced);
        Ok(())
    }

    /// Makes sure that everything has come and is in the file.
    pub(super) async fn finish(&mut self) -> Result<(), Failure> {
        if self.announced.is_some_and(|bytes| bytes != self.received) {
            let bytes = self.received;
            return Err(Failure::new(Step::Receive, Problem::Cut { bytes }));
        }
        self.file
            .flush()
            .await
            .map_err(|source| Failure::io(Step::Local, source))
    }

    /// How many bytes have come.
    pub(super) fn bytes(&self) -> u64 {
        self.received
    }

    fn within_limit(&self, bytes: u64) -> Result<(), Failure> {
        if bytes > self.limit {
            let limit = self.limit;
            return Err(Failure::new(Step::Receive, Problem::TooLarge { limit }));
        }
        Ok(())
    }
}
