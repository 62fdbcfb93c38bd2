//! The phones' turns: how many operations are under way at once, and how fast they begin.
//!
//! Many phones that make keys at the same time may interrupt call processing, so an administrator
//! may limit both. A phone over a limit waits: the addresses take turns, so that no number of phones
//! behind one address keeps another waiting, and of one address the first to come is the first to
//! go. Who has waited as long as the parameters say is told to come again.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::model::ParameterValues;

/// When a phone is told to come again at the earliest: it is not worth a TLS handshake before.
const COME_AGAIN: Duration = Duration::from_mins(1);

/// What the parameters say of turns.
#[derive(Clone, Copy, Debug)]
pub(super) struct TurnLimits {
    concurrent: Option<NonZeroU32>,
    per_minute: Option<NonZeroU32>,
    queue_time: Duration,
}

impl From<&ParameterValues> for TurnLimits {
    fn from(parameters: &ParameterValues) -> Self {
        Self {
            concurrent: parameters.concurrent_operations(),
            per_minute: parameters.operations_per_minute(),
            queue_time: parameters.queue_time().unsigned_abs(),
        }
    }
}

/// Who gives the turns.
#[derive(Debug)]
pub(super) struct Gate {
    state: Mutex<State>,
    /// Something has changed for those in the queue.
    changed: Notify,
}

/// A phone's turn; it is given up when dropped.
#[derive(Debug)]
pub(super) struct Turn<'a>(&'a Gate);

/// How many phones there are at the gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turns {
    /// Those whose turn it is.
    pub(super) under_way: u32,
    /// Those that wait for it.
    pub(super) waiting: usize,
}

/// It was not the phone's turn in time: it should come again, after this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Deferred(pub(super) Duration);

#[derive(Debug)]
struct State {
    limits: TurnLimits,
    /// How many nodes share them.
    nodes: NonZeroU32,
    under_way: u32,
    queue: Queue,
    /// The next phone does not begin before.
    next_start: Instant,
}

impl Gate {
    /// A gate without limits.
    pub(super) fn new() -> Self {
        Self {
            state: Mutex::new(State {
                limits: (&ParameterValues::default()).into(),
                nodes: NonZeroU32::MIN,
                under_way: 0,
                queue: Queue::default(),
                next_start: Instant::now(),
            }),
            changed: Notify::new(),
        }
    }

    /// From now on these limits hold, for those, too, that wait already.
    pub(super) fn set_limits(&self, limits: TurnLimits) {
        self.change(|state| state.limits = limits);
    }

    /// From now on so many nodes share the limits.
    pub(super) fn share(&self, nodes: u32) {
        let nodes = NonZeroU32::new(nodes).unwrap_or(NonZeroU32::MIN);
        if self.lock().nodes != nodes {
            self.change(|state| state.nodes = nodes);
        }
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.lock();
        change(&mut state);
        state.next_start = state.next_start.min(Instant::now() + state.pause());
        self.settle(state);
    }

    /// Waits for the turn of a phone at `address`. Dropped before, the phone has left the queue.
    pub(super) async fn admit(&self, address: IpAddr) -> Result<Turn<'_>, Deferred> {
        let (mut waiting, patience) = {
            let mut state = self.lock();
            let patience = Instant::now() + state.limits.queue_time;
            let (number, called) = state.queue.join(address);
            self.settle(state);
            let waiting = Waiting {
                gate: self,
                address,
                number,
                called,
            };
            (waiting, patience)
        };
        match timeout_at(patience, &mut waiting.called).await {
            Ok(Ok(())) => Ok(Turn(self)),
            // Without a sender nobody will be called, which does not come to be.
            Ok(Err(_)) | Err(_) => Err(Deferred(COME_AGAIN)),
        }
    }

    /// How many phones have their turn and how many wait for it, now.
    pub(super) fn count(&self) -> Turns {
        let state = self.lock();
        Turns {
            under_way: state.under_way,
            waiting: state.queue.lanes.values().map(VecDeque::len).sum(),
        }
    }

    /// Calls the phones for whose turn nothing is wanting but time. Never resolves.
    pub(super) async fn keep_pace(&self) {
        loop {
            let next = {
                let mut state = self.lock();
                state.call();
                let waits_for_time = !state.queue.is_empty() && state.has_place();
                waits_for_time.then_some(state.next_start)
            };
            tokio::select! {
                () = sleep_until(next.unwrap_or_else(Instant::now)), if next.is_some() => {}
                () = self.changed.notified() => {}
            }
        }
    }

    fn leave(&self) {
        let mut state = self.lock();
        state.under_way -= 1;
        self.settle(state);
    }

    /// Calls whose turn it is now, and leaves the others to [`Self::keep_pace`].
    fn settle(&self, mut state: MutexGuard<'_, State>) {
        state.call();
        let some_wait = !state.queue.is_empty();
        drop(state);
        if some_wait {
            self.changed.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn has_place(&self) -> bool {
        let limit = self.limits.concurrent;
        limit.is_none_or(|limit| self.under_way < self.part(limit))
    }

    /// This node's part of a limit: together the nodes never go beyond it, but where there are more of
    /// them than it says, because each has to get on.
    fn part(&self, limit: NonZeroU32) -> u32 {
        (limit.get() / self.nodes).max(1)
    }

    /// How long after one phone the next one may begin.
    fn pause(&self) -> Duration {
        self.limits.per_minute.map_or(Duration::ZERO, |per_minute| {
            Duration::from_mins(1) / self.part(per_minute)
        })
    }

    /// Calls as many of those who wait as there are places for, now.
    fn call(&mut self) {
        let now = Instant::now();
        while self.has_place()
            && self.next_start <= now
            && let Some(next) = self.queue.next()
        {
            if next.send(()).is_ok() {
                self.under_way += 1;
                self.next_start = now + self.pause();
            }
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.leave();
    }
}

/// A phone in the queue. Dropped, it leaves the queue, or gives up the turn that it was just given.
struct Waiting<'a> {
    gate: &'a Gate,
    address: IpAddr,
    number: u64,
    called: oneshot::Receiver<()>,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.called.close();
        if self.called.try_recv().is_ok() {
            self.gate.leave();
        } else {
            self.gate.lock().queue.leave(self.address, self.number);
        }
    }
}

