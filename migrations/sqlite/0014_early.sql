-- What a workstation that is far behind works with before it has the history (docs/SYNC.md, "A late
-- joiner"). None of it is history: each entry leaves these tables as it arrives in `entry`, or when its
-- journal turns out not to hold it. An older program may not open a file with these tables: it would
-- show orders without what is in here.

-- Entries of a snapshot, and what followed it. None has its place on a chain yet.
CREATE TABLE early_entry (
    hash    BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    journal BLOB    NOT NULL CHECK (length(journal) = 32),
    seq     INTEGER NOT NULL CHECK (0 < seq),
    header  BLOB    NOT NULL,
    body    BLOB    NOT NULL,
    kind    INTEGER NOT NULL,
    subject BLOB    CHECK (length(subject) = 16),
    tick    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX early_entry_by_place ON early_entry (journal, seq);
CREATE INDEX early_entry_by_subject ON early_entry (subject) WHERE subject IS NOT NULL;
CREATE INDEX early_entry_by_kind ON early_entry (kind, tick);
CREATE INDEX early_entry_by_tick ON early_entry (tick);

-- Where the chains of the snapshot ended: entries whose seals were checked, though the chain before
-- them is not here. Gone as soon as every one of them is reached.
CREATE TABLE early_tip (
    journal     BLOB    NOT NULL CHECK (length(journal) = 32),
    hash        BLOB    NOT NULL CHECK (length(hash) = 32),
    seq         INTEGER NOT NULL CHECK (0 < seq),
    -- What its journal's first entry says, which was checked with it.
    public_key  BLOB    NOT NULL CHECK (length(public_key) = 33),
    workstation TEXT    NOT NULL,
    -- The last entry that followed it since, checked from it on; itself where there was none.
    end_seq     INTEGER NOT NULL CHECK (seq <= end_seq),
    end_hash    BLOB    NOT NULL CHECK (length(end_hash) = 32),
    end_tick    INTEGER NOT NULL,
    PRIMARY KEY (journal, hash)
) STRICT, WITHOUT ROWID;

-- What workstations settled, and what is left of what: newest first, for a snapshot. Numbers are
-- domain::event::kind.
CREATE INDEX entry_to_settle ON entry (kind, tick) WHERE kind BETWEEN 192 AND 255;
