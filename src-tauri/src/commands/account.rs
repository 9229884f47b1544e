//! Starting, signing in and out.

use tauri::State;
use tauri::ipc::Channel;
use wardline_sdk::view::{CommandError, Event, FirstScreen, LocalData, SignIn, SignedIn};
use zeroize::Zeroizing;

use crate::backend::Backend;
use crate::events::Unreachable;
use crate::notifications::Notifications;
use crate::page::Page;

type Result<T> = std::result::Result<T, CommandError>;

/// The first call of the interface: what to show, and the receiver of all events. A page that was loaded anew is led back to
/// the conversation that was open before: it keeps nothing itself.
#[tauri::command]
pub(crate) async fn start(
    backend: State<'_, Backend>,
    notifications: State<'_, Notifications>,
    page: State<'_, Page>,
    on_events: Channel<Vec<Event>>,
) -> Result<FirstScreen> {
    page.began();
    let was_open = notifications.closed_all();
    let screen = backend
        .start(move |batch| on_events.send(batch).map_err(|_| Unreachable))
        .await;
    if let (Some(conversation), FirstScreen::SignedIn(_)) = (was_open, &screen) {
        backend.client().show(conversation, None);
    }
    Ok(screen)
}

/// Opens local data that a passphrase protects.
#[tauri::command]
pub(crate) async fn unlock(backend: State<'_, Backend>, passphrase: Zeroizing<String>) -> Result<FirstScreen> {
    backend.client().unlock(passphrase).await
}

/// Signs in.
#[tauri::command]
pub(crate) async fn sign_in(backend: State<'_, Backend>, form: SignIn) -> Result<SignedIn> {
    backend.client().sign_in(form).await
}

/// Signs out.
#[tauri::command]
pub(crate) async fn sign_out(
    backend: State<'_, Backend>,
    notifications: State<'_, Notifications>,
    local_data: LocalData,
) -> Result<()> {
    let signed_out = backend.client().sign_out(local_data).await;
    // Also where something could not be destroyed.
    notifications.clear().await;
    signed_out
}

/// Tries to connect now: the network is back, or somebody pressed the button.
#[tauri::command]
pub(crate) async fn reconnect(backend: State<'_, Backend>) -> Result<()> {
    backend.client().reconnect();
    Ok(())
}
