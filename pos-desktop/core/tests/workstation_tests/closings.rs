use crate::books::{closings, event, replay, tickets};
use crate::shop::Shop;
use fiscal::Money;
use fiscal::closing::{Closing, Period};
use fiscal::event::EventCode;
use fiscal::replay::Fault;
use fiscal::ticket::Means;
use pos_api::{Answer, CashReason, ClosingView, Code, Command, DayCommand, DayView, Query, Reply};
use pos_core::clock::SeededEntropy;
use pos_core::replicate::{self, Peer};
use pos_core::store::journals;
use pos_core::{Workstation, commands};
use replication::Push;
use replication::link::ReadOutcome;
use std::sync::Arc;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

fn cents(cents: i64) -> Money {
    Money::from_cents(cents)
}

fn day(shop: &mut Shop) -> DayView {
    let Answer::Day(day) = shop.ask(Query::Day) else { panic!() };
    *day
}

fn sell(shop: &mut Shop) -> Money {
    shop.type_in("MAR");
    shop.pay(5_000).unwrap().total
}

fn close(shop: &mut Shop, counted: Option<Money>) -> ClosingView {
    let close = DayCommand::Close { counted, confirmed: false };
    let Reply::Closing(closing) = shop.run(Command::Day(close)) else { panic!() };
    *closing
}

fn cash(shop: &mut Shop, amount: Money) -> Result<Reply, Code> {
    let reason = CashReason::Deposit;
    shop.try_run(Command::Day(DayCommand::Cash { amount, reason, approval: None }))
}

fn open(shop: &mut Shop, float: Money, date: Option<&str>) -> Result<Reply, Code> {
    let date = date.map(str::to_owned);
    shop.try_run(Command::Day(DayCommand::Open { float, date }))
}

/// The parts of a period are its sum, and nothing is between them.
fn is_sum(whole: &Closing, parts: &[Closing]) {
    let mut sum = fiscal::closing::Tally::default();
    parts.iter().for_each(|part| sum.merge(&part.tally));
    assert_eq!(whole.tally, sum, "{}", whole.label);
    let (first, last) = (parts.first().unwrap(), parts.last().unwrap());
    assert_eq!((whole.first_day, whole.last_day), (first.first_day, last.last_day));
}

#[test]
fn a_day_is_opened_counted_read_and_closed() {
    let mut shop = Shop::open();
    assert_eq!(day(&mut shop).number, None);
    open(&mut shop, cents(10_000), None).unwrap();
    assert_eq!(open(&mut shop, cents(0), None), Err(Code::DayState), "it is open");
    let total = sell(&mut shop);
    cash(&mut shop, cents(2_000)).unwrap();
    cash(&mut shop, cents(-3_000)).unwrap();
    shop.type_in("REI");
    shop.run(Command::SendToKitchen);

    let x = day(&mut shop);
    assert_eq!((x.number, x.date.as_str(), x.overdue), (Some(1), "2026-11-20", false));
    let figures = x.figures.unwrap();
    assert_eq!(figures.total, total);
    let theoretical = cents(10_000) + total - cents(1_000);
    assert_eq!(figures.drawer.unwrap().theoretical, theoretical);
    let Reply::Closing(read) = shop.run(Command::Day(DayCommand::ReadX)) else { panic!() };
    assert_eq!(*read, figures, "an X is what the screen shows");

    let z = close(&mut shop, Some(theoretical - cents(150)));
    let drawer = z.drawer.unwrap();
    assert_eq!((drawer.theoretical, drawer.difference), (theoretical, Some(cents(-150))));
    assert_eq!((z.total, z.perpetual_algebraic, z.perpetual_absolute), (total, total, total));
    assert_eq!(z.open_orders.len(), 1, "it is carried: {:?}", z.open_orders);
    let Answer::Closing(again) = shop.ask(Query::Closing { number: z.number.clone() }) else {
        panic!()
    };
    assert_eq!(*again, z);

    let after = day(&mut shop);
    assert_eq!((after.number, after.float), (None, theoretical - cents(150)));
    assert_eq!(after.date, "2026-11-21", "another sale tonight is tomorrow's");
    assert_eq!(after.closings[0].difference, Some(cents(-150)));
    let closed = DayCommand::Close { counted: None, confirmed: false };
    assert_eq!(shop.try_run(Command::Day(closed)), Err(Code::DayState));
    assert!(replay(&mut shop.till).is_sound());
}

