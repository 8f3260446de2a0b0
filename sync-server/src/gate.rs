//! How much is done at once: whoever comes while there is too much is told when to come again.
//!
//! A push takes a place among those that are written, or waits for one. Places are given shop by
//! shop in turn, so that a shop with a week of backlog gets one turn as the shop beside it that just
//! sold a pizza; and every second one goes to a small push, so that a live sale is never behind a
//! queue of batches. What waits is bounded, in number and in bytes; beyond that the answer is BUSY,
//! with a wait that grows with the queue and differs from one request to the next.
//!
//! Greetings, reads and the finding out of who asks take no place: they need a database connection
//! for a moment, and the places are fewer than the connections.

use replication::RequestHash;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// A push of at most so many bytes is small: a sale has about 3 KiB.
pub const SMALL_BYTES: usize = 64 * 1024;
/// Pushes of one shop that wait: as many lanes as one workstation has.
const WAITING_OF_SHOP: usize = 4;
/// Large pushes that wait: of 2 MiB each, 64 MiB.
const WAITING_LARGE: usize = 32;
/// Small ones: 64 MiB too.
const WAITING_SMALL: usize = 1_024;
/// Pushes of one shop that are written at once: they wait for the shop's row in the end.
const RUNNING_OF_SHOP: usize = 2;
/// The shortest and the longest wait that is asked for, in milliseconds, before jitter.
const RETRY_MS: (u64, u64) = (500, 15_000);
/// What one push is taken to need until some were measured, in milliseconds.
const FIRST_COST_MS: u64 = 50;

/// How large a push is, as far as its turn goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Size {
    /// At most [`SMALL_BYTES`].
    Small,
    /// More.
    Large,
}

impl Size {
    /// Of an envelope of so many bytes.
    #[must_use]
    pub const fn of(bytes: usize) -> Self {
        if bytes <= SMALL_BYTES { Self::Small } else { Self::Large }
    }

    const fn other(self) -> Self {
        match self {
            Self::Small => Self::Large,
            Self::Large => Self::Small,
        }
    }
}

/// Come again in so many milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy {
    /// After how long.
    pub retry_ms: u32,
}

/// What goes on at the gate, for whoever looks after the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Pushes being written.
    pub running: usize,
    /// Pushes that wait.
    pub waiting: usize,
    /// How often BUSY was answered since the start.
    pub refused: u64,
}

/// The places, and who waits for one. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Gate(Arc<Mutex<State>>);

/// Those of one size that wait, by shop.
#[derive(Debug, Default)]
struct Queue {
    shops: BTreeMap<String, VecDeque<oneshot::Sender<Place>>>,
    count: usize,
    /// The shop that had the last turn: the next comes after it.
    turn: String,
}

#[derive(Debug)]
struct State {
    places: usize,
    running: BTreeMap<String, usize>,
    small: Queue,
    large: Queue,
    /// Whose turn it is.
    next: Size,
    /// What a push takes, in milliseconds, the latest counting an eighth.
    cost_ms: u64,
    refused: u64,
}

/// A place at the gate; dropped, it is the next one's.
#[derive(Debug)]
pub struct Place {
    gate: Gate,
    shop: String,
    since: Instant,
}

impl Drop for Place {
    fn drop(&mut self) {
        let took_ms = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        let given = self.gate.state().leave(&self.shop, took_ms, &self.gate);
        drop(given);
    }
}

