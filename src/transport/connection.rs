//! A message at a time over any stream.

use std::future::poll_fn;
use std::io;
use std::mem;
use std::pin::Pin;
use std::task::{Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use zeroize::{Zeroize as _, Zeroizing};

use super::{ReceiveError, TransportError};
use crate::wire::Message;

/// How many bytes are read at once: memory grows by what has come, never by what a header announces.
const CHUNK_LENGTH: usize = 2048;

/// A stream that carries messages.
///
/// While it waits for a message it holds no buffer, so that thousands may wait for days.
#[derive(Debug)]
pub struct Connection<S> {
    stream: S,
    /// The part of the next message that has come; never a byte of the one behind it. It may hold
    /// a password, so it is wiped.
    received: Zeroizing<Vec<u8>>,
}

impl<S> Connection<S> {
    /// Messages over `stream`.
    pub fn new(stream: S) -> Self {
        Self {
            stream,
            received: Zeroizing::default(),
        }
    }

    /// The stream under the messages.
    pub const fn stream(&self) -> &S {
        &self.stream
    }

    /// The stream under the messages, for a peer that is to misbehave below them.
    pub const fn stream_mut(&mut self) -> &mut S {
        &mut self.stream
    }

    /// Adds what came. A vector that grew by itself would leave its old bytes behind in memory.
    fn keep(&mut self, bytes: &[u8]) {
        let length = self.received.len() + bytes.len();
        if length > self.received.capacity() {
            let room = length.max(2 * self.received.capacity());
            let mut larger = Zeroizing::new(Vec::with_capacity(room));
            larger.extend_from_slice(&self.received);
            self.received = larger;
        }
        self.received.extend_from_slice(bytes);
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    /// Waits for the next message.
    ///
    /// It can be dropped at any await, as in `select!`, and called again: what had come is kept.
    pub async fn receive(&mut self) -> Result<Message, ReceiveError> {
        self.fill(Message::HEADER_LENGTH).await?;
        let header = self
            .received
            .first_chunk()
            .expect("it was filled up to the header's length");
        let body_length = Message::body_length(header)?;
        self.fill(Message::HEADER_LENGTH + body_length).await?;
        Ok(Message::decode(&mem::take(&mut self.received))?)
    }

    /// Sends `message` in ONE write, and so in one TLS record: a phone's client stalls when the
    /// header and the body arrive in two (P).
    ///
    /// Where it is dropped before its end, the message may have left in part, and the connection is
    /// good for nothing more.
    pub async fn send(&mut self, message: &Message) -> Result<(), TransportError> {
        let bytes = message.encode()?;
        self.stream.write_all(&bytes).await?;
        self.stream.flush().await?;
        Ok(())
    }

    /// Tells the peer that nothing more will come. It does not wait for the peer to say the same;
    /// an error is not told, because the connection is over with it or without.
    pub async fn close(mut self) {
        let _ = self.stream.shutdown().await;
    }

    /// Reads until `length` bytes of the message are there, and no further.
    async fn fill(&mut self, length: usize) -> Result<(), ReceiveError> {
        while let Some(missing) = length.checked_sub(self.received.len())
            && missing > 0
        {
            if self.read(missing).await? == 0 {
                return Err(match self.received.len() {
                    0 => ReceiveError::Closed,
                    received => ReceiveError::Truncated { received },
                });
            }
        }
        Ok(())
    }

    /// Reads at most `limit` bytes; none at the stream's end.
    ///
    /// The chunk lies on the stack of the poll and not in the future, which would hold it as long
    /// as it waits.
    async fn read(&mut self, limit: usize) -> io::Result<usize> {
        poll_fn(|context| {
            let mut chunk = [0; CHUNK_LENGTH];
            let mut chunk = ReadBuf::new(&mut chunk[..limit.min(CHUNK_LENGTH)]);
            ready!(Pin::new(&mut self.stream).poll_read(context, &mut chunk))?;
            let length = chunk.filled().len();
            self.keep(chunk.filled());
            chunk.filled_mut().zeroize();
            Poll::Ready(Ok(length))
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, DuplexStream, duplex};

    use super::*;
    use crate::wire::{CertificateItem, Command, Element, InvalidMessage, Reason, SessionId};

    fn message() -> Message {
        Message::new(Command::AUTH_RESPONSE, SessionId(7))
            .with(Element::Reason(Reason::SUCCESS))
            .with(Element::DeviceName("SEP001122334455".into()))
    }

    fn long_message() -> Message {
        Message::new(Command::STORE_CERTIFICATE_REQUEST, SessionId(7))
            .with(Element::Certificate(CertificateItem::new(vec![0x30; 9000])))
    }

    fn pair() -> (Connection<DuplexStream>, DuplexStream) {
        let (near, far) = duplex(64 * 1024);
        (Connection::new(near), far)
    }

    /// What a `receive` that is dropped at its first await has read.
    async fn receive_and_cancel(connection: &mut Connection<DuplexStream>) {
        tokio::select! {
            biased;
            _ = connection.receive() => panic!("no whole message came"),
            () = std::future::ready(()) => {}
        }
    }

    #[tokio::test]
    async fn a_message_arrives_as_it_was_sent() {
        let (mut near, far) = pair();
        let mut far = Connection::new(far);
        for message in [
            message(),
            long_message(),
            Message::new(Command::REQUEST_IN_PROGRESS, SessionId(7)),
        ] {
            far.send(&message).await.unwrap();
            assert_eq!(near.receive().await.unwrap(), message);
        }
    }

    #[tokio::test]
    async fn messages_that_came_together_are_told_apart() {
        let (mut near, mut far) = pair();
        let both = [
            message().encode().unwrap(),
            long_message().encode().unwrap(),
        ];
        far.write_all(&both.concat()).await.unwrap();
        assert_eq!(near.receive().await.unwrap(), message());
        assert!(
            near.received.is_empty(),
            "nothing of the second was read yet"
        );
        assert_eq!(near.receive().await.unwrap(), long_message());
    }

    #[tokio::test]
    async fn a_receive_that_is_dropped_anywhere_loses_nothing() {
        let bytes = message().encode().unwrap();
        for end in 0..bytes.len() {
            let (mut near, mut far) = pair();
            far.write_all(&bytes[..end]).await.unwrap();
            receive_and_cancel(&mut near).await;
            far.write_all(&bytes[end..]).await.unwrap();
            assert_eq!(near.receive().await.unwrap(), message(), "cut at {end}");
        }
    }

    #[tokio::test]
    async fn an_end_between_messages_differs_from_an_end_inside_one() {
        let bytes = message().encode().unwrap();
        for end in 0..bytes.len() {
            let (mut near, mut far) = pair();
            far.write_all(&bytes[..end]).await.unwrap();
            drop(far);
            match near.receive().await.unwrap_err() {
                ReceiveError::Closed => assert_eq!(end, 0),
                ReceiveError::Truncated { received } => {
                    assert!(end > 0);
                    assert_eq!(received, end);
                }
                error => panic!("cut at {end}: {error}"),
            }
        }
    }

    #[tokio::test]
    async fn what_is_no_message_is_refused_by_its_header() {
        for (header, expected) in [
            (*b"GET / HT", InvalidMessage::ProtocolId { found: b'G' }),
            (
                [0x55, 2, 0, 0, 0, 7, 0xff, 0xff],
                InvalidMessage::BodyTooLong { length: 0xffff },
            ),
        ] {
            let (mut near, mut far) = pair();
            far.write_all(&header).await.unwrap();
            assert!(matches!(
                near.receive().await,
                Err(ReceiveError::Invalid { source }) if source == expected
            ));
        }
    }

    #[tokio::test]
    async fn a_connection_holds_no_buffer_while_it_waits() {
        let (mut near, mut far) = pair();
        receive_and_cancel(&mut near).await;
        assert_eq!(near.received.capacity(), 0);
        far.write_all(&long_message().encode().unwrap())
            .await
            .unwrap();
        near.receive().await.unwrap();
        assert_eq!(near.received.capacity(), 0);
        let waits = near.receive();
        assert!(size_of_val(&waits) < 256, "{} bytes", size_of_val(&waits));
    }

    #[tokio::test]
    async fn memory_follows_what_was_sent_and_not_what_was_announced() {
        let (mut near, mut far) = pair();
        far.write_all(&[0x55, 2, 0, 0, 0, 7, 0x3f, 0xf8, 1, 2, 3])
            .await
            .unwrap();
        receive_and_cancel(&mut near).await;
        assert_eq!(near.received.len(), 11);
        assert!(near.received.capacity() < 64);
    }

    #[tokio::test]
    async fn a_message_is_one_write() {
        let (near, mut far) = duplex(64 * 1024);
        let mut near = Connection::new(CountsWrites {
            stream: near,
            writes: 0,
        });
        for (count, message) in [(1, message()), (2, long_message())] {
            near.send(&message).await.unwrap();
            assert_eq!(near.stream().writes, count);
            let mut bytes = vec![0; message.encode().unwrap().len()];
            far.read_exact(&mut bytes).await.unwrap();
            assert_eq!(Message::decode(&bytes), Ok(message));
        }
    }

    #[tokio::test]
    async fn a_message_that_is_too_long_does_not_leave() {
        let (mut near, far) = pair();
        let long = Message::new(Command::STORE_CERTIFICATE_REQUEST, SessionId(7)).with(
            Element::Certificate(CertificateItem::new(vec![0; Message::MAX_BODY_LENGTH])),
        );
        assert!(matches!(
            near.send(&long).await,
            Err(TransportError::TooLong(_))
        ));
        near.close().await;
        assert!(matches!(
            Connection::new(far).receive().await,
            Err(ReceiveError::Closed)
        ));
    }

    struct CountsWrites {
        stream: DuplexStream,
        writes: usize,
    }

    impl AsyncRead for CountsWrites {
        fn poll_read(
            mut self: Pin<&mut Self>,
            context: &mut std::task::Context<'_>,
            buffer: &mut ReadBuf<'_>,
        ) -> Poll<io::Result<()>> {
            Pin::new(&mut self.stream).poll_read(context, buffer)
        }
    }

    impl AsyncWrite for CountsWrites {
        fn poll_write(
            mut self: Pin<&mut Self>,
            context: &mut std::task::Context<'_>,
            bytes: &[u8],
        ) -> Poll<io::Result<usize>> {
            self.writes += 1;
            Pin::new(&mut self.stream).poll_write(context, bytes)
        }

        fn poll_flush(
            mut self: Pin<&mut Self>,
            context: &mut std::task::Context<'_>,
        ) -> Poll<io::Result<()>> {
            Pin::new(&mut self.stream).poll_flush(context)
        }

        fn poll_shutdown(
            mut self: Pin<&mut Self>,
            context: &mut std::task::Context<'_>,
        ) -> Poll<io::Result<()>> {
            Pin::new(&mut self.stream).poll_shutdown(context)
        }
    }
}
