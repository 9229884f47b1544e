//! MUC Light (`urn:xmpp:muclight:0`): MongooseIM's team chats, whose members stay members without entering.
//!
//! As recorded from a server: whoever makes a room under an address of the service's choice learns that address only from
//! the message about his own affiliation, so rooms are made here under a random address of our own; every change is told
//! to all members in a message of the room's own, with the version before it where the reader could hold one; a question
//! asked with the version that is current has an empty answer.

mod wire;

use uuid::Uuid;
use xmpp_parsers::jid::{BareJid, Jid};
use xmpp_parsers::minidom::Element;
use xmpp_parsers::rsm::SetQuery;

use crate::ns;
use crate::session::{RequestError, RequestKind, Session, answered};
use crate::xml::{Build, element};

/// Most people that are believed to be in one room, and most rooms to a page.
const MOST_LISTED: usize = 10_000;
/// Most characters of a room's name or subject that are kept.
const MOST_CHARACTERS: usize = 1_000;

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
pub struct RoomCursor(String);

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

/// What a room says of itself in a message of its own.
#[derive(Clone, PartialEq, Eq)]
pub enum Change {
    /// Somebody came, left, or became something else.
    Occupants {
        /// The version before; `None`: the reader cannot hold one, having just come or gone.
        previous: Option<Version>,
        /// The version after; `None`: for those who have left.
        version: Option<Version>,
        /// Who has changed, and what they are now. The others stay as they are.
        occupants: Vec<Occupant>,
    },
    /// Name or subject have changed.
    Configuration {
        /// The version before.
        previous: Option<Version>,
        /// The version after.
        version: Option<Version>,
        /// What has changed; the rest stays as it is.
        configuration: Configuration,
    },
    /// The room is no more.
    Destroyed,
}

impl Session {
    /// The rooms of `service` that the account is in, page by page (MongooseIM: 10 to a page).
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn muc_light_rooms(
        &self,
        service: &BareJid,
        after: Option<RoomCursor>,
    ) -> Result<RoomPage, RequestError> {
        let set = after.map(|cursor| SetQuery {
            max: None,
            after: Some(cursor.0),
            before: None,
            index: None,
        });
        let query = wire::RoomsQuery { set };
        let rooms: wire::Rooms = answered(self.get(service, query.into()).await?)?;
        Ok(room_page(rooms))
    }

    /// Makes a room of `service`, with the account as its owner. The room's address.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn muc_light_create(
        &self,
        service: &BareJid,
        configuration: &Configuration,
        occupants: &[Occupant],
    ) -> Result<BareJid, RequestError> {
        let room = format!("{}@{}", Uuid::new_v4(), service.domain());
        let room = BareJid::new(&room).map_err(|_| RequestError::Malformed)?;
        let create = wire::Create {
            configuration: wire::CreateConfiguration {
                fields: configuration.fields(ns::MUC_LIGHT_CREATE),
            },
            occupants: (!occupants.is_empty()).then(|| wire::CreateOccupants {
                users: wire::users(occupants),
            }),
        };
        self.set(&room, create.into()).await?;
        Ok(room)
    }

    /// Name and subject of `room`. `held`: the version that is held.
    ///
    /// # Errors
    /// See [`RequestError`]; refused with item-not-found to those who are not in the room.
    pub async fn muc_light_configuration(
        &self,
        room: &BareJid,
        held: Option<&Version>,
    ) -> Result<Fetched<Configuration>, RequestError> {
        let query = wire::ConfigurationQuery {
            version: wire::held(held),
            fields: Vec::new(),
        };
        let Some(answer) = self.get(room, query.into()).await? else {
            return Ok(Fetched::Unchanged);
        };
        let answer: wire::ConfigurationQuery = answered(Some(answer))?;
        Ok(Fetched::Current {
            version: answer.version.and_then(Version::new),
            value: Configuration::from_fields(&answer.fields),
        })
    }

    /// Changes name or subject of `room`.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn muc_light_configure(&self, room: &BareJid, change: &Configuration) -> Result<(), RequestError> {
        let query = wire::ConfigurationQuery {
            version: None,
            fields: change.fields(ns::MUC_LIGHT_CONFIGURATION),
        };
        self.set(room, query.into()).await
    }

    /// Who is in `room`. `held`: the version that is held.
    ///
    /// # Errors
    /// See [`RequestError`]; refused with item-not-found to those who are not in the room.
    pub async fn muc_light_occupants(
        &self,
        room: &BareJid,
        held: Option<&Version>,
    ) -> Result<Fetched<Vec<Occupant>>, RequestError> {
        let query = wire::AffiliationsQuery {
            version: wire::held(held),
            users: Vec::new(),
        };
        let Some(answer) = self.get(room, query.into()).await? else {
            return Ok(Fetched::Unchanged);
        };
        let answer: wire::AffiliationsQuery = answered(Some(answer))?;
        Ok(Fetched::Current {
            version: answer.version.and_then(Version::new),
            value: occupants(answer.users),
        })
    }

    /// Takes people into `room`, changes what they are, or takes them out ([`Affiliation::None`]; of oneself: leaves).
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn muc_light_affiliate(&self, room: &BareJid, occupants: &[Occupant]) -> Result<(), RequestError> {
        let query = wire::AffiliationsQuery {
            version: None,
            users: wire::users(occupants),
        };
        self.set(room, query.into()).await
    }

    /// Name, subject and people of `room` at once. `held`: the version that is held.
    ///
    /// # Errors
    /// See [`RequestError`]; refused with item-not-found to those who are not in the room.
    pub async fn muc_light_info(&self, room: &BareJid, held: Option<&Version>) -> Result<Fetched<Info>, RequestError> {
        let query = wire::InfoQuery {
            version: wire::held(held),
            configuration: None,
            occupants: None,
        };
        let Some(answer) = self.get(room, query.into()).await? else {
            return Ok(Fetched::Unchanged);
        };
        let answer: wire::InfoQuery = answered(Some(answer))?;
        let fields = answer.configuration.map(|held| held.fields).unwrap_or_default();
        Ok(Fetched::Current {
            version: answer.version.and_then(Version::new),
            value: Info {
                configuration: Configuration::from_fields(&fields),
                occupants: occupants(answer.occupants.map(|held| held.users).unwrap_or_default()),
            },
        })
    }

    /// Ends `room` for everybody. Owners may.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn muc_light_destroy(&self, room: &BareJid) -> Result<(), RequestError> {
        self.set(room, wire::Destroy.into()).await
    }

    /// Whose invitations into rooms of `service` are refused.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn muc_light_refused_inviters(&self, service: &BareJid) -> Result<Vec<Inviter>, RequestError> {
        let question = wire::Blocking { rules: Vec::new() };
        let answer: wire::Blocking = answered(self.get(service, question.into()).await?)?;
        let refused = answer.rules.into_iter().filter_map(|rule| match rule {
            wire::BlockingRule::User {
                action: Invitations::Refused,
                jid,
            } => Some(Inviter::Person(jid)),
            wire::BlockingRule::Room {
                action: Invitations::Refused,
                jid,
            } => Some(Inviter::Room(jid)),
            _ => None,
        });
        Ok(refused.take(MOST_LISTED).collect())
    }

    /// Refuses or accepts the invitations of `inviter` into rooms of `service`.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn muc_light_set_invitations(
        &self,
        service: &BareJid,
        inviter: Inviter,
        action: Invitations,
    ) -> Result<(), RequestError> {
        let rule = match inviter {
            Inviter::Person(jid) => wire::BlockingRule::User { action, jid },
            Inviter::Room(jid) => wire::BlockingRule::Room { action, jid },
        };
        self.set(service, wire::Blocking { rules: vec![rule] }.into()).await
    }

    async fn get(&self, to: &BareJid, payload: Element) -> Result<Option<Element>, RequestError> {
        self.request(Some(Jid::from(to.clone())), RequestKind::Get, payload)
            .await
    }

    async fn set(&self, to: &BareJid, payload: Element) -> Result<(), RequestError> {
        let to = Jid::from(to.clone());
        self.request(Some(to), RequestKind::Set, payload).await.map(|_| ())
    }
}

