//! The workstation: its file, its pen, its clock, and who is at it. [`crate::commands::run`] is the
//! only thing that changes it on a person's behalf.

mod anew;
mod changes;
mod events;
mod key;
mod training;
mod turn;

use crate::anchor::Anchor;
use crate::arbiter::Watch;
use crate::clock::{Clock, Entropy, Zone};
use crate::error::Error;
use crate::fence::Word;
use crate::keystore::Keystore;
use crate::shared::Shared;
use crate::store::journals::Held;
use crate::store::settings::Identity;
use crate::store::{
    Store, StoreError, alarms, cards, journals, publications, roles, settings, tickets,
};
use domain::catalogue::Catalogue;
use domain::event::Event;
use domain::id::{LineId, OrderId};
use domain::shop::Shop;
use domain::staff::{self, Operator};
pub(crate) use events::believed_ms;
use fiscal::ticket::TicketSeries;
use fiscal::time::Moment;
use journal::mutant::{self, Mutant};
use journal::{BlobHash, BootId, Draft, JournalId, Opening, Pen, PublicKey, Purpose, Started, Tip};
use pos_api::{Code, Role};
use rusqlite::Transaction;
use std::path::{Path, PathBuf};
use std::sync::Arc;
pub(crate) use turn::Turn;

/// This program's build, for logs, journals and tickets.
pub const BUILD: &str = concat!("ocpizza ", env!("CARGO_PKG_VERSION"));

/// A version of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Build {
    /// What it is called in logs, journals and documents.
    pub name: &'static str,
    /// The version of its fiscal core.
    pub fiscal: &'static str,
}

impl Build {
    /// The one that runs.
    pub const THIS: Self = Self { name: BUILD, fiscal: fiscal::VERSION };
}

/// The software's name on documents.
pub(crate) const SOFTWARE: &str = "OC Pizza Caisse";

/// A workstation without its window.
pub struct Workstation {
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Box<dyn Entropy>,
    pub(crate) boot: BootId,
    pub(crate) build: Build,
    pub(crate) zone: Zone,
    /// The last kitchen steps taken here, latest last: what « annuler » undoes.
    pub(crate) steps: Vec<(OrderId, LineId)>,
    pub(crate) shared: Arc<Shared>,
    pub(crate) watch: Watch,
    /// A day that was forgotten is to be closed once others were heard out.
    pub(crate) unclosed: bool,
    pub(crate) anchor: Anchor,
    /// Entries were committed that the anchor file does not know yet.
    pub(crate) unmarked: bool,
    pub(crate) keystore: Arc<Keystore>,
    /// It is set up, and its key cannot be opened: it does nothing that is signed.
    locked: bool,
    seat: Option<Seat>,
    menu: Option<(BlobHash, Arc<Catalogue>)>,
}

/// What a workstation has once it is set up.
#[derive(Clone)]
pub(crate) struct Seat {
    pub(crate) identity: Identity,
    pub(crate) pen: Pen,
    /// What the journal is for that the pen writes.
    pub(crate) purpose: Purpose,
}

impl Workstation {
    /// Opens the workstation on its file.
    ///
    /// A workstation that is set up writes `Started` before anything else.
    ///
    /// # Errors
    ///
    /// [`StoreError`], where the file cannot be used; it is left as it was.
    pub fn open(
        path: &Path,
        clock: Arc<dyn Clock>,
        entropy: Box<dyn Entropy>,
    ) -> Result<Self, StoreError> {
        Self::open_as(path, clock, entropy, Build::THIS)
    }

    /// Opens the workstation with an anchor file, which is the one witness that is asked.
    ///
    /// # Errors
    ///
    /// As [`Self::open`].
    pub fn open_anchored(
        path: &Path,
        anchor: &Path,
        clock: Arc<dyn Clock>,
        entropy: Box<dyn Entropy>,
    ) -> Result<Self, StoreError> {
        let anchor = Some(anchor.to_owned());
        let mut workstation = Self::prepare(path, anchor, clock, entropy, Build::THIS)?;
        workstation.pass_alone()?;
        workstation.mark_if_due();
        Ok(workstation)
    }

