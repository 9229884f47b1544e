//! Requests to a room and to the service.

use uuid::Uuid;
use xmpp_parsers::jid::{BareJid, Jid};
use xmpp_parsers::minidom::Element;
use xmpp_parsers::rsm::SetQuery;

use super::room::{
    Configuration, Fetched, Info, Invitations, Inviter, MOST_CHARACTERS, MOST_LISTED, Occupant, Room, RoomCursor,
    RoomPage, Version, occupants,
};
use super::wire;
use crate::ns;
use crate::session::{RequestError, RequestKind, Session, answered};

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

    /// Creates a room of `service`, with the account as its owner. Returns the room's address.
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

    /// Name and subject of `room`. `held`: the stored version.
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

    /// The people in `room`. `held`: the stored version.
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

    /// Adds people to `room`, changes their affiliations, or removes them ([`Affiliation::None`]; for the own account:
    /// leaves).
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

    /// Name, subject and people of `room` at once. `held`: the stored version.
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

    /// Destroys `room`. Owners may.
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

pub(super) fn room_page(answer: wire::Rooms) -> RoomPage {
    let last = answer.set.and_then(|set| {
        // Without a count, or with an index into the whole list, only an empty page marks the end.
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
