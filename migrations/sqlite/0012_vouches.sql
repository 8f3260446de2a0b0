-- Workstations that belong to the shop though the centre has not listed them yet.

-- Somebody in the shop vouched for a workstation: each entry that does, from whatever journal. It
-- counts while its writer is one that the centre listed, and the centre has said nothing itself.
CREATE TABLE vouch (
    journal    BLOB    NOT NULL REFERENCES journal,
    seq        INTEGER NOT NULL CHECK (0 < seq),
    tick       INTEGER NOT NULL,
    public_key BLOB    NOT NULL CHECK (length(public_key) = 33),
    label      TEXT    NOT NULL,
    role       TEXT    NOT NULL CHECK (role IN ('till', 'kitchen')),
    PRIMARY KEY (journal, seq)
) STRICT, WITHOUT ROWID;

-- Whom the workstation that vouched for this one named as the shop's: believed until the centre's own
-- list is here.
CREATE TABLE introduced (
    public_key BLOB NOT NULL PRIMARY KEY CHECK (length(public_key) = 33),
    label      TEXT NOT NULL,
    role       TEXT NOT NULL CHECK (role IN ('till', 'kitchen'))
) STRICT, WITHOUT ROWID;

-- Workstations that were declared dead: each entry that does, from whatever journal. The label is free
-- again, and whoever declared it closes what the dead one can close no more.
CREATE TABLE ended (
    journal    BLOB    NOT NULL REFERENCES journal,
    seq        INTEGER NOT NULL CHECK (0 < seq),
    public_key BLOB    NOT NULL CHECK (length(public_key) = 33),
    label      TEXT    NOT NULL,
    manager    TEXT    NOT NULL,
    -- What its writer's clock said, ms since 1970 UTC.
    wall_ms    INTEGER NOT NULL,
    PRIMARY KEY (journal, seq)
) STRICT, WITHOUT ROWID;
