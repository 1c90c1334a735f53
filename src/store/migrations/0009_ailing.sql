-- What ails a source, as the operator was told.

-- When the newest of its items was published, or seen where it has no date.
ALTER TABLE source ADD COLUMN newest BIGINT;
UPDATE source SET newest = (
    SELECT max(coalesce(item.published, item.first_seen)) FROM item WHERE item.source = source.name
);
-- The last answer said that it is gone for good.
ALTER TABLE source ADD COLUMN gone BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE source ADD COLUMN ailing TEXT;
