//! Installers for this system.

use crate::arguments::Consent;
use crate::failure::Failure;
use crate::packages::{self, Need};
use crate::{node, places, run, traces};

/// Builds them with the Tauri CLI; on Linux those that need no download while bundling.
pub(crate) fn run(consent: Consent) -> Result<(), Failure> {
    packages::ensure(Need::Build, consent)?;
    node::install()?;
    println!("Building installers (some minutes) …");
    let mut command = node::tauri(&["build"]);
    if cfg!(target_os = "linux") {
        command.args(["--bundles", "deb,rpm"]);
    }
    traces::keep_out(&mut command);
    run::logged("bundle", &mut command)?;
    traces::check(&places::built("wardline", true))?;
    println!("They are in {}", places::target().join("release/bundle").display());
    Ok(())
}
