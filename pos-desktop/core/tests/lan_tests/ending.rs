//! A till dies in the middle of the service, another PC takes its place, and its disk comes back.

use crate::centre::Centre;
use crate::joining::let_in;
use crate::pc::{BOUND, FRIDAY_19_10, Pc, cash};
use fiscal::Money;
use fiscal::closing::{Closing, Period};
use pos_api::{
    Answer, Approval, BooksCommand, Code, Command, DayCommand, HistoryView, KitchenCause,
    MeshAnswer, MeshCommand, MeshQuery, PaidView, Query, Reply, Role,
};
use pos_core::store::days;

/// Longer than whoever answered is taken for alive.
const LONG_AGO_MS: i64 = 11_000;
/// The day after.
const SATURDAY_19_10: i64 = FRIDAY_19_10 + 86_400_000;

fn end(label: &str) -> Command {
    let manager = Approval { manager: "LB".into(), pin: "2580".into() };
    Command::Mesh(MeshCommand::End { label: label.into(), manager })
}

/// Sells once, and closes the day that this opens.
fn closes(pc: &Pc) -> Vec<Closing> {
    let before = closings(pc);
    pc.sell("REI");
    pc.run(Command::Day(DayCommand::Close { counted: None, confirmed: false }));
    closings(pc).into_iter().filter(|it| !before.contains(it)).collect()
}

/// The closings of the journal that a PC writes.
fn closings(pc: &Pc) -> Vec<Closing> {
    pc.with(|it| {
        let journal = it.tip().unwrap().journal;
        let of = |it: &mut pos_core::Workstation, period| {
            it.store()
                .read(|tx| days::closings_after(tx, journal, period, journal::Seq(0)))
                .unwrap()
        };
        let mut all = of(it, Period::Supplementary);
        all.extend(of(it, Period::Day));
        all.sort_by_key(|closing| closing.head.number.clone());
        all
    })
}

/// What the closings of journals that cannot close themselves come to.
fn of_others(closings: &[Closing]) -> Money {
    let others = closings.iter().filter(|it| it.period == Period::Supplementary);
    Money::from_cents(others.map(|it| it.tally.total.cents()).sum())
}

fn has(pc: &Pc, label: &str) -> Option<()> {
    pc.orders().iter().any(|card| card.label == label).then_some(())
}

/// Takes an order and leaves it unpaid.
fn order(pc: &Pc) -> String {
    pc.run(Command::AddTyped { text: "REI".into() });
    let Reply::Order { label, .. } = pc.run(Command::SendToKitchen) else { panic!() };
    label
}

#[test]
fn a_dead_till_is_replaced_and_its_disk_comes_back() {
    let mut centre = Centre::new();
    let dead = Pc::new(&mut centre, "C1", Role::Till);
    let other = Pc::new(&mut centre, "C2", Role::Till);
    for pc in [&dead, &other] {
        centre.tell(pc);
    }
    dead.dial(&[&other]);
    let paid = dead.sell("MAR");
    let open = order(&dead);
    other.within(BOUND, |pc| has(pc, &open));
    assert_eq!(other.try_run(end("C1")), Err(Code::WorkstationAlive));
    // What it sells last reaches nobody.
    dead.dial(&[]);
    let alone = dead.sell("4FR");
    let disk = dead.end();

    other.clock.advance_ms(LONG_AGO_MS);
    assert_eq!(other.try_run(end("C9")), Err(Code::NoSuchWorkstation));
    assert_eq!(other.try_run(end("C2")), Err(Code::NoSuchWorkstation), "nobody ends himself");
    let before = other.safety().alone;
    other.run(end("C1"));
    assert!(before + 1 < other.safety().alone, "what the dead one held is on one disk");
    assert_eq!(other.try_run(end("C1")), Err(Code::NoSuchWorkstation), "it was ended already");

    let spare = Pc::bare(9);
    let_in(&spare, &other, "C1");
    spare.within(BOUND, |pc| has(pc, &open));
    let next = spare.within(BOUND, |pc| {
        pc.try_run(Command::AddTyped { text: "MAR".into() }).ok()?;
        let pays = Command::TakePayment { order: None, tenders: cash(50_000) };
        match pc.try_run(pays) {
            Ok(Reply::Paid(paid)) => Some(paid),
            _ => None,
        }
    });
    assert_eq!((open.as_str(), next.label.as_str()), ("C1-002", "C1-003"), "no number twice");
    assert_ne!(paid.ticket, next.ticket);

    // The one who declared it closes what it had sold, as far as that is known.
    assert_eq!(of_others(&closes(&other)), paid.total);

    comes_back(&other, disk, &alone);
}