#[test]
fn a_sale_opens_the_day_with_what_was_left_and_after_the_z_it_is_tomorrow_s() {
    let mut shop = Shop::open();
    sell(&mut shop);
    close(&mut shop, Some(cents(7_777)));
    sell(&mut shop);
    let sold = tickets(&mut shop);
    let dates = sold.iter().map(|it| it.business_date.iso()).collect::<Vec<_>>();
    assert_eq!(dates, ["2026-11-20", "2026-11-21"]);
    let opened = event(&mut shop, EventCode::SessionOpen);
    assert_eq!((opened.number("day"), opened.number("float")), (Some(2), Some(7_777)));
}

#[test]
fn months_and_years_close_with_the_day_that_ends_them_and_are_their_sums() {
    let mut shop = Shop::open();
    // Days from 20 November to 2 January; every seventh the shop is closed.
    for number in 0..44 {
        if number % 7 != 3 {
            sell(&mut shop);
            if number % 2 == 0 {
                sell(&mut shop);
            }
            close(&mut shop, None);
        }
        shop.clock.advance_ms(DAY_MS);
        shop.run(Command::SignOut);
        shop.sign_in();
    }
    let (days, months) = (closings(&mut shop, Period::Day), closings(&mut shop, Period::Month));
    let years = closings(&mut shop, Period::Year);
    let labels = |of: &[Closing]| of.iter().map(|it| it.label.clone()).collect::<Vec<_>>();
    assert_eq!(labels(&months), ["2026-11", "2026-12"]);
    assert_eq!(labels(&years), ["2026"]);
    for month in &months {
        let of = |it: &&Closing| it.label.starts_with(&month.label);
        is_sum(month, &days.iter().filter(of).cloned().collect::<Vec<_>>());
    }
    is_sum(&years[0], &months);
    let mut perpetual = Money::ZERO;
    for day in &days {
        perpetual += day.tally.total;
        assert_eq!(day.perpetual_algebraic, perpetual);
    }
    let sold: Money = tickets(&mut shop).iter().map(|it| it.total_ttc).sum();
    assert_eq!(sold, perpetual);
    let report = replay(&mut shop.till);
    assert!(report.is_sound(), "{:?}", report.findings);
}

#[test]
fn a_year_that_ends_in_june_closes_then() {
    let mut shop = Shop::open();
    let mut sheet = shop.till.store().read(pos_core::store::publications::shop).unwrap().unwrap();
    sheet.number += 1;
    sheet.fiscal_year_end_month = Some(6);
    shop.publish_bytes(domain::publication::What::Shop, sheet.number, &sheet.encode());
    shop.till.refresh().unwrap();
    // The evenings of 29 February and of 30 June 2028.
    shop.clock.set(1_835_460_000_000);
    shop.run(Command::SignOut);
    shop.sign_in();
    open(&mut shop, cents(0), Some("2028-02-29")).unwrap();
    close(&mut shop, None);
    shop.clock.set(1_846_000_800_000);
    shop.run(Command::SignOut);
    shop.sign_in();
    open(&mut shop, cents(0), Some("2028-06-30")).unwrap();
    assert!(closings(&mut shop, Period::Year).is_empty());
    close(&mut shop, None);
    let months = closings(&mut shop, Period::Month);
    let labels = months.iter().map(|it| it.label.as_str()).collect::<Vec<_>>();
    assert_eq!(labels, ["2028-02", "2028-06"]);
    assert_eq!(closings(&mut shop, Period::Year)[0].label, "2028");
}

