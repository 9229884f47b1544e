//! The one window.
//!
//! The web view is private ("incognito"): it stores nothing of the page on disk. (WebKitGTK still makes an empty folder,
//! with random salts in it, for the ordinary context that Tauri makes beside the private one; it is kept with the app's
//! other files.) WebDriver cannot attach to a private web view on Linux, so under WebDriver
//! (`TAURI_WEBVIEW_AUTOMATION=true`, which its driver sets) the view is an ordinary one, whose files a test can search.

use std::error::Error;

use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Manager, Runtime, Url, WebviewWindowBuilder};
use tauri_plugin_window_state::StateFlags;

use crate::look::{self, Look};
use crate::paths::Paths;

/// Label of the window, as in `tauri.conf.json` and the capabilities.
pub(crate) const MAIN: &str = "main";

/// Size and position are kept, and whether it fills the screen; not whether it is visible.
const KEPT: StateFlags = StateFlags::SIZE
    .union(StateFlags::POSITION)
    .union(StateFlags::MAXIMIZED)
    .union(StateFlags::FULLSCREEN);

/// Opens the window, in the right colour before the page is drawn.
pub(crate) fn open<R: Runtime>(app: &AppHandle<R>, paths: &Paths) -> Result<(), Box<dyn Error>> {
    let config = app
        .config()
        .app
        .windows
        .iter()
        .find(|window| window.label == MAIN)
        .cloned();
    let config = config.ok_or("no window is configured")?;
    // Here and not with the other plugins: it needs the path, and puts each window opened after it in its place.
    let kept = tauri_plugin_window_state::Builder::new().with_state_flags(KEPT);
    app.plugin(kept.with_filename(paths.window().to_string_lossy()).build())?;
    let look = Look::read(&paths.look());
    let builder = WebviewWindowBuilder::from_config(app, &config)?
        .theme(look.window_theme())
        .initialization_script(look.script())
        .devtools(cfg!(debug_assertions))
        .on_navigation(stays_inside)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, _| false);
    let window = builder.data_directory(paths.web_view()).incognito(!driven()).build()?;
    // Hidden until here: the system's theme is known only now.
    window.set_background_color(Some(look::ground(window.theme()?)))?;
    window.show()?;
    Ok(())
}

/// Brings the window to the front.
pub(crate) fn focus<R: Runtime>(app: &AppHandle<R>) {
    if let Some(window) = app.get_webview_window(MAIN) {
        // Each may be refused by the window system; the next is tried all the same.
        let _shown = window.show();
        let _restored = window.unminimize();
        let _focused = window.set_focus();
    }
}

/// Only the app's own page is ever loaded into the window.
fn stays_inside(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => true,
        "http" | "https" => match url.host_str() {
            Some("tauri.localhost") => true,
            Some("localhost") => tauri::is_dev() && url.port() == Some(1420),
            _ => false,
        },
        "about" => url.path() == "blank",
        _ => false,
    }
}

fn driven() -> bool {
    std::env::var_os("TAURI_WEBVIEW_AUTOMATION").is_some_and(|value| value == "true")
}
