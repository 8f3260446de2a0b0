-- What is to be printed, and what became of it. This is a queue and not a journal: rows change, and
-- a workstation that loses them loses papers, not sales.
-- An older till may still open this file: it prints nothing that waits here.
CREATE TABLE print_job (
    -- The order of printing too. Never given twice, so that a paper can be asked about by number.
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    -- The printer's name in the shop.
    printer    TEXT    NOT NULL CHECK (printer <> ''),
    kind       TEXT    NOT NULL CHECK (kind IN ('receipt', 'kitchen', 'test', 'drawer')),
    -- The ticket's or the order's number.
    reference  TEXT    NOT NULL,
    -- The document itself, not what it was made from: printed again, it is the same paper.
    document   TEXT    NOT NULL CHECK (json_valid(document)),
    -- 'sending' is committed before the first byte leaves. Found at start, it becomes 'unsure'.
    state      TEXT    NOT NULL DEFAULT 'waiting'
                       CHECK (state IN ('waiting', 'sending', 'sent', 'failed', 'unsure', 'dropped')),
    attempts   INTEGER NOT NULL DEFAULT 0 CHECK (0 <= attempts),
    -- What stopped it last; NULL where nothing has.
    last_cause TEXT    CHECK (last_cause IN ('cover_open', 'no_paper', 'error', 'busy', 'offline',
                                             'unreachable', 'no_answer', 'interrupted', 'unreadable')),
    -- Milliseconds since the Unix epoch, by this workstation's clock.
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL
) STRICT;

-- Few jobs are open at a time, however many were ever printed.
CREATE INDEX print_job_open ON print_job (printer, id) WHERE state NOT IN ('sent', 'dropped');
