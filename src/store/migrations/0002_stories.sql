-- What follows what, who is told no more, how an item came to its story, what it said before.

ALTER TABLE story ADD COLUMN follows BIGINT REFERENCES story (id);
-- What became of the story it follows; JSON.
ALTER TABLE story ADD COLUMN change TEXT;

CREATE TABLE story_mute (
    story BIGINT NOT NULL REFERENCES story (id) ON DELETE CASCADE,
    -- Empty for everybody, else the mail address.
    subscriber TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (story, subscriber)
);

-- How it came to its story: new, duplicate, same event, development.
ALTER TABLE item ADD COLUMN placed TEXT;
-- The item that it was most like.
ALTER TABLE item ADD COLUMN placed_like BIGINT;

CREATE TABLE item_edit (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    item BIGINT NOT NULL REFERENCES item (id) ON DELETE CASCADE,
    -- When it was seen to be changed.
    at BIGINT NOT NULL,
    -- As it read before.
    title TEXT NOT NULL,
    summary TEXT NOT NULL
);
CREATE INDEX item_edit_item ON item_edit (item);

-- How often entries came back with their guid, and with another one under the same link.
ALTER TABLE source ADD COLUMN guids_kept BIGINT NOT NULL DEFAULT 0;
ALTER TABLE source ADD COLUMN guids_renewed BIGINT NOT NULL DEFAULT 0;

-- Headlines and summaries by their words.
CREATE VIRTUAL TABLE item_words USING fts5 (
    title, summary, content = 'item', content_rowid = 'id', tokenize = "unicode61 remove_diacritics 2"
);
INSERT INTO item_words (item_words) VALUES ('rebuild');
CREATE TRIGGER item_words_insert AFTER INSERT ON item BEGIN
    INSERT INTO item_words (rowid, title, summary) VALUES (new.id, new.title, new.summary);
END;
CREATE TRIGGER item_words_delete AFTER DELETE ON item BEGIN
    INSERT INTO item_words (item_words, rowid, title, summary)
    VALUES ('delete', old.id, old.title, old.summary);
END;
CREATE TRIGGER item_words_update AFTER UPDATE OF title, summary ON item BEGIN
    INSERT INTO item_words (item_words, rowid, title, summary)
    VALUES ('delete', old.id, old.title, old.summary);
    INSERT INTO item_words (rowid, title, summary) VALUES (new.id, new.title, new.summary);
END;
