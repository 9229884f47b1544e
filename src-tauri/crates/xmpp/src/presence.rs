//! Presence of people and of rooms (RFC 6121 section 4, XEP-0045, XEP-0153).

use xmpp_parsers::jid::{BareJid, Jid};

use crate::session::StanzaCondition;

/// Whether somebody can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Availability {
    /// Connected.
    Available,
    /// Connected and eager to talk.
    FreeToChat,
    /// Connected and away.
    Away,
    /// Connected and away for long.
    ExtendedAway,
    /// Connected and asks not to be disturbed.
    DoNotDisturb,
    /// Not connected (any more).
    Unavailable,
    /// The presence bounced.
    Error(StanzaCondition),
}

/// What a presence says about the picture in the sender's vCard (XEP-0153).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AvatarHint {
    /// Nothing.
    Silent,
    /// There is none.
    NoPicture,
    /// SHA-1 of the picture, 40 lower-case hexadecimal digits.
    Sha1(String),
}

/// A request about subscriptions (RFC 6121 section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SubscriptionRequest {
    /// Asks to see our presence.
    Subscribe,
    /// Lets us see theirs.
    Subscribed,
    /// Does not want to see ours any more.
    Unsubscribe,
    /// Does not let us see theirs (any more).
    Unsubscribed,
}

/// What a presence is about.
#[derive(Clone, PartialEq, Eq)]
pub enum PresenceKind {
    /// Somebody's availability.
    Person(Availability),
    /// A request about subscriptions.
    Subscription(SubscriptionRequest),
    /// An occupant of a room.
    Occupant(Occupant),
}

/// Relation of an occupant to a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Affiliation {
    /// Owner.
    Owner,
    /// Administrator.
    Admin,
    /// Member.
    Member,
    /// None.
    None,
    /// Banned.
    Outcast,
}

/// An occupant of a room.
#[derive(Clone, PartialEq, Eq)]
pub struct Occupant {
    /// The room.
    pub room: BareJid,
    /// Name in the room.
    pub nick: String,
    /// There, or gone.
    pub availability: Availability,
    /// Own presence or somebody else's.
    pub whose: Whose,
    /// Relation to the room, where given.
    pub affiliation: Option<Affiliation>,
    /// Real address, where the room shows it.
    pub real_jid: Option<Jid>,
    /// New name, when `availability` is unavailable because of a change of name.
    pub new_nick: Option<String>,
    /// Status codes, such as 110 (own), 170 (logged), 201 (created), 301 (banned), 307 (kicked).
    pub codes: Vec<u16>,
}

/// Own or somebody else's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Whose {
    /// One's own.
    Own,
    /// Somebody else's.
    Other,
}

/// A presence that arrived.
#[derive(Clone, PartialEq, Eq)]
pub struct PresenceUpdate {
    /// Who: a full address for a device, a bare one for requests.
    pub from: Jid,
    /// What about.
    pub kind: PresenceKind,
    /// Status text.
    pub status: Option<String>,
    /// What it says about the sender's picture.
    pub avatar: AvatarHint,
}

crate::redact::redacted_debug!(PresenceKind, Occupant, PresenceUpdate);
