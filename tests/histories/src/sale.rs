//! What is sold: random drafts of tickets.

use crate::dice::Dice;
use fiscal::Money;
use fiscal::ticket::{Channel, Draft, Issuer, Line, Means, Operation, Payment};
use fiscal::time::Moment;
use fiscal::vat::{Class, Mode, Rate};

/// Products at the three rates.
const PRODUCTS: [(&str, i64, Class, u16); 5] = [
    ("Pizza Reine", 1_250, Class::ImmediateFood, 1_000),
    ("Pizza Regina ; \"crème\"", 1_390, Class::ImmediateFood, 1_000),
    ("Yaourt", 199, Class::KeptFood, 550),
    ("Eau 50 cl", 200, Class::ClosedDrink, 550),
    ("Vin rouge", 1_790, Class::Alcohol, 2_000),
];

/// Who sells.
#[must_use]
pub fn issuer() -> Issuer {
    let text = str::to_owned;
    Issuer {
        shop_name: text("OC Pizza Voltaire"),
        legal_entity: text("OC Pizza SAS"),
        address: text("12, boulevard Voltaire, 75011 Paris"),
        siren: text("123456782"),
        rcs: text("RCS Paris"),
        siret: text("12345678200018"),
        naf: text("56.10C"),
        vat_number: text("FR32123456782"),
        software: text("OC Pizza"),
        fiscal_version: fiscal::VERSION.to_owned(),
        build: text("0123abcd"),
    }
}

/// The mode of a sale.
pub fn mode(dice: &mut Dice) -> Mode {
    [Mode::OnSite, Mode::TakeAway, Mode::Delivery][dice.place(3)]
}

/// Lines of a sale, some discounted, some free.
pub fn lines(dice: &mut Dice) -> Vec<Line> {
    let count = 1 + dice.below(4);
    (0..count).map(|_| line(dice)).collect()
}

fn line(dice: &mut Dice) -> Line {
    let (label, unit, class, rate) = PRODUCTS[dice.place(PRODUCTS.len())];
    let qty_m = if dice.percent(10) { 333 } else { 1_000 + 1_000 * dice.below(3) };
    let mut line = Line {
        line: dice.bytes(),
        label: label.to_owned(),
        details: if dice.percent(30) { vec!["+ œuf".to_owned()] } else { Vec::new() },
        sku: label.split(' ').next_back().unwrap_or(label).to_uppercase(),
        qty_m: u32::try_from(qty_m).expect("a few thousandths"),
        unit_ttc: Money::from_cents(unit),
        discount: Money::ZERO,
        discount_reason: None,
        ttc: Money::ZERO,
        class,
        rate: Rate(rate),
    };
    let gross = line.gross().expect("a small amount");
    if dice.percent(20) {
        let off = dice.below(gross.cents().unsigned_abs() + 1);
        line.discount = Money::from_cents(i64::try_from(off).expect("no more than the line"));
        line.discount_reason = Some("GESTE".to_owned());
    }
    line.ttc = gross - line.discount;
    line
}

/// Payments that cover an amount.
pub fn payments(dice: &mut Dice, due: Money) -> Vec<Payment> {
    if due == Money::ZERO {
        return Vec::new();
    }
    let first = if dice.percent(25) { Money::from_cents(due.cents() / 2) } else { Money::ZERO };
    let mut payments = Vec::new();
    for amount in [first, due - first] {
        if amount == Money::ZERO {
            continue;
        }
        let means =
            [Means::Cash, Means::Card, Means::Cheque, Means::MealVoucherCard][dice.place(4)];
        let mut payment = Payment::exact(means, amount);
        if means == Means::Cash {
            payment.change = Money::from_cents(i64::try_from(dice.below(500)).expect("small"));
            payment.tendered = amount + payment.change;
        }
        payments.push(payment);
    }
    payments
}

/// A sale.
pub fn sale(dice: &mut Dice, moment: Moment, operator: &str) -> Draft {
    let lines = lines(dice);
    let due = lines.iter().map(|it| it.ttc).sum();
    Draft {
        operation: Operation::Sale,
        original: None,
        reason: None,
        order: format!("C1-{:03}", dice.below(1_000)),
        channel: Channel::Counter,
        mode: mode(dice),
        operator: operator.to_owned(),
        moment,
        business_date: moment.business_date(4),
        issuer: issuer(),
        payments: payments(dice, due),
        lines,
        cash_taken_before: Money::ZERO,
    }
}
