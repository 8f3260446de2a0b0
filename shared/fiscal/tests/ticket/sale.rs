//! A sale to start from, the published test key, and a till to issue at.

use fiscal::Money;
use fiscal::ticket::{Channel, Draft, Issuer, Line, Means, Operation, Payment, TicketSeries};
use fiscal::time::{Date, Moment};
use fiscal::vat::{Class, Mode, Rate};
use journal::{JournalId, SigningKey};

/// The key of RFC 6979 A.2.5: published, so good for tests only.
pub(crate) const SECRET: &str = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";

pub(crate) fn key() -> SigningKey {
    let secret = journal::EntryHash::from_hex(SECRET).unwrap();
    SigningKey::from_secret(&secret.0).unwrap()
}

pub(crate) fn series() -> TicketSeries {
    let id: [u8; 32] = core::array::from_fn(|it| 0xa7 ^ u8::try_from(it).unwrap());
    TicketSeries::open("P01", "C1", &JournalId(id))
}

pub(crate) const fn cents(cents: i64) -> Money {
    Money::from_cents(cents)
}

/// A line of `qty` whole pieces.
pub(crate) fn line(id: u8, label: &str, unit: i64, qty: u32, class: Class, rate: u16) -> Line {
    Line {
        line: [0, 0, 0, 0, 0, 0, 0, id],
        label: label.to_owned(),
        details: Vec::new(),
        sku: label.to_uppercase(),
        qty_m: qty * 1_000,
        unit_ttc: cents(unit),
        discount: Money::ZERO,
        discount_reason: None,
        ttc: cents(unit).times(qty),
        class,
        rate: Rate(rate),
    }
}

pub(crate) fn paid(means: Means, tendered: i64, change: i64) -> Payment {
    Payment {
        tendered: cents(tendered),
        change: cents(change),
        ..Payment::exact(means, cents(tendered - change))
    }
}

pub(crate) fn issuer() -> Issuer {
    let text = str::to_owned;
    Issuer {
        shop_name: text("OC Pizza Voltaire"),
        legal_entity: text("OC Pizza SAS au capital de 50 000 €"),
        address: text("12, boulevard Voltaire, 75011 Paris"),
        siren: text("123456782"),
        rcs: text("RCS Paris"),
        siret: text("12345678200018"),
        naf: text("56.10C"),
        vat_number: text("FR32123456782"),
        software: text("OC Pizza"),
        fiscal_version: text("1.0.0"),
        build: text("0123abcd"),
    }
}

/// A pizza with options and two cans, taken away at 19:05 and paid with 20 €.
pub(crate) fn draft() -> Draft {
    let pizza = Line {
        details: vec!["Grande".to_owned(), "sans olives".to_owned(), "+ œuf".to_owned()],
        ..line(1, "Pizza Reine", 1_250, 1, Class::ImmediateFood, 1_000)
    };
    let moment = Moment { utc_ms: 1_795_284_300_000, offset_min: 60 };
    Draft {
        operation: Operation::Sale,
        original: None,
        reason: None,
        order: "42".to_owned(),
        channel: Channel::Counter,
        mode: Mode::TakeAway,
        operator: "AB".to_owned(),
        moment,
        business_date: Date { year: 2026, month: 11, day: 21 },
        issuer: issuer(),
        lines: vec![pizza, line(2, "Coca 33cl", 200, 2, Class::ClosedDrink, 550)],
        payments: vec![paid(Means::Cash, 2_000, 350)],
        cash_taken_before: Money::ZERO,
    }
}
