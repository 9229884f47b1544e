//! Files that belong to messages. Their content lives in the database too: beside it, it would not be encrypted.

use sea_orm::FromQueryResult;

use crate::store::sealed::Connected;
use crate::{AttachmentId, AttachmentState, MessageId, Reads, StoreError, Text, WriteTx, sql};

/// A file that belongs to a message, without its content.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Attachment {
    /// Its id.
    pub id: AttachmentId,
    /// The message.
    pub message_id: MessageId,
    /// Where the server keeps it.
    pub url: Text,
    /// File name.
    pub name: Option<Text>,
    /// Media type.
    pub mime: Option<String>,
    /// Size in bytes.
    pub size: Option<i64>,
    /// Width in pixels.
    pub width: Option<i64>,
    /// Height in pixels.
    pub height: Option<i64>,
    /// Its state.
    pub state: AttachmentState,
}

const COLUMNS: &str = "id, message_id, url, name, mime, size, width, height, state";

/// A file to be noted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAttachment {
    /// The message.
    pub message_id: MessageId,
    /// Where the server keeps it.
    pub url: Text,
    /// File name.
    pub name: Option<Text>,
    /// Media type.
    pub mime: Option<String>,
    /// Size in bytes.
    pub size: Option<i64>,
    /// Width in pixels.
    pub width: Option<i64>,
    /// Height in pixels.
    pub height: Option<i64>,
    /// Its state.
    pub state: AttachmentState,
}

/// Notes a file of a message.
///
/// # Errors
/// [`StoreError::Constraint`] if the message does not exist.
pub async fn add(tx: &WriteTx, new: NewAttachment) -> Result<AttachmentId, StoreError> {
    const INSERT: &str = "INSERT INTO attachment (message_id, url, name, mime, size, width, height, state)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id";
    let values = vec![
        new.message_id.into(),
        new.url.into(),
        new.name.into(),
        new.mime.into(),
        new.size.into(),
        new.width.into(),
        new.height.into(),
        new.state.into(),
    ];
    sql::value(tx.db(), INSERT, values).await?.ok_or(StoreError::NotFound)
}

/// The files of these messages, without their content.
///
/// # Errors
/// What reading failed with.
pub async fn of_messages(tx: &impl Reads, messages: &[MessageId]) -> Result<Vec<Attachment>, StoreError> {
    let mut attachments = Vec::new();
    for chunk in messages.chunks(500) {
        let query = format!(
            "SELECT {COLUMNS} FROM attachment WHERE message_id IN ({}) ORDER BY message_id, id",
            sql::marks(chunk.len())
        );
        attachments.extend(sql::all(tx.db(), &query, chunk.iter().map(|id| (*id).into()).collect()).await?);
    }
    Ok(attachments)
}

/// The content of a file, where it is here.
///
/// # Errors
/// What reading failed with.
pub async fn content(tx: &impl Reads, id: AttachmentId) -> Result<Option<Vec<u8>>, StoreError> {
    let query = "SELECT content FROM attachment WHERE id = ?";
    Ok(sql::value::<Option<Vec<u8>>>(tx.db(), query, vec![id.into()])
        .await?
        .flatten())
}

/// Stores the content of a file, which is then [`AttachmentState::Local`].
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn put_content(tx: &WriteTx, id: AttachmentId, content: Vec<u8>) -> Result<(), StoreError> {
    let values = vec![content.into(), AttachmentState::Local.into(), id.into()];
    sql::change(
        tx.db(),
        "UPDATE attachment SET content = ?, state = ? WHERE id = ?",
        values,
    )
    .await
}

/// Sets the state of a file.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn set_state(tx: &WriteTx, id: AttachmentId, state: AttachmentState) -> Result<(), StoreError> {
    sql::change(
        tx.db(),
        "UPDATE attachment SET state = ? WHERE id = ?",
        vec![state.into(), id.into()],
    )
    .await
}
