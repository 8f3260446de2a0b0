//! What can be asked to be done.

use crate::books::{BooksCommand, ClosingView, DayCommand, PaperCommand, TrainingCommand};
use crate::mesh::MeshCommand;
use crate::payment::{Correction, Discount, Tender};
use crate::view::{BasketView, PaidView, SessionView};
use domain::configured::Configured;
use domain::id::{CustomerId, LineId, OrderId};
use domain::order::Reason;
use fiscal::Money;
use fiscal::vat::Mode;
use serde::{Deserialize, Serialize};

/// What a person, or the program on a person's behalf, asks the workstation to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// First run: which shop this PC belongs to, and what it is for.
    SetUp(SetUp),
    /// A person signs in with a PIN of 4 to 8 digits.
    SignIn {
        /// The operator's code, as [`crate::OperatorView::code`] gives it.
        operator: String,
        /// The digits.
        pin: String,
    },
    /// The person leaves; what is in the basket stays.
    SignOut,
    /// Changes the order being taken.
    Basket(BasketEdit),
    /// Adds what an order line typed in codes says: `REI G; MAR/4FR S -BAS +OEU; 19h30`.
    AddTyped {
        /// The line, whole. Nothing is added unless all of it is understood.
        text: String,
    },
    /// Opens an order with what is in the basket and sends it to the kitchen, unpaid.
    SendToKitchen,
    /// Puts the basket aside as a held order: nothing goes to the kitchen.
    Hold,
    /// Takes a held or open order back into the basket's place, to add to it or take its money.
    Resume {
        /// Which.
        order: OrderId,
    },
    /// Takes payment: of the basket (its order is opened and sent to the kitchen in the same
    /// transaction) or of an order that is open already.
    TakePayment {
        /// An open order; `None` for the basket.
        order: Option<OrderId>,
        /// What is given. Together at least what is due.
        tenders: Vec<Tender>,
    },
    /// Cancels an unpaid order, with its trace.
    CancelOrder {
        /// Which.
        order: OrderId,
        /// Why: chosen from a list, so that nothing about a person slips into a journal.
        reason: Reason,
    },
    /// Cancels a line of an order that no ticket settled, with its trace where the kitchen has it.
    CancelLine {
        /// The order.
        order: OrderId,
        /// Which line.
        line: LineId,
        /// Why.
        reason: Reason,
    },
    /// The customer, or the courier, has the order in hand.
    HandOver {
        /// Which.
        order: OrderId,
    },
    /// The customer asked for a receipt: it joins the printer's queue (never printed unasked,
    /// Code de l'environnement art. L. 541-15-10).
    PrintReceipt {
        /// The ticket's number.
        ticket: String,
    },
    /// Prints a job again that may or may not have been printed, or failed.
    PrintAgain {
        /// [`crate::PrintJobView::job`].
        job: i64,
    },
    /// Gives up a job.
    DropPrint {
        /// [`crate::PrintJobView::job`].
        job: i64,
    },
    /// A step in the kitchen.
    Kitchen {
        /// The order.
        order: OrderId,
        /// The line; `None` for all of the order's lines.
        line: Option<LineId>,
        /// What was done.
        step: KitchenStep,
    },
    /// Undoes the last step taken on this kitchen PC.
    UndoKitchen,
    /// The printers that this PC prints on; those there were are forgotten. Jobs that wait for one
    /// that is gone stay in the queue until they are rerouted or given up.
    SetPrinters(Vec<PrinterSettings>),
    /// Prints a test page.
    TestPrinter {
        /// [`PrinterSettings::name`].
        printer: String,
    },
    /// Sends what waits for one printer to another, in the same order: it is dead, or gone.
    Reroute {
        /// The name jobs are addressed to now, whether such a printer is still set or not.
        from: String,
        /// [`PrinterSettings::name`].
        to: String,
    },
    /// Prints the notice that the law wants at the till: tickets are printed on request
    /// (Code de l'environnement art. D. 541-371).
    PrintNotice,
    /// The other workstations of the shop, by address.
    SetPeers(Vec<PeerAddress>),
    /// Takes something off the price, with reason and right.
    Discount(Discount),
    /// Takes back what was sold, or corrects how it was paid, by a new ticket.
    Correct(Correction),
    /// The drawer and the business day.
    Day(DayCommand),
    /// Papers and files other than the receipt.
    Paper(PaperCommand),
    /// Training begins or ends.
    Training(TrainingCommand),
    /// What managers do with the books.
    Books(BooksCommand),
    /// The shop's workstations among themselves.
    Mesh(MeshCommand),
}

/// What this PC is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Role {
    /// Counter: sells and takes money.
    Till,
    /// Kitchen screen.
    Kitchen,
}

/// The answers of the first run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetUp {
    /// The centre's address (`https://centre.oc-pizza.com`); `None` for a shop without a centre,
    /// which starts with the starter menu and one manager whose PIN is `pin`.
    pub server: Option<String>,
    /// The one-time code that the manager was given; empty without a centre.
    pub code: String,
    /// What this PC is for.
    pub role: Role,
    /// The PC's label on tickets and screens: 1 to 4 letters or digits ("C1").
    pub label: String,
    /// Without a centre: the PIN of the first manager, 4 to 8 digits. Else empty.
    pub pin: String,
}

