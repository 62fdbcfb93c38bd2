//! A connection inside TLS, as the FTP library wants it.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper_openssl::client::legacy::MaybeHttpsStream;
use hyper_util::rt::TokioIo;
use suppaftp::tokio::TokioTlsStream;
use suppaftp::{FtpError, FtpResult};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// A connection inside TLS.
pub(in crate::transfer) struct Stream {
    inside: Inside,
    /// Whether it takes no more bytes.
    is_broken: bool,
}

/// What TLS itself does.
type Inside = TokioIo<MaybeHttpsStream<TokioIo<TcpStream>>>;

impl Stream {
    pub(super) fn new(inside: MaybeHttpsStream<TokioIo<TcpStream>>) -> Self {
        Self {
            inside: TokioIo::new(inside),
            is_broken: false,
        }
    }
}

impl TokioTlsStream for Stream {
    type InnerStream = Inside;

    fn tcp_stream(self) -> FtpResult<TcpStream> {
        // It would go on in clear text (`CCC`), which nobody here asks for.
        Err(FtpError::SecureError(
            "TLS does not end before the connection".to_owned(),
        ))
    }

    fn get_ref(&self) -> &TcpStream {
        match self.inside.inner() {
            MaybeHttpsStream::Http(stream) => stream.inner(),
            MaybeHttpsStream::Https(stream) => stream.get_ref().inner(),
        }
    }

    fn mut_ref(&mut self) -> &mut Self::InnerStream {
        &mut self.inside
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Stream({:?})", self.get_ref())
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inside).poll_read(context, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let outcome = Pin::new(&mut self.inside).poll_write(context, bytes);
        self.is_broken |= matches!(outcome, Poll::Ready(Err(_)));
        outcome
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inside).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // OpenSSL has nobody to say goodbye to. The server says the reason on another connection,
        // which this failure would hide.
        if self.is_broken {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.inside).poll_shutdown(context)
    }
}
