//! A shop with no way out: how long an order takes to the kitchen, and what is left of a till whose
//! machine is destroyed.

use crate::count::File;
use crate::pc::{BOUND, Outcome as Done, Pc};
use crate::programs::Programs;
use crate::wait::{Since, pause, within};
use crate::world::{Ground, LEVEL, World};
use anyhow::{Context, Result, bail, ensure};
use domain::id::OrderId;
use fiscal::Money;
use pos_api::{Answer, Command, KitchenStep, Query, Reply, Tender};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// What a shop's radio does: so long at least, and up to so much more.
const RADIO: (Duration, Duration) = (Duration::from_millis(2), Duration::from_millis(4));
/// How many orders are in the kitchen at a time.
const IN_KITCHEN: usize = 12;
/// How many orders are on the board unpaid at a time.
const UNPAID: usize = 20;
/// How many more orders are sent at most, one after the other, until the till is destroyed.
const AFTER: usize = 200;
/// How often somebody looks at the till's safety line after an order, and how long between.
const GLANCES: u32 = 4;
const GLANCE: Duration = Duration::from_millis(8);
/// How often the line has said that all is on a second machine when the till is destroyed, and how much
/// later that is.
const SAFE_TIMES: u32 = 5;
const MEANWHILE: Duration = Duration::from_millis(25);
/// What an order may take to the kitchen, beside a round trip: the design's goal, for 99 of 100.
const GOAL: Duration = Duration::from_millis(100);
/// Within which the second till has it all.
const TAKEN_OVER: Duration = Duration::from_secs(5);
/// The port of the echo that the round trip is measured with.
const ECHO_PORT: u16 = 7_399;

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// How many orders are measured.
    pub orders: usize,
    /// Whether a missed goal is merely told.
    pub at_any_speed: bool,
}

/// What was measured.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// From the commit at the till to the kitchen's screen, sorted.
    times: Vec<Duration>,
    /// Round trips through the relay, in the same run, sorted.
    round_trips: Vec<Duration>,
    /// How many orders the till had shown as witnessed when it was destroyed, and how many it had sent.
    witnessed: (usize, usize),
    /// Until the second till showed them all, and until it had the money of one.
    taken_over: (Duration, Duration),
}

impl Outcome {
    /// Whether the goals were met.
    #[must_use]
    pub fn is_quick_enough(&self) -> bool {
        self.share(&self.times, 99) <= GOAL + self.share(&self.round_trips, 50)
            && self.taken_over.1 <= TAKEN_OVER
    }

    fn share(&self, of: &[Duration], percent: usize) -> Duration {
        let last = of.len().saturating_sub(1);
        of.get((of.len() * percent / 100).min(last)).copied().unwrap_or_default()
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |it: Duration| it.as_secs_f64() * 1e3;
        writeln!(
            f,
            "{} orders, committed to on the kitchen's screen: p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms",
            self.times.len(),
            ms(self.share(&self.times, 50)),
            ms(self.share(&self.times, 99)),
            ms(self.share(&self.times, 100)),
        )?;
        writeln!(
            f,
            "round trip through the relay: p50 {:.1} ms, p99 {:.1} ms; goal: p99 <= {} ms + p50",
            ms(self.share(&self.round_trips, 50)),
            ms(self.share(&self.round_trips, 99)),
            GOAL.as_millis(),
        )?;
        write!(
            f,
            "till destroyed after {} orders, {} shown as witnessed: all on the second till after \
             {:.0} ms, one of them paid there after {:.0} ms; goal: {} s",
            self.witnessed.1,
            self.witnessed.0,
            ms(self.taken_over.0),
            ms(self.taken_over.1),
            TAKEN_OVER.as_secs(),
        )
    }
}

/// The shop that is measured, and what it has done so far.
struct Shop<'a> {
    world: &'a World,
    first: Arc<Pc>,
    second: Arc<Pc>,
    kitchen: Arc<Pc>,
    /// When each order was committed.
    sent: BTreeMap<OrderId, u64>,
    /// When each was on the kitchen's screen.
    shown: BTreeMap<OrderId, u64>,
    to_cook: VecDeque<OrderId>,
    unpaid: VecDeque<OrderId>,
}

