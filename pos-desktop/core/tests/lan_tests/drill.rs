//! The internet is cut on purpose: nobody calls the centre, the kitchen goes on, and the report says what
//! happened.

use crate::centre::Centre;
use crate::pc::{BOUND, Pc};
use fiscal::Money;
use pos_api::{
    Answer, Approval, Command, DrillsView, KitchenStep, MeshAnswer, MeshCommand, MeshQuery, Query,
    Role,
};
use std::net::TcpListener;
use std::time::Duration;

fn drills(pc: &Pc) -> DrillsView {
    let Answer::Mesh(MeshAnswer::Drills(drills)) = pc.ask(Query::Mesh(MeshQuery::Drills)) else {
        panic!()
    };
    drills
}

fn manager() -> Approval {
    Approval { manager: "LB".into(), pin: "2580".into() }
}

#[test]
fn the_shop_goes_on_and_nobody_calls_the_centre() {
    let mut centre = Centre::new();
    let till = Pc::new(&mut centre, "C1", Role::Till);
    let kitchen = Pc::new(&mut centre, "K1", Role::Kitchen);
    centre.tell(&till);
    till.dial(&[&kitchen]);
    // Whoever stands where the centre was: it takes calls and says nothing.
    let url = till.with(|it| it.identity().unwrap().centre.clone().unwrap().url);
    let listener = TcpListener::bind(url.strip_prefix("http://").unwrap()).unwrap();

    till.run(Command::Mesh(MeshCommand::BeginDrill { minutes: 10, manager: manager() }));
    let safety = till.safety();
    assert!((1..=600).contains(&safety.drill_left_s.unwrap()), "{safety:?}");
    listener.set_nonblocking(true).unwrap();
    while listener.accept().is_ok() {}
    let paid = till.sell("MAR");
    kitchen.shows(&paid.label);
    kitchen.run(Command::Kitchen { order: paid.order, line: None, step: KitchenStep::Seen });
    till.within(BOUND, |pc| {
        pc.orders().iter().any(|it| it.order == paid.order && it.seen).then_some(())
    });
    let second = till.sell("REI");
    kitchen.shows(&second.label);
    assert!(listener.accept().is_err(), "nobody called while it was cut");

    till.sell("COC");

    // Its time is over.
    till.with(|it| {
        it.shared().change(|state| state.drill.as_mut().unwrap().lasts = Duration::ZERO);
    });
    let report = till.within(BOUND, |pc| drills(pc).reports.into_iter().next());
    assert_eq!((report.kitchen_sent, report.kitchen_seen), (2, 1));
    assert_eq!(report.tickets, 3);
    assert!(Money::ZERO < report.total && 0 < report.waiting);
    assert_eq!((report.manager.as_str(), report.level_after_s), ("LB", None));
    assert_eq!(till.safety().drill_left_s, None);
    till.within(BOUND + BOUND, |_| listener.accept().ok().map(|_| ()));

    // The centre has everything at last.
    let key = till.with(|it| it.identity().unwrap().centre.clone().unwrap().key);
    till.with(move |it| {
        let tip = it.tip().unwrap();
        it.store()
            .write(|tx| pos_core::store::witnesses::held_by(tx, &key, tip.journal, tip.seq))
            .unwrap();
    });
    till.within(BOUND, |pc| drills(pc).reports[0].level_after_s);
}

#[test]
fn a_program_that_ends_ends_its_drill() {
    let mut centre = Centre::new();
    let till = Pc::new(&mut centre, "C1", Role::Till);
    till.run(Command::Mesh(MeshCommand::BeginDrill { minutes: 60, manager: manager() }));
    till.sell("MAR");
    let till = Pc::on(till.end(), 22);
    let drills = drills(&till);
    assert_eq!(drills.left_s, None);
    assert_eq!((drills.reports.len(), drills.reports[0].tickets), (1, 1));
}
