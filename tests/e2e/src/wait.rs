//! Waiting for a state.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Result, bail};

/// How many times the expected time a state may take before it counts as never: a busy machine is
/// slow, and a test that fails for that tells nothing. What a state took is told, to be compared.
const SLACK: u32 = 10;

/// How often a state is looked at.
const PERIOD: Duration = Duration::from_millis(20);

/// A state that came, and how long it took.
#[derive(Clone, Copy, Debug)]
pub struct Waited<T> {
    /// What was seen.
    pub seen: T,
    /// From the call until it was seen.
    pub took: Duration,
}

/// Waits until `state` has something to show: `expected` is how long that should take.
///
/// # Errors
///
/// It took more than ten times as long, and what the state last said, if it could not be looked at.
pub async fn within<T>(
    what: &str,
    expected: Duration,
    mut state: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<Waited<T>> {
    let started = now();
    let mut period = tokio::time::interval(PERIOD);
    loop {
        period.tick().await;
        let last = match state().await {
            Ok(Some(seen)) => return Ok(Waited { seen, took: started.elapsed() }),
            Ok(None) => None,
            Err(error) => Some(error),
        };
        let took = started.elapsed();
        if expected * SLACK < took {
            match last {
                Some(error) => return Err(error.context(format!("{what}: not after {took:?}"))),
                None => bail!("{what}: not after {took:?}"),
            }
        }
    }
}

/// The machine's clock, in milliseconds since 1970 UTC: what the pages' own moments are told in.
#[must_use]
pub fn now_ms() -> i64 {
    let since = machine_now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[expect(clippy::disallowed_methods, reason = "the moments of several pages are compared with it")]
fn machine_now() -> SystemTime {
    SystemTime::now()
}

#[expect(clippy::disallowed_methods, reason = "waits are bounded and measured with it")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
