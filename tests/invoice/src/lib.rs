//! Invoices of every kind, and other documents, for validators that other people wrote.

mod papers;

use fiscal::Money;
use fiscal::ticket::Totals;
use fiscal::time::{Date, Moment};
use fiscal::vat::Rate;
use paper::invoice::{
    Address, Buyer, Invoice, InvoiceLine, Kind, Operation, Payment, PaymentMeans, RateTotal,
    Seller, TicketReference, Vat,
};
pub use papers::{attestation, report};

/// When all of it was made: 12 September 2026, 21:40 in Paris.
pub const CREATED: Moment = Moment { utc_ms: 1_789_242_000_000, offset_min: 120 };

const TODAY: Date = Date { year: 2026, month: 9, day: 12 };

/// A line as a till has it: name, quantity in thousandths, price with VAT in cents, rate.
type Sold<'a> = (&'a str, u32, i64, u16);

const EVENING: [Sold<'_>; 3] = [
    ("Pizza Margherita, grande", 2_000, 2_780, 1_000),
    ("Eau minérale 50 cl, bouteille", 1_000, 250, 550),
    ("Bière blonde 33 cl", 2_000, 900, 2_000),
];

/// Every invoice, with a name for its files.
#[must_use]
pub fn invoices() -> Vec<(&'static str, Invoice)> {
    vec![
        ("simple", invoice("FA-C1-000001", &EVENING[..1])),
        ("three-rates", invoice("FA-C1-000002", &EVENING)),
        ("credit-note", credit_note()),
        ("company", company()),
        ("company-credit-note", Invoice { buyer: business(), ..credit_note() }),
        ("sixty-lines", sixty_lines()),
        ("accents", accents()),
        ("guyane", without_vat(Vat::NotApplicable, "GF", "97300", "Cayenne")),
        ("franchise", without_vat(Vat::Exempt, "FR", "69001", "Lyon")),
        ("two-means", two_means()),
        ("discount", discount()),
        ("cents", cents()),
    ]
}

