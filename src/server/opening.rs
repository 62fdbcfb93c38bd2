//! The connections that have not proved yet which phone they are, counted by address.
//!
//! A handshake costs a signature, and a connection a place; neither is to be had without end from
//! one address. A phone that has proved itself does not count any more, however long it stays.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many connections are opening, by address.
#[derive(Clone, Default)]
pub(super) struct Openings(Arc<Mutex<HashMap<IpAddr, Count>>>);

#[derive(Default)]
struct Count {
    opening: u32,
    /// Whether the log was told that there are too many.
    told: bool,
}

/// A connection that counts; it does so until it is dropped.
pub(super) struct Opening {
    openings: Openings,
    network: IpAddr,
}

/// Too many connections of the address are opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooMany {
    /// Whether it is the first one of them that is told so.
    pub(super) is_first: bool,
}

impl Openings {
    /// Counts a connection, where the address has fewer than `limit`.
    pub(super) fn enter(&self, address: IpAddr, limit: u32) -> Result<Opening, TooMany> {
        let network = network(address);
        let mut openings = self.lock();
        let count = openings.entry(network).or_default();
        if count.opening >= limit {
            let is_first = !std::mem::replace(&mut count.told, true);
            return Err(TooMany { is_first });
        }
        count.opening += 1;
        Ok(Opening {
            openings: self.clone(),
            network,
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, Count>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Opening {
    fn drop(&mut self) {
        if let Entry::Occupied(mut count) = self.openings.lock().entry(self.network) {
            count.get_mut().opening -= 1;
            if count.get().opening == 0 {
                count.remove();
            }
        }
    }
}

/// What counts as one address: of IPv6 a /64, which is one subscriber's to choose from.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_so_many_and_no_more_and_another_its_own() {
        let openings = Openings::default();
        let [one, other] = ["192.0.2.1", "192.0.2.2"].map(|text| text.parse().unwrap());
        let first = openings.enter(one, 2).unwrap();
        let _second = openings.enter(one, 2).unwrap();
        let told = [true, false].map(|is_first| TooMany { is_first });
        for expected in told {
            assert_eq!(openings.enter(one, 2).err(), Some(expected));
        }
        assert!(openings.enter(other, 2).is_ok());
        drop(first);
        assert!(openings.enter(one, 2).is_ok());
    }

    #[test]
    fn the_addresses_of_one_ipv6_network_are_one() {
        let openings = Openings::default();
        let [one, same, other] = ["2001:db8::1", "2001:db8::ffff:2", "2001:db8:0:1::1"]
            .map(|text| text.parse().unwrap());
        let _first = openings.enter(one, 1).unwrap();
        assert!(openings.enter(same, 1).is_err());
        assert!(openings.enter(other, 1).is_ok());
    }

    #[test]
    fn who_has_gone_leaves_nothing_behind() {
        let openings = Openings::default();
        drop(openings.enter("192.0.2.1".parse().unwrap(), 1));
        assert!(openings.lock().is_empty());
    }
}
