//! What screens are told.

use crate::command::{PeerAddress, PrinterSettings, Role};
use crate::mesh::CatchingUp;
use domain::catalogue::Allergens;
use domain::configured::{Amount, ConfigurationRefused, Configured};
use domain::id::{CustomerId, LineId, OrderId};
use domain::typed::{Problem, Word};
use fiscal::Money;
use fiscal::vat::Mode;
use serde::{Deserialize, Serialize};

/// Whether this PC is set up, and who is at it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionView {
    /// `None` until the first run is done.
    pub enrolled: Option<Enrolled>,
    /// Who may sign in here, in order of name. Empty until the staff list has arrived.
    pub operators: Vec<OperatorView>,
    /// Who is signed in.
    pub operator: Option<OperatorView>,
    /// Whether a menu has arrived.
    pub has_menu: bool,
    /// The local time, "19:10".
    pub clock: String,
    /// The local day, ISO: "2026-11-20".
    pub date: String,
    /// The program's version.
    pub version: String,
    /// Everything here is FACTICE.
    #[serde(default)]
    pub training: bool,
    /// The name of the manager under whom the training is; `None` where there is none.
    #[serde(default)]
    pub supervisor: Option<String>,
}

/// Which workstation this is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Enrolled {
    /// The shop's code, "P01".
    pub shop: String,
    /// The shop's name.
    pub shop_name: String,
    /// The workstation's label, "C1".
    pub label: String,
    /// What it is for.
    pub role: Role,
    /// Where it listens for the shop's other workstations: "192.168.1.20:7300".
    pub listens: String,
}

/// A person who may sign in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OperatorView {
    /// As on tickets, "LB".
    pub code: String,
    /// As on the sign-in screen.
    pub name: String,
    /// Whether a manager.
    pub manager: bool,
}

/// The order being taken.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BasketView {
    /// The open order it adds to, where one was resumed.
    pub order: Option<OrderId>,
    /// That order's label, or the one the next will have: "C1-042".
    pub label: String,
    /// On site, take away or delivery.
    pub mode: Mode,
    /// When it is promised, "19:30"; `None`: as soon as possible.
    pub promise: Option<String>,
    /// Whom it is for.
    pub customer: Option<CustomerView>,
    /// The lines, in the order they were added.
    pub lines: Vec<BasketLine>,
    /// The formules found in the lines: what they take off is among the lines' discounts.
    #[serde(default)]
    pub deals: Vec<DealView>,
    /// What is taken off the lines altogether.
    #[serde(default)]
    pub discount_total: Money,
    /// What is asked for delivering, said before the order is placed.
    #[serde(default)]
    pub fee: Money,
    /// The sum of the lines less what is taken off, and the fee.
    pub total: Money,
    /// What is still due: the total, less what was paid already on a resumed order.
    pub due: Money,
}

/// A formule found in what is ordered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DealView {
    /// What the menu calls it.
    pub name: String,
    /// What it costs.
    pub price: Money,
    /// What its parts cost apart, less its price.
    pub saving: Money,
    /// The lines it has units of, each once.
    pub lines: Vec<LineId>,
}

/// A line of the basket or of an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BasketLine {
    /// Which.
    pub line: LineId,
    /// How many.
    pub quantity: u32,
    /// "Reine Grande", "½ Margherita ½ 4 fromages Standard": as the ticket says it.
    pub label: String,
    /// "sans basilic", "+ œuf": as the ticket says it.
    pub details: Vec<String>,
    /// Price of one.
    pub unit: Money,
    /// Price of all, before what is taken off.
    pub total: Money,
    /// What is taken off all of them.
    #[serde(default)]
    pub discount: Money,
    /// Why, as the ticket says it: "Formule midi", "Geste commercial".
    #[serde(default)]
    pub discount_reason: Option<String>,
    /// What it is, to configure it again.
    pub item: Configured,
    /// Sent to the kitchen or paid: it can only be cancelled.
    pub frozen: bool,
}

/// What an order line typed so far means.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EchoView {
    /// What will be added.
    pub items: Vec<EchoItem>,
    /// When it is promised, "19:30".
    pub promise: Option<String>,
    /// On site, take away or delivery, where the line says so.
    pub mode: Option<Mode>,
    /// What each word was taken for, in their order.
    pub words: Vec<Word>,
    /// What is in the way of adding it, with what may have been meant.
    pub problems: Vec<Problem>,
    /// Whether Enter adds it.
    pub ready: bool,
    /// What the items cost together.
    pub total: Money,
}

/// One thing that will be added.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EchoItem {
    /// How many.
    pub quantity: u32,
    /// As the ticket will say it.
    pub label: String,
    /// As the ticket will say it.
    pub details: Vec<String>,
    /// Price of one; `None` where it cannot be sold.
    pub unit: Option<Money>,
    /// Why it cannot be sold.
    pub refused: Option<ConfigurationRefused>,
}

/// What a configuration costs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PriceView {
    /// As the ticket will say it.
    pub label: String,
    /// As the ticket will say it.
    pub details: Vec<String>,
    /// Price of one; `None` where it cannot be sold.
    pub unit: Option<Money>,
    /// Why it cannot be sold.
    pub refused: Option<ConfigurationRefused>,
    /// What is in it.
    pub allergens: Allergens,
}

