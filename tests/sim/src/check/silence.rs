//! S6: nothing waits for long of which nobody was told.

use super::on;
use crate::pc::Pc;
use crate::setting::Failure;

/// The longest that a link may wait and say nothing, in milliseconds.
const MOST_MS: u64 = 60_000;

/// S6: no link waits longer than a minute with something of which nobody was told.
pub(crate) fn silent(pc: &Pc, now: u64) -> Result<(), Failure> {
    let mut waits = pc.silent_until_ms();
    match waits.find(|(_, until)| now + MOST_MS < *until) {
        Some((peer, until)) => {
            let for_ms = until.saturating_sub(now);
            Err(on("S6 liveness", pc, format!("waits {for_ms} ms for {peer} and says nothing")))
        }
        None => Ok(()),
    }
}
