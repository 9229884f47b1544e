//! Bookmarks of rooms (XEP-0402, XEP-0048): the engine joins bookmarked rooms with autojoin and leaves rooms whose bookmark is gone.
//!
//! Joining a room stores its bookmark as pending ([`pending_sync`]) until the server has confirmed it: a list of bookmarks without that
//! room does not mean that another device left it.

use std::collections::HashSet;

use wardline_store::conversations::TeamChange;
use wardline_store::pending_sync::{self, PendingSync};
use wardline_store::{
    Address, ConversationId, ConversationKind, Membership, PendingSyncKind, StoreError, TeamService, Text, TitleSource,
    WriteTx, contacts, conversations,
};
use wardline_xmpp::decisions::KeptIn;
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::muc::{Autojoin, Bookmark, BookmarkNews};
use wardline_xmpp::session::RequestError;

use super::Stay;
use crate::engine::private_nodes::PrivateNodes;
use crate::engine::requests::{Handling, Repeat};
use crate::engine::transaction::Effect;
use crate::engine::{Engine, ingest};
use crate::people::local_part;

/// Stores that the bookmark of a room must reach the server.
pub(super) async fn set_bookmark_pending(tx: &WriteTx, team: ConversationId) -> Result<(), StoreError> {
    let pending = PendingSync {
        conversation_id: team,
        kind: PendingSyncKind::Bookmark,
        value: Text::default(),
    };
    pending_sync::put(tx, pending).await
}

/// Removes the pending bookmark of a room: the server has it, or must not get it.
pub(super) async fn clear_bookmark_pending(tx: &WriteTx, team: ConversationId) -> Result<(), StoreError> {
    pending_sync::remove(tx, team, PendingSyncKind::Bookmark).await
}

impl Engine {
    /// Where rooms are remembered: where decisions are, and for the same reason.
    pub(super) fn bookmarks_kept_in(&self) -> KeptIn {
        match self.private_nodes {
            PrivateNodes::Kept => KeptIn::Node,
            PrivateNodes::Absent | PrivateNodes::Unknown => KeptIn::Storage,
        }
    }

    pub(in crate::engine) fn request_bookmarks(&mut self) {
        let told = self.teams.remembered;
        self.request_repeatedly(
            Repeat::Unanswered,
            |session| async move { session.bookmarks().await },
            Self::request_bookmarks,
            move |engine, bookmarks| Box::pin(engine.on_bookmarks(told, bookmarks)),
        );
    }

    /// The remembered rooms, at the beginning of a session. `told`: how often other devices had told what they remember when it was
    /// asked for.
    async fn on_bookmarks(
        &mut self,
        told: u64,
        bookmarks: Result<Option<Vec<Bookmark>>, RequestError>,
    ) -> Result<(), StoreError> {
        let bookmarks = match bookmarks {
            // Another device has told something else since, and what it told is heard already.
            Ok(Some(_)) if told != self.teams.remembered => {
                self.request_bookmarks();
                return Ok(());
            }
            Ok(Some(bookmarks)) => bookmarks,
            Ok(None) => return self.bookmarks_known().await,
            // A new session asks anew.
            Err(RequestError::SessionLost) => return Ok(()),
            Err(error) => {
                tracing::info!(%error, "remembered rooms not fetched");
                return self.bookmarks_known().await;
            }
        };
        let entered = bookmarks.iter().filter(|bookmark| bookmark.autojoin == Autojoin::Yes);
        let remembered: HashSet<BareJid> = entered.map(|bookmark| bookmark.room.clone()).collect();
        for bookmark in bookmarks {
            self.follow_bookmark(bookmark).await?;
        }
        self.leave_forgotten(&remembered).await?;
        self.bookmarks_known().await
    }

    /// Which rooms were left elsewhere is known, or is not going to be: what waits for the others may enter them.
    async fn bookmarks_known(&mut self) -> Result<(), StoreError> {
        self.teams.are_remembered_known = true;
        self.effects.push(Effect::DrainOutbox);
        Ok(())
    }

    /// Another device of one's own remembers a room, or does so no longer.
    pub(in crate::engine) async fn take_bookmark_news(&mut self, news: Vec<BookmarkNews>) -> Result<(), StoreError> {
        tracing::info!(rooms = news.len(), "other devices remember other rooms");
        self.teams.remembered = self.teams.remembered.wrapping_add(1);
        for news in news {
            match news {
                BookmarkNews::Kept(bookmark) if bookmark.autojoin == Autojoin::Yes => {
                    self.teams.forgotten_here.remove(&bookmark.room);
                    self.follow_bookmark(bookmark).await?;
                }
                BookmarkNews::Kept(Bookmark { room, .. }) | BookmarkNews::Gone(room) => {
                    if !self.teams.is_leaving_here(&room) {
                        self.left_elsewhere(room).await?;
                    }
                }
            }
        }
        Ok(())
    }

