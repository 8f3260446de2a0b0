//! A figure, beside what it is measured against.

use serde::Serialize;
use std::fmt;
use std::time::{Duration, Instant};

/// The table's first line.
pub(crate) const HEADING: &str = "what                                        value       against                     value       ratio  goal";

/// A figure of one run.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    /// What was measured.
    pub(crate) name: &'static str,
    /// How much.
    pub(crate) value: f64,
    /// Of what.
    pub(crate) unit: &'static str,
    /// What it is measured against.
    pub(crate) against: &'static str,
    /// How much that was, in the same unit.
    pub(crate) against_value: f64,
    /// The one over the other.
    pub(crate) ratio: f64,
    /// What is aimed at, in words.
    pub(crate) goal: &'static str,
    /// What it waits for: a sentence.
    #[serde(skip)]
    pub(crate) limited_by: String,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, value, unit, against, against_value, ratio, goal, .. } = self;
        write!(
            f,
            "{name:<42} {value:>9.3} {unit:<5} {against:<24} {against_value:>9.3} {unit:<5} {ratio:>6.2}  {goal}"
        )
    }
}

/// The middle of some figures.
pub(crate) fn median(figures: &mut [f64]) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Runs something and says how long it took.
#[expect(clippy::disallowed_methods, reason = "this is where figures are measured")]
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let began = Instant::now();
    let done = work();
    (done, began.elapsed())
}

/// In milliseconds.
pub(crate) fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

/// How long this thread has been on a processor, since it began.
pub(crate) fn on_processor() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::from_secs(seconds) + Duration::from_nanos(u64::try_from(time.tv_nsec).unwrap_or(0))
}