#[test]
fn a_forgotten_day_is_closed_at_the_first_sale_of_the_next_and_needs_a_person_after_long() {
    let mut shop = Shop::open();
    sell(&mut shop);
    shop.clock.advance_ms(20 * HOUR_MS);
    let forgotten = day(&mut shop);
    assert!(forgotten.overdue && !forgotten.needs_person);
    sell(&mut shop);
    let z = closings(&mut shop, Period::Day);
    assert_eq!(
        (z.len(), z[0].label.as_str(), z[0].head.operator.as_str()),
        (1, "2026-11-20", "AUTO")
    );
    assert_eq!(z[0].drawer.unwrap().counted, None);
    assert_eq!(tickets(&mut shop)[1].business_date.iso(), "2026-11-21");

    // The shop stays shut for a week with the day open.
    shop.clock.advance_ms(7 * DAY_MS);
    shop.restart();
    let forgotten = day(&mut shop);
    assert!(forgotten.overdue && forgotten.needs_person);
    sell(&mut shop);
    assert_eq!(tickets(&mut shop)[2].business_date.iso(), "2026-11-21", "no sale is refused");
    let close = |confirmed| Command::Day(DayCommand::Close { counted: None, confirmed });
    let refused = shop.try_run(close(false));
    assert_eq!(refused, Err(Code::WhichDay { clock: "2026-11-28".into() }));
    shop.run(close(true));
    event(&mut shop, EventCode::CloseLate);
    sell(&mut shop);
    assert_eq!(tickets(&mut shop)[3].business_date.iso(), "2026-11-28");
}

#[test]
fn a_clock_that_leaps_names_no_day_until_a_person_does() {
    let mut shop = Shop::open();
    sell(&mut shop);
    close(&mut shop, None);
    // 2036 for an hour, with a restart within it.
    shop.clock.advance_ms(3_652 * DAY_MS);
    shop.restart();
    sell(&mut shop);
    assert_eq!(tickets(&mut shop)[1].business_date.iso(), "2026-11-21");
    assert!(day(&mut shop).figures.is_some());
    shop.clock.advance_ms(HOUR_MS - 3_652 * DAY_MS);
    sell(&mut shop);
    let today = day(&mut shop);
    assert_eq!(
        (today.date.as_str(), today.overdue, today.needs_person),
        ("2026-11-21", false, false)
    );
    close(&mut shop, None);
    assert_eq!(closings(&mut shop, Period::Day).len(), 2);
    // Closed for three weeks: somebody says which day it is, and no earlier one.
    shop.clock.advance_ms(21 * DAY_MS);
    let refused = open(&mut shop, cents(0), None);
    assert_eq!(refused, Err(Code::WhichDay { clock: "2026-12-11".into() }));
    let refused = open(&mut shop, cents(0), Some("2062-11-24"));
    assert!(matches!(refused, Err(Code::WhichDay { .. })), "a manager neither: {refused:?}");
    assert_eq!(open(&mut shop, cents(0), Some("21/11/2026")), Err(Code::Period));
    open(&mut shop, cents(0), Some("2026-12-11")).unwrap();
    assert_eq!(day(&mut shop).date, "2026-12-11");
    assert!(!day(&mut shop).needs_person);
}

