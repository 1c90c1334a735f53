-- What is asked every minute: what each way out last accepted, and what was refused since.

CREATE INDEX delivery_accepted ON delivery (channel, address, due)
    WHERE state = 'sent' AND purpose <> 'operator';
CREATE INDEX delivery_lost ON delivery (channel, address, created)
    WHERE state IN ('refused', 'given-up');
