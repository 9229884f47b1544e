//! Variables of the environment that open the app to whoever sets them: tests and the demo need them, a release ignores them.
//!
//! The app's own ([`paths`](crate::paths), [`demo`](crate::demo)) are not compiled into a release. Those that the web view reads by
//! itself are taken out of the environment before it starts.

use std::process::ExitCode;

/// Whether this build obeys the variables of tests and the demo.
pub(crate) const IS_FOR_TESTS: bool = cfg!(any(debug_assertions, feature = "demo"));

/// What the web view obeys by itself: remote control, remote inspection, another program or folder in its place.
pub(crate) const OPENING: [&str; 10] = [
    "TAURI_WEBVIEW_AUTOMATION",
    "WEBKIT_INSPECTOR_SERVER",
    "WEBKIT_INSPECTOR_HTTP_SERVER",
    "WEBVIEW2_ADDITIONAL_BROWSER_ARGUMENTS",
    "WEBVIEW2_BROWSER_EXECUTABLE_FOLDER",
    "WEBVIEW2_USER_DATA_FOLDER",
    "WEBVIEW2_RELEASE_CHANNEL_PREFERENCE",
    "WEBVIEW2_CHANNEL_SEARCH_KIND",
    "WEBVIEW2_PIPE_FOR_SCRIPT_DEBUGGER",
    "WEBVIEW2_WAIT_FOR_SCRIPT_DEBUGGER",
];

/// Takes those variables away, in a release. `Some`: the app has run without them in another process and ended like that.
///
/// To be called before there is a second thread.
pub(crate) fn close() -> Option<ExitCode> {
    let present = if IS_FOR_TESTS { Vec::new() } else { present() };
    if present.is_empty() { None } else { without(&present) }
}

pub(crate) fn present() -> Vec<&'static str> {
    OPENING
        .into_iter()
        .filter(|name| std::env::var_os(name).is_some())
        .collect()
}

/// No other thread reads the environment yet.
#[cfg(target_os = "linux")]
fn without(names: &[&str]) -> Option<ExitCode> {
    for name in names {
        webkit2gtk::glib::unsetenv(name);
    }
    None
}

/// Starts the app again without them: the standard library has no safe way to change its own environment.
#[cfg(not(target_os = "linux"))]
fn without(names: &[&str]) -> Option<ExitCode> {
    let mut again = std::process::Command::new(std::env::current_exe().ok()?);
    again.args(std::env::args_os().skip(1));
    for name in names {
        again.env_remove(name);
    }
    match again.status() {
        Ok(status) if status.success() => Some(ExitCode::SUCCESS),
        _ => Some(ExitCode::FAILURE),
    }
}
