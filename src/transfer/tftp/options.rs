//! What the two sides agree on before the first block: the options of RFC 2347.

use super::packet::Direction;
use crate::model::Escaped;

/// The block size of a transfer without options, in bytes (RFC 1350).
const PLAIN_BLOCK: u16 = 512;

/// The smallest block size that may be agreed on (RFC 2348).
const SMALLEST_BLOCK: u16 = 8;

/// The block size that is asked for, in bytes (RFC 2348).
///
/// An Ethernet frame has room for 1500: less 40 for IPv6 (20 for IPv4), 8 for UDP and 4 for TFTP,
/// that leaves 1448. The last 20 are for options of IP or a tunnel on the way: a packet in
/// fragments is lost with each of them, and many firewalls let none pass.
pub(super) const BLOCK: u16 = 1428;

/// How many blocks go out before one acknowledgement, asked for (RFC 7440).
///
/// The round trip is waited for once in so many blocks, and a burst (some 23 kB) still fits into
/// any socket's buffer.
pub(super) const WINDOW: u16 = 16;

/// After how long the server is to send again what is not answered, in seconds (RFC 2349: 1 to
/// 255).
const TIMEOUT: u8 = 1;

/// The options that a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    direction: Direction,
    /// The file's size in bytes; 0 asks for it.
    size: u64,
}

/// How a transfer goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Agreed {
    /// How many bytes a block has.
    pub(super) block: u16,
    /// How many blocks go out before one acknowledgement.
    pub(super) window: u16,
    /// The size of the file that comes, where the server has said it.
    pub(super) size: Option<u64>,
}

impl Agreed {
    /// How a transfer goes where nothing was agreed on.
    pub(super) const PLAIN: Self = Self {
        block: PLAIN_BLOCK,
        window: 1,
        size: None,
    };
}

impl Asked {
    /// For a file that comes; its size is asked for.
    pub(super) const READ: Self = Self {
        direction: Direction::Read,
        size: 0,
    };

    /// For a file of this size that goes out.
    pub(super) fn write(size: u64) -> Self {
        Self {
            direction: Direction::Write,
            size,
        }
    }

    /// As they stand behind a request.
    pub(super) fn encode(self) -> Vec<u8> {
        format!(
            "blksize\0{BLOCK}\0tsize\0{}\0timeout\0{TIMEOUT}\0windowsize\0{WINDOW}\0",
            self.size
        )
        .into_bytes()
    }

    /// Reads the options that the server agrees to; the error says what it may not do.
    ///
    /// It may leave options out, and answer less for the sizes of blocks and windows.
    pub(super) fn agree(self, options: &[u8]) -> Result<Agreed, String> {
        let mut agreed = Agreed::PLAIN;
        let mut seen = Vec::new();
        let mut rest = options;
        while !rest.is_empty() {
            let name = word(&mut rest)?.to_ascii_lowercase();
            let value = word(&mut rest)?;
            let number = value
                .parse()
                .ok()
                .filter(|_| value.bytes().all(|byte| byte.is_ascii_digit()))
                .ok_or_else(|| format!("it answers `{}` for {}", shown(value), shown(&name)))?;
            match name.as_str() {
                "blksize" => agreed.block = within(number, SMALLEST_BLOCK, BLOCK, &name)?,
                "windowsize" => agreed.window = within(number, 1, WINDOW, &name)?,
                "timeout" => {
                    within(number, u16::from(TIMEOUT), u16::from(TIMEOUT), &name)?;
                }
                "tsize" if self.direction == Direction::Read => agreed.size = Some(number),
                "tsize" if number <= self.size => {}
                "tsize" => return Err(format!("it answers {number} for a tsize of {}", self.size)),
                _ => {
                    return Err(format!(
                        "it answers {}, which was not asked for",
                        shown(&name)
                    ));
                }
            }
            if seen.contains(&name) {
                return Err(format!("it answers {name} twice"));
            }
            seen.push(name);
        }
        Ok(agreed)
    }
}

/// The beginning of a server's word, safe to show.
fn shown(word: &str) -> String {
    let beginning: String = word.chars().take(40).collect();
    Escaped(&beginning).to_string()
}

