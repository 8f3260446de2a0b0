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
    /// No printer is set for that paper, or none of that name.
    NoPrinter,
    /// Two printers of one name, a name that is none, or a paper or the drawer on two printers.
    Printers,
    /// The address is none.
    Address,
    /// No such print job, or it is done.
    NoSuchJob,
    /// A manager must allow this, with a PIN.
    NeedsManager,
    /// Meal vouchers pay food and drinks without alcohol only.
    VoucherNotEligible {
        /// What of the sale they may pay.
        eligible: Money,
    },
    /// A customer may pay so much a day with meal vouchers (Code du travail art. R. 3262-10).
    VoucherOverCap {
        /// The cap.
        cap: Money,
        /// What was paid with them today already.
        used: Money,
    },
    /// Meal vouchers are not taken on Sundays and public holidays here.
    VoucherDay,
    /// Paper vouchers are not taken any more.
    VoucherPaperEnded,
    /// No change is given on this means: the amount is to be exact.
    NoChange {
        /// What is due by it at most.
        due: Money,
    },
    /// This shop takes no cheques.
    NoCheques,
    /// A reference longer than 32 characters, or one that looks like a card number.
    Reference,
    /// A discount below 0 or above the price.
    DiscountAmount,
    /// More is taken back than was sold, or nothing.
    CreditAmount,
    /// The ticket was sold on another workstation, or is none of a sale.
    NotOwnTicket,
    /// That payment is not one that can be corrected so.
    NotThatPayment,
    /// The business day is open already, or is not.
    DayState,
    /// The clock leapt, or the shop was closed for long: a person must say which day it is.
    WhichDay {
        /// The day the clock says, ISO.
        clock: String,
    },
    /// More cash would leave the drawer than should be in it.
    DrawerShort {
        /// What should be in it.
        theoretical: Money,
    },
    /// There is nothing to archive, purge or export in that period.
    NothingThere,
    /// A date cannot be read, or the period ends before it begins.
    Period,
    /// The folder cannot be written.
    Folder,
    /// A SIREN or SIRET that is none, or a buyer without a name.
    Buyer,
    /// The shop's legal identity is not complete: no invoice, no attestation.
    NoLegalIdentity,
    /// Training is on, or is not.
    TrainingState,
    /// This cannot be done in training.
    InTraining,
    /// There is no centre whose page a receipt's link could show.
    NoCentre,
    /// No such closing on this workstation.
    NoSuchClosing,
    /// No such alarm, or somebody took note already.
    NoSuchAlarm,
    /// The order was opened on another workstation: leave to take its money was asked for, and comes
    /// within seconds.
    PaymentAsked,
    /// The order's money is being taken on another workstation.
    PaymentElsewhere {
        /// Its label.
        label: String,
    },
    /// No such workstation in this shop, or it was ended already.
    NoSuchWorkstation,
    /// That workstation answers: it is not dead.
    WorkstationAlive,
    /// This workstation was declared dead: what it holds is handed over, and it sells no more.
    Ended,
    /// A living workstation of the shop has that label: it must be ended first.
    LabelTaken,
    /// Nobody of that key asks to be let in, or asks no more.
    NoSuchJoiner,
    /// A drill runs already, or none does.
    DrillState,
    /// A drill lasts 1 to 60 minutes.
    DrillMinutes,
    /// The database is damaged, and is being set aside and fetched again.
    Damaged,
    /// The token that opens this workstation's key cannot be used: nothing can be signed.
    KeyStore,
    /// The local disk is full: nothing was recorded.
    DiskFull,
    /// The database was made by a newer version of the program.
    NewerDatabase,
    /// The database cannot be read or written.
    Storage,
    /// A fault of ours: nothing was changed.
    Unexpected,
}
