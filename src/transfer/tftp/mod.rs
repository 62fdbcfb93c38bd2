//! TFTP (RFC 1350), with the options of RFC 2347 to 2349 and the windows of RFC 7440.
//!
//! A request goes to the server's port, and says which options we would like. The answer comes from
//! a port that is the transfer's own, and says what goes. A server that knows no options answers as
//! if there were none, or refuses, and is then asked again without.
//!
//! What is to be found under a name is known from the beginning of a download, which goes no
//! further: the size is among the options.

mod conversation;
mod options;
mod packet;
mod receive;
mod send;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::access::Access;
use super::error::{Failure, Found, Step};
use super::reach::{no_address, resolve};
use super::stream::{Incoming, Outgoing};
use super::{Remote, Server};
use conversation::{Conversation, Patience};
use options::{Agreed, Asked};
use packet::{Direction, ErrorCode, Packet};
use receive::Receiver;

/// The longest request that servers take, in bytes: they read it into a block (RFC 2347).
const LONGEST_REQUEST: usize = 512;

/// How many addresses of a server are tried.
const MOST_ADDRESSES: usize = 4;

/// How long a server may take to write what it has acknowledged: some write the last block, or
/// more, only then.
const WRITING: Duration = Duration::from_secs(2);

/// How long is waited until the size is asked for again.
const WRITING_PAUSE: Duration = Duration::from_millis(100);

/// A server. There is no connection: each transfer is a [`Conversation`] of its own.
pub(super) struct Tftp {
    /// Those of its name, until one of them has answered: then that alone.
    addresses: Vec<SocketAddr>,
    patience: Patience,
    /// How many bytes the server has acknowledged of an upload that is complete.
    sent: u64,
    /// Whether the last upload may have left anything under its name.
    may_be_left: bool,
    /// A download that is complete, and the number of its last block.
    complete: Option<(Conversation, u16)>,
}

impl Server for Tftp {
    const RENAMES: bool = false;

    /// Looks the name up; nothing is sent.
    async fn connect(remote: &Remote, access: &Access<'_>) -> Result<Self, Failure> {
        let mut addresses = resolve(remote, access.timeout).await?;
        addresses.truncate(MOST_ADDRESSES);
        Ok(Self {
            addresses,
            patience: Patience::new(access.timeout),
            sent: 0,
            may_be_left: false,
            complete: None,
        })
    }

    async fn put(&mut self, path: &str, source: &mut Outgoing<'_>) -> Result<(), Failure> {
        let asked = Asked::write(source.length());
        let (mut conversation, agreed, _) = self.begin(Direction::Write, path, asked).await?;
        send::send(&mut conversation, source, agreed, &mut self.may_be_left).await?;
        self.sent = source.sent();
        Ok(())
    }

    async fn get(&mut self, path: &str, sink: &mut Incoming<'_>) -> Result<(), Failure> {
        let (mut conversation, agreed, first) =
            self.begin(Direction::Read, path, Asked::READ).await?;
        if let Some(bytes) = agreed.size {
            sink.announce(bytes)?;
        }
        let last = Receiver::new(&mut conversation, sink, agreed)
            .run(first)
            .await?;
        self.complete = Some((conversation, last));
        Ok(())
    }

    /// Never fails: a server that is not there is named by the upload itself.
    ///
    /// A file that is smaller than what the last upload has sent may still be written; that is
    /// waited for.
    async fn find(&mut self, path: &str) -> Result<Found, Failure> {
        let give_up = Instant::now() + WRITING.min(self.patience.timeout);
        loop {
            let found = self.look(path).await;
            let is_smaller = match found {
                Found::File { bytes } => bytes < self.sent,
                Found::Nothing => self.sent > 0,
                Found::FileOfUnknownSize | Found::Unknown => false,
            };
            if !is_smaller || Instant::now() >= give_up {
                return Ok(found);
            }
            sleep(WRITING_PAUSE).await;
        }
    }

    async fn rename(&mut self, _: &str, _: &str, _: bool) -> Result<(), Failure> {
        Err(unsupported(Step::Rename, "TFTP cannot rename a file"))
    }

    async fn delete(&mut self, _: &str) -> Result<(), Failure> {
        Err(unsupported(Step::Open, "TFTP cannot delete a file"))
    }

    /// TFTP cannot delete what the server has begun to write.
    async fn take_back(&mut self, path: &str) -> bool {
        self.may_be_left && self.look(path).await != Found::Nothing
    }

    async fn close(self) {
        if let Some((conversation, last)) = self.complete {
            receive::dally(conversation, last).await;
        }
    }
}

impl Tftp {
    /// Begins a transfer: how it goes, and the first block where it is the server's answer.
    async fn begin(
        &mut self,
        direction: Direction,
        path: &str,
        asked: Asked,
    ) -> Result<(Conversation, Agreed, Option<Packet>), Failure> {
        let plain = packet::request(direction, path);
        let with_options = [&plain[..], &asked.encode()].concat();
        if with_options.len() > LONGEST_REQUEST {
            return Err(too_long(with_options.len() - LONGEST_REQUEST));
        }
        let mut asked = Some(asked);
        let patience = self.patience;
        let (mut conversation, mut answer) = self.ask(direction, &with_options, patience).await?;
        if let Packet::Error(error) = &answer
            && may_mean_options(error.code)
        {
            // An error is not answered (RFC 1350, section 7).
            conversation.finish();
            asked = None;
            (conversation, answer) = self.ask(direction, &plain, patience).await?;
        }
        self.may_be_left = direction == Direction::Write && !matches!(answer, Packet::Error(_));
        let (agreed, first) = match answer {
            Packet::Error(error) => return Err(conversation.refused(&error)),
            Packet::OptionAcknowledgement(options) => {
                let agreed = match asked {
                    Some(asked) => asked.agree(&options),
                    None => Err("it answers options, and none were asked for".to_owned()),
                };
                let refuse = |what| conversation.refuse(ErrorCode::OPTIONS_REFUSED, what);
                (agreed.map_err(refuse)?, None)
            }
            answer => (Agreed::PLAIN, Some(answer)),
        };
        conversation.begins(match direction {
            Direction::Read => Step::Receive,
            Direction::Write => Step::Send,
        });
        Ok((conversation, agreed, first))
    }

