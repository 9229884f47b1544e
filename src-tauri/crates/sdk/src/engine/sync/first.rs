//! The first sync of an account or a room on this computer: the newest page of every conversation, so that the chat list is
//! complete soon; older pages follow when somebody scrolls to them.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashSet};

use tokio::time::Instant;
use wardline_store::{
    Address, ArchiveId, ConversationId, ConversationKind, Reads, StoreError, contacts, conversations, segments,
};
use wardline_xmpp::archive::ArchivePage;
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::message::MessageKind as Sort;

use super::cursor::{self, Cursor, first_cursor};
use super::{PageRequest, Purpose, Reached, Urgency};
use crate::engine::Engine;
use crate::engine::ingest::{self, Content, Target};

/// Conversations whose newest page is fetched at once. The others are fetched when opened.
const MOST: usize = 400;

/// How far the first sync of the account is.
#[derive(Debug, Default)]
pub(super) struct FirstSync {
    /// Where the run will begin: everything up to here is covered by the pages that are fetched now. `None`: the archive has not
    /// said with whom there are conversations.
    cursor: Option<Cursor>,
    /// Whether the roster has been asked with whom else there may be.
    roster_asked: bool,
    /// People whose newest page has been asked for.
    people: BTreeSet<BareJid>,
    /// Conversations whose newest page has not come yet.
    missing: HashSet<ConversationId>,
}

impl FirstSync {
    /// How many conversations have their newest page, and of how many it is known that they may exist.
    pub(super) fn progress(&self) -> (usize, usize) {
        let of = self.people.len();
        (of.saturating_sub(self.missing.len()), of)
    }
}

impl Engine {
    pub(super) async fn begin_first_sync(&mut self) -> Result<(), StoreError> {
        // What is held from before, if anything, is read up to its end again before anything is taken to follow it.
        let tx = self.store.begin().await?;
        segments::detach_all(&tx, self.own_archive).await?;
        tx.commit().await?;
        self.sync.own = Reached::First(FirstSync::default());
        self.news.begin(self.clock.now());
        self.request_roster();
        let session = self.sync.session;
        let request = PageRequest {
            session,
            archive: self.own_archive,
            room: None,
            with: None,
            purpose: Purpose::Discover,
            urgency: Urgency::Background,
        };
        self.sync.want(request);
        Ok(())
    }

    /// The newest page of the whole archive tells with whom there was talk last.
    pub(super) async fn discovered(&mut self, page: ArchivePage) -> Result<(), StoreError> {
        let people: Vec<BareJid> = page
            .messages
            .iter()
            .rev()
            .filter(|message| matches!(message.kind, Sort::Chat | Sort::Normal | Sort::Headline))
            .filter(|message| ingest::content(message) != Content::Reference)
            .map(|message| message.conversation.clone())
            .collect();
        if let Reached::First(first) = &mut self.sync.own {
            first.cursor = Some(first_cursor(&page));
        }
        self.first_pages(people, MOST).await?;
        self.first_sync_done().await
    }

    /// The roster tells with whom else there may have been. Where the server has an inbox, what that tells comes first.
    pub(in crate::engine) async fn first_sync_roster(&mut self, people: Vec<BareJid>) -> Result<(), StoreError> {
        let Reached::First(first) = &mut self.sync.own else {
            return Ok(());
        };
        first.roster_asked = true;
        if !self.server_inbox.is_being_read() {
            self.first_pages(people, MOST).await?;
        }
        self.first_sync_done().await
    }

    /// The server's inbox has been read, or is not going to be: after what is unread come the most recent conversations, then
    /// everybody else of the roster.
    pub(in crate::engine) async fn first_sync_inbox(&mut self) -> Result<(), StoreError> {
        if !matches!(self.sync.own, Reached::First(_)) {
            return Ok(());
        }
        let tx = self.store.read().await?;
        let mut known = conversations::list(&tx).await?;
        let contacts = contacts::list(&tx).await?;
        drop(tx);
        known.retain(|with| with.kind == ConversationKind::Person);
        known.sort_by_key(|with| Reverse(with.sort_us));
        let known = known.into_iter().map(|with| with.address);
        let roster = contacts.into_iter().filter(|contact| contact.subscription.is_some());
        let people = known.chain(roster.map(|contact| contact.address));
        let people = people.filter_map(|address| address.parse().ok()).collect();
        self.first_pages(people, MOST).await?;
        self.first_sync_done().await
    }

