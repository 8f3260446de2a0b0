//! Building an archive: entries go in, files come out, and what the replay of them found.

use super::format::{
    self, FileHash, HEADER_FILE, HEADER_FORMAT, Header, Line, MANIFEST_FILE, MANIFEST_FORMAT,
    Manifest, NOTICE_FILE, Part, SIGNATURE_FILE, journal_file,
};
use super::tables::Tables;
use crate::Money;
use crate::closing::{Span, Tally};
use crate::jcs;
use crate::replay::{Replay, Report, Standing, Summary};
use crate::ticket::{DocumentRate, Issuer};
use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use journal::{EntryHash, JournalId, Purpose, RawEntry, Signature, SigningKey};

/// What an archive says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// Who sold, and with which software.
    pub issuer: Issuer,
    /// The period: `2026-11-01_2026-11-30`.
    pub period: String,
    /// When it is made, in milliseconds since 1970 UTC.
    pub created_ms: i64,
    /// The signature of the record of the archive before.
    pub previous: Option<String>,
}

/// An archive that is being built. Everything is held in memory: about 2 kB an entry.
#[derive(Debug)]
pub struct Builder {
    about: About,
    replay: Replay,
    tables: Tables,
    parts: Vec<(JournalId, Option<Standing>, String)>,
}

/// An archive's files and what its record (series AR1) says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Built {
    /// Names and bytes, in the order in which they are stored.
    pub files: Vec<(String, Vec<u8>)>,
    /// SHA-256 of the manifest, in hexadecimal.
    pub manifest: String,
    /// Which entries it holds.
    pub spans: Vec<Span>,
    /// Turnover by rate, the lowest first; training apart.
    pub vat: Vec<DocumentRate>,
    /// Turnover, tax included; training apart.
    pub total_ttc: Money,
    /// What checking the entries found. An archive is made whatever it is: it is evidence.
    pub report: Report,
    /// Where each journal stands now: what the next archive's parts begin with.
    pub standings: Vec<(JournalId, Standing)>,
}

impl Builder {
    /// An archive of nothing yet.
    #[must_use]
    pub fn new(about: About) -> Self {
        Self { about, replay: Replay::new(), tables: Tables::new(), parts: Vec::new() }
    }

    /// What follows are entries of `journal`, each once: from its first on, or after where it stood
    /// at the end of the archive before.
    pub fn begin(&mut self, journal: JournalId, before: Option<Standing>) {
        match &before {
            Some(standing) => self.replay.begin_after(journal, standing.clone()),
            None => self.replay.begin(journal),
        }
        self.tables.begin(journal, before.as_ref().and_then(Standing::purpose));
        self.parts.push((journal, before, String::new()));
    }

    /// The next entry of that journal, with its seal where one is stored.
    ///
    /// # Panics
    ///
    /// Where no journal was begun.
    pub fn entry(&mut self, raw: &RawEntry, seal: Option<&Signature>) {
        self.replay.entry(raw, seal);
        self.tables.entry(raw);
        let (_, _, text) = self.parts.last_mut().expect("a journal was begun");
        let seq = self.replay.standing().map_or(0, |it| it.seq.0);
        text.push_str(&Line::of(seq, raw, seal).text());
        text.push('\n');
    }

    /// The archive, its manifest signed by the key of `signer`'s journal.
    ///
    /// # Panics
    ///
    /// Where the time, or an amount in a journal that is not sound, is beyond ±(2⁵³ − 1).
    #[must_use]
    pub fn finish(self, signer: JournalId, key: &SigningKey) -> Built {
        let report = self.replay.finish();
        let parts: Vec<Part> =
            self.parts.iter().zip(&report.journals).map(|(part, it)| part_of(part, it)).collect();
        let spans = parts.iter().map(|it| it.span.clone()).collect();
        let header = Header {
            format: HEADER_FORMAT.to_owned(),
            issuer: self.about.issuer,
            period: self.about.period,
            created_ms: self.about.created_ms,
            fiscal_version: crate::VERSION.to_owned(),
            journals: parts,
        };
        let mut files = Vec::new();
        files.push((HEADER_FILE.to_owned(), canonical(&header).into_bytes()));
        files.push((NOTICE_FILE.to_owned(), super::NOTICE.as_bytes().to_vec()));
        for (journal, _, text) in self.parts {
            files.push((journal_file(&journal), text.into_bytes()));
        }
        for (name, text) in self.tables.finish() {
            files.push((name, text.into_bytes()));
        }
        let manifest = Manifest {
            format: MANIFEST_FORMAT.to_owned(),
            journal: signer.hex(),
            public_key: format::hex(key.public_key().as_bytes()),
            previous: self.about.previous,
            files: files.iter().map(|(name, bytes)| FileHash::of(name, bytes)).collect(),
        };
        let manifest = canonical(&manifest);
        let hash = format::sha256(manifest.as_bytes());
        let signature = format::sign(&manifest, key);
        files.push((MANIFEST_FILE.to_owned(), manifest.into_bytes()));
        files.push((SIGNATURE_FILE.to_owned(), signature.into_bytes()));

        let mut tally = Tally::default();
        let counted = |it: &&Summary| it.standing.purpose() != Some(Purpose::Training);
        for summary in report.journals.iter().filter(counted) {
            tally.merge(&summary.tally);
        }
        let standings = report.journals.iter().map(|it| (it.journal, it.standing.clone()));
        let standings = standings.collect();
        let (vat, total_ttc) = (tally.vat, tally.total);
        Built { files, manifest: hash, spans, vat, total_ttc, report, standings }
    }
}

fn part_of(part: &(JournalId, Option<Standing>, String), summary: &Summary) -> Part {
    let after = summary.standing.clone();
    Part {
        span: Span {
            journal: part.0.hex(),
            from: summary.first.0,
            to: summary.last.0,
            hash: summary.last_hash.map(|it: EntryHash| it.hex()).unwrap_or_default(),
        },
        public_key: after.public_key.clone().unwrap_or_default(),
        shop: after.shop.clone(),
        workstation: after.workstation.clone(),
        purpose: after.purpose.clone(),
        before: part.1.clone(),
        after,
    }
}

fn canonical<T: serde::Serialize>(value: &T) -> String {
    jcs::to_string(value).expect("amounts and times are within ±(2^53 − 1)")
}