#[test]
fn after_two_closed_days_the_first_sale_is_today_s_and_needs_nobody() {
    let mut shop = Shop::open();
    sell(&mut shop);
    close(&mut shop, None);
    // Friday evening to Monday evening, and the program ran all the while.
    shop.clock.advance_ms(3 * DAY_MS);
    let today = day(&mut shop);
    assert_eq!((today.date.as_str(), today.needs_person), ("2026-11-23", false));
    sell(&mut shop);
    assert_eq!(tickets(&mut shop)[1].business_date.iso(), "2026-11-23");
    event(&mut shop, EventCode::ClockAnomaly);
    // It is the clock that named the day: forgotten, it is closed as any other.
    shop.clock.advance_ms(20 * HOUR_MS);
    sell(&mut shop);
    event(&mut shop, EventCode::CloseAuto);
    let labels: Vec<_> = closings(&mut shop, Period::Day).into_iter().map(|it| it.label).collect();
    assert_eq!(labels, ["2026-11-20", "2026-11-23"]);
    assert_eq!(tickets(&mut shop)[2].business_date.iso(), "2026-11-24");
}

#[test]
fn nobody_calls_a_day_by_a_date_to_come() {
    let mut shop = Shop::open();
    for date in ["2062-11-24", "2026-11-23", "2026-11-19"] {
        let refused = open(&mut shop, cents(0), Some(date));
        assert_eq!(refused, Err(Code::WhichDay { clock: "2026-11-20".into() }), "{date}");
    }
    shop.counter_signs_in();
    assert_eq!(open(&mut shop, cents(0), Some("2026-11-21")), Err(Code::NeedsManager));
    open(&mut shop, cents(0), Some("2026-11-20")).unwrap();
    assert_eq!(day(&mut shop).date, "2026-11-20");
}

#[test]
fn a_manager_puts_right_a_name_that_ran_ahead_and_months_go_by_their_names() {
    let mut shop = Shop::open();
    sell(&mut shop);
    close(&mut shop, None);
    // An hour in 2029: somebody believes it, and confirms it.
    shop.clock.advance_ms(1_000 * DAY_MS);
    let asked = open(&mut shop, cents(0), None);
    assert_eq!(asked, Err(Code::WhichDay { clock: "2029-08-16".into() }));
    open(&mut shop, cents(0), Some("2029-08-16")).unwrap();
    sell(&mut shop);
    close(&mut shop, None);
    shop.clock.advance_ms(12 * HOUR_MS - 1_000 * DAY_MS);

    // The next day still goes by it, until a manager says otherwise; at the counter nobody may.
    let today = day(&mut shop);
    assert_eq!((today.date.as_str(), today.needs_person), ("2029-08-17", true));
    shop.counter_signs_in();
    assert_eq!(open(&mut shop, cents(0), Some("2026-11-21")), Err(Code::NeedsManager));
    shop.run(Command::SignOut);
    shop.sign_in();
    open(&mut shop, cents(0), Some("2026-11-21")).unwrap();
    let noted = event(&mut shop, EventCode::ClockAnomaly);
    let names = (noted.text("before"), noted.text("after"));
    assert_eq!(names, (Some("2029-08-17"), Some("2026-11-21")));
    assert_eq!(noted.head.operator, "RESP");
    sell(&mut shop);
    assert_eq!(tickets(&mut shop)[2].business_date.iso(), "2026-11-21");
    close(&mut shop, None);
    shop.clock.advance_ms(10 * DAY_MS);
    sell(&mut shop);
    close(&mut shop, None);

    // What went by another month was closed under its name, and November has two.
    let labels: Vec<_> =
        closings(&mut shop, Period::Month).into_iter().map(|it| it.label).collect();
    assert_eq!(labels, ["2026-11", "2029-08", "2026-11"]);
    let days = closings(&mut shop, Period::Day);
    assert_eq!(days.iter().map(|it| it.first_day).collect::<Vec<_>>(), [1, 2, 3, 4]);
    let report = replay(&mut shop.till);
    assert!(report.is_sound(), "{:?}", report.findings);
}

