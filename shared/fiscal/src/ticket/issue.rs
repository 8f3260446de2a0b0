//! Issuing: a draft is refused, or becomes the next ticket of its series.

use super::Ticket;
use super::base::Base;
use super::check::BrokenTicket;
use super::document::Document;
use super::draft::{Draft, Means, Payment};
use super::sound::{Content, sound};
use super::totals::totals;
use crate::Money;
use crate::base64url;
use crate::jcs::{self, GREATEST};
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use journal::{JournalId, MAX_BODY_BYTES, SigningKey};

/// The most cash that one sale may take: 1,000 € (Code monétaire et financier L. 112-6, D. 112-3).
pub const CASH_CEILING: Money = Money::from_cents(100_000);

/// The last number of a series: six digits. At 200 tickets a day it lasts 13 years; then, or on a
/// new disk, the workstation goes on in a new journal.
pub const LAST_NUMBER: u64 = 999_999;

/// What the next ticket of a till hangs on.
///
/// A series belongs to a journal. Its totals are perpetual: where a journal continues another,
/// the new series starts with the old one's totals and with number 1 under another code.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct TicketSeries {
    /// The till: shop code and label, `P01-C1`.
    #[n(0)]
    pub till: String,
    /// Four characters of the journal's id, which make numbers unique without asking anyone.
    #[n(1)]
    pub code: String,
    /// The next ticket's place: 1 in an empty series.
    #[n(2)]
    pub next: u64,
    /// The last ticket's signature.
    #[n(3)]
    pub previous: Option<String>,
    /// Sales less returns since the till was first used.
    #[n(4)]
    pub perpetual_algebraic: Money,
    /// Sales plus returns since the till was first used: it never falls.
    #[n(5)]
    pub perpetual_absolute: Money,
}

/// Why a draft did not become a ticket. Where several hold, the first in this order is returned.
/// Lines and payments are named by their place, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TicketRefused {
    /// A credit note or a correction does not name the ticket it is about, or gives no reason.
    #[error("a credit note or a correction names its ticket and its reason")]
    WithoutOriginal,
    /// A sale names an earlier ticket, or a reason for taking something back.
    #[error("a sale is about no earlier ticket")]
    SaleWithOriginal,
    /// A correction of a payment sells or takes back nothing.
    #[error("a correction of a payment has no lines")]
    CorrectionWithLines,
    /// Nothing is sold or taken back.
    #[error("a ticket has at least one line")]
    NoLines,
    /// An order line would be settled twice.
    #[error("line {line} settles the same order line as one before it")]
    LineTwice {
        /// Which line.
        line: usize,
    },
    /// An amount, a sum or the moment is beyond ±(2⁵³ − 1), what JSON holds exactly.
    #[error("an amount or the moment is beyond what a document can hold")]
    OutOfRange,
    /// A line is not its price times its quantity less its discount (the opposite of that on a
    /// credit note), or one of them is below 0 or the quantity is 0, or the discount is more than
    /// the whole line.
    #[error("line {line} is not unit price times quantity less discount")]
    LineAmountWrong {
        /// Which line.
        line: usize,
    },
    /// A discount has no reason.
    #[error("the discount on line {line} has no reason")]
    DiscountWithoutReason {
        /// Which line.
        line: usize,
    },
    /// A payment is not what was tendered less the change and what was left of vouchers, or it is
    /// 0, or one of these is below 0; or it is on the wrong side: above 0 on a credit note, below
    /// on a sale. What is given back is tendered exactly.
    #[error("payment {payment} is not what was tendered less the change")]
    PaymentAmountWrong {
        /// Which payment.
        payment: usize,
    },
    /// Vouchers are counted, or some of their value left, on a payment that is not paper vouchers.
    #[error("payment {payment} counts or forfeits vouchers and is not of paper vouchers")]
    VouchersOnOther {
        /// Which payment.
        payment: usize,
    },
    /// Only a card's outcome can be unknown.
    #[error("payment {payment} is to be verified and is not a card's")]
    StateOnOther {
        /// Which payment.
        payment: usize,
    },
    /// The payments are not the total, to the cent.
    #[error("{due:?} is due and {paid:?} is paid")]
    PaymentsDoNotCover {
        /// The ticket's total.
        due: Money,
        /// The sum of the payments, change taken off.
        paid: Money,
    },
    /// Only cash gives change.
    #[error("payment {payment} gives change and is not cash")]
    ChangeWithoutCash {
        /// Which payment.
        payment: usize,
    },
    /// A correction takes from one means and gives to another: a payment below 0 and one above.
    #[error("a correction takes a payment away and puts another in its place")]
    CorrectionOneSided,
    /// More cash than the law allows for one sale.
    #[error("{cash:?} in cash for one sale is above the ceiling")]
    CashOverCeiling {
        /// The sale's cash, earlier tickets of the order included.
        cash: Money,
    },
    /// A reference holds twelve digits or more in a row: it may be a card's number, which is never
    /// written down.
    #[error("the reference of payment {payment} may be a card number")]
    CardNumber {
        /// Which payment.
        payment: usize,
    },
    /// The series has no number left.
    #[error("the series has no number left")]
    NumberExhausted,
    /// A field of the base string holds the comma that separates fields.
    #[error("the {field} has a comma")]
    CommaInField {
        /// Which field.
        field: &'static str,
    },
    /// The ticket would not fit in a journal entry.
    #[error("the ticket is {bytes} bytes long, more than an entry holds")]
    TooLong {
        /// The length of the body.
        bytes: usize,
    },
}

