//! The interface's packages and its build.

use std::fs;
use std::process::Command;

use crate::failure::Failure;
use crate::{fingerprint, places, run};

/// The oldest Node that the interface's tools run on.
const OLDEST: (u32, u32) = (20, 19);

/// `npm`, in the interface's folder.
pub(crate) fn npm(arguments: &[&str]) -> Command {
    // On Windows npm is a script, which only a shell starts.
    let mut command = if cfg!(windows) {
        Command::new("cmd")
    } else {
        Command::new("npm")
    };
    if cfg!(windows) {
        command.args(["/C", "npm"]);
    }
    // The browser of the distribution is used; none is downloaded.
    command
        .args(arguments)
        .current_dir(places::ui())
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    command
}

/// Installs what `package-lock.json` lists, if that was not done since it last changed.
pub(crate) fn install() -> Result<(), Failure> {
    check_version()?;
    let lock = fs::read(places::ui().join("package-lock.json"))?;
    let stamp = places::ui().join("node_modules").join(".wardline-lock");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    run::logged("npm-ci", &mut npm(&["ci", "--no-fund", "--no-audit"]))?;
    fs::write(stamp, lock)?;
    Ok(())
}

/// Tauri's command line, at the source tree's root. Not among the interface's packages: its binaries for other systems are
/// missing from some registries, and then no lock file with it installs.
pub(crate) fn tauri(arguments: &[&str]) -> Command {
    let mut command = npm(&["exec", "--yes", "--package=@tauri-apps/cli@2.12.5", "--", "tauri"]);
    command.args(arguments).current_dir(places::root());
    command
}

/// The inputs of the interface's build, below the source tree's root.
const INPUTS: [&str; 9] = [
    "ui/src",
    "ui/public",
    "ui/index.html",
    "ui/package.json",
    "ui/package-lock.json",
    "ui/tsconfig.json",
    "ui/svelte.config.js",
    "ui/vite.config.ts",
    "ui/unchanged.ts",
];

/// Builds the interface that the app embeds, if what it is made of, or what was made, is not as the last build left it.
pub(crate) fn build() -> Result<(), Failure> {
    install()?;
    let stamp = places::logs().join("ui-build.stamp");
    if state().is_ok_and(|now| fs::read_to_string(&stamp).is_ok_and(|left| left == now)) {
        return Ok(());
    }
    run::logged("ui-build", &mut npm(&["run", "build"]))?;
    fs::write(stamp, state()?)?;
    Ok(())
}

/// The interface's sources and what was built of them, in numbers.
fn state() -> Result<String, Failure> {
    let inputs: Vec<_> = INPUTS.iter().map(|path| places::root().join(path)).collect();
    let made = places::ui().join("dist");
    // Nothing made is never up to date.
    if !made.join("index.html").exists() {
        return Err(Failure::Wrong("The build of the interface left no page.".to_owned()));
    }
    Ok(format!(
        "{:x} {:x}",
        fingerprint::of(&inputs)?,
        fingerprint::of(&[made])?
    ))
}

fn check_version() -> Result<(), Failure> {
    let output = Command::new("node")
        .arg("--version")
        .output()
        .map_err(|source| Failure::Missing {
            program: "node".to_owned(),
            source,
        })?;
    let text = String::from_utf8_lossy(&output.stdout)
        .trim()
        .trim_start_matches('v')
        .to_owned();
    let mut parts = text.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let version = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if version < OLDEST {
        let (major, minor) = OLDEST;
        return Err(Failure::Needs(format!(
            "Node {text} is too old: {major}.{minor} or newer is needed."
        )));
    }
    Ok(())
}
