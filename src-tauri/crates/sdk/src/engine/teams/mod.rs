//! Team chats: the remembered rooms are entered with every new session, and their archives caught up with.

pub(super) mod notice;

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;
use wardline_store::conversations::TeamChange;
use wardline_store::{Address, ConversationId, DeliveryState, Failure, StoreError, Text, conversations};
use wardline_xmpp::jid::{BareJid, Jid};
use wardline_xmpp::muc::{Autojoin, Bookmark, JoinError, Joined, Standing};
use wardline_xmpp::presence::{
    Affiliation, Availability, AvatarHint, Existence, Occupant, PresenceKind, PresenceUpdate, Whose,
};
use wardline_xmpp::session::RequestError;

use super::changes::Changes;
use super::errands::Errand;
use super::{Engine, ingest, retry};
use crate::people::local_part;

/// When a room that could not be asked is asked again.
const AGAIN: Duration = Duration::from_secs(1);

/// How one stands with a room in this session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stay {
    /// Asked to enter, after so many times in vain.
    Entering(u32),
    /// Inside.
    Inside,
    /// Not let in, for a reason that may pass; it is tried again then.
    Resting {
        /// When.
        until: Instant,
        /// After so many times in vain.
        tries: u32,
    },
    /// Not let in, and not to be: what waits for the room fails by this.
    Closed(Failure),
}

/// Rooms of this session, and who belongs to them.
#[derive(Debug, Default)]
pub(super) struct Teams {
    stays: HashMap<BareJid, Stay>,
    members: HashMap<ConversationId, Vec<Address>>,
    /// The conversations of the rooms whose members are known.
    rooms: HashMap<BareJid, ConversationId>,
}

impl Teams {
    /// How one stands with a room; `None`: it has not been tried to enter it.
    pub(super) fn stay(&self, room: &BareJid) -> Option<Stay> {
        self.stays.get(room).copied()
    }

    /// Everybody who belongs to a team, oneself included; `None`: not known.
    pub(super) fn members(&self, conversation: ConversationId) -> Option<&[Address]> {
        self.members.get(&conversation).map(Vec::as_slice)
    }

    /// A room is entered after a pause.
    fn rest(&mut self, room: BareJid, pause: Duration) {
        let until = Instant::now() + pause;
        self.stays.insert(room, Stay::Resting { until, tries: 0 });
    }

    /// When the next room is to be tried again.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        let deadlines = self.stays.values().filter_map(|stay| match stay {
            Stay::Resting { until, .. } => Some(*until),
            _ => None,
        });
        deadlines.min()
    }

    fn tries(&self, room: &BareJid) -> u32 {
        match self.stay(room) {
            Some(Stay::Entering(tries) | Stay::Resting { tries, .. }) => tries,
            _ => 0,
        }
    }

    /// The session is gone, and with it every stay in a room.
    pub(super) fn forget(&mut self) {
        self.stays.clear();
    }
}

/// What a refusal means: `None`, it may pass.
fn closed_by(error: &JoinError) -> Option<Failure> {
    match error {
        JoinError::MembersOnly | JoinError::Banned | JoinError::PasswordNeeded | JoinError::NotAllowed => {
            Some(Failure::NotAllowed)
        }
        JoinError::NoSuchRoom => Some(Failure::RecipientUnknown),
        JoinError::NickMalformed => Some(Failure::Refused),
        JoinError::Offline
        | JoinError::SessionLost
        | JoinError::TimedOut
        | JoinError::NickTaken
        | JoinError::Unavailable
        | JoinError::Refused(_) => None,
    }
}

