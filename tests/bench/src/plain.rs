//! The reference for what goes to the disk: the same tables in plain SQLite, called directly.

use std::path::Path;

use rusqlite::{Connection, params};
use wardline_store::Reads;
use wardline_store::messages::Message;
use wardline_store::{AliasKind, ConversationId, Direction, aliases, conversations, messages};

use crate::BenchError;

/// The tables, indexes and triggers of the store.
const SCHEMA: &str = include_str!("../../../src-tauri/crates/store/schema.sql");
const MESSAGE: &str = "INSERT INTO message (id, conversation_id, position, direction, kind, sender_address, body,
    stamp_us, stamp_source, archived_us, delivery) VALUES (?, ?, ?, ?, 1, ?, ?, ?, 1, ?, ?)";
const ALIAS: &str = "INSERT INTO alias (archive_id, kind, sender_address, value, message_id) VALUES (1, ?, ?, ?, ?)";
const NEWEST: &str = "SELECT * FROM message WHERE conversation_id = ?
    ORDER BY position DESC, id DESC LIMIT ?";

/// A message with the ids that it is known by.
pub(crate) struct Row {
    pub(crate) message: Message,
    /// Kind, maker and value of each.
    pub(crate) ids: Vec<(i64, String, String)>,
}

/// Every message of a store, in the order of the archive.
pub(crate) async fn rows(tx: &impl Reads) -> Result<Vec<Row>, BenchError> {
    let mut rows = Vec::new();
    for conversation in conversations::list(tx).await? {
        for message in messages::newest(tx, conversation.id, u32::MAX).await? {
            let ids = aliases::of_message(tx, message.id).await?;
            let ids = ids.into_iter().map(|id| {
                let kind = match id.kind {
                    AliasKind::StanzaId => 1,
                    AliasKind::OriginId => 2,
                    AliasKind::MessageId => 3,
                };
                (kind, id.sender_address.into_string(), id.value)
            });
            rows.push(Row {
                ids: ids.collect(),
                message,
            });
        }
    }
    rows.sort_by_key(|row| row.message.stamp_us);
    Ok(rows)
}

/// The database.
pub(crate) struct Plain {
    connection: Connection,
}

impl Plain {
    /// A new one, set up as the store is, without encryption.
    pub(crate) fn create(file: &Path, conversations: &[ConversationId]) -> Result<Self, BenchError> {
        let connection = Connection::open(file)?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;
             PRAGMA cache_size = -8000; PRAGMA wal_autocheckpoint = 4000;",
        )?;
        connection.execute_batch(SCHEMA)?;
        connection.execute("INSERT INTO archive (id, address, kind) VALUES (1, 'own', 1)", [])?;
        for id in conversations {
            connection.execute(
                "INSERT INTO conversation (id, kind, address, archive_id, shown_in, sort_us)
                 VALUES (?1, 1, ?1, 1, 1, 0)",
                [id.0],
            )?;
        }
        Ok(Self { connection })
    }

    /// Inserts rows in one transaction.
    pub(crate) fn insert(&mut self, rows: &[Row]) -> Result<(), BenchError> {
        let transaction = self.connection.transaction()?;
        {
            let mut message = transaction.prepare(MESSAGE)?;
            let mut alias = transaction.prepare(ALIAS)?;
            for row in rows {
                let held = &row.message;
                let direction = if held.direction == Direction::Outgoing { 2 } else { 1 };
                message.execute(params![
                    held.id.0,
                    held.conversation_id.0,
                    held.position,
                    direction,
                    held.sender_address.as_str(),
                    held.body.as_str(),
                    held.stamp_us,
                    held.archived_us,
                    held.delivery.map(|_| 2),
                ])?;
                for (kind, maker, value) in &row.ids {
                    alias.execute(params![kind, maker, value, held.id.0])?;
                }
            }
        }
        Ok(transaction.commit()?)
    }

    /// The newest messages of a conversation, every column of them read; how many.
    pub(crate) fn newest(&self, conversation: ConversationId, limit: u32) -> Result<usize, BenchError> {
        let mut query = self.connection.prepare(NEWEST)?;
        let width = query.column_count();
        let mut rows = query.query(params![conversation.0, limit])?;
        let mut count = 0;
        while let Some(row) = rows.next()? {
            for column in 0..width {
                std::hint::black_box(row.get::<_, rusqlite::types::Value>(column)?);
            }
            count += 1;
        }
        Ok(count)
    }
}
