-- Who took a role, and who may take the money of an order that another opened (docs/SYNC.md, "Roles").
-- What the entries say, and nothing that is not in them. An older program may not open a file with
-- these tables: it would leave them behind.

-- domain::mesh::RoleTaken.
CREATE TABLE role_taken (
    -- domain::mesh::Role: 0 arbiter, 1 shared printer.
    role    INTEGER NOT NULL CHECK (0 <= role),
    term    INTEGER NOT NULL CHECK (0 <= term),
    journal BLOB    NOT NULL,
    branch  BLOB    NOT NULL,
    seq     INTEGER NOT NULL,
    PRIMARY KEY (role, term, journal, branch, seq),
    FOREIGN KEY (journal, branch, seq) REFERENCES entry
) STRICT, WITHOUT ROWID;

-- domain::mesh::PaymentAsked.
CREATE TABLE payment_asked (
    order_id BLOB    NOT NULL CHECK (length(order_id) = 16),
    journal  BLOB    NOT NULL,
    branch   BLOB    NOT NULL,
    seq      INTEGER NOT NULL,
    tick     INTEGER NOT NULL,
    PRIMARY KEY (order_id, journal, branch, seq),
    FOREIGN KEY (journal, branch, seq) REFERENCES entry
) STRICT, WITHOUT ROWID;

-- domain::mesh::PaymentGranted.
CREATE TABLE payment_granted (
    order_id   BLOB    NOT NULL CHECK (length(order_id) = 16),
    journal    BLOB    NOT NULL,
    branch     BLOB    NOT NULL,
    seq        INTEGER NOT NULL,
    tick       INTEGER NOT NULL,
    term       INTEGER NOT NULL CHECK (0 <= term),
    -- The journal of whoever may take the money; it need not be here yet.
    to_journal BLOB    NOT NULL CHECK (length(to_journal) = 32),
    PRIMARY KEY (order_id, journal, branch, seq),
    FOREIGN KEY (journal, branch, seq) REFERENCES entry
) STRICT, WITHOUT ROWID;

-- What an older program kept without reading it is found by its kind: domain::event::kind 224 to 226.
CREATE INDEX entry_of_a_role ON entry (kind, journal, branch, seq) WHERE kind BETWEEN 224 AND 226;
