//! How the shop's other workstations are found: where they were last time, what they announce in the
//! network, what a person typed, where they called from. What is found is a hint and no more: whoever
//! answers there proves its key before anything is sent.

mod announce;

use announce::Announced;
pub(super) use announce::Announcing;

use super::lock;
use crate::replicate::Peer;
use crate::store::{StoreError, settings};
use journal::PublicKey;
use pos_api::{Found, PeerAddress};
use rusqlite::Transaction;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

/// The setting that holds where the shop's workstations answered last: a list of [`Known`].
pub(crate) const KNOWN: &str = "known_peers";
/// How many addresses are remembered of each: a PC may have a cable and a radio, IPv4 and IPv6.
const MAX_KNOWN: usize = 4;
/// How many workstations may announce themselves: anybody in the network can, and a shop has a handful.
const MAX_ANNOUNCED: usize = 64;

/// How they are found, beside the addresses that people type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finds {
    /// By those addresses alone.
    Typed,
    /// And where they were last time, or called from.
    Known,
    /// And by what they announce in the network (mDNS); this one announces itself there, too.
    Announced(Interfaces),
}

/// Where a workstation announces itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interfaces {
    /// On every network it is in.
    All,
    /// On this machine alone: tests.
    Loopback,
}

/// Where a workstation answered, its key proved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Known {
    /// Its public key, hexadecimal.
    key: String,
    /// "192.168.1.21:7300".
    pub(super) address: String,
    /// When that was written down, in ms since 1970 UTC by this PC's clock: for people.
    noted_ms: i64,
}

/// Reads where they answered last, newest first.
///
/// # Errors
///
/// [`StoreError::Broken`] where it cannot be read back.
pub(super) fn known(tx: &Transaction<'_>) -> Result<Vec<Known>, StoreError> {
    Ok(settings::get(tx, KNOWN)?.unwrap_or_default())
}

/// Remembers where they answered.
///
/// # Errors
///
/// Whatever SQLite says.
pub(super) fn remember(
    tx: &Transaction<'_>,
    known: Vec<(PublicKey, String)>,
    now_ms: i64,
) -> Result<(), StoreError> {
    let noted = |(key, address): (PublicKey, _)| Known {
        key: hex::encode(key.as_bytes()),
        address,
        noted_ms: now_ms,
    };
    let known: Vec<Known> = known.into_iter().map(noted).collect();
    settings::set(tx, KNOWN, &known)
}

/// The workstations among those who may speak to this one.
pub(super) fn members(peers: &[Peer]) -> BTreeSet<PublicKey> {
    peers.iter().filter(|peer| !peer.is_centre).map(|peer| peer.key).collect()
}

/// Who is one of the shop, and every address where one of them may be.
#[derive(Debug)]
pub(super) struct Routes {
    finds: Finds,
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    members: BTreeSet<PublicKey>,
    typed: Vec<String>,
    /// Where each answered, newest first.
    known: BTreeMap<PublicKey, Vec<String>>,
    /// What is remembered is not what was written down.
    is_unwritten: bool,
    called: BTreeMap<PublicKey, String>,
    /// By the name under which each announces itself.
    announced: BTreeMap<String, Announced>,
    /// Who answered last at an address in this run.
    proved: BTreeMap<String, PublicKey>,
    /// When an address was last tried, by a count that rises, and whether it answered.
    tried: BTreeMap<String, Tried>,
    count: u64,
    /// Addresses where somebody knocks.
    knocked: BTreeSet<String>,
    /// Of whom something new was learnt.
    news: BTreeSet<PublicKey>,
}

#[derive(Clone, Copy, Debug)]
struct Tried {
    at: u64,
    answered: bool,
}

impl Routes {
    pub(super) fn new(finds: Finds) -> Self {
        Self { finds, table: Mutex::default() }
    }

    /// Whether a key is another workstation's of the shop.
    pub(super) fn is_member(&self, key: &PublicKey) -> bool {
        lock(&self.table).members.contains(key)
    }

    /// The shop's other workstations.
    pub(super) fn members(&self) -> BTreeSet<PublicKey> {
        lock(&self.table).members.clone()
    }

    /// These are the shop's other workstations.
    pub(super) fn set_members(&self, members: BTreeSet<PublicKey>) {
        let mut table = lock(&self.table);
        table.proved.retain(|_, key| members.contains(key));
        table.called.retain(|key, _| members.contains(key));
        table.members = members;
    }

    /// A person typed these addresses.
    pub(super) fn set_typed(&self, peers: &[PeerAddress]) {
        lock(&self.table).typed = peers.iter().map(|peer| peer.address.clone()).collect();
    }

    /// This was read when the run began.
    pub(super) fn recall(&self, known: Vec<Known>) {
        let mut table = lock(&self.table);
        let members: BTreeMap<String, PublicKey> =
            table.members.iter().map(|key| (hex::encode(key.as_bytes()), *key)).collect();
        for Known { key, address, noted_ms: _ } in known {
            if let Some(key) = members.get(&key) {
                table.known.entry(*key).or_default().push(address);
            }
        }
    }

    /// A workstation of the shop called: it is alive, and listens there itself.
    pub(super) fn called(&self, key: PublicKey, address: String) {
        let mut table = lock(&self.table);
        if table.members.contains(&key) {
            table.news.insert(key);
            if self.finds != Finds::Typed {
                table.called.insert(key, address);
            }
        }
    }

