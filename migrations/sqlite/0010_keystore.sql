-- The workstation's key where a PKCS#11 token wraps it (docs/decisions/0020).
-- An older program may not open a file with this table: it would take 32 zeros for the secret.

CREATE TABLE wrapped_key (
    one        INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    public_key BLOB    NOT NULL CHECK (length(public_key) = 33),
    -- 12 bytes of IV, the secret under AES-256-GCM, 16 bytes of tag. workstation.secret is 32 zeros
    -- then, which are no P-256 secret.
    bytes      BLOB    NOT NULL CHECK (length(bytes) = 60)
) STRICT;
