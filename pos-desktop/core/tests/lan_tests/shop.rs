use crate::centre::Centre;
use crate::pc::{BOUND, Pc, now};
use journal::{BootId, Purpose, Tip};
use pos_api::{
    Answer, Approval, BasketEdit, Command, KitchenCause, KitchenStep, OrderStage, Query, Role,
    Safety, TrainingCommand,
};
use pos_core::replicate::Peer;
use pos_core::store::journals;
use replication::{Hello, Listen, PROTOCOL, Request};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

/// A till and a kitchen of one shop, that know each other and are not connected yet.
fn till_and_kitchen() -> (Centre, Pc, Pc) {
    let mut centre = Centre::new();
    let till = Pc::new(&mut centre, "C1", Role::Till);
    let kitchen = Pc::new(&mut centre, "K1", Role::Kitchen);
    centre.tell(&till);
    (centre, till, kitchen)
}

/// An order goes to the kitchen, and what the kitchen does comes back.
fn an_order_is_made(till: &Pc, kitchen: &Pc) {
    let paid = till.sell("REI G");
    let took = kitchen.shows(&paid.label);
    assert!(took < Duration::from_secs(5), "{took:?} on a machine that may be loaded");
    for (step, stage) in [
        (KitchenStep::Seen, OrderStage::Kitchen),
        (KitchenStep::Start, OrderStage::Kitchen),
        (KitchenStep::Ready, OrderStage::Ready),
    ] {
        kitchen.run(Command::Kitchen { order: paid.order, line: None, step });
        till.within(BOUND, |till| {
            let orders = till.orders();
            let card = orders.iter().find(|card| card.order == paid.order).unwrap();
            (card.seen && card.stage == stage).then_some(())
        });
    }
    till.within(BOUND, |till| (till.safety().alone == 0).then_some(()));
}

#[test]
fn the_kitchen_makes_what_the_till_sells_when_the_till_dials() {
    let (_centre, till, kitchen) = till_and_kitchen();
    till.dial(&[&kitchen]);
    an_order_is_made(&till, &kitchen);
    let safety = till.safety();
    assert_eq!(safety.kitchens, [("K1".to_owned(), KitchenCause::Fine)]);
    assert!(matches!(safety.worst, Safety::Offline { .. }), "{safety:?}");
    till.clock.advance_ms(60_000);
    let folder = kitchen.end();
    till.clock.advance_ms(60_000);
    let silent = |till: &Pc| {
        let safety = till.safety();
        let Safety::Kitchen(KitchenCause::Silent { seconds }) = safety.worst else { return None };
        Some(seconds)
    };
    assert!(60 <= till.within(BOUND, silent));
    drop(folder);
}

#[test]
fn the_kitchen_makes_what_the_till_sells_when_the_kitchen_dials() {
    let (_centre, till, kitchen) = till_and_kitchen();
    kitchen.dial(&[&till]);
    an_order_is_made(&till, &kitchen);
}

#[test]
fn both_may_dial_and_a_link_may_be_made_anew() {
    let (_centre, till, kitchen) = till_and_kitchen();
    kitchen.dial(&[&till]);
    till.dial(&[&kitchen]);
    an_order_is_made(&till, &kitchen);
    for _ in 0..3 {
        till.dial(&[]);
        kitchen.dial(&[]);
        till.dial(&[&kitchen]);
        an_order_is_made(&till, &kitchen);
    }
}

#[test]
fn a_kitchen_that_was_off_catches_up() {
    let (_centre, till, kitchen) = till_and_kitchen();
    kitchen.dial(&[&till]);
    an_order_is_made(&till, &kitchen);
    let folder = kitchen.end();
    let labels: Vec<String> = (0..5).map(|_| till.sell("MAR").label).collect();
    till.within(BOUND, |till| (0 < till.safety().alone).then_some(()));
    let kitchen = Pc::on(folder, 99);
    for label in labels {
        kitchen.shows(&label);
    }
    till.within(BOUND, |till| (till.safety().alone == 0).then_some(()));
}

