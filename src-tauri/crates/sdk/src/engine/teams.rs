//! Team chats: the remembered rooms are entered with every new session, and their archives caught up with.

use std::collections::HashMap;

use wardline_store::conversations::TeamChange;
use wardline_store::{Address, StoreError, Text, conversations};
use wardline_xmpp::jid::{BareJid, Jid};
use wardline_xmpp::muc::{Autojoin, Bookmark, JoinError, Joined, Standing};
use wardline_xmpp::presence::{Availability, AvatarHint, Occupant, PresenceKind, PresenceUpdate, Whose};
use wardline_xmpp::session::RequestError;

use super::Engine;
use super::changes::Changes;
use super::errands::Errand;
use super::ingest;
use crate::people::local_part;

/// Status code of XEP-0045 section 15.6.2: removed for technical reasons, such as a connection that broke.
const TECHNICAL: u16 = 333;

/// Rooms entered in this session.
#[derive(Debug, Default)]
pub(super) struct Teams {
    /// With the name that was asked for there.
    entered: HashMap<BareJid, String>,
}

impl Teams {
    /// Whether messages can be sent to a room.
    pub(super) fn is_entered(&self, room: &BareJid) -> bool {
        self.entered.contains_key(room)
    }

    /// The session is gone, and with it every stay in a room.
    pub(super) fn forget(&mut self) {
        self.entered.clear();
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
            let change = TeamChange {
                title: Some(Text(title)),
                nick: Some(Text(nick.clone())),
                ..TeamChange::default()
            };
            conversations::change_team(&tx, team.conversation, change).await?;
            tx.commit().await?;
            let mut changes = Changes::default();
            changes.row(team.conversation);
            self.committed(changes).await?;
            self.want_card(bookmark.room.clone());
            self.spawn_join(bookmark.room, nick);
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
        nick: String,
        joined: Result<Joined, JoinError>,
    ) -> Result<(), StoreError> {
        match joined {
            Ok(_) => {}
            // Somebody else's name, or one's own other device on a server that allows a name once: another name will do.
            Err(JoinError::NickTaken) => {
                let nick = format!("{} ({:04x})", self.nick(), uuid::Uuid::new_v4().as_fields().1);
                self.spawn_join(room, nick);
                return Ok(());
            }
            Err(JoinError::Offline | JoinError::TimedOut) => {
                self.errands.put_off(Errand::Enter { room, nick });
                return Ok(());
            }
            Err(error) => {
                tracing::info!(%error, "room not entered");
                return Ok(());
            }
        }
        self.teams.entered.insert(room.clone(), nick);
        let with = conversations::by_address(&self.store.read().await?, &Address(room.to_string())).await?;
        if let Some(with) = with {
            let target = ingest::Target {
                conversation: with.id,
                archive: with.archive_id,
                kind: with.kind,
            };
            self.sync_room(target).await?;
        }
        self.drain_outbox().await
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
            PresenceKind::Occupant(occupant) => {
                self.occupant(occupant);
                Ok(())
            }
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

    /// A session was taken up again: rooms may have forgotten us meanwhile, and would not say so.
    pub(super) fn ask_rooms(&mut self) {
        let rooms: Vec<BareJid> = self.teams.entered.keys().cloned().collect();
        for room in rooms {
            self.spawn_standing(room);
        }
    }

    /// What a room says of whether we are inside.
    pub(super) fn take_standing(&mut self, room: BareJid, standing: Standing) {
        if standing == Standing::Outside {
            self.enter_again(room);
        }
    }

    /// A room does not have us inside any more, though nobody put us out of it.
    pub(super) fn enter_again(&mut self, room: BareJid) {
        if let Some(nick) = self.teams.entered.remove(&room) {
            self.spawn_join_again(room, nick);
        }
    }

    /// Being put out of a room ends what can be sent to it. Where nobody meant it, we go in again.
    fn occupant(&mut self, occupant: Occupant) {
        let gone = matches!(
            occupant.availability,
            Availability::Unavailable | Availability::Error(_)
        );
        if gone && occupant.whose == Whose::Own && occupant.new_nick.is_none() {
            if occupant.codes.contains(&TECHNICAL) {
                self.enter_again(occupant.room);
            } else {
                self.teams.entered.remove(&occupant.room);
            }
        }
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
