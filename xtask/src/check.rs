//! `cargo xtask test`: runs every step, goes on after a failure, and sums up.

use std::time::Instant;

use crate::arguments::Consent;
use crate::failure::Failure;
use crate::node;
use crate::packages::{self, Need};
use crate::plan::{Outcome, STEPS, Step};
use crate::runners;

/// How many failed tests of a step the summary names.
const NAMED: usize = 4;

/// A line of the summary.
struct Line {
    name: &'static str,
    result: Result<Outcome, Failure>,
    seconds: u64,
}

/// The sum of the whole run.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Totals {
    passed: usize,
    failed: usize,
    skipped: usize,
    /// Tests that were switched off inside a suite: nobody decided that here, so it is an error.
    silent: usize,
}

/// Runs all steps, or those named in `only`.
pub(crate) fn run(only: &[String], consent: Consent) -> Result<(), Failure> {
    let unknown: Vec<&String> = only
        .iter()
        .filter(|name| !STEPS.iter().any(|step| step.name == **name))
        .collect();
    if !unknown.is_empty() {
        let names: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        return Err(Failure::Wrong(format!(
            "No step is called {unknown:?}; there are: {}",
            names.join(", ")
        )));
    }
    packages::ensure(Need::Tests, consent)?;
    node::install()?;
    let chosen = STEPS
        .iter()
        .filter(|step| only.is_empty() || only.iter().any(|name| name == step.name));
    let lines: Vec<Line> = chosen.map(perform).collect();
    let totals = sum(&lines);
    println!("\nSummary");
    for line in &lines {
        println!("  {}", describe(line));
    }
    let Totals {
        passed,
        failed,
        skipped,
        silent,
    } = totals;
    if silent > 0 {
        println!("\n{silent} tests are switched off in the code.");
    }
    println!("\n{passed} passed, {failed} failed, {skipped} skipped");
    // The last line is the result; a failure's text would come after it, so the status alone says it again.
    if failed > 0 || silent > 0 {
        std::process::exit(1);
    }
    Ok(())
}

fn perform(step: &Step) -> Line {
    println!("{} …", step.name);
    let started = Instant::now();
    let result = (step.work)();
    let line = Line {
        name: step.name,
        result,
        seconds: started.elapsed().as_secs(),
    };
    if let Err(failure) = &line.result {
        println!("{failure}");
    }
    // A run that is cut off still shows where its time went.
    println!("  {}", describe(&line));
    line
}

fn describe(line: &Line) -> String {
    let (mark, detail) = match &line.result {
        Ok(Outcome::Checked) => ("ok", String::new()),
        Ok(Outcome::Tested { passed, skipped: 0 }) => ("ok", format!("{passed} tests")),
        Ok(Outcome::Tested { passed, skipped }) => ("FAILED", format!("{passed} tests, {skipped} switched off")),
        Ok(Outcome::Skipped(why)) => ("skipped", why.clone()),
        Err(failure) => ("FAILED", culprits(failure)),
    };
    format!("{mark:8}{:18}{:>6} s  {detail}", line.name, line.seconds)
        .trim_end()
        .to_owned()
}

/// The tests that made a step fail, as far as its output names them.
fn culprits(failure: &Failure) -> String {
    let Failure::Command { log, .. } = failure else {
        return String::new();
    };
    let output = std::fs::read(log).unwrap_or_default();
    let names = runners::failed(&String::from_utf8_lossy(&output));
    let shown: Vec<&str> = names.iter().take(NAMED).map(String::as_str).collect();
    let more = names.len().saturating_sub(NAMED);
    let more = if more == 0 {
        String::new()
    } else {
        format!("; {more} more")
    };
    format!("{}{more}", shown.join("; "))
}

fn sum(lines: &[Line]) -> Totals {
    let mut totals = Totals::default();
    for line in lines {
        match &line.result {
            Ok(Outcome::Checked) => totals.passed += 1,
            Ok(Outcome::Tested { passed, skipped }) => {
                totals.passed += passed;
                totals.silent += skipped;
            }
            Ok(Outcome::Skipped(_)) => totals.skipped += 1,
            Err(_) => totals.failed += 1,
        }
    }
    totals
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_switched_off_in_a_suite_are_not_overlooked() {
        let line = |result| Line {
            name: "x",
            result,
            seconds: 0,
        };
        let lines = [
            line(Ok(Outcome::Checked)),
            line(Ok(Outcome::Tested { passed: 40, skipped: 2 })),
            line(Ok(Outcome::Skipped("no list".to_owned()))),
            line(Err(Failure::Wrong("no".to_owned()))),
        ];
        assert_eq!(
            sum(&lines),
            Totals {
                passed: 41,
                failed: 1,
                skipped: 1,
                silent: 2
            }
        );
    }
}
