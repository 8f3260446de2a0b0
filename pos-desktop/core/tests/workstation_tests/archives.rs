//! Archives, checks, purges and the attestation.

use crate::books::{self, codes, event};
use crate::shop::Shop;
use fiscal::Money;
use fiscal::event::EventCode;
use pos_api::{Answer, BooksCommand, Code, Command, DayCommand, KitchenStep, Query, Reply};
use pos_core::books::check::Scope;
use pos_core::books::keeper::{Keeper, keep};
use pos_core::books::{ARCHIVES, archive, check, purge};
use pos_core::store::StoreError;
use rusqlite::Connection;
use std::path::PathBuf;
use verify::inspect::{Inspection, Outcome};

const DAY_MS: i64 = 24 * 3_600_000;

fn run(shop: &mut Shop, command: BooksCommand) -> Result<Reply, Code> {
    shop.try_run(Command::Books(command))
}

fn archive(shop: &mut Shop, folder: Option<&std::path::Path>) -> Result<(String, PathBuf), Code> {
    let folder = folder.map(|it| it.display().to_string());
    let reply = run(shop, BooksCommand::Archive { folder })?;
    let Reply::File { number, path } = reply else { panic!("{reply:?}") };
    Ok((number, path.into()))
}

fn sell_and_close(shop: &mut Shop) {
    shop.type_in("MAR; REI G");
    let paid = shop.pay(5_000).unwrap();
    for step in [KitchenStep::Start, KitchenStep::Ready] {
        shop.run(Command::Kitchen { order: paid.order, line: None, step });
    }
    shop.run(Command::HandOver { order: paid.order });
    shop.run(Command::Day(DayCommand::Close { counted: Some(Money::ZERO), confirmed: false }));
}

fn inspect(paths: &[PathBuf]) -> Outcome {
    let mut inspection = Inspection::new();
    verify::archives::inspect(paths, &mut inspection).unwrap();
    inspection.finish()
}

fn verify(shop: &mut Shop) -> Vec<String> {
    let reply = run(shop, BooksCommand::Verify).unwrap();
    let Reply::Verified { entries, findings } = reply else { panic!("{reply:?}") };
    assert_ne!(entries, 0);
    findings
}

#[test]
fn archives_follow_each_other_and_are_what_an_inspector_takes() {
    let mut shop = Shop::open();
    assert_eq!(archive(&mut shop, None), Err(Code::NothingThere));
    sell_and_close(&mut shop);
    let (first, first_path) = archive(&mut shop, None).unwrap();
    assert_eq!(archive(&mut shop, None), Err(Code::NothingThere));
    shop.clock.advance_ms(DAY_MS);
    sell_and_close(&mut shop);
    let (second, second_path) = archive(&mut shop, None).unwrap();
    assert!(first.ends_with("-A000001") && second.ends_with("-A000002"), "{first} {second}");
    assert!(first_path.metadata().unwrap().permissions().readonly());

    let outcome = inspect(&[second_path.clone(), first_path.clone()]);
    assert!(outcome.is_sound(), "{:?} {:?}", outcome.report.findings, outcome.files);
    assert_eq!(outcome.report.journals[0].days, 2);
    assert_eq!(outcome.periods, ["2026-11-20_2026-11-20", "2026-11-21_2026-11-21"]);

    let Answer::Archives(lines) = shop.ask(Query::Archives) else { panic!() };
    assert_eq!(lines.iter().map(|it| it.number.as_str()).collect::<Vec<_>>(), [&second, &first]);
    assert!(lines.iter().all(|it| it.present));
    std::fs::rename(&first_path, first_path.with_extension("gone")).unwrap();
    let Answer::Archives(lines) = shop.ask(Query::Archives) else { panic!() };
    assert_eq!(lines.iter().map(|it| it.present).collect::<Vec<_>>(), [true, false]);

    assert_eq!(event(&mut shop, EventCode::ArchivePeriod).text("archive"), Some(second.as_str()));
    assert_eq!(event(&mut shop, EventCode::ArchiveVerify).text("result"), Some("OK"));
    assert_eq!(verify(&mut shop), [] as [String; 0]);
    assert!(books::replay(&mut shop.till).is_sound());
}