impl Engine {
    pub(super) async fn take_bookmarks(
        &mut self,
        bookmarks: Result<Vec<Bookmark>, RequestError>,
    ) -> Result<(), StoreError> {
        let bookmarks = match bookmarks {
            Ok(bookmarks) => bookmarks,
            Err(RequestError::Offline | RequestError::TimedOut) => {
                self.errands.put_off(Errand::Bookmarks);
                return Ok(());
            }
            Err(error) => {
                tracing::info!(%error, "remembered rooms not fetched");
                return Ok(());
            }
        };
        for bookmark in bookmarks
            .into_iter()
            .filter(|bookmark| bookmark.autojoin == Autojoin::Yes)
        {
            let tx = self.store.begin().await?;
            let team = ingest::ensure_team(&tx, &bookmark.room).await?;
            let nick = bookmark.nick.unwrap_or_else(|| self.nick());
            let title = bookmark
                .name
                .unwrap_or_else(|| local_part(&bookmark.room.to_string()).to_owned());
            let known = conversations::get(&tx, team.conversation)
                .await?
                .and_then(|team| team.nick);
            let change = TeamChange {
                title: Some(Text(title)),
                // The name that the room has let us in with, if it has before, counts for what was said by it.
                nick: Some(known.unwrap_or_else(|| Text(nick.clone()))),
                ..TeamChange::default()
            };
            conversations::change_team(&tx, team.conversation, change).await?;
            tx.commit().await?;
            let mut changes = Changes::default();
            changes.row(team.conversation);
            self.committed(changes).await?;
            self.want_card(bookmark.room.clone());
            self.apply_unknown_displayed(&bookmark.room).await?;
            self.enter(bookmark.room, nick);
        }
        Ok(())
    }

    /// Own name in a room that does not remember one.
    fn nick(&self) -> String {
        self.contacts.person(&self.own.to_string()).name
    }

    pub(super) async fn take_joined(
        &mut self,
        room: BareJid,
        joined: Result<Joined, JoinError>,
    ) -> Result<(), StoreError> {
        let nick = match joined {
            Ok(joined) => Text(joined.nick),
            // Somebody else's name, or one's own other device on a server that allows a name once: another name will do.
            Err(JoinError::NickTaken) => {
                let nick = format!("{} ({:04x})", self.nick(), uuid::Uuid::new_v4().as_fields().1);
                self.spawn_join(room, nick);
                return Ok(());
            }
            // A new session enters anew; one that is taken up again tries again.
            Err(JoinError::Offline | JoinError::SessionLost) => {
                self.teams.rest(room, AGAIN);
                return Ok(());
            }
            Err(error) => return self.not_entered(room, &error).await,
        };
        self.teams.stays.insert(room.clone(), Stay::Inside);
        let with = conversations::by_address(&self.store.read().await?, &Address(room.to_string())).await?;
        if let Some(with) = with {
            if with.nick.as_ref() != Some(&nick) {
                self.named(with.id, nick).await?;
            }
            let target = ingest::Target {
                conversation: with.id,
                archive: with.archive_id,
                kind: with.kind,
            };
            self.sync_room(target).await?;
            if self.teams.members(with.id).is_none() {
                self.spawn_members(room);
            }
        }
        self.drain_outbox().await
    }

    /// The name by which a room has let us in: by it we know our own words there.
    async fn named(&self, team: ConversationId, nick: Text) -> Result<(), StoreError> {
        let tx = self.store.begin().await?;
        let change = TeamChange {
            nick: Some(nick),
            ..TeamChange::default()
        };
        conversations::change_team(&tx, team, change).await?;
        tx.commit().await
    }

    pub(super) async fn take_presence(&mut self, presence: PresenceUpdate) -> Result<(), StoreError> {
        match presence.kind {
            PresenceKind::Person(availability) => {
                let bare = presence.from.to_bare();
                match presence.avatar {
                    AvatarHint::Silent => {}
                    AvatarHint::NoPicture => self.picture_announced(bare.clone(), None).await?,
                    AvatarHint::Sha1(hash) => self.picture_announced(bare.clone(), Some(&hash)).await?,
                }
                self.person_presence(&presence.from, availability).await
            }
            PresenceKind::Occupant(occupant) => self.occupant(&occupant).await,
            // Who may see whose presence is settled by the hospital's server; requests of strangers get no answer.
            PresenceKind::Subscription(_) => Ok(()),
        }
    }

