//! What becomes of letters on their way, and how that is counted: by the burst and not by the letter.

use crate::net::{Asked, CENTRE, LISTEN_PATIENCE_MS, Letter, NodeId, PATIENCE_MS};
use crate::world::{Event, World};
use std::collections::BTreeMap;

/// What is hit again within so many milliseconds belongs to the same burst.
const BURST_MS: u64 = 5_000;
/// Of a thousand letters, how many a gust hits.
const GUST: u64 = 350;

/// A time in which many letters fare ill in one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gust {
    Lost,
    Doubled,
    Late,
    Flipped,
}

impl Gust {
    const fn kind(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Doubled => "doubled",
            Self::Late => "late",
            Self::Flipped => "flipped",
        }
    }
}

/// What the ways between the machines are like just now.
#[derive(Debug, Default)]
pub(crate) struct Sky {
    /// Until when each gust blows, in milliseconds since the run began.
    gusts: Vec<(Gust, u64)>,
    /// When the last letter of each way arrives.
    arrivals: BTreeMap<(NodeId, NodeId), u64>,
    /// When each kind last hit something.
    hits: BTreeMap<&'static str, u64>,
}

impl World {
    pub(crate) fn gust(&mut self, gust: Gust, for_ms: u64) {
        self.sky.gusts.push((gust, self.now + for_ms));
    }

    /// A line carries little from now on, both ways.
    pub(crate) fn slow(&mut self, one: NodeId, other: NodeId) {
        let bytes_per_s = self.disks.between(60, 600);
        self.lines.slow(one, other, bytes_per_s);
        self.burst("slow line");
    }

    /// The weather is fine, and stays so.
    pub(crate) fn clear_sky(&mut self) {
        self.weather = crate::plan::Weather::default();
        self.sky.gusts.clear();
        self.lines.mend_all();
        self.cuts.clear();
    }

    /// Whether nothing can happen to a letter between two.
    pub(crate) fn is_fine(&self, from: NodeId, to: NodeId) -> bool {
        let ways = [(from, to), (to, from)];
        self.weather.is_fine()
            && self.sky.gusts.iter().all(|(_, until)| *until < self.now)
            && !ways.iter().any(|it| self.lines.is_slow(*it) || self.cuts.contains_key(it))
    }

    /// Something of a kind happened: counted where none of that kind did just before.
    pub(crate) fn burst(&mut self, kind: &'static str) {
        let before = self.sky.hits.insert(kind, self.now);
        if before.is_none_or(|at| at + BURST_MS <= self.now) {
            self.fault(kind);
        }
    }

    fn is_hit(&mut self, gust: Gust, permille: u64) -> bool {
        let now = self.now;
        let blows = self.sky.gusts.iter().any(|(it, until)| *it == gust && now < *until);
        let is_hit = self.network.permille(if blows { GUST } else { permille });
        if is_hit {
            self.burst(gust.kind());
        }
        is_hit
    }

    /// Puts a letter on its way, or loses it.
    pub(crate) fn post(&mut self, mut letter: Letter) {
        let weather = self.weather;
        let (from, to) = (letter.from(), letter.to());
        if self.cuts.contains_key(&(from, to)) || self.is_hit(Gust::Lost, weather.lost) {
            return self.lose(letter.asked);
        }
        if self.is_hit(Gust::Flipped, weather.flipped) {
            let at = self.network.index(letter.bytes.len());
            letter.bytes[at] ^= 1;
        }
        if self.is_hit(Gust::Doubled, weather.doubled) {
            let at = self.now + self.network.between(1, 3_000);
            self.at(at, Event::Deliver(letter.clone()));
        }
        let far = from == CENTRE || to == CENTRE;
        let mut delay =
            if far { self.network.between(10, 60) } else { self.network.between(1, 10) };
        if self.is_hit(Gust::Late, weather.late) {
            delay += self.network.between(20, 4_000);
        }
        let Some(sent) = self.lines.carry((from, to), self.now, letter.bytes.len()) else {
            return self.lose(letter.asked);
        };
        let arrives = sent + delay;
        let before = self.sky.arrivals.insert((from, to), arrives);
        if before.is_some_and(|before| arrives < before) {
            self.burst("reordered");
        }
        self.at(arrives, Event::Deliver(letter));
    }

    fn lose(&mut self, asked: Asked) {
        let after = if asked.listens { LISTEN_PATIENCE_MS } else { PATIENCE_MS };
        self.at(self.now + after, Event::Fail(asked));
    }
}
