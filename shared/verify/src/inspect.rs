//! What was read, and what was found.

use crate::fault::{FileFault, Note};
use fiscal::record::{Record, SeriesKind};
use fiscal::replay::{Anchor, Replay, Report, Standing};
use fiscal::ticket::{Issuer, Ticket};
use journal::{Header, JournalId, RawEntry, Seq, Signature};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Everything that was found.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The files that were read.
    pub read: Vec<String>,
    /// The periods of archives.
    pub periods: Vec<String>,
    /// Who sells, as the last archive says.
    pub issuer: Option<Issuer>,
    /// What the entries say.
    pub report: Report,
    /// What is wrong with files, each with the file's name.
    pub files: Vec<(String, FileFault)>,
    /// What there is to know.
    pub notes: Vec<(String, Note)>,
    /// The numbers of the documents that findings are about.
    pub numbers: BTreeMap<(JournalId, Seq), String>,
}

impl Outcome {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.report.is_sound() && self.files.is_empty()
    }
}

/// Reads files one after the other.
#[derive(Debug, Default)]
pub struct Inspection {
    pub(crate) replay: Replay,
    pub(crate) read: Vec<String>,
    pub(crate) periods: Vec<String>,
    pub(crate) issuer: Option<Issuer>,
    pub(crate) files: Vec<(String, FileFault)>,
    pub(crate) notes: Vec<(String, Note)>,
    numbers: BTreeMap<(JournalId, Seq), String>,
    journal: Option<JournalId>,
    pub(crate) authorities: Option<PathBuf>,
}

/// The most faults of files that are kept.
const MOST: usize = 10_000;

impl Inspection {
    /// Nothing was read.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Tells of an entry that a later source knows.
    pub fn anchor(&mut self, anchor: Anchor) {
        self.replay.anchor(anchor);
    }

    /// Names the file of certificates (PEM) of the authorities whose time stamps are trusted, in the place
    /// of those that this machine knows.
    pub fn trust(&mut self, authorities: PathBuf) {
        self.authorities = Some(authorities);
    }

    /// Everything was read.
    #[must_use]
    pub fn finish(self) -> Outcome {
        Outcome {
            read: self.read,
            periods: self.periods,
            issuer: self.issuer,
            report: self.replay.finish(),
            files: self.files,
            notes: self.notes,
            numbers: self.numbers,
        }
    }

    pub(crate) fn begin(&mut self, journal: JournalId, before: Option<Standing>) {
        self.journal = Some(journal);
        match before {
            Some(standing) => self.replay.begin_after(journal, standing),
            None => self.replay.begin(journal),
        }
    }

    pub(crate) fn entry(&mut self, raw: &RawEntry, seal: Option<&Signature>) {
        let before = self.replay.findings().len();
        self.replay.entry(raw, seal);
        if before < self.replay.findings().len()
            && let (Some(journal), Some(number)) = (self.journal, number(raw))
        {
            let seq = self.replay.standing().map_or(Seq(0), |it| it.seq);
            self.numbers.insert((journal, seq), number);
        }
    }

    pub(crate) fn wrong(&mut self, file: &str, fault: FileFault) {
        if self.files.len() < MOST {
            self.files.push((file.to_owned(), fault));
        }
    }

    pub(crate) fn note(&mut self, file: &str, note: Note) {
        self.notes.push((file.to_owned(), note));
    }
}

/// The number of the document in an entry, where there is one that can be read.
fn number(raw: &RawEntry) -> Option<String> {
    let kind = Header::decode(&raw.header)?.kind;
    let body = raw.body.as_deref()?;
    if kind == fiscal::kind::TICKET {
        return Ticket::decode(body).map(|it| it.number);
    }
    SeriesKind::of_kind(kind).and_then(|_| Record::decode(body)).map(|it| it.number)
}
