//! The one window.
//!
//! The web view is private ("incognito"): it stores nothing of the page on disk. (WebKitGTK still makes an empty folder,
//! with random salts in it, for the ordinary context that Tauri makes beside the private one; it is kept with the app's
//! other files.) WebDriver cannot attach to a private web view on Linux, so under WebDriver
//! (`TAURI_WEBVIEW_AUTOMATION=true`, which its driver sets) the view is an ordinary one, whose files a test can search. A
//! release knows no WebDriver.

use std::path::PathBuf;

use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Manager, Runtime, Url, WebviewWindowBuilder};
use tauri_plugin_window_state::StateFlags;
use tempfile::TempDir;

#[cfg(target_os = "linux")]
use crate::backend::Backend;
use crate::environment::IS_FOR_TESTS;
use crate::look::{self, Look};
use crate::page::{self, Page};
use crate::paths::Paths;
#[cfg(target_os = "linux")]
use crate::sandbox;
use crate::start_failure::StartFailure;

/// Label of the window, as in `tauri.conf.json` and the capabilities.
pub(crate) const MAIN: &str = "main";

/// Size and position are kept, and whether it fills the screen; not whether it is visible.
const KEPT: StateFlags = StateFlags::SIZE
    .union(StateFlags::POSITION)
    .union(StateFlags::MAXIMIZED)
    .union(StateFlags::FULLSCREEN);

/// A folder for the web view where the app's own cannot be had; gone at the end.
struct Makeshift(#[allow(dead_code, reason = "held for its drop")] TempDir);

/// Opens the window, in the right colour before the page is drawn.
pub(crate) fn open<R: Runtime>(app: &AppHandle<R>, paths: &Paths) -> Result<(), StartFailure> {
    let config = app
        .config()
        .app
        .windows
        .iter()
        .find(|window| window.label == MAIN)
        .cloned();
    let config = config.ok_or_else(|| StartFailure::Window("no window is configured".to_owned()))?;
    // Here and not with the other plugins: it needs the path, and puts each window opened after it in its place.
    let kept = tauri_plugin_window_state::Builder::new().with_state_flags(KEPT);
    app.plugin(kept.with_filename(paths.window().to_string_lossy()).build())?;
    let look = Look::read(&paths.look());
    let builder = WebviewWindowBuilder::from_config(app, &config)?
        .theme(look.window_theme())
        .initialization_script(look.script())
        .devtools(cfg!(debug_assertions))
        // For the app's own menu of text, which takes the place of the web view's.
        .enable_clipboard_access()
        .on_navigation(stays_inside)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, _| false);
    let folder = web_view_folder(app, paths)?;
    let window = builder.data_directory(folder).incognito(!driven()).build()?;
    app.manage(Page::default());
    page::watch(&window)?;
    #[cfg(target_os = "linux")]
    {
        let client = app.state::<Backend>().client().clone();
        sandbox::inspect(&window, move |found| client.set_web_view_sandbox(found))?;
    }
    // Hidden until here: the system's theme is known only now.
    window.set_background_color(Some(look::ground(window.theme()?)))?;
    window.show()?;
    Ok(())
}

/// Where the web view may put files. Tauri opens no window without such a folder; that the person's home cannot be written is
/// for the page to say, in words.
fn web_view_folder<R: Runtime>(app: &AppHandle<R>, paths: &Paths) -> Result<PathBuf, StartFailure> {
    let own = paths.web_view();
    let Err(error) = std::fs::create_dir_all(&own) else {
        return Ok(own);
    };
    tracing::warn!(kind = %error.kind(), "web view has no folder of its own");
    let makeshift = tempfile::Builder::new().prefix("wardline-web-view-").tempdir();
    let makeshift = makeshift.map_err(|error| StartFailure::Window(error.to_string()))?;
    let path = makeshift.path().to_owned();
    app.manage(Makeshift(makeshift));
    Ok(path)
}

/// Brings the window to the front, unless there is only a dead picture in it.
pub(crate) fn focus<R: Runtime>(app: &AppHandle<R>) {
    if app.try_state::<Page>().is_some_and(|page| page.is_given_up()) {
        return;
    }
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
    IS_FOR_TESTS && std::env::var_os("TAURI_WEBVIEW_AUTOMATION").is_some_and(|value| value == "true")
}
