-- Version 1. Instants are microseconds since 1970 in UTC; customers, reps and events are canonical JSON. Texts compare by
-- their bytes (BINARY), which is the order of the crate's ids.

CREATE TABLE customer (
    id        TEXT NOT NULL PRIMARY KEY,
    version   INTEGER NOT NULL,
    link      TEXT,
    facts     TEXT NOT NULL,
    -- What follows is there for the indexes below, and for nothing else.
    wake_at   INTEGER,
    pool      TEXT,
    unranked  INTEGER,          -- 1 without a rank key: those come last
    demerit   INTEGER,          -- the bits of the rank key turned round: the greater rank comes first
    since     INTEGER,
    starves_at INTEGER,
    owner     TEXT,
    stamp     INTEGER NOT NULL REFERENCES stamp (number),
    roster    INTEGER,          -- the version of the owner that the row was computed with
    estranged INTEGER NOT NULL DEFAULT 0, -- 1 once the owner has another version
    nominated INTEGER NOT NULL DEFAULT 0,
    reserved  INTEGER NOT NULL DEFAULT 0,
    requested INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Every list is one range of one of these, and needs no row of the table.
CREATE INDEX customer_wakes    ON customer (wake_at, id) WHERE wake_at IS NOT NULL;
CREATE INDEX customer_lies     ON customer (pool, unranked, demerit, since, id) WHERE pool IS NOT NULL;
CREATE INDEX customer_starves  ON customer (pool, starves_at, id) WHERE starves_at IS NOT NULL;
CREATE INDEX customer_owned    ON customer (owner, id) WHERE owner IS NOT NULL;
CREATE INDEX customer_stamped  ON customer (stamp, id);
CREATE INDEX customer_estranged ON customer (id) WHERE estranged = 1;
CREATE INDEX customer_nominated ON customer (id) WHERE nominated = 1;
CREATE INDEX customer_reserved  ON customer (id) WHERE reserved = 1;
CREATE INDEX customer_requested ON customer (id) WHERE requested = 1;

-- Which revisions of policy and calendars rows were computed under: a handful.
CREATE TABLE stamp (
    number INTEGER NOT NULL PRIMARY KEY,
    text   TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE event (
    customer TEXT NOT NULL,
    number   INTEGER NOT NULL,
    text     TEXT NOT NULL,
    PRIMARY KEY (customer, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE rep (
    id      TEXT NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL,
    link    TEXT,
    facts   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE rep_event (
    rep    TEXT NOT NULL,
    number INTEGER NOT NULL,
    text   TEXT NOT NULL,
    PRIMARY KEY (rep, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger (
    scope   TEXT NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger_entry (
    scope    TEXT NOT NULL,
    at       INTEGER NOT NULL,
    place    INTEGER NOT NULL,  -- of one instant the first noted comes first
    customer TEXT NOT NULL,
    undone   INTEGER,
    text     TEXT NOT NULL,
    PRIMARY KEY (scope, at, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE reservation (
    scope    TEXT NOT NULL,
    customer TEXT NOT NULL,
    text     TEXT NOT NULL,
    PRIMARY KEY (scope, customer)
) STRICT, WITHOUT ROWID;

CREATE TABLE lock (
    scope    TEXT NOT NULL,
    customer TEXT NOT NULL,
    place    INTEGER NOT NULL,
    text     TEXT NOT NULL,
    PRIMARY KEY (scope, customer, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE outcome (
    key  TEXT NOT NULL PRIMARY KEY,
    text TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE side_record (
    digest   TEXT NOT NULL PRIMARY KEY,
    customer TEXT NOT NULL,
    salt     TEXT NOT NULL,
    text     TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX side_record_of ON side_record (customer);

-- The program's own: its policy, one row for each revision.
CREATE TABLE policy (
    revision INTEGER NOT NULL PRIMARY KEY,
    text     TEXT NOT NULL
) STRICT;
