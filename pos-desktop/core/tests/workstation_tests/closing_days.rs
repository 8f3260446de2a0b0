//! Dirty days: whatever is left open, sold past midnight, taken back a day late or sold under a clock
//! of 2036, every day has its Z, and every Z is what the tickets say.
//!
//! `OCPIZZA_DAYS` says how many days are lived; 20 without it.

use crate::books::{replay, signed};
use crate::shop::Shop;
use domain::id::OrderId;
use domain::order::{DiscountReason, Reason};
use fiscal::Money;
use fiscal::closing::{Closing, Period};
use fiscal::ticket::{Document, Means};
use fiscal::vat::Rate;
use pos_api::{
    CashReason, Code, Command, Correction, CreditReason, DayCommand, Discount, DiscountAmount,
    DrawerReason, Reply, Tender,
};
use pos_core::store::documents::Signed;
use std::collections::BTreeMap;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// Midnight UTC of 20 October 2026 and of 20 March 2027: the nights on which Paris changes its clocks,
/// 25 October and 28 March, follow within ten days.
const BEGIN: [i64; 2] = [1_792_454_400_000, 1_805_500_800_000];

/// Numbers that follow from a seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % end
    }

    fn one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }
}

/// A shop that lives days as they come.
struct Life {
    shop: Shop,
    dice: Dice,
    /// Orders that nobody paid yet.
    unpaid: Vec<OrderId>,
    /// Tickets that nobody took back.
    sold: Vec<String>,
    sales: u64,
    /// What days are called that a manager called by an earlier date than the one before.
    put_right: Vec<String>,
}

impl Life {
    fn key_in(&mut self) {
        let typed = ["MAR", "2 REI", "4FR", "MAR; REI"];
        let place = usize::try_from(self.dice.below(4)).unwrap();
        self.shop.type_in(typed[place]);
    }

    fn sell(&mut self) {
        self.key_in();
        if self.dice.one_in(5) {
            self.shop.run(Command::Discount(Discount {
                order: None,
                line: None,
                amount: DiscountAmount::Percent(10),
                reason: DiscountReason::Complaint,
                approval: None,
            }));
        }
        let paid = self.shop.pay(20_000).unwrap();
        self.sold.push(paid.ticket);
        self.sales += 1;
    }

    fn order(&mut self) {
        self.key_in();
        let send = if self.dice.one_in(2) { Command::SendToKitchen } else { Command::Hold };
        let Reply::Order { order, .. } = self.shop.run(send) else { panic!() };
        self.unpaid.push(order);
    }

    fn pay_one(&mut self) {
        let Some(order) = self.unpaid.pop() else { return };
        let card = pos_api::Means::Card;
        let due = self.shop.orders().into_iter().find(|card| card.order == order).unwrap().due;
        let paid = self.shop.pay_for(Some(order), vec![Tender::of(card, due)]).unwrap();
        self.sold.push(paid.ticket);
        self.sales += 1;
    }

    fn take_back(&mut self) {
        let Some(ticket) = self.sold.pop() else { return };
        self.shop.run(Command::Correct(Correction::CreditNote {
            ticket,
            lines: Vec::new(),
            back: Vec::new(),
            reason: CreditReason::Complaint,
            approval: None,
        }));
    }

    fn something(&mut self) {
        match self.dice.below(9) {
            0..4 => self.sell(),
            4 => self.order(),
            5 => self.pay_one(),
            6 => self.take_back(),
            7 => {
                let amount = Money::from_cents(1_000);
                let reason = CashReason::Change;
                self.shop.run(Command::Day(DayCommand::Cash { amount, reason, approval: None }));
                let reason = DrawerReason::Check;
                self.shop.run(Command::Day(DayCommand::OpenDrawer { reason }));
            }
            _ => {
                if let Some(order) = self.unpaid.pop() {
                    self.shop.run(Command::CancelOrder { order, reason: Reason::Gone });
                }
            }
        }
    }

    /// One day; `midnight` is UTC's.
    fn day(&mut self, midnight: i64) {
        let at = |hours: i64, minutes: i64| midnight + hours * HOUR_MS + minutes * MINUTE_MS;
        self.shop.clock.set(at(9, 0));
        if self.dice.one_in(4) {
            self.shop.restart();
        }
        for hour in 0..3 {
            self.shop.clock.set(at(10 + 4 * hour, 0));
            self.something();
        }
        if self.dice.one_in(8) {
            // A dead battery: 2036 for an hour.
            self.shop.clock.set(at(19, 0) + 3_653 * DAY_MS);
            if self.dice.one_in(2) {
                self.shop.restart();
            }
            self.sell();
            self.shop.clock.set(at(20, 0));
            self.sell();
        }
        if self.dice.one_in(3) {
            // Past midnight in Paris, and in the nights that change the clocks through the hour that
            // is twice or not at all.
            for hours in [23, 24, 25] {
                self.shop.clock.set(at(hours, 30));
                self.sell();
            }
        } else {
            self.shop.clock.set(at(22, 0));
        }
        if self.dice.one_in(6) {
            // Forgotten.
            return;
        }
        // A sale in the minute of the closing, and now and then one after it.
        self.sell();
        self.close();
        if self.dice.one_in(4) {
            self.sell();
        }
    }

    fn open(&mut self, date: &str) {
        let float = Money::ZERO;
        self.shop.run(Command::Day(DayCommand::Open { float, date: Some(date.to_owned()) }));
    }

