//! What lies in the bin of the server's inbox.
//!
//! A conversation with a person lies there because its owner has thrown it away, in another app. A room lies there for that reason, too, or
//! because it is no more, or because one has been taken out of it: with the backend `rdbms_async` MongooseIM moves to the bin what it
//! removes. Nobody has thrown that away. It stays in sight as ended or left behind, with all that was said in it; only a room that one is in
//! is out of sight because it lies in the bin.

use wardline_store::conversations::{self, Conversation};
use wardline_store::{Address, ConversationKind, StoreError};
use wardline_xmpp::inbox::{InboxEntry, InboxProperties};
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::message::MessageKind as Sort;

use super::entries::By;
use crate::engine::Engine;
use crate::engine::ingest;
use crate::engine::teams::Stay;

/// A room that lies in the bin, as long as it is not known whether one is in it.
#[derive(Debug, Clone)]
pub(super) struct Binned {
    properties: InboxProperties,
    /// Up to when something had been said in it, Unix microseconds.
    through: Option<i64>,
}

impl Engine {
    /// Takes a page of what lies in the bin. A new computer would else list it by what it finds in the archive.
    pub(super) async fn take_thrown_away(&mut self, entries: Vec<InboxEntry>) -> Result<(), StoreError> {
        let (rooms, people): (Vec<_>, Vec<_>) = entries
            .into_iter()
            .partition(|entry| entry.last.kind == Sort::GroupChat);
        let people = self.believable(people).await?;
        let tx = self.begin().await?;
        for entry in people {
            let address = Address(entry.last.conversation.to_string());
            let id = match conversations::by_address(&tx, &address).await? {
                Some(with) => with.id,
                None => {
                    ingest::ensure_hidden_person(&tx, self.own_archive, address)
                        .await?
                        .conversation
                }
            };
            if let Some(with) = conversations::get(&tx, id).await? {
                let through = entry.last.stamp.map_or(with.sort_us, |stamp| stamp.at.0);
                self.follow(&tx, &with, By::Person(&entry.properties), through).await?;
                tx.row(id);
            }
        }
        self.commit(tx).await?;
        for entry in rooms {
            let room = entry.last.conversation;
            let binned = Binned {
                properties: entry.properties,
                through: entry.last.stamp.map(|stamp| stamp.at.0),
            };
            self.server_inbox.binned.insert(room.clone(), binned);
            if self.teams.stay(&room) == Some(Stay::Inside) {
                self.follow_bin(&room).await?;
            }
        }
        Ok(())
    }

    /// One is in a room: if it lies in the bin, somebody has thrown it away.
    pub(in crate::engine) async fn follow_bin(&mut self, room: &BareJid) -> Result<(), StoreError> {
        let Some(binned) = self.server_inbox.binned.remove(room) else {
            return Ok(());
        };
        let Some(with) = self.conversation_of(room).await? else {
            return Ok(());
        };
        let tx = self.begin().await?;
        let through = binned.through.unwrap_or(with.sort_us);
        self.follow(&tx, &with, By::Person(&binned.properties), through).await?;
        tx.row(with.id);
        self.commit(tx).await
    }

    /// Whether it is a room that one is not in, as far as is known.
    pub(in crate::engine) fn is_outside(&self, with: &Conversation) -> bool {
        with.kind == ConversationKind::Team
            && with
                .address
                .parse()
                .is_ok_and(|room: BareJid| self.teams.stay(&room) != Some(Stay::Inside))
    }
}
