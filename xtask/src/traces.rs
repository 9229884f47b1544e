//! Keeps traces of the computer that builds, and doors for tests, out of the app that is handed out.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Failure;
use crate::places;

/// Variables that only builds for tests and the demo obey.
const DOORS: [&str; 2] = ["WARDLINE_PROFILE_DIR", "WARDLINE_DEMO_SIGN_IN"];

/// Lets a command that compiles write other paths into the program than those of this computer.
pub(crate) fn keep_out(command: &mut Command) {
    let mut flags: Vec<String> = paths()
        .iter()
        .map(|(path, name)| format!("--remap-path-prefix={}={name}", path.display()))
        .collect();
    // Separated by a character that stands in no path.
    command.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
    if cfg!(unix) {
        flags.clear();
        flags.extend(
            paths()
                .iter()
                .map(|(path, name)| format!("-ffile-prefix-map={}={name}", path.display())),
        );
        command.env("CFLAGS", flags.join(" ")).env("CXXFLAGS", flags.join(" "));
    }
}

/// Looks for such traces in a program.
pub(crate) fn check(program: &Path) -> Result<(), Failure> {
    let content = fs::read(program)?;
    let paths = paths();
    let paths = paths.iter().map(|(path, _)| path.to_string_lossy().into_owned());
    let found = found_in(&content, paths.chain(DOORS.map(str::to_owned)));
    if found.is_empty() {
        return Ok(());
    }
    Err(Failure::Wrong(format!(
        "{} holds what must not be handed out: {}",
        program.display(),
        found.join(", ")
    )))
}

fn found_in(content: &[u8], wanted: impl Iterator<Item = String>) -> Vec<String> {
    let holds = |text: &String| content.windows(text.len()).any(|window| window == text.as_bytes());
    wanted.filter(holds).collect()
}

/// Folders of this computer and the names in their place; of two that fit, the compiler takes the later.
fn paths() -> Vec<(PathBuf, &'static str)> {
    let home = std::env::home_dir().unwrap_or_default();
    let folder = |variable: &str, usual: &str| match std::env::var_os(variable) {
        Some(folder) => PathBuf::from(folder),
        None => home.join(usual),
    };
    vec![
        (folder("RUSTUP_HOME", ".rustup"), "/rustup"),
        (folder("CARGO_HOME", ".cargo"), "/cargo"),
        (places::root().to_owned(), "/wardline"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_not_be_in_a_program_is_found_wherever_it_stands() {
        let wanted = || {
            ["/home/build/wardline", "WARDLINE_PROFILE_DIR"]
                .map(str::to_owned)
                .into_iter()
        };
        assert_eq!(
            found_in(b"..\0/wardline/src/main.rs\0..", wanted()),
            Vec::<String>::new()
        );
        assert_eq!(
            found_in(b"/home/build/wardline/src/main.rs\0", wanted()),
            ["/home/build/wardline"]
        );
        assert_eq!(found_in(b"\0WARDLINE_PROFILE_DIR", wanted()), ["WARDLINE_PROFILE_DIR"]);
    }

    #[test]
    fn a_program_that_is_compiled_here_shows_no_path_of_this_machine() {
        let folder = tempfile::tempdir().unwrap();
        let source = folder.path().join("main.rs");
        fs::write(&source, "fn main() { println!(\"{}\", file!()); panic!(\"at\") }").unwrap();
        let compile = |flags: Vec<String>| {
            let program = folder.path().join("program");
            let status = Command::new("rustc")
                .args(["-C", "strip=symbols", "-C", "panic=abort", "-o"])
                .arg(&program)
                .args(flags)
                .arg(&source)
                .status()
                .unwrap();
            assert!(status.success());
            fs::read(program).unwrap()
        };
        let here = folder.path().to_string_lossy().into_owned();
        let holds = |content: &[u8]| !found_in(content, [here.clone()].into_iter()).is_empty();
        assert!(holds(&compile(Vec::new())), "else this test could not fail");
        assert!(!holds(&compile(vec![format!("--remap-path-prefix={here}=/wardline")])));
        let mut command = Command::new("cargo");
        keep_out(&mut command);
        let set = |name: &str| {
            command
                .get_envs()
                .any(|(variable, value)| variable == name && value.is_some())
        };
        assert!(set("CARGO_ENCODED_RUSTFLAGS"));
    }
}
