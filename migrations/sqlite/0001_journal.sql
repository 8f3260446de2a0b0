-- The journals of the shop, as every workstation stores them.
-- An older program may open a file with these tables only if its own migrations reach this number.

-- One row per journal known here: our own, the other workstations', the centre's.
CREATE TABLE journal (
    -- Hash of the journal's first entry.
    journal     BLOB    NOT NULL PRIMARY KEY CHECK (length(journal) = 32),
    -- What its seals are checked with: a compressed P-256 point.
    public_key  BLOB    NOT NULL CHECK (length(public_key) = 33),
    shop        TEXT    NOT NULL,
    -- The label of the workstation that writes it, "C1"; the centre's is "centre".
    workstation TEXT    NOT NULL,
    -- journal::Purpose: 0 live, 1 training, 2 centre.
    purpose     INTEGER NOT NULL CHECK (purpose IN (0, 1, 2)),
    -- Whether this workstation writes it.
    own         INTEGER NOT NULL CHECK (own IN (0, 1))
) STRICT, WITHOUT ROWID;

-- The histories of a journal. One, as a rule: the ordinary chain, whose branch is empty. A journal
-- with a second history (a restored backup, a cloned disk) has a row for each: all are kept.
CREATE TABLE chain (
    journal  BLOB    NOT NULL REFERENCES journal,
    -- Hash of the branch's first entry of its own; empty for the ordinary chain.
    branch   BLOB    NOT NULL CHECK (length(branch) IN (0, 32)),
    -- The chain, and the place on it, that the branch leaves; empty and 0 for the ordinary chain.
    parent   BLOB    NOT NULL CHECK (length(parent) IN (0, 32)),
    from_seq INTEGER NOT NULL CHECK (0 <= from_seq),
    -- Its last entry here. Moves forward only.
    tip_seq  INTEGER NOT NULL CHECK (from_seq < tip_seq),
    tip_hash BLOB    NOT NULL CHECK (length(tip_hash) = 32),
    tip_tick INTEGER NOT NULL,
    PRIMARY KEY (journal, branch)
) STRICT, WITHOUT ROWID;

-- Every entry, for ever. The header's bytes are what is hashed; the columns beside them are copies.
CREATE TABLE entry (
    journal  BLOB    NOT NULL,
    branch   BLOB    NOT NULL,
    seq      INTEGER NOT NULL CHECK (0 < seq),
    hash     BLOB    NOT NULL CHECK (length(hash) = 32),
    header   BLOB    NOT NULL,
    kind     INTEGER NOT NULL,
    -- What it is about: an order, for one. NULL where it is about nothing.
    subject  BLOB    CHECK (length(subject) = 16),
    tick     INTEGER NOT NULL,
    -- journal::Keep: 0 fiscal, 1 trace, 2 operation.
    keep     INTEGER NOT NULL CHECK (keep IN (0, 1, 2)),
    PRIMARY KEY (journal, branch, seq),
    FOREIGN KEY (journal, branch) REFERENCES chain
) STRICT, WITHOUT ROWID;

CREATE INDEX entry_by_subject ON entry (subject, tick) WHERE subject IS NOT NULL;

-- The body of an entry. Apart from the header, so that it can be purged when the law allows.
CREATE TABLE body (
    journal BLOB    NOT NULL,
    branch  BLOB    NOT NULL,
    seq     INTEGER NOT NULL,
    body    BLOB    NOT NULL,
    PRIMARY KEY (journal, branch, seq),
    FOREIGN KEY (journal, branch, seq) REFERENCES entry
) STRICT, WITHOUT ROWID;

-- The journal key's signature of the last entry of a transaction (or of a batch received).
CREATE TABLE seal (
    journal   BLOB    NOT NULL,
    branch    BLOB    NOT NULL,
    seq       INTEGER NOT NULL,
    signature BLOB    NOT NULL CHECK (length(signature) = 64),
    PRIMARY KEY (journal, branch, seq),
    FOREIGN KEY (journal, branch, seq) REFERENCES entry
) STRICT, WITHOUT ROWID;

-- What came and was not believed: its bytes, once, for whoever looks into it.
CREATE TABLE parked (
    hash      BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    journal   BLOB    NOT NULL,
    bytes     BLOB    NOT NULL,
    why       TEXT    NOT NULL,
    parked_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What somebody has to look at.
CREATE TABLE alarm (
    alarm      INTEGER PRIMARY KEY,
    -- 'fork', 'refused', 'parked'.
    kind       TEXT    NOT NULL CHECK (kind IN ('fork', 'refused', 'parked')),
    journal    BLOB,
    seq        INTEGER,
    -- For the log and the support, in English.
    detail     TEXT    NOT NULL,
    raised_ms  INTEGER NOT NULL,
    UNIQUE (kind, journal, seq)
) STRICT;

-- What others said they hold, on their disks, of the journals here.
CREATE TABLE held_by (
    -- The other's public key.
    peer    BLOB    NOT NULL CHECK (length(peer) = 33),
    journal BLOB    NOT NULL,
    seq     INTEGER NOT NULL,
    PRIMARY KEY (peer, journal)
) STRICT, WITHOUT ROWID;

-- Menu versions and other things too large for an entry, by the SHA-256 of their bytes.
CREATE TABLE blob (
    hash  BLOB NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    bytes BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'an entry is never changed'); END;
CREATE TRIGGER entry_is_never_deleted BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'an entry is never deleted'); END;
CREATE TRIGGER body_is_never_changed BEFORE UPDATE ON body
BEGIN SELECT RAISE(ABORT, 'a body is never changed'); END;
-- Only what is neither fiscal nor a trace may be purged (DESIGN: docs/JOURNAL.md, keep).
CREATE TRIGGER body_is_kept BEFORE DELETE ON body
WHEN (SELECT keep
        FROM entry
       WHERE journal = OLD.journal AND branch = OLD.branch AND seq = OLD.seq) <> 2
BEGIN SELECT RAISE(ABORT, 'this body must be kept'); END;
CREATE TRIGGER seal_is_never_changed BEFORE UPDATE ON seal
BEGIN SELECT RAISE(ABORT, 'a seal is never changed'); END;
CREATE TRIGGER seal_is_never_deleted BEFORE DELETE ON seal
BEGIN SELECT RAISE(ABORT, 'a seal is never deleted'); END;
CREATE TRIGGER chain_only_grows BEFORE UPDATE ON chain
WHEN NEW.tip_seq < OLD.tip_seq OR NEW.parent <> OLD.parent OR NEW.from_seq <> OLD.from_seq
BEGIN SELECT RAISE(ABORT, 'a chain only grows'); END;
CREATE TRIGGER chain_is_never_deleted BEFORE DELETE ON chain
BEGIN SELECT RAISE(ABORT, 'a chain is never deleted'); END;
CREATE TRIGGER journal_is_never_deleted BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'a journal is never deleted'); END;
