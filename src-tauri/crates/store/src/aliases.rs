//! The ids under which a message was seen.

use std::collections::{HashMap, HashSet};

use sea_orm::{FromQueryResult, Value};

use crate::messages::NewAlias;
use crate::store::sealed::Connected;
use crate::{Address, AliasKind, ArchiveId, ConversationId, MessageId, Reads, StoreError, WriteTx, sql};

/// An id under which a message was seen.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Alias {
    /// In which archive.
    pub archive_id: ArchiveId,
    /// What kind of id.
    pub kind: AliasKind,
    /// The id.
    pub value: String,
    /// Sender that made the id; empty for ids given by the archive.
    pub sender_address: Address,
    /// The message. Of an id that its sender has used again there is one row for each.
    pub message_id: MessageId,
}

/// Key of an id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, FromQueryResult)]
pub struct AliasKey {
    /// In which archive.
    pub archive_id: ArchiveId,
    /// What kind of id.
    pub kind: AliasKind,
    /// The id.
    pub value: String,
    /// Sender that made the id; empty for ids given by the archive.
    pub sender_address: Address,
}

impl AliasKey {
    /// The key of an alias in an archive.
    #[must_use]
    pub fn of(archive_id: ArchiveId, alias: &NewAlias) -> Self {
        Self {
            archive_id,
            kind: alias.kind,
            value: alias.value.clone(),
            sender_address: alias.sender_address.clone(),
        }
    }
}

/// Most messages read for one id: the newest, where a sender gives all messages the same id.
const MOST_OF_ONE_ID: u32 = 64;

/// The message that has this id; of several the last one in its thread.
///
/// # Errors
/// What reading failed with.
pub async fn find(tx: &impl Reads, archive: ArchiveId, alias: &NewAlias) -> Result<Option<MessageId>, StoreError> {
    const QUERY: &str = "SELECT a.message_id FROM alias AS a CROSS JOIN message AS m ON m.id = a.message_id
        WHERE a.archive_id = ? AND a.kind = ? AND a.value = ? AND a.sender_address = ?
        ORDER BY m.position DESC, m.id DESC LIMIT 1";
    let values = vec![
        archive.into(),
        alias.kind.into(),
        alias.value.clone().into(),
        alias.sender_address.clone().into(),
    ];
    sql::value(tx.db(), QUERY, values).await
}

/// The messages with this id, of any sender, as reactions and markers name them. Of very many the newest.
///
/// # Errors
/// What reading failed with.
pub async fn find_by_anyone(
    tx: &impl Reads,
    archive: ArchiveId,
    kind: AliasKind,
    value: &str,
) -> Result<Vec<Alias>, StoreError> {
    const QUERY: &str =
        "SELECT * FROM alias WHERE archive_id = ? AND kind = ? AND value = ? ORDER BY message_id DESC LIMIT ?";
    let values = vec![archive.into(), kind.into(), value.into(), MOST_OF_ONE_ID.into()];
    sql::all(tx.db(), QUERY, values).await
}

