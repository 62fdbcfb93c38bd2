//! The connections that have not proved yet which phone they are, by address.
//!
//! A handshake costs a signature, and a connection a place; neither is to be had without end from
//! one address. So many of an address are opening at a time; the others wait for their turn, as the
//! phones of a building do that all come back with its power, and of those there are so many at the
//! most. A phone that has proved itself does not count any more, however long it stays.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The connections that are opening, or wait for it, by address.
#[derive(Clone, Default)]
pub(super) struct Openings(Arc<Mutex<HashMap<IpAddr, Network>>>);

/// Those of one address.
struct Network {
    present: usize,
    turns: Arc<Semaphore>,
    /// Whether the log was told that there are too many.
    told: bool,
}

/// A connection that counts; it does so until it is dropped.
pub(super) struct Arrival {
    openings: Openings,
    network: IpAddr,
    turns: Arc<Semaphore>,
}

/// A connection that is opening; another of its address may when it is dropped.
pub(super) struct Opening {
    _arrival: Arrival,
    _turn: Option<OwnedSemaphorePermit>,
}

/// Too many connections of the address are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooMany {
    /// Whether it is the first one of them that is told so.
    pub(super) is_first: bool,
}

impl Openings {
    /// Counts a connection of an address of which `opening` open at a time, and `share` may be there.
    ///
    /// An `opening` that has changed holds for an address when none of its connections is left.
    pub(super) fn enter(
        &self,
        address: IpAddr,
        opening: u32,
        share: usize,
    ) -> Result<Arrival, TooMany> {
        let opening = usize::try_from(opening).unwrap_or(usize::MAX);
        let network = network(address);
        let mut networks = self.lock();
        let there = networks.entry(network).or_insert_with(|| Network {
            present: 0,
            turns: Arc::new(Semaphore::new(opening)),
            told: false,
        });
        if there.present >= share {
            let is_first = !std::mem::replace(&mut there.told, true);
            return Err(TooMany { is_first });
        }
        there.present += 1;
        Ok(Arrival {
            openings: self.clone(),
            network,
            turns: Arc::clone(&there.turns),
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<IpAddr, Network>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Arrival {
    /// Waits for its turn; of an address, the first to come is the first to go.
    pub(super) async fn turn(self) -> Opening {
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        Opening {
            _arrival: self,
            // Nobody closes the semaphore.
            _turn: turn.ok(),
        }
    }
}

impl Drop for Arrival {
    fn drop(&mut self) {
        if let Entry::Occupied(mut network) = self.openings.lock().entry(self.network) {
            network.get_mut().present -= 1;
            if network.get().present == 0 {
                network.remove();
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
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    fn at(address: &str) -> IpAddr {
        address.parse().unwrap()
    }

    /// What is ready at once.
    fn now<T>(future: impl Future<Output = T>) -> Option<T> {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(ready) => Some(ready),
            Poll::Pending => None,
        }
    }

    #[tokio::test]
    async fn of_an_address_so_many_open_and_the_others_wait_for_their_turn() {
        let openings = Openings::default();
        let one = at("192.0.2.1");
        let first = openings.enter(one, 1, 3).unwrap().turn().await;
        let mut second = pin!(openings.enter(one, 1, 3).unwrap().turn());
        assert!(now(second.as_mut()).is_none());
        // Another address waits for nobody.
        assert!(now(openings.enter(at("192.0.2.2"), 1, 3).unwrap().turn()).is_some());
        drop(first);
        assert!(now(second.as_mut()).is_some());
    }

    #[tokio::test]
    async fn of_an_address_so_many_wait_and_no_more_and_the_first_is_told_aloud() {
        let openings = Openings::default();
        let one = at("192.0.2.1");
        let _opening = openings.enter(one, 1, 2).unwrap().turn().await;
        let waiting = openings.enter(one, 1, 2).unwrap();
        for is_first in [true, false] {
            assert_eq!(openings.enter(one, 1, 2).err(), Some(TooMany { is_first }));
        }
        drop(waiting);
        assert!(openings.enter(one, 1, 2).is_ok());
    }

    #[test]
    fn the_addresses_of_one_ipv6_network_are_one() {
        let openings = Openings::default();
        let _first = openings.enter(at("2001:db8::1"), 1, 1).unwrap();
        assert!(openings.enter(at("2001:db8::ffff:2"), 1, 1).is_err());
        assert!(openings.enter(at("2001:db8:0:1::1"), 1, 1).is_ok());
    }

    #[tokio::test]
    async fn who_has_gone_leaves_nothing_behind() {
        let openings = Openings::default();
        drop(openings.enter(at("192.0.2.1"), 1, 1));
        drop(openings.enter(at("192.0.2.1"), 1, 1).unwrap().turn().await);
        assert!(openings.lock().is_empty());
    }
}