/// How far an order is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum OrderStage {
    /// Put aside: nothing was sent to the kitchen.
    Held,
    /// Sent, and not due in the kitchen yet.
    Upcoming,
    /// In the kitchen.
    Kitchen,
    /// All made.
    Ready,
    /// The customer or the courier has it.
    HandedOver,
    /// Cancelled before payment.
    Cancelled,
}

/// An order on the board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderCard {
    /// Which.
    pub order: OrderId,
    /// "C1-042".
    pub label: String,
    /// On site, take away or delivery.
    pub mode: Mode,
    /// How far it is.
    pub stage: OrderStage,
    /// When it is promised, "19:30"; as soon as possible: what was reckoned.
    pub promise: String,
    /// Whether a time was asked for.
    pub promised: bool,
    /// Minutes left; negative: minutes late.
    pub minutes_left: i32,
    /// The customer's name; empty if none was given.
    pub customer: String,
    /// The customer's telephone; empty if none was given.
    pub phone: String,
    /// The lines that are not cancelled.
    pub lines: Vec<BasketLine>,
    /// What is due; zero: paid.
    pub due: Money,
    /// The sum of the lines less what is taken off, and the fee.
    pub total: Money,
    /// What is asked for delivering it.
    #[serde(default)]
    pub fee: Money,
    /// Numbers of the tickets that settled lines of it.
    pub tickets: Vec<String>,
    /// Everything that was paid was given back.
    #[serde(default)]
    pub credited: bool,
    /// A note is to be handed over before it is paid: a service of 25 € or more, eaten on site.
    #[serde(default)]
    pub note_due: bool,
    /// The kitchen has it on a screen.
    pub seen: bool,
    /// Sent 30 s ago or more, due, and no kitchen has it on a screen.
    pub unseen_alert: bool,
    /// Two tickets settle the same line.
    pub possible_double: bool,
    /// Which workstation took it, "C1".
    pub taken_by: String,
}

/// What is told of a customer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CustomerView {
    /// Which; `None` while only typed.
    pub id: Option<CustomerId>,
    /// As said.
    pub name: String,
    /// As typed.
    pub phone: String,
    /// First address; empty if none.
    pub address: String,
}

/// What to give back, and what can be done next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PaidView {
    /// Which order.
    pub order: OrderId,
    /// "C1-042".
    pub label: String,
    /// The ticket's number.
    pub ticket: String,
    /// What the ticket says.
    pub total: Money,
    /// What was handed over.
    pub given: Money,
    /// What to give back.
    pub change: Money,
    /// Its note is to be handed over: a service of 25 € or more, eaten on site.
    #[serde(default)]
    pub note_due: bool,
}

/// The kitchen's queue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KitchenView {
    /// In the order they are to be made: by promised time.
    pub cards: Vec<KitchenCard>,
    /// Dough to have ready for the next 30 minutes: size name and how many.
    pub dough: Vec<(String, u32)>,
    /// Orders for later, not shown yet: "21:30" and how many pizzas.
    pub upcoming: Vec<(String, u32)>,
    /// The local time, "19:10".
    pub clock: String,
    /// Whether something can be undone.
    pub can_undo: bool,
}

/// An order in the kitchen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KitchenCard {
    /// Which.
    pub order: OrderId,
    /// "C1-042".
    pub label: String,
    /// On site, take away or delivery.
    pub mode: Mode,
    /// "19:30".
    pub promise: String,
    /// Minutes left; negative: minutes late.
    pub minutes_left: i32,
    /// What is to be made, cancelled lines too until acknowledged.
    pub lines: Vec<KitchenLine>,
    /// This kitchen has shown it before.
    pub seen: bool,
}

/// One line to make.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KitchenLine {
    /// Which.
    pub line: LineId,
    /// How many.
    pub quantity: u32,
    /// The size's name; empty for what has none.
    pub size: String,
    /// One part for a whole pizza or anything else; two to four for a divided one.
    pub parts: Vec<PartView>,
    /// What differs from the recipes.
    pub changes: Vec<ChangeView>,
    /// How far it is.
    pub stage: LineStage,
    /// The label of the workstation, or the person, that started it.
    pub by: String,
    /// What must be noticed and acknowledged.
    pub attention: Option<Attention>,
    /// What is in it.
    pub allergens: Allergens,
}

/// How far a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LineStage {
    /// Nobody has begun.
    Waiting,
    /// Somebody is making it.
    Started,
    /// Made.
    Ready,
}

/// What a pizzaiolo must acknowledge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Attention {
    /// Added to an order that was begun.
    Added,
    /// How or when the order leaves has changed since it was begun.
    Changed,
    /// Cancelled after the kitchen had it.
    Cancelled,
    /// Somebody else claimed it at the same time, and made the first step.
    ClaimLost,
}

/// A part of a pizza, with its recipe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartView {
    /// The product's name.
    pub name: String,
    /// Its share: (1, 2) is a half.
    pub share: (u8, u8),
    /// Ingredient and whole grams for this share of this size, in the recipe's order; what is
    /// counted and not weighed has its unit in the name.
    pub recipe: Vec<(String, u32)>,
}

