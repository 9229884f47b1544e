//! Rooms of MUC Light and the people in them.

use xmpp_parsers::jid::BareJid;
use xmpp_parsers::minidom::Element;

use crate::xml::{Build, element};

/// Most people of a room, and most rooms of a page, that are read.
pub(super) const MOST_LISTED: usize = 10_000;
/// Most characters of a room's name or subject that are read.
pub(super) const MOST_CHARACTERS: usize = 1_000;

/// The affiliation of a person with a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Affiliation {
    /// May change the room and who is in it.
    Owner,
    /// Reads and writes.
    Member,
    /// Not in the room (any more).
    None,
}

/// A person in a room.
#[derive(Clone, PartialEq, Eq)]
pub struct Occupant {
    /// Their address.
    pub jid: BareJid,
    /// Their affiliation.
    pub affiliation: Affiliation,
}

/// Version of a room's configuration and occupants together. Opaque.
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

/// Name and subject of a room. A change leaves fields that are `None` as they are.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Configuration {
    /// Name.
    pub name: Option<String>,
    /// Subject.
    pub subject: Option<String>,
}

/// An answer to a request with a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched<T> {
    /// The stored version is the current one.
    Unchanged,
    /// The current value.
    Current {
        /// Its version; `None`: the room sends none.
        version: Option<Version>,
        /// The value.
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

/// A room of the account.
#[derive(Clone, PartialEq, Eq)]
pub struct Room {
    /// Its address.
    pub jid: BareJid,
    /// Its name.
    pub name: Option<String>,
    /// Its version: if it equals the stored one, nothing has changed.
    pub version: Option<Version>,
}

/// A page of the own rooms.
#[derive(Clone)]
pub struct RoomPage {
    /// Rooms. A room that could not be read is left out.
    pub rooms: Vec<Room>,
    /// Where the next page begins; `None`: this is the last one.
    pub next: Option<RoomCursor>,
}

/// A place in the list of the own rooms. Opaque.
#[derive(Clone, PartialEq, Eq)]
pub struct RoomCursor(pub(super) String);

/// Whether a person may add the account to a room without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Invitations {
    /// Yes.
    Accepted,
    /// No.
    Refused,
}

/// The person or room that invites.
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

    /// Ignores other fields: hospitals may have their own.
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
