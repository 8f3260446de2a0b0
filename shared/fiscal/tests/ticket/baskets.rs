//! Random baskets: the sums always hold, and an independent program finds the same VAT.
//!
//! `BASKETS` says how many, 10,000 without it.

use crate::sale::{cents, draft, key, paid, series};
use fiscal::Money;
use fiscal::ticket::{Draft, LAST_NUMBER, Line, Means, Payment, TicketSeries, Totals, totals};
use fiscal::time::Date;
use fiscal::vat::{Class, Mode, Rate, Table, Territory};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseResult, TestRng, TestRunner};
use serde_json::json;
use std::cell::Cell;
use std::io::{BufWriter, Write};
use std::process::{Command, Stdio};

fn count() -> u32 {
    std::env::var("BASKETS").map_or(10_000, |it| it.parse().expect("BASKETS is a number"))
}

/// Runs `check` on the same random baskets in every run.
fn for_each_basket(check: impl Fn(Draft) -> TestCaseResult) {
    let config = Config { cases: count(), failure_persistence: None, ..Config::default() };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let found = TestRunner::new_with_rng(config, rng).run(&baskets(), check);
    assert!(found.is_ok(), "{}", found.unwrap_err());
}

fn baskets() -> impl Strategy<Value = Draft> {
    let mode = prop_oneof![Just(Mode::OnSite), Just(Mode::TakeAway), Just(Mode::Delivery)];
    let payment = (0..=2_u8, 0..=5_000_i64, any::<prop::sample::Index>());
    (mode, prop::collection::vec(lines(), 1..12), payment).prop_map(|(mode, parts, payment)| {
        let table = Table::metropolitan_2026();
        let today = Date { year: 2026, month: 11, day: 21 };
        let rate = |class| table.rate(class, mode, Territory::Metropolitan, today).ok();
        let lines: Vec<Line> = parts
            .into_iter()
            .enumerate()
            .map(|(place, mut line)| {
                line.line = (place as u64).to_be_bytes();
                let class = if rate(line.class).is_some() { line.class } else { Class::Alcohol };
                line.rate = rate(class).expect("alcohol is sold in every mode");
                Line { class, ..line }
            })
            .collect();
        let due: Money = lines.iter().map(|line| line.ttc).sum();
        let payments = payments(due, payment.0, payment.1, &payment.2);
        Draft { mode, lines, payments, ..draft() }
    })
}

/// A line whose place and rate are still to be filled in: whole pieces, or a weight; a discount in
/// one of four, which may be everything.
fn lines() -> impl Strategy<Value = Line> {
    let qty = prop_oneof![4 => (1..=6_u32).prop_map(|it| it * 1_000), 1 => 1..=5_000_u32];
    let unit = prop_oneof![1 => Just(0_i64), 19 => 1..=6_000_i64];
    let discount = prop_oneof![3 => Just(0_i64), 1 => 1..=100_i64];
    (prop::sample::select(&Class::ALL[..]), unit, qty, discount).prop_map(
        |(class, unit, qty_m, percent)| {
            let mut line = crate::sale::line(0, "Article", unit, 1, class, 0);
            line.qty_m = qty_m;
            let gross = line.gross().unwrap();
            line.discount = cents(gross.cents() * percent / 100);
            line.discount_reason = (percent != 0).then(|| "remise".to_owned());
            line.ttc = gross - line.discount;
            line
        },
    )
}

/// Cash with change up to the ceiling, a card for the rest; or any split between the two.
fn payments(due: Money, way: u8, over: i64, split: &prop::sample::Index) -> Vec<Payment> {
    let due = due.cents();
    let cash = match way {
        0 => 0,
        1 => due.min(100_000),
        _ => i64::try_from(split.index(usize::try_from(due.min(99_999)).unwrap() + 1)).unwrap(),
    };
    let mut payments = Vec::new();
    if cash != 0 {
        payments.push(paid(Means::Cash, cash + over, over));
    }
    if cash != due {
        payments.push(paid(Means::Card, due - cash, 0));
    }
    payments
}

/// One basket in ten is also issued in one series, and its ticket checked.
#[test]
fn the_sums_of_every_basket_hold() {
    let (all, two_rates, discounted) = (Cell::new(0), Cell::new(0), Cell::new(0));
    let (change, mixed) = (Cell::new(0), Cell::new(0));
    let last = Cell::new(None::<TicketSeries>);
    let (key, public) = (key(), key().public_key());
    let tally = |cell: &Cell<u32>, it: bool| cell.set(cell.get() + u32::from(it));

    for_each_basket(|sale| {
        let sums = totals(&sale.lines);
        tally(&all, true);
        tally(&two_rates, sums.rates.len() >= 2);
        tally(&discounted, sale.lines.iter().any(|it| it.discount != Money::ZERO));
        tally(&change, sale.payments.iter().any(|it| it.change != Money::ZERO));
        tally(&mixed, sale.payments.len() >= 2);
        holds(&sale, &sums)?;

        if all.get() % 10 == 0 {
            let series = last.take().filter(|it| it.next <= LAST_NUMBER).unwrap_or_else(series);
            let (ticket, next) = series.issue(&sale, &key).unwrap();
            prop_assert_eq!(ticket.check(&public, series.previous.as_deref()), Ok(()));
            prop_assert_eq!(&series.after(&ticket), &Ok(next.clone()));
            prop_assert_eq!(next.perpetual_absolute, series.perpetual_absolute + sums.total);
            last.set(Some(next));
        }
        Ok(())
    });

    say(&format!(
        "{} baskets: {} with two rates or more, {} with a discount, {} with change, {} paid twice",
        all.get(),
        two_rates.get(),
        discounted.get(),
        change.get(),
        mixed.get(),
    ));
    assert_eq!(all.get(), count());
    assert!(two_rates.get() * 10 >= count() * 3, "too few baskets with two rates to mean anything");
}