/// Those who wait: addresses take turns, and of each the first to come is the first to go.
#[derive(Debug, Default)]
struct Queue {
    lanes: HashMap<IpAddr, VecDeque<(u64, oneshot::Sender<()>)>>,
    /// The addresses of which somebody waits, the next one first.
    round: VecDeque<IpAddr>,
    last_number: u64,
}

impl Queue {
    fn is_empty(&self) -> bool {
        self.round.is_empty()
    }

    fn join(&mut self, address: IpAddr) -> (u64, oneshot::Receiver<()>) {
        let (call, called) = oneshot::channel();
        self.last_number += 1;
        let lane = self.lanes.entry(address).or_default();
        if lane.is_empty() {
            self.round.push_back(address);
        }
        lane.push_back((self.last_number, call));
        (self.last_number, called)
    }

    fn next(&mut self) -> Option<oneshot::Sender<()>> {
        let address = self.round.pop_front()?;
        let lane = self.lanes.get_mut(&address)?;
        let (_, call) = lane.pop_front()?;
        if lane.is_empty() {
            self.lanes.remove(&address);
        } else {
            self.round.push_back(address);
        }
        Some(call)
    }

    fn leave(&mut self, address: IpAddr, number: u64) {
        if let Some(lane) = self.lanes.get_mut(&address) {
            lane.retain(|(waiting, _)| *waiting != number);
            if lane.is_empty() {
                self.lanes.remove(&address);
                self.round.retain(|waiting| *waiting != address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::Pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    fn gate(concurrent: u32, per_minute: u32) -> Gate {
        let gate = Gate::new();
        gate.set_limits(limits(concurrent, per_minute));
        gate
    }

    fn limits(concurrent: u32, per_minute: u32) -> TurnLimits {
        TurnLimits {
            concurrent: NonZeroU32::new(concurrent),
            per_minute: NonZeroU32::new(per_minute),
            queue_time: Duration::from_secs(30),
        }
    }

    fn address(last: u8) -> IpAddr {
        [192, 0, 2, last].into()
    }

    /// A phone that asks for its turn.
    struct Asking<'a> {
        address: u8,
        admission: Pin<Box<dyn Future<Output = Result<Turn<'a>, Deferred>> + 'a>>,
    }

    impl<'a> Asking<'a> {
        fn new(gate: &'a Gate, last: u8) -> Self {
            let admission = Box::pin(gate.admit(address(last)));
            let mut asking = Self {
                address: last,
                admission,
            };
            assert!(asking.turn().is_none(), "it has to wait");
            asking
        }

        fn turn(&mut self) -> Option<Result<Turn<'a>, Deferred>> {
            let mut context = Context::from_waker(Waker::noop());
            match self.admission.as_mut().poll(&mut context) {
                Poll::Ready(turn) => Some(turn),
                Poll::Pending => None,
            }
        }
    }

    /// Whose turn it is, of those who wait.
    fn next<'a>(waiting: &mut Vec<Asking<'a>>) -> (u8, Turn<'a>) {
        let (place, turn) = waiting
            .iter_mut()
            .enumerate()
            .find_map(|(place, asking)| Some((place, asking.turn()?.unwrap())))
            .expect("it is somebody's turn");
        (waiting.remove(place).address, turn)
    }

    #[tokio::test(start_paused = true)]
    async fn without_limits_it_is_always_everybodys_turn() {
        let gate = gate(0, 0);
        let mut turns = Vec::new();
        for _ in 0..1000 {
            turns.push(gate.admit(address(1)).await.unwrap());
        }
        drop(turns);
        assert_eq!(gate.lock().under_way, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn one_more_than_the_limit_waits_for_a_turn_that_is_given_up() {
        let gate = gate(2, 0);
        let first = gate.admit(address(1)).await.unwrap();
        let _second = gate.admit(address(2)).await.unwrap();
        let mut third = Asking::new(&gate, 3);
        let (under_way, waiting) = (2, 1);
        let turns = Turns { under_way, waiting };
        assert_eq!(gate.count(), turns);
        drop(first);
        assert!(third.turn().unwrap().is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn nodes_share_the_limits_and_take_over_the_part_of_one_that_dies() {
        let gate = gate(5, 60);
        gate.share(2);
        let _turns = [gate.admit(address(1)).await.unwrap()];
        let began = Instant::now();
        let second = tokio::select! {
            () = gate.keep_pace() => unreachable!("it never ends"),
            turn = gate.admit(address(2)) => turn.unwrap(),
        };
        assert_eq!(
            began.elapsed().as_secs(),
            2,
            "one of two in two seconds is this node's"
        );
        let mut third = Asking::new(&gate, 3);
        tokio::time::advance(Duration::from_secs(2)).await;
        gate.lock().call();
        assert!(third.turn().is_none(), "two of five are this node's");
        gate.share(1);
        assert!(third.turn().unwrap().is_ok());
        drop(second);
        // More nodes than the limit allows phones: each gets on.
        gate.share(9);
        assert_eq!(gate.lock().part(NonZeroU32::new(5).unwrap()), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn addresses_take_turns_and_of_one_the_first_to_come_is_the_first_to_go() {
        let gate = gate(1, 0);
        let mut turn = gate.admit(address(9)).await.unwrap();
        // Three from one address came before one from each of two others.
        let mut waiting: Vec<_> = [1, 1, 1, 2, 3]
            .into_iter()
            .map(|last| Asking::new(&gate, last))
            .collect();
        let mut order = Vec::new();
        while !waiting.is_empty() {
            drop(turn);
            let address;
            (address, turn) = next(&mut waiting);
            order.push(address);
        }
        assert_eq!(order, [1, 2, 3, 1, 1]);
    }

    #[tokio::test(start_paused = true)]
    async fn who_leaves_the_queue_is_forgotten_and_loses_nobody_a_turn() {
        let gate = gate(1, 0);
        let turn = gate.admit(address(9)).await.unwrap();
        let left = Asking::new(&gate, 1);
        let mut called = Asking::new(&gate, 2);
        let mut last = Asking::new(&gate, 3);
        drop(left);
        assert_eq!(gate.lock().queue.lanes.len(), 2);
        drop(turn);
        // It has been called, and leaves before it hears.
        drop(called);
        drop(last.turn().unwrap().unwrap());
        called = Asking {
            address: 2,
            admission: Box::pin(gate.admit(address(2))),
        };
        assert!(called.turn().unwrap().is_ok());
        let state = gate.lock();
        assert!(state.queue.lanes.is_empty() && state.queue.round.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn who_has_waited_long_enough_is_told_to_come_again_and_takes_no_turn() {
        let gate = gate(1, 0);
        let turn = gate.admit(address(1)).await.unwrap();
        let began = Instant::now();
        let deferred = gate.admit(address(2)).await.unwrap_err();
        assert_eq!(deferred, Deferred(COME_AGAIN));
        assert_eq!(began.elapsed(), Duration::from_secs(30));
        drop(turn);
        assert_eq!(gate.lock().under_way, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_that_is_raised_lets_those_in_who_wait() {
        let gate = gate(1, 0);
        let _turn = gate.admit(address(1)).await.unwrap();
        let mut waiting = Asking::new(&gate, 2);
        gate.set_limits(limits(2, 0));
        assert!(waiting.turn().unwrap().is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_rate_spreads_the_beginnings_evenly() {
        let gate = gate(0, 30);
        let phones = async {
            let began = Instant::now();
            for phone in 0..16 {
                let _turn = gate.admit(address(phone)).await.unwrap();
                let due = Duration::from_secs(2) * u32::from(phone);
                assert!(
                    began.elapsed() >= due && began.elapsed() < due + Duration::from_millis(20)
                );
            }
        };
        tokio::select! {
            () = gate.keep_pace() => {}
            () = phones => {}
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_crowd_at_one_address_takes_no_beginnings_from_another() {
        let gate = gate(0, 30);
        let _first = gate.admit(address(9)).await.unwrap();
        let _crowd: Vec<_> = (0..40).map(|_| Asking::new(&gate, 1)).collect();
        let began = Instant::now();
        tokio::select! {
            () = gate.keep_pace() => {}
            other = gate.admit(address(2)) => drop(other.unwrap()),
        }
        assert!(
            began.elapsed() <= Duration::from_millis(4100),
            "the second beginning is its own"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_rate_that_is_lifted_lets_those_in_who_wait() {
        let gate = gate(0, 1);
        let _first = gate.admit(address(1)).await.unwrap();
        let mut waiting = Asking::new(&gate, 2);
        gate.set_limits(limits(0, 0));
        assert!(waiting.turn().unwrap().is_ok());
    }
}