/// A change to the order being taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum BasketEdit {
    /// Adds a line.
    Add {
        /// What.
        item: Configured,
        /// How many: 1 to 99.
        quantity: u32,
    },
    /// Changes how many of a line: 0 takes the line out.
    SetQuantity {
        /// Which.
        line: LineId,
        /// 0 to 99.
        quantity: u32,
    },
    /// Puts another configuration in the line's place.
    Replace {
        /// Which.
        line: LineId,
        /// The new one.
        item: Configured,
    },
    /// On site, take away or delivery.
    SetMode(Mode),
    /// When it is promised: local time as typed ("19h30", "19:30"), `None` for as soon as possible.
    SetPromise(Option<String>),
    /// Whom it is for. Empty texts take name and telephone away again.
    SetCustomer {
        /// As said on the telephone.
        name: String,
        /// Digits, spaces, `+` and dots.
        phone: String,
        /// For a delivery.
        address: String,
    },
    /// A customer already known.
    ChooseCustomer(CustomerId),
    /// Empties the basket.
    Clear,
}

/// What is done in the kitchen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KitchenStep {
    /// The order is on a screen somebody looks at.
    Seen,
    /// Somebody is making it.
    Start,
    /// It is made.
    Ready,
    /// A change after the start, or a cancellation, was noticed.
    Acknowledge,
}

/// One printer of this PC.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrinterSettings {
    /// What the shop calls it, and jobs are addressed to: "comptoir", "cuisine". 1 to 24 characters,
    /// no two alike.
    pub name: String,
    /// How it is reached.
    pub road: PrinterRoad,
    /// 80 mm paper (42 columns), else 58 mm (32 columns).
    pub wide: bool,
    /// Whether it answers when it is asked how it is. Where it does not, a job that left ends as sent
    /// and not confirmed. A spooler never answers, whatever this says.
    pub answers: bool,
    /// Whether the cash drawer hangs on it. On one printer at most.
    pub drawer: bool,
    /// What is printed on it. Each paper on one printer at most; one on none is not printed.
    pub papers: Vec<PaperKind>,
}

impl PrinterSettings {
    /// The only printer of a counter, on the network, on 80 mm: every paper but the kitchen's slips.
    #[must_use]
    pub fn counter(host: String, drawer: bool) -> Self {
        Self {
            name: "comptoir".to_owned(),
            road: PrinterRoad::Network { host },
            wide: true,
            answers: true,
            drawer,
            papers: vec![
                PaperKind::Receipt,
                PaperKind::Provisional,
                PaperKind::Closing,
                PaperKind::Label,
            ],
        }
    }
}

/// How a printer is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PrinterRoad {
    /// On the network.
    Network {
        /// Name or address, with the port where it is not 9100: "192.168.1.50", "127.0.0.1:9101".
        host: String,
    },
    /// On a USB port of this PC, by the system's driver. Linux only; on Windows it has a spooler.
    Usb {
        /// "/dev/usb/lp0".
        device: String,
    },
    /// On a serial port of this PC, 8 data bits, no parity, 1 stop bit.
    Serial {
        /// "/dev/ttyS0", "/dev/ttyUSB0", "COM3".
        device: String,
        /// Bits a second: 9,600, 19,200, 38,400, 57,600 or 115,200.
        baud: u32,
    },
    /// By the system's own queue, whose driver must pass bytes on as they are ("raw"). Linux only:
    /// CUPS.
    Spooler {
        /// Its name there: letters, digits, `.`, `_` and `-`.
        queue: String,
    },
}

/// What is printed, by where it may have to come out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PaperKind {
    /// Tickets, credit notes, corrections of payments, and the notice.
    Receipt,
    /// The kitchen's slips, where there is no screen or it is broken.
    Kitchen,
    /// Provisional documents and notes.
    Provisional,
    /// X reports, closings, and what goes into the drawer and out of it.
    Closing,
    /// Labels of orders that are delivered.
    Label,
}

/// Where another workstation of the shop is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerAddress {
    /// "192.168.1.21:7300".
    pub address: String,
}

/// What a command answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reply {
    /// It is done, and durable.
    Done,
    /// Who is signed in now.
    Session(SessionView),
    /// The basket as it is now.
    Basket(BasketView),
    /// An order was opened, held or resumed: its label ("C1-042").
    Order {
        /// Which.
        order: OrderId,
        /// As people call it.
        label: String,
    },
    /// The ticket is signed and stored: what to give back.
    Paid(PaidView),
    /// A print job is queued.
    Queued {
        /// [`crate::PrintJobView::job`].
        job: i64,
    },
    /// A credit note or a correction was signed.
    Corrected {
        /// Its number.
        ticket: String,
        /// Its total: below 0 for a credit note, 0 for a correction.
        total: Money,
    },
    /// The figures that were read or closed.
    Closing(Box<ClosingView>),
    /// A file was written.
    File {
        /// What people call it: the invoice's or archive's number.
        number: String,
        /// Where it is.
        path: String,
    },
    /// A receipt's link, to be shown as a QR code.
    Link {
        /// `https://…`
        url: String,
    },
    /// The books were checked.
    Verified {
        /// How many entries.
        entries: u64,
        /// What is wrong, in words; empty where nothing is.
        findings: Vec<String>,
    },
    /// So many bodies were deleted.
    Purged {
        /// How many.
        count: u64,
    },
}