#[test]
fn an_altered_archive_is_found_and_no_archive_is_replaced() {
    let mut shop = Shop::open();
    sell_and_close(&mut shop);
    let away = tempfile::tempdir().unwrap();
    let (number, path) = archive(&mut shop, Some(away.path())).unwrap();
    let copy = away.path().join(path.file_name().unwrap());
    let bytes = std::fs::read(&path).unwrap();
    assert_eq!(std::fs::read(&copy).unwrap(), bytes);
    assert_eq!(event(&mut shop, EventCode::ArchiveDownload).text("archive"), Some(number.as_str()));
    let refused = archive::copy(&mut shop.till, "RESP", &number, away.path());
    assert!(refused.is_err(), "a copy that is there is not replaced");

    let mut files = verify::archive::read(std::io::Cursor::new(bytes)).unwrap();
    let journal = files.keys().find(|it| it.starts_with("journaux/")).unwrap().clone();
    let text = String::from_utf8(files[&journal].clone()).unwrap();
    files.insert(journal, text.replacen("\"body\":\"8", "\"body\":\"9", 1).into_bytes());
    let altered = away.path().join("altered.zip");
    let files: Vec<_> = files.into_iter().collect();
    verify::archive::write(std::fs::File::create(&altered).unwrap(), &files).unwrap();
    assert!(!inspect(&[altered]).is_sound());
}

#[test]
fn an_archive_is_due_once_a_month_is_closed() {
    let mut shop = Shop::open();
    sell_and_close(&mut shop);
    assert!(!archive::is_due(&mut shop.till).unwrap());
    // The 30th is the last day of the month: its closing closes the month.
    for _ in 20..30 {
        assert!(!archive::is_due(&mut shop.till).unwrap());
        shop.clock.advance_ms(DAY_MS);
        sell_and_close(&mut shop);
    }
    assert!(archive::is_due(&mut shop.till).unwrap());
    // A run that finds all that checks everything, and archives; the next finds nothing to do.
    let mut keeper = Keeper::default();
    assert_eq!(keep(&mut shop.till, &mut keeper).unwrap(), 2);
    assert_eq!(keep(&mut shop.till, &mut keeper).unwrap(), 0);
    assert_eq!(event(&mut shop, EventCode::IntegrityOk).head.operator, "AUTO");
    assert_eq!(event(&mut shop, EventCode::ArchivePeriod).head.operator, "AUTO");
    assert!(!archive::is_due(&mut shop.till).unwrap());
    shop.clock.advance_ms(DAY_MS);
    sell_and_close(&mut shop);
    assert!(!archive::is_due(&mut shop.till).unwrap());
    shop.clock.advance_ms(340 * DAY_MS);
    assert!(archive::is_due(&mut shop.till).unwrap());
}

