-- Who may look at the managers' page. They belong to the group, not to a shop.

CREATE TABLE manager (
    name           TEXT    PRIMARY KEY CHECK (length(name) BETWEEN 1 AND 100),
    -- Argon2id, as a PHC string with its salt and costs.
    password_hash  TEXT    NOT NULL,
    created_ms     BIGINT  NOT NULL
);

CREATE TABLE session (
    -- SHA-256 of the cookie's 32 random bytes: a copy of this table signs nobody in.
    token_hash  BYTEA   PRIMARY KEY CHECK (length(token_hash) = 32),
    manager     TEXT    NOT NULL REFERENCES manager ON DELETE CASCADE,
    expires_ms  BIGINT  NOT NULL
);
CREATE INDEX session_by_expiry ON session (expires_ms);

GRANT SELECT, INSERT, UPDATE ON manager TO ocpizza_server;
GRANT SELECT, INSERT, DELETE ON session TO ocpizza_server;

-- The centre's alone: no request of a shop can see them.
ALTER TABLE manager ENABLE ROW LEVEL SECURITY;
ALTER TABLE manager FORCE ROW LEVEL SECURITY;
CREATE POLICY centre ON manager USING ((SELECT scope()) = '*');
ALTER TABLE session ENABLE ROW LEVEL SECURITY;
ALTER TABLE session FORCE ROW LEVEL SECURITY;
CREATE POLICY centre ON session USING ((SELECT scope()) = '*');
