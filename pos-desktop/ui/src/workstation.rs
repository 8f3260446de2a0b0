//! What the screens know of the workstation, and how they ask it to do things.

mod approval;
mod feed;
mod leave;
mod queue;

pub(crate) use feed::Feed;

use crate::{
    bridge::{self, Unanswered},
    screens::shop::Errand,
    sound::{self, Sound},
    words,
};
use approval::{Approvals, is};
use domain::catalogue::Catalogue;
use leptos::{prelude::*, task::spawn_local};
use pos_api::{
    Answer, BasketView, Code, Command, DayView, JoiningView, KitchenView, MeshAnswer, MeshQuery,
    OrderCard, PrintJobView, Query, Reply, Role, SafetyView, SessionView,
};
use queue::Queue;
use std::{sync::Arc, time::Duration};

/// How often times and states are asked for again: a minute must not be shown late by more.
const TICK: Duration = Duration::from_secs(1);

/// How long after a change the screens are asked for again: the frame that answers a tap comes first,
/// and changes that come together are asked about once.
const SOON: Duration = Duration::from_millis(40);

/// How often the menu and the day are asked for: the one is hundreds of kilobytes and a new version is
/// rare, the other adds up all that was sold.
const SLOW_TICK: Duration = Duration::from_secs(60);

/// How long a sentence on what was just done stays.
const NOTICE: Duration = Duration::from_secs(8);

/// Whether this workstation was declared dead, as far as it said so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It never said so.
    No,
    /// It just did: somebody has to read it.
    Told,
    /// Somebody did, and looks at what is there.
    Read,
}

/// What the workstation last answered, and the way to it.
#[derive(Clone, Copy)]
pub(crate) struct Workstation {
    pub(crate) session: Feed<SessionView>,
    pub(crate) menu: Feed<Arc<Catalogue>>,
    pub(crate) basket: Feed<BasketView>,
    pub(crate) orders: Feed<Vec<OrderCard>>,
    pub(crate) kitchen: Feed<KitchenView>,
    pub(crate) safety: Feed<SafetyView>,
    pub(crate) jobs: Feed<Vec<PrintJobView>>,
    pub(crate) day: Feed<DayView>,
    /// Who asks to be let in; on a PC that is not set up, how far its own asking is.
    pub(crate) joining: Feed<JoiningView>,
    /// Why the day is not known: it interrupts no sale, and is said where the day is shown.
    pub(crate) day_refusal: RwSignal<Option<Unanswered>>,
    /// What the last command or question met, until it is read.
    pub(crate) refusal: RwSignal<Option<Unanswered>>,
    /// One sentence on what was just done.
    pub(crate) notice: RwSignal<Option<String>>,
    /// What somebody wants to look at, until a place that shows it has opened.
    pub(crate) errand: RwSignal<Option<Errand>>,
    /// Whether this workstation was declared dead.
    pub(crate) ended: RwSignal<Ended>,
    approvals: Approvals,
    queue: Queue,
    /// How often waiting for leave was ended before it came.
    waits: StoredValue<u32>,
    /// Whether asking again is due soon.
    due: StoredValue<bool>,
    /// The number of the notice that is shown.
    shown: StoredValue<u32>,
}

