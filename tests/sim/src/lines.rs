//! Lines that carry so many bytes a second and no more: what is sent waits for what was sent before.

use crate::net::{NodeId, PATIENCE_MS};
use std::collections::BTreeMap;

/// A line one way.
#[derive(Clone, Copy, Debug)]
struct Line {
    bytes_per_s: u64,
    /// Until when what was sent before is on it, in milliseconds since the run began.
    busy_until: u64,
}

/// The lines that are slow, by who sends to whom.
#[derive(Debug, Default)]
pub(crate) struct Lines(BTreeMap<(NodeId, NodeId), Line>);

impl Lines {
    /// Makes the line between two slow, both ways.
    pub(crate) fn slow(&mut self, one: NodeId, other: NodeId, bytes_per_s: u64) {
        let line = Line { bytes_per_s: bytes_per_s.max(1), busy_until: 0 };
        self.0.insert((one, other), line);
        self.0.insert((other, one), line);
    }

    /// The line between two carries whatever is sent again.
    pub(crate) fn mend(&mut self, one: NodeId, other: NodeId) {
        self.0.remove(&(one, other));
        self.0.remove(&(other, one));
    }

    /// Whether what goes this way waits.
    pub(crate) fn is_slow(&self, way: (NodeId, NodeId)) -> bool {
        self.0.contains_key(&way)
    }

    pub(crate) fn mend_all(&mut self) {
        self.0.clear();
    }

    /// When a letter of so many bytes has left the line. `None` where whoever asked has hung up by
    /// then, which takes what is still waiting off the line.
    pub(crate) fn carry(&mut self, way: (NodeId, NodeId), now: u64, bytes: usize) -> Option<u64> {
        let Some(line) = self.0.get_mut(&way) else {
            return Some(now);
        };
        let takes = (bytes as u64 * 1_000).div_ceil(line.bytes_per_s);
        let sent = line.busy_until.max(now) + takes;
        let hung_up = now + PATIENCE_MS;
        line.busy_until = sent.min(hung_up);
        (sent <= hung_up).then_some(sent)
    }
}
