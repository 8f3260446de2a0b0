//! Random histories, what is done to them, and what is no history at all.

use fiscal::record::{Record, SeriesKind};
use fiscal::replay::{Anchor, Fault, Replay, Standing};
use fiscal::ticket::Ticket;
use histories::dice::Dice;
use histories::run::{Counts, replay, seed};
use histories::till::{Till, Written, history, key};
use journal::{Header, JournalId, Keep, Kind, Purpose, RawEntry, Signature, SigningKey};
use sha2::{Digest as _, Sha256};

#[test]
fn an_honest_history_raises_no_alarm() {
    for seed in 0..60 {
        let report = replay(&history(seed, 40));
        assert!(report.is_sound(), "seed {seed}: {:#?}", report.findings);
    }
}

#[test]
fn everything_that_is_done_to_a_history_is_found() {
    let mut counts = Counts::default();
    for it in 0..56 {
        seed(it, 2 + it % 12, 10, &mut counts);
    }
    assert!(counts.wrong.is_empty(), "{:#?}", counts.wrong);
}

/// Done by whoever holds the key: all that follow are chained and sealed again.
fn rewrite(journal: &mut Written, key: &SigningKey, kind: Kind, change: impl Fn(&[u8]) -> Vec<u8>) {
    let mut prev = None;
    for (raw, seal) in &mut journal.entries {
        let mut header = Header::decode(&raw.header).expect("what was written can be read");
        if prev.is_some() {
            header.prev = prev;
        } else if header.kind == kind {
            let body = change(raw.body.as_deref().expect("nothing was deleted"));
            header.body_hash = Sha256::digest(&body).into();
            header.body_len = u32::try_from(body.len()).expect("a small body");
            raw.body = Some(body);
        } else {
            continue;
        }
        raw.header = header.encode();
        prev = Some(raw.hash());
        *seal = seal.as_ref().map(|_| key.sign(&raw.header));
    }
}

#[test]
fn what_was_rewritten_under_a_sound_chain_is_found_by_what_it_says() {
    let mut till = Till::open(Dice::new(9), key(9), Purpose::Live, None);
    till.live(30);
    let other = |it: &str| it.replacen("\"operator\":\"", "\"operator\":\"Z", 1);

    let mut journal = till.written();
    rewrite(&mut journal, &key(9), fiscal::kind::TICKET, |body| {
        let ticket = Ticket::decode(body).unwrap();
        Ticket { document: other(&ticket.document), ..ticket }.encode()
    });
    let findings = replay(&[journal]).findings;
    assert!(findings.iter().any(|it| matches!(it.what, Fault::Ticket(_))), "{findings:?}");
    assert!(!findings.iter().any(|it| matches!(it.what, Fault::Altered | Fault::Seal)));

    for kind in [SeriesKind::Event, SeriesKind::Closing] {
        let mut journal = till.written();
        rewrite(&mut journal, &key(9), kind.kind(), |body| {
            let record = Record::decode(body).unwrap();
            Record { document: other(&record.document), ..record }.encode()
        });
        let findings = replay(&[journal]).findings;
        let found = findings.iter().any(|it| matches!(it.what, Fault::Record(of, _) if of == kind));
        assert!(found, "{findings:?}");
    }
}

#[test]
fn only_bodies_that_need_not_be_kept_may_be_gone() {
    let journal = history(4, 20).remove(0);
    for (place, (raw, _)) in journal.entries.iter().enumerate() {
        let mut without = journal.clone();
        without.entries[place].0.body = None;
        let findings = replay(&[without]).findings;
        let header = journal::Header::decode(&raw.header).unwrap();
        if header.keep == Keep::Operation {
            assert_eq!(findings, [], "{header:?}");
        } else {
            assert_eq!(findings[0].seq, Some(header.seq));
            assert_eq!(findings[0].what, Fault::BodyGone);
        }
    }
}

#[test]
fn a_journal_that_was_written_twice_is_found_where_the_histories_part() {
    let mut till = Till::open(Dice::new(5), key(5), Purpose::Live, None);
    till.live(6);
    let parted = till.written().entries.len();
    let mut copy = till.clone();
    copy.dice = Dice::new(6);
    till.live(4);
    copy.live(4);
    let findings = replay(&[till.written(), copy.written()]).findings;
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].what, Fault::TwoEntries);
    assert_eq!(findings[0].seq.unwrap().0, parted as u64 + 1);
}

#[test]
fn the_end_is_attested_by_who_knows_it_and_by_nobody_else() {
    let journal = history(7, 10).remove(0);
    let last = journal.entries.len();
    let anchor_at = |place: usize| Anchor {
        journal: journal.journal,
        seq: journal::Seq(place as u64),
        hash: journal.entries[place - 1].0.hash(),
    };
    let with = |anchor: Option<Anchor>, entries: usize| {
        let mut replay = Replay::new();
        replay.begin(journal.journal);
        for (raw, seal) in &journal.entries[..entries] {
            replay.entry(raw, seal.as_ref());
        }
        anchor.into_iter().for_each(|it| replay.anchor(it));
        replay.finish()
    };
    assert!(!with(None, last).is_attested());
    assert!(!with(Some(anchor_at(1)), last).is_attested());
    let whole = with(Some(anchor_at(last)), last);
    assert!(whole.is_sound() && whole.is_attested());
    let other = Anchor { hash: anchor_at(1).hash, ..anchor_at(last) };
    assert!(matches!(with(Some(other), last).findings[0].what, Fault::AnchorDiffers { .. }));
}

#[test]
fn bytes_from_anywhere_are_findings_and_no_panic() {
    let mut dice = Dice::new(8);
    let honest = history(8, 12).remove(0);
    for _ in 0..300 {
        let mut replay = Replay::new();
        if dice.percent(50) {
            replay.begin(honest.journal);
        } else {
            let mut standing = Standing::nothing();
            standing.seq = journal::Seq(dice.below(u64::MAX));
            standing.public_key = Some("02".repeat(33));
            replay.begin_after(JournalId(dice.bytes()), standing);
        }
        for _ in 0..20 {
            let (mut raw, seal) = honest.entries[dice.place(honest.entries.len())].clone();
            match dice.below(4) {
                0 => raw = RawEntry { header: dice.bytes::<90>().to_vec(), body: None },
                1 => {
                    let place = dice.place(raw.header.len());
                    raw.header[place] = dice.bytes::<1>()[0];
                }
                2 => raw.body = Some(dice.bytes::<70>().to_vec()),
                _ => {}
            }
            let seal = if dice.percent(20) { Some(Signature(dice.bytes())) } else { seal };
            replay.entry(&raw, seal.as_ref());
        }
        assert!(!replay.finish().is_sound());
    }
}
