-- Journals: what the workstations and the centre wrote, byte for byte.
--
-- The bytes in entry.header and body.bytes are the truth. The other columns were read out of them
-- when they came in and are there to be searched; nothing is ever hashed again from columns.

CREATE TABLE journal (
    shop         TEXT      NOT NULL REFERENCES shop,
    -- The hash of its first entry.
    id           BYTEA     NOT NULL CHECK (length(id) = 32),
    -- The key its opening names, which its seals are checked with.
    public_key   BYTEA     NOT NULL CHECK (length(public_key) = 33),
    -- The workstation's label in its opening ("C1"; the centre's own says "CENTRE").
    workstation  TEXT      NOT NULL,
    purpose      TEXT      NOT NULL CHECK (purpose IN ('live', 'training', 'centre')),
    opened_ms    BIGINT    NOT NULL,
    PRIMARY KEY (shop, id)
);

-- One centre journal per shop, and one row to lock before writing in it.
CREATE UNIQUE INDEX journal_of_the_centre ON journal (shop) WHERE purpose = 'centre';

-- A journal has one branch, 0. More mean that it forked: a disk was restored or cloned, and two
-- entries claim one place. Every branch is kept, and its sales count: they happened.
CREATE TABLE branch (
    shop         TEXT      NOT NULL,
    journal      BYTEA     NOT NULL,
    branch       SMALLINT  NOT NULL CHECK (0 <= branch),
    -- The last place it shares with the branch it left, and which one that was; 0 and itself for
    -- branch 0. Its own entries begin one place later.
    parent       SMALLINT  NOT NULL CHECK (0 <= parent),
    parent_seq   BIGINT    NOT NULL CHECK (0 <= parent_seq),
    -- Where it ends. Locked by locking the journal's row.
    tip_seq      BIGINT    NOT NULL CHECK (parent_seq < tip_seq),
    tip_hash     BYTEA     NOT NULL CHECK (length(tip_hash) = 32),
    tip_tick     BIGINT    NOT NULL CHECK (0 < tip_tick),
    PRIMARY KEY (shop, journal, branch),
    FOREIGN KEY (shop, journal) REFERENCES journal (shop, id)
);

CREATE TABLE entry (
    shop       TEXT      NOT NULL,
    journal    BYTEA     NOT NULL,
    branch     SMALLINT  NOT NULL,
    -- Its place: 1, 2, 3 … without a gap.
    seq        BIGINT    NOT NULL CHECK (0 < seq),
    -- SHA-256 of header.
    hash       BYTEA     NOT NULL CHECK (length(hash) = 32),
    -- Deterministic CBOR; docs/JOURNAL.md.
    header     BYTEA     NOT NULL,
    kind       INTEGER   NOT NULL,
    -- How long the body is kept: 0 fiscal, 1 trace, 2 operation (90 days).
    keep       SMALLINT  NOT NULL CHECK (keep BETWEEN 0 AND 2),
    subject    BYTEA     CHECK (length(subject) = 16),
    tick       BIGINT    NOT NULL CHECK (0 < tick),
    -- By the writer's clock: a label, never an order.
    wall_ms    BIGINT    NOT NULL,
    body_hash  BYTEA     NOT NULL CHECK (length(body_hash) = 32),
    PRIMARY KEY (shop, journal, branch, seq)
);

-- Bodies apart from entries: they may be purged one day, and the chain runs over the headers.
-- No foreign key from entry, for the same reason.
CREATE TABLE body (
    shop   TEXT   NOT NULL,
    hash   BYTEA  NOT NULL CHECK (length(hash) = 32),
    bytes  BYTEA  NOT NULL,
    PRIMARY KEY (shop, hash)
);

-- The journal key's signature of the header of the last entry of each transaction.
CREATE TABLE seal (
    shop       TEXT      NOT NULL,
    journal    BYTEA     NOT NULL,
    branch     SMALLINT  NOT NULL,
    seq        BIGINT    NOT NULL,
    signature  BYTEA     NOT NULL CHECK (length(signature) = 64),
    PRIMARY KEY (shop, journal, branch, seq)
);

