-- Shops, the workstations that write for them, and the codes that let a new one in.
--
-- Conventions of every file in this folder
--   *_ms      milliseconds since 1970-01-01 UTC, by the server's clock unless said otherwise
--   *_cents   euro cents
--   shop      the shop's code ("P01"); every key of a shop's table leads with it, so that a table
--             can be partitioned or distributed by shop without being rewritten
-- Expand/contract: tills of the last twelve months keep talking, so a migration only ever adds.

-- Who the server is to the database. It cannot log in, owns nothing, and cannot bypass row-level
-- security: the server connects as whoever it was given and at once becomes this role
-- (sync-server/src/store.rs), so the barrier stands even where that was a superuser. Roles belong
-- to the cluster: where another database has made it already, it is taken as it is.
DO $$
BEGIN
    CREATE ROLE ocpizza_server NOLOGIN NOBYPASSRLS;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END
$$;
DO $$
BEGIN
    EXECUTE format('GRANT ocpizza_server TO %I', current_user);
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;
END
$$;
GRANT USAGE ON SCHEMA public TO ocpizza_server;

-- Whose rows the current transaction may touch: one shop's code; '*' for the centre itself (its
-- managers, its command line, finding out who signed a request); nothing where nobody said, which
-- matches no row. SET LOCAL, so that it cannot outlive its transaction in a pooled connection.
CREATE FUNCTION scope() RETURNS text
    LANGUAGE sql STABLE
    RETURN current_setting('app.shop', true);

CREATE TABLE shop (
    code        TEXT    PRIMARY KEY CHECK (code ~ '^[A-Z0-9]{2,8}$'),
    name        TEXT    NOT NULL,
    created_ms  BIGINT  NOT NULL
);

-- The shop's change counter. Every transaction that stores something of a shop adds to it, last,
-- so its row lock puts the commits of one shop in the order of the numbers: who has seen n can see
-- all before n, on a standby too. A sequence would not do: its numbers are taken before commit.
CREATE TABLE shop_feed (
    shop  TEXT    PRIMARY KEY REFERENCES shop,
    head  BIGINT  NOT NULL DEFAULT 0 CHECK (0 <= head)
);

CREATE TABLE workstation (
    shop         TEXT    NOT NULL REFERENCES shop,
    -- P-256, compressed (SEC 1). It checks the requests and, in its journals, the seals.
    public_key   BYTEA   NOT NULL CHECK (length(public_key) = 33),
    label        TEXT    NOT NULL CHECK (label ~ '^[A-Z0-9]{1,6}$'),
    role         TEXT    NOT NULL CHECK (role IN ('till', 'kitchen')),
    enrolled_ms  BIGINT  NOT NULL,
    -- When a request of its was last believed; to some seconds.
    seen_ms      BIGINT  NOT NULL,
    -- From then on it gets nothing more, and what it still sends is parked.
    revoked_ms   BIGINT,
    PRIMARY KEY (shop, public_key),
    -- A key names one workstation of one shop: a request says only which key signed it.
    UNIQUE (public_key)
);

-- What a person types at a new workstation.
CREATE TABLE enrolment_code (
    -- SHA-256 of the code's eight letters. The code itself is shown once and kept nowhere.
    code_hash   BYTEA   PRIMARY KEY CHECK (length(code_hash) = 32),
    shop        TEXT    NOT NULL REFERENCES shop,
    role        TEXT    NOT NULL CHECK (role IN ('till', 'kitchen')),
    label       TEXT    NOT NULL,
    created_ms  BIGINT  NOT NULL,
    expires_ms  BIGINT  NOT NULL,
    -- Set once, by the workstation that used it: which may repeat its request, nobody else.
    used_ms     BIGINT,
    used_by     BYTEA   CHECK (length(used_by) = 33),
    CHECK ((used_ms IS NULL) = (used_by IS NULL))
);

GRANT SELECT, INSERT, UPDATE ON shop, shop_feed, workstation, enrolment_code TO ocpizza_server;

ALTER TABLE shop ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON shop
    USING (code = (SELECT scope()) OR (SELECT scope()) = '*');
ALTER TABLE shop_feed ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop_feed FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON shop_feed
    USING (shop = (SELECT scope()) OR (SELECT scope()) = '*');
ALTER TABLE workstation ENABLE ROW LEVEL SECURITY;
ALTER TABLE workstation FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON workstation
    USING (shop = (SELECT scope()) OR (SELECT scope()) = '*');
ALTER TABLE enrolment_code ENABLE ROW LEVEL SECURITY;
ALTER TABLE enrolment_code FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON enrolment_code
    USING (shop = (SELECT scope()) OR (SELECT scope()) = '*');
