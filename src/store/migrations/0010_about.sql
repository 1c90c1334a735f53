-- Whom a notice to the operator is about, so that it goes when they are forgotten.

-- As in alert.subscriber.
ALTER TABLE delivery ADD COLUMN about TEXT;
-- Until now the text alone said so, at the beginning of a line, which may be broken for its way.
UPDATE delivery SET about = (
    SELECT address FROM subscription
    WHERE instr(
        replace(lower(CAST(delivery.bytes AS TEXT)), '=' || char(13) || char(10), ''),
        char(10) || lower(address) || ' was refused '
    ) > 0
)
WHERE purpose = 'operator' AND subject LIKE '%a subscriber is suspended%';
