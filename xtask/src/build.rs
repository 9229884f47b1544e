//! Builds the app.

use crate::failure::Failure;
use crate::{node, run};

/// How to build it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Quick to build.
    Debug,
    /// Quick to run; signs in by itself where the demo asks for it.
    ReleaseDemo,
}

/// Builds the interface, then the app that embeds it.
pub(crate) fn app(profile: Profile) -> Result<(), Failure> {
    println!("Building the interface …");
    node::build()?;
    println!("Building the app (a first build takes some minutes) …");
    let mut command = run::cargo();
    command.args(["build", "--package", "wardline"]);
    if profile == Profile::ReleaseDemo {
        command.args(["--release", "--features", "demo"]);
    }
    run::logged("app-build", &mut command).map(drop)
}
