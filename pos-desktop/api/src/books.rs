//! The day, the books, and what the law wants of a till.

use crate::payment::Approval;
use crate::view::CustomerView;
use domain::id::{LineId, OrderId};
use fiscal::Money;
use serde::{Deserialize, Serialize};

/// What is done with the drawer and the business day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DayCommand {
    /// Opens the business day with what is in the drawer. A sale opens it too, with what was left.
    Open {
        /// What was counted into the drawer.
        float: Money,
        /// The day, ISO, confirmed by a person: needed where [`DayView::needs_person`].
        date: Option<String>,
    },
    /// Puts cash into the drawer or takes it out.
    Cash {
        /// Above 0 in, below 0 out.
        amount: Money,
        /// Why.
        reason: CashReason,
        /// Out: the manager, where the operator alone may not.
        approval: Option<Approval>,
    },
    /// Opens the drawer without a sale.
    OpenDrawer {
        /// Why.
        reason: DrawerReason,
    },
    /// Reads the day's figures (« lecture X »): it changes nothing, and leaves its trace.
    ReadX,
    /// Closes the day (« Z »), with months and years that end with it. It always can be.
    Close {
        /// What was counted in the drawer; `None` where nobody can count.
        counted: Option<Money>,
        /// The day's date confirmed by a person: needed where [`DayView::needs_person`].
        confirmed: bool,
    },
}

/// Why cash goes in or out without a sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CashReason {
    /// Change was fetched.
    Change,
    /// Brought to the bank or the safe.
    Deposit,
    /// Something small was bought for the shop.
    Purchase,
    /// A courier's purse, out or back.
    Courier,
    /// An advance to staff.
    Advance,
}

/// Why the drawer is opened without a sale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DrawerReason {
    /// To give small money.
    Change,
    /// To look into it.
    Check,
    /// It stuck.
    Stuck,
}

/// Papers, files and what else leaves the till on request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PaperCommand {
    /// What an order would come to: « document provisoire », or the note of a service of 25 € or
    /// more eaten on site.
    Provisional {
        /// Which order.
        order: OrderId,
        /// A note, handed over to the customer.
        note: bool,
    },
    /// A link to the receipt, to be shown as a QR code.
    Share {
        /// The ticket's number.
        ticket: String,
    },
    /// An invoice of a ticket, as a file.
    Invoice {
        /// The ticket's number.
        ticket: String,
        /// Whom it is for.
        buyer: Buyer,
    },
    /// Prints a closing, or the last X.
    Closing {
        /// The closing's number.
        closing: String,
    },
}

/// Whom an invoice is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Buyer {
    /// Name or company.
    pub name: String,
    /// Street and number.
    pub address: String,
    /// Postcode and town.
    pub town: String,
    /// SIREN, 9 digits that satisfy Luhn; empty for a private person.
    pub siren: String,
    /// VAT number; may be empty.
    pub vat_number: String,
}

/// Training.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TrainingCommand {
    /// From now on everything is FACTICE, in a journal of its own, under this manager.
    Start {
        /// The manager under whose responsibility the trainee works.
        supervisor: Approval,
    },
    /// Back to real sales.
    End,
}

/// What managers do with the books.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BooksCommand {
    /// Archives everything up to the last closing, as a file.
    Archive {
        /// A folder to put it in, beside the till's own; `None` for the till's own only.
        folder: Option<String>,
    },
    /// Checks every journal here, from the first entry.
    Verify,
    /// Deletes bodies that need not be kept and are archived: kitchen steps older than 90 days.
    Purge,
    /// Writes figures for the accountant.
    Export {
        /// What.
        what: Export,
        /// The first business day, ISO.
        from: String,
        /// The last, ISO.
        to: String,
    },
    /// Writes the editor's attestation, pre-filled, as a file.
    Attestation,
    /// A manager took note of a restored or second history.
    Acknowledge {
        /// [`AlarmView::alarm`].
        alarm: i64,
    },
}

