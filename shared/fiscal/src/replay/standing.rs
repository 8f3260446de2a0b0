//! Where a journal stands: all that the next entry is compared with.

use crate::Money;
use crate::archive::format::hex;
use crate::closing::{Span, Tally};
use crate::record::SeriesKind;
use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use journal::{EntryHash, JournalId, Opening, Purpose, Seq, Tick};
use serde::{Deserialize, Serialize};

/// Where a journal stands after one of its entries. An archive of a later part begins with it, so
/// that the part can be checked without what is before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The last entry's place; 0 where there is none yet.
    pub seq: Seq,
    /// The last entry's hash.
    pub hash: Option<EntryHash>,
    /// The last entry's tick.
    pub tick: Tick,
    /// The public key that the first entry names, 66 hexadecimal digits.
    pub public_key: Option<String>,
    /// The shop's code.
    pub shop: String,
    /// The workstation's label.
    pub workstation: String,
    /// What the journal is for: `REEL`, `FORMATION`, `CENTRE`; empty where that is not known.
    pub purpose: String,
    /// The tickets.
    pub tickets: Tickets,
    /// The other series, by their tags.
    pub series: BTreeMap<String, Place>,
    /// The last entry that a day's closing covers; 0 where there is none.
    pub closed_to: u64,
    /// How many days were closed.
    pub days: u64,
    /// What was put in the drawer when the open day began.
    pub float: Option<Money>,
    /// The documents since the last day was closed.
    pub day: Sum,
    /// The days since the last month was closed.
    pub month: Sum,
    /// The months since the last year was closed.
    pub year: Sum,
}

/// What the next document of a series hangs on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The next document's place.
    pub next: u64,
    /// The last document's signature.
    pub previous: Option<String>,
    /// Whether this is known; after one that cannot be read it is not, until the next.
    pub known: bool,
}

/// What the next ticket hangs on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tickets {
    /// Its place.
    #[serde(flatten)]
    pub place: Place,
    /// The till's name in numbers; empty before the first document.
    pub till: String,
    /// Sales less returns.
    pub perpetual_algebraic: Money,
    /// Sales plus returns.
    pub perpetual_absolute: Money,
    /// Whether the totals are known: those of a journal that continues others are from its first
    /// ticket or closing on.
    pub totals_known: bool,
}

/// The figures of what is not closed yet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// Whether some of it could not be read: then it is compared with nothing.
    pub broken: bool,
    /// The first and the last day; none before the first closing of the period.
    pub days: Option<(u64, u64)>,
    /// The entries of its days.
    pub span: Option<Span>,
    /// The first ticket's number.
    pub first_ticket: Option<String>,
    /// The last ticket's number.
    pub last_ticket: Option<String>,
    /// The figures.
    pub tally: Tally,
}

impl Place {
    const FIRST: Self = Self { next: 1, previous: None, known: true };

    pub(super) fn lose(&mut self) {
        self.known = false;
    }
}

impl Standing {
    /// Where a journal stands before its first entry.
    #[must_use]
    pub fn nothing() -> Self {
        let first = |kind: SeriesKind| (kind.tag().to_owned(), Place::FIRST);
        Self {
            seq: Seq(0),
            hash: None,
            tick: Tick(0),
            public_key: None,
            shop: String::new(),
            workstation: String::new(),
            purpose: String::new(),
            tickets: Tickets {
                place: Place::FIRST,
                till: String::new(),
                perpetual_algebraic: Money::ZERO,
                perpetual_absolute: Money::ZERO,
                totals_known: true,
            },
            series: SeriesKind::ALL.into_iter().map(first).collect(),
            closed_to: 0,
            days: 0,
            float: None,
            day: Sum::default(),
            month: Sum::default(),
            year: Sum::default(),
        }
    }

    /// What the journal is for, where that is known.
    #[must_use]
    pub fn purpose(&self) -> Option<Purpose> {
        [Purpose::Live, Purpose::Training, Purpose::Centre]
            .into_iter()
            .find(|it| purpose_name(*it) == self.purpose)
    }

    pub(super) fn opened(&mut self, opening: &Opening) {
        self.public_key = Some(hex(opening.public_key.as_bytes()));
        self.shop.clone_from(&opening.shop);
        self.workstation.clone_from(&opening.workstation);
        self.purpose = purpose_name(opening.purpose).to_owned();
        self.tickets.totals_known = opening.continues.is_empty();
    }

    /// What was written next cannot be read: nothing that hangs on it is known.
    pub(super) fn lose(&mut self, tickets: bool, series: Option<SeriesKind>) {
        if tickets {
            self.tickets.place.lose();
            self.tickets.totals_known = false;
        }
        if let Some(place) = series.and_then(|kind| self.series.get_mut(kind.tag())) {
            place.lose();
        }
        for sum in [&mut self.day, &mut self.month, &mut self.year] {
            sum.broken = true;
        }
    }

    /// Nothing is known of anything but the chain.
    pub(super) fn lose_all(&mut self) {
        self.lose(true, None);
        for place in self.series.values_mut() {
            place.lose();
        }
    }

    /// The span from after the last day to `to`.
    #[must_use]
    pub fn open_span(&self, journal: JournalId, to: Seq, hash: EntryHash) -> Span {
        Span {
            journal: journal.hex(),
            from: self.closed_to.saturating_add(1),
            to: to.0,
            hash: hash.hex(),
        }
    }
}

impl Sum {
    /// Adds a closed period. A month's span is from its first day's first entry to its last's last.
    pub(super) fn close(&mut self, days: (u64, u64), span: &Span, of: &Self) {
        self.days = Some((self.days.map_or(days.0, |it| it.0), days.1));
        let from = self.span.as_ref().map_or(span.from, |it| it.from);
        self.span = Some(Span { from, ..span.clone() });
        if self.first_ticket.is_none() {
            self.first_ticket.clone_from(&of.first_ticket);
        }
        if of.last_ticket.is_some() {
            self.last_ticket.clone_from(&of.last_ticket);
        }
        self.tally.merge(&of.tally);
        self.broken |= of.broken;
    }

    pub(super) fn sold(&mut self, number: &str) {
        if self.first_ticket.is_none() {
            self.first_ticket = Some(number.to_owned());
        }
        self.last_ticket = Some(number.to_owned());
    }
}

/// The name of a purpose in archives.
#[must_use]
pub const fn purpose_name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Live => "REEL",
        Purpose::Training => "FORMATION",
        Purpose::Centre => "CENTRE",
    }
}
