-- How far archives and checks of the journals came.

-- Where a journal stood when it was last archived or checked: the next time goes on from there.
CREATE TABLE standing (
    journal  BLOB    NOT NULL REFERENCES journal,
    what     TEXT    NOT NULL CHECK (what IN ('archived', 'checked')),
    -- The last entry, of the ordinary chain.
    seq      INTEGER NOT NULL CHECK (0 < seq),
    -- JSON of fiscal::replay::Standing.
    standing TEXT    NOT NULL CHECK (json_valid(standing)),
    PRIMARY KEY (journal, what)
) STRICT, WITHOUT ROWID;
