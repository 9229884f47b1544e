//! Who may know whom. The architecture says it; this keeps it true.

#![allow(clippy::unwrap_used, reason = "the whole file is a test, its helpers too")]

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The packages that a manifest names under `[dependencies]`.
fn dependencies(manifest: &str) -> Vec<String> {
    let text = std::fs::read_to_string(root().join(manifest)).unwrap();
    let dependencies = text
        .split("\n[")
        .find(|section| section.starts_with("dependencies]"))
        .unwrap();
    let named = dependencies
        .lines()
        .skip(1)
        .filter(|line| line.starts_with(|letter: char| letter.is_ascii_alphabetic()));
    named
        .map(|line| line.split(['.', ' ', '=']).next().unwrap().to_owned())
        .collect()
}

/// The packages of ours among them.
fn ours(manifest: &str) -> Vec<String> {
    let mut named = dependencies(manifest);
    named.retain(|name| name.starts_with("wardline-"));
    named
}

#[test]
fn dependencies_point_one_way() {
    assert_eq!(ours("src-tauri/crates/xmpp/Cargo.toml"), [""; 0]);
    assert_eq!(ours("src-tauri/crates/store/Cargo.toml"), [""; 0]);
    assert_eq!(
        ours("src-tauri/crates/sdk/Cargo.toml"),
        ["wardline-store", "wardline-xmpp"]
    );
    assert_eq!(ours("Cargo.toml"), ["wardline-sdk"]);
}

#[test]
fn xtask_compiles_in_seconds_because_it_depends_on_an_argument_parser_alone() {
    let named = dependencies("xtask/Cargo.toml");
    assert_eq!(named, ["lexopt"]);
}

/// Source files below a folder of the interface.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "ts" || end == "svelte") {
            found.push(path);
        }
    }
}

#[test]
fn one_file_of_the_interface_knows_the_shell_and_none_injects_html() {
    let mut found = Vec::new();
    sources(&root().join("ui/src"), &mut found);
    assert!(found.len() > 20, "the interface was found");
    let with = |what: &str| -> Vec<String> {
        let named = found
            .iter()
            .filter(|path| std::fs::read_to_string(path).unwrap().contains(what));
        named
            .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
            .collect()
    };
    assert_eq!(with("@tauri-apps/api"), ["tauri.ts"]);
    assert_eq!(with("{@html"), [""; 0]);
}
