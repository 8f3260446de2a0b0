//! The account plan: which account each figure goes to. It is data, for each accountant has a plan;
//! what a shop does not say otherwise is [`Plan::default`] (plan comptable général, ANC 2014-03).

use fiscal::ticket::Means;
use fiscal::vat::{Mode, Rate};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The plan's file, as it comes with the program.
const DEFAULT: &str = include_str!("../../starter/accounts.json");

/// An account: `530000`, « Caisse ».
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Account {
    /// Its number; begins with three digits.
    pub number: String,
    /// Its name.
    pub label: String,
}

/// An account per VAT rate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rated {
    /// What numbers begin with; the rate's four digits in basis points follow: `44571` + `1000`.
    pub number: String,
    /// What names begin with; the rate follows.
    pub label: String,
    /// Rates (basis points) with an account of their own.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rates: BTreeMap<u16, Account>,
}

/// Which account each figure goes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The accounting journal: its code and name.
    pub journal: Account,
    /// Eaten in the shop.
    pub on_site: Rated,
    /// Taken away.
    pub take_away: Rated,
    /// Delivered, the fee left out.
    pub delivery: Rated,
    /// The fee for delivering.
    pub delivery_fee: Rated,
    /// VAT collected.
    pub vat: Rated,
    /// Cash.
    pub cash: Account,
    /// Bank cards.
    pub card: Account,
    /// Paper meal vouchers.
    pub vouchers: Account,
    /// Meal voucher cards.
    pub voucher_card: Account,
    /// Cheques.
    pub cheque: Account,
    /// What customers owe.
    pub receivable: Account,
    /// Staff meals: a benefit, at its price.
    pub staff: Account,
    /// The drawer held less than it should.
    pub short: Account,
    /// The drawer held more than it should.
    pub over: Account,
    /// Where cash put into the drawer comes from.
    pub cash_in: Account,
    /// Where cash taken from the drawer goes.
    pub cash_out: Account,
}

impl Default for Plan {
    fn default() -> Self {
        serde_json::from_str(DEFAULT).expect("the starter plan is one")
    }
}

impl Plan {
    /// Turnover of a mode.
    #[must_use]
    pub const fn turnover(&self, mode: Mode) -> &Rated {
        match mode {
            Mode::OnSite => &self.on_site,
            Mode::TakeAway => &self.take_away,
            Mode::Delivery => &self.delivery,
        }
    }

    /// Payments by a means.
    #[must_use]
    pub const fn means(&self, means: Means) -> &Account {
        match means {
            Means::Cash => &self.cash,
            Means::Card => &self.card,
            Means::MealVoucher => &self.vouchers,
            Means::Cheque => &self.cheque,
            Means::Staff => &self.staff,
            Means::MealVoucherCard => &self.voucher_card,
            Means::Receivable => &self.receivable,
        }
    }
}

impl Rated {
    /// The account of a rate.
    #[must_use]
    pub fn at(&self, rate: Rate) -> Account {
        let bp = rate.basis_points();
        self.rates.get(&bp).cloned().unwrap_or_else(|| Account {
            number: format!("{}{bp:04}", self.number),
            label: format!("{} {} %", self.label, super::text::rate(rate)),
        })
    }
}
