//! A shop: who it is before the law, and how it works.

use crate::catalogue::BrokenBlob;
use alloc::string::String;
use alloc::vec::Vec;
use fiscal::Money;
use fiscal::ticket::Issuer;
use fiscal::time::Date;
use fiscal::vat::{Class, Mode, NoRate, Rate, Table, Territory};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// One whole version of what is true of a shop: a blob.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Shop {
    /// The version: a later one has a greater number.
    #[n(0)]
    pub number: u32,
    /// What ticket numbers begin with: "P01".
    #[n(1)]
    pub code: String,
    /// What the customer calls it.
    #[n(2)]
    pub name: String,
    /// Who sells, before the law.
    #[n(3)]
    pub legal: LegalIdentity,
    /// Where it is taxed.
    #[n(4)]
    pub territory: Territory,
    /// Its time zone in the IANA database: "Europe/Paris".
    #[n(5)]
    pub timezone: String,
    /// The hour, 0 to 23, at which one business day gives way to the next.
    #[n(6)]
    pub cut_hour: u8,
    /// How long before its promise an order for later reaches the kitchen.
    #[n(7)]
    pub lead_minutes: u16,
    /// How long an order as soon as possible is taken to need.
    #[n(8)]
    pub preparation_minutes: u16,
    /// Its VAT rates, all of them; `None` is those known of its territory. See [`Shop::vat_rate`].
    #[n(9)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat: Option<Table>,
    /// The month that its fiscal year ends with. See [`Shop::fiscal_year_end_month`].
    #[n(10)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fiscal_year_end_month: Option<u8>,
    /// How it takes meal vouchers. See [`Shop::meal_voucher_rules`].
    #[n(11)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meal_vouchers: Option<MealVoucherRules>,
    /// Whether it takes cheques. See [`Shop::accepts_cheques`].
    #[n(12)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accepts_cheques: Option<bool>,
    /// What it asks for delivering; `None` is nothing. See [`Shop::delivery_fee_for`].
    #[n(13)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery_fee: Option<DeliveryFee>,
}

/// How a shop takes meal vouchers (Code du travail R. 3262-8 and R. 3262-10). What they may pay
/// for follows from the products.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct MealVoucherRules {
    /// The most that one customer pays so on one day; nothing where the shop takes none.
    #[n(0)]
    pub daily_cap: Money,
    /// Whether they are taken on Sundays and public holidays.
    #[n(1)]
    pub on_sundays_and_holidays: bool,
    /// The last business day on which those of paper are taken; `None` while no end is set.
    #[n(2)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paper_until: Option<Date>,
}

/// What a shop asks for delivering.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct DeliveryFee {
    /// The fee, VAT included.
    #[n(0)]
    pub amount: Money,
    /// What is delivered costs this or more: no fee. `None` is always a fee.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_from: Option<Money>,
}

/// Who sells, as documents must say it (Code com. R. 123-237).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct LegalIdentity {
    /// The company, with its legal form and capital.
    #[n(0)]
    pub legal_entity: String,
    /// The shop's address, on one line.
    #[n(1)]
    pub address: String,
    /// SIREN: 9 digits.
    #[n(2)]
    pub siren: String,
    /// The register and its town: "RCS Paris".
    #[n(3)]
    pub rcs: String,
    /// SIRET: 14 digits.
    #[n(4)]
    pub siret: String,
    /// NAF (APE) code.
    #[n(5)]
    pub naf: String,
    /// Intra-community VAT number.
    #[n(6)]
    pub vat_number: String,
}

impl Shop {
    /// The blob's bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        minicbor::to_vec(self).expect("memory takes any shop")
    }

    /// Reads a blob.
    ///
    /// # Errors
    ///
    /// [`BrokenBlob`] where the bytes are not a shop.
    pub fn decode(bytes: &[u8]) -> Result<Self, BrokenBlob> {
        minicbor::decode(bytes).map_err(|_| BrokenBlob("shop"))
    }

    /// Who sells and with which software: what is copied into every document.
    #[must_use]
    pub fn issuer(&self, software: &str, build: &str) -> Issuer {
        let legal = self.legal.clone();
        Issuer {
            shop_name: self.name.clone(),
            legal_entity: legal.legal_entity,
            address: legal.address,
            siren: legal.siren,
            rcs: legal.rcs,
            siret: legal.siret,
            naf: legal.naf,
            vat_number: legal.vat_number,
            software: software.into(),
            fiscal_version: fiscal::VERSION.into(),
            build: build.into(),
        }
    }

    /// The rate of a class of product in a mode on a business day: by the shop's own table, or else
    /// by what is known of its territory.
    ///
    /// # Errors
    ///
    /// [`NoRate`] where the product is not sold so, and for everything in a shop that has no table
    /// in a territory whose rates are not certain: Corsica. No rate is guessed.
    pub fn vat_rate(&self, class: Class, mode: Mode, date: Date) -> Result<Rate, NoRate> {
        let territory = self.territory;
        let rate = |table: &Table| table.rate(class, mode, territory, date);
        match &self.vat {
            Some(table) => rate(table),
            None => Table::default_of(territory)
                .as_ref()
                .map_or(Err(NoRate { class, mode, territory }), rate),
        }
    }

    /// The month that its fiscal year ends with, 1 to 12: December unless it says otherwise.
    #[must_use]
    pub fn fiscal_year_end_month(&self) -> u8 {
        self.fiscal_year_end_month.filter(|month| (1..=12).contains(month)).unwrap_or(12)
    }

    /// How it takes meal vouchers: as [`MealVoucherRules::default`] unless it says otherwise.
    #[must_use]
    pub fn meal_voucher_rules(&self) -> MealVoucherRules {
        self.meal_vouchers.unwrap_or_default()
    }

    /// Whether it takes cheques: it does unless it says otherwise.
    #[must_use]
    pub fn accepts_cheques(&self) -> bool {
        self.accepts_cheques.unwrap_or(true)
    }

    /// What it asks for delivering goods of this price after discounts, VAT included. What is given
    /// away is brought for nothing.
    #[must_use]
    pub fn delivery_fee_for(&self, goods: Money) -> Money {
        match self.delivery_fee {
            Some(_) if goods == Money::ZERO => Money::ZERO,
            Some(fee) if fee.free_from.is_none_or(|from| goods < from) => fee.amount,
            Some(_) | None => Money::ZERO,
        }
    }

    /// How long before its promise an order for later reaches the kitchen, in milliseconds.
    #[must_use]
    pub fn lead_ms(&self) -> i64 {
        minutes(self.lead_minutes)
    }

    /// How long an order as soon as possible is taken to need, in milliseconds.
    #[must_use]
    pub fn preparation_ms(&self) -> i64 {
        minutes(self.preparation_minutes)
    }
}

impl MealVoucherRules {
    /// Whether vouchers of paper are taken on a business day.
    #[must_use]
    pub fn takes_paper_on(&self, date: Date) -> bool {
        self.paper_until.is_none_or(|last| date <= last)
    }
}

impl Default for MealVoucherRules {
    /// 25,00 € a day, and none on Sundays and public holidays (R. 3262-8, R. 3262-10).
    fn default() -> Self {
        Self {
            daily_cap: Money::from_cents(2_500),
            on_sundays_and_holidays: false,
            paper_until: None,
        }
    }
}

fn minutes(minutes: u16) -> i64 {
    i64::from(minutes).saturating_mul(60_000)
}

#[cfg(test)]
mod tests;
