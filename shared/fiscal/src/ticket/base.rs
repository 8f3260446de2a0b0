//! The base string: what is signed.

use crate::Money;
use crate::vat::Rate;
use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use sha2::{Digest, Sha256};

/// The fields of a ticket's base string, in its order:
/// `TK1,till,seq,vat,total,gt_alg,gt_abs,yyyyMMddHHmmss,±hhmm,number,type,content,N|O,previous`.
///
/// [`Base::parse`] and the `Display` of this are each other's inverse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    /// The till: shop and label.
    pub till: String,
    /// The place in the till's series.
    pub seq: u64,
    /// Tax included by rate, the lowest first; empty in a correction of a payment.
    pub vat: Vec<(Rate, Money)>,
    /// The ticket's total.
    pub total: Money,
    /// The running total of sales less returns, this ticket included.
    pub perpetual_algebraic: Money,
    /// The running total of sales plus returns, this ticket included.
    pub perpetual_absolute: Money,
    /// Local time, `yyyyMMddHHmmss`.
    pub stamp: String,
    /// Local offset, `±hhmm`.
    pub offset: String,
    /// The ticket's number.
    pub number: String,
    /// What it records, by its code.
    pub operation: String,
    /// SHA-256 of the document, in hexadecimal.
    pub content: String,
    /// The signature of the ticket before; `None` in the first, which is marked `N`.
    pub previous: Option<String>,
}

/// A text that is not a ticket's base string.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a ticket's base string")]
pub struct BaseMalformed;

impl Base {
    /// Reads a base string, refusing any other text than `Display` would have written.
    ///
    /// # Errors
    ///
    /// [`BaseMalformed`] where it is not one, to the byte.
    pub fn parse(text: &str) -> Result<Self, BaseMalformed> {
        let base = Self::fields(text).ok_or(BaseMalformed)?;
        if base.to_string() == text { Ok(base) } else { Err(BaseMalformed) }
    }

    fn fields(text: &str) -> Option<Self> {
        let mut fields = text.split(',');
        let mut next = || fields.next();
        if next()? != "TK1" {
            return None;
        }
        let base = Self {
            till: next()?.to_owned(),
            seq: next()?.parse().ok()?,
            vat: breakdown(next()?)?,
            total: amount(next()?)?,
            perpetual_algebraic: amount(next()?)?,
            perpetual_absolute: amount(next()?)?,
            stamp: next()?.to_owned(),
            offset: next()?.to_owned(),
            number: next()?.to_owned(),
            operation: next()?.to_owned(),
            content: next()?.to_owned(),
            previous: match (next()?, next()?) {
                ("N", "") => None,
                ("O", previous) => Some(previous.to_owned()),
                _ => return None,
            },
        };
        fields.next().is_none().then_some(base)
    }

    /// The hash of a document, as a base string has it.
    #[must_use]
    pub fn content_hash(document: &str) -> String {
        Sha256::digest(document.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TK1,{},{},", self.till, self.seq)?;
        for (place, (rate, ttc)) in self.vat.iter().enumerate() {
            let separator = if place == 0 { "" } else { "|" };
            write!(f, "{separator}{rate}:{}", ttc.cents())?;
        }
        write!(
            f,
            ",{},{},{},{},{},{},{},{},",
            self.total.cents(),
            self.perpetual_algebraic.cents(),
            self.perpetual_absolute.cents(),
            self.stamp,
            self.offset,
            self.number,
            self.operation,
            self.content,
        )?;
        match &self.previous {
            None => f.write_str("N,"),
            Some(previous) => write!(f, "O,{previous}"),
        }
    }
}

fn amount(text: &str) -> Option<Money> {
    text.parse().ok().map(Money::from_cents)
}

fn breakdown(text: &str) -> Option<Vec<(Rate, Money)>> {
    if text.is_empty() { Some(Vec::new()) } else { text.split('|').map(rate_amount).collect() }
}

fn rate_amount(text: &str) -> Option<(Rate, Money)> {
    let (rate, ttc) = text.split_once(':')?;
    Some((Rate(rate.parse().ok()?), amount(ttc)?))
}
