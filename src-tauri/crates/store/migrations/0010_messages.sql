-- Some senders number every message alike. An id that a sender makes may name several messages; one that an archive gives
-- names one.
CREATE TABLE alias_of_many (
    archive_id     INTEGER NOT NULL REFERENCES archive (id),
    kind           INTEGER NOT NULL,
    sender_address TEXT NOT NULL,
    value          TEXT NOT NULL,
    message_id     INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    PRIMARY KEY (archive_id, kind, value, sender_address, message_id)
) STRICT, WITHOUT ROWID;

INSERT INTO alias_of_many (archive_id, kind, sender_address, value, message_id)
    SELECT archive_id, kind, sender_address, value, message_id FROM alias;

DROP TABLE alias;

ALTER TABLE alias_of_many RENAME TO alias;

CREATE INDEX alias_message ON alias (message_id);

CREATE UNIQUE INDEX alias_archived ON alias (archive_id, value) WHERE kind = 1;

-- 1: a copy of it has come at the moment at which it was sent. A second such copy is another message.
ALTER TABLE message ADD COLUMN received_live INTEGER NOT NULL DEFAULT 0;

-- Why it has no text that can be shown; NULL: it has one.
ALTER TABLE message ADD COLUMN unreadable INTEGER;

-- 1: the signed-in person has accepted messages of somebody who is neither in the roster nor a colleague, or has written to them.
ALTER TABLE contact ADD COLUMN accepted INTEGER NOT NULL DEFAULT 0;

CREATE INDEX member_address ON member (address);

-- People who ask to be a contact and have no answer.
CREATE INDEX conversation_request ON conversation (id) WHERE kind = 1 AND membership = 2;

CREATE INDEX pending_sender ON pending_reference (archive_id, sender_address, id);