/// A difference from the recipe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChangeView {
    /// The ingredient's name.
    pub name: String,
    /// Without, light, added or extra.
    pub amount: Amount,
    /// Not in the recipe: added.
    pub added: bool,
    /// Whole grams in this size.
    pub grams: u32,
    /// The part it is about (0, 1 …); `None`: all of it.
    pub part: Option<u8>,
}

/// Why the kitchen cannot be relied on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KitchenCause {
    /// No kitchen PC is known to this till.
    None,
    /// It answers.
    Fine,
    /// It has not answered for so many seconds.
    Silent {
        /// Whole seconds.
        seconds: u32,
    },
}

/// How the centre stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ServerState {
    /// This shop has none.
    None,
    /// It answers and has everything.
    UpToDate,
    /// It answers and lacks so many records.
    Behind {
        /// Records.
        records: u64,
    },
    /// It has not answered for so long.
    Offline {
        /// Whole seconds.
        seconds: u32,
        /// Records it lacks.
        records: u64,
    },
    /// It refuses this workstation's records: somebody has to look.
    Refused,
}

/// How safe the shop is, worst first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Safety {
    /// Two histories of one journal were found: call the office.
    Fork,
    /// Records that exist on this machine only.
    AloneHere {
        /// Records.
        records: u64,
    },
    /// The kitchen does not answer.
    Kitchen(KitchenCause),
    /// The printer needs somebody.
    Printer(PrinterCause),
    /// This workstation works with what is not finished while the history comes: « rattrapage ».
    CatchingUp(CatchingUp),
    /// The centre does not answer; selling goes on.
    Offline {
        /// Whole seconds.
        seconds: u32,
    },
    /// Everything is on a second machine.
    Safe,
}

/// The safety line and what is behind it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SafetyView {
    /// What the line says.
    pub worst: Safety,
    /// Records that no second machine has said it holds: this workstation's, and those of one that was
    /// declared dead.
    pub alone: u64,
    /// The centre.
    pub server: ServerState,
    /// Each kitchen PC by label.
    pub kitchens: Vec<(String, KitchenCause)>,
    /// Of the printers, the one that needs somebody most.
    pub printer: PrinterView,
    /// Journals with two histories, or restored from an older copy, of which nobody has taken note.
    pub forks: u64,
    /// Whether a witness has said in this run where this workstation's journal ends: until then, that
    /// nothing is missing at its end is attested by nobody.
    pub anchored: bool,
    /// How far the history is here, where it is still coming: what is counted from it is incomplete.
    pub catching_up: Option<CatchingUp>,
    /// Seconds that are left of the drill that cuts the internet here on purpose; `None` while none is
    /// on.
    pub drill_left_s: Option<u32>,
}

/// Why a printer does not print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PrinterCause {
    /// No connection.
    Unreachable,
    /// Connected, and no answer.
    NoAnswer,
    /// Out of paper.
    NoPaper,
    /// The cover is open.
    CoverOpen,
    /// Switched to off line by its button.
    Offline,
    /// It says it has an error: cutter, head.
    Fault,
    /// Another computer is printing on it.
    Busy,
    /// This system has no such road: USB and spooler are Linux's.
    Unsupported,
}

/// How a printer is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PrinterView {
    /// None is set.
    None,
    /// It answers.
    Ready,
    /// Not asked yet.
    Unknown,
    /// It takes jobs, by a road that does not say how it is.
    Unheard,
    /// It cannot print.
    Stopped(PrinterCause),
}

/// A print job that waits for the printer or for somebody.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PrintJobView {
    /// Which.
    pub job: i64,
    /// The name of the printer it is for.
    pub printer: String,
    /// The number of the ticket, order or closing; empty for a test page.
    pub ticket: String,
    /// Local time when it was asked for.
    pub asked: String,
    /// It may have been printed: the program or the printer stopped while it was being sent.
    pub unsure: bool,
    /// All of it left a moment ago, by a road that says nothing back: whether it is on paper is for
    /// somebody to look. It goes from the list by itself.
    pub unconfirmed: bool,
    /// What stands in the way.
    pub cause: Option<PrinterCause>,
}

/// One printer of this PC, and how it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrinterLine {
    /// As it is set.
    pub settings: PrinterSettings,
    /// How it is.
    pub state: PrinterView,
    /// Its roll is nearly at its end.
    pub paper_low: bool,
    /// Jobs that wait for it.
    pub waiting: u32,
}

/// A ticket as paper would show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptView {
    /// The ticket's number.
    pub ticket: String,
    /// Lines of text of the paper's width.
    pub paper: Vec<String>,
}

/// What can be set on this PC.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SettingsView {
    /// The printers.
    pub printers: Vec<PrinterSettings>,
    /// The shop's other workstations.
    pub peers: Vec<PeerAddress>,
    /// Where this one listens.
    pub listens: String,
    /// The centre's address.
    pub server: Option<String>,
    /// The program's version.
    pub version: String,
}
