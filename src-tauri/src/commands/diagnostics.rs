//! For whoever has to find out why something does not work.

use tauri::State;
use wardline_sdk::view::{CommandError, ConversationId, Diagnostics, HeldPage, HeldQuery};

use crate::backend::Backend;

type Result<T> = std::result::Result<T, CommandError>;

/// The connection, the server's features, and what is held in numbers.
#[tauri::command]
pub(crate) async fn diagnostics(backend: State<'_, Backend>) -> Result<Diagnostics> {
    backend.client().diagnostics().await
}

/// How long the server takes to answer, in milliseconds.
#[tauri::command]
pub(crate) async fn round_trip(backend: State<'_, Backend>) -> Result<u32> {
    backend.client().round_trip().await
}

/// What is held of some conversations.
#[tauri::command]
pub(crate) async fn held(backend: State<'_, Backend>, query: HeldQuery) -> Result<HeldPage> {
    backend.client().held(query).await
}

/// Compares a conversation with the server; how far it is follows as events.
#[tauri::command]
pub(crate) async fn check_conversation(backend: State<'_, Backend>, conversation: ConversationId) -> Result<()> {
    backend.client().check_conversation(conversation).await
}

/// Gives up a comparison.
#[tauri::command]
pub(crate) async fn stop_check(backend: State<'_, Backend>, conversation: ConversationId) -> Result<()> {
    backend.client().stop_check(conversation).await
}

/// A report that names nobody.
#[tauri::command]
pub(crate) async fn diagnostics_report(backend: State<'_, Backend>) -> Result<String> {
    backend.client().diagnostics_report().await
}
