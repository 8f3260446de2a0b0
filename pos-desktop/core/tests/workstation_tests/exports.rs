//! Exports: of a till's real days, and of a year of made-up ones.

use crate::shop::Shop;
use fiscal::Money;
use fiscal::closing::{Closing, Drawer, Period, Tally};
use fiscal::event::EventCode;
use fiscal::invoice::{BuyerKind, InvoiceDocument, InvoiceKind};
use fiscal::record::{By, Series, SeriesKind};
use fiscal::ticket::{
    Base, Channel, DELIVERY_FEE, Document, Draft, Issuer, Line, Means, Operation, Original,
    Payment, Ticket, TicketSeries, credit_lines,
};
use fiscal::time::{Date, Moment};
use fiscal::vat::{Class, Mode, Rate};
use journal::{JournalId, SigningKey};
use pos_api::{BooksCommand, Code, Command, DayCommand, Export, Reply};
use pos_core::exports::accounts::Plan;
use pos_core::exports::reporting::{Category, Origin};
use pos_core::exports::{Closed, NoExport, Source, fec, reporting, sales};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command as Program;

const CHECKER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/exports/fec.py");

/// What the checker says: nothing where the file is right.
fn check(path: &Path) -> String {
    let output = Program::new("python3").arg(CHECKER).arg(path).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let failed = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    assert_eq!(output.status.success(), said.is_empty() && failed.is_empty(), "{said}{failed}");
    said + &failed
}

/// Debits and credits by account, as the checker reads them.
fn sums(path: &Path) -> BTreeMap<String, (i64, i64)> {
    let output = Program::new("python3").arg(CHECKER).arg("--sums").arg(path).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

const fn cents(cents: i64) -> Money {
    Money::from_cents(cents)
}

fn key() -> SigningKey {
    SigningKey::from_secret(&[3; 32]).unwrap()
}

fn issuer() -> Issuer {
    let text = |it: &str| it.to_owned();
    Issuer {
        shop_name: text("OC Pizza"),
        legal_entity: text("OC PIZZA SARL"),
        address: text("1 rue du Four, 75006 Paris"),
        siren: text("732829320"),
        rcs: text("RCS Paris"),
        siret: text("73282932000074"),
        naf: text("5610C"),
        vat_number: text("FR44732829320"),
        software: text("OC Pizza Caisse"),
        fiscal_version: text(fiscal::VERSION),
        build: text("test"),
    }
}

fn line(id: u8, sku: &str, unit: i64, rate: u16) -> Line {
    Line {
        line: [id; 8],
        label: "Article".to_owned(),
        details: Vec::new(),
        sku: sku.to_owned(),
        qty_m: 1_000,
        unit_ttc: cents(unit),
        discount: Money::ZERO,
        discount_reason: None,
        ttc: cents(unit),
        class: Class::ImmediateFood,
        rate: Rate(rate),
    }
}

/// A generator that gives the same numbers each time (Knuth, TAOCP 2, 3.3.4).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    /// A place in a list of so many.
    fn pick(&mut self, count: usize) -> usize {
        usize::try_from(self.below(u64::try_from(count).unwrap())).unwrap()
    }

    fn price(&mut self) -> i64 {
        i64::try_from(self.below(2_500)).unwrap() + 1
    }
}

/// A till that sells for as many days as it is asked to.
struct Year {
    dice: Dice,
    tickets: TicketSeries,
    closings: Series,
    invoices: Series,
    sold: Vec<(Ticket, Document)>,
    made: Vec<InvoiceDocument>,
}

impl Year {
    fn begin(seed: u64) -> Self {
        let journal = JournalId([9; 32]);
        Self {
            dice: Dice(seed),
            tickets: TicketSeries::open("P01", "C1", &journal),
            closings: Series::open(SeriesKind::Closing, "P01-C1", &journal),
            invoices: Series::open(SeriesKind::Invoice, "P01-C1", &journal),
            sold: Vec::new(),
            made: Vec::new(),
        }
    }

