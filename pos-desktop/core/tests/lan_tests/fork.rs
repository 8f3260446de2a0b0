use crate::centre::Centre;
use crate::pc::{BOUND, Pc};
use pos_api::{Role, Safety};
use std::fs;

#[test]
fn both_lives_of_a_copied_disk_are_kept_and_counted_and_the_alarm_is_raised() {
    let mut centre = Centre::new();
    let till = Pc::new(&mut centre, "C1", Role::Till);
    let kitchen = Pc::new(&mut centre, "K1", Role::Kitchen);
    let other = Pc::new(&mut centre, "C2", Role::Till);
    for pc in [&till, &kitchen] {
        centre.tell(pc);
    }
    till.dial(&[&kitchen]);
    let before = till.sell("MAR");
    kitchen.shows(&before.label);

    // The disk is copied; both copies sell, neither connected to anything.
    till.dial(&[]);
    let disk = till.end();
    let copy = tempfile::tempdir().unwrap();
    for file in fs::read_dir(disk.path()).unwrap() {
        let file = file.unwrap();
        // The copies that stand in a folder beside are nobody's disk here.
        if file.file_type().unwrap().is_file() {
            fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
        }
    }
    let one = Pc::on(disk, 11);
    let two = Pc::on(copy, 12);
    let sold = [one.sell("REI"), two.sell("4FR"), two.sell("2 MAR")];
    assert_eq!(sold[0].ticket, sold[1].ticket, "neither knows of the other");

    one.dial(&[&kitchen]);
    kitchen.within(BOUND, |pc| {
        pc.orders().iter().any(|card| card.order == sold[0].order).then_some(())
    });
    two.dial(&[&kitchen]);
    for paid in &sold {
        let card = kitchen
            .within(BOUND, |pc| pc.orders().into_iter().find(|card| card.order == paid.order));
        assert_eq!(card.tickets, std::slice::from_ref(&paid.ticket), "each sale happened");
    }
    for pc in [&kitchen, &two] {
        let safety = pc.within(BOUND, |pc| Some(pc.safety()).filter(|it| 0 < it.forks));
        assert_eq!(safety.forks, 1);
        pc.within(BOUND, |pc| (pc.safety().worst == Safety::Fork).then_some(()));
    }

    // Each life that hears of the other goes on in a journal of its own, and uses no number again.
    let later =
        [one.within(BOUND, |pc| (0 < pc.safety().forks).then(|| pc.sell("MAR"))), two.sell("MAR")];
    let mut numbers: Vec<&str> =
        sold.iter().skip(1).chain(&later).chain([&before]).map(|it| it.ticket.as_str()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 5, "{numbers:?}");
    assert_ne!(later[1].label, sold[2].label);
    for paid in &later {
        kitchen.within(BOUND, |pc| {
            pc.orders().iter().any(|card| card.order == paid.order).then_some(())
        });
    }

    // What others write flows on.
    other.dial(&[&kitchen]);
    let paid = other.sell("MAR");
    kitchen.shows(&paid.label);
    let ids = [&sold[0], &sold[1], &sold[2], &before].map(|paid| paid.order);
    other.within(BOUND, |pc| {
        let orders = pc.orders();
        ids.iter().all(|id| orders.iter().any(|card| card.order == *id)).then_some(())
    });
}
