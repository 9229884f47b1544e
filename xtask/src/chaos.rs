//! `cargo xtask chaos`: any number of schedules of `tests/chaos`, and a table of their outcomes.

use crate::arguments::{ChaosOptions, Consent};
use crate::failure::Failure;
use crate::packages::{self, Need};
use crate::run;

/// Builds and plays; what happens is shown as it happens.
pub(crate) fn run(options: &ChaosOptions, consent: Consent) -> Result<(), Failure> {
    packages::ensure(Need::Servers, consent)?;
    let mut command = run::cargo();
    command
        .args(["run", "--quiet", "--package", "wardline-chaos", "--"])
        .args(["--server", &options.server])
        .args(["--schedules", &options.schedules.to_string()])
        .args(["--seed", &options.seed.to_string()])
        .args(["--parallel", &options.parallel.to_string()]);
    run::shown(&mut command)
}
