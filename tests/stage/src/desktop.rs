//! A desktop where there is none: a virtual screen, a session bus, a window manager and an unlocked keyring. All are new, and gone when
//! this value is dropped.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;
use wardline_test_support::process::Supervised;

use crate::failure::Failure;

/// How long each part may take to come up.
const START: Duration = Duration::from_secs(60);

/// A running desktop.
#[derive(Debug)]
pub(crate) struct Desktop {
    environment: Vec<(&'static str, OsString)>,
    // In the order in which they must go: clients before the bus, the bus before the screen.
    _parts: Vec<Supervised>,
    folder: TempDir,
}

impl Desktop {
    /// Starts everything. The home and XDG folders are new and empty.
    pub(crate) async fn start() -> Result<Self, Failure> {
        let folder = tempfile::Builder::new().prefix("wardline-desktop-").tempdir()?;
        let environment = folders(folder.path())?;
        let mut desktop = Self {
            environment,
            _parts: Vec::new(),
            folder,
        };
        let screen = desktop.screen().await?;
        let bus = desktop.bus().await?;
        let manager = desktop.start_part("openbox", &[], None).await?;
        let keyring = desktop.keyring().await?;
        desktop._parts = vec![keyring, manager, bus, screen];
        Ok(desktop)
    }

    /// The variables that put a program on this desktop.
    pub(crate) fn environment(&self) -> &[(&'static str, OsString)] {
        &self.environment
    }

    /// The file in which the screen is; see [`screen`](crate::screen).
    pub(crate) fn frame(&self) -> PathBuf {
        self.folder.path().join("Xvfb_screen0")
    }

    /// Starts a virtual screen under a number that is free.
    async fn screen(&mut self) -> Result<Supervised, Failure> {
        // Its messages go away so that the only line is the number of the display.
        let line = format!(
            "exec Xvfb -displayfd 3 -screen 0 1600x1000x24 -fbdir '{}' -nolisten tcp 3>&1 >/dev/null 2>&1",
            self.folder.path().display()
        );
        let screen = self.start_part("sh", &["-c", &line], Some("")).await?;
        let number = fs::read_to_string(screen.log())?.trim().to_owned();
        self.environment.push(("DISPLAY", format!(":{number}").into()));
        Ok(screen)
    }

    async fn bus(&mut self) -> Result<Supervised, Failure> {
        let arguments = ["--session", "--nofork", "--nopidfile", "--print-address=1"];
        let bus = self.start_part("dbus-daemon", &arguments, Some("unix:")).await?;
        let said = fs::read_to_string(bus.log())?;
        let address = said.lines().find(|line| line.starts_with("unix:")).unwrap_or_default();
        self.environment.push(("DBUS_SESSION_BUS_ADDRESS", address.into()));
        Ok(bus)
    }

    /// Starts the keyring, unlocked with a password that nobody needs again.
    async fn keyring(&self) -> Result<Supervised, Failure> {
        let line = "printf wardline | exec gnome-keyring-daemon --foreground --unlock --components=secrets";
        let keyring = self.start_part("sh", &["-c", line], None).await?;
        let mut asked = Command::new("sh");
        asked
            .args(["-c", KEYRING_IS_THERE])
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        let there = tokio::task::spawn_blocking(move || asked.status()).await;
        match there {
            Ok(Ok(status)) if status.success() => Ok(keyring),
            _ => Err(Failure::Needs(
                "gnome-keyring did not appear on the session bus.".to_owned(),
            )),
        }
    }

    async fn start_part(&self, name: &str, arguments: &[&str], ready: Option<&str>) -> Result<Supervised, Failure> {
        let mut command = Command::new(name);
        command
            .args(arguments)
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        let number = fs::read_dir(self.folder.path())?.count();
        let log = self.folder.path().join(format!("{number}-{name}.log"));
        let mut part = Supervised::start(&command, &log, ready)?;
        part.ready(START).await?;
        Ok(part)
    }
}

/// Asks the bus for at most half a minute whether somebody keeps secrets.
const KEYRING_IS_THERE: &str = r"for _ in $(seq 150); do
  dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner \
    string:org.freedesktop.secrets 2>/dev/null | grep -q true && exit 0
  sleep 0.2
done
exit 1";

/// Home and XDG folders under `base`, the run-time folder closed to others as the specification wants.
fn folders(base: &Path) -> Result<Vec<(&'static str, OsString)>, Failure> {
    let place = |name: &str| -> Result<PathBuf, Failure> {
        let folder = base.join(name);
        fs::create_dir_all(&folder)?;
        Ok(folder)
    };
    let runtime = place("runtime")?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&runtime, fs::Permissions::from_mode(0o700))?;
    }
    Ok(vec![
        ("XDG_RUNTIME_DIR", runtime.into()),
        ("HOME", place("home")?.into()),
        ("XDG_DATA_HOME", place("home/.local/share")?.into()),
        ("XDG_CONFIG_HOME", place("home/.config")?.into()),
        ("XDG_CACHE_HOME", place("home/.cache")?.into()),
        ("XDG_SESSION_TYPE", "x11".into()),
        ("GDK_BACKEND", "x11".into()),
        // No graphics card behind this screen: saves memory and a tenth of a second.
        ("WEBKIT_DISABLE_DMABUF_RENDERER", "1".into()),
        ("NO_AT_BRIDGE", "1".into()),
    ])
}
