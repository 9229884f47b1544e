//! Teams.

use tauri::State;
use wardline_sdk::view::{CommandError, ConversationId, NewTeam, OpenTeam, TeamChange, TeamDetails};

use crate::backend::Backend;

type Result<T> = std::result::Result<T, CommandError>;

/// Makes a team.
#[tauri::command]
pub(crate) async fn create_team(backend: State<'_, Backend>, team: NewTeam) -> Result<ConversationId> {
    backend.client().create_team(team).await
}

/// A team in full.
#[tauri::command]
pub(crate) async fn team(backend: State<'_, Backend>, conversation: ConversationId) -> Result<TeamDetails> {
    backend.client().team(conversation).await
}

/// Does something about a team.
#[tauri::command]
pub(crate) async fn change_team(
    backend: State<'_, Backend>,
    conversation: ConversationId,
    change: TeamChange,
) -> Result<()> {
    backend.client().change_team(conversation, change).await
}

/// The teams that anybody may enter.
#[tauri::command]
pub(crate) async fn open_teams(backend: State<'_, Backend>) -> Result<Vec<OpenTeam>> {
    backend.client().open_teams().await
}

/// Enters one of them.
#[tauri::command]
pub(crate) async fn join_team(backend: State<'_, Backend>, address: String) -> Result<ConversationId> {
    backend.client().join_team(address).await
}
