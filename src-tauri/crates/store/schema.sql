-- What a fresh database holds: the sum of all migrations. Kept true by a test, which rewrites it when run with
-- WARDLINE_WRITE_SCHEMA=1.

CREATE TABLE account (
    id       INTEGER PRIMARY KEY CHECK (id = 1), -- one account per database
    address  TEXT NOT NULL, -- bare address
    resource TEXT NOT NULL, -- of this installation
    server   TEXT NOT NULL, -- JSON: how to find the server
    credential TEXT NOT NULL
) STRICT;

CREATE TABLE contact (
    address      TEXT PRIMARY KEY,
    roster_name  TEXT, -- as the roster has it
    full_name    TEXT, -- as the person's profile has it
    role         TEXT,
    ward         TEXT,
    subscription INTEGER, -- NULL: not in the roster
    avatar_hash  TEXT, -- the picture that they announce; it may not be in table avatar yet
    profile_us   INTEGER -- when the profile was last fetched, by the local clock
, blocked INTEGER NOT NULL DEFAULT 0, accepted INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;

CREATE TABLE avatar (
    hash  TEXT PRIMARY KEY,
    mime  TEXT NOT NULL,
    bytes BLOB NOT NULL
) STRICT;

CREATE TABLE archive (
    id      INTEGER PRIMARY KEY,
    address TEXT NOT NULL UNIQUE, -- who keeps it: the account's own bare address, or the team chat's
    kind    INTEGER NOT NULL
) STRICT;

CREATE TABLE conversation (
    id              INTEGER PRIMARY KEY,
    kind            INTEGER NOT NULL,
    address         TEXT NOT NULL UNIQUE,
    archive_id      INTEGER NOT NULL REFERENCES archive (id),
    title           TEXT, -- of a team
    nick            TEXT, -- own name in a team
    avatar_hash     TEXT, -- of a team
    members         INTEGER, -- of a team, where known
    box             INTEGER NOT NULL, -- inbox, archive, hidden
    pinned          INTEGER NOT NULL DEFAULT 0,
    marked_unread   INTEGER NOT NULL DEFAULT 0, -- by hand
    muted_until_us  INTEGER, -- NULL: not muted
    unread          INTEGER NOT NULL DEFAULT 0,
    unread_source   INTEGER NOT NULL, -- who counted it
    read_position   INTEGER, -- read pointer: everything up to here has been read
    read_message_id INTEGER, -- the message it stands on, where it is here; no foreign key, as it may go
    last_message_id INTEGER, -- newest displayable message; no foreign key, as the two tables would need each other
    sort_us         INTEGER NOT NULL -- stamp by which the chat list is sorted
, listed INTEGER NOT NULL DEFAULT 0, aside_us INTEGER, service INTEGER, membership INTEGER NOT NULL DEFAULT 1, invited_by TEXT, purpose TEXT, version TEXT, mentions INTEGER NOT NULL DEFAULT 0, mentions_only INTEGER NOT NULL DEFAULT 0, title_source INTEGER) STRICT;

CREATE TABLE segment (
    id               INTEGER PRIMARY KEY,
    conversation_id  INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    kind             INTEGER NOT NULL, -- archived, live
    first_archive_id TEXT, -- archive id of the oldest message inside; NULL while empty or not known
    last_archive_id  TEXT, -- archive id of the newest message inside; NULL while empty or not known
    first_position   INTEGER NOT NULL,
    last_position    INTEGER NOT NULL,
    reaches_start    INTEGER NOT NULL DEFAULT 0, -- 1: nothing is older, by the server's word
    tail_proven_us   INTEGER -- when it was last proven that nothing is newer, by the local clock
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
    segment_id      INTEGER REFERENCES segment (id) ON DELETE SET NULL, -- NULL: not proven to lie in one
    position        INTEGER NOT NULL, -- order in the thread, ties by id; from 4e18 on: not on the server yet
    displayable     INTEGER NOT NULL, -- 1: drawn in the thread
    direction       INTEGER NOT NULL,
    kind            INTEGER NOT NULL,
    sender_address  TEXT NOT NULL,
    sender_nick     TEXT, -- in a team
    body            TEXT NOT NULL, -- as shown now; empty once taken back
    original_body   TEXT, -- as first sent, where it was corrected since
    stamp_us        INTEGER NOT NULL, -- shown time
    stamp_source    INTEGER NOT NULL,
    sent_us         INTEGER, -- as its sender or an earlier server says; shown to nobody
    archived_us     INTEGER, -- stamp of the archive
    delivery        INTEGER, -- own messages only
    failure         INTEGER, -- own messages that failed only
    edited_us       INTEGER,
    retracted_us    INTEGER
, mention INTEGER, mentions TEXT, notice TEXT, received_live INTEGER NOT NULL DEFAULT 0, unreadable INTEGER) STRICT;

CREATE INDEX message_thread ON message (conversation_id, position, id, direction) WHERE displayable = 1;

CREATE INDEX message_conversation ON message (conversation_id, position, id) WHERE displayable = 0;

CREATE INDEX message_segment ON message (segment_id) WHERE segment_id IS NOT NULL;

CREATE INDEX message_unplaced ON message (conversation_id, position) WHERE archived_us IS NULL;

CREATE TABLE outbox (
    id              INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice: local echoes are ordered by it
    conversation_id INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    message_id      INTEGER NOT NULL UNIQUE REFERENCES message (id) ON DELETE CASCADE, -- the local echo
    origin_id       TEXT NOT NULL UNIQUE, -- the same with every attempt
    payload         TEXT NOT NULL, -- what to send, in the SDK's form
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

CREATE TABLE pending_reference (
    id             INTEGER PRIMARY KEY,
    archive_id     INTEGER NOT NULL REFERENCES archive (id),
    kind           INTEGER NOT NULL,
    target_kind    INTEGER NOT NULL, -- which kind of id names the target
    target         TEXT NOT NULL,
    sender_address TEXT NOT NULL,
    payload        TEXT NOT NULL, -- in the SDK's form
    stamp_us       INTEGER NOT NULL
) STRICT;

CREATE INDEX pending_target ON pending_reference (archive_id, target);

CREATE TABLE reaction (
    message_id     INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    sender_address TEXT NOT NULL,
    emoji          TEXT NOT NULL,
    stamp_us       INTEGER NOT NULL,
    PRIMARY KEY (message_id, sender_address, emoji)
) STRICT, WITHOUT ROWID;

CREATE TABLE receipt (
    message_id INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    address    TEXT NOT NULL, -- whose
    state      INTEGER NOT NULL,
    stamp_us   INTEGER NOT NULL,
    PRIMARY KEY (message_id, address)
) STRICT, WITHOUT ROWID;

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
    content    BLOB -- in here, as a file beside the database would not be encrypted
) STRICT;

CREATE INDEX attachment_message ON attachment (message_id);

CREATE TABLE job (
    id              INTEGER PRIMARY KEY,
    kind            TEXT NOT NULL,
    conversation_id INTEGER REFERENCES conversation (id) ON DELETE CASCADE,
    progress        TEXT NOT NULL, -- in the SDK's form
    state           INTEGER NOT NULL,
    attempts        INTEGER NOT NULL DEFAULT 0,
    next_attempt_us INTEGER NOT NULL -- not before, by the local clock
) STRICT;

CREATE UNIQUE INDEX job_kind ON job (kind, coalesce(conversation_id, 0));

CREATE INDEX job_conversation ON job (conversation_id);

CREATE VIRTUAL TABLE message_text USING fts5 (
    body, content = 'message', content_rowid = 'id', tokenize = "unicode61 remove_diacritics 2"
);

CREATE TRIGGER message_text_insert AFTER INSERT ON message WHEN new.displayable = 1 BEGIN
    INSERT INTO message_text (rowid, body) VALUES (new.id, new.body);
END;

CREATE TRIGGER message_text_delete AFTER DELETE ON message WHEN old.displayable = 1 BEGIN
    INSERT INTO message_text (message_text, rowid, body) VALUES ('delete', old.id, old.body);
END;

CREATE TRIGGER message_text_update AFTER UPDATE OF body, displayable ON message BEGIN
    INSERT INTO message_text (message_text, rowid, body) SELECT 'delete', old.id, old.body WHERE old.displayable = 1;
    INSERT INTO message_text (rowid, body) SELECT new.id, new.body WHERE new.displayable = 1;
END;

CREATE TABLE reader (
    conversation_id INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    address         TEXT NOT NULL, -- of a member of the team: bare, or in the team where only that is known
    message_id      INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE, -- the last one that they have seen
    stamp_us        INTEGER NOT NULL, -- when they said so
    PRIMARY KEY (conversation_id, address)
) STRICT, WITHOUT ROWID;

CREATE INDEX reader_message ON reader (message_id);

CREATE TABLE revision (
    message_id     INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    kind           INTEGER NOT NULL,
    sender_address TEXT NOT NULL,
    said_in        TEXT NOT NULL, -- id of the message that says it
    stamp_us       INTEGER NOT NULL,
    PRIMARY KEY (message_id, kind, sender_address, said_in)
) STRICT, WITHOUT ROWID;

CREATE TABLE member (
    conversation_id INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    address         TEXT NOT NULL, -- bare
    role            INTEGER NOT NULL,
    PRIMARY KEY (conversation_id, address)
) STRICT, WITHOUT ROWID;

CREATE INDEX message_mention ON message (conversation_id, position) WHERE mention >= 2;

CREATE TABLE "alias" (
    archive_id     INTEGER NOT NULL REFERENCES archive (id),
    kind           INTEGER NOT NULL,
    sender_address TEXT NOT NULL,
    value          TEXT NOT NULL,
    message_id     INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    PRIMARY KEY (archive_id, kind, value, sender_address, message_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX alias_message ON alias (message_id);

CREATE UNIQUE INDEX alias_archived ON alias (archive_id, value) WHERE kind = 1;

CREATE INDEX member_address ON member (address);

CREATE INDEX conversation_request ON conversation (id) WHERE kind = 1 AND membership = 2;

CREATE INDEX pending_sender ON pending_reference (archive_id, sender_address, id);