#[test]
fn a_till_that_begins_under_a_clock_of_2036_sells_and_asks() {
    for by_ms in [3_653 * DAY_MS, -20 * 365 * DAY_MS] {
        let mut shop = Shop::unset();
        shop.clock.advance_ms(by_ms);
        shop.set_up();
        let today = day(&mut shop);
        assert_eq!((today.date.as_str(), today.needs_person), ("2026-01-01", true));
        assert!(matches!(open(&mut shop, cents(0), None), Err(Code::WhichDay { .. })));
        sell(&mut shop);
        assert_eq!(tickets(&mut shop)[0].business_date.iso(), "2026-01-01");
        let view = day(&mut shop);
        let confirmed = view.needs_person;
        shop.run(Command::Day(DayCommand::Close { counted: None, confirmed }));
        // The clock is set right, and a person says so.
        shop.clock.advance_ms(HOUR_MS - by_ms);
        open(&mut shop, cents(0), Some("2026-11-20")).unwrap();
        sell(&mut shop);
        assert_eq!(tickets(&mut shop)[1].business_date.iso(), "2026-11-20");
    }
}

#[test]
fn no_more_leaves_the_drawer_than_is_in_it() {
    let mut shop = Shop::open();
    open(&mut shop, cents(5_000), None).unwrap();
    cash(&mut shop, cents(-5_000)).unwrap();
    assert_eq!(cash(&mut shop, cents(-1)), Err(Code::DrawerShort { theoretical: Money::ZERO }));
    let alert = event(&mut shop, EventCode::NegativeCashAlert);
    assert_eq!((alert.number("theoretical"), alert.number("amount")), (Some(0), Some(1)));
    assert!(matches!(cash(&mut shop, Money::ZERO), Err(Code::NotEnough { .. })));
    assert!(cash(&mut shop, cents(1 << 40)).is_err());
    assert!(open(&mut shop, cents(-1), None).is_err());
    let z = close(&mut shop, Some(Money::ZERO));
    assert_eq!(z.drawer.unwrap().difference, Some(Money::ZERO));
}

/// A till on a copy of the disk, at which a manager has signed in.
fn copied(shop: &mut Shop) -> Workstation {
    shop.till.store().checkpoint().unwrap();
    let copy = shop.folder.path().join("copy.db");
    std::fs::copy(shop.folder.path().join("till.db"), &copy).unwrap();
    let entropy = Box::new(SeededEntropy::new(99));
    let mut other = Workstation::open(&copy, Arc::new(shop.clock.clone()), entropy).unwrap();
    let sign_in = Command::SignIn { operator: "RESP".into(), pin: "2580".into() };
    commands::run(&mut other, sign_in).unwrap();
    other
}

/// What a journal of another life holds after `after` comes back.
fn give_back(
    shop: &mut Shop,
    other: &mut Workstation,
    after: journal::Tip,
    far: journal::Tip,
) -> replication::Reply {
    let place = replication::Place { seq: after.seq, hash: after.hash };
    let read = other.store().read(|tx| replicate::read(tx, far, Some(place), 500)).unwrap();
    let ReadOutcome::Run(run) = read else { panic!() };
    let push =
        Push { journal: far.journal, base: Some(place), entries: run.entries, seal: run.seal };
    let peer = Peer { key: shop.till.public_key().unwrap(), is_centre: false };
    shop.till.append_pulled(peer, &push)
}

/// A copy of the disk and the till itself sell something each, and then they meet; what was sold there,
/// and here.
fn live_twice(shop: &mut Shop) -> (Money, Money) {
    let tip = shop.till.tip().unwrap();
    let mut other = copied(shop);
    let run = |till: &mut Workstation, command| commands::run(till, command).unwrap();
    run(&mut other, Command::AddTyped { text: "REI".into() });
    let Reply::Paid(sold_there) = run(
        &mut other,
        Command::TakePayment { order: None, tenders: vec![pos_api::Tender::cash(cents(5_000))] },
    ) else {
        panic!()
    };
    let here = sell(shop);

    // The two meet: each life's entries are kept, and the till goes on in a new journal.
    let far = other.tip().unwrap();
    let reply = give_back(shop, &mut other, tip, far);
    assert!(matches!(reply, replication::Reply::Fork(_)), "{reply:?}");
    assert_ne!(shop.till.tip().unwrap().journal, tip.journal);
    event(shop, EventCode::RestoreDetected);
    (sold_there.total, here)
}

