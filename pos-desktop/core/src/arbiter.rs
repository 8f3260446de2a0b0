//! What this workstation does about the roles of the shop (docs/SYNC.md, "Roles"): takes that of the
//! arbiter when its holder has fallen silent, answers who asks for leave to take an order's money, and
//! asks for such leave itself. The rules are `domain::mesh`'s; this is their hands.

use crate::error::Error;
use crate::store::publications::{self, Member};
use crate::store::roles::{self as table, GrantRow};
use crate::store::{StoreError, early, ended, journals, orders};
use crate::workstation::{Turn, Workstation};
use domain::id::OrderId;
use domain::mesh::payment::{self, Asked, Granted, Lease, Leave, Wish};
use domain::mesh::roles::{self, Holder, Other, Rank, Step};
use domain::mesh::{Event, PaymentAsked, PaymentGranted, Role, RoleTaken};
use domain::order::Stamp;
use domain::publication::WorkstationRole;
use journal::mutant::{self, Mutant};
use journal::{JournalId, PublicKey, Purpose, Seq};
use pos_api::Code;
use rusqlite::Transaction;
use std::collections::BTreeMap;

/// How often the roles are looked after where several tills could hold them, in ms: so much later at
/// most is a silence noticed.
pub const TEND_MS: u64 = 250;
/// Whoever did not look for so long, in ms, did not listen either: it was stopped, or the PC slept.
const GAP_MS: u64 = 2_000;
/// For how long others are heard out, in ms, before a day that was forgotten is closed: a till that was
/// declared dead, and comes back, hears it in that time, and whoever declared it has closed its day.
const HEARD_OUT_MS: u64 = 30_000;

/// What this run has seen of the others, and when, on the clock that [`Workstation::tend`] is given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watch {
    now_ms: u64,
    /// Since when it has looked without a gap; `None` before it ever did.
    since_ms: Option<u64>,
    /// How many words were heard of each, and when the last of them was.
    heard: BTreeMap<PublicKey, (u64, u64)>,
    /// How often it took the role of the arbiter from each of whom no word was heard since.
    taken_from: BTreeMap<PublicKey, u32>,
    /// When each ask and grant was first seen; `None` for one of before this run.
    seen: BTreeMap<(JournalId, Seq), Option<u64>>,
}

impl Watch {
    /// Looks at how many words were heard of each.
    fn look(&mut self, now_ms: u64, words: BTreeMap<PublicKey, u64>) {
        let is_gap = GAP_MS < now_ms.saturating_sub(self.now_ms);
        if self.since_ms.is_none() || is_gap {
            self.since_ms = Some(now_ms);
            self.taken_from.clear();
        }
        self.now_ms = now_ms;
        for (key, words) in words {
            let heard = self.heard.entry(key).or_insert((0, now_ms));
            if heard.0 != words {
                *heard = (words, now_ms);
                self.taken_from.remove(&key);
            }
        }
    }

    /// Keeps in mind which asks and grants there are.
    fn note(&mut self, entries: impl IntoIterator<Item = (Stamp, bool)>, is_first_look: bool) {
        let before = std::mem::take(&mut self.seen);
        for (at, is_ask) in entries {
            let place = (at.journal, at.seq);
            // Whoever asked before this run began has given up; a grant may still be used.
            let first = if is_ask && is_first_look { None } else { Some(self.now_ms) };
            self.seen.insert(place, before.get(&place).copied().unwrap_or(first));
        }
    }

    /// Keeps in mind from whom the role of the arbiter was taken.
    fn took_from(&mut self, holder: &Holder) {
        if let Some(rank) = holder.rank() {
            let times = self.taken_from.entry(*rank.key()).or_default();
            *times = times.saturating_add(1);
        }
    }

    /// How often the role was taken from whoever holds it, and no word of it was heard since.
    fn times_taken_from(&self, holder: &Holder) -> u32 {
        holder.rank().and_then(|rank| self.taken_from.get(rank.key())).copied().unwrap_or(0)
    }

    fn listening_ms(&self) -> u64 {
        self.since_ms.map_or(0, |since| self.now_ms.saturating_sub(since))
    }

    /// For how long nothing was heard of a workstation.
    fn silent_ms(&self, key: &PublicKey) -> u64 {
        let heard = self.heard.get(key).map_or(0, |(_, at_ms)| *at_ms);
        self.now_ms.saturating_sub(heard).min(self.listening_ms())
    }

