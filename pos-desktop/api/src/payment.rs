//! Money: what is given, taken back, corrected, taken off.

use domain::id::{LineId, OrderId};
use domain::order::DiscountReason;
use fiscal::Money;
use serde::{Deserialize, Serialize};

/// A means of payment that this till takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Means {
    /// Coins and notes; gives change.
    Cash,
    /// A card, on the bank's own terminal: the amount is confirmed by hand.
    Card,
    /// Paper meal vouchers: what is given is their face value.
    MealVoucher,
    /// A meal voucher card, to the cent.
    MealVoucherCard,
    /// A cheque, to the cent.
    Cheque,
    /// A staff meal: a manager allows it.
    Staff,
    /// Nothing yet: a delivery that left unpaid, owed by the customer. A manager allows it.
    Receivable,
}

/// What the customer gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tender {
    /// How.
    pub means: Means,
    /// How much was handed over; of paper vouchers, their face value.
    pub given: Money,
    /// The terminal's, cheque's or voucher's reference: up to 32 characters, never a card number.
    pub reference: String,
    /// Card: the terminal's answer was not seen. The payment counts, and is to be verified.
    pub to_verify: bool,
    /// Vouchers: who issued them, as [`VOUCHER_ISSUERS`] or otherwise. Empty for other means.
    pub issuer: String,
    /// How many paper vouchers.
    pub vouchers: u32,
    /// Paper vouchers worth more than is due: the customer leaves the rest, for no change is given.
    pub forfeit: bool,
    /// Staff meals and what is owed: the manager, where the operator alone may not.
    #[serde(default)]
    pub approval: Option<Approval>,
}

/// Who issues most meal vouchers in France.
pub const VOUCHER_ISSUERS: [&str; 5] = ["Edenred", "Pluxee", "Swile", "Up", "Bimpli"];

impl Tender {
    /// So much by this means, with nothing else to say.
    #[must_use]
    pub const fn of(means: Means, given: Money) -> Self {
        Self {
            means,
            given,
            reference: String::new(),
            to_verify: false,
            issuer: String::new(),
            vouchers: 0,
            forfeit: false,
            approval: None,
        }
    }

    /// So much in cash.
    #[must_use]
    pub const fn cash(given: Money) -> Self {
        Self::of(Means::Cash, given)
    }
}

/// A manager who stands beside the operator and allows what the operator may not do.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// The manager's code.
    pub manager: String,
    /// The manager's PIN.
    pub pin: String,
}

/// Without the PIN, which has no place in a log.
impl core::fmt::Debug for Approval {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Approval").field("manager", &self.manager).finish_non_exhaustive()
    }
}

/// What is taken off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DiscountAmount {
    /// So much; 0 takes a discount away again.
    Amount(Money),
    /// So many percent, 1 to 100.
    Percent(u8),
}

/// Takes something off the price of the basket or of an open order, with reason and right: the
/// counter may give [`COUNTER_PERCENT`] percent of a line; more, and free items, a manager allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discount {
    /// An open order; `None` for the basket.
    pub order: Option<OrderId>,
    /// One line; `None` spreads it over all of them by their price.
    pub line: Option<LineId>,
    /// How much.
    pub amount: DiscountAmount,
    /// Why.
    pub reason: DiscountReason,
    /// Where the operator alone may not.
    pub approval: Option<Approval>,
}

/// The most that the counter may take off without a manager.
pub const COUNTER_PERCENT: u8 = 20;

/// What is done about a ticket that was paid. Nothing paid is ever changed: each of these is a new
/// signed ticket that names the old one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Correction {
    /// Takes something back and gives its money back: a credit note (« avoir »).
    CreditNote {
        /// The ticket's number.
        ticket: String,
        /// What of it; empty for all that is left of it.
        lines: Vec<CreditLine>,
        /// How the money goes back, positive amounts; empty for the means it was paid with.
        back: Vec<Tender>,
        /// Why.
        reason: CreditReason,
        /// The manager, where the operator alone may not.
        approval: Option<Approval>,
    },
    /// The money was recorded under the wrong means, or a card payment did not go through.
    Payment {
        /// The ticket's number.
        ticket: String,
        /// Which of its payments, from 0.
        payment: usize,
        /// What it was really paid with; together the same amount.
        tenders: Vec<Tender>,
        /// Why.
        reason: PaymentReason,
        /// The manager, where the operator alone may not.
        approval: Option<Approval>,
    },
    /// A card payment that was to be verified went through: the terminal's own list says so.
    Verified {
        /// The ticket's number.
        ticket: String,
        /// Which of its payments, from 0.
        payment: usize,
        /// The terminal's reference.
        reference: String,
    },
}

/// A line of a ticket that is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditLine {
    /// Which.
    pub line: LineId,
    /// How many, in thousandths.
    pub qty_m: u32,
}

/// Why something is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CreditReason {
    /// The customer is not content.
    Complaint,
    /// Something was missing, or not what was ordered.
    WrongItem,
    /// It was keyed in wrongly.
    Mistake,
    /// It was never delivered or fetched.
    NotDelivered,
    /// It was paid twice.
    PaidTwice,
}

/// Why a payment is corrected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PaymentReason {
    /// The wrong means was keyed in.
    WrongMeans,
    /// The terminal refused it after all.
    Declined,
    /// What was owed is paid now.
    Settled,
}

impl CreditReason {
    /// Every one.
    pub const ALL: [Self; 5] =
        [Self::Complaint, Self::WrongItem, Self::Mistake, Self::NotDelivered, Self::PaidTwice];

    /// The reason's name in documents, for ever the same.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Complaint => "RECLAMATION",
            Self::WrongItem => "PRODUIT_ERRONE",
            Self::Mistake => "ERREUR_DE_SAISIE",
            Self::NotDelivered => "NON_LIVRE",
            Self::PaidTwice => "PAYE_DEUX_FOIS",
        }
    }
}

impl PaymentReason {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::WrongMeans, Self::Declined, Self::Settled];

    /// The reason's name in documents, for ever the same.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::WrongMeans => "ERREUR_DE_MOYEN",
            Self::Declined => "PAIEMENT_REFUSE",
            Self::Settled => "CREANCE_REGLEE",
        }
    }
}
