//! Where the workstation gets the time and its random bytes: from the machine in the shop, from
//! the test's hand in a test.

use fiscal::time::{Date, Moment};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Before this day there was no such program: a clock that says so is wrong. A constant of the source
/// and not of the machine that builds it, so that the same source gives the same program; each
/// year's first release moves it.
const MADE: Date = Date { year: 2026, month: 1, day: 1 };

/// The dates that a clock can say: from when the program was made until the end of its fifth year
/// after that. Outside of them a person is asked which day it is, and every sale goes on.
pub(crate) const PLAUSIBLE: (Date, Date) = (MADE, Date { year: MADE.year + 5, month: 12, day: 31 });

/// The time.
pub trait Clock: Send + Sync + 'static {
    /// Milliseconds since 1970 UTC, by this clock.
    fn now_ms(&self) -> i64;
}

/// The machine's clock, running from wherever it was set to start.
#[derive(Clone, Debug)]
pub struct MachineClock {
    shift: SignedDuration,
}

impl MachineClock {
    /// What the machine says.
    #[must_use]
    pub const fn true_time() -> Self {
        Self { shift: SignedDuration::ZERO }
    }

    /// A clock that reads `start` now and runs on from there: for demonstrations.
    #[must_use]
    pub fn starting_at(start: Timestamp) -> Self {
        Self { shift: start.duration_since(machine_now()) }
    }
}

impl MachineClock {
    /// A clock that reads this moment (ISO 8601 with an offset) now and runs on from there; `None`
    /// where the text is no moment.
    #[must_use]
    pub fn starting_at_iso(text: &str) -> Option<Self> {
        text.parse().ok().map(Self::starting_at)
    }
}

impl Clock for MachineClock {
    fn now_ms(&self) -> i64 {
        machine_now().saturating_add(self.shift).unwrap_or(Timestamp::MAX).as_millisecond()
    }
}

#[expect(clippy::disallowed_methods, reason = "this is where the machine's clock is read")]
fn machine_now() -> Timestamp {
    Timestamp::try_from(std::time::SystemTime::now()).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// A clock that stands still until it is wound.
#[derive(Clone, Debug, Default)]
pub struct StoppedClock(Arc<AtomicI64>);

impl StoppedClock {
    /// A clock that stands at this moment, in ms since 1970 UTC.
    #[must_use]
    pub fn at(now_ms: i64) -> Self {
        Self(Arc::new(AtomicI64::new(now_ms)))
    }

    /// Winds it to another moment, later or earlier.
    pub fn set(&self, now_ms: i64) {
        self.0.store(now_ms, Ordering::SeqCst);
    }

    /// Winds it forward.
    pub fn advance_ms(&self, by: i64) {
        self.0.fetch_add(by, Ordering::SeqCst);
    }
}

impl Clock for StoppedClock {
    fn now_ms(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// Random bytes: for keys, boots and ids.
pub trait Entropy: Send + 'static {
    /// Fills `bytes`.
    fn fill(&mut self, bytes: &mut [u8]);

    /// That many random bytes.
    fn bytes<const N: usize>(&mut self) -> [u8; N]
    where
        Self: Sized,
    {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }
}

/// The machine's own.
#[derive(Clone, Copy, Debug)]
pub struct MachineEntropy;

impl Entropy for MachineEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the system gives random bytes");
    }
}

/// The same bytes for the same seed: tests and the simulator.
#[derive(Clone, Debug)]
pub struct SeededEntropy {
    seed: [u8; 32],
    drawn: u64,
}

impl SeededEntropy {
    /// Bytes that follow from `seed` alone.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        use sha2::Digest as _;
        Self { seed: sha2::Sha256::digest(seed.to_be_bytes()).into(), drawn: 0 }
    }
}

impl Entropy for SeededEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        use sha2::Digest as _;
        for chunk in bytes.chunks_mut(32) {
            let block = sha2::Sha256::new_with_prefix(self.seed)
                .chain_update(self.drawn.to_be_bytes())
                .finalize();
            chunk.copy_from_slice(&block[..chunk.len()]);
            self.drawn += 1;
        }
    }
}

/// The shop's time zone.
#[derive(Clone, Debug)]
pub struct Zone(TimeZone);

impl Zone {
    /// The zone of this IANA name, or Paris where there is none of that name.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let zone = TimeZone::get(name).or_else(|_| TimeZone::get("Europe/Paris"));
        Self(zone.expect("the zone database is built in"))
    }

    /// An instant with the offset then in force.
    #[must_use]
    pub fn moment(&self, utc_ms: i64) -> Moment {
        let instant = Timestamp::from_millisecond(utc_ms).unwrap_or(Timestamp::UNIX_EPOCH);
        let seconds = self.0.to_offset(instant).seconds();
        let offset_min = i16::try_from(seconds / 60).expect("an offset is less than 26 hours");
        Moment { utc_ms: instant.as_millisecond(), offset_min }
    }

    /// The local time of day, "19:30".
    #[must_use]
    pub fn hour_minute(&self, utc_ms: i64) -> String {
        let local = self.moment(utc_ms).local();
        format!("{:02}:{:02}", local.hour, local.minute)
    }

    /// The next time after `now_ms` (within 12 hours back it counts as past) at which local clocks
    /// read `hour`:`minute`; `None` for a time no clock shows.
    #[must_use]
    pub fn next_at(&self, now_ms: i64, hour: u8, minute: u8) -> Option<i64> {
        let (hour, minute) = (i8::try_from(hour).ok()?, i8::try_from(minute).ok()?);
        let now = Timestamp::from_millisecond(now_ms).ok()?.to_zoned(self.0.clone());
        let today =
            now.with().hour(hour).minute(minute).second(0).subsec_nanosecond(0).build().ok()?;
        let at = if today < now && hour < 6 && 12 <= now.hour() {
            today.tomorrow().ok()?.with().hour(hour).minute(minute).build().ok()?
        } else {
            today
        };
        Some(at.timestamp().as_millisecond())
    }
}
