//! The blocks of a file from the server, a window at a time.

use tokio::time::timeout;

use super::super::error::Failure;
use super::super::stream::Incoming;
use super::conversation::Conversation;
use super::options::Agreed;
use super::packet::{self, ErrorCode, Packet};

/// How much is written to the file at once, in bytes.
const WRITTEN_AT_ONCE: usize = 64 * 1024;

/// A file that comes.
pub(super) struct Receiver<'a, 'file> {
    conversation: &'a mut Conversation,
    sink: &'a mut Incoming<'file>,
    agreed: Agreed,
    /// The number of the last block that has come in order. It goes from 65535 to 0.
    newest: u16,
    /// How many blocks have come in order since the last acknowledgement.
    unacknowledged: u16,
    /// Whether the server knows that it has to go back to the block after the newest.
    has_told_gap: bool,
    /// What is not written to the file yet.
    unwritten: Vec<u8>,
    is_complete: bool,
}

impl<'a, 'file> Receiver<'a, 'file> {
    pub(super) fn new(
        conversation: &'a mut Conversation,
        sink: &'a mut Incoming<'file>,
        agreed: Agreed,
    ) -> Self {
        Self {
            conversation,
            sink,
            agreed,
            newest: 0,
            unacknowledged: 0,
            has_told_gap: false,
            unwritten: Vec::with_capacity(WRITTEN_AT_ONCE + usize::from(agreed.block)),
            is_complete: false,
        }
    }

    /// Takes every block to the last, of which the first may have come with the server's answer to
    /// the request. Tells the number of the last.
    pub(super) async fn run(mut self, first: Option<Packet>) -> Result<u16, Failure> {
        match first {
            Some(packet) => self.take(packet).await?,
            None => self.acknowledge().await?,
        }
        self.conversation.progressed();
        while !self.is_complete {
            match self.conversation.hear().await? {
                Some(packet) => self.take(packet).await?,
                None => self.acknowledge().await?,
            }
        }
        self.conversation.finish();
        Ok(self.newest)
    }

    async fn take(&mut self, packet: Packet) -> Result<(), Failure> {
        match packet {
            Packet::Data { block, payload } => match block.wrapping_sub(self.newest) {
                1 => self.take_next(&payload).await,
                // The server has not heard that it came.
                0 if self.unacknowledged == 0 => self.acknowledge().await,
                ahead if (2..=self.agreed.window).contains(&ahead) && !self.has_told_gap => {
                    self.acknowledge().await?;
                    self.has_told_gap = true;
                    Ok(())
                }
                _ => Ok(()),
            },
            // The server has not heard that we agree.
            Packet::OptionAcknowledgement(_) if self.newest == 0 => self.acknowledge().await,
            Packet::OptionAcknowledgement(_) | Packet::Acknowledgement { .. } => Ok(()),
            Packet::Error(error) => Err(self.conversation.refused(&error)),
        }
    }

    async fn take_next(&mut self, payload: &[u8]) -> Result<(), Failure> {
        let block = usize::from(self.agreed.block);
        if payload.len() > block {
            return Err(self.conversation.refuse(
                ErrorCode::ILLEGAL_OPERATION,
                format!("it sends more than {block} bytes in a block"),
            ));
        }
        self.unwritten.extend_from_slice(payload);
        self.is_complete = payload.len() < block;
        if self.is_complete || self.unwritten.len() >= WRITTEN_AT_ONCE {
            self.sink.take(&self.unwritten).await?;
            self.unwritten.clear();
        }
        self.newest = self.newest.wrapping_add(1);
        self.unacknowledged += 1;
        self.has_told_gap = false;
        if self.is_complete || self.unacknowledged >= self.agreed.window {
            self.acknowledge().await?;
        }
        self.conversation.progressed();
        Ok(())
    }

    async fn acknowledge(&mut self) -> Result<(), Failure> {
        self.unacknowledged = 0;
        let packet = packet::acknowledgement(self.newest);
        self.conversation.send(&packet).await
    }
}

/// Answers for a moment, in case that the acknowledgement of the `last` block got lost (RFC 1350,
/// section 6).
pub(super) async fn dally(mut conversation: Conversation, last: u16) {
    // The server sends again after as long as we do.
    let moment = conversation.first_pause() * 5 / 4;
    let answering = async {
        loop {
            match conversation.hear().await? {
                Some(Packet::Data { block, .. }) if block == last => {
                    conversation.send(&packet::acknowledgement(last)).await?;
                }
                Some(_) | None => {}
            }
        }
    };
    // Everything is here: whatever ends this ends it well.
    let _: Result<Result<(), Failure>, _> = timeout(moment, answering).await;
}