/// Measures.
///
/// # Errors
///
/// An order does not reach the kitchen, or one that was witnessed is lost.
pub fn play(wanted: &Wanted) -> Result<Outcome> {
    let ground = Arc::new(Ground::prepare(Programs::beside(None)?)?);
    let world = World::new(&ground, 0, 1)?;
    let pcs = [0, 1, 2].map(|place| Arc::clone(&world.pcs[place]));
    let [first, second, kitchen] = pcs;
    let cashier = World::cashier(&first.badge.shop)?;
    for till in [&first, &second] {
        let (operator, pin) = (cashier.code.clone(), cashier.pin.clone());
        till.run(Command::SignIn { operator, pin })?;
    }
    // From here on there is no way out of the shop.
    for place in 0..world.pcs.len() {
        world.road_to_centre(place).stall();
    }
    for (from, to) in [(0, 1), (1, 0), (0, 2), (2, 0), (1, 2), (2, 1)] {
        world.road(from, to).set(RADIO.0, RADIO.1);
    }
    kitchen.watch_kitchen()?;
    let mut shop = Shop {
        world: &world,
        first,
        second,
        kitchen,
        sent: BTreeMap::new(),
        shown: BTreeMap::new(),
        to_cook: VecDeque::new(),
        unpaid: VecDeque::new(),
    };
    let mut round_trips = shop.round_trips(wanted.orders.clamp(50, 500))?;
    let mut times = shop.measure(wanted.orders)?;
    times.sort();
    round_trips.sort();
    let (witnessed, taken_over) = shop.destroy().context("the till destroyed")?;
    shop.survive().context("what is left of the shop")?;
    world.remove()?;
    Ok(Outcome { times, round_trips, witnessed, taken_over })
}

