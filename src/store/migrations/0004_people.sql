-- People are known by their address in small letters, however the configuration writes it. (SQLite lowers
-- ASCII alone, which is all that addresses have, as a rule.)

-- Who it is for, as in alert.subscriber; the address beside it is written as on the envelope.
ALTER TABLE delivery ADD COLUMN subscriber TEXT NOT NULL DEFAULT '';
UPDATE delivery SET subscriber =
    CASE channel WHEN 'journal' THEN '' WHEN 'webhook' THEN 'webhook:' || address ELSE lower(address) END;
DROP INDEX delivery_address;
CREATE INDEX delivery_subscriber ON delivery (subscriber, created);

-- Of one person's alerts on the same thing the one that was told stays, else one that waits, else the last.
DELETE FROM alert WHERE subscriber NOT LIKE 'webhook:%' AND EXISTS (
    SELECT 1 FROM alert AS other
    WHERE other.story = alert.story AND other.revision = alert.revision
    AND other.id <> alert.id AND lower(other.subscriber) = lower(alert.subscriber)
    AND (other.delivery IS NOT NULL, NOT other.cancelled, other.id)
        > (alert.delivery IS NOT NULL, NOT alert.cancelled, alert.id)
);
UPDATE alert SET subscriber = lower(subscriber)
WHERE subscriber NOT LIKE 'webhook:%' AND subscriber <> lower(subscriber);

DELETE FROM story_mute WHERE subscriber NOT LIKE 'webhook:%' AND EXISTS (
    SELECT 1 FROM story_mute AS other
    WHERE other.story = story_mute.story AND other.subscriber > story_mute.subscriber
    AND lower(other.subscriber) = lower(story_mute.subscriber)
);
UPDATE story_mute SET subscriber = lower(subscriber)
WHERE subscriber NOT LIKE 'webhook:%' AND subscriber <> lower(subscriber);

-- Who has left, was suspended or has confirmed under one spelling has so under all. The links of the
-- spelling that came last stand in the latest mails: they go on.
CREATE INDEX subscription_person ON subscription (lower(address));
CREATE TABLE left_before AS
    SELECT lower(address) AS address, watch, min(since) AS since FROM watch_left GROUP BY lower(address), watch;
DELETE FROM watch_left;
UPDATE subscription SET
    asked = (SELECT min(asked) FROM subscription AS other WHERE lower(other.address) = lower(subscription.address)),
    confirmed = (SELECT min(confirmed) FROM subscription AS other
        WHERE lower(other.address) = lower(subscription.address)),
    suspended = (SELECT min(suspended) FROM subscription AS other
        WHERE lower(other.address) = lower(subscription.address)),
    suspended_why = (SELECT min(suspended_why) FROM subscription AS other
        WHERE lower(other.address) = lower(subscription.address)),
    refusals = (SELECT max(refusals) FROM subscription AS other
        WHERE lower(other.address) = lower(subscription.address)),
    unsubscribed = (SELECT min(unsubscribed) FROM subscription AS other
        WHERE lower(other.address) = lower(subscription.address));
DELETE FROM subscription WHERE EXISTS (
    SELECT 1 FROM subscription AS other
    WHERE lower(other.address) = lower(subscription.address)
    AND (other.added, other.token) > (subscription.added, subscription.token)
);
UPDATE subscription SET address = lower(address);
INSERT INTO watch_left (address, watch, since) SELECT address, watch, since FROM left_before;
DROP TABLE left_before;
DROP INDEX subscription_person;
