use crate::shop::Shop;
use pos_api::{BasketEdit, Code, Command, Reply};
use pos_core::clock::Zone;

const HOUR_MS: i64 = 3_600_000;

fn label(shop: &mut Shop) -> String {
    shop.type_in("MAR");
    let Reply::Order { label, .. } = shop.run(Command::SendToKitchen) else { panic!() };
    label
}

#[test]
fn order_numbers_begin_anew_at_the_cut_and_not_at_midnight() {
    let mut shop = Shop::open();
    assert_eq!(label(&mut shop), "C1-001");
    // 23:59, 00:01 and 03:59 are one evening; at 04:00 the next day begins.
    for (later_ms, expected) in [(289, "C1-002"), (2, "C1-003"), (238, "C1-004"), (1, "C1-001")]
        .map(|(min, label)| (min * 60_000, label))
    {
        shop.clock.advance_ms(later_ms);
        assert_eq!(label(&mut shop), expected);
    }
}

#[test]
fn a_clock_that_goes_back_a_day_reuses_no_number_of_that_day() {
    let mut shop = Shop::open();
    let mut labels = vec![label(&mut shop), label(&mut shop)];
    shop.clock.advance_ms(24 * HOUR_MS);
    assert_eq!(label(&mut shop), "C1-001");
    shop.clock.advance_ms(-24 * HOUR_MS);
    labels.push(label(&mut shop));
    assert_eq!(labels, ["C1-001", "C1-002", "C1-003"]);
}

#[test]
fn ticket_numbers_never_begin_anew_whatever_the_clock_says() {
    let mut shop = Shop::open();
    let mut tickets = Vec::new();
    for by_ms in [0, 24 * HOUR_MS, -400 * 24 * HOUR_MS, 3_650 * 24 * HOUR_MS, -HOUR_MS] {
        shop.clock.advance_ms(by_ms);
        shop.type_in("MAR");
        tickets.push(shop.pay(5_000).unwrap().ticket);
    }
    let numbers: Vec<&str> = tickets.iter().map(|it| &it[it.len() - 6..]).collect();
    assert_eq!(numbers, ["000001", "000002", "000003", "000004", "000005"]);
}

#[test]
fn sales_go_on_through_the_hour_that_comes_twice() {
    let mut shop = Shop::open();
    let zone = Zone::named("Europe/Paris");
    // 25 October 2026, 02:30 in summer time; an hour later it is 02:30 again.
    shop.clock.set(1_792_888_200_000);
    assert_eq!(zone.hour_minute(1_792_888_200_000), "02:30");
    let first = label(&mut shop);
    shop.clock.advance_ms(HOUR_MS);
    assert_eq!(zone.hour_minute(1_792_888_200_000 + HOUR_MS), "02:30");
    let second = label(&mut shop);
    assert_eq!((first.as_str(), second.as_str()), ("C1-001", "C1-002"));
}

#[test]
fn a_promise_after_midnight_is_tomorrow_s_and_a_past_one_is_refused() {
    let mut shop = Shop::open();
    let promise = |text: &str| Command::Basket(BasketEdit::SetPromise(Some(text.into())));
    assert_eq!(shop.try_run(promise("19h00")), Err(Code::Promise));
    // 23:50.
    shop.clock.advance_ms(280 * 60_000);
    shop.type_in("MAR; 0h30");
    assert_eq!(shop.basket().promise.as_deref(), Some("00:30"));
    shop.run(Command::SendToKitchen);
    let card = shop.orders().remove(0);
    assert_eq!((card.promise.as_str(), card.minutes_left), ("00:30", 40));
}
