//! Sending (sync.md R13): stored first, sent in order, proven by the server, and sent again only when it is proven that the
//! server does not have it.

use std::collections::HashSet;
use std::time::Duration;

use tokio::time::Instant;
use wardline_store::messages::{NewMessage, Placement};
use wardline_store::outbox::{self, NewOutgoing, Outgoing};
use wardline_store::{
    Address, ArchiveId, ConversationId, ConversationKind, DeliveryState, Direction, Failure, MessageId, MessageKind,
    OutboxId, OutboxState, StampSource, StoreError, Text, WriteTx, conversations, drafts, messages,
};
use wardline_xmpp::ids::MessageId as WireId;
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::message::{MAX_STANZA_BYTES, OutgoingMessage, Stanza};
use wardline_xmpp::session::{Proof, SendError};

use super::changes::Changes;
use super::clock::local_micros;
use super::ingest::Target;
use super::jobs::Done;
use super::{Engine, read_pointer};
use crate::view::CommandError;

/// Longest text that is sure to fit, in bytes: escaping can make XML of it longer.
const TEXT_LIMIT: u32 = 50_000;

/// When the outbox is to be looked at although nothing happened.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    retry: Option<Instant>,
}

impl Outbox {
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.retry
    }
}

impl Engine {
    /// Stores a message and its way out in one transaction, and sends what can be sent.
    pub(super) async fn send_text(
        &mut self,
        conversation: ConversationId,
        text: &str,
    ) -> Result<MessageId, CommandError> {
        let text = text.trim_end();
        if text.trim_start().is_empty() {
            return Err(CommandError::MessageEmpty);
        }
        let (kind, to) = self.correspondent(conversation).await?.ok_or(CommandError::NotFound)?;
        let id = uuid::Uuid::new_v4().to_string();
        let stanza = stanza(kind, to, &id, text).ok_or(CommandError::NotFound)?;
        if stanza.size() > MAX_STANZA_BYTES {
            return Err(CommandError::MessageTooLong {
                limit_bytes: TEXT_LIMIT,
            });
        }
        let now = self.clock.now();
        let tx = self.store.begin().await?;
        let with = conversations::get(&tx, conversation)
            .await?
            .ok_or(CommandError::NotFound)?;
        let queued = outbox::push(
            &tx,
            NewOutgoing {
                echo: self.echo(conversation, text, &id, now),
                archive_id: with.archive_id,
                origin_id: id,
                payload: Text(text.to_owned()),
                next_attempt_us: local_micros(),
            },
        )
        .await?;
        drafts::clear(&tx, conversation).await?;
        // Whoever answers has read what they answer to.
        if let Some(last) = messages::last_position(&tx, conversation).await? {
            conversations::advance_read(&tx, conversation, last, None).await?;
        }
        let mut changes = Changes::default();
        changes.message(conversation, queued.message);
        read_pointer::refresh(&tx, conversation, &mut changes).await?;
        tx.commit().await?;
        self.typing.tell(conversation, crate::view::Composing::Paused);
        self.committed(changes).await?;
        self.drain_outbox().await?;
        Ok(queued.message)
    }

    fn echo(&self, conversation: ConversationId, text: &str, id: &str, now: i64) -> NewMessage {
        let own = Address(self.own.to_string());
        NewMessage {
            conversation_id: conversation,
            segment_id: None,
            // The store gives an echo its place at the end.
            position: messages::PENDING_BASE,
            displayable: true,
            direction: Direction::Outgoing,
            kind: MessageKind::Text,
            sender_address: own.clone(),
            sender_nick: None,
            body: Text(text.to_owned()),
            stamp_us: now,
            stamp_source: StampSource::Clock,
            sent_us: None,
            archived_us: None,
            delivery: Some(DeliveryState::Waiting),
            retracted_us: None,
            aliases: vec![messages::NewAlias::by_sender(
                wardline_store::AliasKind::MessageId,
                id,
                own,
            )],
        }
    }

