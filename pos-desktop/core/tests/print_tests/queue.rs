//! The queue, over crashes and decisions.

use pos_core::print::job::{JobId, JobKind, JobState, NewJob, Outcome};
use pos_core::print::status::Cause;
use pos_core::print::store;

use crate::contents;
use crate::till::Till;
use pos_core::print::receipt::document;

const KINDS: [JobKind; 10] = [
    JobKind::Receipt,
    JobKind::Kitchen,
    JobKind::Provisional,
    JobKind::Note,
    JobKind::Closing,
    JobKind::Cash,
    JobKind::Label,
    JobKind::Notice,
    JobKind::Test,
    JobKind::Drawer,
];

#[test]
fn a_job_is_there_once_its_transaction_is_committed_and_not_before() {
    let till = Till::in_memory();
    let document = document(&contents::plain());
    let job = NewJob {
        printer: "counter",
        kind: JobKind::Receipt,
        reference: "P01-C1-2026-000001",
        document: &document,
    };
    let undone = till.with(|tx| -> rusqlite::Result<()> {
        store::enqueue(tx, &job, 1)?;
        Err(rusqlite::Error::InvalidQuery)
    });
    assert!(undone.is_err());
    assert_eq!(till.with(|tx| store::open(tx, 0)).unwrap(), []);

    let id = till.with(|tx| store::enqueue(tx, &job, 1)).unwrap();
    let next = till.with(|tx| store::next(tx, "counter")).unwrap().unwrap();
    assert_eq!((next.id, next.state, next.attempts), (id, JobState::Waiting, 0));
    assert_eq!(next.document, document.to_stored());
    assert_eq!(till.with(|tx| store::next(tx, "kitchen")).unwrap(), None);
}

#[test]
fn jobs_are_printed_in_the_order_they_were_asked_for() {
    let till = Till::in_memory();
    let ids = ["a", "b", "c"].map(|it| till.enqueue(JobKind::Receipt, it));
    for id in ids {
        let next = till.with(|tx| store::next(tx, "counter")).unwrap().unwrap();
        assert_eq!(next.id, id);
        assert!(till.with(|tx| store::begin(tx, id, "counter", 5)).unwrap());
        assert!(till.with(|tx| store::finish(tx, id, Outcome::Sent, 6)).unwrap());
    }
    assert_eq!(till.with(|tx| store::next(tx, "counter")).unwrap(), None);
}

#[test]
fn what_was_being_sent_or_waited_when_the_till_stopped_is_offered() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("till.db");
    let (sending, waiting, sent) = {
        let till = Till::at(&file);
        let ids = ["sending", "waiting", "sent"].map(|it| till.enqueue(JobKind::Receipt, it));
        for id in [ids[0], ids[2]] {
            assert!(till.with(|tx| store::begin(tx, id, "counter", 5)).unwrap());
        }
        till.with(|tx| store::finish(tx, ids[2], Outcome::Sent, 6)).unwrap();
        (ids[0], ids[1], ids[2])
        // Here the power goes.
    };

    let till = Till::at(&file);
    assert_eq!(till.with(|tx| store::recover(tx, 9)).unwrap(), 2);
    assert_eq!(till.job(sending).state, JobState::Unsure);
    assert_eq!(till.job(sending).last_cause, Some(Cause::Interrupted));
    assert_eq!(till.job(waiting).state, JobState::Unsure);
    assert_eq!(till.job(sent).state, JobState::Sent);
    let next = till.with(|tx| store::next(tx, "counter")).unwrap();
    assert_eq!(next, None, "neither is printed by itself");
    let open: Vec<JobId> =
        till.with(|tx| store::open(tx, 0)).unwrap().iter().map(|it| it.id).collect();
    assert_eq!(open, [sending, waiting]);
    assert_eq!(till.with(|tx| store::recover(tx, 10)).unwrap(), 0, "asked about once");
}

#[test]
fn a_person_decides_about_an_unsure_job() {
    let unsure = || {
        let till = Till::in_memory();
        let id = till.enqueue(JobKind::Receipt, "it");
        till.with(|tx| store::begin(tx, id, "counter", 5)).unwrap();
        till.with(|tx| store::finish(tx, id, Outcome::Unsure(Cause::NoPaper), 6)).unwrap();
        assert_eq!(till.job(id).last_cause, Some(Cause::NoPaper));
        (till, id)
    };

    let (till, id) = unsure();
    assert!(till.with(|tx| store::print_again(tx, id, 7)).unwrap());
    assert_eq!(till.job(id).state, JobState::Waiting);
    assert_eq!(till.with(|tx| store::next(tx, "counter")).unwrap().unwrap().id, id);

    let (till, id) = unsure();
    assert!(till.with(|tx| store::found_printed(tx, id, 7)).unwrap());
    assert_eq!(till.job(id).state, JobState::Sent);

    let (till, id) = unsure();
    assert!(till.with(|tx| store::leave(tx, id, 7)).unwrap());
    assert_eq!(till.job(id).state, JobState::Dropped);
}

