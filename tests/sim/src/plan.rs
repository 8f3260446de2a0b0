//! What a seed decides before anything happens: how large the shops are, when they are open, how bad
//! the network is.

use crate::dice::Dice;
use crate::setting::Faults;
use crate::template::SHOPS;

/// One opening of all shops.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Service {
    /// In milliseconds since the run began.
    pub(crate) from: u64,
    /// See `from`.
    pub(crate) to: u64,
    pub(crate) is_evening: bool,
}

/// How bad the network is, each in a thousand messages.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Weather {
    pub(crate) lost: u64,
    pub(crate) doubled: u64,
    pub(crate) late: u64,
    pub(crate) flipped: u64,
}

impl Weather {
    pub(crate) const fn is_fine(self) -> bool {
        self.lost == 0 && self.doubled == 0 && self.late == 0 && self.flipped == 0
    }
}

/// A run, as far as the seed knows it beforehand.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Tills and kitchens of each shop.
    pub(crate) shops: Vec<(usize, usize)>,
    pub(crate) services: Vec<Service>,
    pub(crate) weather: Weather,
    /// Between two errands of a till, in milliseconds.
    pub(crate) pause: (u64, u64),
    /// Workstations dial one another both ways.
    pub(crate) both_ways: bool,
    /// How long a workstation has whoever listens wait at most, in milliseconds.
    pub(crate) listen_ms: u64,
}

const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;

impl Plan {
    pub(crate) fn draw(dice: &mut Dice, faults: Faults) -> Self {
        let size = dice.between(0, 99);
        let (shops, openings, minutes) = match size {
            0..=54 => (1, 1, 6),
            55..=79 => (1, 1, 9),
            80..=84 => (1, 2, 6),
            _ => (2 + usize::from(dice.permille(250)), 2, 4),
        };
        let is_small = size < 55;
        let shops = (0..shops.min(SHOPS))
            .map(|_| match dice.between(0, 9) {
                0..=3 if is_small => (1, 1),
                4..=6 if is_small => (2, 0),
                0..=6 => (2, 1),
                7 => (1, 2),
                8 => (3, 1),
                _ => (2, 2),
            })
            .collect();
        let mut services = Vec::new();
        let mut at = 5 * SECOND;
        for opening in 0..openings {
            let to = at + dice.between(minutes * MINUTE / 2, minutes * MINUTE);
            services.push(Service { from: at, to, is_evening: opening % 2 == 1 });
            at = to + if opening % 2 == 0 { 6 * HOUR } else { 13 * HOUR };
        }
        let weather = match faults {
            Faults::None => Weather::default(),
            Faults::All if dice.permille(300) => Weather::default(),
            Faults::All => Weather {
                lost: dice.between(0, 60),
                doubled: dice.between(0, 80),
                late: dice.between(0, 100),
                flipped: if dice.permille(300) { dice.between(1, 15) } else { 0 },
            },
        };
        let both_ways = dice.permille(250);
        let listen_ms = if dice.permille(100) { 3_000 } else { 1_000 };
        Self { shops, services, weather, pause: (8 * SECOND, 40 * SECOND), both_ways, listen_ms }
    }
}