    /// Sends what is due, in order per conversation, as long as there is a session to send it on.
    pub(super) async fn drain_outbox(&mut self) -> Result<(), StoreError> {
        self.outbox.retry = None;
        // Conversations that cannot be sent to now: rooms that have not been entered yet.
        let mut closed = HashSet::new();
        while self.online() {
            let due: Vec<Outgoing> = outbox::due(&self.store.read().await?, local_micros())
                .await?
                .into_iter()
                .filter(|waiting| !closed.contains(&waiting.conversation_id))
                .collect();
            if due.is_empty() {
                return Ok(());
            }
            for waiting in due {
                if !self.send_waiting(&waiting).await? {
                    closed.insert(waiting.conversation_id);
                }
            }
        }
        Ok(())
    }

    /// Sends one message. `false`: not now.
    async fn send_waiting(&mut self, waiting: &Outgoing) -> Result<bool, StoreError> {
        let Some((kind, to)) = self.correspondent(waiting.conversation_id).await? else {
            return Ok(false);
        };
        if kind == ConversationKind::Team && !self.teams.is_entered(&to) {
            return Ok(false);
        }
        let Some(stanza) = stanza(kind, to, &waiting.origin_id, &waiting.payload) else {
            return Ok(false);
        };
        // Before it is sent: after a kill right here it counts as one that may have arrived.
        self.set_outbox_state(waiting.id, OutboxState::InFlight).await?;
        match self.session.send(stanza).await {
            Ok(receipt) => {
                let id = waiting.id;
                self.jobs.spawn(async move { Done::Sent(id, receipt.await) });
                Ok(true)
            }
            Err(SendError::Offline) => {
                self.set_outbox_state(waiting.id, OutboxState::Waiting).await?;
                self.outbox.retry = Some(Instant::now() + Duration::from_secs(1));
                Ok(false)
            }
            Err(error @ (SendError::TooLarge | SendError::Unencodable)) => {
                let why = if error == SendError::TooLarge {
                    Failure::TooLarge
                } else {
                    Failure::Refused
                };
                let tx = self.store.begin().await?;
                outbox::remove(&tx, waiting.id).await?;
                messages::set_delivery(&tx, waiting.message_id, DeliveryState::Failed, Some(why)).await?;
                tx.commit().await?;
                let mut changes = Changes::default();
                changes.message(waiting.conversation_id, waiting.message_id);
                self.committed(changes).await?;
                Ok(true)
            }
        }
    }

    async fn set_outbox_state(&self, id: OutboxId, state: OutboxState) -> Result<(), StoreError> {
        let tx = self.store.begin().await?;
        outbox::set_state(&tx, id, state).await?;
        tx.commit().await
    }

    /// What became of a sent message.
    pub(super) async fn take_proof(&mut self, id: OutboxId, proof: Proof) -> Result<(), StoreError> {
        let tx = self.store.begin().await?;
        // The archive or a copy from another device may have been quicker.
        let Some(sent) = outbox::get(&tx, id).await? else {
            return Ok(());
        };
        let mut changes = Changes::default();
        let with = conversations::get(&tx, sent.conversation_id).await?;
        match proof {
            Proof::Acknowledged => {
                // Acknowledgements cover all that was sent before, but proofs come back in any order: taking the earlier
                // ones along keeps the thread in the order of sending.
                for earlier in outbox::in_state(&tx, OutboxState::InFlight).await? {
                    if earlier.conversation_id == sent.conversation_id && earlier.id <= id {
                        let position = self.next_position(&tx, sent.conversation_id).await?;
                        self.proven(
                            &tx,
                            sent.conversation_id,
                            earlier.message_id,
                            Some(position),
                            &mut changes,
                        )
                        .await?;
                    }
                }
            }
            Proof::Unproven => outbox::set_state(&tx, id, OutboxState::Unproven).await?,
        }
        tx.commit().await?;
        // Unlike a room, one's own server does not say where among what came meanwhile it has put the message, nor when.
        if let Some(with) = with
            && with.kind == ConversationKind::Person
            && proof == Proof::Acknowledged
        {
            self.sync.doubt_end(self.own_archive, with.archive_id);
        }
        self.committed(changes).await
    }

    /// The place of a message that is the newest now.
    async fn next_position(&self, tx: &WriteTx, conversation: ConversationId) -> Result<i64, StoreError> {
        let last = messages::last_position(tx, conversation).await?;
        Ok(self
            .clock
            .now()
            .max(last.map_or(i64::MIN, |last| last.saturating_add(1))))
    }