    /// For how long an ask or a grant has been here.
    fn age_ms(&self, at: Stamp) -> u64 {
        match self.seen.get(&(at.journal, at.seq)) {
            // It came after the last look.
            None => 0,
            Some(None) => u64::MAX,
            Some(Some(first_ms)) => self.now_ms.saturating_sub(*first_ms),
        }
    }
}

/// The shop's workstations, as this one sees them at one moment.
struct Shop {
    own: Rank,
    others: Vec<Other>,
    arbiter: Holder,
}

impl Shop {
    fn read(tx: &Transaction<'_>, own: &Member, watch: &Watch) -> Result<Self, StoreError> {
        let ended = ended::keys(tx)?;
        let members = std::iter::once(own.clone()).chain(publications::members(tx)?);
        // One that was declared dead answers for nothing, should it still run.
        let members = members.filter(|it| !ended.contains(&it.public_key));
        let ranks: BTreeMap<_, _> = members.map(|it| (it.public_key, rank(it))).collect();
        let rank_of =
            |key: PublicKey| ranks.get(&key).cloned().unwrap_or_else(|| Rank::unlisted(key));
        let taken = table::taken(tx, Role::Arbiter)?;
        let arbiter = Holder::fold(taken.into_iter().map(|(term, key)| (term, rank_of(key))));
        let others = ranks.values().filter(|it| *it.key() != own.public_key);
        let other = |it: &Rank| Other { rank: it.clone(), silent_ms: watch.silent_ms(it.key()) };
        Ok(Self { own: rank_of(own.public_key), others: others.map(other).collect(), arbiter })
    }

    /// Whether anybody could be taking money beside this workstation: a shop of one till settles
    /// nothing.
    fn has_other_tills(&self) -> bool {
        self.others.iter().any(|it| it.rank.is_till())
    }

    fn other(&self, key: &PublicKey) -> Option<&Other> {
        self.others.iter().find(|it| it.rank.key() == key)
    }

    /// The label of the arbiter; empty where nobody answers for that.
    fn arbiter_label(&self) -> String {
        let Some(rank) = self.arbiter.rank() else {
            return String::new();
        };
        let lives =
            self.arbiter.is(self.own.key()) || self.other(rank.key()).is_some_and(Other::lives);
        if lives { rank.label().to_owned() } else { String::new() }
    }

    /// To whom the money of an order is granted; the journal is that of whoever may take it.
    fn lease(&self, granted: &[Granted], watch: &Watch) -> (Lease, Option<JournalId>) {
        let Some(standing) = payment::standing(granted) else {
            return (Lease::Free, None);
        };
        if standing.to.as_ref() == Some(self.own.key()) {
            return (Lease::Own, None);
        }
        // One whose journal is not here yet is somebody new.
        let lives = standing.to.is_none_or(|to| self.other(&to).is_some_and(Other::lives));
        (Lease::of_another(lives, watch.age_ms(standing.at)), Some(standing.journal))
    }

    fn rank(&self, key: PublicKey) -> Rank {
        if key == *self.own.key() {
            return self.own.clone();
        }
        self.other(&key).map_or_else(|| Rank::unlisted(key), |it| it.rank.clone())
    }

    /// The grants of an order.
    fn granted(&self, tx: &Transaction<'_>, order: OrderId) -> Result<Vec<Granted>, StoreError> {
        let rows = table::granted(tx, order)?;
        let granted = rows.into_iter().map(|GrantRow { term, by, at, journal, to }| Granted {
            term,
            by: self.rank(by),
            at,
            journal,
            to,
        });
        Ok(granted.collect())
    }
}

fn rank(member: Member) -> Rank {
    let role = match member.role {
        pos_api::Role::Till => WorkstationRole::Till,
        pos_api::Role::Kitchen => WorkstationRole::Kitchen,
    };
    Rank::listed(role, member.label, member.public_key)
}

/// An order whose money somebody asked to take, or may take.
struct Wanted {
    order: OrderId,
    asked: Vec<Asked>,
    granted: Vec<Granted>,
}

impl Wanted {
    fn read(tx: &Transaction<'_>, shop: &Shop) -> Result<Vec<Self>, StoreError> {
        let wanted = table::orders(tx)?.into_iter().map(|order| {
            Ok(Self { order, asked: table::asked(tx, order)?, granted: shop.granted(tx, order)? })
        });
        wanted.collect()
    }

    fn entries(&self) -> impl Iterator<Item = (Stamp, bool)> {
        let asked = self.asked.iter().map(|it| (it.at, true));
        asked.chain(self.granted.iter().map(|it| (it.at, false)))
    }

