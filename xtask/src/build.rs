//! Builds the app, and the stage that it is shown on.

use crate::failure::Failure;
use crate::{node, run};

/// The sort of build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Quick to build.
    Debug,
    /// Quick to run; signs in by itself where the demo asks for it.
    ReleaseDemo,
}

impl Profile {
    /// Whether it is built with optimisation.
    pub(crate) fn is_release(self) -> bool {
        self == Self::ReleaseDemo
    }
}

/// Builds the interface, then the app that embeds it together with the stage: apart, they would have other features of their
/// dependencies, and those would be compiled twice. Cargo shows how far it is.
pub(crate) fn app_and_stage(profile: Profile) -> Result<(), Failure> {
    println!("Building the interface …");
    node::build()?;
    println!("Building the app (a first build takes some minutes) …");
    let mut command = run::cargo();
    command.args(["build", "--package", "wardline", "--package", "wardline-stage"]);
    if profile.is_release() {
        command.args(["--release", "--features", "wardline/demo"]);
    }
    run::shown(&mut command)
}