impl Shop<'_> {
    /// What a few bytes take from the first till through the relay to the kitchen and back.
    fn round_trips(&self, count: usize) -> Result<Vec<Duration>> {
        let echo = SocketAddr::from((self.kitchen.host.address(), ECHO_PORT));
        self.world.relay().echo(&self.kitchen.host, echo)?;
        let door = SocketAddr::from((self.first.host.gate(), ECHO_PORT));
        let road = self.world.relay().open(door, crate::relay::Target::One(echo))?;
        road.set(RADIO.0, RADIO.1);
        let mut stream = self.first.host.there(|| Ok(TcpStream::connect(door)?))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(BOUND))?;
        let mut times = Vec::new();
        let mut bytes = [7; 256];
        for _ in 0..count {
            let since = Since::now();
            stream.write_all(&bytes)?;
            stream.read_exact(&mut bytes)?;
            times.push(since.elapsed());
        }
        Ok(times)
    }

    /// Sends orders, one when the one before is on the kitchen's screen; they are cooked and paid some
    /// orders later, as on a Friday.
    fn measure(&mut self, orders: usize) -> Result<Vec<Duration>> {
        let mut times = Vec::new();
        for _ in 0..orders {
            let order = self.send()?.context("the till refuses an order")?;
            let kitchen = Arc::clone(&self.kitchen);
            let (at, _) = within("the kitchen shows it", Duration::from_secs(1), || {
                self.shown.extend(kitchen.shown());
                Ok(self.shown.get(&order).copied())
            })?;
            times.push(Duration::from_nanos(at.saturating_sub(self.sent[&order])));
            self.cook()?;
            self.cash_up()?;
        }
        Ok(times)
    }

    /// Sends an order; `None` where the till is gone.
    fn send(&mut self) -> Result<Option<OrderId>> {
        let text = "REI G; MAR".to_owned();
        match self.first.command(Command::AddTyped { text }) {
            Done::Done(..) => {}
            Done::Failure(failure) => bail!("refused: {failure:?}"),
            Done::NoAnswer(_) => return Ok(None),
        }
        match self.first.command(Command::SendToKitchen) {
            Done::Done(reply, at_ns) => {
                let Reply::Order { order, .. } = *reply else {
                    bail!("answered otherwise: {reply:?}");
                };
                self.sent.insert(order, at_ns);
                self.to_cook.push_back(order);
                self.unpaid.push_back(order);
                Ok(Some(order))
            }
            Done::Failure(failure) => bail!("refused: {failure:?}"),
            Done::NoAnswer(_) => Ok(None),
        }
    }

    fn cook(&mut self) -> Result<()> {
        while IN_KITCHEN < self.to_cook.len() {
            let Some(order) = self.to_cook.pop_front() else { break };
            for step in [KitchenStep::Start, KitchenStep::Ready] {
                self.kitchen.run(Command::Kitchen { order, line: None, step })?;
            }
        }
        Ok(())
    }

    fn cash_up(&mut self) -> Result<()> {
        while UNPAID < self.unpaid.len() {
            let Some(order) = self.unpaid.pop_front() else { break };
            self.first.run(pay(order))?;
            self.first.run(Command::HandOver { order })?;
        }
        Ok(())
    }

    /// The second till and the kitchen come to hold the same, and the inspector believes both.
    fn survive(&self) -> Result<()> {
        within("both hold the same", LEVEL, || {
            let ends = |pc: &Pc| File::open(&pc.file())?.ends();
            Ok((ends(&self.second)? == ends(&self.kitchen)?).then_some(()))
        })?;
        let left: [&Pc; 2] = [&self.second, &self.kitchen];
        left.iter().try_for_each(|pc| pc.kill())?;
        self.world.inspect(&left)
    }

    /// Whether the first till says, soon, that it alone holds nothing.
    fn is_witnessed(&self) -> bool {
        // What people do between two orders: the line that says how safe the shop is gets time.
        (0..GLANCES).any(|_| {
            pause(GLANCE);
            let safety = self.first.query(Query::Safety);
            matches!(safety, Ok(Answer::Safety(safety)) if safety.alone == 0)
        })
    }

    /// Destroys the first till while it sends orders. What it had shown as witnessed must be on the
    /// second, which takes the money of one.
    fn destroy(&mut self) -> Result<((usize, usize), (Duration, Duration))> {
        let mut witnessed: BTreeSet<OrderId> = BTreeSet::new();
        let mut sent: BTreeSet<OrderId> = self.unpaid.iter().copied().collect();
        let first = Arc::clone(&self.first);
        let (strike, struck) = mpsc::channel();
        let end = std::thread::spawn(move || {
            // Whoever sends orders goes on meanwhile: it happens in the midst of one.
            struck.recv()?;
            pause(MEANWHILE);
            first.destroy()
        });
        let mut safe_times = 0;
        while sent.len() < UNPAID + AFTER {
            let Some(order) = self.send()? else { break };
            sent.insert(order);
            if self.is_witnessed() {
                witnessed.clone_from(&sent);
                safe_times += 1;
            }
            if safe_times == SAFE_TIMES {
                strike.send(()).ok();
            }
        }
        drop(strike);
        end.join().map_err(|_| anyhow::anyhow!("it panicked"))??;
        let since = Since::now();
        ensure!(!witnessed.is_empty(), "the till never said that nothing is held by it alone");
        let second = Arc::clone(&self.second);
        within("the second till shows all that was witnessed", TAKEN_OVER, || {
            let Answer::Orders(orders) = second.query(Query::Orders)? else { return Ok(None) };
            let here: BTreeSet<OrderId> = orders.iter().map(|it| it.order).collect();
            Ok(witnessed.is_subset(&here).then_some(()))
        })?;
        let shown = since.elapsed();
        let order = *witnessed.last().context("one was witnessed")?;
        within("the second till takes the money", TAKEN_OVER, || {
            match second.command(pay(order)) {
                Done::Done(..) => Ok(Some(())),
                // Who answers for the order has first to be settled.
                Done::Failure(failure) => bail!("refused: {failure:?}"),
                Done::NoAnswer(why) => bail!("no answer: {why:?}"),
            }
        })?;
        Ok(((witnessed.len(), sent.len()), (shown, since.elapsed())))
    }
}

fn pay(order: OrderId) -> Command {
    Command::TakePayment {
        order: Some(order),
        tenders: vec![Tender::cash(Money::from_cents(20_000))],
    }
}
