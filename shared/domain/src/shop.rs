//! A shop: who it is before the law, and how it works.

use crate::catalogue::BrokenBlob;
use alloc::string::String;
use alloc::vec::Vec;
use fiscal::ticket::Issuer;
use fiscal::vat::Territory;
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

fn minutes(minutes: u16) -> i64 {
    i64::from(minutes).saturating_mul(60_000)
}
