-- Of a team: which kind of service keeps it, how one stands with it and who asked one in, what it is for, the version of it that is
-- held (MUC Light), unread messages that mention one, and whether notifications are wanted of those alone.
ALTER TABLE conversation ADD COLUMN service INTEGER;
ALTER TABLE conversation ADD COLUMN membership INTEGER NOT NULL DEFAULT 1;
ALTER TABLE conversation ADD COLUMN invited_by TEXT;
ALTER TABLE conversation ADD COLUMN purpose TEXT;
ALTER TABLE conversation ADD COLUMN version TEXT;
ALTER TABLE conversation ADD COLUMN mentions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN mentions_only INTEGER NOT NULL DEFAULT 0;

-- Who is in a team, oneself included.
CREATE TABLE member (
    conversation_id INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    address         TEXT NOT NULL, -- bare
    role            INTEGER NOT NULL,
    PRIMARY KEY (conversation_id, address)
) STRICT, WITHOUT ROWID;

ALTER TABLE message ADD COLUMN mention INTEGER; -- whom it means before others: oneself, everyone, somebody
ALTER TABLE message ADD COLUMN mentions TEXT; -- where they stand in the text, in the SDK's form
ALTER TABLE message ADD COLUMN notice TEXT; -- what a team says of itself, in the SDK's form

-- 2 and 3: everyone, oneself.
CREATE INDEX message_mention ON message (conversation_id, position) WHERE mention >= 2;
