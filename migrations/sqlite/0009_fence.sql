-- What a person takes note of, and what others attested.
-- An older program may not open a file with these tables.
-- Contract: nothing is taken away; the alarms are copied into a table of the same name.

-- Alarms gain kinds, and who took note of them: SQLite changes no CHECK, so the table is made anew.
CREATE TABLE alarm_with_note (
    alarm           INTEGER PRIMARY KEY,
    -- 'fork' a second history, 'restored' the file is older than a witness, 'anchor' the anchor file
    -- is gone or says something else, 'broken' a signed document is not what was signed, 'clock' it
    -- leapt, 'refused' and 'parked' what came and was not believed.
    kind            TEXT    NOT NULL CHECK (kind IN ('fork', 'restored', 'anchor', 'broken', 'clock',
                                                     'refused', 'parked')),
    journal         BLOB,
    seq             INTEGER,
    -- For the log and the support, in English.
    detail          TEXT    NOT NULL,
    raised_ms       INTEGER NOT NULL,
    -- The operator who took note, and when; NULL while nobody has.
    acknowledged_by TEXT,
    acknowledged_ms INTEGER,
    UNIQUE (kind, journal, seq),
    CHECK ((acknowledged_by IS NULL) = (acknowledged_ms IS NULL))
) STRICT;

INSERT INTO alarm_with_note (alarm, kind, journal, seq, detail, raised_ms)
SELECT alarm, kind, journal, seq, detail, raised_ms FROM alarm;
DROP TABLE alarm;
ALTER TABLE alarm_with_note RENAME TO alarm;

-- The last signed word of the centre on each journal: the envelope as it came, which anybody who
-- knows the centre's key can check without us.
CREATE TABLE attestation (
    journal  BLOB    NOT NULL PRIMARY KEY CHECK (length(journal) = 32),
    -- The entry that it says is on the centre's disk.
    seq      INTEGER NOT NULL CHECK (0 < seq),
    hash     BLOB    NOT NULL CHECK (length(hash) = 32),
    -- The reply's bytes: docs/SYNC.md, "Envelopes".
    envelope BLOB    NOT NULL,
    heard_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
