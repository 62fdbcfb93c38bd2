//! Over which version of IP a phone and CAPF meet.

use std::fmt;
use std::net::SocketAddr;

/// A phone's IP mode: which versions of IP it speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IpMode {
    /// IPv4 and IPv6, and IPv6 first.
    DualStack,
    /// IPv4 alone.
    Ipv4,
    /// IPv6 alone.
    Ipv6,
}

/// Which addresses a phone has. One of a version that its IP mode does not speak is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IpAddresses {
    /// An IPv4 and an IPv6 address.
    Both,
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
}

/// The addresses of CAPF that a phone tries, in their order, before it says that there is no
/// connection: Table 1 of Cisco's chapter on CAPF (P). Where there are none, the phone cannot
/// connect to CAPF.
///
/// The table is taken at its word where that is surprising. A dual-stack phone without an IPv4
/// address goes on to IPv4 where IPv6 fails (row 3), but does not begin with it where CAPF has
/// nothing else (row 8). What the table leaves open is what it falls back with; a phone that asks
/// for an IPv4 address all the time may have one by then (D). An administrator compares a phone with
/// the table, so the table decides.
pub(super) fn route(mode: IpMode, has: IpAddresses, capf: &[SocketAddr]) -> Vec<SocketAddr> {
    let (ipv4, ipv6): (Vec<_>, Vec<_>) = capf
        .iter()
        .partition(|address| address.ip().to_canonical().is_ipv4());
    let mut route = if mode != IpMode::Ipv4 && has != IpAddresses::Ipv4 {
        ipv6
    } else {
        Vec::new()
    };
    let begins_with_ipv4 = mode != IpMode::Ipv6 && has != IpAddresses::Ipv6;
    let falls_back = mode == IpMode::DualStack && !route.is_empty();
    if begins_with_ipv4 || falls_back {
        route.extend(ipv4);
    }
    route
}

impl fmt::Display for IpMode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::DualStack => "Dual-stack",
            Self::Ipv4 => "IPv4",
            Self::Ipv6 => "IPv6",
        })
    }
}

impl fmt::Display for IpAddresses {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Both => "an IPv4 and an IPv6 address",
            Self::Ipv4 => "an IPv4 address alone",
            Self::Ipv6 => "an IPv6 address alone",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_of_a_version_is_tried_and_a_mapped_ipv4_address_is_one() {
        let capf = ["192.0.2.1:1", "[2001:db8::1]:2", "[2001:db8::2]:3"]
            .map(|address| address.parse().unwrap());
        let found = route(IpMode::DualStack, IpAddresses::Both, &capf);
        assert_eq!(found, [capf[1], capf[2], capf[0]]);
        let mapped = ["[::ffff:192.0.2.1]:1".parse().unwrap()];
        assert_eq!(route(IpMode::Ipv4, IpAddresses::Both, &mapped), mapped);
        assert_eq!(route(IpMode::Ipv6, IpAddresses::Both, &mapped), []);
    }

    #[test]
    fn an_address_that_the_ip_mode_does_not_speak_is_of_no_use() {
        let capf = ["192.0.2.1:1", "[2001:db8::1]:2"].map(|address| address.parse().unwrap());
        assert_eq!(route(IpMode::Ipv4, IpAddresses::Ipv6, &capf), []);
        assert_eq!(route(IpMode::Ipv6, IpAddresses::Ipv4, &capf), []);
    }
}
