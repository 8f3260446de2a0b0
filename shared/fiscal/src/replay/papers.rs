//! The signed documents by number, and what names them: copies, invoices, credit notes.

use super::fault::Fault;
use super::{Anchor, Findings, Summary};
use crate::Money;
use crate::archive::format::hex;
use crate::closing::Span;
use crate::ticket::{Document as TicketDocument, DocumentRate};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use journal::{JournalId, Seq};

/// Where something stands.
pub(super) type At = (JournalId, Seq);

/// A document that others can be about.
#[derive(Debug)]
pub(super) struct Paper {
    /// SHA-256 of the document.
    content: [u8; 32],
    total: Money,
    vat: Vec<(u16, Money)>,
    lines: Vec<([u8; 8], Money)>,
}

/// What a document says of another.
#[derive(Debug)]
pub(super) struct Reference {
    pub(super) at: At,
    pub(super) number: String,
    /// The hash of the other's document, in hexadecimal.
    pub(super) content: String,
    pub(super) about: About,
}

#[derive(Debug)]
pub(super) enum About {
    /// A copy, with its number.
    Copy(u64),
    /// An invoice, with its amounts.
    Invoice { total: Money, vat: Vec<(u16, Money)> },
    /// Its lines are given back: amounts of 0 and below.
    Credit { total: Money, lines: Vec<([u8; 8], Money)> },
    /// A payment is corrected.
    Correction,
}

/// What a document says that the tickets of some entries come to.
#[derive(Debug)]
pub(super) struct Claim {
    pub(super) at: At,
    pub(super) spans: Vec<Span>,
    pub(super) total: Money,
    /// Without signs, where that is said too.
    pub(super) absolute: Option<Money>,
    /// What it is if that is wrong.
    pub(super) what: Fault,
}

/// All documents of a replay.
#[derive(Debug, Default)]
pub(super) struct Papers {
    papers: BTreeMap<String, Vec<Paper>>,
    references: Vec<Reference>,
    pub(super) claims: Vec<Claim>,
    /// Where journals ended, as entries of other journals say.
    pub(super) anchors: Vec<Anchor>,
}

pub(super) fn rates(vat: &[DocumentRate]) -> Vec<(u16, Money)> {
    vat.iter().map(|it| (it.vat_bp.basis_points(), it.ttc)).collect()
}

impl Papers {
    pub(super) fn ticket(&mut self, document: &TicketDocument, content: [u8; 32]) {
        let lines = document.lines.iter().map(|it| (it.line, it.ttc)).collect();
        let paper = Paper { content, total: document.total_ttc, vat: rates(&document.vat), lines };
        self.add(&document.ticket_no, paper);
    }

    pub(super) fn other(&mut self, number: &str, content: [u8; 32], total: Money) {
        let paper = Paper { content, total, vat: Vec::new(), lines: Vec::new() };
        self.add(number, paper);
    }

    fn add(&mut self, number: &str, paper: Paper) {
        self.papers.entry(String::from(number)).or_default().push(paper);
    }

    pub(super) fn claim(&mut self, claim: Claim) {
        self.claims.push(claim);
    }

    pub(super) fn about(&mut self, reference: Reference) {
        self.references.push(reference);
    }

    /// Compares what documents say of one another. `whole` are the journals that were read from
    /// their beginning: what is about a document of another one cannot be judged.
    pub(super) fn compare(&self, whole: &BTreeSet<String>, findings: &mut Findings) {
        let mut copies: BTreeMap<(&str, &str), Vec<&Reference>> = BTreeMap::new();
        let mut credits: BTreeMap<(&str, &str), Vec<&Reference>> = BTreeMap::new();
        for reference in &self.references {
            let (journal, seq) = reference.at;
            let number = || reference.number.clone();
            let Some(papers) = self.papers.get(&reference.number) else {
                if whole.iter().any(|series| reference.number.starts_with(series.as_str())) {
                    findings.add(journal, Some(seq), Fault::NoOriginal { number: number() });
                }
                continue;
            };
            let is_it = |it: &&Paper| hex(&it.content) == reference.content;
            let Some(paper) = papers.iter().find(is_it) else {
                findings.add(journal, Some(seq), Fault::OtherContent { number: number() });
                continue;
            };
            let key = (reference.number.as_str(), reference.content.as_str());
            match &reference.about {
                About::Copy(_) => copies.entry(key).or_default().push(reference),
                About::Credit { .. } => credits.entry(key).or_default().push(reference),
                About::Invoice { total, vat } => {
                    if (*total, vat) != (paper.total, &paper.vat) {
                        let what = Fault::InvoiceAmounts { number: number() };
                        findings.add(journal, Some(seq), what);
                    }
                }
                About::Correction => {}
            }
        }
        for references in copies.values() {
            copies_count(references, whole, findings);
        }
        for ((number, content), references) in &credits {
            let papers = self.papers.get(*number).into_iter().flatten();
            let paper = papers.into_iter().find(|it| hex(&it.content) == *content);
            if let Some(paper) = paper {
                credits_fit(paper, references, findings);
            }
        }
    }
}

/// Copies are numbered from 1 without a gap. Two tills that do not hear of each other may both make
/// the first; each counts on from the highest it knows.
fn copies_count(references: &[&Reference], whole: &BTreeSet<String>, findings: &mut Findings) {
    let mut last: BTreeMap<JournalId, u64> = BTreeMap::new();
    let mut made: u64 = 0;
    let Some(first) = references.first() else { return };
    let from_beginning = whole.iter().any(|series| first.number.starts_with(series.as_str()));
    for reference in references {
        let About::Copy(copy) = reference.about else { continue };
        made = made.saturating_add(1);
        let before = last.insert(reference.at.0, copy);
        let rises = before.is_none_or(|before| before < copy);
        if !rises || (from_beginning && last.len() == 1 && copy != made) {
            let what = Fault::CopyNumber { number: reference.number.clone() };
            findings.add(reference.at.0, Some(reference.at.1), what);
            return;
        }
    }
}

/// What is given back of a line, and of a ticket, is never more than was sold.
fn credits_fit(paper: &Paper, references: &[&Reference], findings: &mut Findings) {
    let mut left: BTreeMap<[u8; 8], Money> = paper.lines.iter().copied().collect();
    let mut total_left = paper.total;
    for reference in references {
        let About::Credit { total, lines } = &reference.about else { continue };
        let mut fits = true;
        for (line, amount) in lines {
            let after = left.get(line).and_then(|it| it.checked_add(*amount));
            match after.filter(|it| !it.is_negative()) {
                Some(after) => {
                    left.insert(*line, after);
                }
                None => fits = false,
            }
        }
        let after = total_left.checked_add(*total);
        match after.filter(|it| fits && !it.is_negative()) {
            Some(after) => total_left = after,
            None => {
                let what = Fault::CreditExceeds { number: reference.number.clone() };
                findings.add(reference.at.0, Some(reference.at.1), what);
            }
        }
    }
}

impl Summary {
    /// Counts a document of a series.
    pub(super) fn count(&mut self, tag: &str) {
        let count = self.documents.entry(String::from(tag)).or_default();
        *count = count.saturating_add(1);
    }
}
