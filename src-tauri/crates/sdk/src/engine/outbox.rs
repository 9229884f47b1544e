//! Sending (sync.md R13): stored first, sent in order, proven by the server, and sent again only when it is proven that the
//! server does not have it.

use std::collections::HashSet;
use std::time::Duration;

use tokio::time::Instant;
use wardline_store::conversations::Conversation;
use wardline_store::messages::{Mentions, Message, NewMessage, Placement};
use wardline_store::outbox::{self, NewOutgoing, Outgoing};
use wardline_store::{
    Address, AliasKind, ArchiveId, ConversationId, ConversationKind, DeliveryState, Direction, Failure, Membership,
    MessageId, MessageKind, OutboxId, OutboxState, Reads, StampSource, StoreError, Text, WriteTx, aliases,
    conversations, drafts, members, messages,
};
use wardline_xmpp::ids::MessageId as WireId;
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::message::{Mention, OutgoingMessage, Stanza};
use wardline_xmpp::session::{Proof, Refusal, SendError};

use super::ingest::Target;
use super::retry::Tries;
use super::teams::{Stay, failure};
use super::transaction::{Effect, Tx};
use super::{Engine, read_pointer, references};
use crate::view::CommandError;

/// Longest text that is sent anywhere, as [`weight`] measures: what is left of the largest stanza beside addresses and marks.
const TEXT_LIMIT: u32 = 56_000;
/// What is left for addresses and marks of the largest stanza of a server that takes less, where they are not known yet.
const USUAL_OVERHEAD: usize = 1_000;

/// When the outbox is to be looked at although nothing happened, and what has been in vain so far.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    retry: Option<Instant>,
    pub(super) tries: Tries,
}

impl Outbox {
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.retry
    }
}

/// Whether something could be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sending {
    /// It is on its way, or has failed: what follows has its turn.
    Done,
    /// Not now: nothing of this conversation is.
    NotNow,
}

/// Bytes that a text takes on the wire.
fn weight(text: &str) -> usize {
    let more = text.bytes().map(|byte| match byte {
        b'&' => 4,
        b'<' | b'>' => 3,
        _ => 0,
    });
    text.len().saturating_add(more.sum())
}

/// Longest text, as [`weight`] measures, to a server that takes stanzas of so many bytes.
pub(super) fn text_limit(stanza_limit: usize) -> u32 {
    let limit = stanza_limit.saturating_sub(USUAL_OVERHEAD);
    u32::try_from(limit).map_or(TEXT_LIMIT, |limit| limit.min(TEXT_LIMIT))
}

/// The text as it is sent, if it can be anywhere.
fn sendable(text: &str) -> Result<&str, CommandError> {
    let text = text.trim_end();
    if text.trim_start().is_empty() {
        return Err(CommandError::MessageEmpty);
    }
    if weight(text) > TEXT_LIMIT as usize {
        return Err(too_long(TEXT_LIMIT));
    }
    Ok(text)
}

/// Whether a server takes this stanza, which carries this text.
fn fits(stanza: &Stanza, text: &str, stanza_limit: usize) -> Result<(), CommandError> {
    if stanza.size() <= stanza_limit {
        return Ok(());
    }
    let overhead = stanza.size().saturating_sub(weight(text));
    let limit = u32::try_from(stanza_limit.saturating_sub(overhead)).unwrap_or(TEXT_LIMIT);
    Err(too_long(limit.min(TEXT_LIMIT)))
}

fn too_long(limit_bytes: u32) -> CommandError {
    CommandError::MessageTooLong { limit_bytes }
}

impl Engine {
    /// Stores a message and its way out in one transaction, and sends what can be sent.
    pub(super) async fn send_text(
        &mut self,
        conversation: ConversationId,
        text: &str,
    ) -> Result<MessageId, CommandError> {
        let text = sendable(text)?;
        let tx = self.begin().await?;
        let message = self.queue(&tx, conversation, text).await?;
        drafts::clear(&tx, conversation).await?;
        self.bring_back(&tx, conversation).await?;
        // Whoever answers has read what they answer to.
        if let Some(last) = messages::last_settled(&tx, conversation, messages::PENDING_BASE).await? {
            conversations::advance_read(&tx, conversation, last.position, Some(last.id)).await?;
        }
        read_pointer::unmark(&tx, conversation).await?;
        read_pointer::refresh(&tx, conversation).await?;
        tx.after(Effect::DrainOutbox);
        let committed = tx.commit().await?;
        self.server_inbox.note_read(conversation);
        self.typing.tell(conversation, crate::view::Composing::Paused);
        // It is stored: whatever fails from here on, whoever wrote it must not write it again.
        if let Err(error) = self.publish(committed).await {
            tracing::warn!(%error, "not shown yet");
        }
        Ok(message)
    }

