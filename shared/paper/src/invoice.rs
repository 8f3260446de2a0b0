//! French invoices, for people and for programs.
//!
//! An [`Invoice`] holds every mention that the law asks for (CGI ann. II art. 242 nonies A, Code de
//! commerce art. L. 441-9 and R. 123-237) and what EN 16931 calls by numbers (BT-1 and so on). It
//! comes out as a page ([`Invoice::to_pdf`]) that carries its own data ([`Invoice::to_cii`]), in the
//! EN 16931 profile of Factur-X. Figures are those of the ticket: nothing is worked out again here,
//! but what does not add up is refused.

mod check;
mod cii;
mod page;
mod price;
mod words;

pub use check::Inconsistent;

use crate::PaperError;
use fiscal::Money;
use fiscal::time::{Date, Moment};
use fiscal::vat::Rate;

/// A French invoice or credit note. Amounts of both are positive: a credit note of 10.00 gives 10.00
/// back, and its kind says so (a ticket has -10.00 there).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invoice {
    /// Invoice or credit note.
    pub kind: Kind,
    /// Its number in its series, without gaps (BT-1).
    pub number: String,
    /// The day it is issued (BT-2).
    pub issued: Date,
    /// The day of the delivery or service (BT-72).
    pub delivered: Date,
    /// The till's tickets that it is about; an invoice adds nothing to them (BT-18, the first).
    pub tickets: Vec<TicketReference>,
    /// In a box on every page: DUPLICATA and its number, FACTICE.
    pub stamp: Option<String>,
    /// What was sold, goods or services (242 nonies A, 12°; BT-23).
    pub operation: Operation,
    /// Whether the seller opted to pay VAT on debits (242 nonies A, 12°; BT-8).
    pub vat_on_debits: bool,
    /// Who sold.
    pub seller: Seller,
    /// Who bought.
    pub buyer: Buyer,
    /// Where it was delivered, if that is not the buyer's address.
    pub delivered_to: Option<Address>,
    /// What was sold, in the order of the ticket.
    pub lines: Vec<InvoiceLine>,
    /// The totals of each rate, as on the ticket.
    pub rates: Vec<RateTotal>,
    /// Without VAT (BT-109).
    pub total_net: Money,
    /// The VAT (BT-110).
    pub total_vat: Money,
    /// With VAT (BT-112).
    pub total_gross: Money,
    /// What was paid already, or given back; it is not more than the total.
    pub payments: Vec<Payment>,
    /// Until when what is left must be paid, if anything is (BT-9).
    pub due: Option<Date>,
    /// The penalty for late payment, a year (Code com. L. 441-10 II). None is what the law says where
    /// nobody says otherwise: the European Central Bank's rate and 10 points.
    pub late_rate: Option<Rate>,
    /// Anything else to be said, a paragraph each.
    pub notes: Vec<String>,
}

/// What the document is (BT-3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// *Facture*, 380.
    Invoice,
    /// *Avoir*, 381.
    CreditNote {
        /// The number of the invoice that it corrects (BT-25).
        of: String,
        /// The day that one was issued (BT-26).
        of_date: Date,
        /// Why.
        reason: String,
    },
}

/// A ticket of the till.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketReference {
    /// Its number.
    pub number: String,
    /// Its business day.
    pub date: Date,
}

/// What is sold: the law wants it said, and e-reporting counts them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// *Livraison de biens*: taken away or delivered.
    Goods,
    /// *Prestation de services*: eaten on site.
    Services,
    /// Both.
    Mixed,
}

/// A postal address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// Number and street, and up to two lines more.
    pub lines: Vec<String>,
    /// The postcode.
    pub postcode: String,
    /// The city.
    pub city: String,
    /// ISO 3166-1, two letters: `FR`; overseas `GP`, `MQ`, `RE`, `GF`, `YT`.
    pub country: String,
}

/// Who sells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seller {
    /// The legal entity: *dénomination sociale*, or name and *EI* (BT-27).
    pub name: String,
    /// The shop's name, if it is another (BT-28).
    pub trading_name: String,
    /// The legal form and capital: `SAS au capital de 10 000 €` (BT-33).
    pub legal_form: String,
    /// The shop's address.
    pub address: Address,
    /// Nine digits (BT-30).
    pub siren: String,
    /// Fourteen digits (BT-29).
    pub siret: String,
    /// The register of commerce and its city: `RCS Lyon`.
    pub rcs: String,
    /// The activity's code.
    pub naf: String,
    /// The VAT number; empty where there is none, in Guyane and Mayotte (BT-31).
    pub vat_number: String,
    /// For questions, or empty.
    pub phone: String,
    /// For questions, or empty.
    pub email: String,
}

