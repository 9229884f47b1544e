//! `cargo xtask bench start`, `live` and `team`: the times for which a person waits, measured on a release build beside a reference in the
//! same run.

mod live;
mod start;
mod team;
mod usage;

use std::time::Duration;

use crate::arguments::Bench;
use crate::failure::Failure;

/// Measures.
pub(crate) async fn measure(bench: Bench) -> Result<(), Failure> {
    match bench {
        Bench::Start => start::measure().await,
        Bench::Live => live::measure().await,
        Bench::Team => team::measure().await,
    }
}

/// Prints the head of a table of times.
fn heading(what: &str) {
    println!("{what:<34}{:>10}{:>10}{:>10}", "median", "least", "most");
}

/// Prints a row of a table of times, in milliseconds.
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
