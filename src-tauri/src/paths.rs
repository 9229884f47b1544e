//! Where files are.

use std::path::{Path, PathBuf};

use tauri::{AppHandle, Manager, Runtime};

use crate::environment::IS_FOR_TESTS;

/// Names a folder for everything the app stores, in place of the operating system's: for tests and the demo. A release ignores
/// it.
const OVERRIDE: &str = "WARDLINE_PROFILE_DIR";

/// The folder that the environment names, if any, and if this build obeys it.
pub(crate) fn overridden() -> Option<PathBuf> {
    IS_FOR_TESTS
        .then(|| std::env::var_os(OVERRIDE))
        .flatten()
        .filter(|folder| !folder.is_empty())
        .map(PathBuf::from)
}

/// Where files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Paths {
    base: PathBuf,
    /// Logs.
    pub(crate) logs: PathBuf,
}

impl Paths {
    /// The folders of this user and operating system:
    ///
    /// | | local data | logs |
    /// |---|---|---|
    /// | Linux | `~/.local/share/org.wardline.desktop` | `…/logs` in it |
    /// | macOS | `~/Library/Application Support/org.wardline.desktop` | `~/Library/Logs/org.wardline.desktop` |
    /// | Windows | `%LOCALAPPDATA%\org.wardline.desktop` | `…\logs` in it |
    /// | `WARDLINE_PROFILE_DIR` (not in a release) | that folder | `logs` in it |
    ///
    /// On Windows the local folder, not the roaming one: an encrypted database does not belong on a file server, and its
    /// key stays on this computer anyway.
    pub(crate) fn of<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<Self> {
        match overridden() {
            Some(base) => Ok(Self::under(&base)),
            None => Ok(Self {
                base: app.path().app_local_data_dir()?,
                logs: app.path().app_log_dir()?,
            }),
        }
    }

    /// Everything under one folder.
    pub(crate) fn under(base: &Path) -> Self {
        Self {
            base: base.to_owned(),
            logs: base.join("logs"),
        }
    }

    /// The database and its description; see [`wardline_sdk::profile`].
    pub(crate) fn profile(&self) -> PathBuf {
        self.base.join("profile")
    }

    /// Size and position of the window.
    pub(crate) fn window(&self) -> PathBuf {
        self.base.join("window.json")
    }

    /// Theme and text size.
    pub(crate) fn look(&self) -> PathBuf {
        self.base.join("look.json")
    }

    /// The web view's own files.
    pub(crate) fn web_view(&self) -> PathBuf {
        self.base.join("web-view")
    }
}