    /// Opens the workstation as another build of the program does, which notes that in the log of
    /// events.
    ///
    /// # Errors
    ///
    /// As [`Self::open`].
    pub fn open_as(
        path: &Path,
        clock: Arc<dyn Clock>,
        entropy: Box<dyn Entropy>,
        build: Build,
    ) -> Result<Self, StoreError> {
        let mut workstation = Self::prepare(path, None, clock, entropy, build)?;
        workstation.pass_alone()?;
        Ok(workstation)
    }

    /// Opens the file and appends nothing: that is for [`Self::pass`], once witnesses were asked.
    /// `anchor` is the place of the anchor file; `None` where there is to be none.
    ///
    /// # Errors
    ///
    /// As [`Self::open`].
    pub(crate) fn prepare(
        path: &Path,
        anchor: Option<PathBuf>,
        clock: Arc<dyn Clock>,
        mut entropy: Box<dyn Entropy>,
        build: Build,
    ) -> Result<Self, StoreError> {
        let store = Store::open(path)?;
        let keystore = Arc::new(Keystore::of(store.folder()));
        let mut boot = [0; 16];
        entropy.fill(&mut boot);
        let mut workstation = Self {
            store,
            clock,
            entropy,
            boot: BootId(boot),
            build,
            zone: Zone::named("Europe/Paris"),
            steps: Vec::new(),
            shared: Arc::default(),
            watch: Watch::default(),
            unclosed: false,
            anchor: Anchor::at(anchor),
            unmarked: false,
            keystore,
            locked: false,
            seat: None,
            menu: None,
        };
        let [a, b, c, d, ..] = boot;
        workstation.store.write(|tx| {
            publications::judge_all(tx)?;
            cards::begin_list(tx, u32::from_be_bytes([a, b, c, d]))
        })?;
        workstation.store.write(roles::catch_up)?;
        workstation.take_seat()?;
        Ok(workstation)
    }

    /// Reads who this workstation is from its file, and opens its key.
    pub(crate) fn take_seat(&mut self) -> Result<(), StoreError> {
        let (kept, own, shop) = self.store.read(|tx| {
            let kept = settings::identity(tx)?;
            Ok::<_, StoreError>((kept, journals::own(tx)?, publications::shop(tx)?))
        })?;
        if let Some(shop) = shop {
            self.zone = Zone::named(&shop.timezone);
        }
        self.seat = None;
        let Some(identity) = kept else {
            return Ok(());
        };
        let key = self.seat_key(&identity.key)?;
        self.locked = key.is_none();
        let Some(key) = key else {
            return Ok(());
        };
        let purpose = own.as_ref().map_or(Purpose::Live, |held| held.purpose);
        let pen = Pen::new(key.clone(), self.boot, own.map(|held| held.tip));
        self.seat = Some(Seat { identity: identity.with_key(key), pen, purpose });
        Ok(())
    }

    /// Goes on in a new journal where the own one is not this run's alone any more: it has a second
    /// history, or holds entries that this run did not write (a copied disk, a restored backup).
    ///
    /// Both histories are kept and counted. The new journal names every end that it continues, its
    /// tickets have a series of their own with the perpetual totals of all, and no order number of
    /// the day is used again (docs/SYNC.md).
    ///
    /// # Errors
    ///
    /// Whatever SQLite says.
    pub(crate) fn go_on_if_forked(&mut self) -> Result<(), StoreError> {
        self.go_on(&[])
    }

