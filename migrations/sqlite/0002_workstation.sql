-- What this PC is, and what it works with. None of it is history: it may change.

CREATE TABLE workstation (
    one            INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    -- The P-256 secret of this workstation: signs its requests, seals its journal, signs tickets.
    -- docs/decisions/0006 says what a key in this file does and does not protect.
    secret         BLOB    NOT NULL CHECK (length(secret) = 32),
    shop           TEXT    NOT NULL,
    label          TEXT    NOT NULL,
    role           TEXT    NOT NULL CHECK (role IN ('till', 'kitchen')),
    -- NULL where the shop has no centre.
    server         TEXT,
    centre_key     BLOB    CHECK (length(centre_key) = 33),
    centre_journal BLOB    CHECK (length(centre_journal) = 32)
) STRICT;

CREATE TABLE setting (
    name  TEXT NOT NULL PRIMARY KEY,
    -- JSON.
    value TEXT NOT NULL CHECK (json_valid(value))
) STRICT, WITHOUT ROWID;

-- The basket, so that a crash does not lose what was being typed. JSON of pos_core's Basket.
CREATE TABLE basket (
    one   INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    value TEXT    NOT NULL CHECK (json_valid(value))
) STRICT;

-- The number that the next order of a business day gets on this workstation.
CREATE TABLE order_number (
    business_date TEXT    NOT NULL PRIMARY KEY,
    next          INTEGER NOT NULL CHECK (0 < next)
) STRICT, WITHOUT ROWID;

-- Wrong PINs, per operator, until the next right one.
CREATE TABLE wrong_pin (
    operator        TEXT    NOT NULL PRIMARY KEY,
    tries           INTEGER NOT NULL CHECK (0 < tries),
    locked_until_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
