CREATE TABLE reader (
    conversation_id INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    address         TEXT NOT NULL, -- of a member of the team: bare, or in the team where only that is known
    message_id      INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE, -- the last one that they have seen
    stamp_us        INTEGER NOT NULL, -- when they said so
    PRIMARY KEY (conversation_id, address)
) STRICT, WITHOUT ROWID;

CREATE INDEX reader_message ON reader (message_id);