    async fn person_presence(&mut self, from: &Jid, availability: Availability) -> Result<(), StoreError> {
        let bare = from.to_bare();
        let resource = from.resource().map(ToString::to_string).unwrap_or_default();
        if self.presences.set(&bare.to_string(), &resource, availability) {
            self.show_people(vec![bare.to_string()]).await?;
        }
        Ok(())
    }

    /// Asks to enter a room.
    pub(super) fn enter(&mut self, room: BareJid, nick: String) {
        let tries = self.teams.tries(&room);
        self.teams.stays.insert(room.clone(), Stay::Entering(tries));
        self.spawn_join(room, nick);
    }

    /// Enters a room by the name that one has in it.
    pub(super) async fn enter_known(&mut self, room: BareJid) -> Result<(), StoreError> {
        let with = conversations::by_address(&self.store.read().await?, &Address(room.to_string())).await?;
        let nick = with.and_then(|with| with.nick).map(|nick| nick.as_str().to_owned());
        let nick = nick.unwrap_or_else(|| self.nick());
        self.enter(room, nick);
        Ok(())
    }

    /// Tries again to enter the rooms whose pause is over.
    pub(super) async fn enter_due_rooms(&mut self, now: Instant) -> Result<(), StoreError> {
        let due: Vec<BareJid> = self
            .teams
            .stays
            .iter()
            .filter(|(_, stay)| matches!(stay, Stay::Resting { until, .. } if *until <= now))
            .map(|(room, _)| room.clone())
            .collect();
        for room in due {
            self.enter_known(room).await?;
        }
        Ok(())
    }

    /// A session was taken up again: rooms may have forgotten us meanwhile, and would not say so.
    pub(super) fn ask_rooms(&mut self) {
        let inside: Vec<BareJid> = self
            .teams
            .stays
            .iter()
            .filter(|(_, stay)| **stay == Stay::Inside)
            .map(|(room, _)| room.clone())
            .collect();
        for room in inside {
            self.spawn_standing(room);
        }
    }

    /// What a room says of whether we are inside.
    pub(super) async fn take_standing(&mut self, room: BareJid, standing: Standing) -> Result<(), StoreError> {
        if standing == Standing::Outside && self.teams.stay(&room) == Some(Stay::Inside) {
            tracing::info!("a room has forgotten us");
            self.not_inside(room, Duration::ZERO).await;
        }
        Ok(())
    }

    /// A room does not have us inside, though nobody put us out of it: it is entered again after a pause.
    pub(super) async fn not_inside(&mut self, room: BareJid, pause: Duration) {
        // What the session believes of the room has to go too.
        self.session.muc_leave(room.clone()).await;
        self.teams.rest(room, pause);
    }

    /// A room did not let us in. What waits for it says so, or fails.
    async fn not_entered(&mut self, room: BareJid, error: &JoinError) -> Result<(), StoreError> {
        tracing::info!(%error, "room not entered");
        let Some(failure) = closed_by(error) else {
            let tries = self.teams.tries(&room);
            let until = Instant::now() + retry::pause(tries);
            let stay = Stay::Resting {
                until,
                tries: tries.saturating_add(1),
            };
            self.teams.stays.insert(room.clone(), stay);
            return self
                .waiting_for_room(&room, Failure::NotEntered, DeliveryState::Waiting)
                .await;
        };
        self.close_room(room, failure).await
    }

    async fn close_room(&mut self, room: BareJid, failure: Failure) -> Result<(), StoreError> {
        self.teams.stays.insert(room.clone(), Stay::Closed(failure));
        self.waiting_for_room(&room, failure, DeliveryState::Failed).await
    }

