//! Events of the session: messages as they come, in batches of one transaction; presence; the roster.

use std::collections::HashMap;

use tokio::time::Instant;
use wardline_store::pages::{self, Outcome};
use wardline_store::{ConversationId, ConversationKind, StoreError, conversations, messages};
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::message::{
    ChatState, Direction as Way, MarkerKind, MessageKind as Sort, ReceivedMessage, RoomNews, Route,
};
use wardline_xmpp::session::SessionEvent;

use super::ascribe::ascribe;
use super::changes::Missed;
use super::clock::Link;
use super::dating::Dating;
use super::decisions::Heard;
use super::ingest::{self, Content};
use super::presence::Freshness;
use super::read_pointer::{Came, Spoken};
use super::teams::{Stay, private};
use super::transaction::{Effect, Tx};
use super::{Engine, read_pointer, references};
use crate::people::LABEL_LIMIT;
use crate::text::display::label;
use crate::view::Composing;

impl Engine {
    /// Takes a batch of events in order; messages that follow each other are stored in one transaction.
    pub(super) async fn take_events(&mut self, batch: Vec<SessionEvent>) -> Result<(), StoreError> {
        let mut run = Vec::new();
        for event in batch {
            if let SessionEvent::Message(message) = event {
                run.push(*message);
                continue;
            }
            self.take_messages(std::mem::take(&mut run)).await?;
            if !matches!(event, SessionEvent::Presence(_)) {
                self.show_presences().await?;
            }
            match self.on_event(event).await {
                // Not of the file: the next events have nothing to do with it.
                Err(error) if !error.is_failure() => tracing::error!(%error, "an event could not be stored"),
                outcome => outcome?,
            }
        }
        self.take_messages(run).await?;
        self.show_presences().await
    }

    async fn on_event(&mut self, event: SessionEvent) -> Result<(), StoreError> {
        match event {
            SessionEvent::Opened(opened) => self.on_opened(*opened).await,
            SessionEvent::Presence(presence) => self.take_presence(*presence).await,
            SessionEvent::Roster(push) => self.take_roster_push(push).await,
            SessionEvent::Bookmarks(news) => self.take_bookmark_news(news).await,
            SessionEvent::Decisions(decisions) => self.apply_decisions(decisions, Heard::Now).await,
            SessionEvent::Blocking(push) => self.take_blocking(push).await,
            SessionEvent::Inbox(changed) => self.inbox_changed(*changed).await,
            SessionEvent::Displayed(positions) => self.heard_displayed(positions).await,
            SessionEvent::Closed { .. } => self.closed().await,
            _ => Ok(()),
        }
    }

    async fn closed(&mut self) -> Result<(), StoreError> {
        self.clock.set_link(Link::Down);
        self.remembered.closed();
        self.note_received().await?;
        // Nobody is known to type any more. Presence stays: it still holds if the session is resumed.
        for conversation in self.typing.forget() {
            self.refresh_row(conversation).await?;
        }
        let people = self.presences.set_freshness(Freshness::Stale);
        self.show_people(people).await?;
        self.refresh_all_edges().await
    }