impl TicketSeries {
    /// The empty series of a till (`P01`, `C1`) in a journal. Where the journal continues others,
    /// the caller sets the perpetual totals to theirs.
    #[must_use]
    pub fn open(shop: &str, till: &str, journal: &JournalId) -> Self {
        Self::of_till(&format!("{shop}-{till}"), journal)
    }

    /// The empty series of a till, as [`crate::till_name`] names it, in a journal. Where the journal
    /// continues others, the caller sets the perpetual totals to theirs.
    #[must_use]
    pub fn of_till(till: &str, journal: &JournalId) -> Self {
        Self {
            till: till.to_owned(),
            code: short_code(journal),
            next: 1,
            previous: None,
            perpetual_algebraic: Money::ZERO,
            perpetual_absolute: Money::ZERO,
        }
    }

    /// The number of the next ticket: `P01-C1-7K3F-000042`.
    #[must_use]
    pub fn number(&self) -> String {
        format!("{}-{}-{:06}", self.till, self.code, self.next)
    }

    /// Makes of a draft the next ticket, signed, and the series that follows it.
    ///
    /// The same series, draft and key give the same bytes. A ticket exists once its entry is
    /// durable; only then may anything be printed or the series that was returned be used.
    ///
    /// # Errors
    ///
    /// [`TicketRefused`]; then nothing is numbered.
    pub fn issue(&self, draft: &Draft, key: &SigningKey) -> Result<(Ticket, Self), TicketRefused> {
        sound(&Content::of(draft))?;
        let total = totals(&draft.lines);
        let out_of_range = TicketRefused::OutOfRange;
        if GREATEST.unsigned_abs() < draft.moment.utc_ms.unsigned_abs() {
            return Err(out_of_range);
        }
        let (algebraic, absolute) = self.totals_after(total.total).ok_or(out_of_range)?;
        within_ceiling(draft)?;
        let card = |it: &Payment| it.reference.as_deref().is_some_and(holds_card_number);
        if let Some(payment) = draft.payments.iter().position(card) {
            return Err(TicketRefused::CardNumber { payment });
        }
        self.can_number()?;

        let number = self.number();
        let document = Document::of(draft, &total, &self.till, self.next, &number);
        let document = jcs::to_string(&document).expect("every number was found to be in range");
        let base = Base {
            till: self.till.clone(),
            seq: self.next,
            vat: total.rates.iter().map(|rate| (rate.rate, rate.ttc)).collect(),
            total: total.total,
            perpetual_algebraic: algebraic,
            perpetual_absolute: absolute,
            stamp: draft.moment.stamp(),
            offset: draft.moment.offset(),
            number: number.clone(),
            operation: draft.operation.code().to_owned(),
            content: Base::content_hash(&document),
            previous: self.previous.clone(),
        };
        let base = base.to_string();
        let signature = base64url::encode(&key.sign(base.as_bytes()).0);

        let ticket = Ticket { number, document, base, signature };
        let bytes = ticket.encode().len();
        if MAX_BODY_BYTES < bytes {
            return Err(TicketRefused::TooLong { bytes });
        }
        let series = self.moved_on(&ticket, algebraic, absolute);
        Ok((ticket, series))
    }

