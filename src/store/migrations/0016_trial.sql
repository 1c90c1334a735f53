-- What is written and deleted again to see whether there is room.
CREATE TABLE trial (
    room BLOB NOT NULL
);