#[test]
fn a_third_pc_gets_the_journal_of_a_dead_till_from_the_kitchen() {
    let (mut centre, till, kitchen) = till_and_kitchen();
    till.dial(&[&kitchen]);
    let first = till.sell("2 MAR");
    let second = till.sell("REI");
    kitchen.shows(&second.label);
    drop(till.end());

    let spare = Pc::new(&mut centre, "C2", Role::Till);
    centre.tell(&kitchen);
    spare.dial(&[&kitchen]);
    for paid in [first, second] {
        let card = spare.within(BOUND, |spare| {
            spare.orders().into_iter().find(|card| card.order == paid.order)
        });
        assert_eq!(card.tickets, [paid.ticket]);
        assert_eq!(card.taken_by, "C1");
    }
}

#[test]
fn a_customer_named_at_one_till_is_found_at_the_other() {
    let mut centre = Centre::new();
    let one = Pc::new(&mut centre, "C1", Role::Till);
    let other = Pc::new(&mut centre, "C2", Role::Till);
    centre.tell(&one);
    other.dial(&[&one]);
    one.run(Command::AddTyped { text: "MAR".into() });
    let (name, phone) = ("Madame Vandenbroucke".to_owned(), "03 20 11 22 33".to_owned());
    one.run(Command::Basket(BasketEdit::SetCustomer {
        name: name.clone(),
        phone,
        address: String::new(),
    }));
    one.run(Command::SendToKitchen);
    let found = other.within(BOUND, |other| {
        let Answer::Customers(found) = other.ask(Query::Customers { text: "0320112233".into() })
        else {
            panic!()
        };
        found.into_iter().next()
    });
    assert_eq!(found.name, name);
}

#[test]
fn an_order_paid_at_both_tills_at_once_is_a_possible_double_on_both() {
    let mut centre = Centre::new();
    let one = Pc::new(&mut centre, "C1", Role::Till);
    let other = Pc::new(&mut centre, "C2", Role::Till);
    centre.tell(&one);
    other.dial(&[&one]);
    one.run(Command::AddTyped { text: "MAR".into() });
    let pos_api::Reply::Order { order, .. } = one.run(Command::SendToKitchen) else { panic!() };
    other.within(BOUND, |pc| pc.orders().iter().any(|card| card.order == order).then_some(()));
    other.dial(&[]);
    for pc in [&one, &other] {
        pc.pay(Some(order), 5_000);
    }
    other.dial(&[&one]);
    for pc in [&one, &other] {
        let card = pc.within(BOUND, |pc| {
            let card = pc.orders().into_iter().find(|card| card.order == order)?;
            card.possible_double.then_some(card)
        });
        assert_eq!(card.tickets.len(), 2);
    }
}

#[test]
fn nobody_waits_for_a_peer_that_takes_connections_and_never_answers() {
    let (_centre, till, kitchen) = till_and_kitchen();
    let hole = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = hole.local_addr().unwrap().to_string();
    let peers = [address, kitchen.address.clone()].map(|address| pos_api::PeerAddress { address });
    till.run(Command::SetPeers(peers.into()));
    let (mut stream, _) = hole.accept().unwrap();
    let mut greeting = [0; 4];
    std::io::Read::read_exact(&mut stream, &mut greeting).unwrap();

    let mut worst = Duration::ZERO;
    for _ in 0..10 {
        let begun = now();
        let paid = till.sell("MAR");
        worst = worst.max(begun.elapsed());
        kitchen.shows(&paid.label);
    }
    assert!(worst < Duration::from_secs(2), "two commands took {worst:?}");
    let begun = now();
    drop(till.end());
    assert!(begun.elapsed() < Duration::from_secs(5), "its end took {:?}", begun.elapsed());
}

