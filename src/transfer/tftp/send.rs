//! The blocks of a file to the server, a window at a time.

use std::collections::VecDeque;

use tokio::io::{AsyncReadExt as _, BufReader};

use super::super::error::{Failure, Step};
use super::super::stream::Outgoing;
use super::conversation::Conversation;
use super::options::Agreed;
use super::packet::{self, ErrorPacket, Packet};

/// How much of the file is read at once, in bytes.
const READ_AHEAD: usize = 64 * 1024;

/// Sends the file. Returns once the server has acknowledged its last block.
///
/// `may_be_left` is taken back where the server says that it has not even opened the file.
pub(super) async fn send(
    conversation: &mut Conversation,
    source: &mut Outgoing<'_>,
    agreed: Agreed,
    may_be_left: &mut bool,
) -> Result<(), Failure> {
    let mut source = BufReader::with_capacity(READ_AHEAD, source);
    // The number of the last block that is through. It goes from 65535 to 0.
    let mut through: u16 = 0;
    // What follows it, as packets.
    let mut window: VecDeque<Vec<u8>> = VecDeque::new();
    let mut next = through.wrapping_add(1);
    let mut has_last = false;
    let mut is_first = true;
    while !(has_last && window.is_empty()) {
        while window.len() < usize::from(agreed.window) && !has_last {
            let mut payload = Vec::with_capacity(usize::from(agreed.block));
            (&mut source)
                .take(u64::from(agreed.block))
                .read_to_end(&mut payload)
                .await
                .map_err(|error| Failure::io(Step::Local, error))?;
            // A file that fills its last block is ended by an empty one.
            has_last = payload.len() < usize::from(agreed.block);
            window.push_back(packet::data(next, &payload));
            next = next.wrapping_add(1);
        }
        // From the block on that the server has not got (RFC 7440, section 4).
        send_all(conversation, &window).await?;
        conversation.progressed();
        let count = match acknowledged(conversation, through, &window).await? {
            Ok(count) => count,
            Err(error) => {
                // Some agree on the options before they look.
                *may_be_left &= !(is_first && error.code.keeps_closed());
                return Err(conversation.refused(&error));
            }
        };
        is_first = false;
        window.drain(..usize::from(count));
        through = through.wrapping_add(count);
    }
    conversation.finish();
    Ok(())
}

async fn send_all(
    conversation: &mut Conversation,
    window: &VecDeque<Vec<u8>>,
) -> Result<(), Failure> {
    for packet in window {
        conversation.send(packet).await?;
    }
    Ok(())
}

/// Waits until the server acknowledges blocks of the window that follows `through`; tells how many.
/// The inner error is the server's own.
async fn acknowledged(
    conversation: &mut Conversation,
    through: u16,
    window: &VecDeque<Vec<u8>>,
) -> Result<Result<u16, ErrorPacket>, Failure> {
    loop {
        match conversation.hear().await? {
            Some(Packet::Acknowledgement { block }) => {
                let count = block.wrapping_sub(through);
                // One that has come before is no reason to send anything (RFC 1123, 4.2.3.1): each
                // block would soon go out twice, and be acknowledged twice.
                if count > 0 && usize::from(count) <= window.len() {
                    return Ok(Ok(count));
                }
            }
            Some(Packet::Error(error)) => return Ok(Err(error)),
            Some(Packet::Data { .. } | Packet::OptionAcknowledgement(_)) => {}
            None => send_all(conversation, window).await?,
        }
    }
}
