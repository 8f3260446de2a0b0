-- Several printers, by several roads: more kinds of papers, and jobs that left by a road that says
-- nothing back. A CHECK cannot be widened in place, so the queue's rows move to a wider table.
-- An older till does not open this file.
-- Contract: the old table is gone within this transaction, nothing reads it.
ALTER TABLE print_job RENAME TO print_job_before;

CREATE TABLE print_job (
    -- The order of printing too. Never given twice, so that a paper can be asked about by number.
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    -- The printer's name in the shop.
    printer    TEXT    NOT NULL CHECK (printer <> ''),
    kind       TEXT    NOT NULL CHECK (kind IN ('receipt', 'kitchen', 'test', 'drawer', 'provisional',
                                                'note', 'closing', 'cash', 'label', 'notice')),
    -- The ticket's, the order's or the closing's number.
    reference  TEXT    NOT NULL,
    -- The document itself, not what it was made from: printed again, it is the same paper.
    document   TEXT    NOT NULL CHECK (json_valid(document)),
    -- 'sending' is committed before the first byte leaves. Found at start, it becomes 'unsure'.
    -- 'unconfirmed': all bytes left, and the road is one that says nothing back.
    state      TEXT    NOT NULL DEFAULT 'waiting'
                       CHECK (state IN ('waiting', 'sending', 'sent', 'unconfirmed', 'failed',
                                        'unsure', 'dropped')),
    attempts   INTEGER NOT NULL DEFAULT 0 CHECK (0 <= attempts),
    -- What stopped it last; NULL where nothing has.
    last_cause TEXT    CHECK (last_cause IN ('cover_open', 'no_paper', 'error', 'busy', 'offline',
                                             'unreachable', 'no_answer', 'interrupted', 'unreadable',
                                             'unsupported')),
    -- Milliseconds since the Unix epoch, by this workstation's clock.
    created_ms INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL
) STRICT;

-- The one printer there was is the counter's from here on.
INSERT INTO print_job (id, printer, kind, reference, document, state, attempts, last_cause,
                       created_ms, updated_ms)
SELECT id, iif(printer = 'receipt', 'comptoir', printer), kind, reference, document, state, attempts,
       last_cause, created_ms, updated_ms
  FROM print_job_before;

DROP TABLE print_job_before;

-- Few jobs are open at a time, however many were ever printed.
CREATE INDEX print_job_open ON print_job (printer, id)
 WHERE state NOT IN ('sent', 'unconfirmed', 'dropped');

-- Those that left lately and unconfirmed are shown for a while.
CREATE INDEX print_job_unconfirmed ON print_job (updated_ms) WHERE state = 'unconfirmed';

-- How many papers of a ticket were asked for.
CREATE INDEX print_job_receipt ON print_job (reference) WHERE kind = 'receipt';

-- The same for its setting: it prints all but the kitchen's slips.
INSERT INTO setting (name, value)
SELECT 'printers',
       json_array(json_object(
           'name', 'comptoir',
           'road', json_object('Network', json_object('host', value ->> 'host')),
           'wide', json(iif(value ->> 'wide', 'true', 'false')),
           'answers', json('true'),
           'drawer', json(iif(value ->> 'drawer', 'true', 'false')),
           'papers', json_array('Receipt', 'Provisional', 'Closing', 'Label')))
  FROM setting
 WHERE name = 'printer'
   AND value <> 'null';

DELETE FROM setting WHERE name = 'printer';
