//! `cargo xtask bench`: what a person waits for, measured on a release build beside a reference in the same run.

mod live;
mod start;
mod team;
mod usage;

use std::time::Duration;

use crate::arguments::{Bench, Consent};
use crate::build::{self, Profile};
use crate::failure::Failure;
use crate::packages::{self, Need};
use crate::run as command;

/// Builds what is needed and measures.
pub(crate) fn run(bench: Bench, consent: Consent) -> Result<(), Failure> {
    match bench {
        Bench::Start => in_window(start::measure, consent),
        Bench::Live => in_window(live::measure, consent),
        Bench::Team => in_window(team::measure, consent),
        Bench::Archive(name) => without_window(name, consent),
    }
}

/// The benches of the SDK alone, beside which nothing else should run.
fn without_window(name: &str, consent: Consent) -> Result<(), Failure> {
    packages::ensure(Need::Servers, consent)?;
    println!("Building (a first build takes some minutes) …");
    let mut build = command::cargo();
    build.args(["run", "--release", "--quiet", "--package", "wardline-bench", "--", name]);
    command::shown(&mut build)
}

fn in_window<F: Future<Output = Result<(), Failure>>>(measure: fn() -> F, consent: Consent) -> Result<(), Failure> {
    packages::ensure(Need::Demo, consent)?;
    build::app(Profile::ReleaseDemo)?;
    tokio::runtime::Runtime::new()?.block_on(async {
        tokio::select! {
            ended = measure() => ended,
            interrupted = tokio::signal::ctrl_c() => Ok(interrupted?),
        }
    })
}

/// The head of a table of times.
fn heading(what: &str) {
    println!("{what:<34}{:>10}{:>10}{:>10}", "median", "least", "most");
}

/// A row of a table of times, in milliseconds.
fn report(what: &str, sorted: &[Duration]) {
    let of = |time: Option<&Duration>| time.map_or(0, Duration::as_millis);
    println!(
        "{what:<34}{:>10}{:>10}{:>10}",
        median(sorted).as_millis(),
        of(sorted.first()),
        of(sorted.last())
    );
}

fn median(sorted: &[Duration]) -> Duration {
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}
