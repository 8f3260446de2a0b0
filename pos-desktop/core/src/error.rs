//! Why a command or a query was not done: for the log whole, for the screen a [`Code`].

use crate::keystore::KeyStoreError;
use crate::store::StoreError;
use domain::configured::ConfigurationRefused;
use domain::order;
use domain::typed::Problem;
use fiscal::Money;
use fiscal::record::RecordRefused;
use fiscal::ticket::TicketRefused;
use fiscal::vat::NoRate;
use pos_api::{Code, Failure};

/// Why something was not done. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file.
    #[error("the store: {0}")]
    Store(#[from] StoreError),
    /// The token that wraps the key.
    #[error("the keystore: {0}")]
    KeyStore(#[from] KeyStoreError),
    /// The screen gave this reason itself: a wrong PIN, an unknown line.
    #[error("refused: {0:?}")]
    Refused(Code),
    /// The configuration cannot be sold.
    #[error("the configuration: {0}")]
    Configuration(#[from] ConfigurationRefused),
    /// Something typed was not understood.
    #[error("typed: {} problems", .0.len())]
    Typed(Vec<Problem>),
    /// The ticket was not signed.
    #[error("the ticket: {0}")]
    Ticket(#[from] TicketRefused),
    /// A closing, an event or another signed document was not signed.
    #[error("the document: {0}")]
    Record(#[from] RecordRefused),
    /// No VAT rate is in force for something in the basket.
    #[error("no VAT rate: {0}")]
    NoRate(#[from] NoRate),
    /// The order does not allow it.
    #[error("the order: {why}")]
    Order {
        /// What the decision said.
        why: String,
        /// What the screen is told.
        code: Code,
    },
    /// The payments do not cover what is due.
    #[error("{given:?} given for {due:?}")]
    NotEnough {
        /// What is due.
        due: Money,
        /// What was given.
        given: Money,
    },
    /// More cash would leave the drawer than should be in it.
    #[error("{amount:?} to leave a drawer with {theoretical:?}")]
    DrawerShort {
        /// What should be in it.
        theoretical: Money,
        /// What would leave it.
        amount: Money,
    },
    /// The centre did not answer.
    #[error("the centre: {0}")]
    Centre(String),
    /// A fault of ours.
    #[error("fault: {0}")]
    Fault(String),
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Self::Refused(code)
    }
}

impl Error {
    /// What the screen is told.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Store(error) if error.is_disk_full() => Code::DiskFull,
            Self::Store(StoreError::Newer { .. }) => Code::NewerDatabase,
            Self::Store(_) => Code::Storage,
            Self::KeyStore(_) => Code::KeyStore,
            Self::Refused(code) => code.clone(),
            Self::Configuration(refused) => Code::Configuration(refused.clone()),
            Self::Typed(problems) => Code::Typed { problems: problems.clone() },
            Self::Ticket(refused) => ticket_code(refused),
            Self::Record(_) | Self::NoRate(_) | Self::Fault(_) => Code::Unexpected,
            Self::Order { code, .. } => code.clone(),
            Self::NotEnough { due, given } => Code::NotEnough { due: *due, given: *given },
            Self::DrawerShort { theoretical, .. } => {
                Code::DrawerShort { theoretical: *theoretical }
            }
            Self::Centre(_) => Code::CentreUnreachable,
        }
    }

    /// Whether the file may be damaged.
    #[must_use]
    pub fn is_damage(&self) -> bool {
        match self {
            Self::Store(error) => error.is_damage(),
            Self::KeyStore(_)
            | Self::Refused(_)
            | Self::Configuration(_)
            | Self::Typed(_)
            | Self::Ticket(_)
            | Self::Record(_)
            | Self::NoRate(_)
            | Self::Order { .. }
            | Self::NotEnough { .. }
            | Self::DrawerShort { .. }
            | Self::Centre(_)
            | Self::Fault(_) => false,
        }
    }

    /// What crosses to the screen, logged here, once, under a reference the person can read out.
    #[must_use]
    pub fn into_failure(self, reference: String) -> Failure {
        let code = self.code();
        match &self {
            Self::Store(_)
            | Self::KeyStore(_)
            | Self::Fault(_)
            | Self::NoRate(_)
            | Self::Record(_) => {
                tracing::error!(reference, error = %self, "not done");
            }
            Self::Refused(_)
            | Self::Configuration(_)
            | Self::Typed(_)
            | Self::Ticket(_)
            | Self::Order { .. }
            | Self::NotEnough { .. }
            | Self::DrawerShort { .. }
            | Self::Centre(_) => tracing::info!(reference, error = %self, "refused"),
        }
        Failure { code, reference }
    }
}

fn ticket_code(refused: &TicketRefused) -> Code {
    match refused {
        TicketRefused::CashOverCeiling { .. } => {
            Code::CashOverCeiling { ceiling: fiscal::ticket::CASH_CEILING }
        }
        TicketRefused::PaymentsDoNotCover { due, paid } => {
            Code::NotEnough { due: *due, given: *paid }
        }
        TicketRefused::NoLines => Code::EmptyBasket,
        TicketRefused::CardNumber { .. } => Code::Reference,
        TicketRefused::WithoutOriginal
        | TicketRefused::SaleWithOriginal
        | TicketRefused::CorrectionWithLines
        | TicketRefused::LineTwice { .. }
        | TicketRefused::OutOfRange
        | TicketRefused::LineAmountWrong { .. }
        | TicketRefused::DiscountWithoutReason { .. }
        | TicketRefused::PaymentAmountWrong { .. }
        | TicketRefused::VouchersOnOther { .. }
        | TicketRefused::StateOnOther { .. }
        | TicketRefused::ChangeWithoutCash { .. }
        | TicketRefused::CorrectionOneSided
        | TicketRefused::NumberExhausted
        | TicketRefused::CommaInField { .. }
        | TicketRefused::TooLong { .. } => Code::Unexpected,
    }
}

/// Turns the refusals of an order's decisions into what the screen is told.
macro_rules! order_refusals {
    ($($name:ident { $($variant:pat => $code:expr),+ $(,)? })+) => {
        $(
            impl From<order::$name> for Error {
                fn from(refused: order::$name) -> Self {
                    use order::$name::*;
                    let code = match refused {
                        $($variant => $code,)+
                    };
                    Self::Order { why: refused.to_string(), code }
                }
            }
        )+
    };
}

order_refusals! {
    OpenRefused { AlreadyOpen | NoLabel => Code::Unexpected }
    LinesRefused {
        Unknown => Code::NoSuchOrder,
        Cancelled | HandedOver => Code::OrderClosed,
        NoLines => Code::EmptyBasket,
        TooManyLines => Code::TooManyLines,
        NoQuantity(_) => Code::Quantity,
        ImpossiblePrice(_) | LineTwice(_) | OtherMenu(_) => Code::Unexpected,
    }
    LineCancelRefused {
        Unknown => Code::NoSuchOrder,
        NoSuchLine => Code::NoSuchLine,
        AlreadyCancelled | Settled | HandedOver => Code::OrderClosed,
    }
    ModeRefused {
        Unknown => Code::NoSuchOrder,
        Cancelled | HandedOver | Settled => Code::OrderClosed,
    }
    PromiseRefused {
        Unknown => Code::NoSuchOrder,
        Cancelled | HandedOver => Code::OrderClosed,
        Past => Code::Promise,
    }
    CustomerRefused { Unknown => Code::NoSuchOrder, Cancelled => Code::OrderClosed }
    HoldRefused { Unknown => Code::NoSuchOrder, Cancelled | HandedOver => Code::OrderClosed }
    ResumeRefused { Unknown => Code::NoSuchOrder, Cancelled => Code::OrderClosed }
    SendRefused {
        Unknown => Code::NoSuchOrder,
        Cancelled | Held => Code::OrderClosed,
        NothingToSend => Code::EmptyBasket,
    }
    CancelRefused {
        Unknown => Code::NoSuchOrder,
        AlreadyCancelled | Settled | HandedOver => Code::OrderClosed,
    }
    SettleRefused {
        Unknown => Code::NoSuchOrder,
        Cancelled | LineCancelled(_) | AlreadySettled(_) => Code::OrderClosed,
        NoLines => Code::EmptyBasket,
        NoSuchLine(_) | LineTwice(_) => Code::Unexpected,
    }
    DiscountRefused {
        Unknown => Code::NoSuchOrder,
        NoSuchLine => Code::NoSuchLine,
        Cancelled | Settled => Code::OrderClosed,
        Negative | AboveTotal(_) => Code::DiscountAmount,
    }
    FeeRefused {
        Unknown => Code::NoSuchOrder,
        Cancelled | Settled => Code::OrderClosed,
        NotDelivered | Impossible => Code::Unexpected,
    }
    HandOverRefused {
        Unknown => Code::NoSuchOrder,
        Cancelled | AlreadyHandedOver | Empty => Code::OrderClosed,
        NotPaid(due) => Code::NotPaid { due },
    }
}
