//! The packets of TFTP (RFC 1350, appendix I; RFC 2347): bytes to values and back.

use std::fmt;

/// The octets before the payload of a DATA packet: its number and the block's.
pub(super) const DATA_HEADER: usize = 4;

/// How much of a server's text is kept, in bytes.
const TEXT_LIMIT: usize = 500;

const READ_REQUEST: u16 = 1;
const WRITE_REQUEST: u16 = 2;
const DATA: u16 = 3;
const ACKNOWLEDGEMENT: u16 = 4;
const ERROR: u16 = 5;
const OPTION_ACKNOWLEDGEMENT: u16 = 6;

/// What a server sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Packet {
    /// A block of the file.
    Data {
        /// Its number, of which only the lowest 16 bits travel.
        block: u16,
        /// Its bytes; fewer than the block size are the file's last.
        payload: Vec<u8>,
    },
    /// Everything up to this block is there.
    Acknowledgement {
        /// The block's number; 0 where a write request was accepted.
        block: u16,
    },
    /// The transfer is over.
    Error(ErrorPacket),
    /// The options that the server agrees to (RFC 2347), as they came.
    OptionAcknowledgement(Vec<u8>),
}

/// Why the other side ends the transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ErrorPacket {
    pub(super) code: ErrorCode,
    pub(super) text: String,
}

/// The code in an error packet; one that is not known here is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ErrorCode(pub(super) u16);

impl ErrorCode {
    pub(super) const NOT_DEFINED: Self = Self(0);
    pub(super) const FILE_NOT_FOUND: Self = Self(1);
    pub(super) const ACCESS_VIOLATION: Self = Self(2);
    pub(super) const DISK_FULL: Self = Self(3);
    pub(super) const ILLEGAL_OPERATION: Self = Self(4);
    pub(super) const UNKNOWN_TRANSFER_ID: Self = Self(5);
    pub(super) const FILE_EXISTS: Self = Self(6);
    /// RFC 2347.
    pub(super) const OPTIONS_REFUSED: Self = Self(8);

    /// Whether a server says by it that it does not open the file.
    pub(super) fn keeps_closed(self) -> bool {
        matches!(
            self,
            Self::FILE_NOT_FOUND | Self::ACCESS_VIOLATION | Self::FILE_EXISTS
        )
    }
}

/// Which way the file goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// From the server.
    Read,
    /// To the server.
    Write,
}

impl Packet {
    /// Reads a datagram; `None` where it is no packet that a server sends.
    pub(super) fn decode(datagram: &[u8]) -> Option<Self> {
        let (kind, rest) = number(datagram)?;
        match kind {
            DATA => {
                let (block, payload) = number(rest)?;
                let payload = payload.to_vec();
                Some(Self::Data { block, payload })
            }
            ACKNOWLEDGEMENT => match number(rest)? {
                (block, []) => Some(Self::Acknowledgement { block }),
                _ => None,
            },
            ERROR => {
                let (code, text) = number(rest)?;
                Some(Self::Error(ErrorPacket {
                    code: ErrorCode(code),
                    text: text_of(text),
                }))
            }
            OPTION_ACKNOWLEDGEMENT => Some(Self::OptionAcknowledgement(rest.to_vec())),
            _ => None,
        }
    }
}

fn number(bytes: &[u8]) -> Option<(u16, &[u8])> {
    let (number, rest) = bytes.split_first_chunk()?;
    Some((u16::from_be_bytes(*number), rest))
}

/// The text of an error packet, which ends in a NUL; servers that forget it are understood.
fn text_of(bytes: &[u8]) -> String {
    let text = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    let text = &text[..text.len().min(TEXT_LIMIT)];
    String::from_utf8_lossy(text).trim().to_owned()
}

impl fmt::Display for ErrorPacket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.code.0)?;
        if !self.text.is_empty() {
            write!(formatter, " {}", self.text)?;
        }
        Ok(())
    }
}

/// The request that begins a transfer, in the mode that leaves the bytes as they are; the options
/// go behind it.
pub(super) fn request(direction: Direction, path: &str) -> Vec<u8> {
    let kind = match direction {
        Direction::Read => READ_REQUEST,
        Direction::Write => WRITE_REQUEST,
    };
    [&kind.to_be_bytes(), path.as_bytes(), b"\0octet\0"].concat()
}

/// A block of the file.
pub(super) fn data(block: u16, payload: &[u8]) -> Vec<u8> {
    [&DATA.to_be_bytes(), &block.to_be_bytes(), payload].concat()
}

/// Everything up to this block is here.
pub(super) fn acknowledgement(block: u16) -> Vec<u8> {
    [ACKNOWLEDGEMENT.to_be_bytes(), block.to_be_bytes()].concat()
}

