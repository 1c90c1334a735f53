-- The articles of items: which of them are waited for, and what came of the others.
CREATE TABLE article (
    item BIGINT NOT NULL PRIMARY KEY REFERENCES item (id) ON DELETE CASCADE,
    -- Until when its item waits for it; NULL once that is decided.
    awaited_until BIGINT,
    -- Its text; empty where it was not read, or was cleared away.
    text TEXT NOT NULL DEFAULT '',
    -- The sentence in it that tells what headline and summary did not.
    passage TEXT,
    -- Why it was not read.
    failure TEXT
);
CREATE INDEX article_awaited ON article (awaited_until) WHERE awaited_until IS NOT NULL;
