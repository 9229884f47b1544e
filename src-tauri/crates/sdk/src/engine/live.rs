//! Events of the session: messages as they come, in batches of one transaction; presence; the roster.

use std::collections::{HashMap, HashSet};

use tokio::time::Instant;
use wardline_store::pages::{self, Outcome};
use wardline_store::{
    AliasKind, ConversationId, ConversationKind, DeliveryState, Failure, MessageId, StoreError, WriteTx, aliases,
    conversations, messages, outbox,
};
use wardline_xmpp::ids::MessageId as WireId;
use wardline_xmpp::jid::{BareJid, Jid};
use wardline_xmpp::message::{ChatState, Direction as Way, MessageKind as Sort, ReceivedMessage, Route, receipt};
use wardline_xmpp::session::{Continuity, Opened, SessionEvent, StanzaCondition};

use super::changes::Changes;
use super::clock::local_micros;
use super::ingest::{self, Content, Target};
use super::presence::Freshness;
use super::{Engine, read_pointer, references};
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
            match event {
                SessionEvent::Opened(opened) => self.opened(*opened).await?,
                SessionEvent::Presence(presence) => self.take_presence(*presence).await?,
                SessionEvent::Roster(push) => self.take_roster_push(push).await?,
                SessionEvent::Closed { .. } => self.closed().await?,
                _ => {}
            }
        }
        self.take_messages(run).await
    }

    async fn opened(&mut self, opened: Opened) -> Result<(), StoreError> {
        tracing::info!(continuity = ?opened.continuity, "session opened");
        if opened.continuity == Continuity::New {
            // Nothing that was in flight is proven any more, and rooms have forgotten us.
            let tx = self.store.begin().await?;
            outbox::session_ended(&tx).await?;
            tx.commit().await?;
            self.forget_presence().await?;
            self.errands.forget();
            self.spawn_time();
            self.spawn_bookmarks();
            self.begin_catch_up(&opened.features).await?;
        } else {
            let people = self.presences.set_freshness(Freshness::Current);
            self.show_people(people).await?;
            self.ask_rooms();
        }
        self.refresh_all_edges().await?;
        self.drain_outbox().await
    }

    async fn closed(&mut self) -> Result<(), StoreError> {
        // Nobody is known to type any more. Presence stays: it still holds if the session is resumed.
        for conversation in self.typing.forget() {
            self.refresh_row(conversation).await?;
        }
        let people = self.presences.set_freshness(Freshness::Stale);
        self.show_people(people).await?;
        self.refresh_all_edges().await
    }

    async fn take_messages(&mut self, run: Vec<ReceivedMessage>) -> Result<(), StoreError> {
        if run.is_empty() {
            return Ok(());
        }
        let now = self.clock.now();
        let mut changes = Changes::default();
        let mut receipts = Vec::new();
        let (mut told_late, mut outside) = (HashSet::new(), HashSet::new());
        let mut touched: HashMap<ConversationId, i64> = HashMap::new();
        let tx = self.store.begin().await?;
        for message in &run {
            if let Sort::Error(condition) = message.kind {
                if self.bounced(&tx, message, condition, &mut changes).await? == Bounced::FromOutside {
                    outside.insert(message.conversation.clone());
                }
                continue;
            }
            let Some(target) = ingest::target(&tx, self.own_archive, message).await? else {
                continue;
            };
            self.take_chat_state(message, target.conversation, &mut changes);
            let content = ingest::content(message);
            if content == Content::Reference {
                references::apply(&tx, &self.own, target, message, now, &mut changes).await?;
                continue;
            }
            let last = match touched.get(&target.conversation) {
                Some(last) => Some(*last),
                None => messages::last_position(&tx, target.conversation).await?,
            };
            let (stamp, _) = ingest::stamp(message, now);
            // A live message is the newest there is; an old one, delivered late, has its place by its stamp until the
            // archive says better. But a stream tells in order, also what it tells again after it was taken up anew, with
            // stamps of whole seconds.
            let before = match message.stamp {
                None => last,
                Some(_) => self.sync.told(target.conversation),
            };
            let position = before.map_or(stamp, |before| stamp.max(before.saturating_add(1)));
            self.sync.tells(target.conversation, position);
            if message.stamp.is_some() {
                told_late.insert(target.archive);
            }
            let segment = self.sync.live_segment(&tx, target, position).await?;
            let heard = heard(&tx, target, message).await?;
            let row = ingest::row(&self.own, target, message, Some(segment), position, now);
            let stored = pages::insert(&tx, target.archive, vec![row]).await?;
            touched
                .entry(target.conversation)
                .and_modify(|last| *last = (*last).max(position))
                .or_insert(position);
            for outcome in stored {
                match outcome {
                    Outcome::Inserted(id) => {
                        references::apply_kept(&tx, &self.own, target, id, &mut changes).await?;
                        if message.direction == Way::Outgoing {
                            conversations::advance_read(&tx, target.conversation, position, Some(id)).await?;
                        } else {
                            // What the run is about to bring may be older, and is as new to the reader.
                            if target.kind == ConversationKind::Team || self.sync.is_connected(target) {
                                read_pointer::begin(&tx, target, position).await?;
                            }
                            if message.stamp.is_none() {
                                changes.arrived(target.conversation, id);
                            }
                        }
                        changes.message(target.conversation, id);
                    }
                    Outcome::Known(id) => {
                        self.echoed(&tx, target, message, heard, id, position, &mut changes)
                            .await?;
                        self.proven(&tx, target.conversation, id, Some(position), &mut changes)
                            .await?;
                    }
                }
            }
            if message.wants_receipt && message.route == Route::Live && message.direction == Way::Incoming {
                receipts.push((message.from.clone(), message.id.clone()));
            }
        }
        for conversation in touched.into_keys() {
            read_pointer::refresh(&tx, conversation, &mut changes).await?;
        }
        tx.commit().await?;
        // What a server tells again after a resumption it may tell behind what came later (ejabberd does).
        for archive in told_late {
            self.sync.doubt_end(self.own_archive, archive);
        }
        for room in outside {
            self.enter_again(room);
        }
        self.committed(changes).await?;
        self.confirm(receipts).await;
        Ok(())
    }

    /// The room has said an own message to everybody: that is its place, also if the stream had acknowledged it before what
    /// others said first came.
    #[allow(
        clippy::too_many_arguments,
        reason = "one step of `take_messages`, split for reading"
    )]
    async fn echoed(
        &self,
        tx: &WriteTx,
        target: Target,
        message: &ReceivedMessage,
        heard: Heard,
        id: MessageId,
        position: i64,
        changes: &mut Changes,
    ) -> Result<(), StoreError> {
        let is_echo = target.kind == ConversationKind::Team && message.direction == Way::Outgoing;
        if !is_echo || heard == Heard::Before {
            return Ok(());
        }
        let Some(held) = messages::get(tx, id).await? else {
            return Ok(());
        };
        if held.archived_us.is_some() || held.position >= messages::PENDING_BASE {
            return Ok(());
        }
        let placement = messages::Placement {
            position,
            stamp_us: held.stamp_us,
            stamp_source: held.stamp_source,
            archived_us: None,
            segment_id: held.segment_id,
        };
        messages::place(tx, id, placement).await?;
        changes.message(target.conversation, id);
        Ok(())
    }

    /// Says that messages have arrived, after they are stored (XEP-0184).
    async fn confirm(&self, receipts: Vec<(Jid, Option<WireId>)>) {
        for (to, id) in receipts {
            if let Some(id) = id {
                // A receipt that is lost costs the sender a tick, not a message.
                let _lost_with_the_session = self.session.send(receipt(to, id)).await;
            }
        }
    }

    /// A message came back. Only an own text that is not known to have arrived fails by it: receipts, markers and typing
    /// notices bounce whenever somebody is away.
    async fn bounced(
        &mut self,
        tx: &WriteTx,
        message: &ReceivedMessage,
        condition: StanzaCondition,
        changes: &mut Changes,
    ) -> Result<Bounced, StoreError> {
        let Some(id) = &message.id else {
            return Ok(Bounced::ForGood);
        };
        let Some(with) = conversations::by_address(tx, &message.conversation.to_string().into()).await? else {
            return Ok(Bounced::ForGood);
        };
        // XEP-0045 section 7.5: only who is inside is heard.
        let from_outside = with.kind == ConversationKind::Team && condition == StanzaCondition::NotAcceptable;
        let verdict = if from_outside {
            Bounced::FromOutside
        } else {
            Bounced::ForGood
        };
        let alias = messages::NewAlias::by_sender(AliasKind::MessageId, id.as_str(), self.own.to_string());
        let Some(found) = aliases::find(tx, with.archive_id, &alias).await? else {
            return Ok(verdict);
        };
        let Some(text) = messages::get(tx, found).await? else {
            return Ok(verdict);
        };
        let arrived = matches!(text.delivery, Some(DeliveryState::Delivered | DeliveryState::Read));
        if text.conversation_id != with.id || arrived {
            return Ok(verdict);
        }
        if from_outside {
            outbox::send_again(tx, found, id.as_str(), local_micros()).await?;
            changes.message(with.id, found);
            return Ok(verdict);
        }
        if let Some(waiting) = outbox::by_message(tx, found).await? {
            outbox::remove(tx, waiting.id).await?;
        }
        messages::set_delivery(tx, found, DeliveryState::Failed, Some(failure(condition))).await?;
        changes.message(with.id, found);
        Ok(verdict)
    }

    fn take_chat_state(&mut self, message: &ReceivedMessage, conversation: ConversationId, changes: &mut Changes) {
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
            (Some(nick), Sort::GroupChat) if message.real_jid.is_none() => nick.clone(),
            _ => self.contacts.person(&address.to_string()).name,
        };
        if self.typing.set(conversation, &name, composing, Instant::now()) {
            changes.row(conversation);
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

/// What a message that came back says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bounced {
    /// It will not arrive.
    ForGood,
    /// The room does not have us inside: it is said again once we are.
    FromOutside,
}

/// Whether a message has been heard under its archive id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heard {
    Before,
    FirstNow,
}

/// Tells the first saying of a message from one that a resumed stream repeats.
async fn heard(tx: &WriteTx, target: Target, message: &ReceivedMessage) -> Result<Heard, StoreError> {
    let Some(id) = &message.archive_id else {
        return Ok(Heard::FirstNow);
    };
    let known = aliases::find(tx, target.archive, &messages::NewAlias::stanza_id(id.as_str())).await?;
    Ok(if known.is_some() {
        Heard::Before
    } else {
        Heard::FirstNow
    })
}

fn failure(condition: StanzaCondition) -> Failure {
    match condition {
        StanzaCondition::ItemNotFound
        | StanzaCondition::Gone
        | StanzaCondition::JidMalformed
        | StanzaCondition::RemoteServerNotFound
        | StanzaCondition::ServiceUnavailable
        | StanzaCondition::RecipientUnavailable => Failure::RecipientUnknown,
        StanzaCondition::Forbidden
        | StanzaCondition::NotAllowed
        | StanzaCondition::NotAuthorized
        | StanzaCondition::RegistrationRequired
        | StanzaCondition::SubscriptionRequired => Failure::NotAllowed,
        _ => Failure::Refused,
    }
}