    fn moment(date: Date) -> Moment {
        Moment { utc_ms: date.days() * 86_400_000 + 18 * 3_600_000, offset_min: 60 }
    }

    fn issue(&mut self, draft: &Draft) -> Document {
        let (ticket, next) = self.tickets.issue(draft, &key()).unwrap();
        self.tickets = next;
        let document = ticket.read().unwrap();
        if draft.operation == Operation::Sale {
            self.sold.push((ticket, document.clone()));
        }
        document
    }

    fn sale(&mut self, date: Date) -> Document {
        let mode = [Mode::OnSite, Mode::TakeAway, Mode::Delivery][self.dice.pick(3)];
        let count = self.dice.below(3) + 1;
        let mut lines: Vec<Line> = (0..count)
            .map(|id| {
                let rate = [550, 1_000, 2_000][self.dice.pick(3)];
                line(u8::try_from(id).unwrap(), "MAR", self.dice.price(), rate)
            })
            .collect();
        if mode == Mode::Delivery {
            lines.push(line(200, DELIVERY_FEE, 250, 1_000));
        }
        let due: Money = lines.iter().map(|it| it.ttc).sum();
        let means =
            [Means::Cash, Means::Card, Means::Cheque, Means::Receivable, Means::MealVoucherCard];
        let means = means[self.dice.pick(5)];
        self.issue(&Draft {
            operation: Operation::Sale,
            original: None,
            reason: None,
            order: "C1-001".to_owned(),
            channel: Channel::Counter,
            mode,
            operator: "AB".to_owned(),
            moment: Self::moment(date),
            business_date: date,
            issuer: issuer(),
            lines,
            payments: vec![Payment::exact(means, due)],
            cash_taken_before: Money::ZERO,
        })
    }

    /// Something is done about a ticket of some day.
    fn about(&mut self, date: Date, correct: bool) -> Option<Document> {
        if self.sold.is_empty() {
            return None;
        }
        let which = self.dice.pick(self.sold.len());
        let (ticket, document) = self.sold.remove(which);
        let total = document.total_ttc;
        let was = document.payments[0].means;
        let (operation, lines, payments) = if correct {
            let pays = [Payment::exact(was, -total), Payment::exact(Means::Cash, total)];
            (Operation::PaymentCorrection, Vec::new(), pays.to_vec())
        } else {
            let wanted: Vec<_> = document.lines.iter().map(|it| (it.line, it.qty_m)).collect();
            let lines = credit_lines(&document, &[], &wanted).unwrap();
            (Operation::CreditNote, lines, vec![Payment::exact(was, -total)])
        };
        if correct && was == Means::Cash {
            return None;
        }
        let original = Original {
            ticket_no: ticket.number.clone(),
            content: Base::content_hash(&ticket.document),
            business_date: document.business_date,
        };
        Some(self.issue(&Draft {
            operation,
            original: Some(original),
            reason: Some("ERREUR_ARTICLE".to_owned()),
            order: document.order.clone(),
            channel: document.channel,
            mode: document.mode,
            operator: "AB".to_owned(),
            moment: Self::moment(date),
            business_date: date,
            issuer: issuer(),
            lines,
            payments,
            cash_taken_before: Money::ZERO,
        }))
    }

    fn invoice(&mut self, ticket: &Document, buyer: BuyerKind) {
        let by = By { operator: "AB".to_owned(), moment: ticket.moment() };
        let (record, next) = self
            .invoices
            .issue(&by, &key(), |head| InvoiceDocument {
                head,
                kind: InvoiceKind::Invoice,
                issuer: issuer(),
                ticket: ticket.ticket_no.clone(),
                ticket_content: "00".repeat(32),
                original: None,
                mode: ticket.mode,
                business_date: ticket.business_date,
                buyer,
                vat: ticket.vat.clone(),
                total_ttc: ticket.total_ttc,
                file: "00".repeat(32),
            })
            .unwrap();
        self.invoices = next;
        self.made.push(record.read().unwrap());
    }

