-- Times are Unix microseconds by the server's clock unless said otherwise. Enumerations are the numbers of src/kinds.rs; a
-- partial index needs the number in its text, and a comment beside it names the variant.
-- Addresses, archive ids and payloads are opaque text.

CREATE TABLE account (
    id         INTEGER PRIMARY KEY CHECK (id = 1), -- one account per database
    address    TEXT NOT NULL, -- bare address
    resource   TEXT NOT NULL, -- of this installation
    server     TEXT NOT NULL, -- JSON: how to find the server
    credential TEXT NOT NULL -- SCRAM keys (RFC 5802), or the password where the server offers nothing better; SDK format
) STRICT;

CREATE TABLE contact (
    address      TEXT PRIMARY KEY,
    roster_name  TEXT, -- name in the roster
    full_name    TEXT, -- name in the person's profile
    role         TEXT,
    ward         TEXT,
    subscription INTEGER, -- NULL: not in the roster
    avatar_hash  TEXT, -- announced picture; table avatar may not have it yet
    profile_us   INTEGER, -- last fetch of the profile, by the local clock
    blocked      INTEGER NOT NULL DEFAULT 0, -- 1: on the block list (XEP-0191), which the server keeps
    accepted     INTEGER NOT NULL DEFAULT 0 -- 1: the user accepted messages of this stranger, or wrote to them
) STRICT, WITHOUT ROWID;

CREATE TABLE avatar (
    hash  TEXT PRIMARY KEY,
    mime  TEXT NOT NULL,
    bytes BLOB NOT NULL
) STRICT;

CREATE TABLE archive (
    id      INTEGER PRIMARY KEY,
    address TEXT NOT NULL UNIQUE, -- owner of the archive: the account's own bare address, or the team chat's
    kind    INTEGER NOT NULL
) STRICT;

CREATE TABLE conversation (
    id                  INTEGER PRIMARY KEY,
    kind                INTEGER NOT NULL,
    address             TEXT NOT NULL UNIQUE,
    archive_id          INTEGER NOT NULL REFERENCES archive (id),
    title               TEXT, -- of a team
    title_source        INTEGER, -- of a team; a title from a poorer source never replaces one from a better source
    nick                TEXT, -- own name in a team
    avatar_hash         TEXT, -- of a team
    members             INTEGER, -- of a team, where known
    service             INTEGER, -- of a team: MUC or MUC Light
    membership          INTEGER NOT NULL DEFAULT 1, -- of a team; "invited" with a person: they ask to be a contact
    invited_by          TEXT, -- of a team
    purpose             TEXT, -- of a team
    version             TEXT, -- of a team: stored version of its members and configuration (MUC Light)
    shown_in            INTEGER NOT NULL, -- inbox, archive, hidden
    archived_through_us INTEGER, -- archived or trashed with every message up to this stamp; a later message unarchives it
    listed              INTEGER NOT NULL DEFAULT 0, -- 1: the server's inbox has listed it
    pinned              INTEGER NOT NULL DEFAULT 0,
    marked_unread       INTEGER NOT NULL DEFAULT 0, -- by hand
    muted_until_us      INTEGER, -- NULL: not muted
    mentions_only       INTEGER NOT NULL DEFAULT 0, -- 1: notify of mentions alone
    unread              INTEGER NOT NULL DEFAULT 0,
    mentions            INTEGER NOT NULL DEFAULT 0, -- unread messages that mention the user or everyone
    read_position       INTEGER, -- read pointer: everything up to here has been read
    read_message_id     INTEGER, -- message of the read pointer, where stored; no foreign key, as the message may be deleted
    last_message_id     INTEGER, -- newest message; no foreign key, as the two tables would need each other
    sort_us             INTEGER NOT NULL -- stamp by which the chat list is sorted
) STRICT;

-- kind 1: person; membership 2: invited. People who ask to be a contact and have no answer.
CREATE INDEX conversation_request ON conversation (id) WHERE kind = 1 AND membership = 2;

-- Members of a team, the user included.
CREATE TABLE member (
    conversation_id INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    address         TEXT NOT NULL, -- bare
    role            INTEGER NOT NULL,
    PRIMARY KEY (conversation_id, address)
) STRICT, WITHOUT ROWID;

CREATE INDEX member_address ON member (address);