    /// The same, and in any case where witnesses know of own entries that are not here (`lost`): they
    /// are named as continued, and the totals that they came to are taken over.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says.
    pub(crate) fn go_on(&mut self, lost: &[Word]) -> Result<(), StoreError> {
        let Some((seat, tip)) = self.seat.as_ref().and_then(|seat| Some((seat, seat.pen.tip()?)))
        else {
            return Ok(());
        };
        let (boot, now_ms, zone) = (self.boot, self.clock.now_ms(), &self.zone);
        let identity = &seat.identity;
        let pen = self.store.write(|tx| {
            let chains = journals::find(tx, tip.journal)?;
            if mutant::is(Mutant::WriteOnInAFork) && lost.is_empty() {
                return Ok(None);
            }
            let is_alone = chains.len() == 1 && chains.iter().all(|held| held.tip == tip);
            if is_alone && lost.is_empty() && !alarms::is_forked(tx, tip.journal)? {
                return Ok::<_, StoreError>(None);
            }
            let opening = Opening {
                public_key: identity.key.public_key(),
                shop: identity.shop.clone(),
                workstation: identity.label.clone(),
                purpose: seat.purpose,
                continues: ends(&chains, lost),
            };
            let started = Started { build: BUILD.to_owned(), witnesses: Vec::new() };
            let first = vec![opening.to_draft(), started.to_draft()];
            let known = journals::greatest_tick(tx)?;
            let (batch, pen) =
                Pen::new(identity.key.clone(), boot, None).write(first, known, now_ms);
            journals::open(tx, &opening, &batch, true)?;
            if seat.purpose == Purpose::Live {
                take_over_totals(tx, identity, batch.tip().journal, lost)?;
            }
            keep_order_numbers(tx, zone, now_ms)?;
            tracing::error!(left = %tip.journal, opened = %batch.tip().journal, "a new journal");
            let seat = Seat { pen, ..seat.clone() };
            let mut turn = Turn::begin(tx, &seat, now_ms, zone);
            turn.opened_after(tip, &chains, lost)?;
            Ok(turn.commit()?.or(Some(seat.pen)))
        })?;
        if let (Some(pen), Some(seat)) = (pen, &mut self.seat) {
            seat.pen = pen;
            self.mark();
        }
        Ok(())
    }

    /// Sets the workstation up as its centre answered, for whoever carries that answer otherwise than
    /// by [`pos_api::SetUp`].
    ///
    /// # Errors
    ///
    /// [`Error::Store`].
    ///
    /// # Panics
    ///
    /// Where it is set up already.
    pub fn join(&mut self, identity: Identity, secret: &[u8; 32]) -> Result<(), Error> {
        self.enrol(identity, secret, |_| Ok(()))
    }

