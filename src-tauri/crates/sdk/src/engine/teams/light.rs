//! Rooms of MUC Light. Whoever is in one need not enter it: the service says which they are, and each tells its members of every
//! change, with the version before it. Who holds that one follows; who does not asks for the whole.

use std::collections::HashSet;

use wardline_store::conversations::{self, TeamChange};
use wardline_store::members::{self, Member};
use wardline_store::{
    Address, ConversationId, ConversationKind, Membership, StoreError, TeamRole, TeamService, Text, TitleSource,
    WriteTx,
};
use wardline_xmpp::features::{ChatServiceKind, ServerFeatures};
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::message::{ReceivedMessage, Route};
use wardline_xmpp::muc_light::{
    Affiliation, Change, Configuration, Fetched, Info, Occupant, Room, RoomCursor, Version,
};
use wardline_xmpp::session::{RequestError, Session, StanzaCondition};

use super::Stay;
use super::standing::failure;
use crate::engine::Engine;
use crate::engine::ingest::{self, Target};
use crate::engine::requests::Repeat;
use crate::engine::transaction::Effect;

/// Most pages of rooms that are asked for: MongooseIM lists ten to a page.
const MOST_PAGES: usize = 200;

fn role(affiliation: Affiliation) -> Option<TeamRole> {
    match affiliation {
        Affiliation::Owner => Some(TeamRole::Owner),
        Affiliation::Member => Some(TeamRole::Member),
        Affiliation::None => None,
    }
}

