//! Somebody's computer: every folder that the app could write to, and the programs that run on it.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use tempfile::TempDir;

use crate::app::PATIENCE;

/// Whether the computer has a place for secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keyring {
    /// The one on the session bus.
    Unlocked,
    /// There is no session bus, so there is none.
    Missing,
}

/// Folders of one person's computer. It outlives the app, so that the app can be started again.
pub(crate) struct Computer {
    folder: TempDir,
    keyring: Keyring,
    /// A session bus of its own.
    bus: Option<OsString>,
    /// Another folder for what the app stores than one that is ready for it.
    place: Option<PathBuf>,
}

impl Computer {
    /// A new computer with a keyring.
    pub(crate) fn new() -> Self {
        Self::with(Keyring::Unlocked)
    }

    /// A new computer with a session bus of its own, on which there is no keyring.
    pub(crate) fn on_bus(address: &str) -> Self {
        Self {
            bus: Some(address.into()),
            ..Self::with(Keyring::Missing)
        }
    }

    /// A new computer on which the app is to store everything in this folder.
    pub(crate) fn storing_in(place: PathBuf) -> Self {
        Self {
            place: Some(place),
            ..Self::with(Keyring::Missing)
        }
    }

    /// A new computer.
    pub(crate) fn with(keyring: Keyring) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("wardline-window-")
            .tempdir()
            .expect("a temporary folder");
        for name in [
            "home",
            "profile",
            "data",
            "config",
            "cache",
            "state",
            "run",
            "temporary",
        ] {
            fs::create_dir(folder.path().join(name)).expect("a folder");
        }
        let run = folder.path().join("run");
        fs::set_permissions(run, fs::Permissions::from_mode(0o700)).expect("a private folder");
        Self {
            folder,
            keyring,
            bus: None,
            place: None,
        }
    }

    /// All of it: whatever the app writes is in here.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What the app was told to use for everything it stores.
    pub(crate) fn app_folder(&self) -> PathBuf {
        match &self.place {
            Some(place) => place.clone(),
            None => self.folder().join("profile"),
        }
    }

    /// An argument for the app by which its process is found; the app itself makes nothing of it. Its environment cannot be read:
    /// it is closed to other programs.
    pub(crate) fn mark(&self) -> OsString {
        format!("mark={}", self.app_folder().display()).into()
    }

    /// The environment of a program on this computer.
    pub(crate) fn environment(&self) -> Vec<(&'static str, OsString)> {
        let place = |name: &str| self.folder().join(name).into_os_string();
        let bus = match (self.keyring, &self.bus) {
            (_, Some(bus)) => bus.clone(),
            (Keyring::Unlocked, None) => needed("DBUS_SESSION_BUS_ADDRESS"),
            (Keyring::Missing, None) => format!("unix:path={}", self.folder().join("no-bus").display()).into(),
        };
        vec![
            ("HOME", place("home")),
            ("XDG_DATA_HOME", place("data")),
            ("XDG_CONFIG_HOME", place("config")),
            ("XDG_CACHE_HOME", place("cache")),
            ("XDG_STATE_HOME", place("state")),
            ("XDG_RUNTIME_DIR", place("run")),
            ("TMPDIR", place("temporary")),
            ("WARDLINE_PROFILE_DIR", self.app_folder().into_os_string()),
            ("DISPLAY", needed("DISPLAY")),
            ("GDK_BACKEND", "x11".into()),
            ("DBUS_SESSION_BUS_ADDRESS", bus),
            ("WEBKIT_DISABLE_DMABUF_RENDERER", "1".into()),
            ("NO_AT_BRIDGE", "1".into()),
        ]
    }

    /// All files, as they are now.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        let mut folders = vec![self.folder().to_owned()];
        while let Some(folder) = folders.pop() {
            // A running app makes and removes files while this looks.
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                    Ok(kind) if kind.is_file() => files.push(entry.path()),
                    _ => {}
                }
            }
        }
        files
    }

    /// The encrypted databases of the profile.
    pub(crate) fn databases(&self) -> Vec<PathBuf> {
        let mut files = self.files();
        files.retain(|file| file.extension().is_some_and(|extension| extension == "db"));
        files.retain(|file| file.starts_with(self.app_folder()));
        files
    }

    /// The key of the only database, as the keyring has it.
    pub(crate) fn key(&self) -> Option<Vec<u8>> {
        let databases = self.databases();
        assert_eq!(databases.len(), 1, "{databases:?}");
        key_of(&databases[0])
    }

    /// Waits until no program of this computer runs any more: neither the app nor the web view's processes.
    pub(crate) fn wait_until_nothing_runs(&self) {
        let started = Instant::now();
        while !self.processes().is_empty() {
            assert!(started.elapsed() < PATIENCE, "still running: {:?}", self.processes());
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }

    /// The programs that run on this computer: the app by its [mark](Self::mark), its children by their environment.
    pub(crate) fn processes(&self) -> Vec<u32> {
        let variable = format!("WARDLINE_PROFILE_DIR={}\0", self.app_folder().display()).into_bytes();
        let argument = format!("{}\0", self.mark().display()).into_bytes();
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
        // What cannot be read of a process that has ended, or is another's, is not of one that runs here.
        let holds = |id: u32, what: &str, mark: &[u8]| {
            fs::read(format!("/proc/{id}/{what}")).is_ok_and(|shown| shown.windows(mark.len()).any(|part| part == mark))
        };
        ids.filter(|id| holds(*id, "environ", &variable) || holds(*id, "cmdline", &argument))
            .collect()
    }

    /// Those of them with this name, of which the system keeps fifteen letters.
    pub(crate) fn processes_named(&self, name: &str) -> Vec<u32> {
        let kept: String = name.chars().take(15).collect();
        let is_named =
            |id: &u32| fs::read_to_string(format!("/proc/{id}/comm")).is_ok_and(|comm| comm.trim_end() == kept);
        self.processes().into_iter().filter(is_named).collect()
    }

    /// All that the app has logged.
    pub(crate) fn log(&self) -> String {
        let files = self.files();
        let logs = files
            .iter()
            .filter(|file| file.starts_with(self.app_folder().join("logs")));
        logs.map(|file| fs::read_to_string(file).expect("a log")).collect()
    }
}

/// What the keyring has for a database.
pub(crate) fn key_of(database: &Path) -> Option<Vec<u8>> {
    let id = database.file_stem().and_then(|name| name.to_str()).expect("a name");
    let found = Command::new("secret-tool")
        .args(["lookup", "service", "wardline", "username", id])
        .output()
        .expect("secret-tool; `cargo xtask test` installs it");
    // Behind the key there is the same key, sealed.
    found.stdout.first_chunk::<32>().map(|key| key.to_vec())
}

fn needed(variable: &str) -> OsString {
    std::env::var_os(variable).unwrap_or_else(|| {
        panic!(
            "these tests open real windows and need {variable}; `cargo xtask test` starts a screen and a session bus"
        )
    })
}
