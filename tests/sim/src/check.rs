//! The invariants of the design, one checker each, by the names they have there.

use journal::{JournalId, Seq, check, check_first};
use replication::{Place, Push};
use std::collections::{BTreeMap, BTreeSet};

use crate::disk::{Chain, Disk, Journal, Row, Total, subject_of};
use crate::node::decide_push;

/// The ends of every journal, as last looked at.
pub(crate) type Seen = BTreeMap<JournalId, Vec<Place>>;

/// J1: a later view of a journal extends the earlier one.
pub(crate) fn append_only(seen: &Seen, disk: &Disk) -> Result<(), String> {
    for (journal, ends) in seen {
        for end in ends {
            if !disk.holds(*journal, end.hash) {
                return Err(format!("entry {} of {journal} was there and is not", end.seq));
            }
        }
    }
    Ok(())
}

/// J2: every hash and every seal is right, from stored bytes. `checked` saves time: chains that were
/// found right on another node, byte for byte.
pub(crate) fn chained(
    disk: &Disk,
    checked: &mut BTreeSet<(Option<Place>, Place)>,
) -> Result<(), String> {
    for (id, journal) in &disk.journals {
        for chain in &journal.chains {
            let right =
                runs(journal, chain)?.into_iter().all(|run| run.is_right(*id, journal, checked));
            if !right {
                return Err(format!("a chain of {id} is not what its key sealed"));
            }
        }
    }
    Ok(())
}

/// J3: places 1, 2, 3 … without a gap.
pub(crate) fn gapless(disk: &Disk) -> Result<(), String> {
    for (id, journal) in &disk.journals {
        for end in journal.ends() {
            let path =
                journal.path(end.hash).ok_or_else(|| format!("{id}: a branch hangs in the air"))?;
            let right = path.iter().zip(1..).all(|(row, seq)| row.seq == Seq(seq));
            if !right {
                return Err(format!("{id} has a gap before {}", end.seq));
            }
        }
    }
    Ok(())
}

/// J4: no place is used twice, but by a disk that was set back; then both are kept, and it is told.
pub(crate) fn no_reuse(disks: &[&Disk], was_set_back: bool) -> Result<(), String> {
    let mut used: BTreeMap<(JournalId, Seq), BTreeSet<Place>> = BTreeMap::new();
    for (journal, row) in disks.iter().flat_map(|disk| disk.rows()) {
        used.entry((journal, row.seq)).or_default().insert(row.place());
    }
    for ((journal, seq), places) in used.into_iter().filter(|(_, places)| 1 < places.len()) {
        if !was_set_back {
            return Err(format!("entry {seq} of {journal} was written twice"));
        }
        for disk in disks {
            if !places.iter().all(|place| disk.holds(journal, place.hash)) {
                return Err(format!("a branch of {journal} at {seq} was dropped"));
            }
            if !disk.alarms.contains(&journal) {
                return Err(format!("nobody was told that {journal} forked at {seq}"));
            }
        }
    }
    Ok(())
}

/// J7: what is projected is the fold of the set of entries, in the order (tick, journal, seq).
pub(crate) fn folded(disk: &Disk) -> Result<(), String> {
    let mut rows: Vec<(JournalId, &Row)> = disk.rows().collect();
    rows.sort_by_key(|(journal, row)| (row.tick, *journal, row.seq, row.hash));
    let mut totals: BTreeMap<u8, Total> = BTreeMap::new();
    for (journal, row) in rows {
        if let Some(subject) = subject_of(row) {
            totals.entry(subject).or_default().add(journal, row, None);
        }
    }
    let same = totals.len() == disk.totals.len()
        && totals.iter().all(|(subject, total)| disk.totals.get(subject) == Some(total));
    if same { Ok(()) } else { Err("the totals are not those of the entries".to_owned()) }
}

