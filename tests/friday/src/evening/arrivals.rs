//! When people come.

use super::LAST_ORDER_MS;
use crate::dice::Dice;
use std::collections::VecDeque;

/// Orders an hour at ×1, by minutes since 18:00; on a straight line in between.
const PER_HOUR: [(u32, u32); 5] = [(0, 18), (60, 55), (90, 90), (150, 90), (270, 12)];

/// How finely time is cut: in each cut somebody comes or nobody does.
const CUT_MS: u64 = 100;

/// When people come, in milliseconds since 18:00, in order: each on his own, as often as the hour
/// has it.
pub(super) fn arrivals(dice: &mut Dice, rate_x: u32) -> VecDeque<u64> {
    let cuts_an_hour = 36_000;
    (0..LAST_ORDER_MS / CUT_MS)
        .map(|cut| cut * CUT_MS)
        .filter(|at_ms| dice.below(cuts_an_hour) < per_hour(*at_ms) * rate_x)
        .collect()
}

/// Orders an hour at ×1.
fn per_hour(at_ms: u64) -> u32 {
    let minute = u32::try_from(at_ms / 60_000).expect("an evening has few minutes");
    let span = PER_HOUR.windows(2).find(|it| minute < it[1].0);
    let Some([(from, least), (to, most)]) = span else {
        return 0;
    };
    let (left, gone) = (to - minute, minute - from);
    (least * left + most * gone) / (to - from)
}
