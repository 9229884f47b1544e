//! Requests of others to be a contact (RFC 6121 section 3.1): a row of the list until they are answered, on any device.
//!
//! Who has an account of the own domain is accepted without a question, unless that is switched off. A server repeats a request in
//! each session until it is answered, so one that it does not repeat was answered elsewhere.

use std::collections::HashSet;

use wardline_store::conversations::Conversation;
use wardline_store::{
    Address, ConversationBox, ConversationId, Membership, StoreError, WriteTx, contacts, conversations,
};
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::presence::SubscriptionRequest;

use super::strangers::{Answered, is_colleague};
use super::{Engine, ingest};
use crate::setting_keys::CONFIRM_COLLEAGUES;
use crate::view::{ConversationKind, Event, InvitationNews};

/// Requests that are kept at once: whoever can make accounts can make requests.
const MOST_REQUESTS: u32 = 100;

/// Requests that the server has told of in this session.
#[derive(Debug, Default)]
pub(super) struct ContactRequests {
    repeated: HashSet<ConversationId>,
}

impl ContactRequests {
    /// A new session: the server tells of them anew.
    pub(super) fn forget(&mut self) {
        self.repeated.clear();
    }
}

impl Engine {
    /// Somebody asks to be a contact, or does so no longer.
    pub(super) async fn on_subscription(
        &mut self,
        from: BareJid,
        request: SubscriptionRequest,
    ) -> Result<(), StoreError> {
        match request {
            SubscriptionRequest::Subscribe => self.on_request(from).await,
            SubscriptionRequest::Unsubscribe | SubscriptionRequest::Unsubscribed => self.request_answered(&from).await,
            SubscriptionRequest::Subscribed => Ok(()),
        }
    }

    async fn on_request(&mut self, from: BareJid) -> Result<(), StoreError> {
        if from == self.own {
            return Ok(());
        }
        let address = Address(from.to_string());
        let tx = self.store.begin().await?;
        let contact = contacts::get(&tx, &address).await?;
        if contact.is_some_and(|contact| contact.blocked) {
            return Ok(());
        }
        let asks = CONFIRM_COLLEAGUES.get(&tx).await?.is_some();
        if is_colleague(&self.own, &from) && !asks {
            drop(tx);
            if self.answer_request(&from, Answered::Accepted).await.is_err() {
                tracing::info!("a colleague's request was not answered; the server repeats it");
            }
            return Ok(());
        }
        let known = conversations::by_address(&tx, &address).await?;
        let is_team = known
            .as_ref()
            .is_some_and(|with| with.kind == wardline_store::ConversationKind::Team);
        let is_open = known.is_some_and(|with| with.membership == Membership::Invited);
        if is_team || (!is_open && conversations::requests(&tx, MOST_REQUESTS).await?.len() >= MOST_REQUESTS as usize) {
            tracing::info!("a request to be a contact is not shown");
            return Ok(());
        }
        let with = ingest::ensure_person(&tx, self.own_archive, address)
            .await?
            .conversation;
        self.contact_requests.repeated.insert(with);
        if is_open {
            return tx.commit().await;
        }
        conversations::set_membership(&tx, with, Membership::Invited, None).await?;
        conversations::set_sort(&tx, with, self.clock.now()).await?;
        // It waits for an answer, and looks so.
        conversations::set_marked_unread(&tx, with, true).await?;
        tx.commit().await?;
        self.refresh_row(with).await?;
        if self.strangers.may_notify(with, tokio::time::Instant::now()) {
            let invitation = InvitationNews {
                conversation: with.into(),
                kind: ConversationKind::Person,
                title: None,
                by: Some(from.to_string()),
            };
            let now = self.clock.now() / 1_000;
            self.events.send(Event::Invited { now, invitation });
        }
        Ok(())
    }

    /// Somebody is a contact now, or does not ask to be one any more: nothing is left to be answered.
    pub(super) async fn request_answered(&mut self, who: &BareJid) -> Result<(), StoreError> {
        let tx = self.begin().await?;
        let with = conversations::by_address(&tx, &Address(who.to_string())).await?;
        let Some(with) = with.filter(is_request) else {
            return Ok(());
        };
        self.close_request(&tx, &with).await?;
        tx.row(with.id);
        self.commit(tx).await
    }

    /// The server has told of all requests that wait: others were answered on another device.
    pub(super) async fn forget_answered_requests(&mut self) -> Result<(), StoreError> {
        let tx = self.begin().await?;
        for with in conversations::requests(&tx, MOST_REQUESTS).await? {
            if !self.contact_requests.repeated.contains(&with.id) {
                self.close_request(&tx, &with).await?;
                tx.row(with.id);
            }
        }
        self.commit(tx).await
    }

    /// A request is none any more. Where there is nothing else of whoever made it, their row goes.
    pub(super) async fn close_request(&self, tx: &WriteTx, with: &Conversation) -> Result<(), StoreError> {
        if !is_request(with) {
            return Ok(());
        }
        conversations::set_membership(tx, with.id, Membership::Member, None).await?;
        conversations::set_marked_unread(tx, with.id, false).await?;
        if with.last_message_id.is_none() && !contacts::is_known(tx, &with.address).await? {
            conversations::set_box(tx, with.id, ConversationBox::Hidden).await?;
        }
        Ok(())
    }
}

fn is_request(with: &Conversation) -> bool {
    with.kind == wardline_store::ConversationKind::Person && with.membership == Membership::Invited
}