/// The messages that have these ids, in few statements: for a whole page. Of very many with one id the newest.
///
/// # Errors
/// What reading failed with.
pub async fn find_many(
    tx: &impl Reads,
    archive: ArchiveId,
    wanted: impl IntoIterator<Item = &NewAlias>,
) -> Result<HashMap<AliasKey, Vec<MessageId>>, StoreError> {
    let wanted: HashSet<&NewAlias> = wanted.into_iter().collect();
    let wanted: Vec<&NewAlias> = wanted.into_iter().collect();
    let mut found: HashMap<AliasKey, Vec<MessageId>> = HashMap::new();
    for chunk in sql::batches(&wanted) {
        // CROSS JOIN fixes the order: each wanted id is looked up, instead of the table searched for them.
        let query = format!(
            "WITH wanted (kind, value, sender) AS (VALUES {})
             SELECT a.* FROM wanted CROSS JOIN alias AS a
             ON a.archive_id = ? AND a.kind = wanted.kind AND a.value = wanted.value AND a.sender_address = wanted.sender
             AND a.message_id IN (SELECT b.message_id FROM alias AS b WHERE b.archive_id = a.archive_id
             AND b.kind = wanted.kind AND b.value = wanted.value AND b.sender_address = wanted.sender
             ORDER BY b.message_id DESC LIMIT {MOST_OF_ONE_ID})",
            vec!["(?, ?, ?)"; chunk.len()].join(", ")
        );
        let mut values: Vec<Value> = Vec::with_capacity(chunk.len() * 3 + 1);
        for alias in chunk {
            values.extend([
                alias.kind.into(),
                alias.value.clone().into(),
                alias.sender_address.clone().into(),
            ]);
        }
        values.push(archive.into());
        for Alias {
            archive_id,
            kind,
            value,
            sender_address,
            message_id,
        } in sql::all(tx.db(), &query, values).await?
        {
            let key = AliasKey {
                archive_id,
                kind,
                value,
                sender_address,
            };
            found.entry(key).or_default().push(message_id);
        }
    }
    Ok(found)
}

/// Every id of a message.
///
/// # Errors
/// What reading failed with.
pub async fn of_message(tx: &impl Reads, message: MessageId) -> Result<Vec<Alias>, StoreError> {
    const QUERY: &str = "SELECT * FROM alias WHERE message_id = ? ORDER BY kind, value, sender_address";
    sql::all(tx.db(), QUERY, vec![message.into()]).await
}

/// The archive's id of the newest message up to a position that has one.
///
/// # Errors
/// What reading failed with.
pub async fn archived_up_to(
    tx: &impl Reads,
    conversation: ConversationId,
    position: i64,
) -> Result<Option<String>, StoreError> {
    const QUERY: &str = "SELECT a.value FROM message AS m CROSS JOIN alias AS a ON a.message_id = m.id AND a.kind = ?
        WHERE m.conversation_id = ? AND m.position <= ?
        ORDER BY m.position DESC, m.id DESC LIMIT 1";
    let values = vec![AliasKind::StanzaId.into(), conversation.into(), position.into()];
    sql::value(tx.db(), QUERY, values).await
}

/// Moves ids of the archive to the messages that the archive lists under them.
pub(crate) async fn take_over(
    tx: &WriteTx,
    archive: ArchiveId,
    aliases: Vec<(NewAlias, MessageId)>,
) -> Result<(), StoreError> {
    for chunk in sql::batches(&aliases) {
        let delete = format!(
            "DELETE FROM alias WHERE archive_id = ? AND kind = ? AND value IN ({})",
            sql::marks(chunk.len())
        );
        let mut values: Vec<Value> = vec![archive.into(), AliasKind::StanzaId.into()];
        values.extend(chunk.iter().map(|(alias, _)| Value::from(alias.value.clone())));
        sql::execute(tx.db(), &delete, values).await?;
    }
    put(tx, archive, aliases).await
}

pub(crate) async fn put(
    tx: &WriteTx,
    archive: ArchiveId,
    aliases: Vec<(NewAlias, MessageId)>,
) -> Result<(), StoreError> {
    for chunk in sql::batches(&aliases) {
        let insert = format!(
            "INSERT INTO alias (archive_id, kind, value, sender_address, message_id) VALUES {} ON CONFLICT DO NOTHING",
            vec!["(?, ?, ?, ?, ?)"; chunk.len()].join(", ")
        );
        let mut values: Vec<Value> = Vec::with_capacity(chunk.len() * 5);
        for (alias, message) in chunk {
            values.extend([
                archive.into(),
                alias.kind.into(),
                alias.value.clone().into(),
                alias.sender_address.clone().into(),
                (*message).into(),
            ]);
        }
        sql::execute(tx.db(), &insert, values).await?;
    }
    Ok(())
}
