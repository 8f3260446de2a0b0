//! How workstations find each other.

use crate::centre::Centre;
use crate::pc::{BOUND, Pc};
use crate::relay::Relay;
use pos_api::{Found, Role};
use pos_core::runtime::{Finds, Interfaces};

/// A till and a kitchen that find each other like that, and are not connected yet.
fn till_and_kitchen(finds: Finds) -> (Centre, Pc, Pc) {
    let mut centre = Centre::new();
    let till = Pc::finding(&mut centre, "C1", Role::Till, finds);
    let kitchen = Pc::finding(&mut centre, "K1", Role::Kitchen, finds);
    centre.tell(&till);
    (centre, till, kitchen)
}

fn level(pc: &Pc) {
    pc.within(BOUND, |pc| (pc.safety().alone == 0).then_some(()));
}

#[test]
fn whoever_was_called_calls_back_and_both_go_on_when_nothing_is_typed_any_more() {
    let (_centre, till, kitchen) = till_and_kitchen(Finds::Known);
    assert_eq!(till.line_of("K1").found, Found::Nowhere);
    till.dial(&[&kitchen]);
    kitchen.shows(&till.sell("MAR").label);
    let called = kitchen.within(BOUND, |pc| {
        let line = pc.line_of("C1");
        (line.found == Found::Called && line.answers).then_some(line)
    });
    assert_eq!((called.address, called.silent_s), (till.address.clone(), None));
    let typed = till.within(BOUND, |pc| {
        let line = pc.line_of("K1");
        (line.found == Found::Typed && line.answers && line.behind == 0).then_some(line)
    });
    assert_eq!((typed.address, typed.role), (kitchen.address.clone(), Role::Kitchen));
    till.dial(&[]);
    kitchen.shows(&till.sell("REI").label);
    level(&till);
}

#[test]
fn where_they_were_last_time_is_where_they_are_called_first() {
    let (_centre, till, kitchen) = till_and_kitchen(Finds::Known);
    till.dial(&[&kitchen]);
    kitchen.shows(&till.sell("MAR").label);
    till.dial(&[]);
    let address = kitchen.address.clone();
    till.within(BOUND, |pc| {
        let known = pc.with(|it| {
            let known: Option<serde_json::Value> =
                it.store().read(|tx| pos_core::store::settings::get(tx, "known_peers")).unwrap();
            known.unwrap_or_default().to_string()
        });
        known.contains(&address).then_some(())
    });
    let (till, kitchen) = (till.end(), kitchen.end());
    let kitchen = Pc::at(kitchen, 41, Finds::Typed, &address);
    let till = Pc::at(till, 42, Finds::Known, "127.0.0.1:0");
    kitchen.shows(&till.sell("REI").label);
    let line = till.line_of("K1");
    assert_eq!((line.address, line.found), (address, Found::LastKnown));
    till.clock.advance_ms(60_000);
    drop(kitchen.end());
    till.clock.advance_ms(60_000);
    till.within(BOUND, |pc| pc.line_of("K1").silent_s.filter(|silent_s| 60 <= *silent_s));
}

#[test]
fn one_that_is_reached_at_several_addresses_has_one_link() {
    let (_centre, till, kitchen) = till_and_kitchen(Finds::Typed);
    let roads = [Relay::to(&kitchen.address), Relay::to(&kitchen.address)];
    till.dial_at(&[&roads[0].address, &roads[1].address, &kitchen.address]);
    for _ in 0..3 {
        kitchen.shows(&till.sell("MAR").label);
    }
    level(&till);
    // Its two connections may have taken two roads.
    till.within(BOUND, |_| (roads[0].open() + roads[1].open() <= 2).then_some(()));
    for road in &roads {
        road.lead_to("127.0.0.1:1");
    }
    kitchen.shows(&till.sell("MAR").label);
}

#[test]
fn an_address_that_changes_hands_is_the_other_s_from_then_on() {
    let mut centre = Centre::new();
    let till = Pc::new(&mut centre, "C1", Role::Till);
    let kitchen = Pc::new(&mut centre, "K1", Role::Kitchen);
    let other = Pc::new(&mut centre, "K2", Role::Kitchen);
    for pc in [&till, &kitchen] {
        centre.tell(pc);
    }
    let road = Relay::to(&kitchen.address);
    till.dial_at(&[&road.address]);
    kitchen.shows(&till.sell("MAR").label);
    road.lead_to(&other.address);
    other.shows(&till.sell("REI").label);
    till.within(BOUND, |pc| (pc.line_of("K2").address == road.address).then_some(()));
    assert_eq!(till.line_of("K1").found, Found::Nowhere);
    road.lead_to(&kitchen.address);
    kitchen.shows(&till.sell("REI").label);
}

#[test]
fn those_that_announce_themselves_need_nobody_to_type_anything() {
    let (_centre, till, kitchen) = till_and_kitchen(Finds::Announced(Interfaces::Loopback));
    kitchen.shows(&till.sell("MAR").label);
    level(&till);
    let line = till.within(BOUND, |pc| {
        let line = pc.line_of("K1");
        line.answers.then_some(line)
    });
    assert_eq!(line.address, kitchen.address);
    assert!(matches!(line.found, Found::Announced | Found::Called), "{line:?}");
}