CREATE TABLE segment (
    id               INTEGER PRIMARY KEY,
    conversation_id  INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    kind             INTEGER NOT NULL, -- archived, live, detached
    first_archive_id TEXT, -- archive id of the oldest message inside; NULL while empty or not known
    last_archive_id  TEXT, -- archive id of the newest message inside; NULL while empty or not known
    first_position   INTEGER NOT NULL,
    last_position    INTEGER NOT NULL,
    reaches_start    INTEGER NOT NULL DEFAULT 0 -- 1: the server has said that nothing is older
) STRICT;

CREATE INDEX segment_order ON segment (conversation_id, last_position);

CREATE TABLE gap (
    id              INTEGER PRIMARY KEY,
    conversation_id INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    older_segment   INTEGER NOT NULL UNIQUE REFERENCES segment (id) ON DELETE CASCADE, -- ends before the gap
    newer_segment   INTEGER NOT NULL UNIQUE REFERENCES segment (id) ON DELETE CASCADE, -- begins after the gap
    state           INTEGER NOT NULL
) STRICT;

CREATE INDEX gap_conversation ON gap (conversation_id);

CREATE TABLE message (
    id              INTEGER PRIMARY KEY, -- milliseconds since 2000 times 4096 plus a counter: by time, below 2^53
    conversation_id INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    segment_id      INTEGER REFERENCES segment (id) ON DELETE SET NULL, -- NULL: in no segment yet
    position        INTEGER NOT NULL, -- order in the thread, ties by id; from 4e18 on: local echo
    direction       INTEGER NOT NULL,
    kind            INTEGER NOT NULL,
    sender_address  TEXT NOT NULL,
    sender_nick     TEXT, -- in a team
    body            TEXT NOT NULL, -- as shown now; empty once retracted
    original_body   TEXT, -- as first sent, where it was corrected since
    stamp_us        INTEGER NOT NULL, -- shown time
    stamp_source    INTEGER NOT NULL,
    sent_us         INTEGER, -- first reception by the server, where the archive says that the message was sent again
    archived_us     INTEGER, -- stamp of the archive
    received_live   INTEGER NOT NULL DEFAULT 0, -- 1: a live copy has arrived; a second live copy is another message
    delivery        INTEGER, -- own messages only
    failure         INTEGER, -- own messages that failed or wait after an error
    edited_us       INTEGER,
    retracted_us    INTEGER,
    mention         INTEGER, -- strongest mention: the user, everyone, somebody else
    mentions        TEXT, -- their places in the text, in the SDK's form
    room_event      TEXT, -- event of a team such as "Bob was added", in the SDK's form
    unreadable      INTEGER -- why there is no text to show; NULL: there is
) STRICT;

-- direction is in it so that unread messages are counted without visiting the table.
CREATE INDEX message_thread ON message (conversation_id, position, id, direction);
CREATE INDEX message_segment ON message (segment_id) WHERE segment_id IS NOT NULL;
CREATE INDEX message_unplaced ON message (conversation_id, position) WHERE archived_us IS NULL;

-- mention 2 and 3: everyone, the user.
CREATE INDEX message_mention ON message (conversation_id, position) WHERE mention >= 2;

