//! Papers and files other than the receipt's original: copies, what is shown before payment, links,
//! invoices. Each leaves a signed trace, numbered in a series of its own.

mod copy;
mod invoice;

use super::{bill, day, print, sale};
use crate::error::Error;
use crate::print::job::JobKind;
use crate::print::papers;
use crate::receipt_of;
use crate::store::{publications, settings};
use crate::workstation::{BUILD, SOFTWARE, Workstation};
use domain::id::OrderId;
use fiscal::copy::{Medium, Provisional, ProvisionalKind};
use fiscal::event::{EventCode, data};
use pos_api::{Code, PaperCommand, PaperKind, Reply};

pub(super) use copy::receipt;
pub(super) use invoice::{credited, folder as invoices};

/// How much of a ticket's signature its link holds: enough that nobody guesses one.
const TOKEN: usize = 16;

pub(super) fn run(workstation: &mut Workstation, command: &PaperCommand) -> Result<Reply, Error> {
    match command {
        PaperCommand::Provisional { order, note } => provisional(workstation, *order, *note),
        PaperCommand::Share { ticket } => share(workstation, ticket),
        PaperCommand::Invoice { ticket, buyer } => invoice::run(workstation, ticket, buyer),
        PaperCommand::Closing { closing } => day::print(workstation, closing),
    }
}

/// What an order would come to: counted, signed and printed, so that it cannot be shown to a customer
/// and then be forgotten.
fn provisional(workstation: &mut Workstation, order: OrderId, note: bool) -> Result<Reply, Error> {
    let operator = workstation.seller()?.code.to_string();
    workstation.turn(|turn| {
        print::printer_of(turn.tx, PaperKind::Provisional)?.ok_or(Code::NoPrinter)?;
        let order = sale::known(turn, order)?.order;
        let shop = publications::shop(turn.tx)?.ok_or(Code::NoMenu)?;
        let date = turn.open_day()?.map_or_else(|| turn.business_date(&shop), |day| day.date);
        let lines = match note {
            true => bill::note_lines(&order, &shop, date)?,
            false => bill::lines(&order, &shop, date)?,
        };
        let label = order.label().unwrap_or_default();
        let (kind, code, job) = if note {
            (ProvisionalKind::Note, EventCode::NoteHandedOver, JobKind::Note)
        } else {
            (ProvisionalKind::Provisional, EventCode::ProformaPrint, JobKind::Provisional)
        };
        let issuer = shop.issuer(SOFTWARE, BUILD);
        let mode = bill::mode(&order);
        let record = turn.issue(&operator, Some(order.id().into()), |head| {
            Provisional::of(head, kind, issuer, label.to_owned(), mode, &lines)
        })?;
        let members = data([("document", record.number.as_str().into()), ("order", label.into())]);
        turn.jet(&operator, code, members)?;
        let customer = order.customer().filter(|_| note);
        let customer = customer.map(|id| crate::views::customer(turn.tx, id)).transpose()?;
        let customer = customer.flatten().map(|view| view.name).filter(|name| !name.is_empty());
        let document = papers::note::document(&receipt_of::note(&record, customer)?);
        print::queue(turn.tx, job, &record.number, &document, turn.now_ms)
    })
}

/// A link to the receipt at the centre, which shows it to whoever has it.
fn share(workstation: &mut Workstation, number: &str) -> Result<Reply, Error> {
    let operator = workstation.seller()?.code.to_string();
    workstation.turn(|turn| {
        let centre = settings::centre(turn.tx)?;
        let centre = centre.ok_or(Code::NoCentre)?;
        let (order, ticket) = copy::of_now(turn, number)?;
        copy::copied(turn, &operator, order, &ticket, Medium::QrCode)?;
        let members = data([("ticket", number.into()), ("medium", "QR".into())]);
        turn.jet(&operator, EventCode::ReceiptSent, members)?;
        let token = ticket.signature.get(..TOKEN).unwrap_or(&ticket.signature);
        let url = format!("{}/t/{number}/{token}", centre.url.trim_end_matches('/'));
        Ok(Reply::Link { url })
    })
}
