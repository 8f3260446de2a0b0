-- Where a signed ticket's body is, by its number: what a receipt's link leads to.
--
-- A fold of the ticket entries of every journal, training included (its numbers say FACTICE). Two
-- histories of one journal may hold one number: both are here.
CREATE TABLE receipt (
    shop    TEXT   NOT NULL REFERENCES shop,
    number  TEXT   NOT NULL,
    -- The body of the entry: body (shop, hash).
    body    BYTEA  NOT NULL CHECK (length(body) = 32),
    PRIMARY KEY (shop, number, body)
);

GRANT SELECT, INSERT ON receipt TO ocpizza_server;

ALTER TABLE receipt ENABLE ROW LEVEL SECURITY;
ALTER TABLE receipt FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON receipt
    USING (shop = (SELECT scope()) OR (SELECT scope()) = '*');
