//! Looks after the shop's roles on the thread that owns the workstation: after whatever changed the file,
//! and every quarter of a second where several tills could hold them.

use super::steward::{Began, Deadline};
use crate::workstation::Workstation;
use std::time::Duration;

/// How long is waited at most, where no role is to be looked after: something else may change that.
const IDLE: Duration = Duration::from_secs(60);

/// When the roles are to be looked after next.
pub(super) struct Roles {
    began: Began,
    due: Deadline,
}

impl Roles {
    pub(super) fn begin() -> Self {
        Self { began: Began::now(), due: Deadline::after(Duration::ZERO) }
    }

    /// When [`Self::tend`] is to be called though nothing happened.
    pub(super) const fn due(&self) -> Deadline {
        self.due
    }

    /// Looks after them where that is due, or where the file has changed since `before`
    /// ([`crate::store::Store::changes`]).
    pub(super) fn tend(&mut self, workstation: &mut Workstation, before: u64) {
        if !self.due.is_over() && workstation.store().changes() == before {
            return;
        }
        let again_ms = workstation.tend(self.began.elapsed_ms()).unwrap_or_else(|error| {
            tracing::error!(%error, "the roles were not looked after");
            Some(crate::arbiter::TEND_MS)
        });
        self.due = Deadline::after(again_ms.map_or(IDLE, Duration::from_millis));
    }
}
