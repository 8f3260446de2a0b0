//! A workstation looks after the shop's roles.

use super::{Out, Pc};
use journal::Purpose;
use pos_api::Role;

/// How often the roles are looked after here, in milliseconds. The program does so four times as often,
/// and takes over so much sooner.
pub(crate) const TEND_MS: u64 = 1_000;

impl Pc {
    /// The shop's roles are to be looked after.
    pub(crate) fn tend_now(&mut self, now: u64) -> Vec<Out> {
        let mut out = Vec::new();
        self.tend(now, &mut out);
        out
    }

    /// Looks after the shop's roles where that is due, or where the file changed: as the thread that owns
    /// the workstation, only less often.
    pub(super) fn tend(&mut self, now: u64, out: &mut Vec<Out>) {
        let Some(running) = &mut self.running else {
            return;
        };
        let is_due = running.tend_at.is_none_or(|at_ms| at_ms <= now);
        if !is_due && running.tended == running.workstation.store().changes() {
            return;
        }
        // A disk that fails says so to whoever sells there.
        let again_ms = running.workstation.tend(now).unwrap_or(Some(TEND_MS));
        running.tended = running.workstation.store().changes();
        let at_ms = again_ms.map_or(u64::MAX, |ms| now + ms.max(TEND_MS));
        if is_due || running.tend_at == Some(u64::MAX) {
            running.tend_at = Some(at_ms);
            if at_ms != u64::MAX {
                out.push(Out::Tend { at_ms });
            }
        }
    }

    /// Whether it sells: one that practises looks after no roles.
    pub(crate) fn sells(&self) -> bool {
        let purpose = self.running.as_ref().and_then(|running| running.workstation.purpose());
        self.role == Role::Till && purpose == Some(Purpose::Live)
    }

    /// Who answers for the shop's payments, as this workstation sees it; empty where nobody does.
    pub(crate) fn arbiter(&self) -> String {
        self.running.as_ref().map_or_else(String::new, |running| {
            running.workstation.shared().read(|state| state.arbiter.clone())
        })
    }
}