/// An invoice to a person, paid by card, with the amounts that a ticket of these lines has.
fn invoice(number: &str, sold: &[Sold<'_>]) -> Invoice {
    let gross = |it: &Sold<'_>| (Money::from_cents(it.2), Rate(it.3));
    let totals = Totals::of(sold.iter().map(gross));
    let lines =
        sold.iter().zip(&totals.lines).map(|(&(label, qty_m, ttc, rate), tax)| InvoiceLine {
            label: label.to_owned(),
            details: Vec::new(),
            qty_m,
            vat: Vat::Rate(Rate(rate)),
            net: tax.ht,
            gross: Money::from_cents(ttc),
        });
    let rates = totals.rates.iter().map(|it| RateTotal {
        vat: Vat::Rate(it.rate),
        net: it.ht,
        tax: it.vat,
        gross: it.ttc,
    });
    Invoice {
        kind: Kind::Invoice,
        number: number.to_owned(),
        issued: TODAY,
        delivered: TODAY,
        tickets: vec![TicketReference { number: "C1-000042".to_owned(), date: TODAY }],
        stamp: None,
        operation: Operation::Goods,
        vat_on_debits: false,
        seller: seller(),
        buyer: person(),
        delivered_to: None,
        lines: lines.collect(),
        rates: rates.collect(),
        total_net: totals.ht(),
        total_vat: totals.vat(),
        total_gross: totals.total,
        payments: vec![paid(PaymentMeans::Card, totals.total.cents())],
        due: None,
        late_rate: None,
        notes: Vec::new(),
    }
}

fn paid(means: PaymentMeans, cents: i64) -> Payment {
    Payment { means, amount: Money::from_cents(cents), date: TODAY }
}

fn address(lines: &[&str], postcode: &str, city: &str, country: &str) -> Address {
    Address {
        lines: lines.iter().map(|it| (*it).to_owned()).collect(),
        postcode: postcode.to_owned(),
        city: city.to_owned(),
        country: country.to_owned(),
    }
}

fn seller() -> Seller {
    Seller {
        name: "OC Pizza Lyon".to_owned(),
        trading_name: "OC Pizza – Presqu’île".to_owned(),
        legal_form: "SAS au capital de 10\u{202f}000\u{a0}€".to_owned(),
        address: address(&["12 rue de la République"], "69002", "Lyon", "FR"),
        siren: "732829320".to_owned(),
        siret: "73282932000074".to_owned(),
        rcs: "RCS Lyon 732 829 320".to_owned(),
        naf: "56.10C".to_owned(),
        vat_number: "FR44732829320".to_owned(),
        phone: "04 72 00 00 00".to_owned(),
        email: "presquile@ocpizza.example".to_owned(),
    }
}

fn person() -> Buyer {
    Buyer {
        name: "Camille Martin".to_owned(),
        address: address(&["3 place Bellecour"], "69002", "Lyon", "FR"),
        ..Buyer::default()
    }
}

fn business() -> Buyer {
    Buyer {
        name: "Atelier Nord SARL".to_owned(),
        address: address(&["Bâtiment B", "8 quai de Saône"], "69009", "Lyon", "FR"),
        siren: "404833048".to_owned(),
        vat_number: "FR83404833048".to_owned(),
        reference: "BC-2026-118".to_owned(),
    }
}

fn credit_note() -> Invoice {
    Invoice {
        kind: Kind::CreditNote {
            of: "FA-C1-000002".to_owned(),
            of_date: TODAY,
            reason: "Erreur de commande".to_owned(),
        },
        stamp: Some("DUPLICATA n°\u{a0}1".to_owned()),
        ..invoice("AV-C1-000001", &EVENING[..2])
    }
}

fn company() -> Invoice {
    let whole = invoice("FA-C1-000003", &EVENING);
    Invoice {
        buyer: business(),
        operation: Operation::Mixed,
        vat_on_debits: true,
        delivered_to: Some(address(&["8 quai de Saône"], "69009", "Lyon", "FR")),
        payments: vec![paid(PaymentMeans::Cash, 1_000)],
        due: Some(Date { year: 2026, month: 10, day: 12 }),
        late_rate: Some(Rate(1_215)),
        ..whole
    }
}

fn sixty_lines() -> Invoice {
    let names: Vec<String> = (1..=60).map(|it| format!("Pizza du buffet n° {it}")).collect();
    let rates = [1_000, 550, 2_000];
    let sold: Vec<Sold<'_>> = names
        .iter()
        .zip(0_u16..)
        .map(|(name, it)| {
            let rate = rates.into_iter().cycle().nth(it.into()).expect("a cycle does not end");
            let pieces = u32::from(it % 4) + 1;
            (name.as_str(), pieces * 1_000, i64::from(it) * 37 + 995, rate)
        })
        .collect();
    let mut whole = invoice("FA-C1-000004", &sold);
    for (line, place) in whole.lines.iter_mut().zip(0..) {
        if place % 5 == 0 {
            line.details = vec![
                "pâte fine".to_owned(),
                "supplément mozzarella di bufala".to_owned(),
                "sans champignons de Paris, sans olives, sans anchois".to_owned(),
            ];
        }
    }
    Invoice { buyer: business(), operation: Operation::Services, ..whole }
}

fn accents() -> Invoice {
    let mut whole = invoice(
        "FA-C1-000005",
        &[
            ("Ça pique ! <Œuf & lardons> « à cœur » – n° 7", 1_000, 1_390, 1_000),
            ("Crème brûlée façon Noël, \"maïs\" 'grillé'", 1_000, 650, 1_000),
        ],
    );
    whole.buyer.name =
        "Éloïse Nuñez-Dvořák & Fils, Société d’Études Gastronomiques Internationales".to_owned();
    whole.buyer.address.city = "Saint-Étienne-de-Saint-Geoirs".to_owned();
    whole.notes = vec!["Merci de votre visite, à bientôt… 披萨 \u{1f355}".to_owned()];
    whole
}

fn without_vat(vat: Vat, country: &str, postcode: &str, city: &str) -> Invoice {
    let mut whole = invoice("FA-C1-000006", &[("Pizza Reine", 1_000, 1_250, 0)]);
    for line in &mut whole.lines {
        line.vat = vat;
    }
    for total in &mut whole.rates {
        total.vat = vat;
    }
    whole.seller.address = address(&["5 avenue du Général de Gaulle"], postcode, city, country);
    whole.seller.vat_number.clear();
    whole.buyer.address = address(&[], postcode, city, country);
    whole
}

fn two_means() -> Invoice {
    let whole = invoice("FA-C1-000007", &EVENING);
    let payments = vec![
        paid(PaymentMeans::MealVoucher, 1_900),
        paid(PaymentMeans::Cash, 1_030),
        paid(PaymentMeans::Cheque, 1_000),
    ];
    Invoice { payments, ..whole }
}

fn discount() -> Invoice {
    let mut whole = invoice(
        "FA-C1-000008",
        &[
            ("Pizza Quatre Fromages", 3_000, 4_170, 1_000),
            ("Remise fidélité", 1_000, -500, 1_000),
            ("Tiramisu offert", 1_000, 0, 1_000),
        ],
    );
    whole.buyer = business();
    whole
}

/// Bases whose VAT, worked out again, is a cent off from what the ticket took out of its total.
fn cents() -> Invoice {
    let sold: Vec<Sold<'_>> = vec![
        ("Café", 1_000, 107, 1_000),
        ("Biscuit", 1_000, 19, 550),
        ("Digestif", 1_000, 333, 2_000),
        ("Sirop", 7_000, 1, 1_000),
    ];
    Invoice { operation: Operation::Services, ..invoice("FA-C1-000009", &sold) }
}

#[cfg(test)]
mod tests {
    use super::{CREATED, invoices};

    #[test]
    fn every_sample_is_made_and_made_alike_twice() {
        for (name, invoice) in invoices() {
            let once = invoice.to_pdf(CREATED).unwrap();
            assert!(once == invoice.to_pdf(CREATED).unwrap(), "{name}");
        }
    }
}