/// Takes the next text, which ends in a NUL.
fn word<'a>(rest: &mut &'a [u8]) -> Result<&'a str, String> {
    let end = rest.iter().position(|byte| *byte == 0);
    let (word, behind) = end
        .and_then(|end| rest.split_at_checked(end))
        .ok_or("its list of options ends early")?;
    *rest = &behind[1..];
    str::from_utf8(word).map_err(|_| "its list of options is not text".to_owned())
}

fn within(number: u64, least: u16, most: u16, name: &str) -> Result<u16, String> {
    u16::try_from(number)
        .ok()
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| format!("it answers {number} for {name}, of which {most} was asked for"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_request_asks_for_every_option_and_says_the_size_of_what_goes_out() {
        assert_eq!(
            Asked::write(70_000).encode(),
            b"blksize\x001428\0tsize\x0070000\0timeout\x001\0windowsize\x0016\0"
        );
        assert_eq!(
            Asked::READ.encode(),
            b"blksize\x001428\0tsize\x000\0timeout\x001\0windowsize\x0016\0"
        );
    }

    #[test]
    fn what_the_server_answers_is_how_the_transfer_goes() {
        for (options, block, window, size) in [
            (&b""[..], 512, 1, None),
            (b"blksize\x001428\0windowsize\x0016\0", 1428, 16, None),
            (b"BlkSize\x008\0tsize\x007\0", 8, 1, Some(7)),
            (b"timeout\x001\0WINDOWSIZE\x002\0", 512, 2, None),
            (
                b"tsize\x0018446744073709551615\0",
                512,
                1,
                Some(18_446_744_073_709_551_615),
            ),
        ] {
            let agreed = Agreed {
                block,
                window,
                size,
            };
            assert_eq!(Asked::READ.agree(options), Ok(agreed));
        }
    }

    #[test]
    fn the_size_of_what_goes_out_is_no_news() {
        let agreed = Asked::write(7).agree(b"tsize\x007\0");
        assert_eq!(agreed, Ok(Agreed::PLAIN));
    }

    #[test]
    fn what_was_not_asked_for_is_named() {
        for (options, says) in [
            (&b"multicast\x001\0"[..], "multicast, which was not asked"),
            (b"blksize\x001429\0", "1429 for blksize"),
            (b"blksize\x007\0", "7 for blksize"),
            (b"blksize\x0065544\0", "65544 for blksize"),
            (b"windowsize\x0017\0", "17 for windowsize"),
            (b"windowsize\x000\0", "0 for windowsize"),
            (b"timeout\x002\0", "2 for timeout"),
            (b"tsize\x008\0", "8 for a tsize of 7"),
            (b"tsize\x00+1\0", "`+1` for tsize"),
            (b"tsize\x00\0", "`` for tsize"),
            (b"tsize\x0018446744073709551616\0", "for tsize"),
            (b"tsize\x001\0tsize\x001\0", "tsize twice"),
            (b"tsize\x001", "ends early"),
            (b"tsize\0", "ends early"),
            (b"tsize", "ends early"),
            (b"\xff\x001\0", "not text"),
            (b"\x1b[2J\x001\0", "it answers \\u{1b}[2j,"),
        ] {
            let error = Asked::write(7).agree(options).unwrap_err();
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn a_list_that_is_cut_or_has_a_byte_too_many_is_refused() {
        let whole = b"blksize\x001428\0tsize\x005\0";
        let ends_of_options = [0, 13, whole.len()];
        for length in 0..=whole.len() {
            let outcome = Asked::READ.agree(&whole[..length]);
            assert_eq!(
                outcome.is_ok(),
                ends_of_options.contains(&length),
                "{length}"
            );
        }
        assert!(Asked::READ.agree(b"tsize\x005\0x").is_err());
        assert!(Asked::READ.agree(b"tsize\x005\0\0").is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_agree_on_more_than_was_asked_for(
            bytes in proptest::collection::vec(any::<u8>(), 0..64),
            number in any::<u32>(),
        ) {
            let _ = Asked::READ.agree(&bytes);
            let options = format!("blksize\0{number}\0windowsize\0{number}\0");
            if let Ok(agreed) = Asked::READ.agree(options.as_bytes()) {
                prop_assert!((SMALLEST_BLOCK..=BLOCK).contains(&agreed.block));
                prop_assert!((1..=WINDOW).contains(&agreed.window));
            }
        }
    }
}
