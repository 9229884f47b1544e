//! What becomes of a message that could not be delivered.
//!
//! - **It came back for a reason that passes** (a server on the way is busy or out of reach): it goes to the front of its
//!   conversation's queue and is tried again after a pause that doubles. What was written after it waits behind it, so that
//!   nothing overtakes it; what had left before it came back cannot be held any more. The message says why it waits.
//! - **It came back for good**, or was tried often enough: it has failed, says why, and waits for the user. It holds up
//!   nothing: in a hospital the next message may matter more than the order of two.
//! - **The team chat is closed to us**: the same two cases, decided when it is entered (`teams.rs`).

use std::collections::HashMap;
use std::time::Duration;

use wardline_store::outbox::{self, Returned};
use wardline_store::{
    Address, AliasKind, ConversationId, ConversationKind, DeliveryState, Failure, MessageId, OutboxState, StoreError,
    aliases, conversations, messages,
};
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::message::ReceivedMessage;
use wardline_xmpp::session::StanzaCondition;

use super::teams::Stay;
use super::transaction::{Effect, Tx};
use super::{Engine, read_pointer};

/// After coming back so often a message has failed.
const MOST_TRIES: u32 = 6;
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// The pause before the next try, after so many that failed.
pub(super) fn pause(tries: u32) -> Duration {
    FIRST_PAUSE
        .saturating_mul(1_u32.checked_shl(tries).unwrap_or(u32::MAX))
        .min(LONGEST_PAUSE)
}

/// What a bounce means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Passes,
    NotInRoom,
    Final(Failure),
}

fn verdict(condition: StanzaCondition, kind: ConversationKind) -> Verdict {
    let team = kind == ConversationKind::Team;
    match condition {
        StanzaCondition::ResourceConstraint
        | StanzaCondition::RemoteServerTimeout
        | StanzaCondition::InternalServerError
        | StanzaCondition::RecipientUnavailable => Verdict::Passes,
        // XEP-0045 section 7.4: only occupants may speak.
        StanzaCondition::NotAcceptable if team => Verdict::NotInRoom,
        StanzaCondition::ServiceUnavailable if team => Verdict::Passes,
        StanzaCondition::ItemNotFound
        | StanzaCondition::Gone
        | StanzaCondition::JidMalformed
        | StanzaCondition::RemoteServerNotFound
        | StanzaCondition::ServiceUnavailable => Verdict::Final(Failure::RecipientUnknown),
        StanzaCondition::Forbidden
        | StanzaCondition::NotAllowed
        | StanzaCondition::NotAuthorized
        | StanzaCondition::RegistrationRequired
        | StanzaCondition::SubscriptionRequired => Verdict::Final(Failure::NotAllowed),
        _ => Verdict::Final(Failure::Refused),
    }
}

/// How often messages came back since the app was started.
#[derive(Debug, Default)]
pub(super) struct Tries(HashMap<MessageId, u32>);

impl Tries {
    /// The pause before a message that came back is tried again; `None`: it was tried often enough.
    fn another(&mut self, message: MessageId) -> Option<Duration> {
        let tries = self.0.entry(message).or_default();
        *tries += 1;
        if *tries >= MOST_TRIES {
            self.0.remove(&message);
            return None;
        }
        Some(pause(*tries - 1))
    }
}

impl Engine {
    /// A message came back. Only an own text that is not known to have arrived is touched by it: receipts, markers and typing
    /// notices bounce whenever somebody is away.
    pub(super) async fn bounced(
        &mut self,
        tx: &Tx,
        message: &ReceivedMessage,
        condition: StanzaCondition,
    ) -> Result<(), StoreError> {
        let Some(id) = &message.id else { return Ok(()) };
        let Some(with) = conversations::by_address(tx, &message.conversation.to_string().into()).await? else {
            return Ok(());
        };
        let alias = messages::NewAlias::by_sender(AliasKind::MessageId, id.as_str(), self.own.to_string());
        let Some(found) = aliases::find(tx, with.archive_id, &alias).await? else {
            return Ok(());
        };
        let Some(text) = messages::get(tx, found).await? else {
            return Ok(());
        };
        let done = matches!(
            text.delivery,
            Some(DeliveryState::Delivered | DeliveryState::Read | DeliveryState::Failed)
        );
        if text.conversation_id != with.id || done {
            return Ok(());
        }
        let verdict = verdict(condition, with.kind);
        tracing::info!(%condition, ?verdict, "a message came back");
        let (failure, trouble) = match verdict {
            Verdict::Final(failure) => (failure, None),
            Verdict::Passes => (Failure::Busy, self.outbox.tries.another(found)),
            Verdict::NotInRoom => {
                let room = with.address.parse::<BareJid>().ok();
                let stay = room.as_ref().and_then(|room| self.teams.stay(room));
                // The room said why before it refused the message.
                if let Some(Stay::Closed(failure)) = stay {
                    return self.fail(tx, with.id, found, failure).await;
                }
                let again = self.outbox.tries.another(found);
                // One that is being entered was not when this was sent; its answer is still to come.
                let is_entering = matches!(stay, Some(Stay::Entering(_)));
                if let (Some(pause), Some(room), false) = (again, room, is_entering) {
                    tx.after(Effect::LeaveRoom { room, pause });
                }
                (Failure::NotEntered, again)
            }
        };
        let Some(pause) = trouble else {
            return self.fail(tx, with.id, found, failure).await;
        };
        let returned = Returned {
            conversation: with.id,
            message: found,
            origin_id: id.as_str().to_owned(),
            payload: text.body,
            next_attempt_us: self.clock.local().saturating_add(micros(pause)),
        };
        messages::set_delivery(tx, found, DeliveryState::Waiting, None).await?;
        messages::set_failure(tx, found, Some(failure)).await?;
        for moved in outbox::put_back(tx, returned).await? {
            tx.message(with.id, moved);
        }
        read_pointer::refresh(tx, with.id).await
    }