    /// A new message at the end of its conversation's queue.
    async fn queue(&self, tx: &Tx, conversation: ConversationId, text: &str) -> Result<MessageId, CommandError> {
        let with = conversations::get(tx, conversation)
            .await?
            .ok_or(CommandError::NotFound)?;
        let id = uuid::Uuid::new_v4().to_string();
        let to: BareJid = with.address.parse().map_err(|_| CommandError::NotFound)?;
        if with.kind == ConversationKind::Person {
            self.accept_by_writing(tx, &to, conversation).await?;
        }
        let (mentions, said) = self.mentions_of(tx, &with, &to, text).await?;
        let stanza = stanza(with.kind, to, &id, text, said).ok_or(CommandError::NotFound)?;
        fits(&stanza, text, self.session.stanza_limit())?;
        let queued = outbox::push(
            tx,
            NewOutgoing {
                echo: self.echo(conversation, text, mentions, &id),
                archive_id: with.archive_id,
                origin_id: id,
                payload: Text(text.to_owned()),
                // At once, whatever clock this computer will have then.
                next_attempt_us: 0,
            },
        )
        .await?;
        tx.message(conversation, queued.message);
        Ok(queued.message)
    }

    /// Whom a text mentions, in a team.
    async fn mentions_of(
        &self,
        tx: &impl Reads,
        with: &Conversation,
        to: &BareJid,
        text: &str,
    ) -> Result<(Mentions, Vec<Mention>), StoreError> {
        if with.kind == ConversationKind::Person || !text.contains('@') {
            return Ok((Mentions::default(), Vec::new()));
        }
        let members = members::list(tx, with.id).await?;
        let members: Vec<String> = members.into_iter().map(|member| member.address.0).collect();
        Ok(self.mentions_out(text, to, &members))
    }

    fn echo(&self, conversation: ConversationId, text: &str, mentions: Mentions, id: &str) -> NewMessage {
        let own = Address(self.own.to_string());
        NewMessage {
            conversation_id: conversation,
            segment_id: None,
            // The store gives an echo its place at the end.
            position: messages::PENDING_BASE,
            direction: Direction::Outgoing,
            kind: MessageKind::Text,
            sender_address: own.clone(),
            sender_nick: None,
            body: Text(text.to_owned()),
            stamp_us: self.clock.now(),
            stamp_source: StampSource::Clock,
            sent_us: None,
            archived_us: None,
            delivery: Some(DeliveryState::Waiting),
            retracted_us: None,
            mentions,
            room_event: None,
            unreadable: None,
            arrival: messages::Arrival::Live,
            aliases: vec![messages::NewAlias::by_sender(AliasKind::MessageId, id, own)],
        }
    }

    /// Sends what is due, in order per conversation, as long as there is a session to send it on.
    pub(super) async fn drain_outbox(&mut self) -> Result<(), StoreError> {
        self.outbox.retry = None;
        // Conversations that cannot be sent to now: rooms that have not been entered yet.
        let mut closed = HashSet::new();
        while self.online() {
            let local = self.clock.local();
            let tx = self.store.read().await?;
            let due: Vec<Outgoing> = outbox::due(&tx, local)
                .await?
                .into_iter()
                .filter(|waiting| !closed.contains(&waiting.conversation_id))
                .collect();
            if due.is_empty() {
                if let Some(next) = outbox::next_attempt(&tx, local).await? {
                    let pause = next.saturating_sub(local).clamp(0, outbox::LONGEST_PAUSE_US);
                    self.look_again_after(Duration::from_micros(pause.unsigned_abs()));
                }
                return Ok(());
            }
            drop(tx);
            for waiting in due {
                if self.send_waiting(&waiting).await? == Sending::NotNow {
                    closed.insert(waiting.conversation_id);
                }
            }
        }
        Ok(())
    }

    fn look_again_after(&mut self, pause: Duration) {
        let then = Instant::now() + pause;
        self.outbox.retry = Some(self.outbox.retry.map_or(then, |held| held.min(then)));
    }

