-- Sales by business day and by hour: what the managers' page reads.
--
-- A fold of the ticket entries of live journals, every branch counted, kept up to date in the
-- transaction that stores the entries, from newly stored entries only: a repeat stores nothing and
-- so adds nothing. fillfactor leaves room for the new version of a row on its own page.

CREATE TABLE rollup_day (
    shop          TEXT    NOT NULL REFERENCES shop,
    -- The business day the ticket says: a label, not a period of the clock.
    day           DATE    NOT NULL,
    tickets       BIGINT  NOT NULL,
    ttc_cents     BIGINT  NOT NULL,
    -- The latest ticket's own time.
    last_sale_ms  BIGINT  NOT NULL,
    PRIMARY KEY (shop, day)
) WITH (fillfactor = 70);

CREATE TABLE rollup_hour (
    shop       TEXT      NOT NULL REFERENCES shop,
    day        DATE      NOT NULL,
    -- Of the ticket's own time, in the shop's time zone.
    hour       SMALLINT  NOT NULL CHECK (hour BETWEEN 0 AND 23),
    tickets    BIGINT    NOT NULL,
    ttc_cents  BIGINT    NOT NULL,
    PRIMARY KEY (shop, day, hour)
) WITH (fillfactor = 70);

GRANT SELECT, INSERT, UPDATE ON rollup_day, rollup_hour TO ocpizza_server;

ALTER TABLE rollup_day ENABLE ROW LEVEL SECURITY;
ALTER TABLE rollup_day FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON rollup_day
    USING (shop = (SELECT scope()) OR (SELECT scope()) = '*');
ALTER TABLE rollup_hour ENABLE ROW LEVEL SECURITY;
ALTER TABLE rollup_hour FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON rollup_hour
    USING (shop = (SELECT scope()) OR (SELECT scope()) = '*');
