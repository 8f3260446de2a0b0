//! What journals, and others, say of one another.

use super::fault::Fault;
use super::history::{History, prefix};
use super::papers::{Claim, Papers};
use super::{Anchor, Findings};
use crate::Money;
use crate::closing::Span;
use crate::ticket::short_code;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use journal::{EntryHash, JournalId, Purpose, Seq, Tip};

pub(super) fn compare(
    histories: &mut [History],
    papers: &Papers,
    given: &[Anchor],
    findings: &mut Findings,
) {
    let continued = histories.iter().flat_map(|it| &it.continues);
    let continued = continued.map(|it| Anchor { journal: it.journal, seq: it.seq, hash: it.hash });
    let anchors: BTreeSet<Anchor> =
        given.iter().chain(&papers.anchors).copied().chain(continued).collect();
    forks(histories, findings);
    anchored(histories, &anchors, findings);
    keys(histories, findings);
    carried(histories, findings);
    for claim in &papers.claims {
        claimed(histories, claim, findings);
    }
    papers.compare(&whole(histories), findings);
}

/// What the numbers of journals that were read from their beginning begin with.
fn whole(histories: &[History]) -> BTreeSet<String> {
    let whole = histories.iter().filter(|it| it.after == Seq(0));
    whole
        .filter(|it| !it.standing.tickets.till.is_empty())
        .map(|it| format!("{}-{}-", it.standing.tickets.till, short_code(&it.journal)))
        .collect()
}

/// Two histories of one journal: where they part, both were written.
fn forks(histories: &[History], findings: &mut Findings) {
    for (place, history) in histories.iter().enumerate() {
        let others = histories.iter().take(place).filter(|it| it.journal == history.journal);
        for other in others {
            if let Some(seq) = parting(other, history) {
                findings.add(history.journal, Some(seq), Fault::TwoEntries);
            }
        }
    }
}

/// The first place where two histories of a journal differ; none where one extends the other.
fn parting(one: &History, other: &History) -> Option<Seq> {
    let first = one.after.max(other.after).0.max(1);
    let last = one.standing.seq.min(other.standing.seq).0;
    let differs = |seq: u64| match (one.prefix_at(Seq(seq)), other.prefix_at(Seq(seq))) {
        (Some(one), Some(other)) => one != other,
        (Some(_) | None, None) | (None, Some(_)) => false,
    };
    one.places().filter(|seq| (first..=last).contains(seq)).find(|seq| differs(*seq)).map(Seq)
}

/// The histories hold what others know of.
fn anchored(histories: &mut [History], anchors: &BTreeSet<Anchor>, findings: &mut Findings) {
    for anchor in anchors {
        let of_it = |it: &&mut History| it.journal == anchor.journal;
        let mut known: Option<Seq> = None;
        let mut holds = false;
        for history in histories.iter_mut().filter(of_it) {
            if history.stands_at(anchor.seq, anchor.hash) {
                holds = true;
                let attested = history.summary.attested.unwrap_or_default();
                history.summary.attested = Some(attested.max(anchor.seq));
            } else if history.after < anchor.seq {
                known = Some(known.unwrap_or_default().max(history.standing.seq));
            }
        }
        if let Some(last) = known.filter(|_| !holds) {
            let (seq, what) = if last < anchor.seq {
                (last, Fault::CutOff { known: anchor.seq })
            } else {
                (anchor.seq, Fault::AnchorDiffers { known: anchor.hash })
            };
            findings.add(anchor.journal, Some(seq), what);
        }
    }
}

/// A key writes one live journal at a time: each names the one it continues.
fn keys(histories: &[History], findings: &mut Findings) {
    let mut by_key: BTreeMap<[u8; 33], Vec<&History>> = BTreeMap::new();
    for history in histories.iter().filter(|it| it.standing.purpose() == Some(Purpose::Live)) {
        let Some(key) = &history.key else { continue };
        let mut bytes = [0; 33];
        bytes.copy_from_slice(key.as_bytes());
        let same = by_key.entry(bytes).or_default();
        if same.iter().all(|it| it.journal != history.journal) {
            same.push(history);
        }
    }
    for same in by_key.values() {
        // What can be reached from the first over « continues », either way.
        let linked = |one: &History, other: &History| {
            let names =
                |it: &History, journal| it.continues.iter().any(|tip| tip.journal == journal);
            names(one, other.journal) || names(other, one.journal)
        };
        let Some((first, rest)) = same.split_first() else { continue };
        // A part of a journal does not tell what it continues.
        if same.iter().any(|it| it.after != Seq(0)) {
            continue;
        }
        let mut reached = alloc::vec![*first];
        let mut left: Vec<&History> = rest.to_vec();
        while let Some(place) =
            left.iter().position(|it| reached.iter().any(|known| linked(known, it)))
        {
            reached.push(left.remove(place));
        }
        for history in left {
            findings.add(history.journal, None, Fault::SharedKey { other: first.journal });
        }
    }
}

