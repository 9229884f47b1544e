//! Sends displayed markers (XEP-0333) to the other side, the user's own devices and the server.
//!
//! A marker that cannot be sent now is stored as pending ([`pending_sync`]) and sent in a later session, in a room once it is joined:
//! messages read offline then count as read for everybody.

use wardline_store::conversations::Conversation;
use wardline_store::pending_sync::{self, PendingSync};
use wardline_store::{
    AliasKind, ArchiveId, ConversationId, ConversationKind, MessageId, PendingSyncKind, StoreError, Text, aliases,
    conversations,
};
use wardline_xmpp::features::{Discovery, Feature};
use wardline_xmpp::ids::MessageId as WireId;
use wardline_xmpp::inbox::{InboxChange, Reading};
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::message::{Keeping, MarkerKind, MessageKind as Sort, marker};
use wardline_xmpp::session::RequestError;

use super::Engine;
use super::teams::Stay;

/// Of which conversations it is told how far they have been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// Those that are kept in an archive.
    Archive(ArchiveId),
    /// All people's, and those of the rooms that one is inside of.
    Anybodys,
}

impl Engine {
    /// Sends the marker of a message, now or as soon as the session allows it.
    pub(super) async fn send_read_marker(
        &mut self,
        conversation: ConversationId,
        message: MessageId,
    ) -> Result<(), StoreError> {
        self.server_inbox.note_read(conversation);
        let told = self.online() && self.send_marker(conversation, message).await?;
        if !told {
            let tx = self.store.begin().await?;
            let pending = PendingSync {
                conversation_id: conversation,
                kind: PendingSyncKind::DisplayedMarker,
                value: Text(message.0.to_string()),
            };
            pending_sync::put(&tx, pending).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Sends the pending markers that can be sent now.
    pub(super) async fn send_pending_markers(&mut self, whose: Whose) -> Result<(), StoreError> {
        let tx = self.store.read().await?;
        let mut pending = Vec::new();
        for row in pending_sync::list(&tx, &[PendingSyncKind::DisplayedMarker]).await? {
            let conversation = row.conversation_id;
            let Ok(message) = row.value.as_str().parse().map(MessageId) else {
                continue;
            };
            let with = conversations::get(&tx, conversation).await?;
            if with.is_some_and(|with| self.is_told_of(&with, whose)) {
                pending.push((conversation, message));
            }
        }
        drop(tx);
        for (conversation, message) in pending {
            if !self.send_marker(conversation, message).await? {
                continue;
            }
            let tx = self.store.begin().await?;
            pending_sync::remove(&tx, conversation, PendingSyncKind::DisplayedMarker).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    fn is_told_of(&self, with: &Conversation, whose: Whose) -> bool {
        match whose {
            Whose::Archive(archive) => with.archive_id == archive,
            Whose::Anybodys => match (with.kind, with.address.parse()) {
                (ConversationKind::Team, Ok(room)) => self.teams.stay(&room) == Some(Stay::Inside),
                (ConversationKind::Person, _) => true,
                (ConversationKind::Team, Err(_)) => false,
            },
        }
    }

    /// Whether it was handed to the session, or there is nobody whom it could be told.
    async fn send_marker(&mut self, conversation: ConversationId, message: MessageId) -> Result<bool, StoreError> {
        let tx = self.store.read().await?;
        let Some(with) = conversations::get(&tx, conversation).await? else {
            return Ok(true);
        };
        let ids = aliases::of_message(&tx, message).await?;
        let Ok(to) = with.address.parse::<BareJid>() else {
            return Ok(true);
        };
        let is_told = with.kind == ConversationKind::Team || self.is_known(&tx, &to).await?;
        drop(tx);
        if !is_told {
            self.request_reset(with.id, to);
            return Ok(true);
        }
        // XEP-0333: in a room it is the room's id, one-to-one the sender's. A server with an inbox obeys the sender's alone.
        let named_by = match with.kind {
            ConversationKind::Team if !self.server_inbox.is_offered() => AliasKind::StanzaId,
            ConversationKind::Team | ConversationKind::Person => AliasKind::MessageId,
        };
        let id = ids
            .iter()
            .find(|alias| alias.kind == named_by)
            .or_else(|| ids.iter().find(|alias| alias.kind == AliasKind::MessageId));
        let Some(id) = id.and_then(|alias| WireId::new(alias.value.as_str())) else {
            return Ok(true);
        };
        let kind = match with.kind {
            ConversationKind::Person => Sort::Chat,
            ConversationKind::Team => Sort::GroupChat,
        };
        let Some(keeping) = self.keeping() else {
            return Ok(false);
        };
        let stanza = marker(to.clone().into(), kind, MarkerKind::Displayed, id, keeping);
        let sent = self.session.send_within(self.begun, stanza).await;
        if sent.is_ok() {
            self.reset_inbox(&with, to);
        }
        Ok(sent.is_ok())
    }

    /// Whether the server is to archive what we say beside texts. `None`: it is not known yet what the server is, and nothing of that kind
    /// may be said.
    pub(super) fn keeping(&self) -> Option<Keeping> {
        if !self.online() {
            return None;
        }
        let features = self.remembered.features();
        // An inbox that has not been heard of may be there.
        let is_absent = !features.has(Feature::Inbox) && features.discovery == Discovery::Complete;
        Some(if is_absent { Keeping::Archived } else { Keeping::Unsaid })
    }

    /// Where the last thing that was said is no message, as a reaction, no marker tells the server that all has been read.
    fn reset_inbox(&mut self, with: &Conversation, address: BareJid) {
        if with.unread > 0 {
            return;
        }
        if !self.server_inbox.ends_unnameable(with.id) {
            self.server_inbox.note_read_early(with.id);
            return;
        }
        self.request_reset(with.id, address);
    }

    /// Tells the server's inbox, where there is one, that all of a conversation has been read.
    fn request_reset(&mut self, conversation: ConversationId, address: BareJid) {
        if !self.server_inbox.is_offered() {
            return;
        }
        let read = [InboxChange::Reading(Reading::Read)];
        self.request(
            |session| async move { session.set_inbox_properties(&address, &read).await },
            move |engine, outcome| Box::pin(engine.on_inbox_reset(conversation, outcome)),
        );
    }

    /// The inbox has been read: what was read before it was known how conversations end, and is counted all the same, is reset.
    pub(super) async fn reset_read_early(&mut self) -> Result<(), StoreError> {
        let early = self.server_inbox.take_read_early();
        let tx = self.store.read().await?;
        for id in early {
            let with = conversations::get(&tx, id).await?;
            if let Some(with) = with.filter(|with| !with.marked_unread && self.server_inbox.counts(with.id))
                && let Ok(address) = with.address.parse::<BareJid>()
            {
                self.reset_inbox(&with, address);
            }
        }
        Ok(())
    }

    /// The server takes all of a conversation for read, also what came while it was being told so: that it must count again.
    async fn on_inbox_reset(
        &mut self,
        conversation: ConversationId,
        outcome: Result<(), RequestError>,
    ) -> Result<(), StoreError> {
        if let Err(error) = outcome {
            // The next reading says the same.
            tracing::info!(%error, "inbox not reset");
            return Ok(());
        }
        let with = conversations::get(&self.store.read().await?, conversation).await?;
        let Some(with) = with.filter(|with| with.unread > 0) else {
            return Ok(());
        };
        if let Ok(address) = with.address.parse::<BareJid>() {
            self.inform(|session| async move {
                let unread = [InboxChange::Reading(Reading::Unread)];
                let _the_archive_tells_it_too = session.set_inbox_properties(&address, &unread).await;
            });
        }
        Ok(())
    }
}
