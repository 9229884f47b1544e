//! What the desktop does for the interface.

use tauri::{AppHandle, Manager, Runtime, State};
use wardline_sdk::view::{CommandError, NotificationSettings};

use crate::backend::Backend;
use crate::look::{self, Look};
use crate::paths::Paths;
use crate::{links, window};

type Result<T> = std::result::Result<T, CommandError>;

/// Opens a web, mail or telephone link outside the app.
#[tauri::command]
pub(crate) async fn open_link(url: String) -> Result<()> {
    links::open(&url).await
}

/// How the system tells of new messages.
#[tauri::command]
pub(crate) async fn notification_settings(backend: State<'_, Backend>) -> Result<NotificationSettings> {
    backend.client().notification_settings().await
}

/// Keeps how the system tells of new messages.
#[tauri::command]
pub(crate) async fn save_notification_settings(
    backend: State<'_, Backend>,
    settings: NotificationSettings,
) -> Result<()> {
    backend.client().save_notification_settings(settings).await
}

/// Keeps theme and text size for the next start, and gives the window's frame the theme now.
#[tauri::command]
pub(crate) async fn save_look<R: Runtime>(app: AppHandle<R>, paths: State<'_, Paths>, look: Look) -> Result<()> {
    if let Some(window) = app.get_webview_window(window::MAIN) {
        // The frame is decoration: whether the window system takes it changes nothing for the page.
        let _frame = window.set_theme(look.window_theme());
        let _ground = window
            .theme()
            .and_then(|theme| window.set_background_color(Some(look::ground(theme))));
    }
    look.write(paths.look()).await.map_err(|error| {
        tracing::warn!(kind = %error.kind(), "look was not saved");
        CommandError::StoreUnavailable
    })
}
