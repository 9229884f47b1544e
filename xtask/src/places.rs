//! Where things are in the source tree.

use std::path::{Path, PathBuf};
use std::{fs, io};

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

/// A program of this workspace, after it was built.
pub(crate) fn built(name: &str, release: bool) -> PathBuf {
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    target().join(if release { "release" } else { "debug" }).join(name)
}

/// A folder of that name for files that a task needs for a moment: empty, though an earlier run may have left some.
pub(crate) fn emptied(name: &str) -> io::Result<PathBuf> {
    let folder = logs().join(name);
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => fs::create_dir_all(&folder)?,
    }
    Ok(folder)
}
