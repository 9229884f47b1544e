//! What comes through a room without being said in it: private messages of occupants (XEP-0045 section 7.5), and what the room says
//! to us alone.
//!
//! The app takes no private messages through a room: they go to a name, names change hands, and an answer would reach whoever has it
//! then. The sender gets the message back with an error, and a quiet line in the thread says that there was one. The line is also
//! drawn from copies of other devices and out of the archive.

use wardline_store::messages::{Arrival, Mentions, NewMessage};
use wardline_store::pages::{self, Outcome};
use wardline_store::{Address, ConversationKind, Direction, MessageKind, StoreError, Text, conversations, messages};
use wardline_xmpp::message::{Direction as Way, MessageKind as Sort, ReceivedMessage, Route, Stanza, refused};

use super::notice;
use crate::engine::transaction::Tx;
use crate::engine::{Engine, ingest};

/// What the sender reads, in apps that show it.
const REFUSED: &str = "Private messages through a team chat are not accepted. Please write to this person directly.";

impl Engine {
    /// Stores the quiet line of what came through a team without being said in it, once.
    pub(in crate::engine) async fn note_private(&self, tx: &Tx, message: &ReceivedMessage) -> Result<(), StoreError> {
        let Some(said) = notice::beside(message) else {
            return Ok(());
        };
        let team = conversations::by_address(tx, &Address(message.conversation.to_string())).await?;
        let Some(team) = team.filter(|team| team.kind == ConversationKind::Team) else {
            return Ok(());
        };
        let (stamp_us, stamp_source) = ingest::stamp(message, self.clock.now());
        let arrival = ingest::arrival(message);
        let before = match arrival {
            Arrival::Live => messages::last_position(tx, team.id).await?,
            Arrival::Later | Arrival::Archive => messages::last_dated(tx, team.id, stamp_us).await?,
        };
        let sender_address = match message.direction {
            Way::Incoming => Address(message.from.to_string()),
            Way::Outgoing => Address(self.own.to_string()),
        };
        let line = NewMessage {
            conversation_id: team.id,
            // It is in our archive, and in no segment of the room's.
            segment_id: None,
            position: before.map_or(stamp_us, |before| stamp_us.max(before.saturating_add(1))),
            direction: Direction::Neither,
            kind: MessageKind::System,
            sender_address,
            sender_nick: message.from.resource().map(|nick| Text(nick.to_string())),
            body: Text(String::new()),
            stamp_us,
            stamp_source,
            sent_us: None,
            // Nothing is waited for that would give it another place.
            archived_us: Some(stamp_us),
            delivery: None,
            retracted_us: None,
            mentions: Mentions::default(),
            room_event: Some(said),
            unreadable: None,
            arrival,
            aliases: ingest::aliases(&self.own, message),
        };
        for outcome in pages::insert(tx, self.own_archive, vec![line]).await? {
            if let Outcome::Inserted(id) = outcome {
                tx.message(team.id, id);
            }
        }
        Ok(())
    }
}

/// The error with which a private message goes back to its sender.
pub(in crate::engine) fn refusal(message: &ReceivedMessage) -> Option<Stanza> {
    let is_private = message.kind == Sort::RoomPrivate && message.from.resource().is_some();
    let is_written = message.body.is_some() || message.unreadable.is_some();
    let is_to_us = message.direction == Way::Incoming && message.route == Route::Live && message.stamp.is_none();
    (is_private && is_written && is_to_us).then(|| refused(message.from.clone(), message.id.clone(), REFUSED))
}
