//! Waiting for a state, within a bound; and what is measured of it.

use anyhow::{Result, bail};
use std::time::{Duration, Instant};

/// How soon a state is looked at again at first, and how late at last: looking costs the machine.
const PERIODS: (Duration, Duration) = (Duration::from_millis(5), Duration::from_millis(60));

/// How many times the expected time a state may take before it counts as never: a busy machine is slow.
pub const SLACK: u32 = 10;

/// A moment to measure from.
#[derive(Clone, Copy, Debug)]
pub struct Since(Instant);

impl Since {
    /// This moment.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "waits are bounded and measured with it")]
    pub fn now() -> Self {
        Self(Instant::now())
    }

    /// How long ago it was.
    #[must_use]
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }

    /// What is left until `after` it; zero where that is past.
    #[must_use]
    pub fn left(self, after: Duration) -> Duration {
        after.saturating_sub(self.elapsed())
    }
}

/// Waits until `look` sees something, and says how long that took. `expected` is how long it should.
///
/// # Errors
///
/// It took more than ten times as long; what stood in the way last, if `look` said so.
pub fn within<T>(
    what: &str,
    expected: Duration,
    mut look: impl FnMut() -> Result<Option<T>>,
) -> Result<(T, Duration)> {
    let since = Since::now();
    let mut period = PERIODS.0;
    loop {
        let last = match look() {
            Ok(Some(seen)) => return Ok((seen, since.elapsed())),
            Ok(None) => None,
            Err(error) => Some(error),
        };
        if expected * SLACK < since.elapsed() {
            match last {
                Some(error) => {
                    return Err(error.context(format!("{what}: not after {:?}", since.elapsed())));
                }
                None => bail!("{what}: not after {:?}", since.elapsed()),
            }
        }
        pause(period);
        period = (period * 3 / 2).min(PERIODS.1);
    }
}

/// Lets a while go by: what a plan says is to happen later.
pub fn pause(span: Duration) {
    let since = Since::now();
    // It may wake early.
    while !since.left(span).is_zero() {
        std::thread::park_timeout(since.left(span));
    }
}
