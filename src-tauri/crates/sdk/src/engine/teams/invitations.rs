//! Invitations into rooms: shown in the list until they are accepted or declined.

use tokio::time::Instant;
use wardline_store::conversations::TeamChange;
use wardline_store::{
    Address, ConversationBox, ConversationId, Membership, Reads, StoreError, TeamService, Text, TitleSource, WriteTx,
    contacts, conversations,
};
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::message::ReceivedMessage;
use wardline_xmpp::muc::{AddressKind, Invitation, RoomDescription};
use wardline_xmpp::session::RequestError;

use super::Stay;
use super::requests::{self, Admission, InvitedTo, admission};
use crate::engine::requests::Repeat;
use crate::engine::{Engine, ingest};
use crate::people::{LABEL_LIMIT, local_part};
use crate::setting_keys::INVITATION_HANDLED_AT;
use crate::text::display::label;
use crate::view::{ConversationKind, ConversationRow, Event, InvitationNews};

/// An invitation may be told twice, with the times of two clocks: what is this near in microseconds, is one.
const SAME_TIME_US: i64 = 5_000_000;
/// Most addresses elsewhere that are asked at once whether they are rooms.
const MOST_UNVERIFIED: usize = 32;

impl Engine {
    /// Takes the invitations out of messages that came, live or by a run through the archive: servers do not hand on all that they
    /// keep for those who were away.
    pub(in crate::engine) async fn take_invitations(&mut self, messages: &[ReceivedMessage]) -> Result<(), StoreError> {
        for message in messages {
            if let Some(invitation) = message.invitation.clone() {
                self.invited(invitation, message.stamp.map(|stamp| stamp.at.0)).await?;
            }
        }
        Ok(())
    }

    /// `at`: when one was asked, Unix microseconds; `None`: now.
    async fn invited(&mut self, invitation: Invitation, at: Option<i64>) -> Result<(), StoreError> {
        let room = &invitation.room;
        if room.node().is_none() {
            return Ok(());
        }
        let address = Address(room.to_string());
        let known = conversations::by_address(&self.store.read().await?, &address).await?;
        match self.invited_to(room, known.as_ref()) {
            InvitedTo::Room => self.asked_into(invitation, at).await,
            InvitedTo::Person => {
                tracing::info!("an invitation to a person's address; left out");
                Ok(())
            }
            InvitedTo::Unknown => {
                if self.teams.unverified.len() < MOST_UNVERIFIED {
                    self.request_description(room.clone());
                    self.teams.unverified.insert(room.clone(), (invitation, at));
                }
                Ok(())
            }
        }
    }

    /// Somebody asks one into what is known to be a room.
    async fn asked_into(&mut self, invitation: Invitation, at: Option<i64>) -> Result<(), StoreError> {
        let Invitation { room, by, .. } = invitation;
        let is_in = matches!(self.teams.stay(&room), Some(Stay::Inside | Stay::Entering(_)));
        let inviter = Some(by.clone()).filter(|by| by.node().is_some());
        let by = Address(by.to_string());
        let address = Address(room.to_string());
        let tx = self.begin().await?;
        for refused in [&by, &address] {
            if contacts::get(&tx, refused)
                .await?
                .is_some_and(|refused| refused.blocked)
            {
                return Ok(());
            }
        }
        let known = conversations::by_address(&tx, &address).await?;
        if let Some(known) = &known {
            // The archive tells again what was heard, also after one has come in and was put out; the thread's own time says nothing
            // of that. What was asked before something else happened has been answered, too.
            let heard = heard(&tx, known.id).await?;
            let since = heard.unwrap_or(i64::MIN).max(known.sort_us);
            if at.is_some_and(|at| at <= since.saturating_add(SAME_TIME_US)) {
                return Ok(());
            }
            note_heard(&tx, known.id, at.unwrap_or_else(|| self.clock.now())).await?;
            if is_in {
                return self.commit(tx).await;
            }
        }
        let admission = admission(&tx, &by, known.as_ref().map(|known| known.id)).await?;
        if admission == Admission::Dropped {
            tracing::info!("too many invitations of one sender; dropped");
            return self.commit(tx).await;
        }
        let is_asked_again = known
            .as_ref()
            .is_some_and(|known| known.membership == Membership::Invited);
        let Some(team) = ingest::ensure_team(&tx, &room).await? else {
            return Ok(());
        };
        let team = team.conversation;
        if known.is_none() {
            note_heard(&tx, team, at.unwrap_or_else(|| self.clock.now())).await?;
            let change = TeamChange {
                service: Some(TeamService::Muc),
                ..TeamChange::default()
            };
            conversations::change_team(&tx, team, change).await?;
        }
        conversations::set_membership(&tx, team, Membership::Invited, Some(by)).await?;
        match admission {
            Admission::Open => requests::show(&tx, team, self.clock.now()).await?,
            Admission::Waiting | Admission::Dropped => {
                conversations::set_box(&tx, team, ConversationBox::Hidden).await?;
            }
        }
        tx.row(team);
        self.commit(tx).await?;
        if admission != Admission::Open {
            return Ok(());
        }
        if let Some(inviter) = inviter {
            self.want_card(inviter);
        }
        if !is_asked_again && at.is_none_or(|at| self.news.is_news(at)) {
            self.teams.asked_into.insert(room.clone());
        }
        self.request_description(room);
        Ok(())
    }

