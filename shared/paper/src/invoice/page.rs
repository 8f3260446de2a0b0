//! The invoice as people read it.

use super::price::unit_micros;
use super::{Invoice, InvoiceLine, Kind, words};
use crate::PaperError;
use crate::flow::{ACROSS, Flow, Frame, LEFT, RIGHT, lines_high};
use crate::font::{Colour, Style};
use crate::pdf::{self, About};
use crate::table::{Cell, Column, Place, Table};
use crate::words::{date, euros};
use crate::wrap::wrap;
use fiscal::time::Moment;

/// Where the right half begins: the buyer, as a window envelope wants it, and the totals.
const HALF: f32 = LEFT + ACROSS * 0.54;
/// The small names beside dates and references.
const NAMES: f32 = 104.0;

pub(super) fn write(
    invoice: &Invoice,
    data: String,
    created: Moment,
) -> Result<Vec<u8>, PaperError> {
    let title = words::full_title(invoice);
    let identity = words::legal_identity(&invoice.seller);
    let mut flow = Flow::begin(Frame {
        running: title.clone(),
        stamp: invoice.stamp.clone(),
        footer: identity.clone(),
    });
    head(&mut flow, invoice);
    parties(&mut flow, invoice);
    lines(invoice).flow(&mut flow, Place::ACROSS)?;
    flow.space(14.0);
    totals(&mut flow, invoice)?;
    notices(&mut flow, invoice);
    let about = About {
        title: &title,
        description: &words::description(invoice),
        author: &invoice.seller.name,
        created,
        attachment: Some(data),
    };
    pdf::write(&flow.end(), &about)
}

/// Who sells on the left, what the paper is on the right.
fn head(flow: &mut Flow, invoice: &Invoice) {
    let top = flow.y;
    let seller = &invoice.seller;
    let shown = if seller.trading_name.is_empty() { &seller.name } else { &seller.trading_name };
    let mut column = wrap(&flow.fonts, shown, Style::semi_bold(17.0), HALF - LEFT - 20.0);
    let mut small = Vec::new();
    if !seller.trading_name.is_empty() {
        small.push(seller.name.clone());
    }
    small.extend(words::address(&seller.address));
    let phone = format!("{}\u{a0}{}", words::PHONE, seller.phone);
    let ways = [if seller.phone.is_empty() { String::new() } else { phone }, seller.email.clone()];
    small.push(ways.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" – "));
    let quiet = Style::BODY.in_colour(Colour::QUIET);
    for text in small.iter().filter(|it| !it.is_empty()) {
        column.extend(wrap(&flow.fonts, text, quiet, HALF - LEFT - 20.0));
    }
    let mut left = top;
    for run in column {
        let leading = run.style.leading();
        flow.sheet().text(LEFT, left, run);
        left += leading;
    }

    let style = Style::semi_bold(24.0).in_colour(Colour::ACCENT);
    let title = flow.fonts.run(words::title(&invoice.kind), style);
    flow.sheet().text_to(RIGHT, top - 5.0, title);
    let mut right = top - 5.0 + style.leading();
    let number = format!("{}\u{a0}{}", words::NUMBER, invoice.number);
    for run in wrap(&flow.fonts, &number, Style::semi_bold(11.0), RIGHT - HALF) {
        let leading = run.style.leading();
        flow.sheet().text_to(RIGHT, right, run);
        right += leading;
    }
    let issued = format!("{}\u{a0}: {}", words::ISSUED, date(invoice.issued));
    let issued = flow.fonts.run(&issued, quiet);
    right += 2.0;
    flow.sheet().text_to(RIGHT, right, issued);
    right += quiet.leading();

    flow.y = left.max(right) + 12.0;
    let y = flow.y;
    flow.sheet().fill(LEFT, y, ACROSS, 1.5, Colour::ACCENT);
    flow.y += 16.0;
}

