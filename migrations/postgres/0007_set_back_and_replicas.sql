-- A centre that was set back (PostgreSQL restored to an hour ago, or a failover that lost its tail)
-- notices it, and several servers on one database say the same.

-- Which of its journals of a shop the centre writes in. One is enough until the database was set
-- back and a part of it turned up nowhere: then the centre goes on in a new one.
CREATE TABLE centre_pen (
    shop     TEXT   PRIMARY KEY REFERENCES shop,
    journal  BYTEA  NOT NULL,
    FOREIGN KEY (shop, journal) REFERENCES journal (shop, id)
);
INSERT INTO centre_pen (shop, journal) SELECT shop, id FROM journal WHERE purpose = 'centre';
-- Contract: nothing reads by that index; it held a rule that holds no more.
DROP INDEX journal_of_the_centre;

-- Ends of the centre's own journals that its anchor file or a workstation named and that were not
-- held: while one of a shop is open, nothing is published there.
CREATE TABLE fence (
    shop      TEXT    NOT NULL REFERENCES shop,
    journal   BYTEA   NOT NULL CHECK (length(journal) = 32),
    seq       BIGINT  NOT NULL CHECK (0 < seq),
    hash      BYTEA   NOT NULL CHECK (length(hash) = 32),
    -- The tick of that entry, 0 where it is not known: what is written later must come later.
    tick      BIGINT  NOT NULL CHECK (0 <= tick),
    -- A workstation's label, or "anchor".
    said_by   TEXT    NOT NULL,
    since_ms  BIGINT  NOT NULL,
    -- How it ended: taken_back, its entries came from a shop; unknown, every workstation was heard
    -- and none has them; by_hand, a person would not wait.
    outcome   TEXT    CHECK (outcome IN ('taken_back', 'unknown', 'by_hand')),
    PRIMARY KEY (shop, journal, hash)
);
CREATE INDEX fence_open ON fence (shop) WHERE outcome IS NULL;

-- Which run of a journal's program greeted last, and when: two that are alive at once are told so,
-- whichever server each of them speaks to.
CREATE TABLE run (
    shop     TEXT    NOT NULL,
    journal  BYTEA   NOT NULL,
    boot     BYTEA   NOT NULL CHECK (length(boot) = 16),
    at_ms    BIGINT  NOT NULL,
    PRIMARY KEY (shop, journal),
    FOREIGN KEY (shop, journal) REFERENCES journal (shop, id)
) WITH (fillfactor = 50);

-- When it greeted last, while the centre was fenced, and named nothing of the centre's that the
-- centre lacks; 0 before.
ALTER TABLE workstation ADD COLUMN greeted_ms BIGINT NOT NULL DEFAULT 0;
-- How far its list of cards is merged here. It goes back with the cards where the database is set
-- back, and so the workstation sends what is missing again.
ALTER TABLE workstation ADD COLUMN cards_through BIGINT NOT NULL DEFAULT 0 CHECK (0 <= cards_through);

-- What was published and is taken back from a shop names a blob that may have to be loaded again.
ALTER TABLE publication DROP CONSTRAINT publication_sha256_fkey;

ALTER TABLE alarm DROP CONSTRAINT alarm_what_check;
ALTER TABLE alarm ADD CONSTRAINT alarm_what_check
    CHECK (what IN ('fork', 'parked', 'revoked', 'set_back'));

GRANT SELECT, INSERT, UPDATE ON centre_pen, fence, run TO ocpizza_server;

ALTER TABLE centre_pen ENABLE ROW LEVEL SECURITY;
ALTER TABLE centre_pen FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON centre_pen
    USING (shop = (SELECT scope()) OR (SELECT scope()) = '*');
ALTER TABLE fence ENABLE ROW LEVEL SECURITY;
ALTER TABLE fence FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON fence
    USING (shop = (SELECT scope()) OR (SELECT scope()) = '*');
ALTER TABLE run ENABLE ROW LEVEL SECURITY;
ALTER TABLE run FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON run
    USING (shop = (SELECT scope()) OR (SELECT scope()) = '*');
