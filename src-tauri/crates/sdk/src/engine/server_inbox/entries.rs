//! What the server says of a conversation becomes a row of the list.

use wardline_store::conversations::Conversation;
use wardline_store::{Address, ConversationBox, ConversationId, StoreError, WriteTx, conversations};
use wardline_xmpp::inbox::{InboxBox, InboxChanged, InboxEntry, InboxProperties, Reading};
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::message::{Direction, MessageKind as Sort, ReceivedMessage, Stamp};
use wardline_xmpp::muc_light::Change;

use super::claims::Claim;
use super::{Comparison, Purpose, ServerInbox};
use crate::engine::decisions::{self, Matter};
use crate::engine::ingest::{self, Content};
use crate::engine::read_pointer;
use crate::engine::teams::ensure_light;
use crate::engine::{Engine, RESOURCE};

/// A mute that lasts longer than this, in microseconds, is for ever: five years.
const FOR_EVER_US: i64 = 157_680_000_000_000;

impl Engine {
    /// Takes a page of the inbox.
    pub(super) async fn take_entries(&mut self, purpose: Purpose, entries: Vec<InboxEntry>) -> Result<(), StoreError> {
        let newest = entries
            .iter()
            .filter_map(|entry| entry.last.stamp)
            .map(|stamp| stamp.at)
            .max();
        self.server_inbox.newest = self.server_inbox.newest.max(newest);
        let entries = self.believable(entries).await?;
        // The same messages come by the archive. That these are here first makes a list of a new computer complete at once.
        // Not so in teams: the inbox does not say who stands behind a name there, and their own archive comes next.
        let people = || entries.iter().filter(|entry| entry.last.kind != Sort::GroupChat);
        let unread: Vec<BareJid> = people()
            .filter(|entry| entry.unread > 0)
            .map(|entry| entry.last.conversation.clone())
            .collect();
        let said: Vec<ReceivedMessage> = people().rev().map(|entry| entry.last.clone()).collect();
        let first_here = self.ensure_people(&entries).await?;
        if matches!(purpose, Purpose::Changed(_)) {
            self.take_messages(said).await?;
            self.first_pages_of_unread(unread).await?;
        }
        let mut claims = Vec::new();
        let tx = self.begin().await?;
        for entry in &entries {
            let address = Address(entry.last.conversation.to_string());
            let Some(with) = conversations::by_address(&tx, &address).await? else {
                continue;
            };
            let id = with.id;
            if !with.listed {
                conversations::set_listed(&tx, id).await?;
            }
            let through = entry.last.stamp.map_or(with.sort_us, |stamp| stamp.at.0);
            let told = By::Server(&entry.properties);
            if !self.server_inbox.told.contains(&id) && self.follow(&tx, &with, told, through).await? {
                tx.row(id);
            }
            let Some(Stamp { at, .. }) = entry.last.stamp else {
                continue;
            };
            claims.push((id, Claim::of(entry, at.0)));
            // Nothing of it can be shown yet, or ever: it has its place by what the server says.
            if with.last_message_id.is_none() && with.sort_us < at.0 {
                conversations::set_sort(&tx, id, at.0).await?;
                tx.row(id);
            }
        }
        self.commit(tx).await?;
        for entry in &entries {
            self.note_nameable(&entry.last).await?;
        }
        let mut all_read = Vec::new();
        for (id, claim) in claims {
            // What was read or marked since the session began is newer than a page that was on its way.
            if !self.server_inbox.is_touched(id) {
                match claim.unread {
                    0 => self.server_inbox.counted.remove(&id),
                    _ => self.server_inbox.counted.insert(id),
                };
            }
            if purpose == Purpose::Unread {
                self.server_inbox.unread.insert(id);
            }
            if claim.unread == 0 {
                all_read.push(id);
            }
            self.server_inbox.claims.insert(id, claim);
        }
        self.apply_marks().await?;
        if purpose != Purpose::Compare {
            self.settle_read(all_read).await?;
        } else {
            let compared = u32::try_from(entries.len()).unwrap_or(u32::MAX);
            let settled = self.settle_claims().await?;
            if let Comparison::UnderWay(found) = &mut self.server_inbox.comparison {
                found.conversations = found.conversations.saturating_add(compared);
                found.differences = found.differences.saturating_add(settled).saturating_add(first_here);
            }
        }
        Ok(())
    }

