-- Whom invoices are for. Personal data, so in no journal: entries hold the invoice's number, its
-- figures and the hash of its file. An invoice is kept for ten years (Code de commerce L. 123-22), and
-- this row with it.
CREATE TABLE invoice_buyer (
    -- The invoice's number.
    invoice    TEXT NOT NULL PRIMARY KEY,
    name       TEXT NOT NULL CHECK (name <> ''),
    address    TEXT NOT NULL,
    town       TEXT NOT NULL,
    -- Empty for a private person.
    siren      TEXT NOT NULL,
    vat_number TEXT NOT NULL,
    -- ISO: until this day it must be kept.
    kept_until TEXT NOT NULL
) STRICT, WITHOUT ROWID;