    /// Being put out of a room ends what can be sent to it: for good if somebody decided so, else until it is entered again.
    async fn occupant(&mut self, occupant: &Occupant) -> Result<(), StoreError> {
        self.members_may_have_changed(occupant);
        let gone = occupant.availability == Availability::Unavailable && occupant.new_nick.is_none();
        if !gone || occupant.whose == Whose::Other || self.teams.stay(&occupant.room) != Some(Stay::Inside) {
            return Ok(());
        }
        // XEP-0045: 301 banned, 307 kicked, 321 and 322 not a member any more; 332 and 333 the service's or the network's
        // fault, whatever else stands beside it.
        let has = |codes: &[u16]| occupant.codes.iter().any(|code| codes.contains(code));
        tracing::info!(codes = ?occupant.codes, "put out of a room");
        let room = occupant.room.clone();
        if has(&[332, 333]) {
            self.not_inside(room, retry::pause(0)).await;
        } else if has(&[301, 307, 321, 322]) {
            return self.close_room(room, Failure::NotAllowed).await;
        } else if occupant.existence == Existence::Destroyed {
            return self.close_room(room, Failure::RecipientUnknown).await;
        } else {
            // Nobody put us out: the room has noticed that the connection before this one is gone, and means its occupant, which has our name.
            self.not_inside(room, AGAIN).await;
        }
        Ok(())
    }

    /// Somebody is shown with another relation to the room than the list of its members has.
    fn members_may_have_changed(&mut self, occupant: &Occupant) {
        let (Some(affiliation), Some(real)) = (occupant.affiliation, &occupant.real_jid) else {
            return;
        };
        let belongs = matches!(
            affiliation,
            Affiliation::Owner | Affiliation::Admin | Affiliation::Member
        );
        let real = real.to_bare();
        let known = self
            .teams
            .rooms
            .get(&occupant.room)
            .and_then(|team| self.teams.members(*team));
        if known.is_some_and(|known| known.iter().any(|member| member.as_str() == real.as_str()) != belongs) {
            self.spawn_members(occupant.room.clone());
        }
    }

    /// Who belongs to a room, where it tells.
    pub(super) async fn take_members(
        &mut self,
        room: BareJid,
        members: Result<Vec<BareJid>, RequestError>,
    ) -> Result<(), StoreError> {
        let members = match members {
            Ok(members) if !members.is_empty() => members,
            Ok(_) => return Ok(()),
            Err(error) => {
                tracing::info!(%error, "members of a room not known");
                return Ok(());
            }
        };
        let tx = self.store.begin().await?;
        let Some(with) = conversations::by_address(&tx, &Address(room.to_string())).await? else {
            return Ok(());
        };
        let change = TeamChange {
            members: i64::try_from(members.len()).ok(),
            ..TeamChange::default()
        };
        conversations::change_team(&tx, with.id, change).await?;
        tx.commit().await?;
        for member in &members {
            self.want_card(member.clone());
        }
        let members = members.iter().map(|member| Address(member.to_string())).collect();
        self.teams.members.insert(with.id, members);
        self.teams.rooms.insert(room, with.id);
        let mut changes = Changes::default();
        changes.row(with.id);
        if let Some(timeline) = self.open.get(&with.id) {
            for message in timeline.own_messages() {
                changes.message(with.id, message.into());
            }
        }
        self.committed(changes).await
    }

    /// The session is gone: who is there, who types and where we are is not known any more.
    pub(super) async fn forget_presence(&mut self) -> Result<(), StoreError> {
        self.teams.forget();
        let people = self.presences.forget();
        for conversation in self.typing.forget() {
            self.refresh_row(conversation).await?;
        }
        self.show_people(people).await
    }

    /// The rows of the conversations with these people, all in one go.
    pub(super) async fn show_people(&mut self, people: Vec<String>) -> Result<(), StoreError> {
        let mut changes = Changes::default();
        let tx = self.store.read().await?;
        for address in people {
            if let Some(with) = conversations::by_address(&tx, &Address(address)).await? {
                changes.row(with.id);
            }
        }
        drop(tx);
        self.committed(changes).await
    }
}