-- What was sent and could not be believed, as it came: from a revoked workstation, or refused by
-- the checks. Nobody's data is thrown away, and nothing here is folded or counted.
CREATE TABLE parked (
    shop         TEXT    NOT NULL REFERENCES shop,
    -- SHA-256 of bytes: what is sent again is parked once.
    hash         BYTEA   NOT NULL CHECK (length(hash) = 32),
    public_key   BYTEA   NOT NULL CHECK (length(public_key) = 33),
    reason       TEXT    NOT NULL CHECK (reason IN ('revoked', 'refused')),
    detail       TEXT    NOT NULL,
    bytes        BYTEA   NOT NULL,
    received_ms  BIGINT  NOT NULL,
    PRIMARY KEY (shop, hash)
);

-- What a person must look at.
CREATE TABLE alarm (
    shop       TEXT    NOT NULL REFERENCES shop,
    id         BIGINT  GENERATED ALWAYS AS IDENTITY,
    what       TEXT    NOT NULL CHECK (what IN ('fork', 'parked', 'revoked')),
    -- The workstation's label.
    about      TEXT    NOT NULL,
    -- What tells this alarm from others of its sort: raised once, however often it is seen.
    token      TEXT    NOT NULL,
    raised_ms  BIGINT  NOT NULL,
    PRIMARY KEY (shop, id),
    CONSTRAINT alarm_raised_once UNIQUE (shop, what, token)
);

-- Which entries make up the chain that ends at a branch's tip: of each branch in it, those with
-- low < seq <= high. One row, but where the journal forked.
CREATE FUNCTION chain(in_shop text, in_journal bytea, of_branch smallint)
    RETURNS TABLE (branch smallint, low bigint, high bigint)
    LANGUAGE sql STABLE ROWS 1
BEGIN ATOMIC
    WITH RECURSIVE part (branch, parent, low, high) AS (
        SELECT it.branch, it.parent, it.parent_seq, it.tip_seq
          FROM branch it
         WHERE it.shop = in_shop AND it.journal = in_journal AND it.branch = of_branch
         UNION ALL
        SELECT it.branch, it.parent, it.parent_seq, least(part.low, it.tip_seq)
          FROM part
          JOIN branch it
            ON it.shop = in_shop AND it.journal = in_journal AND it.branch = part.parent
         WHERE 0 < part.low
    )
    SELECT part.branch, part.low, part.high FROM part WHERE part.low < part.high;
END;

-- Append only, for everybody: also for whoever owns the tables.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append only: % is refused', TG_TABLE_NAME, TG_OP;
END
$$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON body
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON seal
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT, UPDATE ON journal, branch TO ocpizza_server;
GRANT SELECT, INSERT ON entry, body, seal, parked, alarm TO ocpizza_server;

ALTER TABLE journal ENABLE ROW LEVEL SECURITY;
ALTER TABLE journal FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON journal
    USING (shop = (SELECT scope()) OR (SELECT scope()) = '*');
ALTER TABLE branch ENABLE ROW LEVEL SECURITY;
ALTER TABLE branch FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON branch
    USING (shop = (SELECT scope()) OR (SELECT scope()) = '*');
ALTER TABLE entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE entry FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON entry
    USING (shop = (SELECT scope()) OR (SELECT scope()) = '*');
ALTER TABLE body ENABLE ROW LEVEL SECURITY;
ALTER TABLE body FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON body
    USING (shop = (SELECT scope()) OR (SELECT scope()) = '*');
ALTER TABLE seal ENABLE ROW LEVEL SECURITY;
ALTER TABLE seal FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON seal
    USING (shop = (SELECT scope()) OR (SELECT scope()) = '*');
ALTER TABLE parked ENABLE ROW LEVEL SECURITY;
ALTER TABLE parked FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON parked
    USING (shop = (SELECT scope()) OR (SELECT scope()) = '*');
ALTER TABLE alarm ENABLE ROW LEVEL SECURITY;
ALTER TABLE alarm FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON alarm
    USING (shop = (SELECT scope()) OR (SELECT scope()) = '*');
