use super::{
    Address, Buyer, Inconsistent, Invoice, InvoiceLine, Kind, Operation, Payment, PaymentMeans,
    RateTotal, Seller, Vat,
};
use fiscal::Money;
use fiscal::time::{Date, Moment};
use fiscal::vat::Rate;
use quick_xml::Reader;
use quick_xml::events::Event;

const TODAY: Date = Date { year: 2026, month: 9, day: 12 };
const CREATED: Moment = Moment { utc_ms: 1_789_242_000_000, offset_min: 120 };
const TEN: Vat = Vat::Rate(Rate(1_000));

fn address() -> Address {
    Address {
        lines: vec!["3 place Bellecour".to_owned()],
        postcode: "69002".to_owned(),
        city: "Lyon".to_owned(),
        country: "FR".to_owned(),
    }
}

/// One line of 27.80 with VAT at 10 %, paid by card.
fn invoice() -> Invoice {
    let [net, tax, gross] = [2_527, 253, 2_780].map(Money::from_cents);
    let label = "Pizza à l’œuf <& câpres>".to_owned();
    Invoice {
        kind: Kind::Invoice,
        number: "FA-1".to_owned(),
        issued: TODAY,
        delivered: TODAY,
        tickets: Vec::new(),
        stamp: None,
        operation: Operation::Goods,
        vat_on_debits: false,
        seller: Seller {
            name: "OC Pizza Lyon".to_owned(),
            trading_name: String::new(),
            legal_form: "SAS au capital de 10 000 €".to_owned(),
            address: address(),
            siren: "732829320".to_owned(),
            siret: "73282932000074".to_owned(),
            rcs: "RCS Lyon".to_owned(),
            naf: "56.10C".to_owned(),
            vat_number: "FR44732829320".to_owned(),
            phone: String::new(),
            email: String::new(),
        },
        buyer: Buyer { name: "Zoë & Fils".to_owned(), address: address(), ..Buyer::default() },
        delivered_to: None,
        lines: vec![InvoiceLine { label, details: Vec::new(), qty_m: 2_000, vat: TEN, net, gross }],
        rates: vec![RateTotal { vat: TEN, net, tax, gross }],
        total_net: net,
        total_vat: tax,
        total_gross: gross,
        payments: vec![Payment { means: PaymentMeans::Card, amount: gross, date: TODAY }],
        due: None,
        late_rate: None,
        notes: Vec::new(),
    }
}

/// The text of the first element of this name.
fn value(xml: &str, name: &str) -> Option<String> {
    let mut reader = Reader::from_str(xml);
    loop {
        let event = reader.read_event().unwrap();
        if event == Event::Eof {
            return None;
        }
        if let Event::Start(it) = event
            && it.name().as_ref() == name
        {
            let text = reader.read_text(it.name()).unwrap();
            return Some(quick_xml::escape::unescape(&text).unwrap().into_owned());
        }
    }
}

#[test]
fn its_data_are_well_formed_and_say_what_it_says() {
    let xml = invoice().to_cii().unwrap();
    for (name, text) in [
        ("ram:TypeCode", "380"),
        ("ram:LineID", "1"),
        ("ram:Name", "Pizza à l’œuf <& câpres>"),
        ("ram:ChargeAmount", "12.635"),
        ("ram:BilledQuantity", "2"),
        ("ram:CalculatedAmount", "2.53"),
        ("ram:RateApplicablePercent", "10.00"),
        ("ram:TaxBasisTotalAmount", "25.27"),
        ("ram:GrandTotalAmount", "27.80"),
        ("ram:TotalPrepaidAmount", "27.80"),
        ("ram:DuePayableAmount", "0.00"),
    ] {
        assert_eq!(value(&xml, name).as_deref(), Some(text), "{name} in {xml}");
    }
}

#[test]
fn a_credit_note_is_positive_and_names_the_invoice() {
    let mut note = invoice();
    note.kind =
        Kind::CreditNote { of: "FA-0".to_owned(), of_date: TODAY, reason: "Erreur".to_owned() };
    let xml = note.to_cii().unwrap();
    assert_eq!(value(&xml, "ram:TypeCode").as_deref(), Some("381"));
    assert_eq!(value(&xml, "ram:GrandTotalAmount").as_deref(), Some("27.80"));
    assert!(xml.contains("<ram:IssuerAssignedID>FA-0<"), "{xml}");
}

