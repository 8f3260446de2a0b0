//! What is to become a ticket: everything decided, nothing numbered or signed yet.

use super::document::Original;
use crate::Money;
use crate::time::{Date, Moment};
use crate::vat::{Class, Mode, Rate};
use alloc::string::String;
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};

/// What a document records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operation {
    /// A sale.
    #[serde(rename = "VENTE")]
    Sale,
    /// Something sold is taken back, whole or in part: its lines, tax and payments are the negative
    /// of what was sold.
    #[serde(rename = "AVOIR")]
    CreditNote,
    /// A payment was recorded with the wrong means: no lines, the wrong payments negative, the right
    /// ones positive, 0 altogether.
    #[serde(rename = "CORRECTION_PAIEMENT")]
    PaymentCorrection,
}

impl Operation {
    /// The name in base strings.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Sale => "VENTE",
            Self::CreditNote => "AVOIR",
            Self::PaymentCorrection => "CORRECTION_PAIEMENT",
        }
    }
}

/// The way an order came in.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, minicbor::Encode, minicbor::Decode,
)]
#[cbor(index_only)]
pub enum Channel {
    /// At the counter.
    #[n(0)]
    #[serde(rename = "COMPTOIR")]
    Counter,
    /// By telephone.
    #[n(1)]
    #[serde(rename = "TELEPHONE")]
    Phone,
    /// From the web shop.
    #[n(2)]
    #[serde(rename = "WEB")]
    Web,
    /// Through a delivery platform.
    #[n(3)]
    #[serde(rename = "PLATEFORME")]
    Platform,
}

/// A means of payment.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    minicbor::Encode,
    minicbor::Decode,
)]
#[cbor(index_only)]
pub enum Means {
    /// Euro cash: the only means that gives change.
    #[n(0)]
    #[serde(rename = "ESPECES")]
    Cash,
    /// A bank card.
    #[n(1)]
    #[serde(rename = "CARTE")]
    Card,
    /// Paper meal vouchers.
    #[n(2)]
    #[serde(rename = "TITRE_RESTAURANT")]
    MealVoucher,
    /// A cheque.
    #[n(3)]
    #[serde(rename = "CHEQUE")]
    Cheque,
    /// A staff meal.
    #[n(4)]
    #[serde(rename = "REPAS_DU_PERSONNEL")]
    Staff,
    /// A meal voucher card, debited to the cent.
    #[n(5)]
    #[serde(rename = "CARTE_TITRE_RESTAURANT")]
    MealVoucherCard,
    /// Not paid yet and owed by the customer: a delivery that left unpaid. A correction of the
    /// payment settles it.
    #[n(6)]
    #[serde(rename = "CREANCE")]
    Receivable,
}

impl Means {
    /// Whether more may be tendered than is due, and change be given.
    #[must_use]
    pub const fn gives_change(self) -> bool {
        match self {
            Self::Cash => true,
            Self::Card
            | Self::MealVoucher
            | Self::Cheque
            | Self::Staff
            | Self::MealVoucherCard
            | Self::Receivable => false,
        }
    }

    /// Whether it is a card's, whose outcome can be unknown.
    #[must_use]
    pub const fn is_card(self) -> bool {
        match self {
            Self::Card | Self::MealVoucherCard => true,
            Self::Cash | Self::MealVoucher | Self::Cheque | Self::Staff | Self::Receivable => false,
        }
    }
}

/// A line of a sale, with everything copied that a reader needs: a product may be renamed, a
/// ticket may not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The order line that this settles.
    pub line: [u8; 8],
    /// The product's name as sold.
    pub label: String,
    /// Size, halves, options: what is printed below the label.
    pub details: Vec<String>,
    /// The product's code.
    pub sku: String,
    /// How many, in thousandths: 2,000 is two.
    pub qty_m: u32,
    /// The price of one, tax included, before any discount.
    pub unit_ttc: Money,
    /// What is taken off the line: from 0 to the whole of it. A free line keeps its price.
    pub discount: Money,
    /// Why; required where there is a discount.
    pub discount_reason: Option<String>,
    /// The amount of the line: [`Line::gross`] less the discount; on a credit note the opposite of
    /// that, price, quantity and discount being as they were sold.
    pub ttc: Money,
    /// The tax class, for the reason of the rate.
    pub class: Class,
    /// The rate, by mode and date.
    pub rate: Rate,
}

impl Line {
    /// Unit price times quantity, rounded to the cent, half away from zero; `None` where that is
    /// beyond 64 bits.
    #[must_use]
    pub fn gross(&self) -> Option<Money> {
        gross(self.unit_ttc, self.qty_m)
    }
}

