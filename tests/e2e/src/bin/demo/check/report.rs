//! A line a step, with what was measured.

use std::time::Duration;

use anyhow::Result;

use super::Speed;
use crate::say;

/// What is told of the story as it is played.
pub(super) struct Report {
    step: u32,
    /// How many times its bound a step may take.
    times: u128,
    late: Vec<String>,
}

/// A time that was measured, and what it may be at most.
pub(super) struct Measured {
    what: &'static str,
    took: Duration,
    bound: Option<Duration>,
}

/// A time that has a bound.
pub(super) const fn within(what: &'static str, took: Duration, bound: Duration) -> Measured {
    Measured { what, took, bound: Some(bound) }
}

/// A time that is told only.
pub(super) const fn took(what: &'static str, took: Duration) -> Measured {
    Measured { what, took, bound: None }
}

impl Report {
    pub(super) const fn new(speed: Speed) -> Self {
        let times = match speed {
            Speed::Bounded => 1,
            Speed::TenTimes => 10,
        };
        Self { step: 0, times, late: Vec::new() }
    }

    /// A step that held, and its times; one that is over its bound is remembered.
    pub(super) fn step(&mut self, held: &str, measured: &[Measured]) -> Result<()> {
        self.step += 1;
        let mut line = format!("{:2}  {held}", self.step);
        for Measured { what, took, bound } in measured {
            let took = took.as_millis();
            line.push_str(&format!("; {what} {took} ms"));
            let Some(bound) = bound.map(|it| it.as_millis()) else { continue };
            let is_late = bound * self.times < took;
            line.push_str(&format!(" ({} {bound})", if bound < took { "MORE THAN" } else { "≤" }));
            if is_late {
                self.late.push(format!("step {}, {what}: {took} ms > {bound} ms", self.step));
            }
        }
        say(&line)
    }

    /// The times that were over their bounds.
    pub(super) fn late(self) -> Vec<String> {
        self.late
    }
}
