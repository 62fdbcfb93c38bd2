//! Any bytes as what comes from a phone, in pieces, while the receiving is dropped and taken up
//! again: the messages are those that the bytes hold, and the end is told for what it is.

#![no_main]

use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use capf::transport::{Connection, ReceiveError};
use capf::wire::Message;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

libfuzzer_sys::fuzz_target!(
    init: capf_fuzz::plant("connection", seeds()),
    |bytes: &[u8]| {
        let Some((&step, mut rest)) = bytes.split_first() else {
            return;
        };
        let mut connection = Connection::new(Pieces { rest, step, pauses: false });
        loop {
            let received = receive(&mut connection);
            let (expected, length) = first(rest);
            assert_eq!(format!("{received:?}"), format!("{expected:?}"));
            if expected.is_err() {
                return;
            }
            rest = &rest[length..];
        }
    }
);

/// A byte that says how the bytes come in pieces, and all that a phone says in a session.
fn seeds() -> impl Iterator<Item = Vec<u8>> {
    capf_fuzz::conversations()
        .into_iter()
        .zip((0..=u8::MAX).step_by(15))
        .map(|(conversation, step)| [vec![step], conversation.phones_side()].concat())
}

/// The message with which the bytes begin, and its length.
fn first(bytes: &[u8]) -> (Result<Message, ReceiveError>, usize) {
    let truncated = || match bytes.len() {
        0 => ReceiveError::Closed,
        received => ReceiveError::Truncated { received },
    };
    let message = || {
        let header = bytes.first_chunk().ok_or_else(truncated)?;
        let length = Message::HEADER_LENGTH + Message::body_length(header)?;
        let message = bytes.get(..length).ok_or_else(truncated)?;
        Ok((Message::decode(message)?, length))
    };
    match message() {
        Ok((message, length)) => (Ok(message), length),
        Err(error) => (Err(error), 0),
    }
}

fn receive(connection: &mut Connection<Pieces<'_>>) -> Result<Message, ReceiveError> {
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(received) = pin!(connection.receive()).poll(&mut context) {
            return received;
        }
    }
}

/// A stream that gives its bytes in pieces of changing length, with a pause behind each.
struct Pieces<'a> {
    rest: &'a [u8],
    step: u8,
    pauses: bool,
}

impl AsyncRead for Pieces<'_> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.pauses = !self.pauses;
        if self.pauses {
            return Poll::Pending;
        }
        self.step = self.step.wrapping_mul(5).wrapping_add(1);
        let length = (1 + usize::from(self.step))
            .min(into.remaining())
            .min(self.rest.len());
        let (piece, rest) = self.rest.split_at(length);
        into.put_slice(piece);
        self.rest = rest;
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Pieces<'_> {
    fn poll_write(
        self: Pin<&mut Self>,
        _context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
