-- Folds of the signed documents: each can be thrown away and computed again from `entry` and `body`.

-- One row per signed document of any journal here: what lists and counts look for.
CREATE TABLE fiscal_document (
    number          TEXT    NOT NULL,
    journal         BLOB    NOT NULL,
    branch          BLOB    NOT NULL,
    seq             INTEGER NOT NULL,
    -- journal::Kind: 16 ticket, 17 duplicate, 18 provisional, 19 invoice, 20 closing, 21 event,
    -- 22 archive.
    kind            INTEGER NOT NULL CHECK (kind BETWEEN 16 AND 22),
    -- Which of its kind, as the document says it: 'VENTE', 'AVOIR' … of tickets, the code of events,
    -- 'J', 'M', 'A', 'S' of closings, 'PROVISOIRE', 'NOTE', 'FACTURE' …
    operation       TEXT    NOT NULL,
    -- The number of the document that it is about: a credit note's, a duplicate's, an invoice's.
    original        TEXT,
    -- The order, as people name it; of tickets and provisional documents.
    order_label     TEXT,
    -- Of tickets and invoices, and the label of closings.
    business_date   TEXT,
    -- By its writer's clock, in ms since 1970 UTC.
    utc_ms          INTEGER NOT NULL,
    -- Tax included; of an event, its amount.
    total_cents     INTEGER NOT NULL,
    -- Card payments on it whose outcome is to be verified: corrections take off what a ticket adds.
    to_verify_cents INTEGER NOT NULL,
    -- Two histories of one journal may hold one number: both happened.
    PRIMARY KEY (number, journal, branch, seq),
    FOREIGN KEY (journal, branch, seq) REFERENCES entry
) STRICT, WITHOUT ROWID;

CREATE INDEX fiscal_document_by_original ON fiscal_document (original) WHERE original IS NOT NULL;
CREATE INDEX fiscal_document_by_date ON fiscal_document (business_date, kind)
    WHERE business_date IS NOT NULL;
CREATE INDEX fiscal_document_by_operation ON fiscal_document (kind, operation, utc_ms);
CREATE INDEX fiscal_document_to_verify ON fiscal_document (number) WHERE to_verify_cents <> 0;

-- One row per business day begun on a workstation: its number in the journal, and its label. It is
-- open until a closing covers it.
CREATE TABLE business_day (
    journal     BLOB    NOT NULL,
    branch      BLOB    NOT NULL,
    number      INTEGER NOT NULL CHECK (0 < number),
    seq         INTEGER NOT NULL,
    -- ISO.
    date        TEXT    NOT NULL,
    -- What was in the drawer.
    float_cents INTEGER NOT NULL,
    opened_ms   INTEGER NOT NULL,
    PRIMARY KEY (journal, branch, number),
    FOREIGN KEY (journal, branch, seq) REFERENCES entry
) STRICT, WITHOUT ROWID;

-- One row per closing.
CREATE TABLE closing (
    journal          BLOB    NOT NULL,
    branch           BLOB    NOT NULL,
    seq              INTEGER NOT NULL,
    number           TEXT    NOT NULL,
    -- 'J' a day, 'M' a month, 'A' a year, 'S' entries of a journal that cannot close itself.
    period           TEXT    NOT NULL CHECK (period IN ('J', 'M', 'A', 'S')),
    -- '2026-11-21', '2026-11', '2026'.
    label            TEXT    NOT NULL,
    first_day        INTEGER NOT NULL,
    last_day         INTEGER NOT NULL,
    closed_ms        INTEGER NOT NULL,
    total_cents      INTEGER NOT NULL,
    -- NULL where nobody counted.
    counted_cents    INTEGER,
    -- What should have been in the drawer; NULL but of a day.
    drawer_cents     INTEGER,
    PRIMARY KEY (journal, branch, seq),
    FOREIGN KEY (journal, branch, seq) REFERENCES entry
) STRICT, WITHOUT ROWID;

CREATE INDEX closing_by_number ON closing (number);

-- The entries that a closing covers, as it names them.
CREATE TABLE closing_span (
    journal    BLOB    NOT NULL,
    branch     BLOB    NOT NULL,
    seq        INTEGER NOT NULL,
    of_journal BLOB    NOT NULL CHECK (length(of_journal) = 32),
    from_seq   INTEGER NOT NULL,
    to_seq     INTEGER NOT NULL,
    -- The last entry's.
    hash       BLOB    NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (journal, branch, seq, of_journal, from_seq, hash),
    FOREIGN KEY (journal, branch, seq) REFERENCES closing
) STRICT, WITHOUT ROWID;