async fn listed(session: &Session, service: &BareJid) -> Result<Vec<Room>, RequestError> {
    let mut rooms = Vec::new();
    let mut after: Option<RoomCursor> = None;
    for _ in 0..MOST_PAGES {
        let page = session.muc_light_rooms(service, after).await?;
        rooms.extend(page.rooms);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    Ok(rooms)
}

impl Engine {
    /// A new session: which rooms one is in is asked for.
    pub(in crate::engine) fn begin_light(&mut self, features: &ServerFeatures) {
        let services = features.chat_services.iter();
        let services = services.filter(|service| service.kind == ChatServiceKind::MucLight);
        for service in services.map(|service| service.jid.clone()).collect::<Vec<_>>() {
            self.request_light_rooms(service);
        }
    }

    fn request_light_rooms(&mut self, service: BareJid) {
        let told = self.teams.told;
        let (asked, again) = (service.clone(), service.clone());
        self.request_repeatedly(
            Repeat::Unanswered,
            |session| async move { listed(&session, &asked).await },
            |engine| engine.request_light_rooms(again),
            move |engine, rooms| Box::pin(engine.on_light_rooms(service, told, rooms)),
        );
    }

    fn request_light_info(&mut self, room: BareJid, held: Option<Version>) {
        let told = self.teams.told;
        let (asked, again) = (room.clone(), room.clone());
        self.request_repeatedly(
            Repeat::Unanswered,
            |session| async move { session.muc_light_info(&asked, held.as_ref()).await },
            |engine| engine.request_light_info(again, None),
            move |engine, info| Box::pin(engine.on_light_info(room, told, info)),
        );
    }

    /// The rooms of a service that one is in. `told`: how often rooms had said so themselves when they were asked for.
    async fn on_light_rooms(
        &mut self,
        service: BareJid,
        told: u64,
        rooms: Result<Vec<Room>, RequestError>,
    ) -> Result<(), StoreError> {
        let rooms = match rooms {
            // A room has said something else since.
            Ok(_) if told != self.teams.told => {
                self.request_light_rooms(service);
                return Ok(());
            }
            Ok(rooms) => rooms,
            Err(error) => {
                tracing::info!(%error, "rooms not listed");
                return Ok(());
            }
        };
        let mut in_them = HashSet::new();
        for room in rooms {
            in_them.insert(room.jid.clone());
            self.in_light_room(room.jid, room.name, room.version).await?;
        }
        let held = conversations::list(&self.store.read().await?).await?;
        let others = held
            .into_iter()
            .filter(|with| with.kind == ConversationKind::Team && with.service == Some(TeamService::MucLight))
            .filter_map(|with| Some((with.address.parse::<BareJid>().ok()?, with.membership)));
        for (room, membership) in others.collect::<Vec<_>>() {
            // One that has been made meanwhile says so itself.
            let is_new = self.teams.stay(&room) == Some(Stay::Inside);
            if room.domain() != service.domain() || in_them.contains(&room) || is_new {
                continue;
            }
            match membership {
                Membership::Member => self.out_of_team(room, Membership::Removed).await?,
                // What was written to it meanwhile fails, and what will be.
                _ => self.close_room(room, failure(membership)).await?,
            }
        }
        self.effects.push(Effect::DrainOutbox);
        Ok(())
    }

    /// One is in a room, whoever has taken one in.
    async fn in_light_room(
        &mut self,
        room: BareJid,
        name: Option<String>,
        version: Option<Version>,
    ) -> Result<(), StoreError> {
        let tx = self.begin().await?;
        let known = conversations::by_address(&tx, &Address(room.to_string())).await?;
        let held = known.and_then(|known| known.version).and_then(Version::new);
        // The name goes with the version: a list may be older than what the room has said since.
        let name = name.filter(|_| held.is_none());
        let Some(target) = ensure_light(&tx, &room, name).await? else {
            return Ok(());
        };
        tx.row(target.conversation);
        self.commit(tx).await?;
        self.set_membership(target.conversation, Membership::Member).await?;
        let is_first = self.teams.stays.insert(room.clone(), Stay::Inside) != Some(Stay::Inside);
        if is_first {
            self.follow_bin(&room).await?;
            self.apply_unknown_displayed(&room).await?;
            self.sync_room(target).await?;
        }
        if held.is_none() || held != version {
            self.request_light_info(room, held);
        }
        Ok(())
    }

    /// Name, purpose and members of a room. `told`: see [`on_light_rooms`](Self::on_light_rooms).
    async fn on_light_info(
        &mut self,
        room: BareJid,
        told: u64,
        info: Result<Fetched<Info>, RequestError>,
    ) -> Result<(), StoreError> {
        let (version, info) = match info {
            Ok(Fetched::Current { version, value }) => (version, value),
            Ok(Fetched::Unchanged) => return Ok(()),
            Err(RequestError::Refused(StanzaCondition::ItemNotFound)) if told != self.teams.told => {
                if self.teams.stay(&room) == Some(Stay::Inside) {
                    self.request_light_info(room, None);
                }
                return Ok(());
            }
            Err(RequestError::Refused(StanzaCondition::ItemNotFound)) => {
                return self.out_of_team(room, Membership::Removed).await;
            }
            Err(error) => {
                tracing::info!(%error, "a room did not say what it is");
                return Ok(());
            }
        };
        let Some(with) = self.conversation_of(&room).await? else {
            return Ok(());
        };
        let listed = info.occupants.into_iter().filter_map(|occupant| {
            Some(Member {
                address: Address(occupant.jid.to_string()),
                role: role(occupant.affiliation)?,
            })
        });
        // Before the version: whoever holds that never asks for the members of it again.
        self.set_members(with.id, listed.collect()).await?;
        let tx = self.begin().await?;
        configured(&tx, with.id, &info.configuration).await?;
        conversations::set_version(&tx, with.id, version.as_ref().map(Version::as_str)).await?;
        tx.row(with.id);
        tx.team(with.id);
        self.commit(tx).await
    }

    /// Rooms that have just taken one in have their conversation before anything of them is stored.
    pub(in crate::engine) async fn meet_light_rooms(&mut self, messages: &[ReceivedMessage]) -> Result<(), StoreError> {
        for message in messages.iter().filter(|message| is_news(message)) {
            let room = &message.conversation;
            let taken_in = message.room_changes.iter().any(|change| match change {
                Change::Occupants { occupants, .. } => {
                    own_affiliation(occupants, &self.own).is_some_and(|own| own != Affiliation::None)
                }
                _ => false,
            });
            if taken_in && self.teams.stay(room) != Some(Stay::Inside) {
                self.teams.told = self.teams.told.wrapping_add(1);
                let tx = self.store.begin().await?;
                let Some(target) = ensure_light(&tx, room, None).await? else {
                    continue;
                };
                conversations::set_sort(&tx, target.conversation, self.clock.now()).await?;
                tx.commit().await?;
                self.in_light_room(room.clone(), None, None).await?;
            }
        }
        Ok(())
    }

    /// What rooms say of themselves. What an archive says of the past is no news.
    pub(in crate::engine) async fn take_room_changes(
        &mut self,
        messages: &[ReceivedMessage],
    ) -> Result<(), StoreError> {
        for message in messages.iter().filter(|message| is_news(message)) {
            let room = &message.conversation;
            if message.room_changes.contains(&Change::Destroyed) {
                self.teams.told = self.teams.told.wrapping_add(1);
                self.out_of_team(room.clone(), Membership::Ended).await?;
                continue;
            }
            for change in &message.room_changes {
                self.take_room_change(room, change).await?;
            }
        }
        Ok(())
    }

    async fn take_room_change(&mut self, room: &BareJid, change: &Change) -> Result<(), StoreError> {
        let (previous, version) = match change {
            Change::Occupants {
                previous,
                version,
                occupants,
            } => {
                let own = own_affiliation(occupants, &self.own);
                self.teams.told = self.teams.told.wrapping_add(u64::from(own.is_some()));
                match own {
                    Some(Affiliation::None) => return self.out_of_team(room.clone(), Membership::Removed).await,
                    // Taken out and in again, and both heard at once.
                    Some(_) if self.teams.stay(room) != Some(Stay::Inside) => {
                        return self.in_light_room(room.clone(), None, None).await;
                    }
                    _ => {}
                }
                (previous, version)
            }
            Change::Configuration { previous, version, .. } => (previous, version),
            Change::Destroyed => return Ok(()),
        };
        let Some(with) = self.conversation_of(room).await? else {
            return Ok(());
        };
        let held = with.version.and_then(Version::new);
        if held.is_some() && held == *version {
            return Ok(());
        }
        if held.is_none() || held != *previous {
            self.request_light_info(room.clone(), held);
            return Ok(());
        }
        let tx = self.store.begin().await?;
        match change {
            Change::Occupants { occupants, .. } => {
                for Occupant { jid, affiliation } in occupants {
                    members::set(&tx, with.id, &Address(jid.to_string()), role(*affiliation)).await?;
                }
            }
            Change::Configuration { configuration, .. } => configured(&tx, with.id, configuration).await?,
            Change::Destroyed => {}
        }
        conversations::set_version(&tx, with.id, version.as_ref().map(Version::as_str)).await?;
        tx.commit().await?;
        if let Change::Occupants { occupants, .. } = change {
            for occupant in occupants {
                self.want_card(occupant.jid.clone());
            }
        }
        self.members_changed(with.id).await
    }
}

/// Whether a message tells of a room as it is now.
fn is_news(message: &ReceivedMessage) -> bool {
    !message.room_changes.is_empty() && message.route == Route::Live && message.stamp.is_none()
}

fn own_affiliation(occupants: &[Occupant], own: &BareJid) -> Option<Affiliation> {
    let own = occupants.iter().find(|occupant| occupant.jid == *own)?;
    Some(own.affiliation)
}

/// The conversation of a room of MUC Light; `None`: there is one with a person of that address.
pub(in crate::engine) async fn ensure_light(
    tx: &WriteTx,
    room: &BareJid,
    name: Option<String>,
) -> Result<Option<Target>, StoreError> {
    let Some(target) = ingest::ensure_team(tx, room).await? else {
        return Ok(None);
    };
    let change = TeamChange {
        title: name.map(|name| (Text(name), TitleSource::Team)),
        service: Some(TeamService::MucLight),
        ..TeamChange::default()
    };
    conversations::change_team(tx, target.conversation, change).await?;
    Ok(Some(target))
}

async fn configured(tx: &WriteTx, team: ConversationId, about: &Configuration) -> Result<(), StoreError> {
    let name = about.name.clone().filter(|name| !name.is_empty());
    let change = TeamChange {
        title: name.map(|name| (Text(name), TitleSource::Team)),
        purpose: about.subject.clone().map(Text),
        ..TeamChange::default()
    };
    conversations::change_team(tx, team, change).await
}