    /// The server has a message. A local echo moves to `position`, where there is one to give; its final place comes with
    /// the archive.
    pub(super) async fn proven(
        &self,
        tx: &WriteTx,
        conversation: ConversationId,
        id: MessageId,
        position: Option<i64>,
        changes: &mut Changes,
    ) -> Result<(), StoreError> {
        let Some(message) = messages::get(tx, id).await? else {
            return Ok(());
        };
        if message.direction == Direction::Incoming {
            return Ok(());
        }
        self.arrived_on_server(tx, conversation, id, changes).await?;
        if let Some(position) = position
            && message.position >= messages::PENDING_BASE
        {
            let Some(with) = conversations::get(tx, conversation).await? else {
                return Ok(());
            };
            let target = Target {
                conversation,
                archive: with.archive_id,
                kind: with.kind,
            };
            let placement = Placement {
                position,
                stamp_us: self.clock.now(),
                stamp_source: StampSource::Clock,
                archived_us: None,
                segment_id: Some(self.sync.live_segment(tx, target, position).await?),
            };
            messages::place(tx, id, placement).await?;
            read_pointer::refresh(tx, conversation, changes).await?;
            changes.message(conversation, id);
        }
        Ok(())
    }

    /// Takes a message out of the outbox: it is on the server.
    pub(super) async fn arrived_on_server(
        &self,
        tx: &WriteTx,
        conversation: ConversationId,
        id: MessageId,
        changes: &mut Changes,
    ) -> Result<(), StoreError> {
        if let Some(sent) = outbox::by_message(tx, id).await? {
            outbox::remove(tx, sent.id).await?;
            messages::advance_delivery(tx, id, DeliveryState::Sent).await?;
            changes.message(conversation, id);
        }
        Ok(())
    }

    /// Whether it is open of a message whether an archive has it.
    pub(super) async fn has_unproven(&self, archive: ArchiveId) -> Result<bool, StoreError> {
        let tx = self.store.read().await?;
        for unproven in outbox::in_state(&tx, OutboxState::Unproven).await? {
            let with = conversations::get(&tx, unproven.conversation_id).await?;
            if with.is_some_and(|with| with.archive_id == archive) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// An archive has been read to its proven end: what is still unproven did not arrive, and is sent again under the same
    /// id.
    pub(super) async fn resolve_unproven(&mut self, archive: ArchiveId) -> Result<(), StoreError> {
        let tx = self.store.begin().await?;
        for unproven in outbox::in_state(&tx, OutboxState::Unproven).await? {
            let with = conversations::get(&tx, unproven.conversation_id).await?;
            if with.is_some_and(|with| with.archive_id == archive) {
                outbox::set_state(&tx, unproven.id, OutboxState::Waiting).await?;
            }
        }
        tx.commit().await
    }

    /// Sends a failed message again, as a new one at the end.
    pub(super) async fn resend(&mut self, message: MessageId) -> Result<(), CommandError> {
        let failed = messages::get(&self.store.read().await?, message).await?;
        let failed = failed.filter(|failed| failed.delivery == Some(DeliveryState::Failed));
        let failed = failed.ok_or(CommandError::NotFound)?;
        self.discard(message).await?;
        self.send_text(failed.conversation_id, &failed.body).await?;
        Ok(())
    }

    /// Discards a message that is not on its way.
    pub(super) async fn discard(&mut self, message: MessageId) -> Result<(), CommandError> {
        let tx = self.store.begin().await?;
        let found = messages::get(&tx, message).await?.ok_or(CommandError::NotFound)?;
        let waits = outbox::by_message(&tx, message)
            .await?
            .is_some_and(|out| out.state == OutboxState::Waiting);
        if !waits && found.delivery != Some(DeliveryState::Failed) {
            return Err(CommandError::NotFound);
        }
        messages::remove(&tx, message).await?;
        let mut changes = Changes::default();
        changes.removed(found.conversation_id, message);
        read_pointer::refresh(&tx, found.conversation_id, &mut changes).await?;
        tx.commit().await?;
        self.committed(changes).await?;
        Ok(())
    }
}

fn stanza(kind: ConversationKind, to: BareJid, id: &str, text: &str) -> Option<Stanza> {
    let id = WireId::new(id)?;
    Some(match kind {
        ConversationKind::Person => OutgoingMessage::to_person(to, id, text).build(),
        ConversationKind::Team => OutgoingMessage::to_room(to, id, text).build(),
    })
}
