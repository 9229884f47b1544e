//! The files around this program: cargo puts all programs of a build into a folder.

use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// The app.
pub(crate) fn app() -> Result<PathBuf, Failure> {
    let app = folder()?.join(format!("wardline{}", std::env::consts::EXE_SUFFIX));
    if app.exists() {
        Ok(app)
    } else {
        Err(Failure::Needs(format!(
            "There is no app at {}. `cargo xtask demo` builds it.",
            app.display()
        )))
    }
}

/// The folder of the logs that are read after the end, where the tasks of `cargo xtask` have theirs, too.
pub(crate) fn logs() -> Result<PathBuf, Failure> {
    let folder = folder()?;
    let logs = folder.parent().unwrap_or(&folder).join("xtask");
    std::fs::create_dir_all(&logs)?;
    Ok(logs)
}

/// `tauri-driver`.
pub(crate) fn driver() -> PathBuf {
    let named = std::env::var_os("WARDLINE_TAURI_DRIVER");
    named.map_or_else(|| PathBuf::from("tauri-driver"), PathBuf::from)
}

fn folder() -> Result<PathBuf, Failure> {
    let program = std::env::current_exe()?;
    Ok(program.parent().unwrap_or(Path::new(".")).to_owned())
}
