//! The one shape in which messages reach the layers above.

use xmpp_parsers::jid::{BareJid, Jid};

use crate::ids::{ArchiveId, MessageId, OriginId, Timestamp};
use crate::muc::{Announced, Invitation};
use crate::muc_light;
use crate::session::StanzaCondition;

/// How a message came here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Route {
    /// Addressed to this device, or sent to everybody in a room.
    Live,
    /// Copy of what another own device sent (XEP-0280).
    CarbonSent,
    /// Copy of what another own device received (XEP-0280).
    CarbonReceived,
    /// Out of an archive (XEP-0313).
    Archive,
    /// Named by the server's inbox as the last one of its conversation: another copy of one that came or will come on
    /// another route.
    Inbox,
}

/// From oneself or from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From somebody else, or from a service.
    Incoming,
    /// From oneself, on any device.
    Outgoing,
}

/// What sort of message it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageKind {
    /// One-to-one.
    Chat,
    /// To everybody in a room.
    GroupChat,
    /// To one occupant of a room under their name there (XEP-0045 section 7.5). Must never be shown as said to the
    /// room.
    RoomPrivate,
    /// One-to-one outside a conversation; shown like [`Chat`](Self::Chat).
    Normal,
    /// An announcement that nobody answers.
    Headline,
    /// Something that was sent came back.
    Error(StanzaCondition),
}

/// Where a time comes from. The sender's own clock never is such a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StampSource {
    /// The archive's stamp. Final.
    Archive,
    /// A `<delay/>` (XEP-0203) in the name of the own server, the own account or the room; of an entry of the inbox
    /// ([`Route::Inbox`]), the server's own word. Of what came live it says only that a server may have kept the
    /// message for a while: servers do not strip what a contact wrote into this field in their name, so nothing is
    /// dated by it before the archive has spoken.
    Delay,
}

/// When a message was received by a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stamp {
    /// The time.
    pub at: Timestamp,
    /// Who says so.
    pub source: StampSource,
}

/// Which kind of marker (XEP-0333).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MarkerKind {
    /// A device has the message.
    Received,
    /// It has been shown.
    Displayed,
    /// The user has acted upon it.
    Acknowledged,
}

/// A marker: everything up to the message with this id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    /// Which kind.
    pub kind: MarkerKind,
    /// The message; its `id` attribute, in rooms its archive id on some servers.
    pub id: MessageId,
}

/// Reactions of one sender to one message (XEP-0444): the whole set, replacing the one before.
#[derive(Clone, PartialEq, Eq)]
pub struct Reactions {
    /// The message: its id, in rooms its archive id.
    pub target: MessageId,
    /// Emoji; empty takes all back.
    pub emoji: Vec<String>,
}

/// Somebody is named in the text (XEP-0372).
#[derive(Clone, PartialEq, Eq)]
pub struct Mention {
    /// The first character of the name, counted in code points (XEP-0426).
    pub begin: u32,
    /// Behind the last one.
    pub end: u32,
    /// A person, an occupant of a room, or a room for everyone in it.
    pub whom: Jid,
}

/// What a room says has changed in it. What it is now has to be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RoomNews {
    /// Its configuration (XEP-0045 section 10.2.1).
    Configuration,
    /// Who belongs to it, of those who are not inside (XEP-0045 section 9.3).
    Affiliations,
}

/// A message is taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Retraction {
    /// This message takes back that one (XEP-0424, or its older form): the target's id, in rooms its archive id.
    Of(MessageId),
    /// This message is what is left of one that was taken back (a tombstone in an archive).
    Tombstone,
}

/// What the sender is doing (XEP-0085).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChatState {
    /// Attending.
    Active,
    /// Typing.
    Composing,
    /// Stopped typing.
    Paused,
    /// Not attending.
    Inactive,
    /// Has left.
    Gone,
}

/// Why a message has no text that can be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unreadable {
    /// It is encrypted for other apps.
    Encrypted,
    /// It says something in a form that is not understood here.
    Unsupported,
    /// Its text shows nothing: spaces, or characters without a shape.
    Blank,
}

