//! What can be asked without changing anything.

use crate::books::{
    AboutView, AlarmView, ArchiveLine, ClosingView, DayView, TicketLine, TicketView,
};
use crate::mesh::{MeshAnswer, MeshQuery};
use crate::view::{
    BasketView, CustomerView, EchoView, KitchenView, OrderCard, PriceView, PrintJobView,
    PrinterLine, ReceiptView, SafetyView, SessionView, SettingsView,
};
use domain::catalogue::Catalogue;
use domain::configured::Configured;
use domain::id::OrderId;
use serde::{Deserialize, Serialize};

/// A question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Query {
    /// Whether this PC is set up, who may sign in and who is.
    Session,
    /// The menu in force.
    Menu,
    /// The order being taken.
    Basket,
    /// What an order line typed so far means: the live echo.
    Echo {
        /// What is typed so far.
        text: String,
        /// The byte before which the cursor stands: an unfinished word there is no mistake yet.
        cursor: Option<usize>,
    },
    /// What a configuration would cost, and whether it can be sold.
    Price {
        /// What is being put together.
        item: Configured,
    },
    /// Every open order of the shop, whoever took it, and those handed over in the last minutes.
    Orders,
    /// One order, with its lines.
    Order {
        /// Which.
        order: OrderId,
    },
    /// The kitchen's queue.
    Kitchen,
    /// How safe the shop is: the one line, and what is behind it.
    Safety,
    /// Customers whose telephone holds these digits or whose name holds these letters.
    Customers {
        /// At least 2 characters.
        text: String,
    },
    /// Print jobs that are not simply done.
    PrintJobs,
    /// The printers of this PC, and how each is.
    Printers,
    /// A ticket as it would be printed, for the screen.
    Receipt {
        /// Its number.
        ticket: String,
    },
    /// Printer, peers, versions.
    Settings,
    /// The drawer and the business day.
    Day,
    /// A closing's figures.
    Closing {
        /// Its number.
        number: String,
    },
    /// Tickets, newest first: at most 100.
    Tickets {
        /// Digits of the number, or the order's label; empty for all.
        text: String,
        /// The business day, ISO; `None` for the last 7.
        date: Option<String>,
    },
    /// One ticket, to correct it or print it again.
    Ticket {
        /// Its number.
        number: String,
    },
    /// « À propos ».
    About,
    /// The archives made here, newest first.
    Archives,
    /// What somebody has to look at, newest first: at most 50.
    Alarms,
    /// The shop's workstations among themselves.
    Mesh(MeshQuery),
}

/// What a query answers; each variant to the query of its name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// To [`Query::Session`].
    Session(SessionView),
    /// To [`Query::Menu`]: `None` while none has arrived.
    Menu(Option<Catalogue>),
    /// To [`Query::Basket`].
    Basket(BasketView),
    /// To [`Query::Echo`].
    Echo(EchoView),
    /// To [`Query::Price`].
    Price(PriceView),
    /// To [`Query::Orders`].
    Orders(Vec<OrderCard>),
    /// To [`Query::Order`].
    Order(Box<OrderCard>),
    /// To [`Query::Kitchen`].
    Kitchen(KitchenView),
    /// To [`Query::Safety`].
    Safety(SafetyView),
    /// To [`Query::Customers`]: at most 20.
    Customers(Vec<CustomerView>),
    /// To [`Query::PrintJobs`].
    PrintJobs(Vec<PrintJobView>),
    /// To [`Query::Printers`].
    Printers(Vec<PrinterLine>),
    /// To [`Query::Receipt`].
    Receipt(ReceiptView),
    /// To [`Query::Settings`].
    Settings(SettingsView),
    /// To [`Query::Day`].
    Day(Box<DayView>),
    /// To [`Query::Closing`].
    Closing(Box<ClosingView>),
    /// To [`Query::Tickets`].
    Tickets(Vec<TicketLine>),
    /// To [`Query::Ticket`].
    Ticket(Box<TicketView>),
    /// To [`Query::About`].
    About(AboutView),
    /// To [`Query::Archives`].
    Archives(Vec<ArchiveLine>),
    /// To [`Query::Alarms`].
    Alarms(Vec<AlarmView>),
    /// To [`Query::Mesh`].
    Mesh(MeshAnswer),
}