    /// Somebody announces itself; answers whether that is news.
    pub(super) fn announced(&self, name: String, it: Announced) -> bool {
        let mut table = lock(&self.table);
        let known = table.announced.get(&name);
        if known == Some(&it) || (known.is_none() && MAX_ANNOUNCED <= table.announced.len()) {
            return false;
        }
        let member = table.members.iter().find(|key| it.is(key)).copied();
        table.news.extend(member);
        table.announced.insert(name, it);
        true
    }

    /// Every address where anybody announces itself: a PC that is one of no shop yet asks there.
    pub(super) fn announced_anywhere(&self) -> Vec<String> {
        let table = lock(&self.table);
        table.announced.values().flat_map(|it| it.addresses.iter().cloned()).collect()
    }

    /// Somebody no longer announces itself.
    pub(super) fn withdrawn(&self, name: &str) {
        lock(&self.table).announced.remove(name);
    }

    /// A workstation of the shop answered at an address, which the system knows as `there`.
    pub(super) fn answered(&self, address: &str, there: Option<&str>, key: PublicKey) {
        let mut table = lock(&self.table);
        table.note(address, true);
        if table.proved.insert(address.to_owned(), key) != Some(key) {
            table.news.insert(key);
        }
        if self.finds == Finds::Typed {
            return;
        }
        let there = there.unwrap_or(address);
        let known = table.known.entry(key).or_default();
        if known.first().map(String::as_str) != Some(there) {
            known.retain(|it| it != there);
            known.insert(0, there.to_owned());
            known.truncate(MAX_KNOWN);
            table.is_unwritten = true;
        }
    }

    /// Nobody of the shop answered at an address.
    pub(super) fn failed(&self, address: &str) {
        lock(&self.table).note(address, false);
    }

    /// Where a workstation may be and how that is known, the likeliest first: where it answered last,
    /// then what was not tried, then what failed longest ago.
    pub(super) fn ways_to(&self, key: &PublicKey) -> Vec<(String, Found)> {
        let table = lock(&self.table);
        let is_typed = |address: &&String| table.proved.get(*address) == Some(key);
        let typed = table.typed.iter().filter(is_typed).map(|it| (it, Found::Typed));
        let announced = table.announced.values().filter(|it| it.is(key));
        let announced = announced.flat_map(|it| &it.addresses).map(|it| (it, Found::Announced));
        let called = table.called.get(key).into_iter().map(|it| (it, Found::Called));
        let known = table.known.get(key).into_iter().flatten().map(|it| (it, Found::LastKnown));
        let mut ways: Vec<(String, Found)> = Vec::new();
        for (address, found) in typed.chain(announced).chain(called).chain(known) {
            let is_anothers = table.proved.get(address).is_some_and(|there| there != key);
            if !is_anothers && ways.iter().all(|(it, _)| it != address) {
                ways.push((address.clone(), found));
            }
        }
        ways.sort_by_key(|(address, _)| match table.tried.get(address) {
            Some(Tried { answered: true, at }) => (0, u64::MAX - at),
            None => (1, 0),
            Some(Tried { answered: false, at }) => (2, *at),
        });
        ways
    }

    /// Typed addresses at which nobody is known to answer, to be knocked at.
    pub(super) fn to_knock_at(&self) -> Vec<String> {
        let mut table = lock(&self.table);
        let Table { typed, proved, tried, knocked, .. } = &mut *table;
        let answers = |address: &String| {
            proved.contains_key(address) && tried.get(address).is_some_and(|it| it.answered)
        };
        let silent = typed.iter().filter(|address| !answers(address));
        silent.filter(|address| knocked.insert((*address).clone())).cloned().collect()
    }

    /// Somebody knocked there, and has gone.
    pub(super) fn was_knocked_at(&self, address: &str) {
        lock(&self.table).knocked.remove(address);
    }

    /// Those of whom something new was learnt since this was last asked.
    pub(super) fn news(&self) -> BTreeSet<PublicKey> {
        std::mem::take(&mut lock(&self.table).news)
    }

    /// What is to be remembered, where it has changed since this was last asked.
    pub(super) fn unwritten(&self) -> Option<Vec<(PublicKey, String)>> {
        let mut table = lock(&self.table);
        if !std::mem::take(&mut table.is_unwritten) {
            return None;
        }
        let Table { members, known, .. } = &*table;
        let known = known.iter().filter(|(key, _)| members.contains(key));
        Some(known.flat_map(|(key, all)| all.iter().map(|it| (*key, it.clone()))).collect())
    }

    /// What was to be remembered was not.
    pub(super) fn is_unwritten(&self) {
        lock(&self.table).is_unwritten = true;
    }
}

impl Table {
    fn note(&mut self, address: &str, answered: bool) {
        self.count += 1;
        self.tried.insert(address.to_owned(), Tried { at: self.count, answered });
        // Who answered there, as long as it was one that nobody names any more.
        if 512 < self.tried.len() {
            let oldest = self.tried.iter().min_by_key(|(_, it)| it.at).map(|(it, _)| it.clone());
            oldest.and_then(|it| self.tried.remove(&it));
        }
    }
}

#[cfg(test)]
mod tests;