    /// A message has failed: it leaves the queue, says why, and stands where the conversation is now. What is said later stands
    /// after it.
    pub(super) async fn fail(
        &self,
        tx: &Tx,
        conversation: ConversationId,
        message: MessageId,
        failure: Failure,
    ) -> Result<(), StoreError> {
        if let Some(waiting) = outbox::by_message(tx, message).await? {
            outbox::remove(tx, waiting.id).await?;
        }
        messages::set_delivery(tx, message, DeliveryState::Failed, Some(failure)).await?;
        let echo = messages::get(tx, message).await?;
        if let Some(echo) = echo.filter(|echo| echo.position >= messages::PENDING_BASE) {
            let placement = messages::Placement {
                position: self.next_position(tx, conversation).await?,
                stamp_us: echo.stamp_us,
                stamp_source: echo.stamp_source,
                archived_us: None,
                segment_id: None,
            };
            messages::place(tx, message, placement).await?;
        }
        tx.message(conversation, message);
        read_pointer::refresh(tx, conversation).await
    }

    /// What becomes of the messages that wait for a room: they fail, or say why they wait.
    pub(super) async fn waiting_for_room(
        &mut self,
        room: &BareJid,
        failure: Failure,
        state: DeliveryState,
    ) -> Result<(), StoreError> {
        let tx = self.begin().await?;
        let Some(with) = conversations::by_address(&tx, &Address(room.to_string())).await? else {
            return Ok(());
        };
        for waiting in outbox::of_conversation(&tx, with.id).await? {
            // Whether what was on its way when a session ended has arrived, a room that is closed to us does not tell.
            let is_lost = waiting.state == OutboxState::Unconfirmed && state == DeliveryState::Failed;
            if waiting.state != OutboxState::Waiting && !is_lost {
                continue;
            }
            if state == DeliveryState::Failed {
                self.fail(&tx, with.id, waiting.message_id, failure).await?;
            } else if messages::set_failure(&tx, waiting.message_id, Some(failure)).await? {
                tx.message(with.id, waiting.message_id);
            }
        }
        self.commit(tx).await
    }
}

pub(super) fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_five_minutes_and_end() {
        let mut tries = Tries::default();
        let pauses: Vec<_> = std::iter::from_fn(|| tries.another(MessageId(1))).collect();
        let seconds: Vec<u64> = pauses.iter().map(Duration::as_secs).collect();
        assert_eq!(seconds, [5, 10, 20, 40, 80]);
        assert_eq!(pause(40), LONGEST_PAUSE);
        assert_eq!(
            tries.another(MessageId(1)),
            Some(FIRST_PAUSE),
            "sent again by hand, it begins anew"
        );
    }

    #[test]
    fn what_a_bounce_means_depends_on_who_is_written_to() {
        let person = |condition| verdict(condition, ConversationKind::Person);
        let team = |condition| verdict(condition, ConversationKind::Team);
        assert_eq!(
            person(StanzaCondition::ServiceUnavailable),
            Verdict::Final(Failure::RecipientUnknown)
        );
        assert_eq!(team(StanzaCondition::ServiceUnavailable), Verdict::Passes);
        assert_eq!(team(StanzaCondition::NotAcceptable), Verdict::NotInRoom);
        assert_eq!(person(StanzaCondition::NotAcceptable), Verdict::Final(Failure::Refused));
        assert_eq!(person(StanzaCondition::ResourceConstraint), Verdict::Passes);
        assert_eq!(team(StanzaCondition::Forbidden), Verdict::Final(Failure::NotAllowed));
    }
}
