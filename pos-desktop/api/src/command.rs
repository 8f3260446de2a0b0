//! What can be asked to be done.

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
    /// Where the receipt printer is; `None`: there is none.
    SetPrinter(Option<PrinterAddress>),
    /// Prints a test page.
    TestPrinter,
    /// The other workstations of the shop, by address.
    SetPeers(Vec<PeerAddress>),
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

/// A means of payment that this till takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Means {
    /// Coins and notes; gives change.
    Cash,
}

/// What the customer gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tender {
    /// How.
    pub means: Means,
    /// How much was handed over.
    pub given: Money,
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

/// Where a receipt printer is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrinterAddress {
    /// Name or address, with the port where it is not 9100: "192.168.1.50", "127.0.0.1:9101".
    pub host: String,
    /// 80 mm paper (42 columns), else 58 mm (32 columns).
    pub wide: bool,
    /// Whether a cash drawer hangs on it.
    pub drawer: bool,
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
}