    /// Begins a download, and ends it as soon as the server has said the size.
    async fn look(&mut self, path: &str) -> Found {
        let plain = packet::request(Direction::Read, path);
        let request = [&plain[..], &Asked::READ.encode()].concat();
        if request.len() > LONGEST_REQUEST {
            return Found::Unknown;
        }
        let patience = self.patience.short();
        let Ok((mut conversation, answer)) = self.ask(Direction::Read, &request, patience).await
        else {
            return Found::Unknown;
        };
        conversation.leave("Only the size was asked for");
        match answer {
            Packet::OptionAcknowledgement(options) => match Asked::READ.agree(&options) {
                Ok(Agreed {
                    size: Some(bytes), ..
                }) => Found::File { bytes },
                Ok(_) | Err(_) => Found::Unknown,
            },
            Packet::Error(error) => {
                // An error is not answered (RFC 1350, section 7).
                conversation.finish();
                if error.code == ErrorCode::FILE_NOT_FOUND {
                    Found::Nothing
                } else {
                    Found::Unknown
                }
            }
            Packet::Data { .. } | Packet::Acknowledgement { .. } => Found::Unknown,
        }
    }

    /// Sends a request to the addresses in turn until one of them answers, which is the server from
    /// now on: another address may be another machine, with other files.
    async fn ask(
        &mut self,
        direction: Direction,
        request: &[u8],
        patience: Patience,
    ) -> Result<(Conversation, Packet), Failure> {
        let ask = async |server| {
            let mut conversation = Conversation::open(server, patience)
                .await
                .map_err(|source| Failure::io(Step::Connect, source))?;
            let is_answer = |packet: &Packet| answers(packet, direction);
            let answer = conversation.ask(request, is_answer).await?;
            Ok((conversation, answer))
        };
        let mut failure = no_address();
        for server in &self.addresses {
            match ask(*server).await {
                Ok(answered) => {
                    self.addresses = vec![*server];
                    return Ok(answered);
                }
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }
}

/// Whether a packet can be the first after a request.
fn answers(packet: &Packet, direction: Direction) -> bool {
    match packet {
        Packet::Data { block, .. } => direction == Direction::Read && *block == 1,
        Packet::Acknowledgement { block } => direction == Direction::Write && *block == 0,
        Packet::Error(_) | Packet::OptionAcknowledgement(_) => true,
    }
}

/// Whether a request may have been refused for its options alone. Servers that are older than
/// options have no code for it.
fn may_mean_options(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::OPTIONS_REFUSED | ErrorCode::ILLEGAL_OPERATION | ErrorCode::NOT_DEFINED
    )
}

fn too_long(excess: usize) -> Failure {
    let error = io::Error::new(
        io::ErrorKind::InvalidFilename,
        format!("the path is {excess} bytes longer than what TFTP can ask for"),
    );
    Failure::io(Step::Open, error)
}

fn unsupported(step: Step, what: &'static str) -> Failure {
    Failure::io(step, io::Error::new(io::ErrorKind::Unsupported, what))
}

#[cfg(test)]
mod tests {
    use tokio::net::UdpSocket;

    use super::*;

    fn tftp(addresses: &[SocketAddr]) -> Tftp {
        Tftp {
            addresses: addresses.to_vec(),
            patience: Patience::new(Duration::from_secs(30)),
            sent: 0,
            may_be_left: false,
            complete: None,
        }
    }

    #[tokio::test]
    async fn the_next_address_is_asked_where_nobody_listens_at_the_first() {
        let gone = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let there = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let addresses = [gone.local_addr().unwrap(), there.local_addr().unwrap()];
        drop(gone);
        let mut tftp = tftp(&addresses);
        let answering = async {
            let (_, client) = there.recv_from(&mut [0; 512]).await.unwrap();
            let accepted = packet::acknowledgement(0);
            there.send_to(&accepted, client).await.unwrap();
        };
        let request = packet::request(Direction::Write, "file");
        let patience = tftp.patience;
        let asking = tftp.ask(Direction::Write, &request, patience);
        let (answered, ()) = tokio::join!(asking, answering);
        let Ok((_, answer)) = answered else {
            panic!("nobody answers");
        };
        assert_eq!(answer, Packet::Acknowledgement { block: 0 });
        assert_eq!(
            tftp.addresses,
            addresses[1..],
            "it is the server from now on"
        );
    }

    #[tokio::test]
    async fn what_tftp_cannot_do_is_a_failure() {
        let mut tftp = tftp(&[]);
        assert!(tftp.rename("a", "b", true).await.is_err());
        assert!(tftp.delete("a").await.is_err());
    }
}
