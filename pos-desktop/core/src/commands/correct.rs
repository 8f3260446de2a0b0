//! What is done about a ticket that was paid: something is taken back, or a payment was another.
//!
//! Nothing paid is ever changed. A credit note (« avoir ») is the opposite of what it takes back; a
//! correction takes one payment away and puts others in its place, and comes to nothing. Both are
//! tickets of the same series, which name the one they are about, whatever its age.
//!
//! # Who may
//!
//! The counter takes back up to [`COUNTER_CREDIT`] of a ticket of the business day, over all of its
//! credit notes, and corrects
//! payments of that day; money that was owed it always takes. A manager does the rest.

mod credit;
mod payment;

use super::paper;
use super::sale::{self, Sale};
use crate::closings;
use crate::error::Error;
use crate::store::orders::{self, Loaded};
use crate::store::{documents, publications, tickets};
use crate::workstation::{BUILD, SOFTWARE, Turn, Workstation};
use domain::id::{OperatorCode, OrderId};
use domain::staff::{Operator, Role};
use fiscal::Money;
use fiscal::closing::Drawer;
use fiscal::event::{EventCode, data};
use fiscal::ticket::{
    Base, Document, Draft, Line, Means, Operation, Original, Payment, Ticket, TicketRefused,
};
use fiscal::time::Date;
use journal::Purpose;
use pos_api::{Approval, Code, Correction, Reply};

/// The most that the counter takes back of a ticket without a manager.
pub(super) const COUNTER_CREDIT: Money = Money::from_cents(3_000);

pub(super) fn run(workstation: &mut Workstation, correction: &Correction) -> Result<Reply, Error> {
    let done = dispatch(workstation, correction);
    let trace = match &done {
        Err(Error::Ticket(TicketRefused::CashOverCeiling { cash })) => {
            Some((EventCode::CashLimitRefused, data([("amount", cash.cents().into())])))
        }
        Err(Error::DrawerShort { theoretical, amount }) => {
            let members = data([
                ("theoretical", theoretical.cents().into()),
                ("amount", amount.cents().into()),
            ]);
            Some((EventCode::NegativeCashAlert, members))
        }
        Ok(_) | Err(_) => None,
    };
    // What was refused leaves its trace, though nothing of it is recorded.
    if let Some((code, members)) = trace {
        let operator = workstation.seller()?.code;
        workstation.turn(|turn| turn.jet(operator.as_str(), code, members))?;
    }
    done
}

fn dispatch(workstation: &mut Workstation, correction: &Correction) -> Result<Reply, Error> {
    match correction {
        Correction::CreditNote { ticket, lines, back, reason, approval } => {
            let by = By::of(workstation, approval.as_ref())?;
            let asked = credit::Asked { ticket, lines, back, reason: *reason };
            let invoices = paper::invoices(workstation);
            workstation.turn(|turn| credit::run(turn, &asked, &by, &invoices))
        }
        Correction::Payment { ticket, payment, tenders, reason, approval } => {
            let by = By::of(workstation, approval.as_ref())?;
            let asked = payment::Asked { ticket, payment: *payment, tenders, reason: *reason };
            payment::run(workstation, &asked, &by)
        }
        Correction::Verified { ticket, payment, reference } => {
            let by = By::of(workstation, None)?;
            workstation.turn(|turn| payment::verified(turn, ticket, *payment, reference, &by))
        }
    }
}

/// Who corrects something.
struct By {
    operator: Operator,
    /// The manager who was asked.
    manager: Option<OperatorCode>,
}

impl By {
    fn of(workstation: &mut Workstation, approval: Option<&Approval>) -> Result<Self, Error> {
        let operator = workstation.seller()?;
        let manager = approval.map(|it| workstation.approve(it)).transpose()?;
        Ok(Self { operator, manager: manager.map(|it| it.code) })
    }

    fn code(&self) -> &str {
        self.operator.code.as_str()
    }

    /// Refuses what the operator alone may not.
    fn needs_manager(&self) -> Result<(), Error> {
        if self.operator.role == Role::Manager || self.manager.is_some() {
            Ok(())
        } else {
            Err(Code::NeedsManager.into())
        }
    }

    /// Notes the manager who was asked.
    fn note(&self, turn: &mut Turn<'_>, what: &str) -> Result<(), Error> {
        match &self.manager {
            Some(manager) => sale::note_manager(turn, self.code(), what, manager),
            None => Ok(()),
        }
    }
}

/// A ticket of this workstation's, with all that is known of its order.
struct Corrected {
    order: OrderId,
    loaded: Loaded,
    document: Document,
    original: Original,
    sale: Sale,
    /// The business day that the correction counts in.
    date: Date,
}

