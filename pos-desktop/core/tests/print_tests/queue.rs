//! The queue, over crashes and decisions.

use pos_core::print::job::{JobId, JobKind, JobState, NewJob, Outcome};
use pos_core::print::status::Cause;
use pos_core::print::store;

use crate::contents;
use crate::till::Till;
use pos_core::print::receipt::document;

const KINDS: [JobKind; 4] = [JobKind::Receipt, JobKind::Kitchen, JobKind::Test, JobKind::Drawer];

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
    assert_eq!(till.with(|tx| store::open(tx)).unwrap(), []);

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
        assert!(till.with(|tx| store::begin(tx, id, 5)).unwrap());
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
            assert!(till.with(|tx| store::begin(tx, id, 5)).unwrap());
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
        till.with(|tx| store::open(tx)).unwrap().iter().map(|it| it.id).collect();
    assert_eq!(open, [sending, waiting]);
    assert_eq!(till.with(|tx| store::recover(tx, 10)).unwrap(), 0, "asked about once");
}

#[test]
fn a_person_decides_about_an_unsure_job() {
    let unsure = || {
        let till = Till::in_memory();
        let id = till.enqueue(JobKind::Receipt, "it");
        till.with(|tx| store::begin(tx, id, 5)).unwrap();
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
        till.with(|tx| store::begin(tx, id, 5)).unwrap();
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
    let changes: [(&str, Change); 8] = [
        ("begin", |tx, id| store::begin(tx, id, 9)),
        ("sent", |tx, id| store::finish(tx, id, Outcome::Sent, 9)),
        ("nothing sent", |tx, id| store::finish(tx, id, Outcome::NothingSent(Cause::NoAnswer), 9)),
        ("unsure", |tx, id| store::finish(tx, id, Outcome::Unsure(Cause::NoAnswer), 9)),
        ("fail", |tx, id| store::fail(tx, id, 9)),
        ("print again", |tx, id| store::print_again(tx, id, 9)),
        ("found printed", |tx, id| store::found_printed(tx, id, 9)),
        ("leave", |tx, id| store::leave(tx, id, 9)),
    ];
    let states: [(&str, &[&str]); 6] = [
        ("waiting", &[]),
        ("sending", &["begin"]),
        ("sent", &["begin", "sent"]),
        ("failed", &["fail"]),
        ("unsure", &["begin", "unsure"]),
        ("dropped", &["leave"]),
    ];
    let apply = |till: &Till, name: &str, id: JobId| {
        let (_, change) = changes.iter().find(|(it, _)| *it == name).unwrap();
        till.with(|tx| change(tx, id)).unwrap()
    };

    let mut table = String::new();
    for kind in KINDS {
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