    /// Tells whoever notifies that one was asked into a room, if that has not been told.
    async fn tell_invitation(&mut self, room: &BareJid) -> Result<(), StoreError> {
        if !self.teams.asked_into.remove(room) {
            return Ok(());
        }
        let with = self.conversation_of(room).await?;
        let Some(with) = with.filter(|with| with.membership == Membership::Invited) else {
            return Ok(());
        };
        let sender = with.invited_by.clone().unwrap_or_default();
        if !self.teams.notices.admit(&sender, Instant::now()) {
            return Ok(());
        }
        let title = with.title.map(|title| title.0);
        let by = with.invited_by.map(|by| self.contacts.person(by.as_str()).name);
        let invitation = InvitationNews {
            conversation: with.id.into(),
            kind: ConversationKind::Team,
            title: title
                .and_then(|title| label(&title, LABEL_LIMIT))
                .filter(|title| *title != local_part(room.as_str())),
            by,
        };
        let now = self.clock.now() / 1_000;
        self.events.send(Event::Invited { now, invitation });
        Ok(())
    }

    /// Somebody looks at a conversation: if it is an invitation, nobody needs to be told of it any more.
    pub(in crate::engine) fn see_invitation(&self, conversation: ConversationId) {
        let conversation = conversation.into();
        if self.inbox.row(conversation).is_some_and(ConversationRow::is_invitation) {
            self.events.send(Event::Read { conversation });
        }
    }

    /// Asks what a room is called and what it is for.
    pub(in crate::engine) fn request_description(&mut self, room: BareJid) {
        let (asked, again) = (room.clone(), room.clone());
        self.request_repeatedly(
            Repeat::Unsent,
            |session| async move { session.room_description(asked).await },
            |engine| engine.request_description(again),
            |engine, about| Box::pin(engine.on_description(room, about)),
        );
    }

    /// What a room is called and what it is for.
    pub(in crate::engine) async fn on_description(
        &mut self,
        room: BareJid,
        about: Result<RoomDescription, RequestError>,
    ) -> Result<(), StoreError> {
        if let Some((invitation, at)) = self.teams.unverified.remove(&room) {
            if !about.as_ref().is_ok_and(|about| about.kind == AddressKind::Room) {
                tracing::info!("an invitation to what does not say that it is a room; left out");
                return Ok(());
            }
            self.asked_into(invitation, at).await?;
        }
        let about = match about {
            Ok(about) => about,
            Err(error) => {
                tracing::info!(%error, "a room did not say what it is");
                return self.tell_invitation(&room).await;
            }
        };
        let Some(with) = self.conversation_of(&room).await? else {
            return Ok(());
        };
        let tx = self.begin().await?;
        let change = TeamChange {
            title: about.name.map(|name| (Text(name), TitleSource::Team)),
            purpose: Some(Text(about.description.unwrap_or_default())),
            ..TeamChange::default()
        };
        let is_known = change
            .title
            .as_ref()
            .is_none_or(|(title, source)| with.title.as_ref() == Some(title) && with.title_source == Some(*source))
            && change.purpose == Some(with.purpose.unwrap_or_default());
        if is_known {
            drop(tx);
            return self.tell_invitation(&room).await;
        }
        conversations::change_team(&tx, with.id, change).await?;
        tx.row(with.id);
        tx.team(with.id);
        self.commit(tx).await?;
        self.tell_invitation(&room).await
    }
}

/// When one was asked into a team last, of what has been heard.
async fn heard(tx: &impl Reads, team: ConversationId) -> Result<Option<i64>, StoreError> {
    let stored = INVITATION_HANDLED_AT.of(team).get(tx).await?;
    Ok(stored.and_then(|stored| stored.parse().ok()))
}

/// Notes that one was asked into a team at that time, or that what was asked before has been answered.
pub(super) async fn note_heard(tx: &WriteTx, team: ConversationId, at: i64) -> Result<(), StoreError> {
    INVITATION_HANDLED_AT.of(team).set(tx, &Text(at.to_string())).await
}