/// How it is known from whom a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ascription {
    /// By an address, by a room's id for whoever it was (XEP-0421), or, in what the session's own occupant says now, by
    /// its name.
    Certain,
    /// By nothing but the name that its sender had in a room. Others may have had that name before, or have it now.
    NameOnly,
    /// As [`NameOnly`](Self::NameOnly), and the session does not know its own name there: it has not entered, or not
    /// any more. The direction says incoming.
    NameUnknown,
}

/// A message as decoded. Everything in it has passed the checks named beside the fields.
#[derive(Clone, PartialEq, Eq)]
pub struct ReceivedMessage {
    /// How it came.
    pub route: Route,
    /// The other person, or the room.
    pub conversation: BareJid,
    /// From oneself or from others. In rooms told by the real address where the room shows it, else by the own name in
    /// the room at this moment.
    pub direction: Direction,
    /// Whether the direction is certain.
    pub ascription: Ascription,
    /// Sender.
    pub from: Jid,
    /// Sender's name in the room, for [`MessageKind::GroupChat`]; `None` when the room itself speaks.
    pub nick: Option<String>,
    /// Real address of a room's occupant, where the room shows it.
    pub real_jid: Option<BareJid>,
    /// Sender's id in the room that survives changes of name (XEP-0421).
    pub occupant_id: Option<String>,
    /// What sort of message.
    pub kind: MessageKind,
    /// `id` attribute.
    pub id: Option<MessageId>,
    /// Origin id (XEP-0359).
    pub origin_id: Option<OriginId>,
    /// Id in the archive of the account (one-to-one) or of the room; only where nobody but the server can have written
    /// it.
    pub archive_id: Option<ArchiveId>,
    /// Server's time. `None`: live, so now.
    pub stamp: Option<Stamp>,
    /// When the server received it first, where it says that it hands it on later, or once more. Its sender may have
    /// said so instead.
    pub resent_of: Option<Timestamp>,
    /// Text, below its subject and above links to files. `None`: none that can be read.
    pub body: Option<String>,
    /// Why there is no text, where somebody wrote something.
    pub unreadable: Option<Unreadable>,
    /// The room's subject (XEP-0045 section 8.1). An empty one clears it. That of any other message stands in its text.
    pub subject: Option<String>,
    /// Thread (RFC 6121 section 5.2.5).
    pub thread: Option<String>,
    /// This message replaces that one of the same sender (XEP-0308).
    pub replaces: Option<MessageId>,
    /// Who is named in the text, as its sender says. Nothing says that the places lie in the text.
    pub mentions: Vec<Mention>,
    /// This message answers that one (XEP-0461): its id, in rooms its archive id.
    pub replies_to: Option<MessageId>,
    /// Something is taken back.
    pub retraction: Option<Retraction>,
    /// Reactions.
    pub reactions: Option<Reactions>,
    /// Marker.
    pub marker: Option<Marker>,
    /// A device of the recipient has that message (XEP-0184).
    pub receipt: Option<MessageId>,
    /// The sender wants a receipt (XEP-0184).
    pub wants_receipt: bool,
    /// The sender wants markers (XEP-0333).
    pub wants_markers: bool,
    /// The sender asks archives to keep it, whatever it is (XEP-0334 section 4.2).
    pub asks_storing: bool,
    /// What the sender is doing.
    pub chat_state: Option<ChatState>,
    /// What a MUC Light room says of itself.
    pub room_changes: Vec<muc_light::Change>,
    /// What a room (XEP-0045) says has changed in it, if it is one.
    pub room_news: Vec<RoomNews>,
    /// What an occupant of a room (XEP-0045) has changed about it; only of those who may do that, as far as the room
    /// tells.
    pub announced: Option<Announced>,
    /// Somebody asks one into a room.
    pub invitation: Option<Invitation>,
}

crate::redact::redacted_debug!(ReceivedMessage, Reactions, Mention);
