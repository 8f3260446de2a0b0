//! Histories as the inspector gets them: archives, and copies of a till's file.

#![expect(clippy::unwrap_used, reason = "a test falls where something cannot be made or read")]

use fiscal::archive::NOTICE;
use fiscal::archive::format::NOTICE_FILE;
use histories::cases;
use histories::dice::Dice;
use histories::files::{archive, till, zip};
use histories::till::{Till, history, key};
use journal::Purpose;
use rusqlite::Connection;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use verify::fault::{FileFault, Note};
use verify::inspect::{Inspection, Outcome};
use verify::till::TillFile;
use verify::{archives, report};

fn of_archives(paths: &[PathBuf]) -> Outcome {
    let mut inspection = Inspection::new();
    archives::inspect(paths, &mut inspection).unwrap();
    inspection.finish()
}

fn of_till(path: &Path) -> Outcome {
    let mut inspection = Inspection::new();
    TillFile::open(path, &mut inspection).unwrap().inspect(&mut inspection).unwrap();
    inspection.finish()
}

/// The anchor of a case.
fn anchored(case: &Value, inspection: &mut Inspection) {
    let Some(anchor) = case["anchor"].as_str() else { return };
    let parts: Vec<&str> = anchor.split(':').collect();
    inspection.anchor(fiscal::replay::Anchor {
        journal: journal::JournalId::from_hex(parts[0]).unwrap(),
        seq: journal::Seq(parts[1].parse().unwrap()),
        hash: journal::EntryHash::from_hex(parts[2]).unwrap(),
    });
}

#[test]
fn an_archive_tells_the_inspector_what_was_done_to_it() {
    let folder = tempfile::tempdir().unwrap();
    for case in cases::archives(folder.path(), 64).unwrap() {
        let mut inspection = Inspection::new();
        anchored(&case, &mut inspection);
        let path = folder.path().join(case["file"].as_str().unwrap());
        archives::inspect(&[path], &mut inspection).unwrap();
        let outcome = inspection.finish();
        assert_eq!(outcome.is_sound(), case["sound"] == true, "{case}: {outcome:#?}");
    }
}

#[test]
fn a_till_file_tells_the_inspector_what_was_done_to_it() {
    let folder = tempfile::tempdir().unwrap();
    for case in cases::tills(folder.path(), 48).unwrap() {
        let mut inspection = Inspection::new();
        anchored(&case, &mut inspection);
        let path = folder.path().join(case["file"].as_str().unwrap());
        let till = TillFile::open(&path, &mut inspection).unwrap();
        till.inspect(&mut inspection).unwrap();
        let outcome = inspection.finish();
        assert_eq!(outcome.is_sound(), case["sound"] == true, "{case}: {:#?}", outcome.files);
    }
}

#[test]
fn what_stands_beside_the_entries_is_compared_with_them() {
    let folder = tempfile::tempdir().unwrap();
    for (place, (done, code)) in [
        ("DROP TRIGGER entry_is_never_deleted", "S02"),
        ("DROP TRIGGER journal_is_never_changed; UPDATE journal SET workstation = 'C9'", "S04"),
        ("PRAGMA foreign_keys = OFF; UPDATE chain SET tip_seq = tip_seq + 1", "S04"),
        (
            "PRAGMA foreign_keys = OFF; DELETE FROM ticket; DROP TRIGGER entry_is_never_changed;
          UPDATE entry SET kind = 65 WHERE seq = 2",
            "S03",
        ),
        ("INSERT INTO seal SELECT journal, zeroblob(32), seq, signature FROM seal LIMIT 1", "S05"),
    ]
    .into_iter()
    .enumerate()
    {
        let path = folder.path().join(format!("{place}.sqlite"));
        till(&path, &history(9, 6)).unwrap();
        assert!(of_till(&path).is_sound());
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
        connection.execute_batch(done).unwrap();
        drop(connection);
        let outcome = of_till(&path);
        assert!(outcome.files.iter().any(|it| it.1.code() == code), "{done}: {outcome:#?}");
    }
}