    /// Whom the arbiter gives leave now: a journal.
    fn answer(&self, shop: &Shop, watch: &Watch) -> Option<JournalId> {
        let lease = match shop.lease(&self.granted, watch) {
            // Its own counter has leave, and is about to use it.
            (Lease::Own, _) => payment::standing(&self.granted)
                .map_or(Lease::Free, |it| Lease::of_another(true, watch.age_ms(it.at))),
            (lease @ (Lease::Free | Lease::Elsewhere | Lease::Over), _) => lease,
        };
        let others = self.asked.iter().filter(|it| it.by != *shop.own.key());
        let aged = others.map(|it| (it, watch.age_ms(it.at)));
        payment::answer(lease, aged, &self.granted).map(|it| it.at.journal)
    }
}

/// Whether nothing is left to take of an order.
fn is_closed(tx: &Transaction<'_>, order: OrderId) -> Result<bool, StoreError> {
    let order = orders::load(tx, order)?.order;
    let is_paid = !order.is_unsettled() && !order.settlements().is_empty();
    Ok(is_paid || order.cancelled().is_some())
}

impl Workstation {
    /// Looks after the roles of the shop: takes that of the arbiter where it is this workstation's turn,
    /// and answers who asked it. `at_ms` is on a clock that only goes forward, in ms from anywhere, the
    /// same throughout this run. Answers in how many ms at the latest it is to be called again; `None`
    /// for not before something changes in the file.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says; then nothing was changed.
    pub fn tend(&mut self, at_ms: u64) -> Result<Option<u64>, StoreError> {
        let Some(own) = self.as_member().filter(|_| self.purpose() == Some(Purpose::Live)) else {
            return Ok(None);
        };
        let is_first_look = self.watch.since_ms.is_none();
        let words = self
            .shared
            .read(|state| state.peers.iter().map(|(key, it)| (*key, it.words)).collect());
        self.watch.look(at_ms, words);
        let watch = &self.watch;
        let (shop, wanted, catching_up) = self.store.read(|tx| {
            let shop = Shop::read(tx, &own, watch)?;
            let wanted = Wanted::read(tx, &shop)?;
            Ok::<_, StoreError>((shop, wanted, early::catching_up(tx)?.is_some()))
        })?;
        self.watch.note(wanted.iter().flat_map(Wanted::entries), is_first_look);
        let label = shop.arbiter_label();
        self.shared.change(|state| state.arbiter = label);
        if self.unclosed && !catching_up && HEARD_OUT_MS <= self.watch.listening_ms() {
            self.unclosed = false;
            self.try_to_close_forgotten();
        }
        if !shop.has_other_tills() {
            return Ok(None);
        }
        let heard = (self.watch.listening_ms(), self.watch.times_taken_from(&shop.arbiter));
        let step = roles::step(Role::Arbiter, &shop.own, &shop.arbiter, &shop.others, heard);
        let (taken, again_ms) = match step {
            // Terms that it does not know of yet may be higher.
            Step::Take { .. } if catching_up => (None, TEND_MS),
            Step::Take { term } => (Some(term), TEND_MS),
            Step::Wait { ms } => (None, ms.min(TEND_MS)),
            Step::Holds | Step::Leaves => (None, TEND_MS),
        };
        if taken.is_some() || step == Step::Holds {
            self.answer_asks(&shop, &wanted, taken)?;
        }
        if taken.is_some() {
            self.watch.took_from(&shop.arbiter);
        }
        Ok(Some(again_ms))
    }

    /// As the arbiter, which it becomes in the term of `taken`: gives leave to who asked.
    fn answer_asks(
        &mut self,
        shop: &Shop,
        wanted: &[Wanted],
        taken: Option<u64>,
    ) -> Result<(), StoreError> {
        let watch = &self.watch;
        let answered = wanted.iter().filter_map(|it| Some((it.order, it.answer(shop, watch)?)));
        let answered: Vec<(OrderId, JournalId)> = answered.collect();
        if taken.is_none() && answered.is_empty() {
            return Ok(());
        }
        let term = taken.unwrap_or_else(|| shop.arbiter.term());
        self.turn(|turn| {
            if let Some(term) = taken {
                tracing::info!(term, "takes the role of the arbiter");
                take(turn, term);
            }
            for (order, to) in answered {
                if !is_closed(turn.tx, order)? {
                    grant(turn, PaymentGranted { order, to, term });
                }
            }
            Ok::<_, StoreError>(())
        })?;
        if taken.is_some() {
            let label = shop.own.label().to_owned();
            self.shared.change(|state| state.arbiter = label);
        }
        Ok(())
    }