#[test]
fn a_program_that_ended_holds_neither_its_port_nor_its_file() {
    let (_centre, till, kitchen) = till_and_kitchen();
    till.dial(&[&kitchen]);
    kitchen.dial(&[&till]);
    an_order_is_made(&till, &kitchen);
    let address = till.address.clone();
    let folder = till.end();
    drop(TcpListener::bind(&address).unwrap());
    // Nobody has the file open: the write-ahead log went into it with the last connection.
    let left: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|it| it.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with("-wal") || name.ends_with("-shm"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    let till = Pc::on(folder, 98);
    kitchen.dial(&[&till]);
    an_order_is_made(&till, &kitchen);
}

#[test]
fn a_fault_in_one_job_stops_no_other() {
    let (_centre, till, _kitchen) = till_and_kitchen();
    let broken = till.handle.with(|_| panic!("a fault"));
    assert_eq!(broken, None::<()>);
    till.sell("MAR");
}

#[test]
fn an_order_is_in_the_kitchen_well_within_a_second() {
    let (_centre, till, kitchen) = till_and_kitchen();
    till.dial(&[&kitchen]);
    till.within(BOUND, |pc| (pc.safety().alone == 0).then_some(()));
    let mut took: Vec<Duration> = (0..15).map(|_| kitchen.shows(&till.sell("MAR").label)).collect();
    took.sort();
    assert!(took[7] < Duration::from_secs(1), "the median of {took:?}");
}

#[test]
fn strangers_that_say_nothing_do_not_keep_the_shop_s_own_out() {
    let (_centre, till, kitchen) = till_and_kitchen();
    let strangers: Vec<TcpStream> =
        (0..40).map(|_| TcpStream::connect(&kitchen.address).unwrap()).collect();
    till.dial(&[&kitchen]);
    kitchen.shows(&till.sell("MAR").label);
    drop(strangers);
}

#[test]
fn another_pc_shows_nothing_of_what_is_done_in_training() {
    let (_centre, till, kitchen) = till_and_kitchen();
    till.dial(&[&kitchen]);
    let supervisor = Approval { manager: "LB".into(), pin: "2580".into() };
    till.run(Command::Training(TrainingCommand::Start { supervisor }));
    let training = till.sell("REI G");
    let journal = till.with(|it| it.tip().unwrap());
    assert_eq!(till.kitchen().cards.len(), 1, "whoever is trained sees it");
    till.run(Command::Training(TrainingCommand::End));
    let real = till.sell("MAR");

    // It was copied there as everything is.
    kitchen.shows(&real.label);
    kitchen.within(BOUND, |pc| {
        let chains =
            pc.with(move |it| it.store().read(|tx| journals::find(tx, journal.journal)).unwrap());
        let copied =
            chains.iter().any(|it| it.purpose == Purpose::Training && journal.seq <= it.tip.seq);
        copied.then_some(())
    });
    let shown: Vec<String> = kitchen.kitchen().cards.into_iter().map(|it| it.label).collect();
    assert_eq!(shown, [real.label.as_str()], "{}", training.label);
    assert!(kitchen.orders().iter().all(|card| card.order == real.order));
}

#[test]
fn what_a_listener_knows_of_is_no_second_copy_and_what_it_greets_with_is() {
    let (_centre, till, kitchen) = till_and_kitchen();
    till.sell("MAR");
    let alone = till.safety().alone;
    assert!(0 < alone);
    let peer = Peer { key: kitchen.with(|it| it.public_key().unwrap()), is_centre: false };
    let tips = till.with(|it| vec![it.tip().unwrap()]);
    // Its disk is full: it has heard where the till's journal ends, and holds nothing of it.
    let listen = Request::Listen(Listen { tips: tips.clone(), cards: 0, wait_ms: 0 });
    till.with(move |it| it.answer(peer, listen));
    assert_eq!(till.safety().alone, alone);

    let greets = |run: u8, tips: Vec<Tip>| {
        let hello = Hello {
            protocol: PROTOCOL,
            journal: None,
            boot: BootId([run; 16]),
            build: String::new(),
            tips,
            cards: 0,
        };
        till.with(move |it| it.answer(peer, Request::Hello(hello)));
        till.safety().alone
    };
    assert_eq!(greets(1, tips.clone()), 0);
    // What was on its way while it stored more says nothing new; a restart may be that of an older disk.
    assert_eq!(greets(1, Vec::new()), 0);
    assert_eq!(greets(2, Vec::new()), alone);
    assert_eq!(greets(2, tips), 0);
}