/// What the paper is about on the left, who buys in a box on the right.
fn parties(flow: &mut Flow, invoice: &Invoice) {
    let top = flow.y;
    let mut left = top;
    for (name, value) in about(invoice) {
        let name = flow.fonts.run(name, Style::BODY.in_colour(Colour::QUIET));
        flow.sheet().text(LEFT, left, name);
        for run in wrap(&flow.fonts, &value, Style::BODY, HALF - LEFT - NAMES - 16.0) {
            let leading = run.style.leading();
            flow.sheet().text(LEFT + NAMES, left, run);
            left += leading;
        }
        left += 2.0;
    }

    const INSIDE: f32 = 11.0;
    let buyer = &invoice.buyer;
    let width = RIGHT - HALF - 2.0 * INSIDE;
    let mut column = wrap(&flow.fonts, words::BUYER, Style::LABEL, width);
    column.extend(wrap(&flow.fonts, &buyer.name, Style::semi_bold(10.5), width));
    let mut small = words::address(&buyer.address);
    if !buyer.siren.is_empty() {
        small.push(format!("{}\u{a0}{}", words::SIREN, words::grouped(&buyer.siren)));
    }
    if !buyer.vat_number.is_empty() {
        small.push(format!("{}\u{a0}{}", words::VAT_NUMBER, buyer.vat_number));
    }
    for text in &small {
        column.extend(wrap(&flow.fonts, text, Style::BODY, width));
    }
    let inner: f32 = column.iter().map(|it| it.style.leading()).sum();
    let height = inner + 2.0 * INSIDE - 3.0;
    flow.sheet().fill(HALF, top, RIGHT - HALF, height, Colour::TINT);
    let mut right = top + INSIDE - 2.0;
    for run in column {
        let leading = run.style.leading();
        flow.sheet().text(HALF + INSIDE, right, run);
        right += leading;
    }
    flow.y = left.max(top + height) + 16.0;
}

fn about(invoice: &Invoice) -> Vec<(&'static str, String)> {
    let mut pairs = vec![(words::DELIVERED, date(invoice.delivered))];
    if let Kind::CreditNote { of, of_date, reason } = &invoice.kind {
        pairs.push((words::CORRECTS, format!("{of} du {}", date(*of_date))));
        if !reason.is_empty() {
            pairs.push((words::REASON, reason.clone()));
        }
    }
    pairs.extend(invoice.tickets.iter().map(|it| (words::TICKETS, words::ticket_short(it))));
    pairs.push((words::OPERATION, words::operation(invoice.operation).to_owned()));
    if !invoice.buyer.reference.is_empty() {
        pairs.push((words::REFERENCE, invoice.buyer.reference.clone()));
    }
    if let Some(place) = &invoice.delivered_to {
        pairs.push((words::DELIVERED_TO, words::address(place).join(", ")));
    }
    if let Some(due) = invoice.due {
        pairs.push((words::DUE, date(due)));
    }
    pairs
}

fn lines(invoice: &Invoice) -> Table {
    Table {
        columns: vec![
            Column::left(words::LABEL, 50),
            Column::right(words::QUANTITY, 9),
            Column::right(words::UNIT_PRICE, 15),
            Column::right(words::VAT, 11),
            Column::right(words::NET, 16),
            Column::right(words::GROSS, 16),
        ],
        rows: invoice.lines.iter().map(line).collect(),
        totals: Vec::new(),
    }
}

fn line(it: &InvoiceLine) -> Vec<Cell> {
    vec![
        Cell { text: it.label.clone(), detail: it.details.join(", ") },
        quantity(it).into(),
        unit_price(it).into(),
        words::vat(it.vat).into(),
        it.net.french().into(),
        it.gross.french().into(),
    ]
}

fn quantity(it: &InvoiceLine) -> String {
    super::price::quantity(it).replace('.', ",")
}

