//! The chat list and threads.

use tauri::State;
use wardline_sdk::view::{
    Blocked, CommandError, Composing, ConversationChange, ConversationId, FoundPeople, InboxSnapshot, JumpTarget,
    MessageId, ReadThrough, TimelineSnapshot,
};

use crate::backend::Backend;
use crate::notifications::Notifications;

type Result<T> = std::result::Result<T, CommandError>;

/// The chat list anew.
#[tauri::command]
pub(crate) async fn inbox(backend: State<'_, Backend>) -> Result<InboxSnapshot> {
    backend.client().inbox().await
}

/// Finds or makes the one-to-one conversation with an address.
#[tauri::command]
pub(crate) async fn start_conversation(backend: State<'_, Backend>, address: String) -> Result<ConversationId> {
    backend.client().start_conversation(address).await
}

/// The thread's loaded window; changes follow as events.
#[tauri::command]
pub(crate) async fn open_conversation(
    backend: State<'_, Backend>,
    notifications: State<'_, Notifications>,
    conversation: ConversationId,
) -> Result<TimelineSnapshot> {
    let opened = backend.client().open_conversation(conversation).await?;
    notifications.opened(conversation);
    Ok(opened)
}

/// No more events of this thread.
#[tauri::command]
pub(crate) async fn close_conversation(
    backend: State<'_, Backend>,
    notifications: State<'_, Notifications>,
    conversation: ConversationId,
) -> Result<()> {
    notifications.closed(conversation);
    backend.client().close_conversation(conversation).await
}

/// The open thread's window anew.
#[tauri::command]
pub(crate) async fn timeline(backend: State<'_, Backend>, conversation: ConversationId) -> Result<TimelineSnapshot> {
    backend.client().timeline(conversation).await
}

/// Older messages; they follow as events.
#[tauri::command]
pub(crate) async fn page_back(backend: State<'_, Backend>, conversation: ConversationId) -> Result<()> {
    backend.client().page_back(conversation).await
}

/// Newer messages; they follow as events.
#[tauri::command]
pub(crate) async fn page_forward(backend: State<'_, Backend>, conversation: ConversationId) -> Result<()> {
    backend.client().page_forward(conversation).await
}

/// Another window of the open thread.
#[tauri::command]
pub(crate) async fn jump(
    backend: State<'_, Backend>,
    conversation: ConversationId,
    to: JumpTarget,
) -> Result<TimelineSnapshot> {
    backend.client().jump(conversation, to).await
}

/// The reader has this message before them.
#[tauri::command]
pub(crate) async fn view(backend: State<'_, Backend>, conversation: ConversationId, message: MessageId) -> Result<()> {
    backend.client().view(conversation, message).await
}

/// Everything up to this message was seen.
#[tauri::command]
pub(crate) async fn mark_read(
    backend: State<'_, Backend>,
    conversation: ConversationId,
    message: MessageId,
) -> Result<()> {
    backend.client().mark_read(conversation, message).await
}

/// Marks conversations as read.
#[tauri::command]
pub(crate) async fn mark_all_read(backend: State<'_, Backend>, through: Vec<ReadThrough>) -> Result<()> {
    backend.client().mark_all_read(through).await
}

/// Pins, mutes, puts aside or marks as unread.
#[tauri::command]
pub(crate) async fn decide(
    backend: State<'_, Backend>,
    conversation: ConversationId,
    change: ConversationChange,
) -> Result<()> {
    backend.client().decide(conversation, change).await
}

/// Takes nothing more from the person of a conversation.
#[tauri::command]
pub(crate) async fn block(backend: State<'_, Backend>, conversation: ConversationId) -> Result<()> {
    backend.client().block(conversation).await
}

/// Takes what the person of a conversation says again.
#[tauri::command]
pub(crate) async fn unblock(backend: State<'_, Backend>, conversation: ConversationId) -> Result<()> {
    backend.client().unblock(conversation).await
}

/// Takes again what comes from whoever has this address, or the team.
#[tauri::command]
pub(crate) async fn unblock_address(backend: State<'_, Backend>, address: String) -> Result<()> {
    backend.client().unblock_address(address).await
}

/// Everybody who is blocked, people and teams.
#[tauri::command]
pub(crate) async fn blocked(backend: State<'_, Backend>) -> Result<Vec<Blocked>> {
    backend.client().blocked().await
}

/// Colleagues to write to.
#[tauri::command]
pub(crate) async fn find_people(backend: State<'_, Backend>, text: String) -> Result<FoundPeople> {
    backend.client().find_people(text).await
}

/// Keeps unfinished text.
#[tauri::command]
pub(crate) async fn save_draft(backend: State<'_, Backend>, conversation: ConversationId, text: String) -> Result<()> {
    backend.client().save_draft(conversation, text).await
}

/// Tells the other side that something is being typed, or no longer.
#[tauri::command]
pub(crate) async fn compose(
    backend: State<'_, Backend>,
    conversation: ConversationId,
    composing: Composing,
) -> Result<()> {
    backend.client().compose(conversation, composing).await
}
