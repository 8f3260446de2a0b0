//! Why something was not done or answered.

use domain::configured::ConfigurationRefused;
use domain::typed::Problem;
use fiscal::Money;
use serde::{Deserialize, Serialize};

/// What the screen is told when nothing was changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    /// What to say; the words are the screen's.
    pub code: Code,
    /// What the person reads out on the telephone: the line in the log that says more.
    pub reference: String,
}

/// What happened, as far as some screen acts or speaks differently.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Code {
    /// This PC is not set up yet, or is already.
    SetUpState,
    /// The label, the address or the PIN of the first run is not of its form.
    SetUpInput,
    /// The centre does not answer.
    CentreUnreachable,
    /// The centre does not know the one-time code.
    EnrolmentCodeUnknown,
    /// The one-time code was used before.
    EnrolmentCodeUsed,
    /// The one-time code is older than 15 minutes.
    EnrolmentCodeExpired,
    /// The one-time code is for a PC of another role or label.
    EnrolmentCodeOfAnother,
    /// Nobody is signed in.
    NotSignedIn,
    /// That person may not do this.
    NotAllowed,
    /// Wrong PIN.
    WrongPin {
        /// How many more tries before a pause.
        tries_left: u32,
    },
    /// Too many wrong PINs.
    SignInLocked {
        /// Until another try is taken, in whole seconds.
        seconds: u32,
    },
    /// No menu has arrived yet.
    NoMenu,
    /// The basket is empty.
    EmptyBasket,
    /// The basket has no such line.
    NoSuchLine,
    /// A quantity outside 0 to 99.
    Quantity,
    /// An order holds 500 lines at most.
    TooManyLines,
    /// The configuration cannot be sold.
    Configuration(ConfigurationRefused),
    /// Something typed was not understood.
    Typed {
        /// What, where, and what may have been meant.
        problems: Vec<Problem>,
    },
    /// The promised time cannot be read, or is past.
    Promise,
    /// A delivery needs a name, a telephone number and an address.
    DeliveryNeedsCustomer,
    /// No such order in this shop.
    NoSuchOrder,
    /// The order is paid, cancelled or handed over: this can no longer be done to it.
    OrderClosed,
    /// What is given does not cover what is due.
    NotEnough {
        /// What is due.
        due: Money,
        /// What was given.
        given: Money,
    },
    /// Only a delivery, paid at the door, is handed over unpaid.
    NotPaid {
        /// What is due.
        due: Money,
    },
    /// More cash than the law lets one sale take (CMF art. D. 112-3: 1,000 €).
    CashOverCeiling {
        /// The most that may be cash.
        ceiling: Money,
    },
    /// The order holds entries this version does not understand: it takes no money for it.
    OrderFromNewerVersion,
    /// The kitchen step does not follow from where the line is.
    KitchenStep,
    /// There is nothing to undo.
    NothingToUndo,
    /// No such ticket on this workstation.
    NoSuchTicket,
    /// No printer is set.
    NoPrinter,
    /// The address is none.
    Address,
    /// No such print job, or it is done.
    NoSuchJob,
    /// The local disk is full: nothing was recorded.
    DiskFull,
    /// The database was made by a newer version of the program.
    NewerDatabase,
    /// The database cannot be read or written.
    Storage,
    /// A fault of ours: nothing was changed.
    Unexpected,
}
