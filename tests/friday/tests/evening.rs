//! A Friday evening, on a real till and a real kitchen in one process.

use fiscal::vat::Mode;
use friday::evening::LAST_ORDER_MS;
use friday::{Evening, Pair, Station, Step, data, play};
use pos_api::{BasketEdit, Code, Command, Failure, KitchenStep, Reply};

const HOUR_MS: u64 = 3_600_000;

/// An evening, step by step, with what came of each.
fn evening(seed: u64, until_ms: u64) -> Vec<(Step, Reply)> {
    let folder = tempfile::tempdir().unwrap();
    let mut pair = Pair::open(folder.path(), seed).unwrap();
    let mut evening = Evening::new(seed, data::menu(), 1);
    let mut steps = Vec::new();
    let played = play(&mut evening, until_ms, |step| {
        let reply = pair.act(step)?;
        steps.push((step.clone(), reply.clone()));
        Ok(reply)
    });
    assert_eq!(played.refused, [], "an evening where all is well has nothing refused");
    assert_eq!(played.steps, steps.len() as u64);
    steps
}

/// Of so many, so many in a hundred.
fn percent(some: usize, of: usize) -> usize {
    some * 100 / of
}

#[test]
fn an_evening_is_as_busy_and_as_mixed_as_a_friday() {
    let steps = evening(1, u64::MAX);
    let count = |is: &dyn Fn(&Command) -> bool| steps.iter().filter(|it| is(&it.0.command)).count();
    let ends = |it: &Command| {
        matches!(it, Command::SendToKitchen | Command::Hold)
            || matches!(it, Command::TakePayment { order: None, .. })
    };
    let resumed = count(&|it| matches!(it, Command::Resume { .. }));
    let orders = count(&ends) - resumed;
    let peak = steps.iter().filter(|(step, _)| {
        ends(&step.command) && (HOUR_MS * 3 / 2..HOUR_MS * 5 / 2).contains(&step.at_ms)
    });
    let peak = peak.count();
    assert!((75..=110).contains(&peak), "{peak} orders from 19:30 to 20:30");
    assert!((210..=330).contains(&orders), "{orders} orders");

    let mode = |mode| count(&|it| *it == Command::Basket(BasketEdit::SetMode(mode)));
    let bounds = [
        ("typed", count(&|it| matches!(it, Command::AddTyped { .. })), 4..=13),
        ("delivered", mode(Mode::Delivery), 23..=37),
        ("on site", mode(Mode::OnSite), 5..=15),
        ("called", count(&|it| matches!(it, Command::SendToKitchen)), 45..=61),
        ("held", count(&|it| matches!(it, Command::Hold)), 1..=6),
        ("cancelled", count(&|it| matches!(it, Command::CancelOrder { .. })), 1..=8),
        (
            "corrected",
            count(&|it| matches!(it, Command::Basket(BasketEdit::SetQuantity { .. }))),
            5..=16,
        ),
    ];
    for (what, found, wanted) in bounds {
        let share = percent(found, orders);
        assert!(wanted.contains(&share), "{what}: {found} of {orders}");
    }
    let later = count(&|it| match it {
        Command::Basket(BasketEdit::SetPromise(Some(_))) => true,
        // The time is typed last.
        Command::AddTyped { text } => text.rsplit(' ').next().is_some_and(|it| it.contains('h')),
        _ => false,
    });
    assert!((9..=20).contains(&percent(later, orders)), "{later} of {orders} for later");
    let made = count(&|it| matches!(it, Command::Kitchen { step: KitchenStep::Ready, .. }));
    assert!(percent(made, orders) >= 85, "{made} of {orders} made");
}

#[test]
fn everything_is_paid_and_handed_over_in_the_end() {
    let steps = evening(2, u64::MAX);
    let (mut opened, mut cancelled, mut paid, mut given) = (0, 0, 0, 0);
    for (step, reply) in &steps {
        match (&step.command, reply) {
            (Command::SendToKitchen | Command::Hold, _) => opened += 1,
            (Command::TakePayment { .. }, Reply::Paid(it)) => {
                paid += 1;
                assert_eq!(it.given - it.total, it.change);
                assert!(it.change.cents() < 5_000, "nobody pays 60 € with 200 €");
            }
            (Command::CancelOrder { .. }, _) => cancelled += 1,
            (Command::HandOver { .. }, _) => given += 1,
            _ => {}
        }
    }
    assert!(cancelled < opened && given <= paid);
    assert!(given * 10 >= paid * 9, "{given} handed over of {paid}: the rest left when paid");
    let last_ms = steps.last().unwrap().0.at_ms;
    assert!((LAST_ORDER_MS..LAST_ORDER_MS + 2 * HOUR_MS).contains(&last_ms));
    assert!(steps.is_sorted_by_key(|it| it.0.at_ms));
}

#[test]
fn the_same_seed_is_the_same_evening() {
    let hour = evening(3, HOUR_MS);
    assert!(hour.len() > 100);
    assert!(hour == evening(3, HOUR_MS));
    assert!(hour != evening(4, HOUR_MS));
}

#[test]
fn whoever_is_refused_is_given_up_and_the_evening_goes_on() {
    let mut evening = Evening::new(5, data::menu(), 10);
    let failure = Failure { code: Code::Storage, reference: "1".to_owned() };
    let played = play(&mut evening, u64::MAX, |_| Err(failure.clone()));
    // Each customer is one refused step; the next one's begins with an empty basket.
    assert!(played.refused.len() as u64 == played.steps && played.steps > 2_000);
    let cleared = played.refused.iter().skip(1);
    let clear = Command::Basket(BasketEdit::Clear);
    assert!(cleared.map(|it| &it.0).all(|it| it.command == clear && it.at == Station::Till));
}

#[test]
fn an_evening_may_start_late_and_know_its_customers() {
    let cards = friday::customers::customers(2026, 1, 50);
    let ids: Vec<_> = cards.iter().map(|it| it.id).collect();
    let mut evening = Evening::new(6, data::menu(), 1).starting_at(HOUR_MS).of_shop(1, cards);
    let mut chosen = 0;
    let failure = Failure { code: Code::Storage, reference: "1".to_owned() };
    play(&mut evening, u64::MAX, |step| {
        assert!(step.at_ms >= HOUR_MS);
        if let Command::Basket(BasketEdit::ChooseCustomer(it)) = &step.command {
            assert!(ids.contains(it));
            chosen += 1;
        }
        match &step.command {
            Command::Basket(BasketEdit::Clear) => Ok(Reply::Done),
            _ => Err(failure.clone()),
        }
    });
    assert!(chosen > 20);
}