/// Figures for the accountant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Export {
    /// Accounting entries (LPF art. A. 47 A-1).
    Fec,
    /// Daily totals for e-reporting (CGI art. 290).
    EReporting,
    /// The sales journal.
    Sales,
    /// What is handed in for money: vouchers by issuer, and cheques.
    Remittances,
}

/// The business day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayView {
    /// The number of the day that is open; `None` where none is.
    pub number: Option<u64>,
    /// Its date, ISO; where none is open, the date that the next would have.
    pub date: String,
    /// When it was opened, "10:58".
    pub opened: Option<String>,
    /// The clock has passed its end: it is to be closed.
    pub overdue: bool,
    /// The clock leapt, or the shop was closed for long: a person must say which day it is.
    pub needs_person: bool,
    /// The figures so far, as an X shows them.
    pub figures: Option<ClosingView>,
    /// What was counted into the drawer at the last closing: proposed as float.
    pub float: Money,
    /// Whether the day's orders are all closed: those that are not.
    pub open_orders: Vec<OpenOrderView>,
    /// Card payments to be verified.
    pub to_verify: Vec<ToVerifyView>,
    /// The last closings, newest first: at most 20.
    pub closings: Vec<ClosingLine>,
    /// Whether this is training.
    pub training: bool,
    /// The counter is told what should be in the drawer only after counting (« à l'aveugle »).
    pub blind: bool,
}

/// An order that is carried to the next day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenOrderView {
    /// Which.
    pub order: OrderId,
    /// As people call it.
    pub label: String,
    /// What is due of it.
    pub due: Money,
}

/// A card payment whose outcome is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToVerifyView {
    /// The ticket's number.
    pub ticket: String,
    /// Which of its payments, from 0.
    pub payment: usize,
    /// How much.
    pub amount: Money,
    /// When, "19:12".
    pub time: String,
}

/// A closing in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosingLine {
    /// Its number.
    pub number: String,
    /// `J`, `M`, `A` or `S`.
    pub period: String,
    /// `2026-11-21`, `2026-11`, `2026`.
    pub label: String,
    /// Turnover, tax included.
    pub total: Money,
    /// What was counted too much or too little.
    pub difference: Option<Money>,
}

/// The figures of a day, a month or a year, or of the day so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosingView {
    /// The closing's number; empty for the day so far.
    pub number: String,
    /// `J`, `M`, `A`, `S`; `X` for the day so far.
    pub period: String,
    /// `2026-11-21`, `2026-11`, `2026`.
    pub label: String,
    /// Turnover, tax included.
    pub total: Money,
    /// By rate: basis points, excluded, tax, included.
    pub rates: Vec<RateView>,
    /// By means.
    pub means: Vec<MeansView>,
    /// How many sales, credit notes, corrections.
    pub sales: CountView,
    /// See `sales`.
    pub credit_notes: CountView,
    /// See `sales`.
    pub corrections: u64,
    /// Lines sold below their price.
    pub discounts: CountView,
    /// Lines cancelled before payment, after the kitchen had them.
    pub cancelled_lines: CountView,
    /// Orders cancelled before payment.
    pub cancelled_orders: CountView,
    /// Duplicates, provisional documents, notes, invoices, drawer openings.
    pub duplicates: u64,
    /// See `duplicates`.
    pub provisionals: u64,
    /// See `duplicates`.
    pub notes: u64,
    /// See `duplicates`.
    pub invoices: u64,
    /// See `duplicates`.
    pub drawer_openings: u64,
    /// The drawer, of a day.
    pub drawer: Option<fiscal::closing::Drawer>,
    /// Orders carried to the next day.
    pub open_orders: Vec<(String, Money)>,
    /// Sales less returns since the till was first used.
    pub perpetual_algebraic: Money,
    /// Sales plus returns.
    pub perpetual_absolute: Money,
}

