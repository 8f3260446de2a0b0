//! What the operator may not do alone, until a manager beside the operator allows it.

use super::Workstation;
use crate::bridge::Unanswered;
use leptos::prelude::*;
use pos_api::{Approval, Code, Command, Reply};

/// The command as this manager allows it.
type CommandOf = Box<dyn Fn(Approval) -> Command>;
/// Told what was answered; `None` where it was not done, which the person has been told.
type Then = Box<dyn FnOnce(Option<Reply>)>;

/// The one thing that waits for a manager.
#[derive(Clone, Copy)]
pub(super) struct Approvals {
    waiting: StoredValue<Option<(CommandOf, Then)>, LocalStorage>,
    shown: RwSignal<bool>,
}

impl Approvals {
    pub(super) fn new() -> Self {
        Self { waiting: StoredValue::new_local(None), shown: RwSignal::new(false) }
    }

    fn wait(self, command: CommandOf, then: Then) {
        self.waiting.set_value(Some((command, then)));
        self.shown.set(true);
    }

    fn end(self, reply: Option<Reply>) {
        let waiting = self.waiting.try_update_value(Option::take).flatten();
        self.shown.set(false);
        if let Some((_, then)) = waiting {
            then(reply);
        }
    }
}

impl Workstation {
    /// Has something done; where a manager must allow it, asks for one and tries again. `then` is told
    /// the reply, or `None` where it was refused or given up.
    pub(crate) fn act_allowed(
        self,
        command: impl Fn(Option<Approval>) -> Command + 'static,
        then: impl FnOnce(Option<Reply>) + 'static,
    ) {
        self.ask_patiently(command(None), move |answer| match answer {
            Ok(reply) => then(Some(reply)),
            Err(refusal) if is(&refusal, may_be_allowed) => {
                let allowed = move |approval| command(Some(approval));
                self.approvals.wait(Box::new(allowed), Box::new(then));
            }
            Err(refusal) => {
                self.refused(refusal);
                then(None);
            }
        });
    }

    /// Asks for a manager before anything: what is asked for always needs one.
    pub(crate) fn act_by_manager(
        self,
        command: impl Fn(Approval) -> Command + 'static,
        then: impl FnOnce(Option<Reply>) + 'static,
    ) {
        self.refusal.set(None);
        self.approvals.wait(Box::new(command), Box::new(then));
    }

    /// Whether something waits for a manager.
    pub(crate) fn is_approving(self) -> bool {
        self.approvals.shown.get()
    }

    /// Tries again with this manager; `wrong` is told what was wrong with the manager's PIN.
    pub(crate) fn approve(self, approval: Approval, wrong: impl FnOnce(Unanswered) + 'static) {
        let command = self
            .approvals
            .waiting
            .with_value(|waiting| waiting.as_ref().map(|(command, _)| command(approval)));
        let Some(command) = command else { return };
        self.ask_patiently(command, move |answer| match answer {
            Ok(reply) => self.approvals.end(Some(reply)),
            Err(refusal) if is(&refusal, is_about_the_manager) => wrong(refusal),
            Err(refusal) => {
                self.approvals.end(None);
                self.refused(refusal);
            }
        });
    }

    /// Does without.
    pub(crate) fn give_up(self) {
        self.wait_no_longer();
        self.approvals.end(None);
    }
}

pub(super) fn is(refusal: &Unanswered, so: fn(&Code) -> bool) -> bool {
    match refusal {
        Unanswered::Failed(failure) => so(&failure.code),
        Unanswered::Broken(_) => false,
    }
}

/// Whether a manager's leave is what is missing. Meal vouchers on a Sunday or a public holiday are one
/// such thing: only who works that day may use them (Code du travail art. R. 3262-8).
const fn may_be_allowed(code: &Code) -> bool {
    matches!(code, Code::NeedsManager | Code::VoucherDay)
}

/// Whether another PIN, or another manager, may help.
fn is_about_the_manager(code: &Code) -> bool {
    matches!(
        code,
        Code::WrongPin { .. } | Code::SignInLocked { .. } | Code::NeedsManager | Code::NotAllowed
    )
}