    /// Sends one message.
    async fn send_waiting(&mut self, waiting: &Outgoing) -> Result<Sending, StoreError> {
        let Some((kind, to)) = self.correspondent(waiting.conversation_id).await? else {
            return Ok(Sending::NotNow);
        };
        if kind == ConversationKind::Team {
            match self.teams.stay(&to) {
                Some(Stay::Inside) => {}
                Some(Stay::Closed(failure)) => return self.give_up(waiting, failure).await,
                Some(Stay::Entering(_) | Stay::Resting { .. }) => return Ok(Sending::NotNow),
                // Another device may have left the room, or come back into it: the bookmarks say so, and bring us into those that have one.
                None if !self.teams.are_remembered_known => return Ok(Sending::NotNow),
                None => {
                    let with = conversations::get(&self.store.read().await?, waiting.conversation_id).await?;
                    // A message to a team that the user left, or was put out of, does not bring the user back into it.
                    if let Some(with) = with.filter(|with| with.membership != Membership::Member) {
                        return self.give_up(waiting, failure(with.membership)).await;
                    }
                    self.enter_known(to).await?;
                    return Ok(Sending::NotNow);
                }
            }
        }
        let tx = self.store.read().await?;
        let with = conversations::get(&tx, waiting.conversation_id).await?;
        let said = match with {
            Some(with) => self.mentions_of(&tx, &with, &to, &waiting.payload).await?.1,
            None => Vec::new(),
        };
        drop(tx);
        let Some(stanza) = stanza(kind, to, &waiting.origin_id, &waiting.payload, said) else {
            return self.give_up(waiting, Failure::Refused).await;
        };
        // Before it is sent: after a kill right here it counts as one that may have arrived.
        self.set_outbox_state(waiting.id, OutboxState::InFlight).await?;
        match self.session.send_within(self.begun, stanza).await {
            Ok(receipt) => {
                let id = waiting.id;
                self.request(|_| receipt, move |engine, proof| Box::pin(engine.on_sent(id, proof)));
                Ok(Sending::Done)
            }
            Err(SendError::Offline) => {
                self.set_outbox_state(waiting.id, OutboxState::Waiting).await?;
                self.look_again_after(Duration::from_secs(1));
                Ok(Sending::NotNow)
            }
            Err(SendError::TooLarge) => self.give_up(waiting, Failure::TooLarge).await,
            Err(SendError::Unencodable | SendError::Unacceptable) => self.give_up(waiting, Failure::Refused).await,
        }
    }

    /// A message that cannot be sent fails, and says why.
    async fn give_up(&mut self, waiting: &Outgoing, failure: Failure) -> Result<Sending, StoreError> {
        let tx = self.begin().await?;
        let (conversation, message) = (waiting.conversation_id, waiting.message_id);
        self.fail(&tx, conversation, message, failure).await?;
        self.commit(tx).await?;
        Ok(Sending::Done)
    }

    async fn set_outbox_state(&self, id: OutboxId, state: OutboxState) -> Result<(), StoreError> {
        let tx = self.store.begin().await?;
        outbox::set_state(&tx, id, state).await?;
        tx.commit().await
    }

    /// What became of a sent message.
    async fn on_sent(&mut self, id: OutboxId, proof: Proof) -> Result<(), StoreError> {
        let tx = self.begin().await?;
        // The archive or a copy from another device may have been quicker.
        let Some(sent) = outbox::get(&tx, id).await? else {
            return Ok(());
        };
        match proof {
            Proof::Acknowledged => {
                tx.after(Effect::CatchUp(self.own_archive));
                // Acknowledgements cover all that was sent before, but proofs come back in any order: taking the earlier
                // ones along keeps the thread in the order of sending.
                for earlier in outbox::in_state(&tx, OutboxState::InFlight).await? {
                    if earlier.conversation_id == sent.conversation_id && earlier.id <= id {
                        let position = self.next_position(&tx, sent.conversation_id).await?;
                        self.proven(&tx, sent.conversation_id, earlier.message_id, Some(position))
                            .await?;
                    }
                }
            }
            Proof::Unproven => outbox::set_state(&tx, id, OutboxState::Unconfirmed).await?,
            Proof::Refused(refusal) => {
                let failure = match refusal {
                    Refusal::TooLarge => Failure::TooLarge,
                    Refusal::Unacceptable => Failure::Refused,
                };
                self.fail(&tx, sent.conversation_id, sent.message_id, failure).await?;
            }
        }
        self.commit(tx).await
    }