/// S1: the centre holds every entry that any disk holds.
pub(crate) fn nothing_lost(centre: &Disk, disks: &[&Disk]) -> Result<(), String> {
    for (journal, row) in disks.iter().flat_map(|disk| disk.rows()) {
        if !centre.holds(journal, row.hash) {
            return Err(format!("the centre lacks entry {} of {journal}", row.seq));
        }
    }
    Ok(())
}

/// S2: the state is that of one ordered delivery, each entry once.
pub(crate) fn once(disk: &Disk) -> Result<(), String> {
    let mut fresh = Disk::default();
    for (id, journal) in &disk.journals {
        for chain in &journal.chains {
            for run in runs(journal, chain)? {
                let (writes, _) = decide_push(&fresh, None, &run.to_push(*id));
                for write in writes {
                    fresh.write(write, None);
                }
            }
        }
    }
    same(&fresh, disk)
}

/// S2, too: two disks that hold the same entries add up to the same.
pub(crate) fn same(expected: &Disk, disk: &Disk) -> Result<(), String> {
    let entries = |disk: &Disk| -> BTreeSet<_> {
        disk.rows().map(|(journal, row)| (journal, row.hash)).collect()
    };
    if entries(expected) != entries(disk) {
        return Err("delivered once, in order, other entries are believed".to_owned());
    }
    if expected.totals != disk.totals {
        return Err("delivered once, in order, it adds up to something else".to_owned());
    }
    Ok(())
}

/// S3: what was acknowledged is on disk.
pub(crate) fn acked_is_held(
    disk: &Disk,
    acked: &BTreeSet<(JournalId, Place)>,
) -> Result<(), String> {
    match acked.iter().find(|(journal, place)| !disk.holds(*journal, place.hash)) {
        Some((journal, place)) => {
            Err(format!("entry {} of {journal} was acknowledged and is gone", place.seq))
        }
        None => Ok(()),
    }
}

/// Entries up to a seal, with what they follow.
struct Run<'a> {
    base: Option<&'a Row>,
    rows: Vec<&'a Row>,
}

impl Run<'_> {
    fn last(&self) -> &Row {
        self.rows.last().expect("a run has at least one entry")
    }

    fn to_push(&self, journal: JournalId) -> Push {
        Push {
            journal,
            base: self.base.map(Row::place),
            entries: self.rows.iter().map(|row| row.raw.clone()).collect(),
            seal: self.last().seal.expect("a run ends on a seal"),
        }
    }

    fn is_right(
        &self,
        id: JournalId,
        journal: &Journal,
        checked: &mut BTreeSet<(Option<Place>, Place)>,
    ) -> bool {
        let name = (self.base.map(Row::place), self.last().place());
        let hashes = self.rows.iter().all(|row| row.raw.hash() == row.hash);
        if hashes && checked.contains(&name) {
            return true;
        }
        let push = self.to_push(id);
        let batch = match self.base {
            Some(base) => {
                let tip = base.place().in_journal(id);
                check(tip, base.tick, &journal.key, &push.entries, &push.seal).ok()
            }
            None => check_first(&push.entries, &push.seal).ok().map(|(_, batch)| batch),
        };
        let right = batch.is_some_and(|batch| Place::of(batch.tip()) == self.last().place());
        if right {
            checked.insert(name);
        }
        hashes && right
    }
}

/// A chain cut at its seals.
fn runs<'a>(journal: &'a Journal, chain: &'a Chain) -> Result<Vec<Run<'a>>, String> {
    let mut base = match chain.from {
        Some(from) => {
            let path = journal.path(from.hash).ok_or("a branch hangs in the air")?;
            path.last().copied()
        }
        None => None,
    };
    let mut runs = Vec::new();
    let mut rows = Vec::new();
    for row in &chain.rows {
        rows.push(row);
        if row.seal.is_some() {
            runs.push(Run { base, rows: std::mem::take(&mut rows) });
            base = Some(row);
        }
    }
    if rows.is_empty() { Ok(runs) } else { Err("entries without a seal are held".to_owned()) }
}
