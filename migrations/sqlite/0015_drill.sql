-- Reports of outages that were made on purpose.
-- An older program may open a file with this table: it shows none of them.

CREATE TABLE drill (
    drill         INTEGER PRIMARY KEY,
    -- By this workstation's clock, in ms since 1970 UTC.
    began_ms      INTEGER NOT NULL,
    ended_ms      INTEGER NOT NULL,
    -- How long it lasted, by a clock that nobody can put back.
    seconds       INTEGER NOT NULL CHECK (0 <= seconds),
    -- The code of the manager who began it.
    manager       TEXT    NOT NULL,
    -- Tickets that this workstation signed meanwhile, and what they come to.
    tickets       INTEGER NOT NULL CHECK (0 <= tickets),
    total_cents   INTEGER NOT NULL,
    -- Orders sent to the kitchen meanwhile, and those of them that somebody there saw.
    kitchen_seen  INTEGER NOT NULL CHECK (kitchen_seen <= kitchen_sent),
    kitchen_sent  INTEGER NOT NULL,
    -- Entries that the centre did not have at the end, and after how many seconds it had them; NULL
    -- while it has not.
    waiting       INTEGER NOT NULL CHECK (0 <= waiting),
    level_after_s INTEGER CHECK (0 <= level_after_s)
) STRICT;