#[test]
fn what_control_characters_a_name_holds_stay_out_of_the_data() {
    let mut invoice = invoice();
    invoice.buyer.name = "A\u{0}B\u{b}C\nD\u{ffff}".to_owned();
    assert!(invoice.to_cii().unwrap().contains("<ram:Name>ABC D</ram:Name>"));
}

/// Spoils an invoice, by a cent where it is about amounts.
type Spoil = fn(&mut Invoice, Money);

#[test]
fn what_does_not_hold_together_is_refused() {
    let cent = Money::from_cents(1);
    let table: [(&str, Spoil, Inconsistent); 12] = [
        ("number", |it, _| it.number.clear(), Inconsistent::Missing("the number")),
        ("name", |it, _| it.buyer.name = " ".to_owned(), Inconsistent::Missing("the buyer's name")),
        ("lines", |it, _| it.lines.clear(), Inconsistent::NoLines),
        ("quantity", |it, _| it.lines[0].qty_m = 0, Inconsistent::NoQuantity(1)),
        ("zero", |it, _| it.lines[0].vat = Vat::Rate(Rate(0)), Inconsistent::ZeroRate),
        ("line", |it, cent| it.lines[0].net += cent, Inconsistent::RateTotals(TEN)),
        ("rate", |it, _| it.rates.clear(), Inconsistent::RateTotals(TEN)),
        (
            "tax",
            |it, cent| {
                it.rates[0].tax += cent + cent;
                it.rates[0].net = it.rates[0].net - cent - cent;
                it.lines[0].net = it.rates[0].net;
            },
            Inconsistent::Tax(TEN),
        ),
        ("total", |it, cent| it.total_gross += cent, Inconsistent::Totals),
        ("paid", |it, cent| it.payments[0].amount += cent, Inconsistent::Paid),
        ("due", |it, _| it.payments.clear(), Inconsistent::NoDueDate),
        (
            "scope",
            |it, _| {
                let mut line = it.lines[0].clone();
                line.vat = Vat::NotApplicable;
                it.lines.push(line);
            },
            Inconsistent::ScopesMixed,
        ),
    ];
    for (name, spoil, expected) in table {
        let mut spoilt = invoice();
        spoil(&mut spoilt, cent);
        assert_eq!(spoilt.to_cii(), Err(expected), "{name}");
    }
}

#[test]
fn a_total_below_zero_is_refused() {
    let mut negative = invoice();
    let [net, tax, gross] = [-2_527, -253, -2_780].map(Money::from_cents);
    negative.lines[0].net = net;
    negative.lines[0].gross = gross;
    negative.rates[0] = RateTotal { vat: TEN, net, tax, gross };
    (negative.total_net, negative.total_vat, negative.total_gross) = (net, tax, gross);
    negative.payments.clear();
    assert_eq!(negative.to_cii(), Err(Inconsistent::Negative));
}

#[test]
fn outside_the_scope_of_vat_nobody_has_a_number() {
    let mut guyane = invoice();
    let gross = guyane.total_gross;
    guyane.lines[0].vat = Vat::NotApplicable;
    guyane.lines[0].net = gross;
    guyane.rates[0] = RateTotal { vat: Vat::NotApplicable, net: gross, tax: Money::ZERO, gross };
    (guyane.total_net, guyane.total_vat) = (gross, Money::ZERO);
    let xml = guyane.to_cii().unwrap();
    assert!(!xml.contains("SpecifiedTaxRegistration") && !xml.contains("RateApplicablePercent"));
    assert_eq!(value(&xml, "ram:ExemptionReasonCode").as_deref(), Some("VATEX-EU-O"));
}

#[test]
fn the_page_carries_its_data_and_says_so_and_is_the_same_twice() {
    let pdf = invoice().to_pdf(CREATED).unwrap();
    assert!(pdf == invoice().to_pdf(CREATED).unwrap());
    let text = String::from_utf8_lossy(&pdf);
    assert!(text.contains("/AFRelationship/Alternative"));
    assert!(text.contains("<fx:DocumentFileName>factur-x.xml</fx:DocumentFileName>"));
    assert!(text.contains("<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>"));
    assert_eq!(text.matches("%%EOF").count(), 2, "one revision");
}

#[test]
fn another_moment_is_another_file() {
    let later = Moment { utc_ms: CREATED.utc_ms + 1_000, ..CREATED };
    assert!(invoice().to_pdf(CREATED).unwrap() != invoice().to_pdf(later).unwrap());
}
