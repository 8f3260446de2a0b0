-- What is in no journal: large things, named by their SHA-256, and personal data, which must be
-- erasable.

CREATE TABLE blob (
    sha256  BYTEA   PRIMARY KEY CHECK (length(sha256) = 32),
    bytes   BYTEA   NOT NULL
);

-- Which shops a blob was published to: a menu is stored once for the whole group, and a
-- workstation is given the blobs of its own shop only.
CREATE TABLE blob_of_shop (
    shop    TEXT    NOT NULL REFERENCES shop,
    sha256  BYTEA   NOT NULL REFERENCES blob,
    PRIMARY KEY (shop, sha256)
);

-- The latest version of each thing published to a shop, so that publishing the same again is known
-- to change nothing. The entries in the centre's journal are the record; this is a fold of them.
CREATE TABLE publication (
    shop    TEXT    NOT NULL REFERENCES shop,
    what    TEXT    NOT NULL CHECK (what IN ('menu', 'staff', 'shop')),
    -- As the blob says itself: a later version has a greater one.
    number  BIGINT  NOT NULL CHECK (0 <= number),
    sha256  BYTEA   NOT NULL REFERENCES blob,
    PRIMARY KEY (shop, what)
);

-- A customer's card: the only place of a customer's personal data. Entries hold its id.
CREATE TABLE card (
    shop      TEXT    NOT NULL REFERENCES shop,
    id        BYTEA   NOT NULL CHECK (length(id) = 16),
    -- The card as it is replicated (domain::card), merged field by field. An erased card is a
    -- tombstone: its bytes hold no field any more, and it takes none again.
    bytes     BYTEA   NOT NULL,
    -- The number that its last change took from shop_feed, its own: who has seen the cards up to n
    -- and asks for those after n misses none.
    position  BIGINT  NOT NULL,
    PRIMARY KEY (shop, id),
    UNIQUE (shop, position)
);

GRANT SELECT, INSERT ON blob, blob_of_shop TO ocpizza_server;
GRANT SELECT, INSERT, UPDATE ON publication, card TO ocpizza_server;

-- blob has no shop: it is reached through blob_of_shop, and its policy says so.
ALTER TABLE blob_of_shop ENABLE ROW LEVEL SECURITY;
ALTER TABLE blob_of_shop FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON blob_of_shop
    USING (shop = (SELECT scope()) OR (SELECT scope()) = '*');
ALTER TABLE blob ENABLE ROW LEVEL SECURITY;
ALTER TABLE blob FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON blob FOR SELECT
    USING ((SELECT scope()) = '*'
           OR EXISTS (SELECT FROM blob_of_shop WHERE blob_of_shop.sha256 = blob.sha256));
CREATE POLICY published_by_the_centre ON blob FOR INSERT
    WITH CHECK ((SELECT scope()) = '*');
ALTER TABLE publication ENABLE ROW LEVEL SECURITY;
ALTER TABLE publication FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON publication
    USING (shop = (SELECT scope()) OR (SELECT scope()) = '*');
ALTER TABLE card ENABLE ROW LEVEL SECURITY;
ALTER TABLE card FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON card
    USING (shop = (SELECT scope()) OR (SELECT scope()) = '*');