/// Who buys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Buyer {
    /// The person's or company's name (BT-44).
    pub name: String,
    /// Its address.
    pub address: Address,
    /// A company's nine digits (BT-47), or empty.
    pub siren: String,
    /// A company's VAT number (BT-48), or empty.
    pub vat_number: String,
    /// The buyer's own reference for whoever books the invoice, or empty (BT-10).
    pub reference: String,
}

impl Buyer {
    /// Whether this is a company: what the law says of late payments is then printed.
    #[must_use]
    pub fn is_company(&self) -> bool {
        !self.siren.is_empty() || !self.vat_number.is_empty()
    }
}

/// Which VAT is due, or why none is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Vat {
    /// A rate above zero: category S.
    Rate(Rate),
    /// Guyane and Mayotte, where the tax does not exist for the time being (CGI art. 294): outside its
    /// scope, category O. Nothing else may stand on such an invoice, and no VAT number (BR-O-02 to
    /// BR-O-14); its data leave the number out where the page prints it.
    NotApplicable,
    /// The small business that is exempt (CGI art. 293 B): category E.
    Exempt,
}

impl Vat {
    /// The rate, which is zero where no tax is due.
    #[must_use]
    pub fn rate(self) -> Rate {
        match self {
            Self::Rate(rate) => rate,
            Self::NotApplicable | Self::Exempt => Rate(0),
        }
    }
}

/// A line. What it costs a unit follows from net and quantity: tickets are made from prices with
/// VAT, and a net price in whole cents would not give the ticket's total.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceLine {
    /// What it is (BT-153).
    pub label: String,
    /// Size, toppings, a discount's reason (BT-154).
    pub details: Vec<String>,
    /// How many, in thousandths; above zero (BT-129).
    pub qty_m: u32,
    /// Which VAT.
    pub vat: Vat,
    /// Without VAT, after discounts; below zero for what is taken off (BT-131).
    pub net: Money,
    /// With VAT.
    pub gross: Money,
}

/// The totals of a rate (BG-23).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateTotal {
    /// Which VAT.
    pub vat: Vat,
    /// Without VAT (BT-116).
    pub net: Money,
    /// The VAT (BT-117).
    pub tax: Money,
    /// With VAT.
    pub gross: Money,
}

/// What was paid (BG-16), less change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// By what.
    pub means: PaymentMeans,
    /// How much.
    pub amount: Money,
    /// The day.
    pub date: Date,
}

/// By what something is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentMeans {
    /// Coins and notes, 10 of UNTDID 4461.
    Cash,
    /// A cheque, 20.
    Cheque,
    /// A bank card, 48.
    Card,
    /// A transfer, 30.
    Transfer,
    /// Meal vouchers on paper or card, 1: the list has no word for them.
    MealVoucher,
    /// Anything else, 1.
    Other,
}

impl Invoice {
    /// What is left to pay, or to give back (BT-115).
    #[must_use]
    pub fn left_to_pay(&self) -> Money {
        self.total_gross - self.paid()
    }

    /// What was paid already (BT-113).
    #[must_use]
    pub fn paid(&self) -> Money {
        self.payments.iter().map(|it| it.amount).sum()
    }

    /// The invoice as data: Cross Industry Invoice D22B as XML, in the profile EN 16931 of Factur-X.
    ///
    /// # Errors
    ///
    /// [`Inconsistent`] where its facts contradict each other or one is missing.
    pub fn to_cii(&self) -> Result<String, Inconsistent> {
        check::check(self)?;
        Ok(cii::write(self))
    }

    /// The invoice as PDF/A-3B with its data attached, made at `created`.
    ///
    /// # Errors
    ///
    /// [`PaperError::Inconsistent`] as in [`Self::to_cii`]; [`PaperError::NotArchivable`] where the
    /// result would not be PDF/A, which is a defect of this crate.
    pub fn to_pdf(&self, created: Moment) -> Result<Vec<u8>, PaperError> {
        let data = self.to_cii()?;
        page::write(self, data, created)
    }
}

#[cfg(test)]
mod tests;
