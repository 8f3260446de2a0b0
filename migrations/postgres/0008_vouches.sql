-- What a shop settled while the centre could not be asked: workstations that were declared dead, and
-- those that others vouched for.

-- From then on its label is another's to have. It may still hand over what it holds.
ALTER TABLE workstation ADD COLUMN ended_ms BIGINT;

-- Whoever was vouched for is taken in as soon as its label is free.
CREATE TABLE vouch (
    shop        TEXT    NOT NULL REFERENCES shop,
    public_key  BYTEA   NOT NULL CHECK (length(public_key) = 33),
    label       TEXT    NOT NULL CHECK (label ~ '^[A-Z0-9]{1,6}$'),
    role        TEXT    NOT NULL CHECK (role IN ('till', 'kitchen')),
    PRIMARY KEY (shop, public_key)
);

GRANT SELECT, INSERT ON vouch TO ocpizza_server;

ALTER TABLE vouch ENABLE ROW LEVEL SECURITY;
ALTER TABLE vouch FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON vouch
    USING (shop = (SELECT scope()) OR (SELECT scope()) = '*');
