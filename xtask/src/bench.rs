//! `cargo xtask bench sync` and the like: the benches of the SDK alone (`tests/bench`), beside which nothing else should run.

use crate::arguments::Consent;
use crate::failure::Failure;
use crate::packages::{self, Need};
use crate::run as command;

/// Builds with optimisation and measures.
pub(crate) fn run(name: &str, consent: Consent) -> Result<(), Failure> {
    packages::ensure(Need::Servers, consent)?;
    println!("Building (a first build takes some minutes) …");
    let mut build = command::cargo();
    build.args(["run", "--release", "--quiet", "--package", "wardline-bench", "--", name]);
    command::shown(&mut build)
}