    fn day(&mut self, number: u64, date: Date) -> Closed {
        let mut tickets = Vec::new();
        let mut tally = Tally::default();
        for _ in 0..=self.dice.below(5) {
            let sale = self.sale(date);
            match self.dice.below(6) {
                0 => self.invoice(&sale, BuyerKind::Business),
                1 => self.invoice(&sale, BuyerKind::Private),
                _ => {}
            }
            tickets.push(sale);
            let correct = self.dice.below(2) == 0;
            if self.dice.below(4) == 0 {
                tickets.extend(self.about(date, correct));
            }
        }
        tickets.iter().for_each(|it| tally.ticket(it));
        (tally.cash_in.count, tally.cash_in.amount) = (1, cents(2_000));
        (tally.cash_out.count, tally.cash_out.amount) = (1, cents(i64::try_from(number).unwrap()));
        let counted = Drawer::of(cents(10_000), &tally, None).theoretical
            + cents(i64::try_from(self.dice.below(500)).unwrap() - 250);
        let drawer = Drawer::of(cents(10_000), &tally, Some(counted));
        let by = By { operator: "AB".to_owned(), moment: Self::moment(date) };
        let tickets_series = &self.tickets;
        let (record, next) = self
            .closings
            .issue(&by, &key(), |head| Closing {
                head,
                period: Period::Day,
                label: date.iso(),
                first_day: number,
                last_day: number,
                issuer: issuer(),
                spans: Vec::new(),
                seen: Vec::new(),
                first_ticket: None,
                last_ticket: None,
                tally,
                drawer: Some(drawer),
                open_orders: Vec::new(),
                perpetual_algebraic: tickets_series.perpetual_algebraic,
                perpetual_absolute: tickets_series.perpetual_absolute,
            })
            .unwrap();
        self.closings = next;
        Closed { closing: record.read().unwrap(), tickets }
    }
}

/// A year's documents, in an order that is not theirs.
fn year() -> Source {
    let mut year = Year::begin(47);
    let from = Date::new(2026, 1, 1).unwrap();
    let mut closed: Vec<Closed> = (0..365)
        .map(|day| year.day(u64::try_from(day).unwrap() + 1, from.plus_days(day)))
        .collect();
    closed.reverse();
    let to = from.plus_days(364);
    let (siren, siret) = (issuer().siren, issuer().siret);
    Source { siren, siret, from, to, closed, invoices: year.made, originals: BTreeMap::new() }
}

#[test]
fn a_year_of_entries_is_what_the_article_says() {
    let (source, folder) = (year(), tempfile::tempdir().unwrap());
    let file = fec::file(&source, &Plan::default()).unwrap();
    assert_eq!(file.name, "732829320FEC20261231.txt");
    let path = folder.path().join(&file.name);
    std::fs::write(&path, &file.bytes).unwrap();
    assert_eq!(check(&path), "");

    // What stands in the accounts is what the closings say.
    let sums = sums(&path);
    let mut tally = Tally::default();
    source.closed.iter().for_each(|it| tally.merge(&it.closing.tally));
    let credit = |prefix: &str| -> i64 {
        let of = sums.iter().filter(|(account, _)| account.starts_with(prefix));
        of.map(|(_, (debit, credit))| credit - debit).sum()
    };
    let vat: i64 = tally.vat.iter().map(|it| it.vat.cents()).sum();
    let ht: i64 = tally.vat.iter().map(|it| it.ht.cents()).sum();
    assert_eq!(credit("44571"), vat);
    assert_eq!(credit("70"), ht);
    assert_ne!(credit("7085"), 0);
    assert_eq!(-credit("5115"), tally.means(Means::Card).cents());
    assert_eq!(-credit("411"), tally.means(Means::Receivable).cents());
    let on_site = tally.by_mode.iter().filter(|it| it.mode == Mode::OnSite);
    assert_eq!(credit("706"), on_site.map(|it| it.rate.ht.cents()).sum::<i64>());
    let counted: i64 = source
        .closed
        .iter()
        .filter_map(|it| it.closing.drawer)
        .filter_map(|it| Some(it.counted?.cents() - it.float.cents()))
        .sum();
    assert_eq!(-credit("530"), counted, "what each day left in the drawer beyond its float");
}

