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
    own         INTEGER NOT NULL CHECK (own IN (0, 1)),
    -- Its last entry here. Moves forward only.
    tip_seq     INTEGER NOT NULL CHECK (0 < tip_seq),
    tip_hash    BLOB    NOT NULL CHECK (length(tip_hash) = 32),
    tip_tick    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Every entry, for ever. The header's bytes are what is hashed; the columns beside them are copies.
CREATE TABLE entry (
    journal  BLOB    NOT NULL REFERENCES journal,
    seq      INTEGER NOT NULL CHECK (0 < seq),
    hash     BLOB    NOT NULL CHECK (length(hash) = 32),
    header   BLOB    NOT NULL,
    kind     INTEGER NOT NULL,
    -- What it is about: an order, for one. NULL where it is about nothing.
    subject  BLOB    CHECK (length(subject) = 16),
    tick     INTEGER NOT NULL,
    -- journal::Keep: 0 fiscal, 1 trace, 2 operation.
    keep     INTEGER NOT NULL CHECK (keep IN (0, 1, 2)),
    PRIMARY KEY (journal, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX entry_by_subject ON entry (subject, tick) WHERE subject IS NOT NULL;

-- The body of an entry. Apart from the header, so that it can be purged when the law allows.
CREATE TABLE body (
    journal BLOB    NOT NULL,
    seq     INTEGER NOT NULL,
    body    BLOB    NOT NULL,
    PRIMARY KEY (journal, seq),
    FOREIGN KEY (journal, seq) REFERENCES entry
) STRICT, WITHOUT ROWID;

-- The journal key's signature of the last entry of a transaction (or of a batch received).
CREATE TABLE seal (
    journal   BLOB    NOT NULL,
    seq       INTEGER NOT NULL,
    signature BLOB    NOT NULL CHECK (length(signature) = 64),
    PRIMARY KEY (journal, seq),
    FOREIGN KEY (journal, seq) REFERENCES entry
) STRICT, WITHOUT ROWID;

-- Entries of a second history of a journal we hold: kept, counted, never merged by force.
CREATE TABLE branch_entry (
    journal   BLOB    NOT NULL,
    seq       INTEGER NOT NULL,
    hash      BLOB    NOT NULL CHECK (length(hash) = 32),
    header    BLOB    NOT NULL,
    body      BLOB,
    -- Of the last entry of the batch it came in.
    signature BLOB,
    PRIMARY KEY (journal, seq, hash)
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
WHEN (SELECT keep FROM entry WHERE journal = OLD.journal AND seq = OLD.seq) <> 2
BEGIN SELECT RAISE(ABORT, 'this body must be kept'); END;
CREATE TRIGGER seal_is_never_changed BEFORE UPDATE ON seal
BEGIN SELECT RAISE(ABORT, 'a seal is never changed'); END;
CREATE TRIGGER seal_is_never_deleted BEFORE DELETE ON seal
BEGIN SELECT RAISE(ABORT, 'a seal is never deleted'); END;
CREATE TRIGGER branch_is_never_changed BEFORE UPDATE ON branch_entry
BEGIN SELECT RAISE(ABORT, 'a branch is never changed'); END;
CREATE TRIGGER branch_is_never_deleted BEFORE DELETE ON branch_entry
BEGIN SELECT RAISE(ABORT, 'a branch is never deleted'); END;
CREATE TRIGGER tip_moves_forward BEFORE UPDATE ON journal
WHEN NEW.tip_seq < OLD.tip_seq
BEGIN SELECT RAISE(ABORT, 'a journal only grows'); END;
CREATE TRIGGER journal_is_never_deleted BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'a journal is never deleted'); END;