#[test]
fn a_check_names_what_was_altered_and_goes_on_from_the_last_sound_one() {
    let mut shop = Shop::open();
    sell_and_close(&mut shop);
    let whole = check::begin(&mut shop.till, Scope::Recent).unwrap();
    let entries = whole.entries();
    let mut seen = Vec::new();
    let checked = whole.work(|so_far| seen.push(so_far)).unwrap();
    assert_eq!((checked.entries(), seen.last()), (entries, Some(&entries)));
    check::note(&mut shop.till, "RESP", &checked).unwrap();
    assert!(codes(&mut shop).contains(&EventCode::IntegrityOk));

    // What follows is checked from there: the note of the check itself, and what came after.
    shop.type_in("MAR");
    shop.pay(5_000).unwrap();
    let recent = check::begin(&mut shop.till, Scope::Recent).unwrap();
    assert!(recent.entries() < entries, "{} {entries}", recent.entries());
    assert!(recent.work(|_| {}).unwrap().report.is_sound());
    assert_eq!(verify(&mut shop), [] as [String; 0]);

    // Somebody who has the file can take the triggers away, and is found all the same.
    let file = Connection::open(shop.folder.path().join("till.db")).unwrap();
    file.execute_batch(
        "DROP TRIGGER body_is_never_changed;
         UPDATE body SET body = zeroblob(3)
          WHERE (journal, branch, seq) IN
                (SELECT journal, branch, seq FROM entry WHERE kind = 16 LIMIT 1);",
    )
    .unwrap();
    let findings = verify(&mut shop);
    assert!(!findings.is_empty());
    assert!(findings[0].contains("J02"), "{findings:?}");
    let failed: i64 = file
        .query_row(
            "SELECT count(*) FROM fiscal_document WHERE operation = 'INTEGRITY_FAIL'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(failed, 1);
}

#[test]
fn only_what_is_old_archived_and_on_the_centre_is_purged() {
    let mut shop = Shop::open();
    sell_and_close(&mut shop);
    archive(&mut shop, None).unwrap();
    shop.clock.advance_ms(100 * DAY_MS);
    assert_eq!(purge::count(&mut shop.till).unwrap(), 0, "there is no centre");

    let tip = shop.till.tip().unwrap();
    let centre = shop.till.public_key().unwrap();
    let file = Connection::open(shop.folder.path().join("till.db")).unwrap();
    file.execute(
        "UPDATE workstation
            SET server = 'https://centre', centre_key = ?1, centre_journal = zeroblob(32)",
        [centre.as_bytes()],
    )
    .unwrap();
    drop(file);
    assert_eq!(purge::count(&mut shop.till).unwrap(), 0, "the centre holds nothing");
    let held = |shop: &mut Shop| {
        shop.till
            .store()
            .write(|tx| pos_core::store::witnesses::held_by(tx, &centre, tip.journal, tip.seq))
    };
    held(&mut shop).unwrap();
    shop.clock.advance_ms(-20 * DAY_MS);
    assert_eq!(purge::count(&mut shop.till).unwrap(), 0, "80 days are not 90");
    shop.clock.advance_ms(20 * DAY_MS);
    let due = purge::count(&mut shop.till).unwrap();
    assert_ne!(due, 0);
    let Ok(Reply::Purged { count }) = run(&mut shop, BooksCommand::Purge) else { panic!() };
    assert_eq!(count, due);
    assert_eq!(run(&mut shop, BooksCommand::Purge), Ok(Reply::Purged { count: 0 }));

    // The chain and every sum hold without these bodies, and the log says which they are.
    let report = books::replay(&mut shop.till);
    assert!(report.is_sound(), "{:?}", report.findings);
    assert_eq!(report.journals[0].purged, due);
    let noted = event(&mut shop, EventCode::Purge);
    assert_eq!(noted.number("count"), Some(i64::try_from(due).unwrap()));
    assert!(noted.text("archive").unwrap().ends_with("-A000001"));

    // What must be kept six years is refused by the file itself, however old it is.
    let refused = shop.till.store().write(|tx| {
        let journal = tip.journal;
        let kept: i64 = tx.query_row(
            "SELECT seq FROM entry WHERE kind = 16 AND journal = ?1 LIMIT 1",
            [journal.as_bytes()],
            |row| row.get(0),
        )?;
        let seq = journal::Seq(u64::try_from(kept).unwrap());
        pos_core::store::books::purge(tx, journal, seq)
    });
    assert!(matches!(refused, Err(StoreError::Sqlite(_))), "{refused:?}");
}

#[test]
fn the_books_are_for_managers_and_the_attestation_for_a_company() {
    let mut shop = Shop::open();
    let Answer::About(about) = shop.ask(Query::About) else { panic!() };
    assert_eq!(about.fiscal_version, fiscal::VERSION);
    assert_eq!(about.attestation, None);
    assert_eq!(PathBuf::from(&about.folder), shop.folder.path());
    assert_eq!(about.public_key.len(), 66);
    // The starter names no company.
    assert_eq!(run(&mut shop, BooksCommand::Attestation), Err(Code::NoLegalIdentity));
    assert_eq!(run(&mut shop, BooksCommand::Acknowledge { alarm: 1 }), Err(Code::NoSuchAlarm));
    let Answer::Alarms(alarms) = shop.ask(Query::Alarms) else { panic!() };
    assert_eq!(alarms, []);

    // It is made out to one company and one major version of the fiscal core.
    shop.change_sheet(|sheet| {
        sheet.legal.legal_entity = "OC Pizza SAS".into();
        sheet.legal.siren = "732829320".into();
    });
    let made = run(&mut shop, BooksCommand::Attestation).unwrap();
    let Reply::File { number, path } = made else { panic!("{made:?}") };
    let (major, _) = fiscal::VERSION.split_once('.').unwrap();
    assert_eq!(number, format!("attestation_732829320_v{major}.pdf"));
    assert!(std::fs::read(path).unwrap().starts_with(b"%PDF"));
    let Answer::About(about) = shop.ask(Query::About) else { panic!() };
    assert_eq!(about.attestation, Some(number));

    // Whoever is no manager, or not signed in, does nothing with the books.
    shop.counter_signs_in();
    for command in
        [BooksCommand::Archive { folder: None }, BooksCommand::Verify, BooksCommand::Attestation]
    {
        assert_eq!(run(&mut shop, command), Err(Code::NotAllowed));
    }
    shop.run(Command::SignOut);
    assert_eq!(run(&mut shop, BooksCommand::Verify), Err(Code::NotSignedIn));
    assert!(!shop.folder.path().join(ARCHIVES).exists());
}