    pub(super) async fn take_messages(&mut self, mut run: Vec<ReceivedMessage>) -> Result<(), StoreError> {
        if run.is_empty() {
            return Ok(());
        }
        let now = self.clock.now();
        let mut receipts = Vec::new();
        let mut refusals = Vec::new();
        let mut touched: HashMap<ConversationId, i64> = HashMap::new();
        ascribe(&self.store, &mut run).await?;
        self.meet_light_rooms(&run).await?;
        let tx = self.begin().await?;
        for message in &run {
            if let Sort::Error(condition) = message.kind {
                self.bounced(&tx, message, condition).await?;
                continue;
            }
            self.note_private(&tx, message).await?;
            refusals.extend(private::refusal(message));
            let Some(target) = ingest::target(&tx, self.own_archive, message).await? else {
                continue;
            };
            self.on_chat_state(&tx, message, target.conversation);
            if message.stamp.is_none() {
                self.note_live(target.conversation, message);
            }
            let content = ingest::content(message);
            if reads(message, content) {
                self.server_inbox.note_read(target.conversation);
                read_pointer::unmark(&tx, target.conversation).await?;
            }
            if content == Content::Reference {
                let said = self.dating(message, target.archive).said(message, now);
                let mentions = self.mentions_in(&tx, target.conversation, message).await?;
                references::apply(&tx, &self.own, target, message, &mentions, said).await?;
                // A quiet line has its place by the archive's id, and where the room's are not believed live, the archive tells it.
                if message.announced.is_some() && message.archive_id.is_none() {
                    tx.after(Effect::CatchUp(target.archive));
                }
                if message.stamp.is_none() && self.server_inbox.takes(message) {
                    self.bring_back(&tx, target.conversation).await?;
                    tx.row(target.conversation);
                }
                continue;
            }
            let last = match touched.get(&target.conversation) {
                Some(last) => Some(*last),
                None => messages::last_position(&tx, target.conversation).await?,
            };
            let dating = self.dating(message, target.archive);
            let dated_by = dating.stamp(now);
            let (stamp, _) = dated_by;
            // A live message is the newest there is, and so is one that claims to be older until the archive says better. One of which the
            // server itself says when it was said has its place by that; servers hand on in order, and may stamp by the second.
            let before = match dating {
                Dating::Live | Dating::Claimed { .. } => last,
                Dating::Dated { .. } => messages::last_dated(&tx, target.conversation, stamp).await?,
            };
            let position = before.map_or(stamp, |before| stamp.max(before.saturating_add(1)));
            // What else was said around one that was delivered late, only the archive knows.
            let (segment, stood) = match message.stamp {
                None => (Some(self.sync.live_segment(&tx, target, position).await?), None),
                Some(_) => (None, read_pointer::standing(&tx, target.conversation, &[]).await?),
            };
            let mentions = self.mentions_in(&tx, target.conversation, message).await?;
            let row = ingest::row(&self.own, target, message, segment, position, mentions, dated_by);
            let stored = pages::insert(&tx, target.archive, vec![row]).await?;
            if message.stamp.is_some() {
                tx.after(Effect::CatchUp(target.archive));
            }
            touched
                .entry(target.conversation)
                .and_modify(|last| *last = (*last).max(position))
                .or_insert(position);
            for outcome in stored {
                match outcome {
                    Outcome::Inserted(id) => {
                        self.note_believed(target, id, message.route, dating);
                        references::apply_kept(&tx, &self.own, target, id).await?;
                        // A quiet line does so only where the server does.
                        let is_said = content != Content::Notice || self.server_inbox.takes(message);
                        if message.stamp.is_none() && is_said {
                            self.bring_back(&tx, target.conversation).await?;
                        }
                        if content == Content::Notice {
                            // Nobody reads or misses it.
                        } else if message.direction == Way::Outgoing {
                            conversations::advance_read(&tx, target.conversation, position, Some(id)).await?;
                            self.accept_by_writing(&tx, &message.conversation, target.conversation)
                                .await?;
                        } else {
                            if let Some(stood) = stood {
                                read_pointer::begin_earlier(&tx, target, stood, position, Spoken::ByOthers).await?;
                            }
                            // What a team tells of its past on entering is no news; its archive says where news begins.
                            if message.stamp.is_none() || target.kind == ConversationKind::Person {
                                read_pointer::begin(&tx, target, position, Came::Live).await?;
                            }
                            match message.stamp {
                                None => tx.arrived(target.conversation, id),
                                Some(_) => tx.missed(Missed {
                                    archive: target.archive,
                                    conversation: target.conversation,
                                    message: id,
                                    stamp,
                                }),
                            }
                        }
                        tx.message(target.conversation, id);
                    }
                    Outcome::Known(id) => {
                        self.proven(&tx, target.conversation, id, Some(position)).await?;
                        if target.kind == ConversationKind::Team && message.stamp.is_none() {
                            self.echoed(&tx, target, id, position).await?;
                        }
                    }
                }
            }
            // In a room a receipt would tell its sender alone, by the dozen.
            let one_to_one = matches!(message.kind, Sort::Chat | Sort::Normal);
            let is_asked = message.wants_receipt && message.route == Route::Live;
            if is_asked
                && one_to_one
                && message.direction == Way::Incoming
                && self.is_known(&tx, &message.conversation).await?
            {
                receipts.push((message.from.clone(), message.id.clone()));
            }
        }
        for conversation in touched.into_keys() {
            read_pointer::refresh(&tx, conversation).await?;
        }
        self.commit(tx).await?;
        self.take_room_news(&run).await?;
        self.confirm(receipts).await;
        for refusal in refusals {
            // The quiet line says that there was a message, whether or not its sender hears of it.
            let _lost_with_the_session = self.session.send(refusal).await;
        }
        Ok(())
    }

    /// What rooms say of themselves, and who asks one into which.
    async fn take_room_news(&mut self, messages: &[ReceivedMessage]) -> Result<(), StoreError> {
        self.take_room_changes(messages).await?;
        self.take_invitations(messages).await?;
        for message in messages.iter().filter(|message| message.route == Route::Live) {
            for news in &message.room_news {
                // Of whatever is no room that one is in, nothing is asked.
                if self.teams.stay(&message.conversation) != Some(Stay::Inside) {
                    continue;
                }
                match news {
                    RoomNews::Configuration => self.request_description(message.conversation.clone()),
                    RoomNews::Affiliations => {
                        if let Some(with) = self.conversation_of(&message.conversation).await? {
                            self.doubt_members(with.id, message.conversation.clone());
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn on_chat_state(&mut self, tx: &Tx, message: &ReceivedMessage, conversation: ConversationId) {
        if message.route != Route::Live || message.direction == Way::Outgoing || message.stamp.is_some() {
            return;
        }
        let composing = match (&message.body, message.chat_state) {
            (None, Some(ChatState::Composing)) => Composing::Active,
            (Some(_), _) | (None, Some(_)) => Composing::Paused,
            (None, None) => return,
        };
        let address = message.real_jid.clone().unwrap_or_else(|| message.from.to_bare());
        let name = match (&message.nick, message.kind) {
            (Some(nick), Sort::GroupChat) if message.real_jid.is_none() => label(nick, LABEL_LIMIT).unwrap_or_default(),
            _ => self.contacts.person(&address.to_string()).name,
        };
        if self.typing.set(conversation, &name, composing, Instant::now()) {
            tx.row(conversation);
        }
    }

    /// The kind of a conversation and its address on the wire.
    pub(super) async fn correspondent(
        &self,
        conversation: ConversationId,
    ) -> Result<Option<(ConversationKind, BareJid)>, StoreError> {
        let found = conversations::get(&self.store.read().await?, conversation).await?;
        Ok(found.and_then(|with| Some((with.kind, with.address.parse().ok()?))))
    }
}

/// Whether a message has just told that its conversation is read on another device of one's own: by an answer or a marker.
fn reads(message: &ReceivedMessage, content: Content) -> bool {
    let displayed = message
        .marker
        .as_ref()
        .is_some_and(|marker| marker.kind == MarkerKind::Displayed);
    message.stamp.is_none() && message.direction == Way::Outgoing && (content == Content::Text || displayed)
}