/// A journal that continues others begins with the totals of all their histories; one of training with
/// nothing.
fn carried(histories: &[History], findings: &mut Findings) {
    for history in histories.iter().filter(|it| !it.continues.is_empty()) {
        let Some(found) = history.carried else { continue };
        let expected = if history.standing.purpose() == Some(Purpose::Training) {
            Some((Money::ZERO, Money::ZERO))
        } else {
            before(histories, &history.continues, 0)
        };
        if expected.is_some_and(|expected| expected != found) {
            findings.add(history.journal, Some(Seq::FIRST), Fault::Carried);
        }
    }
}

/// The most journals that continue one another in a row: one a fork, and forks are rare.
const DEEPEST: usize = 64;

/// What the histories that end at `tips` come to, each ticket once; none where one of them is not
/// here.
fn before(histories: &[History], tips: &[Tip], depth: usize) -> Option<(Money, Money)> {
    if DEEPEST < depth {
        return None;
    }
    let mut sum = (Money::ZERO, Money::ZERO);
    let mut counted: Vec<(&History, Seq)> = Vec::new();
    for tip in tips {
        let is_it = |it: &&History| it.journal == tip.journal && it.stands_at(tip.seq, tip.hash);
        let history = histories.iter().find(is_it)?;
        let after = history.totals_at(tip.seq)?;
        let same = counted.iter().filter(|(it, _)| it.journal == history.journal);
        let common = same
            .map(|(other, end)| {
                let parts =
                    parting(other, history).map_or(tip.seq, |it| Seq(it.0.saturating_sub(1)));
                parts.min(*end).min(tip.seq)
            })
            .max();
        let begun = match common {
            Some(common) => history.totals_at(common)?,
            None => (Money::ZERO, Money::ZERO),
        };
        sum = (
            sum.0.checked_add(after.0.checked_sub(begun.0)?)?,
            sum.1.checked_add(after.1.checked_sub(begun.1)?)?,
        );
        counted.push((history, tip.seq));
    }
    Some(sum)
}

/// What a document says that some entries come to is what their tickets say.
fn claimed(histories: &[History], claim: &Claim, findings: &mut Findings) {
    let mut sum = (Money::ZERO, Money::ZERO);
    let is_practice = histories
        .iter()
        .any(|it| it.journal == claim.at.0 && it.standing.purpose() == Some(Purpose::Training));
    for span in &claim.spans {
        let Some(of_span) = of_span(histories, span, is_practice) else { return };
        let total = sum.0.checked_add(of_span.0);
        let absolute = sum.1.checked_add(of_span.1);
        let (Some(total), Some(absolute)) = (total, absolute) else { return };
        sum = (total, absolute);
    }
    if sum.0 != claim.total || claim.absolute.is_some_and(|it| it != sum.1) {
        findings.add(claim.at.0, Some(claim.at.1), claim.what.clone());
    }
}

/// What the tickets of a span come to, those of training to nothing but in training (`is_practice`); none
/// where its entries are not all here.
fn of_span(histories: &[History], span: &Span, is_practice: bool) -> Option<(Money, Money)> {
    let journal = JournalId::from_hex(&span.journal)?;
    let hash = EntryHash::from_hex(&span.hash)?;
    let first = Seq(span.from.saturating_sub(1));
    let holds = |it: &&History| {
        it.journal == journal
            && it.after <= first
            && it.prefix_at(Seq(span.to)) == Some(prefix(hash))
    };
    let history = histories.iter().find(holds)?;
    if history.standing.purpose() == Some(Purpose::Training) && !is_practice {
        return Some((Money::ZERO, Money::ZERO));
    }
    let (before, after) = (history.totals_at(first)?, history.totals_at(Seq(span.to))?);
    Some((after.0.checked_sub(before.0)?, after.1.checked_sub(before.1)?))
}
