//! A Friday evening, on a real till and a real kitchen in one process.

use fiscal::Money;
use fiscal::vat::Mode;
use friday::evening::LAST_ORDER_MS;
use friday::{Evening, Pair, Station, Step, data, play};
use pos_api::{
    Answer, BasketEdit, Code, Command, Failure, KitchenStep, OrderCard, OrderStage, Query, Reply,
};
use pos_core::queries::Window;
use std::collections::BTreeSet;

const HOUR_MS: u64 = 3_600_000;

/// An evening, step by step, with what came of each, and what the till's board shows in the end.
fn evening(seed: u64, until_ms: u64) -> (Vec<(Step, Reply)>, Vec<OrderCard>) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut pair = Pair::open(folder.path(), seed).expect("two new workstations");
    let mut evening = Evening::new(seed, data::menu(), 1);
    let mut steps = Vec::new();
    let played = play(&mut evening, until_ms, |step| {
        let reply = pair.act(step)?;
        steps.push((step.clone(), reply.clone()));
        Ok(reply)
    });
    assert_eq!(played.refused, [], "an evening where all is well has nothing refused");
    assert_eq!(played.steps, steps.len() as u64);
    let mut window = Window::open(&pair.till).expect("the till's file is there");
    let Ok(Answer::Orders(board)) = window.ask(Query::Orders) else {
        panic!("the till has a board");
    };
    (steps, board)
}

/// Of so many, so many in a hundred.
fn percent(some: usize, of: usize) -> usize {
    some * 100 / of
}

#[test]
fn an_evening_is_as_busy_and_as_mixed_as_a_friday() {
    let (steps, _) = evening(1, u64::MAX);
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
    let promised = count(&|it| matches!(it, Command::Basket(BasketEdit::SetPromise(Some(_)))));
    // In the order language the time is the last word.
    let is_time = |text: &str| text.rsplit(' ').next().is_some_and(|it| it.contains('h'));
    let later = promised + count(&|it| matches!(it, Command::AddTyped { text } if is_time(text)));
    assert!((9..=20).contains(&percent(later, orders)), "{later} of {orders} for later");
    let made = count(&|it| matches!(it, Command::Kitchen { step: KitchenStep::Ready, .. }));
    assert!(percent(made, orders) >= 85, "{made} of {orders} made");
}

#[test]
fn everything_is_paid_and_handed_over_in_the_end() {
    let (steps, board) = evening(2, u64::MAX);
    for card in board {
        let over = matches!(card.stage, OrderStage::HandedOver | OrderStage::Cancelled);
        assert!(over && card.due == Money::ZERO || card.stage == OrderStage::Cancelled, "{card:?}");
        assert!(!card.possible_double, "{card:?}");
    }
    let tickets = steps.iter().filter_map(|(_, reply)| match reply {
        Reply::Paid(paid) => Some(paid),
        Reply::Done
        | Reply::Session(_)
        | Reply::Basket(_)
        | Reply::Order { .. }
        | Reply::Queued { .. }
        | Reply::Corrected { .. }
        | Reply::Closing(_)
        | Reply::File { .. }
        | Reply::Link { .. }
        | Reply::Verified { .. }
        | Reply::Purged { .. } => None,
    });
    let (mut numbers, mut changes) = (BTreeSet::new(), 0);
    for paid in tickets {
        assert_eq!(paid.given - paid.total, paid.change);
        assert!(paid.change.cents() < 5_000, "nobody pays 60 € with 200 €");
        assert!(numbers.insert(paid.ticket.clone()), "{} is two tickets", paid.ticket);
        changes += u32::from(paid.change != Money::ZERO);
    }
    assert!(numbers.len() > 200 && changes > 80);
    let last_ms = steps.last().unwrap().0.at_ms;
    assert!((LAST_ORDER_MS..LAST_ORDER_MS + 2 * HOUR_MS).contains(&last_ms));
    assert!(steps.is_sorted_by_key(|it| it.0.at_ms));
}

#[test]
fn the_same_seed_is_the_same_evening() {
    let hour = evening(3, HOUR_MS);
    assert!(hour.0.len() > 100);
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
        if step.command == Command::Basket(BasketEdit::Clear) {
            Ok(Reply::Done)
        } else {
            Err(failure.clone())
        }
    });
    assert!(chosen > 20);
}
