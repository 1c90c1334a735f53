-- In which rhythm a source is polled, and where its addresses say that they are now.

-- What its news of late suggest and what it asks for; JSON.
ALTER TABLE source ADD COLUMN pace TEXT;

-- A digest of the last body that was read.
ALTER TABLE validator ADD COLUMN digest TEXT;
-- Where the address says that it is for good, and how many polls in a row it said so.
ALTER TABLE validator ADD COLUMN moved_to TEXT;
ALTER TABLE validator ADD COLUMN moved_times BIGINT NOT NULL DEFAULT 0;