#[test]
fn altered_entries_are_found() {
    let mut source = year();
    source.closed.truncate(12);
    let folder = tempfile::tempdir().unwrap();
    let file = fec::file(&source, &Plan::default()).unwrap();
    let text: String = file.bytes.iter().map(|byte| char::from(*byte)).collect();
    let path = folder.path().join(&file.name);
    let found = |name: &str, altered: String| {
        let path = folder.path().join(name);
        let bytes: Vec<u8> =
            altered.chars().map(|it| u8::try_from(u32::from(it)).unwrap()).collect();
        std::fs::write(&path, bytes).unwrap();
        check(&path)
    };
    let name = file.name.as_str();
    assert_eq!(found(name, text.clone()), "");
    let lines: Vec<&str> = text.split_inclusive("\r\n").collect();
    let without = |place: usize| {
        let kept = lines.iter().enumerate().filter(|(it, _)| *it != place);
        kept.map(|(_, line)| *line).collect::<String>()
    };
    let second: Vec<&str> = lines[1].trim_end().split('\t').collect();
    let swapped = |column: usize, with: &str| {
        let mut fields = second.clone();
        fields[column] = with;
        text.replacen(lines[1].trim_end(), &fields.join("\t"), 1)
    };
    let alterations = [
        ("an unbalanced entry", without(1)),
        ("no header", without(0)),
        ("a missing column", text.replacen("\tPieceDate", "", 1)),
        ("a missing field", text.replacen(lines[1].trim_end(), &second[1..].join("\t"), 1)),
        ("another amount", swapped(11, "0,01")),
        ("a point for a comma", swapped(11, &second[11].replace(',', "."))),
        ("a thousands separator", swapped(11, &format!("1 {}", second[11]))),
        ("a day that is none", swapped(3, "20260230")),
        ("a date with dashes", swapped(9, "2026-01-01")),
        ("an account with no number", swapped(4, "CAISSE")),
        ("no document", swapped(8, "")),
        ("both sides", swapped(12, second[11])),
        ("a gap", text.replace("\t3\t2026", "\t99\t2026")),
        ("a line that does not end", text.trim_end().to_owned()),
        ("a later date", swapped(3, "20271231")),
    ];
    for (what, altered) in alterations {
        assert_ne!(altered, text, "{what}");
        assert_ne!(found(name, altered), "", "{what}");
    }
    for wrong in ["732829320FEC2026.txt", "732829320-20261231.txt", "732829320FEC20261331.txt"] {
        assert_ne!(found(wrong, text.clone()), "", "{wrong}");
    }
    assert!(path.is_file());
}

