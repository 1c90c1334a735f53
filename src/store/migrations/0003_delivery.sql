-- Who wants what, what a message is for, what is wrong for how long.

-- What a message is for: alerts, confirm, operator.
ALTER TABLE delivery ADD COLUMN purpose TEXT NOT NULL DEFAULT 'alerts';
CREATE INDEX delivery_address ON delivery (address, created);
CREATE INDEX delivery_sent ON delivery (due) WHERE state = 'sent';

CREATE TABLE subscription (
    address TEXT NOT NULL PRIMARY KEY,
    -- What the links in their mails are known by.
    token TEXT NOT NULL UNIQUE,
    added BIGINT NOT NULL,
    -- When they were asked to confirm the address, and did.
    asked BIGINT,
    confirmed BIGINT,
    suspended BIGINT,
    suspended_why TEXT,
    -- How often in a row the address was refused for good.
    refusals BIGINT NOT NULL DEFAULT 0,
    -- When they unsubscribed from everything.
    unsubscribed BIGINT
);

CREATE TABLE watch_left (
    address TEXT NOT NULL REFERENCES subscription (address) ON DELETE CASCADE,
    watch TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (address, watch)
);

CREATE TABLE alarm (
    name TEXT NOT NULL PRIMARY KEY,
    since BIGINT NOT NULL
);

-- When the last summary of a week was made.
CREATE TABLE summary (
    at BIGINT NOT NULL PRIMARY KEY
);