impl Gate {
    /// For a pool of so many connections: six of ten may write at once, one at least.
    #[must_use]
    pub fn of_pool(connections: u32) -> Self {
        let connections = usize::try_from(connections).unwrap_or(usize::MAX);
        Self(Arc::new(Mutex::new(State {
            places: (connections.saturating_mul(3) / 5).max(1),
            running: BTreeMap::new(),
            small: Queue::default(),
            large: Queue::default(),
            next: Size::Small,
            cost_ms: FIRST_COST_MS,
            refused: 0,
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place, at once or in turn.
    ///
    /// # Errors
    ///
    /// [`Busy`] where too much waits already, of this shop or altogether.
    pub async fn enter(&self, shop: &str, size: Size, request: RequestHash) -> Result<Place, Busy> {
        let waits = {
            let mut state = self.state();
            // Nobody who waits has room: whoever had any was let in as it came free.
            if state.has_room(shop) {
                state.of_size(size).turn = shop.into();
                return Ok(state.admit(shop.into(), self));
            }
            state.queue(shop, size, request)?
        };
        // The sender is dropped only with the gate itself, as the server ends.
        waits.await.map_err(|_| self.state().busy(request))
    }

    /// Says no to whoever sent this.
    #[must_use]
    pub fn busy(&self, request: RequestHash) -> Busy {
        self.state().busy(request)
    }

    /// What goes on.
    #[must_use]
    pub fn load(&self) -> Load {
        let state = self.state();
        Load {
            running: state.running.values().sum(),
            waiting: state.small.count.saturating_add(state.large.count),
            refused: state.refused,
        }
    }
}

impl State {
    fn has_room(&self, shop: &str) -> bool {
        let of_shop = self.running.get(shop).copied().unwrap_or(0);
        self.running.values().sum::<usize>() < self.places && of_shop < RUNNING_OF_SHOP
    }

    fn admit(&mut self, shop: String, gate: &Gate) -> Place {
        let count = self.running.entry(shop.clone()).or_default();
        *count = count.saturating_add(1);
        Place { gate: gate.clone(), shop, since: Instant::now() }
    }

    fn queue(
        &mut self,
        shop: &str,
        size: Size,
        request: RequestHash,
    ) -> Result<oneshot::Receiver<Place>, Busy> {
        let most = match size {
            Size::Small => WAITING_SMALL,
            Size::Large => WAITING_LARGE,
        };
        let queue = self.of_size(size);
        let of_shop = queue.shops.get(shop).map_or(0, VecDeque::len);
        if most <= queue.count || WAITING_OF_SHOP <= of_shop {
            return Err(self.busy(request));
        }
        let (sender, receiver) = oneshot::channel();
        queue.shops.entry(shop.into()).or_default().push_back(sender);
        queue.count = queue.count.saturating_add(1);
        Ok(receiver)
    }

    const fn of_size(&mut self, size: Size) -> &mut Queue {
        match size {
            Size::Small => &mut self.small,
            Size::Large => &mut self.large,
        }
    }

    /// A place is free again: whoever is next gets it. What is returned is dropped once the lock is
    /// given back, for a place that nobody waits for any more comes back here.
    fn leave(&mut self, shop: &str, took_ms: u64, gate: &Gate) -> Vec<Place> {
        self.cost_ms = (self.cost_ms.saturating_mul(7).saturating_add(took_ms) / 8).max(1);
        if let Some(count) = self.running.get_mut(shop) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.running.remove(shop);
            }
        }
        let mut unwanted = Vec::new();
        while unwanted.is_empty()
            && let Some((shop, waits)) = self.next_in_turn()
        {
            let place = self.admit(shop, gate);
            if let Err(place) = waits.send(place) {
                unwanted.push(place);
            }
        }
        unwanted
    }

    /// Small and large in turn, and among those of one size shop by shop.
    fn next_in_turn(&mut self) -> Option<(String, oneshot::Sender<Place>)> {
        let first = self.next;
        for size in [first, first.other()] {
            let shops: Vec<String> = {
                let queue = self.of_size(size);
                let after = queue.shops.keys().filter(|it| queue.turn < **it);
                let before = queue.shops.keys().filter(|it| **it <= queue.turn);
                after.chain(before).cloned().collect()
            };
            let Some(shop) = shops.into_iter().find(|shop| self.has_room(shop)) else {
                continue;
            };
            let queue = self.of_size(size);
            let waiting = queue.shops.get_mut(&shop)?;
            let sender = waiting.pop_front()?;
            if waiting.is_empty() {
                queue.shops.remove(&shop);
            }
            queue.count = queue.count.saturating_sub(1);
            queue.turn.clone_from(&shop);
            self.next = size.other();
            return Some((shop, sender));
        }
        None
    }

    /// As long as the queue takes, and up to as long again, by what the request is: no two of those
    /// that were turned away together come back together.
    fn busy(&mut self, request: RequestHash) -> Busy {
        self.refused = self.refused.saturating_add(1);
        let waiting = self.small.count.saturating_add(self.large.count).saturating_add(1);
        let places = u64::try_from(self.places).unwrap_or(1).max(1);
        let queue_ms = self.cost_ms.saturating_mul(u64::try_from(waiting).unwrap_or(u64::MAX));
        let wait_ms = (queue_ms / places).clamp(RETRY_MS.0, RETRY_MS.1);
        let [a, b, ..] = request.0;
        let jitter_ms = wait_ms.saturating_mul(u64::from(u16::from_be_bytes([a, b]))) >> 16;
        let retry_ms = u32::try_from(wait_ms.saturating_add(jitter_ms)).unwrap_or(u32::MAX);
        Busy { retry_ms }
    }
}

/// Bodies that are being read or worked on: each takes its length of this many KiB, listens and
/// other small ones nothing.
pub const BODIES_KIB: usize = 64 * 1024;
/// What a sender is told over HTTP, where its request is not read at all: it has no hash to sign.
pub const BODY_RETRY: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::{Gate, RETRY_MS, Size, WAITING_LARGE, WAITING_OF_SHOP};
    use replication::RequestHash;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    const ONE: RequestHash = RequestHash([0; 32]);

    /// Waits at the gate without a runtime's help: polled once, it is in the queue.
    macro_rules! waits {
        ($gate:expr, $shop:expr, $size:expr, $as:ident) => {
            let mut $as = pin!($gate.enter($shop, $size, ONE));
            let mut nobody = Context::from_waker(Waker::noop());
            assert!($as.as_mut().poll(&mut nobody).is_pending());
        };
    }

    fn has_place<F: Future>(waiting: std::pin::Pin<&mut F>) -> Option<F::Output> {
        match waiting.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(place) => Some(place),
            Poll::Pending => None,
        }
    }

    #[tokio::test]
    async fn shops_take_turns_however_much_one_of_them_brings() {
        let gate = Gate::of_pool(1);
        let first = gate.enter("P01", Size::Large, ONE).await.unwrap();
        waits!(gate, "P01", Size::Large, again);
        waits!(gate, "P01", Size::Large, and_again);
        waits!(gate, "P02", Size::Large, other);
        drop(first);
        let place = has_place(other.as_mut()).expect("the other shop's turn").unwrap();
        assert!(has_place(again.as_mut()).is_none());
        drop(place);
        drop(has_place(again.as_mut()).expect("its turn again").unwrap());
        assert!(has_place(and_again.as_mut()).is_some());
    }

    #[tokio::test]
    async fn a_live_sale_waits_behind_one_batch_and_not_behind_a_queue() {
        let gate = Gate::of_pool(1);
        let first = gate.enter("P01", Size::Large, ONE).await.unwrap();
        waits!(gate, "P02", Size::Large, two);
        waits!(gate, "P03", Size::Large, three);
        waits!(gate, "P09", Size::Small, sale);
        drop(first);
        drop(has_place(sale.as_mut()).expect("first among those that wait").unwrap());
        let place = has_place(two.as_mut()).expect("then a large one").unwrap();
        waits!(gate, "P09", Size::Small, sale);
        drop(place);
        let _sold = has_place(sale.as_mut()).expect("a sale's turn again").unwrap();
        assert!(has_place(three.as_mut()).is_none());
    }

    #[tokio::test]
    async fn a_shop_that_has_its_share_keeps_nobody_else_out() {
        let gate = Gate::of_pool(10);
        let _first = gate.enter("P01", Size::Large, ONE).await.unwrap();
        let _second = gate.enter("P01", Size::Large, ONE).await.unwrap();
        waits!(gate, "P01", Size::Large, third);
        let _other = gate.enter("P02", Size::Small, ONE).now().expect("there is room").unwrap();
        assert!(has_place(third.as_mut()).is_none());
    }

    #[tokio::test]
    async fn what_waits_is_bounded_by_shop_and_altogether() {
        let gate = Gate::of_pool(1);
        let _first = gate.enter("P01", Size::Large, ONE).await.unwrap();
        let mut waiting = Vec::new();
        let mut poll = |shop: String| {
            let gate = gate.clone();
            let mut it = Box::pin(async move { gate.enter(&shop, Size::Large, ONE).await });
            match has_place(it.as_mut()) {
                Some(answer) => answer.err(),
                None => {
                    waiting.push(it);
                    None
                }
            }
        };
        for _ in 0..WAITING_OF_SHOP {
            assert_eq!(poll("P01".into()), None);
        }
        assert!(poll("P01".into()).is_some(), "a shop has its share");
        for shop in WAITING_OF_SHOP..WAITING_LARGE {
            assert_eq!(poll(format!("S{shop}")), None);
        }
        let busy = poll("P99".into()).expect("nobody's memory is without end");
        assert!(RETRY_MS.0 <= u64::from(busy.retry_ms));
        assert_eq!(gate.load().refused, 2);
        assert!(gate.enter("P99", Size::Small, ONE).now().is_none(), "a sale waits all the same");
    }

    trait Now: Future + Sized {
        fn now(self) -> Option<Self::Output> {
            has_place(pin!(self).as_mut())
        }
    }
    impl<F: Future> Now for F {}

    #[tokio::test]
    async fn a_place_that_nobody_waits_for_any_more_is_the_next_ones() {
        let gate = Gate::of_pool(1);
        let first = gate.enter("P01", Size::Small, ONE).await.unwrap();
        let mut gone = Box::pin(gate.enter("P02", Size::Small, ONE));
        assert!(has_place(gone.as_mut()).is_none());
        waits!(gate, "P03", Size::Small, stays);
        drop(gone);
        drop(first);
        drop(has_place(stays.as_mut()).expect("the place went on").unwrap());
        assert_eq!(gate.load().running, 0);
    }

    #[test]
    fn those_turned_away_together_are_told_different_times() {
        let gate = Gate::of_pool(10);
        let told = |byte| gate.busy(RequestHash([byte; 32])).retry_ms;
        assert_eq!(told(0), 500);
        assert!(told(0) < told(100) && told(100) < told(255));
        assert!(told(255) < 1_000);
    }
}