/// The dead till's disk is started again: what it had sold alone is merged, and it sells no more.
fn comes_back(other: &Pc, disk: tempfile::TempDir, alone: &PaidView) {
    let back = Pc::on(disk, 10);
    back.dial(&[other]);
    other.within(BOUND, |pc| has(pc, &alone.label));
    let sells = || Command::AddTyped { text: "MAR".into() };
    back.within(BOUND, |pc| (pc.try_run(sells()) == Err(Code::Ended)).then_some(()));
    assert_eq!(back.try_run(Command::SendToKitchen), Err(Code::Ended));
    assert_eq!(back.try_run(end("C2")), Err(Code::Ended), "the dead declare nobody dead");
    // Its day is over, and is closed by another: it closes none itself, whenever it starts.
    let back = next_day(back);
    listens_long(&back);
    assert_eq!(closings(&back), []);
    back.dial(&[other]);
    assert_eq!(of_others(&closes(other)), alone.total, "once, and the rest not again");
    let Reply::Verified { findings, .. } = other.run(Command::Books(BooksCommand::Verify)) else {
        panic!()
    };
    assert_eq!(findings, [] as [String; 0]);
}

/// What only a destroyed machine held beside this one is on no second machine any more, and the safety
/// line says so until somebody else holds it: of this one's entries, and of the dead one's.
#[test]
fn a_dead_workstation_is_no_second_copy() {
    let mut centre = Centre::new();
    let dead = Pc::new(&mut centre, "C1", Role::Till);
    let other = Pc::new(&mut centre, "C2", Role::Till);
    let kitchen = Pc::new(&mut centre, "K1", Role::Kitchen);
    for pc in [&dead, &other, &kitchen] {
        centre.tell(pc);
    }
    dead.dial(&[&other]);
    other.dial(&[&dead]);
    let paid = dead.sell("MAR");
    other.within(BOUND, |pc| has(pc, &paid.label));
    other.sell("REI");
    other.within(BOUND, |pc| (pc.safety().alone == 0).then_some(()));
    drop(dead.end());
    let own = other.with(|it| it.tip().unwrap().seq.0);

    other.clock.advance_ms(LONG_AGO_MS);
    other.run(end("C1"));
    assert!(own < other.safety().alone, "its own, and what C1 had sold");
    other.dial(&[&kitchen]);
    other.within(BOUND, |pc| (pc.safety().alone == 0).then_some(()));
}

#[test]
fn nobody_waits_for_an_answer_of_a_kitchen_that_was_declared_dead() {
    let mut centre = Centre::new();
    let till = Pc::new(&mut centre, "C1", Role::Till);
    let kitchen = Pc::new(&mut centre, "K1", Role::Kitchen);
    for pc in [&till, &kitchen] {
        centre.tell(pc);
    }
    till.dial(&[&kitchen]);
    let answers = |pc: &Pc| pc.safety().kitchens == [("K1".to_owned(), KitchenCause::Fine)];
    till.within(BOUND, |pc| answers(pc).then_some(()));
    drop(kitchen.end());
    till.clock.advance_ms(LONG_AGO_MS);
    assert_eq!(till.safety().kitchens.len(), 1);
    till.run(end("K1"));
    assert_eq!(till.safety().kitchens, []);
}

/// The program is started on the next morning.
fn next_day(pc: Pc) -> Pc {
    Pc::on_at(pc.end(), 11, SATURDAY_19_10)
}

/// Half a minute goes by in which it listens to others.
fn listens_long(pc: &Pc) {
    pc.with(|it| {
        for second in 10_000..10_040 {
            it.tend(second * 1_000).unwrap();
        }
    });
}

/// Whoever comes back after its day was over hears that it was declared dead before it closes that day:
/// whoever declared it has.
#[test]
fn a_dead_till_that_comes_back_on_another_day_closes_nothing() {
    let mut centre = Centre::new();
    let dead = Pc::new(&mut centre, "C1", Role::Till);
    let other = Pc::new(&mut centre, "C2", Role::Till);
    centre.tell(&dead);
    dead.dial(&[&other]);
    let paid = dead.sell("MAR");
    dead.within(BOUND, |pc| (pc.safety().alone == 0).then_some(()));
    let disk = dead.end();
    other.clock.advance_ms(LONG_AGO_MS);
    other.run(end("C1"));
    assert_eq!(of_others(&closes(&other)), paid.total);
    let back = Pc::on_at(disk, 10, SATURDAY_19_10);
    back.dial(&[&other]);
    back.within(BOUND, |pc| {
        let types = Command::AddTyped { text: "MAR".into() };
        (pc.try_run(types) == Err(Code::Ended)).then_some(())
    });
    listens_long(&back);
    assert_eq!(closings(&back), [], "what it sold is in one closing");
}

