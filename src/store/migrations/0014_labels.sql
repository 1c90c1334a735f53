-- What the analyst says of items. A label keeps the text that it is about: it outlives the item, and may come from
-- elsewhere.
CREATE TABLE label (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    -- By what it is known here and elsewhere.
    name TEXT NOT NULL UNIQUE,
    -- The item, where it is here.
    item BIGINT UNIQUE REFERENCES item (id) ON DELETE SET NULL,
    language TEXT,
    published BIGINT,
    -- Empty where nobody knows.
    source TEXT NOT NULL,
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    -- JSON.
    label TEXT NOT NULL,
    -- When it was said.
    at BIGINT NOT NULL
);
