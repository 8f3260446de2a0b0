//! A PC that is far behind works with what is not finished while the history comes.

use crate::centre::Centre;
use crate::pc::{BOUND, Pc, cash};
use domain::id::OrderId;
use pos_api::{
    Answer, CatchingUp, Code, Command, KitchenStep, MeshAnswer, MeshQuery, OrderCard, Query, Reply,
    Role, Safety,
};
use std::time::Duration;

/// So many finished orders make a history that takes a few seconds to come.
const HISTORY: usize = 400;

fn catching_up(pc: &Pc) -> Option<CatchingUp> {
    let Answer::Mesh(MeshAnswer::Workstations(view)) = pc.ask(Query::Mesh(MeshQuery::Workstations))
    else {
        panic!()
    };
    assert_eq!(pc.safety().catching_up, view.catching_up);
    view.catching_up
}

fn typed(till: &Pc, text: &str, sent: Command) -> OrderId {
    till.run(Command::AddTyped { text: text.into() });
    let Reply::Order { order, .. } = till.run(sent) else { panic!() };
    order
}

/// A till with a history, and what it is in the middle of.
fn busy_till(centre: &mut Centre) -> (Pc, Vec<OrderId>) {
    let till = Pc::new(centre, "C1", Role::Till);
    for index in 0..HISTORY {
        till.sell(if index % 2 == 0 { "COC" } else { "2 COC" });
    }
    // The history is of another day than what is going on.
    till.clock.advance_ms(20 * 3_600_000);
    till.sign_in();
    let open = vec![
        typed(&till, "MAR", Command::SendToKitchen),
        typed(&till, "REI G; COC", Command::SendToKitchen),
        till.sell("MAR/4FR S -BAS").order,
    ];
    (till, open)
}

fn card(pc: &Pc, order: OrderId) -> Option<OrderCard> {
    pc.orders().into_iter().find(|card| card.order == order)
}

#[test]
fn a_new_pc_sells_and_cooks_what_is_open_long_before_it_has_the_history() {
    let mut centre = Centre::new();
    let (till, open) = busy_till(&mut centre);
    let kitchen = Pc::new(&mut centre, "K1", Role::Kitchen);
    kitchen.clock.advance_ms(20 * 3_600_000);
    centre.tell(&till);
    kitchen.dial(&[&till]);

    // What is open is there, as the till has it, while most of the history is not.
    kitchen.within(BOUND, |pc| open.iter().all(|order| card(pc, *order).is_some()).then_some(()));
    let far = catching_up(&kitchen).expect("most of the history is still to come");
    assert!(far.held < far.of, "{far:?}");
    for order in &open {
        assert_eq!(card(&kitchen, *order), card(&till, *order));
    }
    assert!(matches!(kitchen.safety().worst, Safety::CatchingUp(_) | Safety::AloneHere { .. }));

    // An order of now is in the kitchen at once, and what the kitchen does is on the till.
    let paid = till.sell("MAR");
    let took = kitchen.shows(&paid.label);
    assert!(took < Duration::from_secs(5), "{took:?} on a machine that may be loaded");
    assert!(catching_up(&kitchen).is_some(), "the history is still coming");
    kitchen.run(Command::Kitchen { order: paid.order, line: None, step: KitchenStep::Seen });
    till.within(BOUND, |till| card(till, paid.order)?.seen.then_some(()));

    // In the end all of it is there, on its chains.
    kitchen.within(BOUND, |pc| catching_up(pc).is_none().then_some(()));
    kitchen.within(BOUND, |pc| (pc.with(held) == till.with(held)).then_some(()));
    let early: i64 = count(&kitchen, "SELECT count(*) FROM early_entry");
    let alarms: i64 = count(&kitchen, "SELECT count(*) FROM alarm");
    assert_eq!((early, alarms), (0, 0));
    for order in &open {
        assert_eq!(card(&kitchen, *order), card(&till, *order));
    }
}

#[test]
fn a_new_till_takes_the_money_of_what_is_open_before_it_has_the_history() {
    let mut centre = Centre::new();
    let (till, open) = busy_till(&mut centre);
    let spare = Pc::new(&mut centre, "C2", Role::Till);
    spare.clock.advance_ms(20 * 3_600_000);
    spare.sign_in();
    centre.tell(&till);
    spare.dial(&[&till]);
    let order = open[0];
    spare.within(BOUND, |pc| card(pc, order));
    assert!(catching_up(&spare).is_some(), "most of the history is still to come");
    // Whoever lets others' orders be paid is heard of ahead of the history, and so is the leave.
    let pay = || Command::TakePayment { order: Some(order), tenders: cash(50_000) };
    spare.within(BOUND * 3, |pc| match pc.try_run(pay()) {
        Ok(_) => Some(()),
        Err(Code::PaymentAsked) => None,
        Err(other) => panic!("{other:?}"),
    });
    till.within(BOUND, |till| (card(till, order)?.due == fiscal::Money::ZERO).then_some(()));
    assert!(till.try_run(pay()).is_err(), "nobody pays twice");
    spare.within(BOUND, |pc| catching_up(pc).is_none().then_some(()));
    assert_eq!(card(&spare, order).unwrap().tickets.len(), 1);
}

fn held(workstation: &mut pos_core::Workstation) -> Vec<journal::Tip> {
    let tips = workstation.store().read(pos_core::replicate::tips).unwrap();
    tips.iter().flat_map(|(id, ends)| ends.iter().map(|end| end.in_journal(*id))).collect()
}

fn count(pc: &Pc, query: &'static str) -> i64 {
    let path = pc.folder.path().join(pos_core::runtime::FILE);
    rusqlite::Connection::open(path).unwrap().query_row(query, [], |row| row.get(0)).unwrap()
}
