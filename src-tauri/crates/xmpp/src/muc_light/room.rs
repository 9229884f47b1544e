//! Rooms of MUC Light and the people in them.

use xmpp_parsers::jid::BareJid;
use xmpp_parsers::minidom::Element;

use crate::xml::{Build, element};

/// Most people that are believed to be in one room, and most rooms to a page.
pub(super) const MOST_LISTED: usize = 10_000;
/// Most characters of a room's name or subject that are kept.
pub(super) const MOST_CHARACTERS: usize = 1_000;

/// What somebody is in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Affiliation {
    /// May change the room and who is in it.
    Owner,
    /// Reads and writes.
    Member,
    /// Not in the room (any more).
    None,
}

/// Somebody in a room.
#[derive(Clone, PartialEq, Eq)]
pub struct Occupant {
    /// Who.
    pub jid: BareJid,
    /// As what.
    pub affiliation: Affiliation,
}

/// Version of a room's configuration and occupants, one for both. Opaque.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Version(String);

impl Version {
    /// The version as it stands on the wire. `None` when it is empty.
    #[must_use]
    pub fn new(version: impl Into<String>) -> Option<Self> {
        let version = version.into();
        (!version.is_empty()).then_some(Self(version))
    }

    /// The version as it stands on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Name and subject of a room. In a change, what is `None` stays as it is.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Configuration {
    /// Name.
    pub name: Option<String>,
    /// Subject.
    pub subject: Option<String>,
}

/// An answer that may say that nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched<T> {
    /// The version that is held is the current one.
    Unchanged,
    /// What holds now.
    Current {
        /// Its version; `None`: the room does not say.
        version: Option<Version>,
        /// What was asked for.
        value: T,
    },
}

/// Configuration and occupants.
#[derive(Clone, PartialEq, Eq)]
pub struct Info {
    /// Name and subject.
    pub configuration: Configuration,
    /// Who is in the room.
    pub occupants: Vec<Occupant>,
}

/// A room in the list of one's own.
#[derive(Clone, PartialEq, Eq)]
pub struct Room {
    /// Its address.
    pub jid: BareJid,
    /// Its name.
    pub name: Option<String>,
    /// Its version: equal to the one that is held, nothing has changed.
    pub version: Option<Version>,
}

/// A page of the own rooms.
#[derive(Clone)]
pub struct RoomPage {
    /// Rooms. One that could not be read is left out.
    pub rooms: Vec<Room>,
    /// Where the next page begins; `None`: this is the last one.
    pub next: Option<RoomCursor>,
}

/// A place in the list of the own rooms. Opaque.
#[derive(Clone, PartialEq, Eq)]
pub struct RoomCursor(pub(super) String);

/// Whether somebody may take one into a room without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Invitations {
    /// Yes.
    Accepted,
    /// No.
    Refused,
}

/// Whose invitations are meant.
#[derive(Clone, PartialEq, Eq)]
pub enum Inviter {
    /// This person's.
    Person(BareJid),
    /// Those into this room.
    Room(BareJid),
}

impl Configuration {
    pub(super) fn fields(&self, namespace: &'static str) -> Vec<Element> {
        [("roomname", &self.name), ("subject", &self.subject)]
            .into_iter()
            .filter_map(|(name, value)| Some(element(name, namespace).with_text(value.as_ref()?)))
            .collect()
    }

    /// Hospitals may have fields of their own beside these; they are let pass.
    pub(super) fn from_fields(fields: &[Element]) -> Self {
        let value = |name: &str| {
            let field = fields.iter().find(|field| field.name() == name)?;
            Some(field.text().chars().take(MOST_CHARACTERS).collect())
        };
        Self {
            name: value("roomname"),
            subject: value("subject"),
        }
    }
}

/// People as the wire lists them.
pub(super) fn occupants(users: Vec<(Affiliation, BareJid)>) -> Vec<Occupant> {
    users
        .into_iter()
        .take(MOST_LISTED)
        .map(|(affiliation, jid)| Occupant { jid, affiliation })
        .collect()
}

crate::redact::redacted_debug!(Occupant, Configuration, Info, Room, RoomPage, RoomCursor, Inviter);
