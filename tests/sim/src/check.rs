//! The invariants of the design, one checker each, by the names they have there.

mod cards;
mod copies;
mod fold;
mod held;
mod level;
mod money;
mod orders;
mod roles;
mod shown;
mod silence;

use crate::books::Books;
use crate::mutant::without;
use crate::net::NodeId;
use crate::pc::Pc;
use crate::setting::Failure;
use crate::world::World;
use journal::{BlobHash, EntryHash, JournalId, PublicKey, Seq, Tip};
use pos_core::store::{StoreError, alarms, journals};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) use cards::cards as merged_cards;
use copies::Witnessed;
pub(crate) use copies::remember_witnessed;
pub(crate) use held::{claims, rollback_seen};
pub(crate) use level::{ALONE_MS, LEVEL_MS, Stopped, stopped};
pub(crate) use shown::{SEEN_MS, Sending, seen};
pub(crate) use silence::silent;

/// What people were told, and what must therefore be true.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// Whose disk was set back, copied, damaged, or lied: their journals may have two histories.
    pub(crate) spoilt: BTreeSet<PublicKey>,
    /// The same of the centre.
    pub(crate) centre_was_set_back: bool,
    /// What disks held that burnt, as far as others had said that they hold it too.
    witnessed: Vec<Witnessed>,
    /// What was seen not to hold, in the middle of something.
    pub(crate) seen: Option<Failure>,
}

impl Ledger {
    pub(crate) fn may_fork(&self) -> bool {
        !self.spoilt.is_empty()
    }
}

pub(crate) fn failed(checker: &'static str, what: impl Into<String>) -> Failure {
    Failure { checker, what: what.into() }
}

fn on(checker: &'static str, pc: &Pc, what: impl Into<String>) -> Failure {
    failed(checker, format!("{} (node {}): {}", pc.label, pc.node, what.into()))
}

/// J1, J5, S3: what was said to be done, or acknowledged, is on this disk.
pub(crate) fn promised(pc: &mut Pc) -> Result<(), Failure> {
    let Some(running) = &mut pc.running else {
        return Ok(());
    };
    let lost = running.workstation.store().read(|tx| {
        for (tip, why) in &pc.promised {
            if journals::chain_of(tx, *tip)?.is_none() {
                return Ok::<_, StoreError>(Some((*tip, *why)));
            }
        }
        Ok(None)
    });
    let lost = lost.map_err(|error| on("J5 durable", pc, error.to_string()))?;
    match lost {
        Some((tip, why @ "acknowledged")) => {
            Err(on("S3 ack durable", pc, format!("entry {} was {why} and is gone", tip.seq)))
        }
        Some((tip, why)) => {
            Err(on("J5 durable", pc, format!("entry {} was {why} and is gone", tip.seq)))
        }
        None => {
            // From here on the latest stand for all before them.
            let mut latest: BTreeMap<JournalId, Tip> = BTreeMap::new();
            for tip in pc.promised.keys() {
                let held = latest.entry(tip.journal).or_insert(*tip);
                if held.seq < tip.seq {
                    *held = *tip;
                }
            }
            let kept: BTreeSet<Tip> = latest.into_values().collect();
            pc.promised.retain(|tip, _| kept.contains(tip));
            Ok(())
        }
    }
}

/// Everything that is checked once all is level.
pub(crate) fn all(world: &mut World) -> Result<(), Failure> {
    for (shop, half) in world.centre.halves.iter().enumerate() {
        for (of, journal, place) in &world.centre.acked {
            if *of == shop && !half.books.holds(place.in_journal(*journal)) {
                let what = format!("the centre acknowledged entry {} and lost it", place.seq);
                return Err(failed("S3 ack durable", what));
            }
        }
        gapless(&half.books)?;
        roles::terms_rise(&half.books)?;
        without(world.setting.mutant, || {
            money::sound(world, shop)?;
            money::adds_up(&half.books)?;
            money::whole_version(world, shop)?;
            orders::causes_first(&half.books)
        })?;
    }
    copies::survive(world)?;
    one_life(world)?;
    let revoked = world.revoked();
    for node in world.nodes() {
        let Some(pc) = world.pcs[node].as_mut().filter(|it| it.counts()) else {
            continue;
        };
        promised(pc)?;
        let books = &world.centre.halves[pc.shop].books;
        tenant(pc, books, &revoked)?;
        no_reuse(pc, books, &revoked)?;
        same_entries(pc, books, &revoked)?;
        orders::dated_by_the_day(pc, &world.ledger.spoilt)?;
        kept_apart(pc)?;
        whole_blobs(pc)?;
        shown::once(pc)?;
    }
    claims(world, true)?;
    fold::is_of_the_set(world)
}

/// S9: of two that run with copies of one disk, one goes on in another journal.
fn one_life(world: &World) -> Result<(), Failure> {
    let mut lives: BTreeMap<JournalId, NodeId> = BTreeMap::new();
    for pc in world.pcs.iter().flatten().filter(|it| it.counts()) {
        let tip = pc.running.as_ref().and_then(|it| it.workstation.tip());
        let Some(journal) = tip.map(|tip| tip.journal) else { continue };
        if let Some(other) = lives.insert(journal, pc.node) {
            return Err(on("S9 one life", pc, format!("writes {journal} as node {other} does")));
        }
    }
    Ok(())
}

/// J3: places 1, 2, 3 … without a gap.
fn gapless(books: &Books) -> Result<(), Failure> {
    for (id, journal) in &books.journals {
        for end in journal.ends() {
            let path = journal.path(end.hash);
            let path = path.ok_or_else(|| failed("J3 gapless", format!("{id}: a loose branch")))?;
            if !path.iter().zip(1..).all(|(row, seq)| row.seq == Seq(seq)) {
                return Err(failed("J3 gapless", format!("{id} has a gap before {}", end.seq)));
            }
        }
    }
    Ok(())
}

