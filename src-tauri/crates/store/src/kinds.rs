//! Enumerations, stored as small numbers. A number once given out never changes its meaning.

use sea_orm::sea_query::Nullable;
use sea_orm::{ColIdx, DbErr, QueryResult, TryGetError, TryGetable, Value};
use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $code:literal,)* })*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name { $($(#[$vmeta])* $variant,)* }

        impl $name {
            /// The number that stands for it in the database.
            pub(crate) const fn code(self) -> i32 {
                match self { $(Self::$variant => $code,)* }
            }

            const fn from_code(code: i32) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }
        }

        impl From<$name> for Value {
            fn from(kind: $name) -> Self {
                kind.code().into()
            }
        }

        impl TryGetable for $name {
            fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
                Self::from_code(i32::try_get_by(row, index)?)
                    .ok_or_else(|| TryGetError::DbErr(DbErr::Type(stringify!($name).to_owned())))
            }
        }

        impl Nullable for $name {
            fn null() -> Value {
                Value::Int(None)
            }
        }
    )*};
}

kinds! {
    /// Whose archive.
    ArchiveKind {
        /// The account's own.
        Own = 1,
        /// A team chat's.
        Room = 2,
    }
    /// What kind of id a message was seen under.
    AliasKind {
        /// The archive's own id of the message: the only one that is unique by the server's word.
        StanzaId = 1,
        /// The id that the sender's app made to recognise its own message.
        OriginId = 2,
        /// The plain message id. Poor apps use one twice.
        MessageId = 3,
    }
    /// One-to-one or team.
    ConversationKind {
        /// With one person.
        Person = 1,
        /// A team chat.
        Team = 2,
    }
    /// Which kind of service keeps a team.
    TeamService {
        /// Multi-user chat (XEP-0045).
        Muc = 1,
        /// MongooseIM's MUC Light.
        MucLight = 2,
    }
    /// Where the title of a team comes from. A higher number is worth more.
    TitleSource {
        /// Name of the bookmark (XEP-0402).
        Bookmark = 1,
        /// The room itself, or a name given here.
        Team = 2,
    }
    /// Membership of the user in a team.
    Membership {
        /// In it; of a person: nothing waits for an answer.
        Member = 1,
        /// Asked to come in; of a person: they ask to be a contact.
        Invited = 2,
        /// Left it.
        Left = 3,
        /// Was taken out of it.
        Removed = 4,
        /// Is kept out of it.
        Banned = 5,
        /// It is no more.
        Ended = 6,
    }
    /// Role in a team. Ordered: most rights first.
    TeamRole {
        /// Runs it.
        Owner = 1,
        /// May change who is in it.
        Admin = 2,
        /// Reads and writes.
        Member = 3,
    }
    /// Whom a message mentions before others.
    Mention {
        /// Somebody else.
        Other = 1,
        /// Everyone.
        Everyone = 2,
        /// The user.
        Me = 3,
    }
    /// Where a conversation is shown.
    ConversationBox {
        /// In the chat list.
        Inbox = 1,
        /// Archived by the user.
        Archive = 2,
        /// Not shown: left, or nothing in it yet.
        Hidden = 3,
    }
    /// Which way a message went.
    Direction {
        /// From somebody else.
        Incoming = 1,
        /// From the signed-in person, on any device.
        Outgoing = 2,
        /// Neither: a team says it of itself. Never unread, never the last message of the list.
        Neither = 3,
    }
    /// What a message is.
    MessageKind {
        /// Text written by somebody.
        Text = 1,
        /// What a team says of itself, such as "Bob was added".
        System = 2,
    }
    /// Why a message has no text that can be shown.
    Unreadable {
        /// It is encrypted for other apps of its recipient.
        Encrypted = 1,
        /// It says something in a form that is not understood here.
        Unsupported = 2,
        /// Its text shows nothing: spaces, or characters without a shape.
        Blank = 3,
    }
    /// Where the shown time of a message comes from.
    StampSource {
        /// The archive of the server.
        Archive = 1,
        /// A delay stamp by a server that is trusted for it.
        Delay = 2,
        /// This computer's clock, until the server's time is known.
        Clock = 3,
    }
    /// How far an own message got. Ordered: it only moves up, except to and from `Failed`.
    DeliveryState {
        /// Stored here, not acknowledged by the server.
        Waiting = 1,
        /// The server has it.
        Sent = 2,
        /// A device of the recipient has it.
        Delivered = 3,
        /// The recipient has seen it.
        Read = 4,
        /// It was not sent and will not be by itself.
        Failed = 5,
    }
    /// Why an own message failed, or is still waiting after it was tried.
    Failure {
        /// The recipient does not exist.
        RecipientUnknown = 1,
        /// Not allowed (blocked, not a member).
        NotAllowed = 2,
        /// The server refuses for another reason.
        Refused = 3,
        /// Larger than the server accepts.
        TooLarge = 4,
        /// A server on the way is busy or out of reach: it passes, and is tried again.
        Busy = 5,
        /// The team chat has not let us in.
        NotEntered = 6,
    }
    /// Where a segment comes from.
    SegmentKind {
        /// Fetched from an archive.
        Archived = 1,
        /// Grows at its end with live messages of the current session.
        Live = 2,
        /// Fetched from an archive whose cursor is lost since: what follows it is not known, whatever the new cursor says.
        Detached = 3,
    }
    /// State of a gap.
    GapState {
        /// Known, waiting to be filled.
        Open = 1,
        /// The server no longer keeps what was here.
        Expired = 2,
    }
    /// State of an outgoing message.
    OutboxState {
        /// Waits for its turn.
        Waiting = 1,
        /// Handed to the current session, not acknowledged yet.
        InFlight = 2,
        /// The session ended before the server acknowledged it: it may or may not be on the server.
        Unconfirmed = 3,
        /// Refused; waits for the user.
        Failed = 4,
    }
    /// What refers to a message that is not here yet.
    PendingKind {
        /// New text for it.
        Correction = 1,
        /// It is taken back.
        Retraction = 2,
        /// Reactions to it.
        Reaction = 3,
        /// It was displayed, as was everything before it.
        Marker = 4,
        /// It was delivered.
        Receipt = 5,
    }
    /// A change of a conversation that must reach the server.
    PendingSyncKind {
        /// The read position for the user's other devices (XEP-0490).
        ReadPosition = 1,
        /// The displayed marker for the other side (XEP-0333).
        DisplayedMarker = 2,
        /// The bookmark of a joined room (XEP-0402).
        Bookmark = 3,
        /// Which notifications are wanted.
        NotificationLevel = 4,
        /// Marked as unread by hand, or not.
        MarkedUnread = 5,
        /// Muted, or not.
        Mute = 6,
        /// Pinned, or not.
        Pin = 7,
        /// Shown in the inbox or in the archive.
        Archive = 8,
    }
    /// How far somebody got with a message.
    ReceiptState {
        /// A device of theirs has it.
        Delivered = 1,
        /// They have seen it.
        Read = 2,
    }
    /// Presence subscription between a contact and the signed-in person.
    Subscription {
        /// Neither way.
        None = 1,
        /// The signed-in person sees the contact.
        To = 2,
        /// The contact sees the signed-in person.
        From = 3,
        /// Both ways.
        Both = 4,
    }
    /// State of an attachment.
    AttachmentState {
        /// On the server only.
        Remote = 1,
        /// Being fetched or sent.
        Moving = 2,
        /// Its content is here.
        Local = 3,
        /// It could not be fetched or sent.
        Failed = 4,
    }
}