/// Σ lines = total = Σ (base + VAT) = Σ payments net of change; by rate as well; each line's base
/// within a cent of the exact one; and the opposite basket has the opposite of everything.
fn holds(sale: &Draft, sums: &Totals) -> TestCaseResult {
    let of_lines: Money = sale.lines.iter().map(|line| line.ttc).sum();
    let of_rates: Money = sums.rates.iter().map(|rate| rate.ht + rate.vat).sum();
    let of_payments: Money = sale.payments.iter().map(|it| it.tendered - it.change).sum();
    prop_assert_eq!(of_lines, sums.total);
    prop_assert_eq!(of_rates, sums.total);
    prop_assert_eq!(of_payments, sums.total);

    for rate in &sums.rates {
        let own = || sale.lines.iter().zip(&sums.lines).filter(|it| it.0.rate == rate.rate);
        prop_assert_eq!(own().map(|it| it.0.ttc).sum::<Money>(), rate.ttc);
        prop_assert_eq!(own().map(|it| it.1.ht).sum::<Money>(), rate.ht);
        prop_assert_eq!(own().map(|it| it.1.vat).sum::<Money>(), rate.vat);
    }
    for (line, tax) in sale.lines.iter().zip(&sums.lines) {
        let whole = 10_000 + i64::from(line.rate.basis_points());
        let away = (tax.ht.cents() * whole - line.ttc.cents() * 10_000).abs();
        prop_assert!(away < whole, "{line:?} {tax:?}");
        prop_assert_eq!(tax.ht + tax.vat, line.ttc);
    }

    let opposite = Totals::of(sale.lines.iter().map(|it| (-it.ttc, it.rate)));
    prop_assert!(opposite.rates.iter().zip(&sums.rates).all(|(it, of)| it.vat == -of.vat));
    prop_assert!(opposite.lines.iter().zip(&sums.lines).all(|(it, of)| it.ht == -of.ht));
    Ok(())
}

#[test]
fn an_independent_program_finds_the_same_vat() {
    let oracle = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/vat.py");
    let mut child = Command::new("python3")
        .arg(oracle)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python3 is there: ./dev installs it");
    let pipe = BufWriter::new(child.stdin.take().unwrap());
    let pipe = std::cell::RefCell::new(pipe);
    for_each_basket(|sale| {
        let basket = told(&sale);
        // Once the program has found a mismatch it reads no more; what it says is looked at below.
        writeln!(pipe.borrow_mut(), "{basket}").ok();
        Ok(())
    });
    drop(pipe);
    let output = child.wait_with_output().unwrap();
    let (said, wrong) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{wrong}");
    assert_eq!(said.trim(), format!("{} baskets agree", count()));
    say(said.trim());
}

#[test]
fn the_independent_program_does_find_a_cent() {
    let mut basket = told(&draft());
    for (place, name) in [("/rates/0/vat", "rates"), ("/line_ht/1", "bases"), ("/total", "total")] {
        let right = basket.pointer(place).and_then(serde_json::Value::as_i64).unwrap();
        *basket.pointer_mut(place).unwrap() = json!(right + 1);
        let mut child = Command::new("python3")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/vat.py"))
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        writeln!(child.stdin.take().unwrap(), "{basket}").unwrap();
        let output = child.wait_with_output().unwrap();
        let wrong = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && wrong.contains(name), "{place}: {wrong}");
        *basket.pointer_mut(place).unwrap() = json!(right);
    }
}

/// A basket as the program reads it.
fn told(sale: &Draft) -> serde_json::Value {
    let sums = totals(&sale.lines);
    let rate = |it: Rate| it.basis_points();
    json!({
        "lines": sale.lines.iter()
            .map(|it| json!({"ttc": it.ttc, "rate_bp": rate(it.rate)})).collect::<Vec<_>>(),
        "rates": sums.rates.iter()
            .map(|it| json!({"rate_bp": rate(it.rate), "ttc": it.ttc, "ht": it.ht, "vat": it.vat}))
            .collect::<Vec<_>>(),
        "line_ht": sums.lines.iter().map(|it| it.ht).collect::<Vec<_>>(),
        "payments": sale.payments.iter()
            .map(|it| json!({"tendered": it.tendered, "change": it.change})).collect::<Vec<_>>(),
        "total": sums.total,
    })
}

#[expect(clippy::print_stdout, reason = "the counts are what a reader of the run wants to see")]
fn say(text: &str) {
    println!("{text}");
}