    /// Entries of people from whom nothing is taken, and of rooms that are not known here, are left out.
    pub(super) async fn believable(&self, entries: Vec<InboxEntry>) -> Result<Vec<InboxEntry>, StoreError> {
        let tx = self.store.begin().await?;
        let mut kept = Vec::with_capacity(entries.len());
        for entry in entries {
            let address = Address(entry.last.conversation.to_string());
            // The server names rooms of MUC Light only to those who are in them.
            if entry.last.kind == Sort::GroupChat && self.is_light(&entry.last.conversation) {
                ensure_light(&tx, &entry.last.conversation, None).await?;
            }
            let is_team = entry.last.kind == Sort::GroupChat;
            let leave_out = match is_team {
                true => conversations::by_address(&tx, &address).await?.is_none(),
                false => wardline_store::contacts::get(&tx, &address)
                    .await?
                    .is_some_and(|contact| contact.blocked),
            };
            if !leave_out {
                kept.push(entry);
            }
        }
        tx.commit().await?;
        Ok(kept)
    }

    /// Every person of the inbox has a conversation, also where the server's last word is no text. How many are new here.
    async fn ensure_people(&mut self, entries: &[InboxEntry]) -> Result<u32, StoreError> {
        let mut new = 0_u32;
        let tx = self.store.begin().await?;
        for entry in entries.iter().filter(|entry| entry.last.kind != Sort::GroupChat) {
            let address = Address(entry.last.conversation.to_string());
            let known = conversations::by_address(&tx, &address).await?;
            if known.is_some_and(|known| known.shown_in != ConversationBox::Hidden) {
                continue;
            }
            ingest::ensure_person(&tx, self.own_archive, address).await?;
            new = new.saturating_add(1);
        }
        tx.commit().await?;
        Ok(new)
    }

    /// Makes a conversation as the server has it with what had been said in it up to a stamp, except for what was decided here and the
    /// server has not heard of; whether that changed anything.
    pub(super) async fn follow(
        &self,
        tx: &WriteTx,
        with: &Conversation,
        told: By<'_>,
        through_us: i64,
    ) -> Result<bool, StoreError> {
        let said = told.properties();
        let shown_in = shown_in(&said.in_box);
        // The inbox knows no mute without an end: one of years is for ever.
        let far = self.clock.now().saturating_add(FOR_EVER_US);
        let muted_until = said
            .muted_until
            .map(|until| if until.0 > far { i64::MAX } else { until.0 });
        let is_removal = shown_in == ConversationBox::Hidden && told.is_by_server() && self.is_outside(with);
        let place_follows = !is_removal && !decisions::is_pending(tx, with.id, Matter::Place).await?;
        let moved = with.shown_in != shown_in && place_follows;
        let mute_follows = !decisions::is_pending(tx, with.id, Matter::Mute).await?;
        let muted = with.muted_until_us != muted_until && mute_follows;
        match shown_in {
            ConversationBox::Archive if place_follows => {
                conversations::archive(tx, with.id, through_us.max(with.sort_us)).await?;
            }
            ConversationBox::Hidden if place_follows => {
                conversations::trash(tx, with.id, through_us.max(with.sort_us)).await?;
            }
            ConversationBox::Inbox if moved => conversations::set_box(tx, with.id, shown_in).await?,
            ConversationBox::Inbox | ConversationBox::Archive | ConversationBox::Hidden => {}
        }
        if muted {
            conversations::set_muted(tx, with.id, muted_until).await?;
        }
        Ok(moved || muted)
    }

    /// Properties of a conversation have changed on one of one's own devices, which may be this one.
    pub(in crate::engine) async fn inbox_changed(&mut self, changed: InboxChanged) -> Result<(), StoreError> {
        let InboxChanged {
            by,
            conversation,
            properties,
        } = changed;
        // This app's devices tell exactly how far they read: a message may have come since then that nobody has seen.
        let told_exactly = by
            .as_ref()
            .and_then(|by| by.resource())
            .is_some_and(|resource| resource.as_str().starts_with(RESOURCE));
        let tx = self.begin().await?;
        let Some(with) = conversations::by_address(&tx, &Address(conversation.to_string())).await? else {
            return Ok(());
        };
        // Whoever sets a property does so from a device of theirs.
        let is_decided = by.as_ref().is_some_and(|by| by.resource().is_some());
        let told = match is_decided {
            true => By::Person(&properties),
            false => By::Server(&properties),
        };
        self.follow(&tx, &with, told, with.sort_us).await?;
        self.server_inbox.touched.insert(with.id);
        self.server_inbox.told.insert(with.id);
        let untold = decisions::is_pending(&tx, with.id, Matter::Mark).await?;
        match properties.reading {
            Reading::Read => {
                self.server_inbox.counted.remove(&with.id);
                // What is here has been told before the broadcast: all of it was before somebody who read it.
                if !told_exactly
                    && let Some(last) = wardline_store::messages::last_position(&tx, with.id).await?
                    && conversations::advance_read(&tx, with.id, last, None).await?
                {
                    self.note_displayed(&tx, with.id, last).await?;
                }
                if !untold {
                    read_pointer::unmark(&tx, with.id).await?;
                }
            }
            Reading::Unread => {
                // Where it counted something already, as a reaction, this is no news.
                let news = self.server_inbox.counted.insert(with.id);
                if news && with.unread == 0 && !untold {
                    conversations::set_marked_unread(&tx, with.id, true).await?;
                }
            }
        }
        read_pointer::refresh(&tx, with.id).await?;
        self.commit(tx).await?;
        // Devices that are off hear of it by what this one keeps for them.
        self.publish_displayed().await?;
        self.tell_decisions().await
    }

