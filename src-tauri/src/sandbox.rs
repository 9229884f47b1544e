//! WebKit's sandbox for the processes that draw the page (bubblewrap): they see neither the person's files nor the network.
//!
//! WebKitGTK starts it where it is asked to, and ends the app where it then fails. So it is asked only where the same kind of
//! sandbox was just started once. Linux alone has the choice: web views of Windows and macOS are always in one.
//! `WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS=1` is WebKit's own way to do without; diagnostics then say so.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tauri::{Runtime, WebviewWindow};
use wardline_sdk::view::WebViewSandbox;

/// Where WebKitGTK expects both programs.
const BUBBLEWRAP: &str = "/usr/bin/bwrap";
const DBUS_PROXY: &str = "/usr/bin/xdg-dbus-proxy";
/// The same kinds of separation that WebKit asks for.
const TRIAL: [&str; 12] = [
    "--die-with-parent",
    "--unshare-user",
    "--unshare-pid",
    "--unshare-uts",
    "--unshare-net",
    "--ro-bind",
    "/",
    "/",
    "--dev",
    "/dev",
    "--proc",
    "/proc",
];
/// A trial takes some milliseconds.
const PATIENCE: Duration = Duration::from_secs(2);
const PACE: Duration = Duration::from_millis(1);

/// Asks WebKit for its sandbox where it can be had. To be called before the window system starts, on the only thread.
pub(crate) fn request() {
    let has_proxy = Path::new(DBUS_PROXY).exists() && can_write_in(&runtime_folder());
    if has_proxy && succeeds(&mut trial(std::env::var_os("LD_LIBRARY_PATH"))) {
        // WebKit reads this when it makes its first process; Tauri hands out no context before that.
        let _refused_for_lack_of_memory = webkit2gtk::glib::setenv("WEBKIT_FORCE_SANDBOX", "1", true);
    }
}

/// The same kind of sandbox around a program that does nothing. WebKit puts the folders of this variable into its own, and fails
/// where one of them cannot be read.
pub(crate) fn trial(libraries: Option<OsString>) -> Command {
    let mut trial = Command::new(BUBBLEWRAP);
    trial.args(TRIAL);
    for folder in libraries.iter().flat_map(std::env::split_paths) {
        if folder.is_absolute() {
            trial.arg("--ro-bind").arg(&folder).arg(&folder);
        }
    }
    trial.args(["--", "true"]);
    trial
}

/// Where WebKit puts the sockets of its D-Bus proxy.
fn runtime_folder() -> PathBuf {
    webkit2gtk::glib::user_runtime_dir()
}

pub(crate) fn can_write_in(folder: &Path) -> bool {
    std::fs::create_dir_all(folder).is_ok() && tempfile::tempfile_in(folder).is_ok()
}

/// Whether a program ends well, soon.
pub(crate) fn succeeds(program: &mut Command) -> bool {
    let quiet = program.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let Ok(mut running) = quiet.spawn() else { return false };
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        match running.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => std::thread::sleep(PACE),
            Err(_) => break,
        }
    }
    let _ended_meanwhile = running.kill();
    let _reaped = running.wait();
    false
}

/// Finds out whether the window's web view is in a sandbox, and says so to `found`.
pub(crate) fn inspect<R: Runtime>(
    window: &WebviewWindow<R>,
    found: impl FnOnce(WebViewSandbox) + Send + 'static,
) -> tauri::Result<()> {
    use webkit2gtk::{WebContextExt, WebViewExt};

    window.with_webview(|view| {
        let context = view.inner().context();
        found(match context.is_some_and(|context| context.is_sandbox_enabled()) {
            true => WebViewSandbox::On,
            false => WebViewSandbox::Off,
        });
    })
}