    /// Sets the workstation up: remembers who it is and opens its journal, in one transaction with
    /// what else `work` records.
    pub(crate) fn enrol(
        &mut self,
        identity: Identity,
        secret: &[u8; 32],
        work: impl FnOnce(&mut Turn<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        assert!(self.seat.is_none(), "a workstation is set up once");
        let opening = Opening {
            public_key: identity.key.public_key(),
            shop: identity.shop.clone(),
            workstation: identity.label.clone(),
            purpose: Purpose::Live,
            continues: Vec::new(),
        };
        let pen = Pen::new(identity.key.clone(), self.boot, None);
        let now_ms = self.clock.now_ms();
        let (build, kept) = (self.build, self.keystore.kept());
        let started = Started { build: BUILD.to_owned(), witnesses: Vec::new() };
        let zone = self.zone.clone();
        let seat = Seat { identity, pen, purpose: opening.purpose };
        self.store.write(|tx| {
            settings::set_identity(tx, &seat.identity, secret)?;
            let first = vec![opening.to_draft(), started.to_draft()];
            let known = journals::greatest_tick(tx)?;
            let (batch, pen) = seat.pen.write(first, known, now_ms);
            journals::open(tx, &opening, &batch, true)?;
            let seat = Seat { pen, ..seat.clone() };
            let mut turn = Turn::begin(tx, &seat, now_ms, &zone);
            turn.opened(build, kept)?;
            work(&mut turn)?;
            turn.commit()?;
            Ok::<_, Error>(())
        })?;
        self.take_seat()?;
        self.compare_publications()?;
        self.mark();
        Ok(())
    }

    /// Runs one turn: what `work` records is one transaction, sealed, with its projections.
    ///
    /// # Panics
    ///
    /// Before the workstation is set up: callers check first.
    pub(crate) fn turn<T, E: From<StoreError>>(
        &mut self,
        work: impl FnOnce(&mut Turn<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.turn_after(None, work)
    }

    /// The same, with an entry that is to be the very first.
    fn turn_after<T, E: From<StoreError>>(
        &mut self,
        first: Option<Draft>,
        work: impl FnOnce(&mut Turn<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let seat = self.seat.as_ref().expect("only a workstation that is set up takes turns");
        let now_ms = self.clock.now_ms();
        let zone = &self.zone;
        let (done, pen) = self.store.write(|tx| {
            let mut turn = Turn::begin(tx, seat, now_ms, zone);
            first.into_iter().for_each(|draft| turn.push(draft));
            turn.watch_clock()?;
            let done = work(&mut turn)?;
            Ok::<_, E>((done, turn.commit()?))
        })?;
        if let Some(pen) = pen
            && let Some(seat) = &mut self.seat
        {
            seat.pen = pen;
            self.unmarked = true;
        }
        Ok(done)
    }

    /// Who this workstation is; `None` before the first run is done.
    #[must_use]
    pub fn identity(&self) -> Option<&Identity> {
        self.seat.as_ref().map(|seat| &seat.identity)
    }

    /// Where its own journal stands.
    #[must_use]
    pub fn tip(&self) -> Option<Tip> {
        self.seat.as_ref().and_then(|seat| seat.pen.tip())
    }

    /// This run.
    #[must_use]
    pub const fn boot(&self) -> BootId {
        self.boot
    }

    /// Its file.
    pub fn store(&mut self) -> &mut Store {
        &mut self.store
    }

    /// The moment it is now, with the shop's local offset.
    #[must_use]
    pub fn moment(&self) -> Moment {
        self.zone.moment(self.clock.now_ms())
    }

    /// What queries and threads may know beside the file.
    #[must_use]
    pub fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }

    /// Who is at this workstation.
    ///
    /// # Errors
    ///
    /// [`Code::NotSignedIn`].
    pub(crate) fn signed_in(&self) -> Result<Operator, Error> {
        self.shared.read(|state| state.operator.clone()).ok_or(Error::Refused(Code::NotSignedIn))
    }

    /// Who is at this workstation, if that is somebody who sells.
    ///
    /// # Errors
    ///
    /// [`Code::NotSignedIn`], or [`Code::NotAllowed`] for whoever only cooks or delivers.
    pub(crate) fn seller(&self) -> Result<Operator, Error> {
        let operator = self.signed_in()?;
        match operator.role {
            staff::Role::Counter | staff::Role::Manager => Ok(operator),
            staff::Role::Pizzaiolo | staff::Role::Courier => Err(Code::NotAllowed.into()),
        }
    }

    /// The menu in force, decoded once per version.
    pub(crate) fn menu(&mut self) -> Result<Option<(BlobHash, Arc<Catalogue>)>, StoreError> {
        let cached = self.menu.clone();
        let menu = self.store.read(|tx| {
            let Some(hash) = publications::menu_hash(tx)? else {
                return Ok(None);
            };
            match cached {
                Some((of, menu)) if of == hash => Ok(Some((of, menu))),
                Some(_) | None => {
                    Ok(publications::menu(tx, hash)?.map(|menu| (hash, Arc::new(menu))))
                }
            }
        });
        let menu: Result<_, StoreError> = menu;
        self.menu.clone_from(&menu?);
        Ok(self.menu.clone())
    }

    /// The shop's sheet.
    pub(crate) fn shop(&mut self) -> Result<Option<Shop>, StoreError> {
        self.store.read(publications::shop)
    }

    /// A new random id.
    pub(crate) fn draw<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.entropy.fill(&mut bytes);
        bytes
    }

    /// After publications arrived: the shop's time zone may have changed, and what else is noted.
    ///
    /// # Errors
    ///
    /// Whatever SQLite says.
    pub fn refresh(&mut self) -> Result<(), StoreError> {
        if let Some(shop) = self.shop()? {
            self.zone = Zone::named(&shop.timezone);
        }
        self.compare_publications()
    }

    /// What this workstation signs with.
    #[must_use]
    pub fn public_key(&self) -> Option<PublicKey> {
        self.identity().map(|identity| identity.key.public_key())
    }

    /// What the journal is for that is written now; `None` before the first run.
    #[must_use]
    pub fn purpose(&self) -> Option<Purpose> {
        self.seat.as_ref().map(|seat| seat.purpose)
    }

    /// What this workstation is for.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        self.identity().map(|identity| identity.role)
    }
}

