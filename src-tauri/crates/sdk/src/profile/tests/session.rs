//! Runs a test inside a D-Bus session of its own, with or without a real gnome-keyring.

use std::path::Path;
use std::process::{Command, Stdio};

const INSIDE: &str = "WARDLINE_TEST_KEYRING_SESSION";

/// How the keyring of the session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Session {
    /// gnome-keyring, unlocked.
    Unlocked,
    /// A D-Bus session in which nobody offers a keyring.
    NoKeyring,
    /// No D-Bus session at all.
    NoBus,
}

/// Starts a keyring and waits until the bus knows it: the daemon's own start ends a moment before.
pub(super) const KEYRING: &str = "printf 'keyring password' | gnome-keyring-daemon --unlock --components=secrets >&2 && \
    until dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner \
    string:org.freedesktop.secrets | grep -q 'boolean true'; do sleep 0.02; done";

/// Runs this same test again, inside such a session, and then `body` there. Fails where the programs are missing.
pub(super) fn inside(session: Session, test: &str, body: impl Future<Output = ()>) {
    if std::env::var_os(INSIDE).is_some() {
        tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(body);
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let own = std::env::current_exe().unwrap();
    let mut command = match session {
        Session::NoBus => Command::new(&own),
        Session::Unlocked | Session::NoKeyring => {
            let mut command = Command::new("dbus-run-session");
            command
                .arg("--config-file")
                .arg(bus_configuration(home.path()))
                .arg("--");
            if session == Session::Unlocked {
                // The daemon leaves with its bus.
                command.args(["sh", "-c", &format!("{KEYRING} && exec \"$@\""), "sh"]);
            }
            command.arg(&own);
            command
        }
    };
    let output = command
        .args(["--exact", test, "--nocapture"])
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env("HOME", home.path())
        .env("XDG_DATA_HOME", home.path().join("data"))
        .env("XDG_CONFIG_HOME", home.path().join("config"))
        .env("XDG_CACHE_HOME", home.path().join("cache"))
        .env("XDG_RUNTIME_DIR", home.path())
        .env(INSIDE, "1")
        .stdin(Stdio::null())
        .output()
        .expect("dbus-run-session (Debian package dbus-daemon) is needed for this test");
    let told = format!(
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success(), "{}: {told}", output.status);
    assert!(
        told.contains("1 passed"),
        "the test did not run inside the session: {told}"
    );
}

/// A bus that starts no services by itself: what is offered in the session is what the test put there.
fn bus_configuration(home: &Path) -> std::path::PathBuf {
    let path = home.join("bus.conf");
    let configuration = format!(
        r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir={}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>"#,
        home.display()
    );
    std::fs::write(&path, configuration).unwrap();
    path
}