    /// This workstation as the shop lists it; `None` before it is set up.
    fn as_member(&self) -> Option<Member> {
        let identity = self.identity()?;
        let public_key = identity.key.public_key();
        Some(Member { public_key, label: identity.label.clone(), role: identity.role })
    }

    /// What the counter needs to know to take the money of an order.
    pub(crate) fn counter(&self) -> Counter {
        Counter { own: self.as_member(), watch: self.watch.clone() }
    }

    /// Asks for leave to take the money of an order, where it has not asked lately.
    pub(crate) fn ask_for_payment(&mut self, order: OrderId) -> Result<(), StoreError> {
        let counter = self.counter();
        self.turn(|turn| {
            let Some(own) = &counter.own else {
                return Ok(());
            };
            let shop = Shop::read(turn.tx, own, &counter.watch)?;
            let granted = shop.granted(turn.tx, order)?;
            let asked = counter.asked_ms(turn.tx, order, &granted)?;
            if asked.is_none_or(|age_ms| payment::ASK_MS <= age_ms) {
                turn.record(None, &Event::PaymentAsked(PaymentAsked { order }).into());
            }
            Ok(())
        })
    }
}

fn take(turn: &mut Turn<'_>, term: u64) {
    let taken = RoleTaken { role: Role::Arbiter, term };
    turn.record(None, &Event::RoleTaken(taken).into());
}

fn grant(turn: &mut Turn<'_>, granted: PaymentGranted) {
    turn.record(None, &Event::PaymentGranted(granted).into());
}

/// The counter of this workstation, where the money of an order is taken.
pub(crate) struct Counter {
    own: Option<Member>,
    watch: Watch,
}

impl Counter {
    /// Sees to it that the money of an order may be taken in `turn`, be it by a grant to itself.
    /// `opened_in` is the journal that says the order was opened; `None` where that is in this turn.
    ///
    /// # Errors
    ///
    /// [`Code::PaymentAsked`] where leave must be asked for first, or was; [`Code::PaymentElsewhere`].
    pub(crate) fn may_take(
        &self,
        turn: &mut Turn<'_>,
        order: OrderId,
        opened_in: Option<JournalId>,
    ) -> Result<(), Error> {
        // What is practised counts nowhere.
        let (Some(own), Some(opened_in), Purpose::Live) = (&self.own, opened_in, turn.seat.purpose)
        else {
            return Ok(());
        };
        let shop = Shop::read(turn.tx, own, &self.watch)?;
        if !shop.has_other_tills() {
            return Ok(());
        }
        let granted = shop.granted(turn.tx, order)?;
        let (lease, leased_to) = shop.lease(&granted, &self.watch);
        let opened = journals::find(turn.tx, opened_in)?.first().is_some_and(|held| held.own);
        let wish = Wish {
            opened,
            is_arbiter: shop.arbiter.is(shop.own.key()) || mutant::is(Mutant::GrantUnheld),
            lease,
            asked_ms: self.asked_ms(turn.tx, order, &granted)?,
        };
        let to = turn.journal();
        match payment::leave(&wish) {
            Leave::Given => Ok(()),
            Leave::Grant => {
                grant(turn, PaymentGranted { order, to, term: shop.arbiter.term() });
                Ok(())
            }
            Leave::Take => {
                let term = shop.arbiter.next_term();
                take(turn, term);
                grant(turn, PaymentGranted { order, to, term });
                Ok(())
            }
            Leave::Ask | Leave::Wait => Err(Code::PaymentAsked.into()),
            Leave::Elsewhere => {
                let held = leased_to.map(|it| journals::find(turn.tx, it)).transpose()?;
                let held = held.unwrap_or_default();
                let label = held.first().map_or_else(String::new, |it| it.workstation.clone());
                Err(Code::PaymentElsewhere { label }.into())
            }
        }
    }

    /// For how long this workstation's own ask has gone unanswered.
    fn asked_ms(
        &self,
        tx: &Transaction<'_>,
        order: OrderId,
        granted: &[Granted],
    ) -> Result<Option<u64>, StoreError> {
        let asked = table::asked(tx, order)?;
        let own = self.own.as_ref().map(|it| it.public_key);
        let open =
            asked.iter().filter(|it| Some(it.by) == own && !payment::is_answered(it, granted));
        Ok(open.map(|it| self.watch.age_ms(it.at)).min())
    }
}
