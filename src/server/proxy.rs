//! Whose connection it is that comes through a load balancer: the PROXY protocol, versions 1 and 2
//! (<https://www.haproxy.org/download/3.2/doc/proxy-protocol.txt>), which the balancer speaks before
//! the phone does.

use std::io;
use std::net::IpAddr;

use ppp::{HeaderResult, v1, v2};
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// The longest line of version 1, with its end.
const LONGEST_LINE: usize = 107;

/// What version 2 has before addresses.
const FIXED: usize = 16;

/// The most that is taken of what version 2 says besides addresses: nothing of it is of use here.
const MOST_DETAILS: u16 = 2048;

/// What comes through a balancer has no header by which to know whose it is.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoHeader {
    /// What it begins with is no header.
    #[error("it does not begin with a header of the PROXY protocol; let the balancer send one")]
    Missing,
    /// It is one, and cannot be understood.
    #[error("its header of the PROXY protocol cannot be understood")]
    Invalid,
    /// It ended before.
    #[error("it ended within its header of the PROXY protocol")]
    Ended(#[from] io::Error),
}

/// Reads the header, and nothing of what follows it. Gives the phone's address; none where the
/// balancer speaks for itself.
pub(super) async fn origin(
    stream: &mut (impl AsyncRead + Unpin),
) -> Result<Option<IpAddr>, NoHeader> {
    // Neither version has a shorter one.
    let mut header = vec![0; 15];
    stream.read_exact(&mut header).await?;
    if header.starts_with(v1::PROTOCOL_PREFIX.as_bytes()) {
        while !header.ends_with(v1::PROTOCOL_SUFFIX.as_bytes()) {
            if header.len() == LONGEST_LINE {
                return Err(NoHeader::Invalid);
            }
            header.push(stream.read_u8().await?);
        }
    } else if header.starts_with(v2::PROTOCOL_PREFIX) {
        header.push(stream.read_u8().await?);
        let rest = u16::from_be_bytes([header[FIXED - 2], header[FIXED - 1]]);
        if rest > MOST_DETAILS {
            return Err(NoHeader::Invalid);
        }
        header.resize(header.len() + usize::from(rest), 0);
        stream.read_exact(&mut header[FIXED..]).await?;
    } else {
        return Err(NoHeader::Missing);
    }
    match HeaderResult::parse(&header) {
        HeaderResult::V1(Ok(header)) => Ok(match header.addresses {
            v1::Addresses::Tcp4(it) => Some(it.source_address.into()),
            v1::Addresses::Tcp6(it) => Some(it.source_address.to_canonical()),
            v1::Addresses::Unknown => None,
        }),
        HeaderResult::V2(Ok(header)) if header.command == v2::Command::Proxy => {
            Ok(match header.addresses {
                v2::Addresses::IPv4(it) => Some(it.source_address.into()),
                v2::Addresses::IPv6(it) => Some(it.source_address.to_canonical()),
                v2::Addresses::Unspecified | v2::Addresses::Unix(_) => None,
            })
        }
        HeaderResult::V2(Ok(_)) => Ok(None),
        HeaderResult::V1(Err(_)) | HeaderResult::V2(Err(_)) => Err(NoHeader::Invalid),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is read, and what is left for whoever comes behind.
    fn read(bytes: &[u8]) -> (Result<Option<IpAddr>, NoHeader>, usize) {
        let mut rest = bytes;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let origin = runtime.block_on(origin(&mut rest));
        (origin, rest.len())
    }

    /// A header of version 2: command and family, then what it has of addresses.
    fn binary(command: u8, family: u8, addresses: &[u8]) -> Vec<u8> {
        let length = u16::try_from(addresses.len()).unwrap().to_be_bytes();
        let signature = b"\r\n\r\n\0\r\nQUIT\n";
        [
            &signature[..],
            &[command, family],
            &length,
            addresses,
            b"TLS",
        ]
        .concat()
    }

    #[test]
    fn both_versions_say_whose_it_is_and_leave_what_follows() {
        let ipv4 = [&[192, 0, 2, 7, 192, 0, 2, 1][..], &[0x9c, 0x40, 0x0e, 0xdc]].concat();
        // With details behind them, which are passed over.
        let detailed = [&ipv4[..], &[0x04, 0, 1, 0]].concat();
        let phone: IpAddr = "192.0.2.7".parse().unwrap();
        for (bytes, expected) in [
            (
                b"PROXY TCP4 192.0.2.7 192.0.2.1 40000 3804\r\nTLS".to_vec(),
                Some(phone),
            ),
            (binary(0x21, 0x11, &ipv4), Some(phone)),
            (binary(0x21, 0x11, &detailed), Some(phone)),
            (
                b"PROXY TCP6 2001:db8::7 2001:db8::1 40000 3804\r\nTLS".to_vec(),
                Some("2001:db8::7".parse().unwrap()),
            ),
            (
                b"PROXY TCP6 ::ffff:192.0.2.7 ::1 40000 3804\r\nTLS".to_vec(),
                Some(phone),
            ),
            // The balancer itself, which looks whether somebody listens.
            (b"PROXY UNKNOWN\r\nTLS".to_vec(), None),
            (binary(0x20, 0x00, &[]), None),
        ] {
            let (origin, left) = read(&bytes);
            assert_eq!(origin.unwrap(), expected, "{}", bytes.escape_ascii());
            assert_eq!(left, 3, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn what_is_no_header_is_told_apart_from_one_that_is_wrong_or_cut_off() {
        let hello = [&[0x16, 3, 1, 2, 0][..], &[0; 40]].concat();
        assert!(matches!(read(&hello).0, Err(NoHeader::Missing)));
        for wrong in [
            b"PROXY TCP4 192.0.2.7 nonsense 1 2\r\n".to_vec(),
            [b"PROXY TCP4 ".to_vec(), vec![b'1'; 200]].concat(),
            binary(0x21, 0x11, &[1, 2, 3]),
            binary(0x21, 0x11, &[0; 4000]),
            binary(0x31, 0x11, &[0; 12]),
        ] {
            assert!(
                matches!(read(&wrong).0, Err(NoHeader::Invalid)),
                "{}",
                wrong.escape_ascii()
            );
        }
        assert!(matches!(
            read(b"PROXY TCP4 192.0.2.7").0,
            Err(NoHeader::Ended(_))
        ));
    }

    proptest! {
        #[test]
        fn no_bytes_panic_or_are_waited_for_without_end(bytes in prop::collection::vec(any::<u8>(), 0..300), kind in 0..3) {
            let bytes = match kind {
                0 => bytes,
                1 => [&b"PROXY "[..], &bytes].concat(),
                _ => [v2::PROTOCOL_PREFIX, &bytes].concat(),
            };
            let _ = read(&bytes);
        }
    }
}
