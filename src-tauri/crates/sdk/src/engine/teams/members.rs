//! Who belongs to a team.

use wardline_store::members::{self, Member};
use wardline_store::{Address, ConversationId, StoreError, TeamRole, conversations};
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::muc::Affiliated;
use wardline_xmpp::presence::{Affiliation, Occupant};
use wardline_xmpp::session::RequestError;

use super::Listing;
use crate::engine::Engine;
use crate::engine::changes::Changes;
use crate::engine::requests::Repeat;

/// What somebody is in a team, by their relation to its room; `None`: nothing.
pub(super) fn role(affiliation: Affiliation) -> Option<TeamRole> {
    match affiliation {
        Affiliation::Owner => Some(TeamRole::Owner),
        Affiliation::Admin => Some(TeamRole::Admin),
        Affiliation::Member => Some(TeamRole::Member),
        Affiliation::None | Affiliation::Outcast => None,
    }
}

impl Engine {
    /// Who belongs to a team may be different now: it is asked for once somebody looks at it. Of most teams that one is in nobody
    /// does, and a hundred of them would be asked at the beginning of every session.
    pub(in crate::engine) fn doubt_members(&mut self, team: ConversationId, room: BareJid) {
        match self.open.contains_key(&team) {
            true => self.request_members(room),
            false => drop(self.teams.doubted.insert(room)),
        }
    }

    /// Somebody looks at a conversation.
    pub(in crate::engine) async fn look_at_members(&mut self, team: ConversationId) -> Result<(), StoreError> {
        if self.teams.doubted.is_empty() {
            return Ok(());
        }
        let with = conversations::get(&self.store.read().await?, team).await?;
        let room = with.and_then(|with| with.address.parse::<BareJid>().ok());
        if let Some(room) = room.filter(|room| self.teams.doubted.remove(room)) {
            self.request_members(room);
        }
        Ok(())
    }

    /// Asks a room who belongs to it.
    pub(in crate::engine) fn request_members(&mut self, room: BareJid) {
        self.teams.listing.insert(room.clone(), Listing::Asked);
        let (asked, again) = (room.clone(), room.clone());
        self.request_repeatedly(
            Repeat::Unanswered,
            |session| async move { session.room_members(asked).await },
            |engine| engine.request_members(again),
            |engine, members| Box::pin(engine.on_members(room, members)),
        );
    }

    /// Who belongs to a room, where it tells.
    async fn on_members(
        &mut self,
        room: BareJid,
        answer: Result<Vec<Affiliated>, RequestError>,
    ) -> Result<(), StoreError> {
        let listing = self.teams.listing.remove(&room);
        let listed = match answer {
            Ok(listed) if !listed.is_empty() => listed,
            Ok(_) => return Ok(()),
            Err(error) => {
                tracing::info!(%error, "members of a room not known");
                return Ok(());
            }
        };
        if listing == Some(Listing::Outdated) {
            self.request_members(room.clone());
        }
        let Some(with) = self.conversation_of(&room).await? else {
            return Ok(());
        };
        let listed = listed.into_iter().filter_map(|person| {
            Some(Member {
                address: Address(person.jid.to_string()),
                role: role(person.affiliation)?,
            })
        });
        self.set_members(with.id, listed.collect()).await
    }

    /// Everybody who belongs to a team.
    pub(super) async fn set_members(
        &mut self,
        team: ConversationId,
        mut listed: Vec<Member>,
    ) -> Result<(), StoreError> {
        listed.sort_by(|a, b| (a.role, &a.address).cmp(&(b.role, &b.address)));
        let tx = self.store.begin().await?;
        if members::list(&tx, team).await? == listed {
            return Ok(());
        }
        members::replace(&tx, team, &listed).await?;
        tx.commit().await?;
        for member in &listed {
            if let Ok(member) = member.address.parse::<BareJid>() {
                self.want_card(member);
            }
        }
        self.members_changed(team).await
    }

    /// Shows who belongs to a team, and by how many of them one's own messages have been read.
    pub(super) async fn members_changed(&mut self, team: ConversationId) -> Result<(), StoreError> {
        let mut changes = Changes::default();
        changes.row(team);
        changes.team(team);
        if let Some(timeline) = self.open.get(&team) {
            for message in timeline.own_messages() {
                changes.message(team, message.into());
            }
        }
        self.show(changes).await
    }

    /// Somebody is shown with another relation to the room than is known.
    pub(super) async fn occupant_belongs(&mut self, occupant: &Occupant) -> Result<(), StoreError> {
        let (Some(affiliation), Some(real)) = (occupant.affiliation, &occupant.real_jid) else {
            return Ok(());
        };
        // Most say what is known already, and a room of hundreds says it at every entering.
        let tx = self.store.read().await?;
        let Some(with) = conversations::by_address(&tx, &Address(occupant.room.to_string())).await? else {
            return Ok(());
        };
        let who = Address(real.to_bare().to_string());
        let now = role(affiliation);
        if members::role(&tx, with.id, &who).await? == now {
            return Ok(());
        }
        drop(tx);
        // Messages and answers reach the engine on two ways.
        if let Some(listing) = self.teams.listing.get_mut(&occupant.room) {
            *listing = Listing::Outdated;
        }
        // Where the list has not come, some of them would look like all.
        if with.members.is_none() {
            return Ok(());
        }
        let tx = self.store.begin().await?;
        members::set(&tx, with.id, &who, now).await?;
        tx.commit().await?;
        self.want_card(real.to_bare());
        self.members_changed(with.id).await
    }
}