impl Workstation {
    /// Begins to ask, and to listen for changes.
    pub(crate) fn start() -> Self {
        let (refusal, day_refusal) = (RwSignal::new(None), RwSignal::new(None));
        let it = Self {
            session: Feed::new(refusal, |answer| match_answer!(answer, Answer::Session)),
            menu: Feed::new(refusal, |answer| {
                match_answer!(answer, Answer::Menu).and_then(|menu| menu.map(Arc::new))
            }),
            basket: Feed::new(refusal, |answer| match_answer!(answer, Answer::Basket)),
            orders: Feed::new(refusal, |answer| match_answer!(answer, Answer::Orders)),
            kitchen: Feed::new(refusal, |answer| match_answer!(answer, Answer::Kitchen)),
            safety: Feed::new(refusal, |answer| match_answer!(answer, Answer::Safety)),
            jobs: Feed::new(refusal, |answer| match_answer!(answer, Answer::PrintJobs)),
            day: Feed::new(day_refusal, |answer| {
                match_answer!(answer, Answer::Day).map(|day| *day)
            }),
            joining: Feed::new(refusal, |answer| {
                match_answer!(answer, Answer::Mesh)
                    .and_then(|it| match_answer!(it, MeshAnswer::Joining))
            }),
            day_refusal,
            refusal,
            notice: RwSignal::new(None),
            errand: RwSignal::new(None),
            ended: RwSignal::new(Ended::No),
            approvals: Approvals::new(),
            queue: Queue::new(),
            waits: StoredValue::new(0),
            due: StoredValue::new(false),
            shown: StoredValue::new(0),
        };
        spawn_local(async move {
            if let Err(said) = bridge::on_changed(move || it.refresh_soon()).await {
                refusal.set(Some(Unanswered::Broken(said)));
            }
        });
        set_interval(move || it.refresh(), TICK);
        set_interval(move || it.menu.ask(Query::Menu), SLOW_TICK);
        set_interval(move || it.ask_day(), SLOW_TICK);
        it.let_notices_go();
        // What a screen shows is due as soon as it is known which, not at the next tick.
        let shown = Memo::new(move |_| {
            it.session.with(|session| {
                let role = session.enrolled.as_ref().map(|enrolled| enrolled.role);
                (role, session.operator.as_ref().map(|operator| operator.code.clone()))
            })
        });
        Effect::new(move |_| {
            shown.with(|_| ());
            it.refresh();
            it.ask_day();
        });
        // The menu is due as soon as there is one, and whenever that changes.
        let has_menu = Memo::new(move |_| it.session.with(|session| session.has_menu));
        Effect::new(move |_| {
            if has_menu.get() == Some(true) {
                it.menu.ask(Query::Menu);
            }
        });
        it
    }

    /// Asks how the business day stands, where somebody sells.
    pub(crate) fn ask_day(self) {
        let sells = self.session.peek(|session| {
            let till = session.enrolled.as_ref().is_some_and(|it| it.role == Role::Till);
            till && session.operator.is_some()
        });
        if sells == Some(true) {
            self.day_refusal.set(None);
            self.day.ask(Query::Day);
        }
    }

    /// Takes each notice away after a while, unless another took its place.
    fn let_notices_go(self) {
        Effect::new(move |shown: Option<u32>| {
            let this = shown.unwrap_or(0).wrapping_add(1);
            self.shown.set_value(this);
            if self.notice.with(Option::is_some) {
                let go = move || {
                    if self.shown.get_value() == this {
                        self.notice.set(None);
                    }
                };
                set_timeout(go, NOTICE);
            }
            this
        });
    }

    /// Asks again, once, for all that has changed by then.
    fn refresh_soon(self) {
        if self.due.get_value() {
            return;
        }
        self.due.set_value(true);
        set_timeout(
            move || {
                self.due.set_value(false);
                self.refresh();
            },
            SOON,
        );
    }

    /// Asks again for all that this PC shows.
    fn refresh(self) {
        self.session.ask(Query::Session);
        self.joining.ask(Query::Mesh(MeshQuery::Joining));
        let role = self.session.peek(|session| session.enrolled.as_ref().map(|it| it.role));
        match role.flatten() {
            None => {}
            Some(Role::Till) => {
                self.safety.ask(Query::Safety);
                if self.session.peek(|session| session.operator.is_some()) == Some(true) {
                    self.basket.ask(Query::Basket);
                    self.orders.ask(Query::Orders);
                    self.jobs.ask(Query::PrintJobs);
                }
            }
            Some(Role::Kitchen) => {
                self.kitchen.ask(Query::Kitchen);
                self.safety.ask(Query::Safety);
            }
        }
    }

    /// Has something done, after all that was asked for before it; a refusal is shown to whoever
    /// is there.
    pub(crate) fn act(self, command: Command) {
        self.act_then(command, |_| {});
    }