#[test]
fn a_drawer_is_opened_at_once_or_not_at_all() {
    let till = Till::in_memory();
    let stuck = till.enqueue(JobKind::Receipt, "stuck");
    let behind = till.enqueue(JobKind::Drawer, "behind");
    let job = till.job(stuck);
    till.with(|tx| store::hold_up(tx, &job, Cause::NoPaper, 5)).unwrap();
    assert_eq!(till.job(stuck).state, JobState::Waiting);
    assert_eq!((till.job(stuck).attempts, till.job(behind).attempts), (1, 0));
    assert_eq!(till.job(behind).state, JobState::Dropped);
    assert_eq!(till.job(behind).last_cause, Some(Cause::NoPaper));

    let [interrupted, unsure, waiting] =
        ["a", "b", "c"].map(|it| till.enqueue(JobKind::Drawer, it));
    for id in [interrupted, unsure] {
        till.with(|tx| store::begin(tx, id, "counter", 5)).unwrap();
    }
    till.with(|tx| store::finish(tx, unsure, Outcome::Unsure(Cause::NoAnswer), 6)).unwrap();
    assert_eq!(till.with(|tx| store::recover(tx, 9)).unwrap(), 1, "the receipt, and no drawer");
    for id in [interrupted, unsure, waiting] {
        assert_eq!(till.job(id).state, JobState::Dropped);
    }
}