/// J4: where two entries have one place both are kept, and people were told.
fn no_reuse(pc: &mut Pc, books: &Books, revoked: &BTreeSet<PublicKey>) -> Result<(), Failure> {
    let is_forked = |it: &crate::books::Journal| 1 < it.chains.len() && !revoked.contains(&it.key);
    let forked: Vec<JournalId> =
        books.journals.iter().filter(|(_, it)| is_forked(it)).map(|(id, _)| *id).collect();
    let Some(running) = &mut pc.running else {
        return Ok(());
    };
    if let Some(own) = running.workstation.tip().filter(|own| forked.contains(&own.journal)) {
        return Err(on("J4 no reuse", pc, format!("goes on in {}, which forked", own.journal)));
    }
    let silent = running.workstation.store().read(|tx| {
        for journal in &forked {
            if !alarms::is_forked(tx, *journal)? {
                return Ok::<_, StoreError>(Some(*journal));
            }
        }
        Ok(None)
    });
    match silent {
        Ok(None) => Ok(()),
        Ok(Some(journal)) => Err(on("J4 no reuse", pc, format!("no alarm that {journal} forked"))),
        Err(error) => Err(on("J4 no reuse", pc, error.to_string())),
    }
}

/// What was said to be kept apart is there.
fn kept_apart(pc: &mut Pc) -> Result<(), Failure> {
    let Some(running) = pc.running.as_mut().filter(|_| pc.parked) else {
        return Ok(());
    };
    let count = "SELECT count(*) FROM parked";
    let read = running
        .workstation
        .store()
        .read(|tx| Ok::<_, StoreError>(tx.query_row(count, [], |row| row.get::<_, i64>(0))?));
    match read {
        Ok(0) => Err(on("S1 no loss", pc, "kept nothing apart of what it said it did")),
        Ok(_) => Ok(()),
        Err(error) => Err(on("S1 no loss", pc, error.to_string())),
    }
}

/// V1: every blob is the one that it is called after.
fn whole_blobs(pc: &mut Pc) -> Result<(), Failure> {
    let Some(running) = &mut pc.running else {
        return Ok(());
    };
    let read = running.workstation.store().read(|tx| {
        let mut statement = tx.prepare_cached("SELECT hash, bytes FROM blob")?;
        let rows = statement.query_map([], |row| {
            let (hash, bytes): (Vec<u8>, Vec<u8>) = (row.get(0)?, row.get(1)?);
            Ok(BlobHash::of(&bytes).0.as_slice() == hash.as_slice())
        })?;
        Ok::<_, StoreError>(rows.collect::<Result<Vec<bool>, _>>()?)
    });
    match read {
        Ok(whole) if whole.iter().all(|it| *it) => Ok(()),
        Ok(_) => Err(on("V1 whole version", pc, "a blob is another than it is called after")),
        Err(error) => Err(on("V1 whole version", pc, error.to_string())),
    }
}

/// P1: nobody holds what is another shop's.
fn tenant(pc: &mut Pc, books: &Books, revoked: &BTreeSet<PublicKey>) -> Result<(), Failure> {
    let Some(running) = &mut pc.running else {
        return Ok(());
    };
    let held = running.workstation.store().read(journals::all);
    let held = held.map_err(|error| on("P1 tenant", pc, error.to_string()))?;
    // What one that was taken out began since then is at nobody's but its own.
    let mut held = held.iter().filter(|it| !revoked.contains(&it.public_key));
    match held.find(|it| !books.journals.contains_key(&it.tip.journal)) {
        Some(other) => Err(on("P1 tenant", pc, format!("holds {}", other.tip.journal))),
        None => Ok(()),
    }
}

/// S1, S2, S7, J2: the workstation's bytes are the centre's, byte for byte; the centre's are checked
/// by [`money::sound`].
fn same_entries(pc: &mut Pc, books: &Books, revoked: &BTreeSet<PublicKey>) -> Result<(), Failure> {
    let Some(running) = &mut pc.running else {
        return Ok(());
    };
    let read = running.workstation.store().read(|tx| {
        let mut different = None;
        let mut seen: BTreeSet<EntryHash> = BTreeSet::new();
        for held in journals::all(tx)?.iter().filter(|it| !revoked.contains(&it.public_key)) {
            let rows = journals::read_after(tx, held.tip.journal, held.branch, Seq(0), 100_000)?;
            let journal = books.journals.get(&held.tip.journal);
            let path = journal.and_then(|it| it.path(held.tip.hash)).unwrap_or_default();
            let is_same = rows.len() == path.len()
                && rows.iter().zip(&path).all(|((raw, _), row)| *raw == row.raw);
            if !is_same && different.is_none() {
                different = Some((held.tip, rows.len(), path.len()));
            }
            seen.extend(path.iter().map(|row| row.hash));
        }
        Ok::<_, StoreError>((different, seen))
    });
    let (different, seen) = read.map_err(|error| on("J2 chain", pc, error.to_string()))?;
    if let Some((tip, here, there)) = different {
        let what = format!(
            "{}: {here} entries here, {there} at the centre, not the same bytes",
            level::told(&tip)
        );
        return Err(on("S7 opaque", pc, what));
    }
    let counted = books.journals.values().filter(|it| !revoked.contains(&it.key));
    let all = counted.flat_map(|it| &it.chains).flat_map(|it| &it.rows);
    match all.into_iter().find(|row| !seen.contains(&row.hash)) {
        Some(row) => Err(on("S1 no loss", pc, format!("lacks entry {}", row.seq))),
        None => Ok(()),
    }
}
