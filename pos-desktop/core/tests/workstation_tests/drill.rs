//! Who may cut the internet, for how long, and what is written down of it.

use crate::shop::Shop;
use domain::event::kind;
use pos_api::{
    Answer, Approval, Code, Command, DrillView, MeshAnswer, MeshCommand, MeshQuery, Query,
};
use pos_core::store::StoreError;

fn begin(minutes: u32) -> Command {
    Command::Mesh(MeshCommand::BeginDrill { minutes, manager: Shop::manager() })
}

fn end() -> Command {
    Command::Mesh(MeshCommand::EndDrill)
}

fn reports(shop: &mut Shop) -> Vec<DrillView> {
    let Answer::Mesh(MeshAnswer::Drills(drills)) = shop.ask(Query::Mesh(MeshQuery::Drills)) else {
        panic!()
    };
    drills.reports
}

fn entries(shop: &mut Shop, kind: u16) -> u32 {
    let count = shop.till.store().read(|tx| {
        Ok::<_, StoreError>(tx.query_row(
            "SELECT count(*) FROM entry WHERE kind = ?1",
            [kind],
            |row| row.get(0),
        )?)
    });
    count.unwrap()
}

#[test]
fn a_manager_begins_one_for_one_to_sixty_minutes() {
    let mut shop = Shop::open();
    shop.counter_signs_in();
    for minutes in [0, 61, u32::MAX] {
        assert_eq!(shop.try_run(begin(minutes)), Err(Code::DrillMinutes));
    }
    let by = |manager: &str, pin: &str| Approval { manager: manager.into(), pin: pin.into() };
    for (manager, code) in [
        (by("LB", "2580"), Code::NotAllowed),
        (by("RESP", "0000"), Code::WrongPin { tries_left: 4 }),
    ] {
        let begin = Command::Mesh(MeshCommand::BeginDrill { minutes: 10, manager });
        assert_eq!(shop.try_run(begin), Err(code));
    }
    assert_eq!(shop.try_run(end()), Err(Code::DrillState));
    assert_eq!(entries(&mut shop, kind::DRILL_BEGAN.0), 0);

    shop.run(begin(1));
    assert_eq!(shop.try_run(begin(10)), Err(Code::DrillState));
    let Answer::Safety(safety) = shop.ask(Query::Safety) else { panic!() };
    assert!((1..=60).contains(&safety.drill_left_s.unwrap()));
}

#[test]
fn its_report_counts_what_was_done_meanwhile() {
    let mut shop = Shop::open();
    shop.type_in("MAR");
    shop.pay(5_000).unwrap();
    shop.run(begin(10));
    shop.clock.advance_ms(7 * 60_000);
    let mut total = 0;
    for text in ["MAR", "REI"] {
        shop.type_in(text);
        shop.pay(5_000).unwrap();
        total += if text == "MAR" { 0 } else { 1_090 };
    }
    shop.run(end());
    shop.type_in("COC");
    shop.pay(5_000).unwrap();

    let reports = reports(&mut shop);
    let report = &reports[0];
    assert_eq!(reports.len(), 1);
    assert_eq!((report.tickets, report.kitchen_sent, report.kitchen_seen), (2, 2, 0));
    assert!(total <= report.total.cents());
    assert_eq!((report.time.as_str(), report.manager.as_str()), ("2026-11-20 19:10", "RESP"));
    // No clock on the wall makes it longer; a shop without a centre waits for none.
    assert!(report.seconds < 60);
    assert_eq!((report.waiting, report.level_after_s), (0, Some(0)));
    assert_eq!(entries(&mut shop, kind::DRILL_BEGAN.0), 1);
    assert_eq!(entries(&mut shop, kind::DRILL_ENDED.0), 1);
    let Answer::Safety(safety) = shop.ask(Query::Safety) else { panic!() };
    assert_eq!(safety.drill_left_s, None);
}
