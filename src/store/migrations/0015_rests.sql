-- How an address that could not be read is left alone while another one of its source is read: failures in a
-- row, until when, and why. NULL where it is not.
ALTER TABLE validator ADD COLUMN failures BIGINT NOT NULL DEFAULT 0;
ALTER TABLE validator ADD COLUMN rest_until BIGINT;
ALTER TABLE validator ADD COLUMN rest_reason TEXT;
