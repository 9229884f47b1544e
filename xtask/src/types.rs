//! The interface's types, generated out of the Rust types by `ts-rs` and checked in.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::arguments::TypesMode;
use crate::failure::Failure;
use crate::{places, run};

/// Writes them, or checks that those checked in are what would be written.
pub(crate) fn run(mode: TypesMode) -> Result<(), Failure> {
    let checked_in = places::ui().join("src/lib/backend/generated");
    match mode {
        TypesMode::Write => export(&checked_in),
        TypesMode::Check => {
            let folder = places::emptied("fresh-types")?;
            export(&folder)?;
            let (fresh, old) = (contents(&folder)?, contents(&checked_in)?);
            fs::remove_dir_all(folder)?;
            let stale: Vec<String> = fresh
                .iter()
                .filter(|(name, text)| old.get(*name) != Some(*text))
                .map(|(name, _)| name)
                .chain(old.keys().filter(|name| !fresh.contains_key(*name)))
                .map(|name| name.display().to_string())
                .collect();
            if stale.is_empty() {
                return Ok(());
            }
            Err(Failure::Wrong(format!(
                "Stale types: {}. Run `cargo xtask types`.",
                stale.join(", ")
            )))
        }
    }
}

fn export(folder: &Path) -> Result<(), Failure> {
    let mut command = run::cargo();
    // ts-rs exports from tests that it writes itself, called export_bindings_….
    command
        .args(["test", "--workspace", "--lib", "export_bindings"])
        .env("TS_RS_EXPORT_DIR", folder);
    run::logged("types", &mut command).map(drop)
}

fn contents(folder: &Path) -> Result<BTreeMap<PathBuf, String>, Failure> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "ts") {
                let name = path.strip_prefix(folder).unwrap_or(&path).to_owned();
                files.insert(name, fs::read_to_string(&path)?);
            }
        }
    }
    Ok(files)
}