/// Whoever was not declared dead closes a day that was forgotten, though not before the others were heard.
#[test]
fn a_forgotten_day_is_closed_once_the_others_were_heard_out() {
    let mut centre = Centre::new();
    let one = Pc::new(&mut centre, "C1", Role::Till);
    let _two = Pc::new(&mut centre, "C2", Role::Till);
    centre.tell(&one);
    let paid = one.sell("MAR");
    let one = next_day(one);
    assert_eq!(closings(&one), []);
    listens_long(&one);
    let [closing] = closings(&one).try_into().unwrap();
    assert_eq!((closing.period, closing.tally.total), (Period::Day, paid.total));
}

/// Two halves of a shop declare each other dead: one is left when they meet, the same for both.
#[test]
fn of_two_tills_that_declared_each_other_dead_one_sells_on() {
    let mut centre = Centre::new();
    let one = Pc::new(&mut centre, "C1", Role::Till);
    let two = Pc::new(&mut centre, "C2", Role::Till);
    centre.tell(&one);
    for (pc, label) in [(&one, "C2"), (&two, "C1")] {
        pc.clock.advance_ms(LONG_AGO_MS);
        pc.run(end(label));
    }
    one.dial(&[&two]);
    let types = || Command::AddTyped { text: "MAR".into() };
    let ended = |pc: &Pc| pc.try_run(types()) == Err(Code::Ended);
    let holds = |pc: &Pc| pc.with(|it| it.store().read(pos_core::replicate::tips).unwrap());
    one.within(BOUND, |_| (holds(&one) == holds(&two)).then_some(()));
    assert_ne!(ended(&one), ended(&two));
}

/// A file that was set back forks at the first contact: a manager sees both histories and what each holds.
#[test]
fn both_histories_are_shown_with_what_they_hold() {
    let mut centre = Centre::new();
    let till = Pc::new(&mut centre, "C1", Role::Till);
    let other = Pc::new(&mut centre, "C2", Role::Till);
    centre.tell(&till);
    till.dial(&[&other]);
    till.sell("MAR");
    till.within(BOUND, |pc| (pc.safety().alone == 0).then_some(()));
    let disk = till.end();
    let copy = std::fs::read(disk.path().join(pos_core::runtime::FILE)).unwrap();
    let till = Pc::on(disk, 20);
    let lost = [till.sell("REI"), till.sell("REI")];
    till.within(BOUND, |pc| (pc.safety().alone == 0).then_some(()));
    // Nobody is heard from while it starts.
    till.dial(&[]);
    let disk = till.end();
    std::fs::write(disk.path().join(pos_core::runtime::FILE), copy).unwrap();
    std::fs::remove_file(disk.path().join("anchor")).unwrap();
    let other_disk = other.end();
    let till = Pc::on(disk, 21);
    let kept = till.sell("4FR");
    assert_eq!(histories(&till), []);
    let other = Pc::on(other_disk, 22);
    till.dial(&[&other]);

    let seen = other.within(BOUND, |pc| {
        let histories = histories(pc);
        (histories.first()?.branches.len() == 2 && histories.first()?.goes_on).then_some(histories)
    });
    let [history] = seen.try_into().unwrap();
    assert_eq!((history.label.as_str(), &history.acknowledged), ("C1", &None));
    let [lost_branch, kept_branch] = history.branches.clone().try_into().unwrap();
    let lost_total = lost.iter().map(|it| it.total.cents()).sum::<i64>();
    assert_eq!((lost_branch.tickets, lost_branch.total.cents()), (2, lost_total));
    assert_eq!((kept_branch.tickets, kept_branch.total), (1, kept.total));
    assert_eq!(lost_branch.from, kept_branch.from, "they part at one place");
    assert!(!lost_branch.at_centre && !kept_branch.at_centre);
    other.run(Command::Books(BooksCommand::Acknowledge { alarm: history.alarm }));
    assert_eq!(histories(&other)[0].acknowledged.as_deref(), Some("Louise Bernard"));
}

fn histories(pc: &Pc) -> Vec<HistoryView> {
    let Answer::Mesh(MeshAnswer::Histories(histories)) = pc.ask(Query::Mesh(MeshQuery::Histories))
    else {
        panic!()
    };
    histories
}
