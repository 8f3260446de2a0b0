//! Reading journals from their bytes and checking everything that they say: the one replay that
//! till, centre and the inspector's program use.
//!
//! A [`Replay`] is fed journal by journal, each from its beginning or from where an archive says it
//! stood ([`Standing`]), entry by entry, with the seals that were stored. It believes nothing:
//! hostile bytes give [`Finding`]s, never a panic. What one document says of another, and what
//! journals say of one another, is compared when all were read.
//!
//! A journal's end cannot prove itself: an older copy of a file is true in all it says. It takes an
//! [`Anchor`], a place that somebody else knows of later. Without one a journal is « not attested ».

mod closings;
mod documents;
mod fault;
mod history;
mod journals;
mod papers;
mod standing;

pub use fault::{Fault, Finding};
pub use standing::{Place, Standing, Sum, Tickets, purpose_name};

use crate::Money;
use crate::closing::Tally;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use history::History;
use journal::{EntryHash, JournalId, RawEntry, Seq, Signature, Tip};
use papers::Papers;

/// An entry that somebody else knows of: the centre, another workstation, a paper, a later archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Anchor {
    /// The journal.
    pub journal: JournalId,
    /// The place.
    pub seq: Seq,
    /// The hash of the entry there.
    pub hash: EntryHash,
}

/// What is known of a journal once it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// The journal.
    pub journal: JournalId,
    /// The first entry's place: 1, or the beginning of an archive's part.
    pub first: Seq,
    /// The last entry's place.
    pub last: Seq,
    /// The last entry's hash.
    pub last_hash: Option<EntryHash>,
    /// How many entries were read.
    pub entries: u64,
    /// How many of them have no body any more.
    pub purged: u64,
    /// The earliest and the latest wall clock, in ms since 1970 UTC: labels, no order.
    pub wall_ms: Option<(i64, i64)>,
    /// The last seal's place.
    pub last_seal: Option<Seq>,
    /// How many entries stand after it.
    pub unsealed: u64,
    /// The last place that somebody else attests.
    pub attested: Option<Seq>,
    /// The journals that this one continues.
    pub continues: Vec<Tip>,
    /// How many documents each series has, by its tag; those that cannot be read are not counted.
    pub documents: BTreeMap<String, u64>,
    /// Days closed.
    pub days: u64,
    /// Months closed.
    pub months: u64,
    /// Years closed.
    pub years: u64,
    /// Supplementary closings.
    pub supplementary: u64,
    /// The figures of all documents that could be read.
    pub tally: Tally,
    /// Sales less returns, as the last ticket says.
    pub perpetual_algebraic: Money,
    /// Sales plus returns, as the last ticket says.
    pub perpetual_absolute: Money,
    /// Where it stands: what an archive of the next part begins with.
    pub standing: Standing,
}

impl Summary {
    /// Whether somebody else attests the journal's end.
    #[must_use]
    pub fn is_attested(&self) -> bool {
        self.attested == Some(self.last)
    }
}

/// What a replay found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The histories, in the order in which they were fed.
    pub journals: Vec<Summary>,
    /// What is wrong: the first [`MOST_FINDINGS`].
    pub findings: Vec<Finding>,
    /// How much more is wrong.
    pub more: u64,
}

impl Report {
    /// Whether nothing is wrong.
    #[must_use]
    pub const fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }

    /// Whether somebody else attests every journal's end.
    #[must_use]
    pub fn is_attested(&self) -> bool {
        self.journals.iter().all(Summary::is_attested)
    }
}

/// The most findings that are kept; further ones are counted.
pub const MOST_FINDINGS: usize = 10_000;

/// Findings as they come, without repetition.
#[derive(Debug, Default)]
struct Findings {
    list: Vec<Finding>,
    more: u64,
}

impl Findings {
    fn add(&mut self, journal: JournalId, seq: Option<Seq>, what: Fault) {
        let finding = Finding { journal, seq, what };
        if self.list.last() == Some(&finding) {
        } else if self.list.len() < MOST_FINDINGS {
            self.list.push(finding);
        } else {
            self.more = self.more.saturating_add(1);
        }
    }
}

/// Reads journals and checks them.
#[derive(Debug, Default)]
pub struct Replay {
    findings: Findings,
    papers: Papers,
    histories: Vec<History>,
    current: Option<History>,
    anchors: Vec<Anchor>,
}

impl Replay {
    /// Nothing was read.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Tells of an entry that a later source knows. Before [`Replay::finish`].
    pub fn anchor(&mut self, anchor: Anchor) {
        self.anchors.push(anchor);
    }

    /// What follows are entries of `journal` from its first one on. A second history of a journal
    /// (a restored backup) is fed whole, as if it were another one.
    pub fn begin(&mut self, journal: JournalId) {
        self.begin_after(journal, Standing::nothing());
    }

    /// What follows are entries of `journal` after where it stood. Where the journal was fed
    /// already and stands there, it goes on; its own account is compared with `standing`.
    pub fn begin_after(&mut self, journal: JournalId, standing: Standing) {
        self.end();
        let goes_on = |it: &History| it.journal == journal && it.standing.seq == standing.seq;
        if standing.seq != Seq(0)
            && let Some(place) = self.histories.iter().position(goes_on)
        {
            let history = self.histories.remove(place);
            if history.standing != standing {
                self.findings.add(journal, Some(standing.seq), Fault::OtherBefore);
            }
            self.current = Some(history);
            return;
        }
        self.current = Some(History::begin(journal, standing));
    }

    /// The next entry of the journal that was begun, with its seal where one is stored.
    ///
    /// # Panics
    ///
    /// Where no journal was begun.
    pub fn entry(&mut self, raw: &RawEntry, seal: Option<&Signature>) {
        let history = self.current.as_mut().expect("a journal was begun");
        let due = Seq(history.standing.seq.0.saturating_add(1));
        history.known = self
            .histories
            .iter()
            .any(|it| it.journal == history.journal && it.stands_at(due, raw.hash()));
        history.entry(raw, seal, &mut self.findings, &mut self.papers);
    }

    /// Where the journal that is being read stands.
    #[must_use]
    pub fn standing(&self) -> Option<&Standing> {
        self.current.as_ref().map(|it| &it.standing)
    }

    /// What was found so far.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings.list
    }

    fn end(&mut self) {
        if let Some(history) = self.current.take() {
            self.histories.push(history);
        }
    }

    /// Everything was read: compares journals with one another and with the anchors.
    #[must_use]
    pub fn finish(mut self) -> Report {
        self.end();
        for history in &mut self.histories {
            history.end(&mut self.findings);
        }
        journals::compare(&mut self.histories, &self.papers, &self.anchors, &mut self.findings);
        let journals = self.histories.into_iter().map(|it| it.summary).collect();
        Report { journals, findings: self.findings.list, more: self.findings.more }
    }
}