    /// Under a clock of 2036 a manager types a year that is three years off; the day after, another
    /// puts it right.
    fn type_wrongly(&mut self, midnight: i64) {
        self.shop.clock.set(midnight + 12 * HOUR_MS + 3_653 * DAY_MS);
        if self.shop.try_run(Command::Day(DayCommand::ReadX)).is_ok() {
            self.close();
        }
        self.open("2029-10-30");
        self.sell();
        self.close();
        self.shop.clock.set(midnight + 36 * HOUR_MS);
        let today = self.shop.till.moment().business_date(4).iso();
        self.open(&today);
        self.put_right.push(today);
        self.sell();
        self.close();
    }

    fn close(&mut self) {
        let counted = self.dice.one_in(2).then(|| Money::from_cents(12_345));
        let close = |confirmed| Command::Day(DayCommand::Close { counted, confirmed });
        match self.shop.try_run(close(false)) {
            Ok(_) => {}
            Err(Code::WhichDay { .. }) => {
                self.shop.run(close(true));
            }
            Err(other) => panic!("a day can always be closed: {other:?}"),
        }
    }
}

/// Sums of tickets, made here of nothing but their documents.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sums {
    count: u64,
    total: Money,
    absolute: Money,
    rates: BTreeMap<Rate, (Money, Money, Money)>,
    means: BTreeMap<Means, Money>,
}

impl Sums {
    fn add(&mut self, ticket: &Document) {
        self.count += 1;
        self.total += ticket.total_ttc;
        self.absolute += Money::from_cents(ticket.total_ttc.cents().abs());
        for rate in &ticket.vat {
            let sum = self.rates.entry(rate.vat_bp).or_default();
            sum.0 += rate.ht;
            sum.1 += rate.vat;
            sum.2 += rate.ttc;
        }
        for payment in &ticket.payments {
            *self.means.entry(payment.means).or_default() += payment.amount;
        }
    }

    fn of(closing: &Closing) -> Self {
        let tally = &closing.tally;
        Self {
            count: tally.sales.count + tally.credit_notes.count + tally.corrections,
            total: tally.total,
            absolute: tally.absolute,
            rates: tally.vat.iter().map(|it| (it.vat_bp, (it.ht, it.vat, it.ttc))).collect(),
            means: tally.means.iter().map(|it| (it.means, it.amount)).collect(),
        }
    }
}

/// What every life must have come to, from the documents alone.
fn is_true(life: &mut Life) {
    let mut day = Sums::default();
    let (mut days, mut months) = (Vec::<Closing>::new(), Vec::<Closing>::new());
    let (mut algebraic, mut absolute) = (Money::ZERO, Money::ZERO);
    let (mut dates, mut sales) = (Vec::new(), 0);
    for (_, document) in signed(&mut life.shop.till) {
        match document {
            Signed::Ticket(ticket) => {
                day.add(&ticket);
                dates.push(ticket.business_date.iso());
                sales += u64::from(ticket.operation == fiscal::ticket::Operation::Sale);
            }
            Signed::Closing(closing) if closing.period == Period::Day => {
                assert_eq!(Sums::of(&closing), std::mem::take(&mut day), "{}", closing.label);
                assert!(dates.drain(..).all(|date| date == closing.label), "{}", closing.label);
                let before = days.last().map_or_else(String::new, |it| it.label.clone());
                let follows = before < closing.label || life.put_right.contains(&closing.label);
                assert!(follows, "{before}, {}", closing.label);
                algebraic += closing.tally.total;
                absolute += closing.tally.absolute;
                let perpetual = (closing.perpetual_algebraic, closing.perpetual_absolute);
                assert_eq!(perpetual, (algebraic, absolute), "{}", closing.label);
                days.push(*closing);
            }
            Signed::Closing(closing) if closing.period == Period::Month => {
                is_sum_of(&closing, &days);
                months.push(*closing);
            }
            Signed::Closing(closing) if closing.period == Period::Year => {
                is_sum_of(&closing, &months);
            }
            Signed::Closing(_)
            | Signed::Duplicate(_)
            | Signed::Provisional(_)
            | Signed::Invoice(_)
            | Signed::Event(_)
            | Signed::Archive(_) => {}
        }
    }
    assert_eq!(sales, life.sales, "no sale was refused or lost");
    let report = replay(&mut life.shop.till);
    assert!(report.is_sound(), "{:?}", report.findings);
}

fn is_sum_of(whole: &Closing, parts: &[Closing]) {
    let mut sum = fiscal::closing::Tally::default();
    let within = whole.first_day..=whole.last_day;
    parts.iter().filter(|it| within.contains(&it.first_day)).for_each(|it| sum.merge(&it.tally));
    assert_eq!(whole.tally, sum, "{}", whole.label);
}

#[test]
fn every_dirty_day_has_its_z_and_every_z_is_what_the_tickets_say() {
    let days: i64 = std::env::var("OCPIZZA_DAYS").map_or(20, |it| it.parse().unwrap());
    for (seed, begin) in BEGIN.into_iter().enumerate() {
        let mut shop = Shop::unset();
        shop.clock.set(begin);
        shop.set_up();
        let dice = Dice(u64::try_from(seed).unwrap() + 1);
        let (unpaid, sold, put_right) = (Vec::new(), Vec::new(), Vec::new());
        let mut life = Life { shop, dice, unpaid, sold, sales: 0, put_right };
        for number in 0..days / 2 {
            let midnight = begin + number * DAY_MS;
            // Two closed days each week, and every four weeks a wrong date, put right the day after.
            match number % 28 {
                5 | 6 | 9 | 12 | 13 | 19 | 20 | 26 | 27 => {}
                8 => life.type_wrongly(midnight),
                _ => life.day(midnight),
            }
        }
        life.sell();
        life.close();
        is_true(&mut life);
    }
}
