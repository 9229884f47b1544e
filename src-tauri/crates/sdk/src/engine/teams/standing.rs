//! How one stands with a team, and what follows when that changes.

use wardline_store::{
    Address, ConversationBox, ConversationId, ConversationKind, Failure, Membership, OutboxState, StoreError,
    TeamService, conversations, outbox,
};
use wardline_xmpp::jid::BareJid;

use super::bookmarks::{clear_bookmark_pending, set_bookmark_pending};
use super::invitations::note_heard;
use crate::engine::Engine;

impl Engine {
    /// The conversation of a room, if it is here.
    pub(in crate::engine) async fn conversation_of(
        &self,
        room: &BareJid,
    ) -> Result<Option<conversations::Conversation>, StoreError> {
        let found = conversations::by_address(&self.store.read().await?, &Address(room.to_string())).await?;
        Ok(found.filter(|found| found.kind == ConversationKind::Team))
    }

    /// How one stands with a team is different now. Whoever comes in again sees it in the list again.
    pub(super) async fn set_membership(
        &mut self,
        team: ConversationId,
        membership: Membership,
    ) -> Result<(), StoreError> {
        let tx = self.begin().await?;
        let Some(with) = conversations::get(&tx, team)
            .await?
            .filter(|with| with.membership != membership)
        else {
            return Ok(());
        };
        conversations::set_membership(&tx, team, membership, None).await?;
        match membership {
            Membership::Member if with.service != Some(TeamService::MucLight) => {
                set_bookmark_pending(&tx, team).await?
            }
            _ => clear_bookmark_pending(&tx, team).await?,
        }
        if with.membership == Membership::Member {
            // What one was asked before, one has followed, also where the archive tells of it only now.
            note_heard(&tx, team, self.clock.now()).await?;
        }
        if with.membership == Membership::Invited {
            conversations::set_marked_unread(&tx, team, false).await?;
        }
        if with.membership == Membership::Invited
            && membership == Membership::Member
            && let Some(by) = &with.invited_by
        {
            self.teams.notices.followed(by);
        }
        if membership == Membership::Member && with.shown_in == ConversationBox::Hidden {
            conversations::set_box(&tx, team, ConversationBox::Inbox).await?;
        }
        tx.row(team);
        tx.team(team);
        self.commit(tx).await?;
        self.show_next_request(&with).await
    }

    /// One is in a team no longer: what waits for it fails, and says so.
    pub(super) async fn out_of_team(&mut self, room: BareJid, membership: Membership) -> Result<(), StoreError> {
        let failure = failure(membership);
        // Whoever leaves has not been taken out.
        let membership = match membership {
            Membership::Removed if self.teams.leaving.remove(&room) => Membership::Left,
            membership => membership,
        };
        if let Some(with) = self.conversation_of(&room).await? {
            // An invitation that one cannot follow stays one, until one leaves it at that or the room is gone.
            let is_answered = matches!(membership, Membership::Left | Membership::Ended);
            let is_invitation = with.membership == Membership::Invited && !is_answered;
            let has_left = with.membership == Membership::Left && membership == Membership::Removed;
            if !is_invitation && !has_left {
                self.set_membership(with.id, membership).await?;
            }
        }
        self.close_room(room, failure).await
    }

    /// Which teams of a service one is in has been told: what was on its way to those that one is not in fails. Nobody will say any
    /// more whether it arrived.
    pub(super) async fn give_up_on_others(&mut self, service: TeamService) -> Result<(), StoreError> {
        let tx = self.store.read().await?;
        let mut others = Vec::new();
        for unproven in outbox::in_state(&tx, OutboxState::Unconfirmed).await? {
            let with = conversations::get(&tx, unproven.conversation_id).await?;
            let with = with.filter(|with| with.service == Some(service) && with.membership != Membership::Member);
            others.extend(with.and_then(|with| Some((with.address.parse::<BareJid>().ok()?, with.membership))));
        }
        drop(tx);
        for (room, membership) in others {
            // One that is being entered tells itself.
            if self.teams.stay(&room).is_none() {
                self.close_room(room, failure(membership)).await?;
            }
        }
        Ok(())
    }
}

/// Why nothing can be said in a team with which one stands like this.
pub(in crate::engine) fn failure(membership: Membership) -> Failure {
    match membership {
        Membership::Ended => Failure::RecipientUnknown,
        _ => Failure::NotAllowed,
    }
}