#[test]
fn what_is_reported_is_the_closings_less_what_businesses_were_invoiced() {
    let source = year();
    let reporting = reporting::reporting(&source).unwrap();
    let mut tally = Tally::default();
    source.closed.iter().for_each(|it| tally.merge(&it.closing.tally));
    let invoiced = || source.invoices.iter().filter(|it| it.buyer == BuyerKind::Business);
    assert!(invoiced().count() < source.invoices.len() && invoiced().next().is_some());
    for of in &tally.vat {
        let rows = reporting.turnover.iter().filter(|it| it.rate_bp == of.vat_bp);
        let sum = rows.fold((0, 0, 0), |sum, it| {
            (sum.0 + it.ht.cents(), sum.1 + it.vat.cents(), sum.2 + it.ttc.cents())
        });
        let off = invoiced().flat_map(|it| &it.vat).filter(|it| it.vat_bp == of.vat_bp);
        let off = off.fold((0, 0, 0), |sum, it| {
            (sum.0 + it.ht.cents(), sum.1 + it.vat.cents(), sum.2 + it.ttc.cents())
        });
        let due = (of.ht.cents() - off.0, of.vat.cents() - off.1, of.ttc.cents() - off.2);
        assert_eq!(sum, due, "{}", of.vat_bp);
    }
    let services: i64 = tally
        .by_mode
        .iter()
        .filter(|it| it.mode == Mode::OnSite)
        .map(|it| it.rate.ttc.cents())
        .sum();
    let reported = reporting.turnover.iter().filter(|it| it.origin == Origin::Closings);
    let reported = reported.filter(|it| it.category == Category::Services);
    assert_eq!(reported.map(|it| it.ttc.cents()).sum::<i64>(), services);

    // Services collect what was paid and is not owed, of tickets that no business was invoiced.
    let is_invoiced = |number: &str| invoiced().any(|it| it.ticket == number);
    let paid: i64 = source
        .closed
        .iter()
        .flat_map(|it| &it.tickets)
        .filter(|it| it.mode == Mode::OnSite && !is_invoiced(&it.ticket_no))
        .filter(|it| {
            it.operation != Operation::PaymentCorrection
                || !it.original.as_ref().is_some_and(|it| is_invoiced(&it.ticket_no))
        })
        .flat_map(|it| &it.payments)
        .filter(|it| it.means != Means::Receivable)
        .map(|it| it.amount.cents())
        .sum();
    assert_eq!(reporting.collected.iter().map(|it| it.amount.cents()).sum::<i64>(), paid);
    assert!(reporting.turnover.is_sorted_by_key(|it| (
        it.date,
        it.category,
        it.origin,
        it.rate_bp
    )));
}

#[test]
fn the_sales_journal_has_a_line_a_ticket_and_the_closings_sums() {
    let source = year();
    let file = sales::file(&source).unwrap();
    let text = String::from_utf8(file.bytes).unwrap();
    let text = text.strip_prefix('\u{feff}').unwrap();
    let mut lines = text.split_terminator("\r\n").map(|line| line.split(';').collect::<Vec<_>>());
    let head = lines.next().unwrap();
    let column = |name: &str| head.iter().position(|it| *it == name).unwrap();
    let cents = |text: &str| text.replace(',', "").parse::<i64>().unwrap_or(0);
    let (total, cash) = (column("total_ttc"), column("especes"));
    let rows: Vec<Vec<&str>> = lines.collect();
    assert_eq!(rows.len(), source.closed.iter().map(|it| it.tickets.len()).sum::<usize>());
    assert!(rows.iter().all(|row| row.len() == head.len()));
    let mut tally = Tally::default();
    source.closed.iter().for_each(|it| tally.merge(&it.closing.tally));
    assert_eq!(rows.iter().map(|row| cents(row[total])).sum::<i64>(), tally.total.cents());
    let taken = rows.iter().map(|row| cents(row[cash])).sum::<i64>();
    assert_eq!(taken, tally.means(Means::Cash).cents());
    assert!(rows.is_sorted_by_key(|row| row[0].to_owned()));
}

#[test]
fn the_same_documents_in_any_order_give_the_same_bytes() {
    let (one, mut other) = (year(), year());
    other.closed.reverse();
    other.invoices.reverse();
    let plan = Plan::default();
    assert_eq!(fec::file(&one, &plan), fec::file(&other, &plan));
    assert_eq!(reporting::files(&one), reporting::files(&other));
    assert_eq!(sales::file(&one), sales::file(&other));
    let nothing = Source { closed: Vec::new(), ..one };
    assert_eq!(fec::file(&nothing, &plan), Err(NoExport::Nothing));
    assert_eq!(reporting::files(&nothing), Err(NoExport::Nothing));
    assert_eq!(sales::file(&nothing), Err(NoExport::Nothing));
}