    /// The series after a ticket that was read back: it must be the next of this series, by
    /// number, place, previous signature and perpetual totals. Whether it is true in itself is
    /// for [`Ticket::check`].
    ///
    /// # Errors
    ///
    /// [`BrokenTicket::Base`] or [`BrokenTicket::OutOfSeries`].
    pub fn after(&self, ticket: &Ticket) -> Result<Self, BrokenTicket> {
        let base = Base::parse(&ticket.base)?;
        let totals = self.totals_after(base.total).ok_or(BrokenTicket::OutOfSeries)?;
        let follows = base.till == self.till
            && base.seq == self.next
            && base.number == self.number()
            && base.number == ticket.number
            && base.previous == self.previous
            && (base.perpetual_algebraic, base.perpetual_absolute) == totals;
        if follows {
            Ok(self.moved_on(ticket, totals.0, totals.1))
        } else {
            Err(BrokenTicket::OutOfSeries)
        }
    }

    fn moved_on(&self, ticket: &Ticket, algebraic: Money, absolute: Money) -> Self {
        Self {
            till: self.till.clone(),
            code: self.code.clone(),
            next: self.next.saturating_add(1),
            previous: Some(ticket.signature.clone()),
            perpetual_algebraic: algebraic,
            perpetual_absolute: absolute,
        }
    }

    fn totals_after(&self, total: Money) -> Option<(Money, Money)> {
        let algebraic = self.perpetual_algebraic.checked_add(total)?;
        let absolute = self.perpetual_absolute.checked_add(total.checked_abs()?)?;
        Some((algebraic, absolute))
    }

    fn can_number(&self) -> Result<(), TicketRefused> {
        if LAST_NUMBER < self.next {
            return Err(TicketRefused::NumberExhausted);
        }
        let previous = self.previous.as_deref().unwrap_or_default();
        for (field, text) in
            [("till", &*self.till), ("code", &*self.code), ("previous signature", previous)]
        {
            if text.contains(',') {
                return Err(TicketRefused::CommaInField { field });
            }
        }
        Ok(())
    }
}

/// Whether the cash that is taken stays below the ceiling; cash that is given back counts for
/// nothing.
fn within_ceiling(draft: &Draft) -> Result<(), TicketRefused> {
    let cash: Money = draft
        .payments
        .iter()
        .filter(|payment| payment.means == Means::Cash && Money::ZERO < payment.amount)
        .map(|payment| payment.amount)
        .sum();
    if cash == Money::ZERO {
        return Ok(());
    }
    let cash = cash.checked_add(draft.cash_taken_before).ok_or(TicketRefused::OutOfRange)?;
    if cash <= CASH_CEILING { Ok(()) } else { Err(TicketRefused::CashOverCeiling { cash }) }
}

/// Digits enough for a card's number (PCI DSS: 12 and more identify a card): 12 in a row, with or
/// without spaces between them.
fn holds_card_number(reference: &str) -> bool {
    const FROM: usize = 12;
    let mut in_a_row = 0_usize;
    reference.chars().filter(|it| !it.is_whitespace()).any(|it| {
        in_a_row = if it.is_ascii_digit() { in_a_row.saturating_add(1) } else { 0 };
        FROM <= in_a_row
    })
}

/// Four characters of Crockford's base 32 (no I, L, O, U: none is read for another) from the first
/// 20 bits of the journal's id. Two journals of one till have the same with a chance of one in a
/// million.
pub(crate) fn short_code(journal: &JournalId) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let [one, two, three, ..] = journal.0;
    let bits = u32::from_be_bytes([0, one, two, three]) >> 4;
    [bits >> 15, bits >> 10, bits >> 5, bits]
        .into_iter()
        .map(|it| usize::try_from(it & 31).expect("five bits fit"))
        .map(|digit| char::from(ALPHABET[digit]))
        .collect()
}
