//! Where things are in the source tree.

use std::path::{Path, PathBuf};

/// The root of the source tree.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// The interface's folder.
pub(crate) fn ui() -> PathBuf {
    root().join("ui")
}

/// Cargo's target folder.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// Where the logs of these tasks go.
pub(crate) fn logs() -> PathBuf {
    target().join("xtask")
}

/// Where tools that these tasks install for themselves go.
pub(crate) fn tools() -> PathBuf {
    target().join("tools")
}

/// The built app.
pub(crate) fn app(release: bool) -> PathBuf {
    let name = format!("wardline{}", std::env::consts::EXE_SUFFIX);
    target().join(if release { "release" } else { "debug" }).join(name)
}