    /// The place of a message that is the newest now.
    pub(super) async fn next_position(&self, tx: &WriteTx, conversation: ConversationId) -> Result<i64, StoreError> {
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
        tx: &Tx,
        conversation: ConversationId,
        id: MessageId,
        position: Option<i64>,
    ) -> Result<(), StoreError> {
        let Some(message) = messages::get(tx, id).await? else {
            return Ok(());
        };
        if message.direction == Direction::Incoming {
            return Ok(());
        }
        self.arrived_on_server(tx, conversation, id).await?;
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
            references::apply_kept(tx, &self.own, target, id).await?;
            read_pointer::refresh(tx, conversation).await?;
            tx.message(conversation, id);
        }
        Ok(())
    }

    /// A room has sent an own message back to us, which stands before others already that the room told of earlier: it had been
    /// acknowledged by our server before. The room's order is the order of what it sends.
    pub(super) async fn echoed(&self, tx: &Tx, target: Target, id: MessageId, position: i64) -> Result<(), StoreError> {
        let Some(message) = messages::get(tx, id).await? else {
            return Ok(());
        };
        let last = messages::last_position(tx, target.conversation).await?;
        let is_last = last.is_none_or(|last| last <= message.position);
        if message.direction == Direction::Incoming || message.archived_us.is_some() || is_last {
            return Ok(());
        }
        // Sent again after a resumption it comes again, under another id of the archive.
        let ids = aliases::of_message(tx, id).await?;
        if ids.iter().filter(|alias| alias.kind == AliasKind::StanzaId).count() > 1 {
            return Ok(());
        }
        messages::shift(tx, id, position).await?;
        tx.message(target.conversation, id);
        Ok(())
    }

    /// Takes a message out of the outbox: it is on the server.
    pub(super) async fn arrived_on_server(
        &self,
        tx: &Tx,
        conversation: ConversationId,
        id: MessageId,
    ) -> Result<(), StoreError> {
        if let Some(sent) = outbox::by_message(tx, id).await? {
            // It came back: that an archive holds what was tried before proves nothing.
            let came_back = messages::get(tx, id).await?.is_some_and(|text| text.failure.is_some());
            if sent.state == OutboxState::Waiting && came_back {
                return Ok(());
            }
            outbox::remove(tx, sent.id).await?;
            messages::advance_delivery(tx, id, DeliveryState::Sent).await?;
            tx.message(conversation, id);
        }
        Ok(())
    }

    /// An archive has been read to its proven end: what is still unproven did not arrive, and is sent again under the same
    /// id.
    pub(super) async fn resolve_unproven(&mut self, archive: ArchiveId) -> Result<(), StoreError> {
        let tx = self.store.begin().await?;
        for unproven in outbox::in_state(&tx, OutboxState::Unconfirmed).await? {
            let with = conversations::get(&tx, unproven.conversation_id).await?;
            if with.is_some_and(|with| with.archive_id == archive) {
                outbox::set_state(&tx, unproven.id, OutboxState::Waiting).await?;
            }
        }
        tx.commit().await
    }

    /// Puts another text in the place of a message that nobody else has seen: in its place while it waits; as a new one at
    /// the end if it has failed.
    pub(super) async fn edit_waiting(&mut self, message: MessageId, text: &str) -> Result<(), CommandError> {
        let text = sendable(text)?;
        let tx = self.begin().await?;
        let (found, waiting) = unsent(&tx, message).await?;
        match waiting {
            Some(waiting) => {
                let body = Text(text.to_owned());
                let with = conversations::get(&tx, found.conversation_id)
                    .await?
                    .ok_or(CommandError::NotFound)?;
                let to = with.address.parse().map_err(|_| CommandError::NotFound)?;
                let (mentions, said) = self.mentions_of(&tx, &with, &to, text).await?;
                let stanza = stanza(with.kind, to, &waiting.origin_id, text, said).ok_or(CommandError::NotFound)?;
                fits(&stanza, text, self.session.stanza_limit())?;
                outbox::rewrite(&tx, waiting.id, &body).await?;
                messages::rewrite(&tx, message, &body, mentions).await?;
                tx.message(found.conversation_id, message);
            }
            None => self.replace(&tx, &found, text).await?,
        }
        self.unsent_changed(tx, found.conversation_id).await
    }

    /// Sends a failed message again, as a new one at the end.
    pub(super) async fn resend(&mut self, message: MessageId) -> Result<(), CommandError> {
        let tx = self.begin().await?;
        let (failed, waiting) = unsent(&tx, message).await?;
        if waiting.is_some() {
            return Err(CommandError::NotFound);
        }
        self.replace(&tx, &failed, &failed.body).await?;
        self.unsent_changed(tx, failed.conversation_id).await
    }

    /// Discards a message that is not on its way.
    pub(super) async fn discard(&mut self, message: MessageId) -> Result<(), CommandError> {
        let tx = self.begin().await?;
        let (found, _) = unsent(&tx, message).await?;
        messages::remove(&tx, message).await?;
        tx.removed(found.conversation_id, message);
        self.unsent_changed(tx, found.conversation_id).await
    }

    /// A failed message goes, and a new one with that text is queued: both or neither.
    async fn replace(&self, tx: &Tx, failed: &Message, text: &str) -> Result<(), CommandError> {
        messages::remove(tx, failed.id).await?;
        tx.removed(failed.conversation_id, failed.id);
        self.queue(tx, failed.conversation_id, text).await?;
        Ok(())
    }

    async fn unsent_changed(&mut self, tx: Tx, conversation: ConversationId) -> Result<(), CommandError> {
        read_pointer::refresh(&tx, conversation).await?;
        tx.after(Effect::DrainOutbox);
        Ok(self.commit(tx).await?)
    }
}