    async fn follow_bookmark(&mut self, bookmark: Bookmark) -> Result<(), StoreError> {
        if bookmark.autojoin == Autojoin::No || matches!(self.teams.stay(&bookmark.room), Some(Stay::Inside)) {
            return Ok(());
        }
        let tx = self.begin().await?;
        let Some(team) = ingest::ensure_team(&tx, &bookmark.room).await? else {
            tracing::info!("a person's address is remembered as a room; left out");
            return Ok(());
        };
        let nick = bookmark.nick.unwrap_or_else(|| self.nick());
        let known = conversations::get(&tx, team.conversation).await?;
        // Apps write the local part where they know no name.
        let name = bookmark.name.filter(|name| *name != local_part(bookmark.room.as_str()));
        let change = TeamChange {
            title: name.map(|name| (Text(name), TitleSource::Bookmark)),
            service: Some(TeamService::Muc),
            // The name that the room has let us in with, if it has before, counts for what was said by it.
            nick: Some(known.and_then(|known| known.nick).unwrap_or_else(|| Text(nick.clone()))),
            ..TeamChange::default()
        };
        conversations::change_team(&tx, team.conversation, change).await?;
        // The server would not let us ask.
        let address = Address(bookmark.room.to_string());
        let is_blocked = contacts::get(&tx, &address).await?.is_some_and(|room| room.blocked);
        tx.row(team.conversation);
        self.commit(tx).await?;
        self.want_card(bookmark.room.clone());
        self.apply_unknown_displayed(&bookmark.room).await?;
        if !is_blocked {
            self.enter(bookmark.room, nick);
        }
        Ok(())
    }

    /// Rooms that one was in and that are not remembered any more were left on another device while this one was off.
    async fn leave_forgotten(&mut self, remembered: &HashSet<BareJid>) -> Result<(), StoreError> {
        let held = conversations::list(&self.store.read().await?).await?;
        let held = held.into_iter().filter(|with| {
            with.kind == ConversationKind::Team
                && with.service == Some(TeamService::Muc)
                && with.membership == Membership::Member
        });
        let rooms: Vec<(ConversationId, BareJid)> = held
            .filter_map(|with| Some((with.id, with.address.parse().ok()?)))
            .collect();
        for (team, room) in rooms {
            let tx = self.store.begin().await?;
            let is_bookmark_pending = pending_sync::exists(&tx, team, PendingSyncKind::Bookmark).await?;
            let is_remembered = remembered.contains(&room);
            if is_bookmark_pending && is_remembered {
                clear_bookmark_pending(&tx, team).await?;
            }
            tx.commit().await?;
            // One that is being made or entered right now is remembered a moment later.
            match is_remembered || self.teams.stay(&room).is_some() {
                true => {}
                false if is_bookmark_pending => {
                    self.remember(room.clone()).await?;
                    self.enter_known(room).await?;
                }
                false => self.left_elsewhere(room).await?,
            }
        }
        self.give_up_on_others(TeamService::Muc).await
    }

    /// Another device of one's own has left a room.
    async fn left_elsewhere(&mut self, room: BareJid) -> Result<(), StoreError> {
        let Some(with) = self.conversation_of(&room).await? else {
            return Ok(());
        };
        // One that is being entered may have let us in already, and its answer come after this.
        let is_entering = matches!(self.teams.stay(&room), Some(Stay::Entering(_)));
        if with.service != Some(TeamService::Muc) || (with.membership != Membership::Member && !is_entering) {
            return Ok(());
        }
        self.session.muc_leave(room.clone()).await;
        self.out_of_team(room, Membership::Left).await
    }

    /// Remembers a room for all devices of the account.
    pub(in crate::engine) async fn remember(&mut self, room: BareJid) -> Result<(), StoreError> {
        let with = self.conversation_of(&room).await?;
        // It may have been left meanwhile.
        let Some(with) = with.filter(|with| with.membership == Membership::Member) else {
            return Ok(());
        };
        let bookmark = Bookmark {
            room,
            name: with.title.map(|title| title.0),
            nick: with.nick.map(|nick| nick.0),
            autojoin: Autojoin::Yes,
        };
        let (room, place) = (bookmark.room.clone(), self.bookmarks_kept_in());
        self.request(
            |session| async move { session.remember_room(&bookmark, place).await },
            |engine, outcome| Box::pin(engine.on_bookmark_published(room, outcome)),
        );
        Ok(())
    }

    /// The server remembers a room, or not.
    fn on_bookmark_published(&mut self, room: BareJid, outcome: Result<(), RequestError>) -> Handling<'_> {
        Box::pin(async move {
            match outcome {
                Err(RequestError::Offline | RequestError::TimedOut) => {
                    self.requests.postpone(|engine| Box::pin(engine.remember(room)));
                    return Ok(());
                }
                // The list of the next session says whether it had arrived.
                Err(RequestError::SessionLost) => return Ok(()),
                Err(error) => tracing::info!(%error, "a room could not be remembered"),
                Ok(()) => drop(self.teams.forgotten_here.remove(&room)),
            }
            if let Some(with) = self.conversation_of(&room).await? {
                let tx = self.store.begin().await?;
                clear_bookmark_pending(&tx, with.id).await?;
                tx.commit().await?;
            }
            Ok(())
        })
    }
}