    /// What the server's inbox counts as unread is not known before the newest page is here, however many conversations there are.
    pub(in crate::engine) async fn first_pages_of_unread(&mut self, people: Vec<BareJid>) -> Result<(), StoreError> {
        self.first_pages(people, usize::MAX).await
    }

    /// Wants the newest pages of these people, as long as there are not `most` of them.
    async fn first_pages(&mut self, people: Vec<BareJid>, most: usize) -> Result<(), StoreError> {
        for person in people {
            let Reached::First(first) = &mut self.sync.own else {
                return Ok(());
            };
            if first.people.len() >= most || !first.people.insert(person.clone()) {
                continue;
            }
            let tx = self.store.begin().await?;
            let known = conversations::by_address(&tx, &Address(person.to_string())).await?;
            let target = match known {
                Some(known) => Target {
                    conversation: known.id,
                    archive: known.archive_id,
                    kind: known.kind,
                },
                None => ingest::ensure_hidden_person(&tx, self.own_archive, Address(person.to_string())).await?,
            };
            tx.commit().await?;
            if let Reached::First(first) = &mut self.sync.own {
                first.missing.insert(target.conversation);
            }
            let session = self.sync.session;
            let purpose = Purpose::Latest { target };
            let request = PageRequest {
                session,
                archive: self.own_archive,
                room: None,
                with: Some(person),
                purpose,
                urgency: Urgency::Background,
            };
            self.sync.want(request);
        }
        Ok(())
    }

    /// One of the pages that were asked for has come, or is not going to.
    pub(super) async fn first_page_came(&mut self, conversation: ConversationId) -> Result<(), StoreError> {
        if let Reached::First(first) = &mut self.sync.own {
            first.missing.remove(&conversation);
        }
        self.first_sync_done().await
    }

    /// When every page is here, the run takes over from the cursor.
    async fn first_sync_done(&mut self) -> Result<(), StoreError> {
        let Reached::First(first) = &mut self.sync.own else {
            return Ok(());
        };
        if !first.missing.is_empty() || !first.roster_asked || self.server_inbox.is_being_read() {
            return Ok(());
        }
        let Some(cursor) = first.cursor.take() else {
            return Ok(());
        };
        let tx = self.store.begin().await?;
        cursor::set(&tx, self.own_archive, &cursor).await?;
        tx.commit().await?;
        self.run_from_cursor(self.own_archive).await
    }

    /// A room was entered: its archive is caught up with, or seen for the first time.
    pub(in crate::engine) async fn sync_room(&mut self, team: Target) -> Result<(), StoreError> {
        let known = cursor::get(&self.store.read().await?, team.archive).await?;
        match known {
            Some(_) => self.run_from_cursor(team.archive).await?,
            None => self.first_of_room(team).await?,
        }
        Ok(())
    }

    pub(super) async fn first_of_room(&mut self, team: Target) -> Result<(), StoreError> {
        self.sync.rooms.insert(team.archive, Reached::Nothing);
        self.want_latest(team, Urgency::Background).await
    }

    /// The newest page of a room is here: the run goes on behind it.
    pub(super) async fn room_begun(&mut self, team: Target, cursor: &Cursor) -> Result<(), StoreError> {
        let tx = self.store.begin().await?;
        cursor::set(&tx, team.archive, cursor).await?;
        tx.commit().await?;
        self.run_from_cursor(team.archive).await
    }

    /// Whether a room's newest page is awaited to begin its run.
    pub(super) fn room_awaits_first(&self, team: Target) -> bool {
        team.kind == ConversationKind::Team
            && matches!(
                self.sync.rooms.get(&team.archive),
                Some(Reached::Nothing | Reached::Paused(_))
            )
    }

    /// The team that an archive belongs to; `None` for the account's own.
    pub(super) async fn team_of(&self, tx: &impl Reads, archive: ArchiveId) -> Result<Option<Target>, StoreError> {
        if archive == self.own_archive {
            return Ok(None);
        }
        let found = conversations::list(tx)
            .await?
            .into_iter()
            .find(|with| with.archive_id == archive);
        Ok(found.map(|with| Target {
            conversation: with.id,
            archive,
            kind: with.kind,
        }))
    }

    /// Tries again to begin with a room whose newest page could not be had.
    pub(super) fn retry_room(&mut self, team: Target, at: Instant) {
        self.sync.rooms.insert(team.archive, Reached::Paused(at));
    }
}