impl Corrected {
    /// The ticket of this number, if it is this workstation's and of the same purpose: what was sold
    /// in training is no sale.
    fn find(turn: &mut Turn<'_>, number: &str, by: &By) -> Result<Self, Error> {
        let (order, ticket) = tickets::find(turn.tx, number)?.ok_or(Code::NoSuchTicket)?;
        let own = documents::find(turn.tx, number)?.is_some_and(|line| line.own);
        let loaded = orders::load(turn.tx, order)?;
        let document = loaded.documents.iter().find(|it| it.ticket_no == number).cloned();
        let document = document.ok_or(Code::NoSuchTicket)?;
        let in_training = document.till.starts_with(fiscal::TRAINING);
        if !own || in_training != (turn.seat.purpose == Purpose::Training) {
            return Err(Code::NotOwnTicket.into());
        }
        let shop = publications::shop(turn.tx)?.ok_or(Code::NoMenu)?;
        let sale = Sale::of(&loaded, shop, by.operator.code.clone());
        let date = turn.day(&sale.shop, by.code())?;
        Ok(Self { order, original: original(&ticket, &document), loaded, document, sale, date })
    }

    /// Whether it counts in the business day that is open.
    fn is_of_today(&self) -> bool {
        self.document.business_date == self.date
    }

    /// The ticket, what corrects it, what corrects that, and what takes it back.
    fn family(&self) -> Vec<&Document> {
        let mut family: Vec<&Document> = vec![&self.document];
        for document in &self.loaded.documents {
            let about = document.original.as_ref().map(|it| &it.ticket_no);
            if about.is_some_and(|about| family.iter().any(|it| it.ticket_no == *about)) {
                family.push(document);
            }
        }
        family
    }

    /// What is still paid of the ticket by a means.
    fn paid_by(&self, means: Means) -> Money {
        paid_by(&self.family(), means)
    }

    /// Signs what is done about it.
    fn sign(&self, turn: &mut Turn<'_>, by: &By, act: Act) -> Result<Ticket, Error> {
        let document = &self.document;
        let draft = Draft {
            operation: act.operation,
            original: Some(self.original.clone()),
            reason: Some(act.reason.to_owned()),
            order: document.order.clone(),
            channel: document.channel,
            mode: document.mode,
            operator: by.code().to_owned(),
            moment: turn.moment(),
            business_date: self.date,
            issuer: self.sale.shop.issuer(SOFTWARE, BUILD),
            lines: act.lines,
            payments: act.payments,
            cash_taken_before: act.cash_taken_before,
        };
        sale::sign(turn, self.order, &draft)
    }
}

/// What is done about a ticket.
struct Act {
    operation: Operation,
    /// A code of a closed list.
    reason: &'static str,
    lines: Vec<Line>,
    payments: Vec<Payment>,
    cash_taken_before: Money,
}

fn original(ticket: &Ticket, document: &Document) -> Original {
    Original {
        ticket_no: ticket.number.clone(),
        content: Base::content_hash(&ticket.document),
        business_date: document.business_date,
    }
}

/// What these documents come to by a means.
fn paid_by(documents: &[&Document], means: Means) -> Money {
    let payments = documents.iter().flat_map(|it| &it.payments);
    let by = payments.filter(|it| it.means == means);
    by.fold(Money::ZERO, |sum, it| sum.saturating_add(it.amount))
}

/// Every means, in the order in which money goes back where nobody says otherwise: what is owed
/// first, then what is undone without a coin, paper vouchers and staff meals last.
const MEANS: [Means; 7] = [
    Means::Receivable,
    Means::Card,
    Means::MealVoucherCard,
    Means::Cash,
    Means::Cheque,
    Means::MealVoucher,
    Means::Staff,
];

/// A means as documents name it.
const fn code(means: Means) -> &'static str {
    match means {
        Means::Cash => "ESPECES",
        Means::Card => "CARTE",
        Means::MealVoucher => "TITRE_RESTAURANT",
        Means::Cheque => "CHEQUE",
        Means::Staff => "REPAS_DU_PERSONNEL",
        Means::MealVoucherCard => "CARTE_TITRE_RESTAURANT",
        Means::Receivable => "CREANCE",
    }
}

/// Refuses to take more cash out of the drawer than should be in it: a drawer below nothing proves
/// that the books are wrong (CGI art. 286).
fn drawer_has(turn: &Turn<'_>, cash: Money) -> Result<(), Error> {
    if cash <= Money::ZERO {
        return Ok(());
    }
    let float = turn.open_day()?.map_or(Money::ZERO, |day| day.float);
    let figures = closings::since_last_day(turn.tx, turn.journal())?;
    let theoretical = Drawer::of(float, &figures.tally, None).theoretical;
    if theoretical < cash {
        return Err(Error::DrawerShort { theoretical, amount: cash });
    }
    Ok(())
}