/// What the inspector finds.
fn faults(shop: &mut Shop) -> Vec<Fault> {
    replay(&mut shop.till).findings.iter().map(|it| it.what.clone()).collect()
}

#[test]
fn what_a_copied_disk_sold_goes_into_a_supplementary_closing() {
    let mut shop = Shop::open();
    let first = sell(&mut shop);
    let (there, here) = live_twice(&mut shop);
    let left = closings(&mut shop, Period::Supplementary);
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].spans.len(), 2, "both histories of the journal that was left");
    assert_eq!(left[0].tally.total, first + here + there);

    let after = sell(&mut shop);
    let z = close(&mut shop, None);
    assert_eq!(z.total, after);
    assert_eq!(z.perpetual_algebraic, left[0].tally.total + after);
    assert_eq!(closings(&mut shop, Period::Supplementary).len(), 1, "once");
    assert_eq!(faults(&mut shop), [Fault::TwoEntries], "that it happened, and nothing else");
    let held = shop.till.store().read(journals::all).unwrap();
    assert_eq!(held.iter().filter(|it| it.own).count(), 3);
}

#[test]
fn practice_that_comes_back_while_it_runs_gives_no_number_twice() {
    let supervisor = || pos_api::Approval { manager: "RESP".into(), pin: "2580".into() };
    let start = || Command::Training(pos_api::TrainingCommand::Start { supervisor: supervisor() });
    let end = || Command::Training(pos_api::TrainingCommand::End);
    let mut shop = Shop::open();
    shop.run(start());
    sell(&mut shop);
    shop.run(end());
    let training = |till: &mut Workstation| till.store().read(journals::training).unwrap().unwrap();
    let after = training(&mut shop.till).tip;
    let mut other = copied(&mut shop);
    for command in [
        start(),
        Command::AddTyped { text: "REI".into() },
        Command::TakePayment { order: None, tenders: vec![pos_api::Tender::cash(cents(5_000))] },
        end(),
    ] {
        commands::run(&mut other, command).unwrap();
    }

    let far = training(&mut other).tip;
    let reply = give_back(&mut shop, &mut other, after, far);
    assert!(matches!(reply, replication::Reply::Ack(_)), "{reply:?}");
    shop.run(start());
    sell(&mut shop);
    shop.run(end());
    assert_eq!(faults(&mut shop), []);
}

#[test]
fn what_was_practised_on_a_copied_disk_is_closed_like_sales_and_counts_nowhere() {
    let mut shop = Shop::open();
    let supervisor = pos_api::Approval { manager: "RESP".into(), pin: "2580".into() };
    shop.run(Command::Training(pos_api::TrainingCommand::Start { supervisor }));
    let first = sell(&mut shop);
    let (there, here) = live_twice(&mut shop);
    let left = closings(&mut shop, Period::Supplementary);
    assert_eq!(left[0].tally.total, first + here + there);
    assert_eq!(left[0].perpetual_algebraic, Money::ZERO);
    assert_eq!(faults(&mut shop), [Fault::TwoEntries], "that it happened, and nothing else");
}

/// `OCPIZZA_TICKETS` says how many; 100 without it.
#[test]
fn a_day_of_many_tickets_is_closed_with_all_of_them() {
    let count: u64 = std::env::var("OCPIZZA_TICKETS").map_or(100, |it| it.parse().unwrap());
    let mut shop = Shop::open();
    for _ in 0..count {
        sell(&mut shop);
    }
    let z = close(&mut shop, None);
    assert_eq!((z.sales.count, z.means[0].means), (count, Means::Cash));
}