#[test]
fn an_older_copy_is_found_out_by_another_workstation() {
    let folder = tempfile::tempdir().unwrap();
    let (copy, peer) = (folder.path().join("copy.sqlite"), folder.path().join("peer.sqlite"));
    let mut counter = Till::open(Dice::new(10), key(10), Purpose::Live, None);
    counter.live(5);
    till(&copy, &[counter.written()]).unwrap();
    counter.live(5);
    till(&peer, &[counter.written()]).unwrap();

    let with = |one: &Path, witness: &Path| {
        let mut inspection = Inspection::new();
        let one = TillFile::open(one, &mut inspection).unwrap();
        one.inspect(&mut inspection).unwrap();
        let witness = TillFile::open(witness, &mut inspection).unwrap();
        witness.witness(&one, &mut inspection).unwrap();
        inspection.finish()
    };
    let cut = with(&copy, &peer);
    assert_eq!(cut.report.findings[0].what.code(), "T01", "{cut:#?}");
    assert!(with(&peer, &copy).is_sound());
    let whole = with(&peer, &peer);
    assert!(whole.is_sound() && whole.report.is_attested());
}

#[test]
fn the_evidence_is_left_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a # b.sqlite");
    till(&path, &history(11, 5)).unwrap();
    let before = std::fs::read(&path).unwrap();
    assert!(of_till(&path).is_sound());
    assert_eq!(std::fs::read(&path).unwrap(), before);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn archives_of_two_months_are_checked_together_and_apart() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let mut counter = Till::open(Dice::new(12), key(12), Purpose::Live, None);
    counter.live(12);
    counter.close();
    let first = archive(&[counter.written()], &BTreeMap::new(), None, 1, &key(12));
    assert!(first.report.is_sound(), "{:?}", first.report.findings);
    let notice = first.files.iter().find(|(name, _)| name == NOTICE_FILE);
    assert_eq!(notice.map(|(_, text)| text.as_slice()), Some(NOTICE.as_bytes()));
    zip(&path("1.zip"), &first.files).unwrap();
    let archived = counter.written().entries.len();
    let signature = counter.archived(&first);
    counter.live(12);
    let before = first.standings.iter().cloned().collect();
    let rest = counter.written_after(archived);
    let second = archive(std::slice::from_ref(&rest), &before, Some(signature), 2, &key(12));
    assert!(second.report.is_sound(), "{:?}", second.report.findings);
    zip(&path("2.zip"), &second.files).unwrap();

    let both = of_archives(&[path("2.zip"), path("1.zip")]);
    assert!(both.is_sound() && both.notes.is_empty(), "{both:#?}");
    assert_eq!(both.report.journals.len(), 1);
    let alone = of_archives(&[path("2.zip")]);
    assert!(alone.is_sound());
    assert_eq!(alone.notes[0].1, Note::PreviousNotHere);

    let other = archive(&[rest], &before, Some("x".repeat(86)), 2, &key(12));
    zip(&path("3.zip"), &other.files).unwrap();
    let wrong = of_archives(&[path("1.zip"), path("3.zip")]);
    assert_eq!(wrong.files[0].1, FileFault::Previous);
}

#[test]
fn the_report_says_the_same_as_text_json_and_pdf() {
    let folder = tempfile::tempdir().unwrap();
    cases::archives(folder.path(), 2).unwrap();
    let outcome = of_archives(&[folder.path().join("00001.zip")]);
    let made = fiscal::time::Moment { utc_ms: 1_795_284_300_000, offset_min: 60 };
    let text = report::text(&outcome, made);
    assert!(text.contains("VERDICT : ANOMALIES") && text.contains("[A05]"), "{text}");
    let json = report::json(&outcome);
    assert_eq!(json["verdict"], "ANOMALIES");
    assert_eq!(json["files"][0]["code"], "A05");
    assert!(report::pdf(&outcome, made).unwrap().starts_with(b"%PDF-"));
}
