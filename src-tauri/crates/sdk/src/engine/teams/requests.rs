//! Bounds on what others may ask: each has one invitation open at a time, and notifications of invitations come slowly.
//!
//! Whoever may write to somebody may ask them into any number of rooms. What is asked while an invitation of the same person, or of the same
//! foreign host, waits for an answer is stored out of sight, and shown when that one is answered.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;
use wardline_store::conversations::Conversation;
use wardline_store::{Address, ConversationBox, ConversationId, Membership, Reads, StoreError, WriteTx, conversations};
use wardline_xmpp::features::ChatServiceKind;
use wardline_xmpp::jid::BareJid;

use crate::engine::Engine;

/// Most invitations of one sender that are stored, the open one included.
const MOST_STORED: usize = 20;
/// How long after a notification of somebody's invitation there is none of another one of theirs.
const PAUSE: Duration = Duration::from_secs(60);
/// Most notifications of invitations within a pause, whoever asks.
const MOST_AT_ONCE: usize = 5;

/// When somebody was notified of invitations.
#[derive(Debug, Default)]
pub(super) struct InvitationNotices {
    by_sender: HashMap<Address, Instant>,
    recent: VecDeque<Instant>,
}

impl InvitationNotices {
    /// Whether a notification of an invitation of `sender` may be sent now; if so, it counts as sent.
    pub(super) fn admit(&mut self, sender: &Address, now: Instant) -> bool {
        let is_over = |at: &Instant| now.saturating_duration_since(*at) >= PAUSE;
        self.by_sender.retain(|_, at| !is_over(at));
        while self.recent.front().is_some_and(is_over) {
            self.recent.pop_front();
        }
        if self.by_sender.contains_key(sender) || self.recent.len() >= MOST_AT_ONCE {
            return false;
        }
        self.by_sender.insert(sender.clone(), now);
        self.recent.push_back(now);
        true
    }

    /// The user has followed an invitation of `sender`: the next one of theirs is told at once.
    pub(super) fn followed(&mut self, sender: &Address) {
        self.by_sender.remove(sender);
    }
}

/// What may become of another invitation of a sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    /// It is shown.
    Open,
    /// It waits until the one before it is answered.
    Waiting,
    /// It is dropped: too many wait already.
    Dropped,
}

/// What becomes of an invitation into `team` by `sender`.
pub(super) async fn admission(
    tx: &impl Reads,
    sender: &Address,
    team: Option<ConversationId>,
) -> Result<Admission, StoreError> {
    let mut others = conversations::invited_by(tx, sender).await?;
    others.retain(|other| Some(other.id) != team);
    Ok(match others.iter().any(is_open) {
        _ if others.len() >= MOST_STORED => Admission::Dropped,
        true => Admission::Waiting,
        false => Admission::Open,
    })
}

fn is_open(invitation: &Conversation) -> bool {
    invitation.shown_in != ConversationBox::Hidden
}

/// Puts an invitation into the list, where it waits for an answer and looks so.
pub(super) async fn show(tx: &WriteTx, team: ConversationId, now: i64) -> Result<(), StoreError> {
    conversations::set_box(tx, team, ConversationBox::Inbox).await?;
    conversations::set_sort(tx, team, now).await?;
    conversations::set_marked_unread(tx, team, true).await
}

impl Engine {
    /// An invitation has been answered: the next one of the same sender is shown. It comes by something that the user has done, so there is no
    /// notification.
    pub(super) async fn show_next_request(&mut self, answered: &Conversation) -> Result<(), StoreError> {
        let Some(sender) = answered
            .invited_by
            .as_ref()
            .filter(|_| answered.membership == Membership::Invited)
        else {
            return Ok(());
        };
        let tx = self.begin().await?;
        let waiting = conversations::invited_by(&tx, sender).await?;
        if waiting.iter().any(is_open) {
            return Ok(());
        }
        let Some(next) = waiting.first() else {
            return Ok(());
        };
        show(&tx, next.id, self.clock.now()).await?;
        tx.row(next.id);
        self.commit(tx).await
    }

    /// What is known of an address into which somebody is asked, before anything is written about it.
    pub(super) fn invited_to(&self, room: &BareJid, known: Option<&Conversation>) -> InvitedTo {
        use wardline_store::ConversationKind::{Person, Team};
        let is_service = self
            .services(ChatServiceKind::Muc)
            .iter()
            .any(|service| service.domain() == room.domain());
        match known.map(|known| known.kind) {
            Some(Team) => InvitedTo::Room,
            Some(Person) => InvitedTo::Person,
            None if is_service => InvitedTo::Room,
            // Beside its services there are only people on the own server.
            None if room.domain() == self.own.domain() => InvitedTo::Person,
            None => InvitedTo::Unknown,
        }
    }
}

/// What an address is into which somebody is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum InvitedTo {
    Room,
    Person,
    /// It has to say so itself.
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn three_hundred_invitations_of_one_sender_are_one_notification() {
        let (mut notices, now) = (InvitationNotices::default(), Instant::now());
        let mallory = Address::from("mallory@ward.example");
        let sent = (0..300).filter(|_| notices.admit(&mallory, now)).count();
        assert_eq!(sent, 1);
        assert!(
            notices.admit(&Address::from("bob@ward.example"), now),
            "others are heard"
        );
        assert!(notices.admit(&mallory, now + PAUSE), "after a pause");
        notices.followed(&mallory);
        assert!(notices.admit(&mallory, now + PAUSE), "whoever was followed is heard");
    }

    #[tokio::test(start_paused = true)]
    async fn three_hundred_senders_are_few_notifications() {
        let (mut notices, now) = (InvitationNotices::default(), Instant::now());
        let senders = (0..300).map(|number| Address(format!("mallory{number}@elsewhere.example")));
        assert_eq!(
            senders.filter(|sender| notices.admit(sender, now)).count(),
            MOST_AT_ONCE
        );
    }
}