/// Reads what a room says of itself. `None`: it is nothing of that sort, or malformed.
pub(crate) fn read_change(payload: &Element) -> Option<Change> {
    if payload.name() != "x" || !payload.ns().starts_with(ns::MUC_LIGHT) {
        return None;
    }
    let version = |version: Option<String>| version.and_then(Version::new);
    Some(match wire::System::try_from(payload.clone()).ok()? {
        wire::System::Affiliations(change) => Change::Occupants {
            previous: version(change.previous),
            version: version(change.version),
            occupants: occupants(change.users),
        },
        wire::System::Configuration(change) => Change::Configuration {
            previous: version(change.previous),
            version: version(change.version),
            configuration: Configuration::from_fields(&change.fields),
        },
        wire::System::Destroyed => Change::Destroyed,
    })
}

impl Configuration {
    fn fields(&self, namespace: &'static str) -> Vec<Element> {
        [("roomname", &self.name), ("subject", &self.subject)]
            .into_iter()
            .filter_map(|(name, value)| Some(element(name, namespace).with_text(value.as_ref()?)))
            .collect()
    }

    /// Hospitals may have fields of their own beside these; they are let pass.
    fn from_fields(fields: &[Element]) -> Self {
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

fn occupants(users: Vec<(Affiliation, BareJid)>) -> Vec<Occupant> {
    users
        .into_iter()
        .take(MOST_LISTED)
        .map(|(affiliation, jid)| Occupant { jid, affiliation })
        .collect()
}

fn room_page(answer: wire::Rooms) -> RoomPage {
    let last = answer.set.and_then(|set| {
        // Without a number, or with a place in the whole, only an empty page tells the end.
        let shown = set.first.as_ref()?.index.unwrap_or(0) + answer.items.len();
        set.last.filter(|_| set.count.is_none_or(|all| shown < all))
    });
    RoomPage {
        next: last.filter(|_| !answer.items.is_empty()).map(RoomCursor),
        rooms: answer
            .items
            .into_iter()
            .take(MOST_LISTED)
            .map(|item| Room {
                jid: item.jid.into_bare(),
                name: item
                    .name
                    .map(|name| name.chars().take(MOST_CHARACTERS).collect())
                    .filter(|name: &String| !name.is_empty()),
                version: item.version.and_then(Version::new),
            })
            .collect(),
    }
}

crate::redact::redacted_debug!(
    Occupant,
    Configuration,
    Info,
    Room,
    RoomPage,
    RoomCursor,
    Inviter,
    Change
);

#[cfg(test)]
mod contract;
#[cfg(test)]
mod tests;