    /// Remembers whether the last stanza of a conversation can be named in a marker that the server obeys.
    async fn note_nameable(&mut self, last: &ReceivedMessage) -> Result<(), StoreError> {
        // A page may have been on its way while something came live, which is newer.
        if let Some(id) = self.id_of(&last.conversation).await?
            && !self.server_inbox.live.contains(&id)
        {
            self.note_last(id, last);
        }
        Ok(())
    }

    async fn id_of(&self, with: &BareJid) -> Result<Option<ConversationId>, StoreError> {
        let tx = self.store.read().await?;
        let found = conversations::by_address(&tx, &Address(with.to_string())).await?;
        Ok(found.map(|with| with.id))
    }

    /// A message has come live that the server may take for the last one of its conversation.
    pub(in crate::engine) fn note_live(&mut self, conversation: ConversationId, message: &ReceivedMessage) {
        if self.server_inbox.takes(message) {
            self.server_inbox.live.insert(conversation);
            self.note_last(conversation, message);
        }
    }

    /// What the server takes for the last message of a conversation.
    fn note_last(&mut self, conversation: ConversationId, message: &ReceivedMessage) {
        if !self.server_inbox.takes(message) {
            return;
        }
        match message.direction {
            Direction::Incoming => drop(self.server_inbox.counted.insert(conversation)),
            Direction::Outgoing => drop(self.server_inbox.counted.remove(&conversation)),
        }
        let nameable = ingest::content(message) == Content::Text && message.id.is_some();
        if nameable {
            self.server_inbox.unnameable.remove(&conversation);
        } else {
            self.server_inbox.unnameable.insert(conversation);
        }
    }
}

/// Who has put a conversation where the server lists it.
#[derive(Debug, Clone, Copy)]
pub(super) enum By<'a> {
    /// Somebody, on one of their devices.
    Person(&'a InboxProperties),
    /// Nobody knows: the server moves to the bin what it removes.
    Server(&'a InboxProperties),
}

impl<'a> By<'a> {
    fn properties(self) -> &'a InboxProperties {
        match self {
            Self::Person(properties) | Self::Server(properties) => properties,
        }
    }

    fn is_by_server(self) -> bool {
        matches!(self, Self::Server(_))
    }
}

impl ServerInbox {
    /// Whether the server takes a message for the last one of its conversation, counts it, and takes the conversation back to the
    /// inbox for it: it does so for all that is said of messages, too.
    pub(in crate::engine) fn takes(&self, message: &ReceivedMessage) -> bool {
        let is_about_people = message
            .room_changes
            .iter()
            .any(|change| matches!(change, Change::Occupants { .. }));
        // A receipt or marker of another app that asks to be archived is one, too.
        let is_kept = message.asks_storing && matches!(message.kind, Sort::Chat | Sort::Normal);
        self.offered
            && (message.body.is_some()
                || message.reactions.is_some()
                || message.retraction.is_some()
                || is_kept
                || is_about_people)
    }
}

/// Where a conversation is listed here. What the hospital has beside inbox, archive and bin is put aside, and what is in the bin
/// is out of sight.
fn shown_in(in_box: &InboxBox) -> ConversationBox {
    match in_box {
        InboxBox::Inbox => ConversationBox::Inbox,
        InboxBox::Archive | InboxBox::Other(_) => ConversationBox::Archive,
        InboxBox::Bin => ConversationBox::Hidden,
    }
}