/// The net price of one: to the cent where that is what it is, else with four decimals.
fn unit_price(it: &InvoiceLine) -> String {
    let micros = unit_micros(it);
    let tenths = (micros + 50) / 100;
    let (whole, part) = (tenths / 10_000, tenths % 10_000);
    if micros.is_multiple_of(10_000) {
        format!("{whole},{:02}", part / 100)
    } else {
        format!("{whole},{part:04}")
    }
}

/// The rates on the left; totals and payments on the right, on one page.
fn totals(flow: &mut Flow, invoice: &Invoice) -> Result<(), PaperError> {
    let rates = Table {
        columns: vec![
            Column::left(words::RATE, 10),
            Column::right(words::BASE, 10),
            Column::right(words::TAX, 11),
        ],
        rows: invoice
            .rates
            .iter()
            .map(|it| {
                vec![words::vat(it.vat).into(), it.net.french().into(), it.tax.french().into()]
            })
            .collect(),
        totals: Vec::new(),
    };
    let rows = invoice.rates.len().max(invoice.payments.len() * 2 + 5);
    flow.reserve(lines_high(rows + 2, Style::BODY) * 1.7);
    let top = flow.y;
    rates.flow(flow, Place { x: LEFT, width: HALF - LEFT - 24.0 })?;
    let left = flow.y;

    flow.y = top;
    sum(flow, words::TOTAL_NET, &euros(invoice.total_net), Style::BODY);
    sum(flow, words::TOTAL_VAT, &euros(invoice.total_vat), Style::BODY);
    sum(flow, words::TOTAL_GROSS, &euros(invoice.total_gross), Style::semi_bold(11.0));
    for it in &invoice.payments {
        sum(flow, &words::paid(&invoice.kind, it), &euros(it.amount), Style::BODY);
    }
    let (y, height) = (flow.y + 2.0, 26.0);
    flow.sheet().fill(HALF, y, RIGHT - HALF, height, Colour::ACCENT);
    let white = Style::semi_bold(11.0).in_colour(Colour(0xff, 0xff, 0xff));
    let name = flow.fonts.run(words::left(&invoice.kind), white);
    let left_to_pay = flow.fonts.run(&euros(invoice.left_to_pay()), white);
    flow.sheet().text(HALF + 8.0, y + 5.5, name);
    flow.sheet().text_to(RIGHT - 8.0, y + 5.5, left_to_pay);
    flow.y = left.max(y + height) + 16.0;
    Ok(())
}

/// A row of the totals, whose name may take several lines.
fn sum(flow: &mut Flow, name: &str, amount: &str, style: Style) {
    let amount = flow.fonts.run(amount, style);
    let width = RIGHT - HALF - amount.width - 28.0;
    let names = wrap(&flow.fonts, name, style, width);
    let height = lines_high(names.len(), style) + 7.0;
    let y = flow.y;
    for (place, run) in (0_u16..).zip(names) {
        flow.sheet().text(HALF + 8.0, y + 3.5 + f32::from(place) * style.leading(), run);
    }
    flow.sheet().text_to(RIGHT - 8.0, y + 3.5, amount);
    flow.sheet().fill(HALF, y + height - 0.5, RIGHT - HALF, 0.5, Colour::RULE);
    flow.y += height;
}

fn notices(flow: &mut Flow, invoice: &Invoice) {
    let mut said = vec![(words::terms(invoice), Style::STRONG)];
    for total in &invoice.rates {
        if let Some(reason) = words::no_vat(total.vat) {
            said.push((format!("{reason}."), Style::BODY));
        }
    }
    if invoice.vat_on_debits {
        said.push((words::VAT_ON_DEBITS.to_owned(), Style::BODY));
    }
    said.extend(invoice.notes.iter().map(|it| (it.clone(), Style::BODY)));
    if invoice.buyer.is_company() {
        let law = [words::late(invoice.late_rate), words::RECOVERY.into(), words::DISCOUNT.into()];
        said.extend(law.into_iter().map(|it| (it, Style::SMALL)));
    }
    for (text, style) in said {
        flow.paragraph(&text, style);
        flow.space(3.0);
    }
}