/// A message that is certain not to have left: one that waits, with its place in the queue, or one that failed.
async fn unsent(tx: &WriteTx, message: MessageId) -> Result<(Message, Option<Outgoing>), CommandError> {
    let found = messages::get(tx, message).await?;
    let found = found
        .filter(|found| found.direction == Direction::Outgoing)
        .ok_or(CommandError::NotFound)?;
    match outbox::by_message(tx, message).await? {
        Some(waiting) if waiting.state == OutboxState::Waiting => Ok((found, Some(waiting))),
        None if found.delivery == Some(DeliveryState::Failed) => Ok((found, None)),
        _ => Err(CommandError::AlreadySent),
    }
}

fn stanza(kind: ConversationKind, to: BareJid, id: &str, text: &str, mentions: Vec<Mention>) -> Option<Stanza> {
    let id = WireId::new(id)?;
    let message = match kind {
        ConversationKind::Person => OutgoingMessage::to_person(to, id, text),
        ConversationKind::Team => OutgoingMessage::to_room(to, id, text),
    };
    Some(message.mentioning(mentions).build())
}

#[cfg(test)]
mod tests {
    use wardline_xmpp::message::MAX_STANZA_BYTES;

    use super::*;

    #[test]
    fn the_limit_of_a_text_follows_that_of_the_server() {
        assert_eq!(text_limit(MAX_STANZA_BYTES), TEXT_LIMIT);
        assert_eq!(text_limit(10_000), 9_000);
        let to: BareJid = "bob@ward.example".parse().unwrap();
        let text = "Discharge summary. ".repeat(1000);
        let stanza = stanza(ConversationKind::Person, to, "1", &text, Vec::new()).unwrap();
        assert_eq!(fits(&stanza, &text, stanza.size()), Ok(()));
        let Err(CommandError::MessageTooLong { limit_bytes }) = fits(&stanza, &text, 10_000) else {
            panic!()
        };
        let shorter = text.get(..limit_bytes as usize).unwrap();
        let to: BareJid = "bob@ward.example".parse().unwrap();
        let stanza = super::stanza(ConversationKind::Person, to, "1", shorter, Vec::new()).unwrap();
        assert_eq!(fits(&stanza, shorter, 10_000), Ok(()));
        assert_eq!(stanza.size(), 10_000, "and not a byte is wasted");
    }

    #[test]
    fn the_limit_of_a_text_is_what_fits_into_a_stanza_whatever_it_consists_of() {
        let domain = [["b"; 60].concat().as_str(); 4].join(".");
        let to: BareJid = format!("{}@{domain}", "a".repeat(900)).parse().unwrap();
        for piece in ["a", "&", "<", ">", "\"'", "ä", "👍", "\n"] {
            let most = TEXT_LIMIT as usize / weight(piece);
            let text = piece.repeat(most);
            if piece != "\n" {
                assert_eq!(sendable(&text), Ok(text.as_str()));
                assert_eq!(sendable(&piece.repeat(most + 1)), Err(too_long(TEXT_LIMIT)), "{piece}");
            }
            let id = uuid::Uuid::new_v4().to_string();
            for kind in [ConversationKind::Person, ConversationKind::Team] {
                let stanza = stanza(kind, to.clone(), &id, &text, Vec::new()).unwrap();
                assert!(stanza.size() <= MAX_STANZA_BYTES, "{piece}: {}", stanza.size());
            }
        }
    }
}
