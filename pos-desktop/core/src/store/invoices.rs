//! Whom invoices are for: the only place that knows beside their files.

use super::StoreError;
use fiscal::time::Date;
use pos_api::Buyer;
use rusqlite::{OptionalExtension, Transaction, named_params};

/// Keeps whom an invoice is for, until a day.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn keep_buyer(
    tx: &Transaction<'_>,
    invoice: &str,
    buyer: &Buyer,
    until: Date,
) -> Result<(), StoreError> {
    tx.prepare_cached(
        "INSERT INTO invoice_buyer (invoice, name, address, town, siren, vat_number, kept_until)
         VALUES (:invoice, :name, :address, :town, :siren, :vat_number, :kept_until)",
    )?
    .execute(named_params! {
        ":invoice": invoice,
        ":name": buyer.name,
        ":address": buyer.address,
        ":town": buyer.town,
        ":siren": buyer.siren,
        ":vat_number": buyer.vat_number,
        ":kept_until": until.iso(),
    })?;
    Ok(())
}

/// Whom an invoice is for; `None` where it was made elsewhere.
///
/// # Errors
///
/// Whatever SQLite says.
pub fn buyer(tx: &Transaction<'_>, invoice: &str) -> Result<Option<Buyer>, StoreError> {
    Ok(tx
        .prepare_cached(
            "SELECT name, address, town, siren, vat_number
               FROM invoice_buyer
              WHERE invoice = :invoice",
        )?
        .query_row(named_params! { ":invoice": invoice }, |row| {
            Ok(Buyer {
                name: row.get("name")?,
                address: row.get("address")?,
                town: row.get("town")?,
                siren: row.get("siren")?,
                vat_number: row.get("vat_number")?,
            })
        })
        .optional()?)
}