-- Every id under which a message was seen. sender_address is '' for ids that the archive gives, so that no sender can
-- claim the id of another's message. Some senders number every message alike: an id made by a sender may name several
-- messages, an id given by an archive names one.
CREATE TABLE alias (
    archive_id     INTEGER NOT NULL REFERENCES archive (id),
    kind           INTEGER NOT NULL,
    sender_address TEXT NOT NULL,
    value          TEXT NOT NULL,
    message_id     INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    PRIMARY KEY (archive_id, kind, value, sender_address, message_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX alias_message ON alias (message_id);

-- kind 1: stanza-id.
CREATE UNIQUE INDEX alias_archived ON alias (archive_id, value) WHERE kind = 1;

CREATE TABLE outbox (
    id              INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice: local echoes are ordered by it
    conversation_id INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    message_id      INTEGER NOT NULL UNIQUE REFERENCES message (id) ON DELETE CASCADE, -- the local echo
    origin_id       TEXT NOT NULL UNIQUE, -- the same with every attempt
    payload         TEXT NOT NULL, -- content to send, in the SDK's form
    state           INTEGER NOT NULL,
    attempts        INTEGER NOT NULL DEFAULT 0,
    next_attempt_us INTEGER NOT NULL -- not before, by the local clock
) STRICT;

CREATE INDEX outbox_order ON outbox (conversation_id, id);

CREATE TABLE draft (
    conversation_id INTEGER PRIMARY KEY REFERENCES conversation (id) ON DELETE CASCADE,
    body            TEXT NOT NULL,
    updated_us      INTEGER NOT NULL -- by the local clock
) STRICT;

CREATE TABLE setting (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Changes made here that the server has not confirmed yet, one of a kind per conversation.
CREATE TABLE pending_sync (
    conversation_id INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    kind            INTEGER NOT NULL,
    value           TEXT NOT NULL, -- in the SDK's form; of a setting: new with each change; empty for bookmarks
    PRIMARY KEY (conversation_id, kind)
) STRICT, WITHOUT ROWID;

-- Corrections and the like whose target is not stored yet, applied when it arrives.
CREATE TABLE pending_reference (
    id             INTEGER PRIMARY KEY,
    archive_id     INTEGER NOT NULL REFERENCES archive (id),
    kind           INTEGER NOT NULL,
    target_kind    INTEGER NOT NULL, -- kind of the id that names the target
    target         TEXT NOT NULL,
    sender_address TEXT NOT NULL,
    payload        TEXT NOT NULL, -- in the SDK's form
    stamp_us       INTEGER NOT NULL
) STRICT;

CREATE INDEX pending_target ON pending_reference (archive_id, target);
CREATE INDEX pending_sender ON pending_reference (archive_id, sender_address, id);

-- Corrections of and reactions to a message, each once: a second copy from an archive changes nothing.
CREATE TABLE revision (
    message_id     INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    kind           INTEGER NOT NULL,
    sender_address TEXT NOT NULL,
    source_id      TEXT NOT NULL, -- id of the message that carries it
    stamp_us       INTEGER NOT NULL,
    PRIMARY KEY (message_id, kind, sender_address, source_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE reaction (
    message_id     INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    sender_address TEXT NOT NULL,
    emoji          TEXT NOT NULL,
    stamp_us       INTEGER NOT NULL,
    PRIMARY KEY (message_id, sender_address, emoji)
) STRICT, WITHOUT ROWID;

CREATE TABLE receipt (
    message_id INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    address    TEXT NOT NULL, -- of the recipient
    state      INTEGER NOT NULL,
    stamp_us   INTEGER NOT NULL,
    PRIMARY KEY (message_id, address)
) STRICT, WITHOUT ROWID;

CREATE TABLE reader (
    conversation_id INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    address         TEXT NOT NULL, -- of a member of the team: bare, or in the team where only that is known
    message_id      INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE, -- the last message that they have read
    stamp_us        INTEGER NOT NULL, -- of their marker
    PRIMARY KEY (conversation_id, address)
) STRICT, WITHOUT ROWID;

CREATE INDEX reader_message ON reader (message_id);

CREATE TABLE attachment (
    id         INTEGER PRIMARY KEY,
    message_id INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    url        TEXT NOT NULL,
    name       TEXT,
    mime       TEXT,
    size       INTEGER, -- bytes
    width      INTEGER, -- pixels
    height     INTEGER, -- pixels
    state      INTEGER NOT NULL,
    content    BLOB -- in the database, as a file beside it would not be encrypted
) STRICT;

CREATE INDEX attachment_message ON attachment (message_id);

-- Full text of the messages. Only the index lives here; the text stays in table message.
CREATE VIRTUAL TABLE message_text USING fts5 (
    body, content = 'message', content_rowid = 'id', tokenize = "unicode61 remove_diacritics 2"
);

-- Words of deleted text leave the index at once instead of at the next merge.
INSERT INTO message_text (message_text, rank) VALUES ('secure-delete', 1);

CREATE TRIGGER message_text_insert AFTER INSERT ON message BEGIN
    INSERT INTO message_text (rowid, body) VALUES (new.id, new.body);
END;

CREATE TRIGGER message_text_delete AFTER DELETE ON message BEGIN
    INSERT INTO message_text (message_text, rowid, body) VALUES ('delete', old.id, old.body);
END;

CREATE TRIGGER message_text_update AFTER UPDATE OF body ON message BEGIN
    INSERT INTO message_text (message_text, rowid, body) VALUES ('delete', old.id, old.body);
    INSERT INTO message_text (rowid, body) VALUES (new.id, new.body);
END;
