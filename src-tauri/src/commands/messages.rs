//! Sending.

use tauri::State;
use wardline_sdk::view::{CommandError, ConversationId, MessageId, Readers};

use crate::backend::Backend;

type Result<T> = std::result::Result<T, CommandError>;

/// Sends a message, now or when there is a connection.
#[tauri::command]
pub(crate) async fn send(backend: State<'_, Backend>, conversation: ConversationId, text: String) -> Result<MessageId> {
    backend.client().send(conversation, text).await
}

/// Puts another text in the place of a message that has not been sent.
#[tauri::command]
pub(crate) async fn edit(backend: State<'_, Backend>, message: MessageId, text: String) -> Result<()> {
    backend.client().edit(message, text).await
}

/// Who of a team has seen a message.
#[tauri::command]
pub(crate) async fn readers(backend: State<'_, Backend>, message: MessageId) -> Result<Readers> {
    backend.client().readers(message).await
}

/// Tries a failed message again.
#[tauri::command]
pub(crate) async fn resend(backend: State<'_, Backend>, message: MessageId) -> Result<()> {
    backend.client().resend(message).await
}

/// Removes a failed message.
#[tauri::command]
pub(crate) async fn discard(backend: State<'_, Backend>, message: MessageId) -> Result<()> {
    backend.client().discard(message).await
}
