//! What can be asked without changing anything.

use crate::view::{
    BasketView, CustomerView, EchoView, KitchenView, OrderCard, PriceView, PrintJobView,
    ReceiptView, SafetyView, SessionView, SettingsView,
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
    /// A ticket as it would be printed, for the screen.
    Receipt {
        /// Its number.
        ticket: String,
    },
    /// Printer, peers, versions.
    Settings,
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
    /// To [`Query::Receipt`].
    Receipt(ReceiptView),
    /// To [`Query::Settings`].
    Settings(SettingsView),
}