/// The end of a transfer that goes no further.
pub(super) fn error(code: ErrorCode, text: &str) -> Vec<u8> {
    [
        &ERROR.to_be_bytes(),
        &code.0.to_be_bytes(),
        text.as_bytes(),
        b"\0",
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refusal(code: u16, text: &str) -> Packet {
        Packet::Error(ErrorPacket {
            code: ErrorCode(code),
            text: text.to_owned(),
        })
    }

    #[test]
    fn requests_are_the_bytes_of_the_standard() {
        assert_eq!(request(Direction::Read, "a/b"), b"\0\x01a/b\0octet\0");
        assert_eq!(request(Direction::Write, "b"), b"\0\x02b\0octet\0");
    }

    #[test]
    fn packets_are_the_same_bytes_both_ways() {
        let block = 0x0102;
        let payload = b"\0xyz".to_vec();
        for (bytes, written, read) in [
            (
                &b"\0\x03\x01\x02\0xyz"[..],
                data(block, &payload),
                Packet::Data { block, payload },
            ),
            (
                b"\0\x03\x01\x02",
                data(block, b""),
                Packet::Data {
                    block,
                    payload: Vec::new(),
                },
            ),
            (
                b"\0\x04\x01\x02",
                acknowledgement(block),
                Packet::Acknowledgement { block },
            ),
            (
                b"\0\x05\0\x03full\0",
                error(ErrorCode::DISK_FULL, "full"),
                refusal(3, "full"),
            ),
        ] {
            assert_eq!(written, bytes);
            assert_eq!(Packet::decode(bytes), Some(read));
        }
    }

    #[test]
    fn agreed_options_are_kept_as_they_came() {
        assert_eq!(
            Packet::decode(b"\0\x06blksize\x001428\0"),
            Some(Packet::OptionAcknowledgement(b"blksize\x001428\0".to_vec()))
        );
    }

    #[test]
    fn a_packet_that_ends_in_its_numbers_is_none() {
        for kind in [DATA, ACKNOWLEDGEMENT, ERROR] {
            let whole = [kind.to_be_bytes(), [1, 2]].concat();
            assert!(Packet::decode(&whole).is_some(), "{kind}");
            for length in 0..whole.len() {
                assert_eq!(Packet::decode(&whole[..length]), None, "{kind} {length}");
            }
        }
    }

    #[test]
    fn an_acknowledgement_with_a_byte_too_many_is_none() {
        assert_eq!(Packet::decode(b"\0\x04\x01\x02\0"), None);
    }

    #[test]
    fn what_a_server_never_sends_is_none() {
        for kind in [0, READ_REQUEST, WRITE_REQUEST, 7, 0x0300] {
            let bytes = [&kind.to_be_bytes()[..], b"a\0octet\0"].concat();
            assert_eq!(Packet::decode(&bytes), None, "{kind}");
        }
    }

    #[test]
    fn the_text_of_an_error_is_read_however_it_ends() {
        for (bytes, text) in [
            (&b"\0\x05\0\x01no\0"[..], "no"),
            (b"\0\x05\0\x01no", "no"),
            (b"\0\x05\0\x01no\0more\0", "no"),
            (b"\0\x05\0\x01no\n\0", "no"),
            (b"\0\x05\0\x01", ""),
            (b"\0\x05\0\x01\xff\0", "\u{fffd}"),
        ] {
            assert_eq!(Packet::decode(bytes), Some(refusal(1, text)));
        }
    }

    #[test]
    fn a_long_text_is_cut() {
        let bytes = error(ErrorCode::NOT_DEFINED, &"x".repeat(TEXT_LIMIT + 1));
        let kept = "x".repeat(TEXT_LIMIT);
        assert_eq!(Packet::decode(&bytes), Some(refusal(0, &kept)));
    }

    #[test]
    fn an_error_shows_its_code_and_its_text_where_it_has_one() {
        for (text, shown) in [("File not found", "1 File not found"), ("", "1")] {
            let packet = ErrorPacket {
                code: ErrorCode::FILE_NOT_FOUND,
                text: text.to_owned(),
            };
            assert_eq!(packet.to_string(), shown);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_are_more_than_can_be_read(
            kind in 0_u16..8,
            rest in proptest::collection::vec(any::<u8>(), 0..64),
        ) {
            let bytes = [&kind.to_be_bytes()[..], &rest].concat();
            if let Some(Packet::Data { block, payload }) = Packet::decode(&bytes) {
                prop_assert_eq!(data(block, &payload), bytes);
            }
        }
    }
}
