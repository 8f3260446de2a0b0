//! What somebody who has the file and not the key can do to it.

use crate::dice::Dice;
use crate::till::{Stored, Written};
use fiscal::replay::Anchor;
use journal::{EntryHash, Header, Keep, Kind, RawEntry, Seq, SigningKey};
use sha2::{Digest as _, Sha256};

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tampering {
    /// One bit of a stored byte was flipped.
    Flip,
    /// An entry was taken out of the middle.
    Remove,
    /// Two neighbours changed places.
    Swap,
    /// An entry was put in.
    Insert,
    /// An entry was put in, and all that follow were chained again, by somebody without the key.
    Rechain,
    /// An entry was rewritten with another body, and all that follow chained again.
    Rewrite,
    /// The end was cut off; a later anchor is at hand.
    Cut,
    /// Yesterday's file was put back; a later anchor is at hand.
    Yesterday,
}

impl Tampering {
    /// Every one.
    pub const ALL: [Self; 8] = [
        Self::Flip,
        Self::Remove,
        Self::Swap,
        Self::Insert,
        Self::Rechain,
        Self::Rewrite,
        Self::Cut,
        Self::Yesterday,
    ];

    /// Whether it is only seen by who knows more than the file.
    #[must_use]
    pub const fn needs_anchor(self) -> bool {
        match self {
            Self::Cut | Self::Yesterday => true,
            Self::Flip
            | Self::Remove
            | Self::Swap
            | Self::Insert
            | Self::Rechain
            | Self::Rewrite => false,
        }
    }
}

/// A journal that was tampered with.
#[derive(Clone, Debug)]
pub struct Tampered {
    /// Its entries.
    pub entries: Vec<Stored>,
    /// The first place in the list that is not as it was.
    pub from: usize,
    /// What somebody else knew later.
    pub anchor: Option<Anchor>,
}

/// Does it to a journal, at a place of the dice's choice; none where the journal is too short.
#[must_use]
pub fn tamper(dice: &mut Dice, what: Tampering, journal: &Written) -> Option<Tampered> {
    let mut entries = journal.entries.clone();
    let many = entries.len();
    if many < 4 {
        return None;
    }
    let middle = 1 + dice.place(many - 2);
    let tampered = |entries, from| Tampered { entries, from, anchor: None };
    Some(match what {
        Tampering::Flip => {
            let place = dice.place(many);
            flip(dice, &mut entries[place]);
            tampered(entries, place)
        }
        Tampering::Remove => {
            entries.remove(middle);
            tampered(entries, middle)
        }
        Tampering::Swap => {
            entries.swap(middle - 1, middle);
            tampered(entries, middle - 1)
        }
        Tampering::Insert => {
            let copied = entries[dice.place(many)].clone();
            entries.insert(middle, copied);
            tampered(entries, middle)
        }
        Tampering::Rechain => {
            entries.insert(middle, invented(dice));
            rechain(dice, &mut entries, middle);
            tampered(entries, middle)
        }
        Tampering::Rewrite => {
            let (raw, _) = &mut entries[middle];
            raw.body = Some(dice.bytes::<20>().to_vec());
            rechain(dice, &mut entries, middle);
            tampered(entries, middle)
        }
        Tampering::Cut | Tampering::Yesterday => {
            let anchor = Anchor {
                journal: journal.journal,
                seq: Seq(many as u64),
                hash: entries[many - 1].0.hash(),
            };
            let keep = if what == Tampering::Cut { many - 1 } else { middle };
            let sealed = entries[..keep].iter().rposition(|(_, seal)| seal.is_some());
            entries.truncate(sealed.map_or(1, |it| it + 1));
            let from = entries.len();
            Tampered { entries, from, anchor: Some(anchor) }
        }
    })
}

fn flip(dice: &mut Dice, (raw, seal): &mut Stored) {
    let header = raw.header.len();
    let body = raw.body.as_ref().map_or(0, Vec::len);
    let place = dice.place(header + body + seal.as_ref().map_or(0, |_| 64));
    let bit = 1 << dice.below(8);
    if place < header {
        raw.header[place] ^= bit;
    } else if place < header + body {
        raw.body.as_mut().expect("it has bytes")[place - header] ^= bit;
    } else {
        seal.as_mut().expect("it has bytes").0[place - header - body] ^= bit;
    }
}

fn invented(dice: &mut Dice) -> Stored {
    let body = dice.bytes::<16>().to_vec();
    let header = Header {
        version: Header::VERSION,
        journal: None,
        seq: Seq(0),
        prev: None,
        boot: journal::BootId(dice.bytes()),
        kind: Kind(70),
        kind_version: 1,
        keep: Keep::Trace,
        subject: None,
        tick: journal::Tick(0),
        wall_ms: 0,
        body_hash: [0; 32],
        body_len: 0,
    };
    (RawEntry { header: header.encode(), body: Some(body) }, None)
}

/// Gives every entry from `from` on the place, hash and tick that fit, and a seal by another key
/// where it had one.
fn rechain(dice: &mut Dice, entries: &mut [Stored], from: usize) {
    let own = dice.percent(50).then(|| SigningKey::from_secret(&[7; 32]).expect("a small number"));
    let before = Header::decode(&entries[from - 1].0.header).expect("what was written can be read");
    let first = entries[0].0.hash();
    let mut prev: EntryHash = entries[from - 1].0.hash();
    let (mut seq, mut tick) = (before.seq, before.tick);
    for (raw, seal) in &mut entries[from..] {
        let mut header = Header::decode(&raw.header).expect("what was written can be read");
        (seq, tick) = (seq.next(), tick.next().max(header.tick));
        header.journal = Some(journal::JournalId(first.0));
        header.seq = seq;
        header.prev = Some(prev);
        header.tick = tick;
        if let Some(body) = &raw.body {
            header.body_hash = Sha256::digest(body).into();
            header.body_len = u32::try_from(body.len()).expect("a small body");
        }
        raw.header = header.encode();
        prev = raw.hash();
        if let (Some(seal), Some(key)) = (seal, &own) {
            *seal = key.sign(&raw.header);
        }
    }
}