/// Every change, tried on a job in every state: what it leaves. A line says `kind state: …`.
#[test]
fn the_states_and_what_changes_them() {
    type Change = fn(&rusqlite::Transaction<'_>, JobId) -> rusqlite::Result<bool>;
    let changes: [(&str, Change); 9] = [
        ("begin", |tx, id| store::begin(tx, id, "counter", 9)),
        ("sent", |tx, id| store::finish(tx, id, Outcome::Sent, 9)),
        ("unconfirmed", |tx, id| store::finish(tx, id, Outcome::Unconfirmed, 9)),
        ("nothing sent", |tx, id| store::finish(tx, id, Outcome::NothingSent(Cause::NoAnswer), 9)),
        ("unsure", |tx, id| store::finish(tx, id, Outcome::Unsure(Cause::NoAnswer), 9)),
        ("fail", |tx, id| store::fail(tx, id, 9)),
        ("print again", |tx, id| store::print_again(tx, id, 9)),
        ("found printed", |tx, id| store::found_printed(tx, id, 9)),
        ("leave", |tx, id| store::leave(tx, id, 9)),
    ];
    let states: [(&str, &[&str]); 7] = [
        ("waiting", &[]),
        ("sending", &["begin"]),
        ("sent", &["begin", "sent"]),
        ("unconfirmed", &["begin", "unconfirmed"]),
        ("failed", &["fail"]),
        ("unsure", &["begin", "unsure"]),
        ("dropped", &["leave"]),
    ];
    let apply = |till: &Till, name: &str, id: JobId| {
        let (_, change) = changes.iter().find(|(it, _)| *it == name).unwrap();
        till.with(|tx| change(tx, id)).unwrap()
    };

    let mut table = String::new();
    for kind in [JobKind::Receipt, JobKind::Kitchen, JobKind::Test, JobKind::Drawer] {
        for (state, way) in states {
            if kind == JobKind::Drawer && ["unsure", "failed"].contains(&state) {
                continue;
            }
            for (name, _) in changes {
                let till = Till::in_memory();
                let id = till.enqueue(kind, "it");
                assert!(way.iter().all(|step| apply(&till, step, id)));
                let before = till.job(id);
                if apply(&till, name, id) {
                    let line = format!("{kind:?} {state}: {name} -> {:?}\n", till.job(id).state);
                    table.push_str(&line.to_lowercase());
                } else {
                    assert_eq!(till.job(id), before, "a change refused changes nothing");
                }
            }
        }
    }
    insta::assert_snapshot!(table);
}

#[test]
fn every_kind_and_cause_can_be_written_and_read_back() {
    let causes = [
        Cause::CoverOpen,
        Cause::NoPaper,
        Cause::Error,
        Cause::Busy,
        Cause::Offline,
        Cause::Unreachable,
        Cause::NoAnswer,
        Cause::Interrupted,
        Cause::Unreadable,
        Cause::Unsupported,
    ];
    let till = Till::in_memory();
    for kind in KINDS {
        for cause in causes {
            let id = till.enqueue(kind, "it");
            let job = till.job(id);
            till.with(|tx| store::hold_up(tx, &job, cause, 5)).unwrap();
            assert_eq!((till.job(id).kind, till.job(id).last_cause), (kind, Some(cause)));
        }
    }
}

#[test]
fn what_waits_for_a_dead_printer_goes_to_another() {
    let till = Till::in_memory();
    let [sending, unsure, waiting, later] =
        ["a", "b", "c", "d"].map(|it| till.enqueue(JobKind::Receipt, it));
    let drawer = till.enqueue(JobKind::Drawer, "e");
    for id in [sending, unsure] {
        assert!(till.with(|tx| store::begin(tx, id, "counter", 5)).unwrap());
    }
    till.with(|tx| store::finish(tx, unsure, Outcome::Unsure(Cause::NoAnswer), 6)).unwrap();

    assert_eq!(till.with(|tx| store::waiting(tx, "counter")).unwrap(), 3, "the drawer too");
    assert_eq!(till.with(|tx| store::reroute(tx, "counter", "kitchen", 7)).unwrap(), 3);
    assert_eq!(till.job(sending).printer, "counter", "its bytes are leaving");
    assert_eq!(till.job(drawer).state, JobState::Dropped);
    assert_eq!((&*till.job(unsure).printer, till.job(unsure).state), ("kitchen", JobState::Unsure));
    assert_eq!(till.with(|tx| store::waiting(tx, "kitchen")).unwrap(), 2);
    let next = till.with(|tx| store::next(tx, "kitchen")).unwrap().unwrap();
    assert_eq!(next.id, waiting);
    assert!(till.with(|tx| store::next(tx, "counter")).unwrap().is_none());

    let late = till.with(|tx| store::begin(tx, later, "counter", 8)).unwrap();
    assert!(!late, "whoever held it in hand for the dead printer has lost it");
}

#[test]
fn an_unconfirmed_job_is_shown_for_a_while() {
    let till = Till::in_memory();
    let id = till.enqueue(JobKind::Receipt, "a");
    till.with(|tx| store::begin(tx, id, "counter", 5)).unwrap();
    till.with(|tx| store::finish(tx, id, Outcome::Unconfirmed, 60)).unwrap();
    let shown = |since| till.with(|tx| store::open(tx, since)).unwrap().len();
    assert_eq!([shown(59), shown(60), shown(61)], [1, 1, 0]);
    assert_eq!(till.with(|tx| store::recover(tx, 70)).unwrap(), 0);
}

#[test]
fn a_customers_paper_that_waited_overnight_is_offered_and_the_shops_own_is_printed() {
    for kind in KINDS {
        let till = Till::in_memory();
        let id = till.enqueue(kind, "it");
        till.with(|tx| store::recover(tx, 9)).unwrap();
        let expected = match kind {
            JobKind::Receipt | JobKind::Provisional | JobKind::Note => JobState::Unsure,
            JobKind::Drawer => JobState::Dropped,
            JobKind::Kitchen
            | JobKind::Closing
            | JobKind::Cash
            | JobKind::Label
            | JobKind::Notice
            | JobKind::Test => JobState::Waiting,
        };
        assert_eq!(till.job(id).state, expected, "{kind:?}");
    }
}

#[test]
fn a_file_of_one_printer_keeps_it_its_jobs_and_their_numbers() {
    let file = rusqlite::Connection::open_in_memory().unwrap();
    file.execute_batch(include_str!("../../../../migrations/sqlite/0002_workstation.sql")).unwrap();
    file.execute_batch(include_str!("../../../../migrations/sqlite/0004_print.sql")).unwrap();
    file.execute_batch(
        r#"INSERT INTO setting VALUES ('printer', '{"host":"10.0.0.9:9100","wide":false,"drawer":true}');
           INSERT INTO print_job (id, printer, kind, reference, document, state, created_ms, updated_ms)
           VALUES (7, 'receipt', 'receipt', 'T1', '{}', 'unsure', 1, 2),
                  (9, 'receipt', 'drawer', 'T2', '{}', 'sent', 1, 2);"#,
    )
    .unwrap();
    file.execute_batch(include_str!("../../../../migrations/sqlite/0005_print.sql")).unwrap();

    let open = store::open(&file, 0).unwrap();
    let [job] = &open[..] else { panic!("{open:?}") };
    assert_eq!((job.id, &*job.printer, job.state), (JobId(7), "comptoir", JobState::Unsure));
    let document = document(&contents::plain());
    let next =
        NewJob { printer: "comptoir", kind: JobKind::Note, reference: "", document: &document };
    assert_eq!(store::enqueue(&file, &next, 3).unwrap(), JobId(10));

    let kept: String = file
        .query_row("SELECT value FROM setting WHERE name = 'printers'", [], |row| row.get(0))
        .unwrap();
    let kept: Vec<pos_api::PrinterSettings> = serde_json::from_str(&kept).unwrap();
    let expected = pos_api::PrinterSettings {
        wide: false,
        ..pos_api::PrinterSettings::counter("10.0.0.9:9100".to_owned(), true)
    };
    assert_eq!(kept, [expected]);
    let left: i64 = file.query_row("SELECT count(*) FROM setting", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 1);
}