/// Turnover at one rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateView {
    /// Basis points.
    pub rate_bp: u16,
    /// Tax excluded.
    pub ht: Money,
    /// The tax.
    pub vat: Money,
    /// Tax included.
    pub ttc: Money,
}

/// Payments by one means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeansView {
    /// With what.
    pub means: fiscal::ticket::Means,
    /// How many payments.
    pub count: u64,
    /// Their sum.
    pub amount: Money,
    /// Of it, to be verified.
    pub to_verify: Money,
}

/// How many, and their sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountView {
    /// How many.
    pub count: u64,
    /// Their sum.
    pub amount: Money,
}

/// A ticket in the list of tickets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketLine {
    /// Its number.
    pub number: String,
    /// The order, as people call it.
    pub order: String,
    /// The local day and time, "2026-11-21 19:12".
    pub time: String,
    /// What it is.
    pub operation: fiscal::ticket::Operation,
    /// Tax included; below 0 for a credit note.
    pub total: Money,
    /// With what it was paid, the largest first.
    pub means: Vec<fiscal::ticket::Means>,
    /// A payment of it is to be verified.
    pub to_verify: bool,
    /// What credit notes took back of it.
    pub credited: Money,
    /// The number of its invoice.
    pub invoice: Option<String>,
}

/// A ticket, to correct it or print it again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TicketView {
    /// In the list.
    pub line: TicketLine,
    /// Its lines.
    pub lines: Vec<TicketLineView>,
    /// Its payments: means, amount, reference, to be verified.
    pub payments: Vec<PaymentView>,
    /// Credit notes and corrections that name it.
    pub corrections: Vec<TicketLine>,
    /// Copies printed or sent so far, the original not counted.
    pub duplicates: u64,
    /// The customer of its order, to fill an invoice in.
    pub customer: Option<CustomerView>,
    /// Whether it was sold on this workstation: only there can it be corrected.
    pub own: bool,
}

/// A line of a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketLineView {
    /// Which.
    pub line: LineId,
    /// As on the ticket.
    pub label: String,
    /// As on the ticket.
    pub details: Vec<String>,
    /// Sold, in thousandths.
    pub qty_m: u32,
    /// Still to be taken back, in thousandths.
    pub left_m: u32,
    /// Tax included, discount taken off.
    pub ttc: Money,
}

/// A payment of a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentView {
    /// With what.
    pub means: fiscal::ticket::Means,
    /// How much of the ticket.
    pub amount: Money,
    /// The terminal's or voucher's reference.
    pub reference: String,
    /// Its outcome is not known.
    pub to_verify: bool,
    /// A correction took it back.
    pub corrected: bool,
}

/// « À propos ».
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AboutView {
    /// The program's version.
    pub version: String,
    /// The fiscal core's version.
    pub fiscal_version: String,
    /// The build.
    pub build: String,
    /// The company, SIREN, SIRET, address.
    pub company: Vec<String>,
    /// Where the attestation for this company and fiscal version stands: file name, or `None`.
    pub attestation: Option<String>,
    /// The workstation's public key, hexadecimal.
    pub public_key: String,
    /// The folder of archives, invoices and exports.
    pub folder: String,
}

/// An archive in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchiveLine {
    /// Its number.
    pub number: String,
    /// What it covers.
    pub period: String,
    /// The file.
    pub file: String,
    /// Whether the file is there.
    pub present: bool,
}

/// Something somebody has to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmView {
    /// Its number.
    pub alarm: i64,
    /// What it is.
    pub kind: AlarmKind,
    /// When, "2026-11-21 19:12".
    pub time: String,
    /// Who took note.
    pub acknowledged: Option<String>,
}

/// What somebody has to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AlarmKind {
    /// This PC's data is older than what others know of it: a restored backup or a cloned disk.
    Restored,
    /// A journal has two histories.
    Fork,
    /// A signed document is not what was signed.
    Broken,
    /// The clock went back, or leapt.
    Clock,
    /// Another refused our records.
    Refused,
}