fn export(shop: &mut Shop, what: Export, from: &str, to: &str) -> Result<String, Code> {
    let (from, to) = (from.to_owned(), to.to_owned());
    let reply = shop.try_run(Command::Books(BooksCommand::Export { what, from, to }))?;
    let Reply::File { path, .. } = reply else { panic!("{reply:?}") };
    Ok(path)
}

#[test]
fn a_day_of_the_till_is_exported_and_exported_again() {
    let mut shop = Shop::open();
    shop.type_in("MAR; REI G");
    shop.pay(5_000).unwrap();
    let day = ("2026-11-20", "2026-11-20");
    assert_eq!(export(&mut shop, Export::Fec, day.0, day.1), Err(Code::NothingThere));
    shop.run(Command::Day(DayCommand::Close { counted: Some(cents(1)), confirmed: false }));
    for what in [Export::Fec, Export::EReporting, Export::Sales] {
        let path = export(&mut shop, what, day.0, day.1).unwrap();
        let first = std::fs::read(&path).unwrap();
        assert_eq!(export(&mut shop, what, day.0, day.1).unwrap(), path);
        assert_eq!(std::fs::read(&path).unwrap(), first);
        if what == Export::Fec {
            assert_eq!(check(Path::new(&path)), "");
        }
    }
    assert_eq!(export(&mut shop, Export::Fec, "2026-11-21", "2026-11-20"), Err(Code::Period));
    assert_eq!(export(&mut shop, Export::Fec, "20/11/2026", "2026-11-20"), Err(Code::Period));
    assert_eq!(
        export(&mut shop, Export::Sales, "2026-11-21", "2026-12-31"),
        Err(Code::NothingThere)
    );
    let mut noted = crate::books::events(&mut shop);
    noted.retain(|it| it.code == EventCode::FiscalExport);
    assert_eq!(noted.len(), 6);
    assert_eq!(noted[0].text("what"), Some("FEC"));
    assert_eq!(noted[0].text("period"), Some("2026-11-20_2026-11-20"));
}

#[test]
fn vouchers_are_handed_in_by_issuer_and_cheques_one_by_one() {
    let mut shop = Shop::open();
    let tender = |means, amount| pos_api::Tender::of(means, cents(amount));
    let vouchers = |issuer: &str, amount, count, forfeit| pos_api::Tender {
        vouchers: count,
        issuer: issuer.into(),
        forfeit,
        ..tender(pos_api::Means::MealVoucher, amount)
    };
    let cheque = |reference: &str| pos_api::Tender {
        reference: reference.into(),
        ..tender(pos_api::Means::Cheque, 1_090)
    };
    let mut sold = Vec::new();
    for given in [
        vouchers("Edenred", 1_200, 2, true),
        vouchers("Edenred", 1_090, 1, false),
        vouchers("Swile", 1_090, 1, false),
        cheque("0001234"),
        cheque("0005678"),
        tender(pos_api::Means::Cash, 1_090),
    ] {
        shop.type_in("REI");
        sold.push(shop.pay_for(None, vec![given]).unwrap().ticket);
    }
    // Swile's was given back, with the ticket that it paid.
    shop.run(Command::Correct(pos_api::Correction::CreditNote {
        ticket: sold[2].clone(),
        lines: Vec::new(),
        back: Vec::new(),
        reason: pos_api::CreditReason::Complaint,
        approval: None,
    }));
    shop.run(Command::Day(DayCommand::Close { counted: None, confirmed: false }));
    let path = export(&mut shop, Export::Remittances, "2026-11-20", "2026-11-20").unwrap();
    let text = std::fs::read_to_string(path).unwrap();
    let lines: Vec<&str> = text.lines().skip(1).collect();
    let cheque = |reference: &str, ticket: &str| {
        format!("2026-11-20;CHEQUE;;1;10,90;10,90;{reference};{ticket}")
    };
    let expected = [
        cheque("0001234", &sold[3]),
        cheque("0005678", &sold[4]),
        "2026-11-20;TITRE_RESTAURANT;Edenred;3;21,80;22,90;;".to_owned(),
    ];
    assert_eq!(lines, expected);
}