/// Every end that a new journal continues, each once: those that are here, and those that witnesses
/// know of.
fn ends(chains: &[Held], lost: &[Word]) -> Vec<Tip> {
    let mut ends: Vec<Tip> = chains.iter().map(|held| held.tip).collect();
    for word in lost {
        if !ends.contains(&word.tip) {
            ends.push(word.tip);
        }
    }
    ends
}

/// Gives a new journal's tickets the perpetual totals of those before it. What a witness knows the
/// journals to have come to is further on the same chain, and stands in the place of what is here.
fn take_over_totals(
    tx: &Transaction<'_>,
    identity: &Identity,
    journal: JournalId,
    lost: &[Word],
) -> Result<(), StoreError> {
    let shop = publications::shop(tx)?;
    let code = shop.as_ref().map_or(identity.shop.as_str(), |shop| &shop.code);
    let here = tickets::perpetual_totals(tx)?;
    let known = lost.iter().filter_map(|word| word.totals).max_by_key(|(_, absolute)| *absolute);
    let (perpetual_algebraic, perpetual_absolute) =
        known.filter(|(_, absolute)| here.1 <= *absolute).unwrap_or(here);
    let series = TicketSeries {
        perpetual_algebraic,
        perpetual_absolute,
        ..TicketSeries::open(code, &identity.label, &journal)
    };
    tickets::set_series(tx, journal, &series)
}

/// Keeps the day's order numbers that own journals hold from being used again.
pub(crate) fn keep_order_numbers(
    tx: &Transaction<'_>,
    zone: &Zone,
    now_ms: i64,
) -> Result<(), StoreError> {
    let shop = publications::shop(tx)?;
    let cut_hour = shop.map_or(fiscal::time::DEFAULT_CUT_HOUR, |shop| shop.cut_hour);
    let day = |ms| zone.moment(ms).business_date(cut_hour);
    let opened = journals::own_of_kind(tx, domain::event::kind::OPENED, RECENT_ORDERS)?;
    let numbers = opened.iter().filter(|(wall_ms, _)| day(*wall_ms) == day(now_ms));
    let highest = numbers.filter_map(|(_, body)| number_in(body)).max();
    match highest {
        Some(highest) => settings::raise_order_number(tx, day(now_ms), highest + 1),
        None => Ok(()),
    }
}

/// Orders looked at for the day's highest number: more than any till takes in a day.
const RECENT_ORDERS: u32 = 5_000;

/// The number in an order's label: 42 in "C1-042".
fn number_in(body: &[u8]) -> Option<u64> {
    let event = Event::decode(domain::event::kind::OPENED, 1, body).ok()??;
    let Event::Order(domain::order::Event::Opened(opened)) = event else {
        return None;
    };
    opened.label.rsplit_once('-')?.1.parse().ok()
}
