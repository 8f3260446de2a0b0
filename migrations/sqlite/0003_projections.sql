-- Folds of the entries. Each can be thrown away and computed again from `entry` and `body`.

-- One row per order of the shop, whoever took it.
CREATE TABLE shop_order (
    order_id    BLOB    NOT NULL PRIMARY KEY CHECK (length(order_id) = 16),
    -- Not handed over, not cancelled: on the board.
    open        INTEGER NOT NULL CHECK (open IN (0, 1)),
    -- The wall clock of its first entry and of its last one, in ms since 1970 UTC.
    opened_ms   INTEGER NOT NULL,
    changed_ms  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX open_orders ON shop_order (opened_ms) WHERE open = 1;
CREATE INDEX closed_orders ON shop_order (changed_ms) WHERE open = 0;

-- One row per signed ticket.
CREATE TABLE ticket (
    number        TEXT    NOT NULL,
    journal       BLOB    NOT NULL,
    branch        BLOB    NOT NULL,
    seq           INTEGER NOT NULL,
    order_id      BLOB    NOT NULL,
    business_date TEXT    NOT NULL,
    total_cents   INTEGER NOT NULL,
    -- Two histories of one journal may hold one number: both sales happened.
    PRIMARY KEY (number, journal, branch, seq),
    FOREIGN KEY (journal, branch, seq) REFERENCES entry
) STRICT, WITHOUT ROWID;

-- What the next document of a fiscal series hangs on. Own journals only.
CREATE TABLE series (
    journal            BLOB    NOT NULL,
    -- 'TK1': tickets.
    series             TEXT    NOT NULL,
    next               INTEGER NOT NULL CHECK (0 < next),
    previous_signature TEXT,
    -- Perpetual totals in cents: sales less returns, and sales plus returns.
    perpetual          INTEGER NOT NULL,
    perpetual_absolute INTEGER NOT NULL CHECK (0 <= perpetual_absolute),
    PRIMARY KEY (journal, series)
) STRICT, WITHOUT ROWID;

-- What the centre (or, without one, the shop) published: 'menu', 'staff', 'shop'. The newest whose
-- blob is here and can be read holds; so a version made for a newer program stops nothing.
CREATE TABLE publication (
    what    TEXT    NOT NULL CHECK (what IN ('menu', 'staff', 'shop')),
    hash    BLOB    NOT NULL CHECK (length(hash) = 32),
    number  INTEGER NOT NULL,
    -- Place of the entry that published it: a later one wins.
    tick    INTEGER NOT NULL,
    journal BLOB    NOT NULL,
    seq     INTEGER NOT NULL,
    PRIMARY KEY (what, journal, seq)
) STRICT, WITHOUT ROWID;

-- Published blobs that this version of the program cannot read. Judged anew at each start.
CREATE TABLE unreadable_blob (
    hash BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 32)
) STRICT, WITHOUT ROWID;

-- The workstations that may speak in this shop: its manifest.
CREATE TABLE member (
    public_key BLOB    NOT NULL PRIMARY KEY CHECK (length(public_key) = 33),
    journal    BLOB    NOT NULL CHECK (length(journal) = 32),
    label      TEXT    NOT NULL,
    role       TEXT    NOT NULL CHECK (role IN ('till', 'kitchen', 'centre')),
    revoked    INTEGER NOT NULL CHECK (revoked IN (0, 1))
) STRICT, WITHOUT ROWID;

-- Customers' cards: personal data, erasable, in no journal. CBOR of domain's Card.
CREATE TABLE card (
    customer BLOB    NOT NULL PRIMARY KEY CHECK (length(customer) = 16),
    card     BLOB    NOT NULL,
    -- Digits of the telephone numbers and folded name, for the search.
    phone    TEXT    NOT NULL,
    name     TEXT    NOT NULL,
    -- Rises each time the card changes here: what peers ask CARDS after.
    position INTEGER NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;

CREATE INDEX card_by_name ON card (name);

-- How far each peer's cards have been merged here, and how far the peer has ours.
CREATE TABLE card_feed (
    peer   BLOB    NOT NULL PRIMARY KEY CHECK (length(peer) = 33),
    merged INTEGER NOT NULL DEFAULT 0,
    pushed INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
