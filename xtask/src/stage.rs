//! Tasks that need servers, a desktop or a window: this builds the stage (`tests/stage`), which has them, and hands over to it.

use std::path::PathBuf;
use std::process::Command;

use crate::arguments::{Consent, DemoOptions};
use crate::build::{self, Profile};
use crate::failure::Failure;
use crate::packages::{self, Need};
use crate::tools::{DRIVER, DRIVER_VARIABLE};
use crate::{places, run};

/// Runs the demo until it is closed or interrupted.
pub(crate) fn demo(options: &DemoOptions, consent: Consent) -> Result<(), Failure> {
    let need = if options.server.is_some() {
        Need::Build
    } else {
        Need::Demo
    };
    packages::ensure(need, consent)?;
    let profile = if options.release {
        Profile::ReleaseDemo
    } else {
        Profile::Debug
    };
    let mut stage = program(profile);
    stage.arg("demo");
    if let Some(folder) = pictures(options) {
        stage.arg("--shots").arg(folder).env(DRIVER_VARIABLE, DRIVER.ready()?);
    }
    if options.exit {
        stage.arg("--exit");
    }
    if let (Some(server), Some(user)) = (&options.server, &options.user) {
        stage.args(["--server", server, "--user", user]);
    }
    build::app_and_stage(profile)?;
    run::handed_over(&mut stage)
}

/// Measures the app in its window.
pub(crate) fn bench(name: &str, consent: Consent) -> Result<(), Failure> {
    packages::ensure(Need::Demo, consent)?;
    let mut stage = program(Profile::ReleaseDemo);
    stage.args(["bench", name]).env(DRIVER_VARIABLE, DRIVER.ready()?);
    build::app_and_stage(Profile::ReleaseDemo)?;
    run::handed_over(&mut stage)
}

/// The command that runs `tests` on a virtual desktop. Cargo needs the real home; the tests give each app a home of its own.
pub(crate) fn on_desktop(tests: &Command) -> Command {
    let mut stage = program(Profile::Debug);
    stage
        .args(["desktop", "--keep-home", "--"])
        .arg(tests.get_program())
        .args(tests.get_args());
    for (name, value) in tests.get_envs() {
        match value {
            Some(value) => stage.env(name, value),
            None => stage.env_remove(name),
        };
    }
    stage
}

fn program(profile: Profile) -> Command {
    Command::new(places::built("wardline-stage", profile.is_release()))
}

/// The folder for pictures, where they are taken: when they are asked for, or when there is no display to show the app on.
fn pictures(options: &DemoOptions) -> Option<PathBuf> {
    let display = std::env::var_os("DISPLAY").is_some() || std::env::var_os("WAYLAND_DISPLAY").is_some();
    let hidden = cfg!(target_os = "linux") && !display;
    let asked = options.shots.clone();
    asked.or_else(|| hidden.then(|| places::target().join("demo")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_on_a_desktop_keep_their_arguments_and_their_environment() {
        let mut tests = Command::new("cargo-nextest");
        tests.args(["nextest", "run"]).env("RUST_BACKTRACE", "0");
        let staged = on_desktop(&tests);
        let words: Vec<_> = staged.get_args().collect();
        assert_eq!(
            words,
            ["desktop", "--keep-home", "--", "cargo-nextest", "nextest", "run"]
        );
        assert!(staged.get_envs().eq(tests.get_envs()));
    }
}