/// Unit price times a quantity in thousandths, as [`Line::gross`].
pub(super) fn gross(unit_ttc: Money, qty_m: u32) -> Option<Money> {
    let thousandths = i128::from(unit_ttc.cents()).saturating_mul(qty_m.into());
    let half = if thousandths < 0 { -500 } else { 500 };
    let cents = thousandths.saturating_add(half).checked_div(1_000)?;
    i64::try_from(cents).ok().map(Money::from_cents)
}

/// The code of the lines that are the delivery fee.
pub const DELIVERY_FEE: &str = "LIVRAISON";

/// What is still open about a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PaymentState {
    /// The terminal's answer was not seen: somebody has to look at the terminal's own list, and
    /// correct the payment if it did not go through.
    #[serde(rename = "A_VERIFIER")]
    ToVerify,
}

/// A payment, or part of one. What is given back, on a credit note or as the wrong side of a
/// correction, has a negative amount, tendered the same, and no change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// With what.
    pub means: Means,
    /// What it pays of the ticket: tendered less change and less what is forfeited; never 0.
    pub amount: Money,
    /// What the customer handed over.
    pub tendered: Money,
    /// What he got back, in cash.
    pub change: Money,
    /// The terminal's or the voucher's reference; never a card number.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reference: Option<String>,
    /// Where its outcome is not known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub state: Option<PaymentState>,
    /// Who issued the meal vouchers.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub issuer: Option<String>,
    /// How many paper vouchers, taken or (with a negative amount) given back; 0 for other means.
    #[serde(skip_serializing_if = "is_zero", default)]
    pub vouchers: u32,
    /// What of paper vouchers' face value is beyond the amount: no change is given on them (Code du
    /// travail R. 3262-10), and the customer left it. Tendered less change is amount plus this.
    #[serde(skip_serializing_if = "is_nothing", default)]
    pub forfeited: Money,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "what serde asks for")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

fn is_nothing(amount: &Money) -> bool {
    *amount == Money::ZERO
}

impl Payment {
    /// A payment of exactly this amount.
    #[must_use]
    pub const fn exact(means: Means, amount: Money) -> Self {
        Self {
            means,
            amount,
            tendered: amount,
            change: Money::ZERO,
            reference: None,
            state: None,
            issuer: None,
            vouchers: 0,
            forfeited: Money::ZERO,
        }
    }
}

/// Who sells and with which software, copied into every document (Code com. R. 123-237).
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, minicbor::Encode, minicbor::Decode,
)]
pub struct Issuer {
    /// The shop's name.
    #[n(0)]
    pub shop_name: String,
    /// The company, with its legal form and capital.
    #[n(1)]
    pub legal_entity: String,
    /// The shop's address, on one line.
    #[n(2)]
    pub address: String,
    /// SIREN: 9 digits.
    #[n(3)]
    pub siren: String,
    /// The register and its town: `RCS Paris`.
    #[n(4)]
    pub rcs: String,
    /// SIRET: 14 digits.
    #[n(5)]
    pub siret: String,
    /// NAF (APE) code.
    #[n(6)]
    pub naf: String,
    /// Intra-community VAT number.
    #[n(7)]
    pub vat_number: String,
    /// The software's name.
    #[n(8)]
    pub software: String,
    /// The version of the fiscal core: [`crate::VERSION`].
    #[n(9)]
    pub fiscal_version: String,
    /// The hash of the build.
    #[n(10)]
    pub build: String,
}

/// A sale, decided: what [`super::TicketSeries::issue`] makes a ticket of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What it records.
    pub operation: Operation,
    /// The ticket that a credit note or a correction is about.
    pub original: Option<Original>,
    /// Why, by a code of a closed list: of credit notes and corrections.
    pub reason: Option<String>,
    /// The order, as people name it.
    pub order: String,
    /// The way it came in.
    pub channel: Channel,
    /// How it leaves.
    pub mode: Mode,
    /// The code of whoever takes the money.
    pub operator: String,
    /// When.
    pub moment: Moment,
    /// The business day it counts in.
    pub business_date: Date,
    /// Who sells.
    pub issuer: Issuer,
    /// What.
    pub lines: Vec<Line>,
    /// How it is paid: in full.
    pub payments: Vec<Payment>,
    /// What earlier tickets of the same order took in cash: the ceiling is for the whole sale.
    /// It is not part of the document.
    pub cash_taken_before: Money,
}
