//! What time it is, for the whole server.

use fiscal::time::Moment;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// The time zone of every shop: OC Pizza sells in metropolitan France.
const ZONE: &str = "Europe/Paris";

/// Where the server gets the time.
#[derive(Clone, Debug)]
pub struct Clock {
    source: Source,
    zone: TimeZone,
}

#[derive(Clone, Debug)]
enum Source {
    /// The machine's clock, so many milliseconds ahead: 0 but in a demo.
    Machine { ahead_ms: i64 },
    /// Stands still until it is wound on.
    Stopped(Arc<AtomicI64>),
}

/// A start time that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("not a time such as 2026-11-20T19:10:00+01:00")]
pub struct NotATime(#[source] jiff::Error);

impl Clock {
    /// The machine's own clock.
    #[must_use]
    pub fn machine() -> Self {
        Self::of(Source::Machine { ahead_ms: 0 })
    }

    /// A clock that shows `start` (RFC 3339) now and runs from there: for demonstrations.
    ///
    /// # Errors
    ///
    /// [`NotATime`] where `start` is none.
    pub fn starting_at(start: &str) -> Result<Self, NotATime> {
        let start: Timestamp = start.parse().map_err(NotATime)?;
        let ahead_ms = start.as_millisecond() - machine_ms();
        Ok(Self::of(Source::Machine { ahead_ms }))
    }

    /// A clock that stands at `now_ms` until [`Self::advance`].
    #[must_use]
    pub fn stopped(now_ms: i64) -> Self {
        Self::of(Source::Stopped(Arc::new(AtomicI64::new(now_ms))))
    }

    fn of(source: Source) -> Self {
        let zone = TimeZone::get(ZONE).expect("the time-zone database is built in");
        Self { source, zone }
    }

    /// Now, in milliseconds since 1970 UTC.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        match &self.source {
            Source::Machine { ahead_ms } => machine_ms() + ahead_ms,
            Source::Stopped(now) => now.load(Ordering::SeqCst),
        }
    }

    /// Winds a stopped clock on; a running one needs nobody for that.
    pub fn advance(&self, by: Duration) {
        if let Source::Stopped(now) = &self.source {
            let by = i64::try_from(by.as_millis()).expect("tests wait less than 292 million years");
            now.fetch_add(by, Ordering::SeqCst);
        }
    }

    /// Now, with the offset of the shops' time zone.
    #[must_use]
    pub fn moment(&self) -> Moment {
        self.local(self.now_ms())
    }

    /// An instant, with the offset of the shops' time zone.
    #[must_use]
    pub fn local(&self, utc_ms: i64) -> Moment {
        let at = Timestamp::from_millisecond(utc_ms).unwrap_or(Timestamp::UNIX_EPOCH);
        let offset = Zoned::new(at, self.zone.clone()).offset();
        let offset_min = i16::try_from(offset.seconds() / 60).expect("offsets are below 26 hours");
        Moment { utc_ms: at.as_millisecond(), offset_min }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is where the server gets the time")]
fn machine_ms() -> i64 {
    Timestamp::try_from(std::time::SystemTime::now())
        .expect("the machine's clock is within 9,999 years")
        .as_millisecond()
}

#[cfg(test)]
mod tests {
    use super::Clock;

    #[test]
    fn paris_is_an_hour_ahead_in_winter_and_two_in_summer() {
        let clock = Clock::stopped(0);
        assert_eq!(clock.local(1_795_284_300_000).stamp(), "20261121190500");
        assert_eq!(clock.local(1_782_000_000_000).offset(), "+0200");
    }

    #[test]
    fn a_demo_starts_when_it_says() {
        let clock = Clock::starting_at("2026-11-20T19:10:00+01:00").unwrap();
        assert_eq!(clock.moment().local().hour, 19);
        assert!(Clock::starting_at("vendredi").is_err());
    }
}
