//! Who is known and who is not, and what strangers learn.
//!
//! Known is who belongs to the own domain, is in the roster, belongs to a team that the signed-in person is in, has been accepted, or
//! has been written to. What a stranger writes is shown, with the address. Nothing goes back to them: no receipt, no marker, no
//! typing notice, no question for their card; until they are accepted, or written to, which accepts them.

use std::time::Duration;

use tokio::time::Instant;
use wardline_store::chat_list::ChatListRow;
use wardline_store::conversations::Conversation;
use wardline_store::{
    Address, ConversationId, ConversationKind, Membership, Reads, StoreError, contacts, conversations,
};
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::presence::{SubscriptionRequest, subscription};

use super::Engine;
use super::transaction::Tx;
use crate::view::{CommandError, Relation};

/// Most notifications of strangers, whoever they are, within [`NOTIFIED_WITHIN`]: addresses cost nothing.
const MOST_NOTIFIED: usize = 5;
/// See [`MOST_NOTIFIED`].
const NOTIFIED_WITHIN: Duration = Duration::from_secs(3_600);

/// Notifications of strangers.
#[derive(Debug, Default)]
pub(super) struct Strangers {
    notified: Vec<(ConversationId, Instant)>,
}

impl Strangers {
    /// Whether a stranger may be notified of now: each once, and only so many of all, within an hour.
    pub(super) fn may_notify(&mut self, conversation: ConversationId, now: Instant) -> bool {
        self.notified
            .retain(|(_, at)| now.duration_since(*at) < NOTIFIED_WITHIN);
        let is_new = self.notified.iter().all(|(notified, _)| *notified != conversation);
        let may = is_new && self.notified.len() < MOST_NOTIFIED;
        if may {
            self.notified.push((conversation, now));
        }
        may
    }
}

/// Whether somebody has an account of the own domain.
pub(super) fn is_colleague(own: &BareJid, address: &BareJid) -> bool {
    address.node().is_some() && address.domain() == own.domain()
}

/// What a person of the chat list is to the signed-in person.
pub(super) fn relation(row: &ChatListRow, own: &BareJid) -> Relation {
    if row.kind == ConversationKind::Team {
        return Relation::Known;
    }
    match row.address.parse::<BareJid>() {
        _ if row.membership == Membership::Invited => Relation::Requesting,
        Ok(address) if address.node().is_none() => Relation::Service,
        Ok(address) if row.is_known || is_colleague(own, &address) => Relation::Known,
        Ok(_) | Err(_) => Relation::Stranger,
    }
}

impl Engine {
    /// Whether somebody is known, so that they may learn what becomes of their messages.
    pub(super) async fn is_known(&self, tx: &impl Reads, address: &BareJid) -> Result<bool, StoreError> {
        Ok(is_colleague(&self.own, address) || contacts::is_known(tx, &Address(address.to_string())).await?)
    }

    /// The signed-in person writes to somebody, on whatever device, and so accepts them.
    pub(super) async fn accept_by_writing(
        &self,
        tx: &Tx,
        address: &BareJid,
        conversation: ConversationId,
    ) -> Result<(), StoreError> {
        let is_accepted = !is_colleague(&self.own, address) && address.node().is_some();
        if is_accepted && contacts::accept(tx, &Address(address.to_string())).await? {
            tx.row(conversation);
        }
        Ok(())
    }

    /// Accepts somebody: their request to be a contact, or that they write.
    pub(super) async fn accept_person(&mut self, conversation: ConversationId) -> Result<(), CommandError> {
        let (with, address) = self.person_of(conversation).await?;
        if with.membership == Membership::Invited {
            self.answer_request(&address, Answered::Accepted).await?;
        }
        let tx = self.store.begin().await?;
        contacts::accept(&tx, &with.address).await?;
        self.close_request(&tx, &with).await?;
        tx.commit().await?;
        self.refresh_row(conversation).await?;
        self.want_card(address);
        Ok(())
    }

    /// Declines somebody's request to be a contact. Where there is nothing else of them, their row goes.
    pub(super) async fn decline_person(&mut self, conversation: ConversationId) -> Result<(), CommandError> {
        let (with, address) = self.person_of(conversation).await?;
        if with.membership != Membership::Invited {
            return Err(CommandError::NotFound);
        }
        self.answer_request(&address, Answered::Declined).await?;
        let tx = self.store.begin().await?;
        self.close_request(&tx, &with).await?;
        tx.commit().await?;
        Ok(self.refresh_row(conversation).await?)
    }

    async fn person_of(&self, conversation: ConversationId) -> Result<(Conversation, BareJid), CommandError> {
        let with = conversations::get(&self.store.read().await?, conversation).await?;
        let with = with.filter(|with| with.kind == ConversationKind::Person);
        let with = with.ok_or(CommandError::NotFound)?;
        let address = with.address.parse().map_err(|_| CommandError::NotFound)?;
        Ok((with, address))
    }

    /// Tells the server the answer to a request to be a contact (RFC 6121 section 3.1.5). Whoever is accepted is asked the same.
    pub(super) async fn answer_request(&self, address: &BareJid, answered: Answered) -> Result<(), CommandError> {
        let answers: &[SubscriptionRequest] = match answered {
            Answered::Accepted => &[SubscriptionRequest::Subscribed, SubscriptionRequest::Subscribe],
            Answered::Declined => &[SubscriptionRequest::Unsubscribed],
        };
        for answer in answers {
            let sent = self.session.send(subscription(address, *answer)).await;
            let _acknowledged_or_asked_again = sent.map_err(|_| CommandError::ServerUnreachable)?;
        }
        Ok(())
    }
}

/// The answer to a request to be a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answered {
    Accepted,
    Declined,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn strangers_are_notified_of_once_and_not_by_the_dozen() {
        let mut strangers = Strangers::default();
        let begin = Instant::now();
        let may = (0..9).map(|number| strangers.may_notify(ConversationId(number % 8), begin));
        let may: Vec<bool> = may.collect();
        assert_eq!(may, [true, true, true, true, true, false, false, false, false]);
        let an_hour_on = begin + NOTIFIED_WITHIN;
        assert!(strangers.may_notify(ConversationId(0), an_hour_on));
        assert!(!strangers.may_notify(ConversationId(0), an_hour_on));
    }

    #[test]
    fn colleagues_are_the_people_of_the_own_domain() {
        let own: BareJid = "alice@ward.example".parse().unwrap();
        for (address, is) in [
            ("bob@ward.example", true),
            ("ward.example", false),
            ("bob@ward.example.evil.example", false),
            ("bob@rooms.ward.example", false),
        ] {
            assert_eq!(is_colleague(&own, &address.parse().unwrap()), is, "{address}");
        }
    }
}
