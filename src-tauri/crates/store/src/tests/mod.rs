//! The store as its user sees it, on real files.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::conversations::NewConversation;
use crate::messages::{NewAlias, NewMessage};
use crate::*;

mod durability;
mod failing;
mod identity;
mod lists;
mod local_data;
mod opening;
mod pages;
mod paging;
mod people;
mod privacy;
mod queue;
mod references;
mod schema;
mod segments;
mod transactions;

const KEY: [u8; 32] = [0x5a; 32];
const ME: &str = "alice@ward.example";

/// A store in a folder of its own.
struct Fixture {
    store: Store,
    path: PathBuf,
    /// Removes the folder when dropped.
    folder: TempDir,
}

impl Fixture {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("profile.db");
        let store = open(&path).await.store;
        Self { store, path, folder }
    }

    /// A conversation with somebody, in the account's own archive.
    async fn conversation(&self, address: &str) -> (ArchiveId, ConversationId) {
        let tx = self.store.begin().await.unwrap();
        let archive = archives::ensure(&tx, &ME.into(), ArchiveKind::Own).await.unwrap();
        let conversation = conversations::ensure(&tx, person(archive, address)).await.unwrap().id();
        tx.commit().await.unwrap();
        (archive, conversation)
    }
}

async fn open(path: &Path) -> Opened {
    Store::open(path, &DatabaseKey::new(KEY)).await.unwrap()
}

fn person(archive_id: ArchiveId, address: &str) -> NewConversation {
    NewConversation {
        kind: ConversationKind::Person,
        address: address.into(),
        archive_id,
        shown_in: ConversationBox::Inbox,
        sort_us: 0,
    }
}

/// A message from bob, known under an archive id made of its position.
fn from_bob(conversation_id: ConversationId, position: i64, body: &str) -> NewMessage {
    NewMessage {
        conversation_id,
        segment_id: None,
        position,
        direction: Direction::Incoming,
        kind: MessageKind::Text,
        sender_address: "bob@ward.example".into(),
        sender_nick: None,
        body: body.into(),
        stamp_us: position,
        stamp_source: StampSource::Archive,
        sent_us: None,
        archived_us: Some(position),
        delivery: None,
        retracted_us: None,
        mentions: messages::Mentions::default(),
        room_event: None,
        unreadable: None,
        arrival: messages::Arrival::Archive,
        aliases: vec![NewAlias::stanza_id(format!("archive-{position}"))],
    }
}

/// A message from the signed-in person.
fn from_me(conversation_id: ConversationId, position: i64, body: &str) -> NewMessage {
    NewMessage {
        direction: Direction::Outgoing,
        sender_address: ME.into(),
        delivery: Some(DeliveryState::Sent),
        ..from_bob(conversation_id, position, body)
    }
}

fn texts(messages: &[messages::Message]) -> Vec<&str> {
    messages.iter().map(|message| message.body.as_str()).collect()
}

/// No command deletes a conversation yet.
async fn remove_conversation(tx: &WriteTx, id: ConversationId) {
    let db = store::sealed::Connected::db(tx);
    sql::change(db, "DELETE FROM conversation WHERE id = ?", vec![id.into()])
        .await
        .unwrap();
}