    /// As [`Self::act`]; `then` runs when it is done, and not where it is refused.
    pub(crate) fn act_then(self, command: Command, then: impl FnOnce(Reply) + 'static) {
        self.ask_to(command, move |answer| match answer {
            Ok(reply) => then(reply),
            Err(refusal) => self.refused(refusal),
        });
    }

    /// Whether a manager is signed in, tracked.
    pub(crate) fn is_manager(self) -> bool {
        let manager = self.session.with(|it| it.operator.as_ref().is_some_and(|who| who.manager));
        manager == Some(true)
    }

    /// Shows and sounds a refusal.
    pub(crate) fn refused(self, refusal: Unanswered) {
        sound::play(Sound::Refusal);
        if is(&refusal, is_of_the_dead) {
            self.ended.set(Ended::Told);
            return;
        }
        self.refusal.set(Some(refusal));
    }

    /// Has something done that nobody asked for with a finger: a refusal interrupts nobody. `then`
    /// is told whether it was done.
    pub(crate) fn ask_quietly(self, command: Command, then: impl FnOnce(bool) + 'static) {
        self.queue.push(command, move |answer| {
            let dead = answer.as_ref().is_err_and(|refusal| is(refusal, is_of_the_dead));
            if dead && self.ended.get_untracked() == Ended::No {
                self.ended.set(Ended::Told);
            }
            then(answer.is_ok());
        });
    }

    /// Has something done; `then` is told how it went.
    pub(crate) fn ask_to(
        self,
        command: Command,
        then: impl FnOnce(Result<Reply, Unanswered>) + 'static,
    ) {
        self.refusal.set(None);
        self.queue.push(command, move |answer| self.answered(answer, then));
    }

    /// Shows what an answer says, and tells it.
    fn answered(
        self,
        answer: Result<Reply, Unanswered>,
        then: impl FnOnce(Result<Reply, Unanswered>),
    ) {
        let is_shown = answer.as_ref().is_ok_and(|reply| self.learn(reply));
        then(answer);
        if is_shown { self.refresh_soon() } else { self.refresh() }
    }

    /// Shows at once what an answer says of the basket and the session. Whether that is all there is
    /// to show.
    fn learn(self, reply: &Reply) -> bool {
        match reply {
            Reply::Session(session) => self.session.put(session.clone()),
            Reply::Basket(basket) => self.basket.put(basket.clone()),
            Reply::Done
            | Reply::Order { .. }
            | Reply::Paid(_)
            | Reply::Queued { .. }
            | Reply::Corrected { .. }
            | Reply::Closing(_)
            | Reply::File { .. }
            | Reply::Link { .. }
            | Reply::Verified { .. }
            | Reply::Purged { .. } => {
                return false;
            }
        }
        true
    }

    /// The sentence of the refusal that is to be read, if there is one.
    pub(crate) fn refusal_said(self) -> Option<String> {
        let menu = self.menu.latest();
        self.refusal.with(|refusal| {
            refusal.as_ref().map(|refusal| words::unanswered(refusal, menu.as_deref()))
        })
    }
}

/// The workstation, for any component.
pub(crate) fn workstation() -> Workstation {
    expect_context()
}

/// Whether this workstation was declared dead.
const fn is_of_the_dead(code: &Code) -> bool {
    matches!(code, Code::Ended)
}

/// Whether a failed question is no news: the screens already show the state it comes from.
fn is_expected(refusal: &Unanswered) -> bool {
    match refusal {
        Unanswered::Failed(failure) => {
            matches!(failure.code, Code::SetUpState | Code::NotSignedIn | Code::NoMenu)
        }
        Unanswered::Broken(_) => false,
    }
}

/// The content of an answer where it is the variant named.
macro_rules! match_answer {
    ($answer:expr, $variant:path) => {
        if let $variant(content) = $answer { Some(content) } else { None }
    };
}
pub(crate) use match_answer;
