-- Corrections of and reactions to a message, each once: what an archive tells again changes nothing.
CREATE TABLE revision (
    message_id     INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    kind           INTEGER NOT NULL,
    sender_address TEXT NOT NULL,
    said_in        TEXT NOT NULL, -- id of the message that says it
    stamp_us       INTEGER NOT NULL,
    PRIMARY KEY (message_id, kind, sender_address, said_in)
) STRICT, WITHOUT ROWID;
