-- Times are microseconds since 1970 in UTC. Lists and assessments are JSON.

CREATE TABLE source (
    name TEXT NOT NULL PRIMARY KEY,
    last_attempt BIGINT,
    last_success BIGINT,
    -- Failures in a row; the first of them at failing_since.
    failures BIGINT NOT NULL DEFAULT 0,
    failing_since BIGINT,
    last_error TEXT,
    next_poll BIGINT NOT NULL,
    -- The server asked not to be polled before.
    wait_until BIGINT,
    -- Entries in the last body that was read.
    entries BIGINT
);

CREATE TABLE validator (
    source TEXT NOT NULL REFERENCES source (name) ON DELETE CASCADE,
    address TEXT NOT NULL,
    etag TEXT,
    last_modified TEXT,
    PRIMARY KEY (source, address)
);

CREATE TABLE story (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    revision BIGINT NOT NULL,
    -- The item that tells it best.
    lead BIGINT NOT NULL,
    -- What it says: the reported relations.
    relations TEXT NOT NULL,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL
);

CREATE TABLE item (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    story BIGINT REFERENCES story (id),
    revision BIGINT NOT NULL,
    -- Hash of title and summary as last seen: another hash is an edit.
    content TEXT NOT NULL,
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    url TEXT,
    language TEXT,
    published BIGINT,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    assessment TEXT NOT NULL,
    -- Highest score of any kind, in hundredths of a point.
    score BIGINT NOT NULL,
    -- Why it did not become an alert; NULL where it did.
    reason TEXT
);
CREATE INDEX item_story ON item (story);
CREATE INDEX item_last_seen ON item (last_seen);

CREATE TABLE item_key (
    hash TEXT NOT NULL,
    kind TEXT NOT NULL,
    item BIGINT NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    PRIMARY KEY (hash, kind, item)
);
CREATE INDEX item_key_item ON item_key (item);

CREATE TABLE delivery (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    message_id TEXT NOT NULL UNIQUE,
    subject TEXT NOT NULL,
    bytes BLOB NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    created BIGINT NOT NULL,
    -- When it is tried next, or was settled.
    due BIGINT NOT NULL,
    -- The channel's last answer.
    answer TEXT
);
CREATE INDEX delivery_open ON delivery (due) WHERE state IN ('pending', 'in-doubt');

CREATE TABLE alert (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    story BIGINT NOT NULL REFERENCES story (id),
    -- Empty for the journal, else the mail address.
    subscriber TEXT NOT NULL,
    -- The story's revision that is owed: a correction is owed anew.
    revision BIGINT NOT NULL,
    watches TEXT NOT NULL,
    created BIGINT NOT NULL,
    due BIGINT NOT NULL,
    -- The delivery that carries it; NULL while it waits to fall due.
    delivery BIGINT REFERENCES delivery (id),
    cancelled BOOLEAN NOT NULL DEFAULT FALSE,
    UNIQUE (story, subscriber, revision)
);
CREATE INDEX alert_open ON alert (due) WHERE delivery IS NULL AND NOT cancelled;
CREATE INDEX alert_delivery ON alert (delivery);
