//! What a screen may ask of the workstation, and what it is told.
//!
//! A [`Command`] changes something and is durable when it is answered; a [`Query`] changes nothing.
//! The window, the tests and the simulator all speak through these two enums, so they are the whole
//! surface of the program. Views carry codes, numbers and names out of the catalogue: French
//! sentences are made by the screens (`pos-ui/words`), except what is also printed or signed, which
//! is in [`words`] because ticket and screen must say the same.
#![warn(missing_docs)]

mod books;
mod command;
mod failure;
mod mesh;
mod payment;
mod query;
mod view;
pub mod words;

pub use books::{
    AboutView, AlarmKind, AlarmView, ArchiveLine, BooksCommand, Buyer, CashReason, ClosingLine,
    ClosingView, CountView, DayCommand, DayView, DrawerReason, Export, MeansView, OpenOrderView,
    PaperCommand, PaymentView, RateView, TicketLine, TicketLineView, TicketView, ToVerifyView,
    TrainingCommand,
};
pub use command::{
    BasketEdit, Command, KitchenStep, PaperKind, PeerAddress, PrinterRoad, PrinterSettings, Reply,
    Role, SetUp,
};
pub use failure::{Code, Failure};
pub use mesh::{
    BackupLine, BackupTrouble, BackupsView, BranchView, CatchingUp, DrillView, DrillsView,
    FileState, Found, HistoryCause, HistoryView, JoinerView, JoiningView, MeshAnswer, MeshCommand,
    MeshQuery, OwnJoining, WorkstationLine, WorkstationsView,
};
pub use payment::{
    Approval, COUNTER_PERCENT, Correction, CreditLine, CreditReason, Discount, DiscountAmount,
    Means, PaymentReason, Tender, VOUCHER_ISSUERS,
};
pub use query::{Answer, Query};
pub use view::{
    Attention, BasketLine, BasketView, ChangeView, CustomerView, DealView, EchoItem, EchoView,
    Enrolled, KitchenCard, KitchenCause, KitchenLine, KitchenView, LineStage, OperatorView,
    OrderCard, OrderStage, PaidView, PartView, PriceView, PrintJobView, PrinterCause, PrinterLine,
    PrinterView, ReceiptView, Safety, SafetyView, ServerState, SessionView, SettingsView,
};
