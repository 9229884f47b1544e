//! `cargo xtask mutants`: breaks a rule of the sync at a time, and sees whether its model and its stories notice (`tests/mutations`).
//!
//! Each mutation is applied to a copy of the source tree, which has a target folder of its own: only what was changed is built anew.

mod built;
mod copy;
mod patch;
mod verdict;

use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use self::patch::Mutation;
use self::verdict::Verdict;
use crate::arguments::Consent;
use crate::failure::Failure;
use crate::packages::{self, Need};
use crate::{places, run};

/// Random schedules that a mutation has to survive to be an error, and where they begin.
const SCHEDULES: u32 = 600;
/// The test of the random schedules.
const RANDOM: &str = "whatever_happens";
/// Random schedules of the unchanged tree: whatever fails there tells nothing about a mutation.
const UNCHANGED: u32 = 100;
const SEED: u32 = 1;
/// After so long the tests of a mutation are taken never to end, which counts as noticed.
const LONGEST: Duration = Duration::from_secs(900);

/// Tries all mutations, or those named in `only`.
pub(crate) fn run(only: &[String], consent: Consent) -> Result<(), Failure> {
    packages::ensure(Need::Core, consent)?;
    let mut mutations = patch::all(&patch::folder())?;
    if let Some(unknown) = only
        .iter()
        .find(|name| !mutations.iter().any(|known| known.name == **name))
    {
        return Err(Failure::Wrong(format!("No mutation is called {unknown}.")));
    }
    mutations.retain(|mutation| only.is_empty() || only.contains(&mutation.name));
    let tree = places::target().join("mutants").join("tree");
    copy::refresh(places::root(), &tree)?;
    println!("the unchanged tree …");
    let verdict = test(&tree, "unchanged", UNCHANGED)?;
    if !verdict.failed.is_empty() {
        return Err(Failure::Wrong(format!(
            "Without any mutation {:?} fail.",
            verdict.failed
        )));
    }
    let mut lines = Vec::new();
    let mut wrong = 0;
    for mutation in &mutations {
        println!("{} …", mutation.name);
        let began = Instant::now();
        copy::refresh(places::root(), &tree)?;
        mutation.apply(&tree)?;
        let verdict = test(&tree, &mutation.name, mutation.schedules())?;
        let missed = verdict.missed(&mutation.caught_by);
        if verdict.is_survived() || !missed.is_empty() {
            wrong += 1;
        }
        let line = describe(mutation, &verdict, &missed, began.elapsed());
        println!("{line}");
        lines.push(line);
    }
    println!("\n| Mutation | Rule | Noticed by | Random schedules | Time |\n|---|---|---|---|---|");
    lines.iter().for_each(|line| println!("{line}"));
    if wrong > 0 {
        return Err(Failure::Wrong(format!(
            "{wrong} of {} were not noticed as they must be.",
            lines.len()
        )));
    }
    Ok(())
}

impl Mutation {
    /// How many random schedules are played: none where they are not expected to notice.
    fn schedules(&self) -> u32 {
        if self.caught_by.iter().any(|part| part == RANDOM) {
            SCHEDULES
        } else {
            0
        }
    }
}

fn describe(mutation: &Mutation, verdict: &Verdict, missed: &[&str], took: Duration) -> String {
    let noticed = match (verdict.is_survived(), missed) {
        (true, _) => "**nothing**".to_owned(),
        (false, []) => verdict.noticed_by(),
        (false, missed) => format!("{}; **not by {}**", verdict.noticed_by(), missed.join(", ")),
    };
    let after = match verdict.after {
        Some(after) => format!("after {after}"),
        None if verdict.ended && mutation.schedules() == 0 => "not asked".to_owned(),
        None if verdict.ended => format!("{SCHEDULES} see nothing"),
        None => "never end".to_owned(),
    };
    format!(
        "| {} | {} | {noticed} | {after} | {} s |",
        mutation.name,
        mutation.rule,
        took.as_secs()
    )
}

/// Builds and runs the model and the stories of a tree.
fn test(tree: &Path, name: &str, schedules: u32) -> Result<Verdict, Failure> {
    let program = build(tree, name)?;
    let log = places::logs().join(format!("mutant-{name}.log"));
    let file = File::create(&log)?;
    let mut tests = Command::new(&program)
        .arg("model::")
        .current_dir(tree.join("src-tauri/crates/sdk"))
        .env("WARDLINE_MODEL_SCHEDULES", schedules.to_string())
        .env("WARDLINE_MODEL_SEED", SEED.to_string())
        .env("WARDLINE_MODEL_SHRINKS", "0")
        .stdin(Stdio::null())
        .stdout(file.try_clone()?)
        .stderr(file)
        .spawn()?;
    let began = Instant::now();
    let ended = loop {
        if tests.try_wait()?.is_some() {
            break true;
        }
        if began.elapsed() > LONGEST {
            tests.kill()?;
            tests.wait()?;
            break false;
        }
        std::thread::sleep(Duration::from_millis(200));
    };
    let output = std::fs::read(&log)?;
    let verdict = Verdict::read(&String::from_utf8_lossy(&output), ended);
    if verdict.ran == 0 && ended {
        return Err(Failure::Wrong(format!("No test of {name} ran; see {}.", log.display())));
    }
    Ok(verdict)
}

/// Builds the tests of a tree; the program.
fn build(tree: &Path, name: &str) -> Result<PathBuf, Failure> {
    let target = places::target().join("mutants").join("target");
    let mut cargo = run::cargo();
    cargo
        .args([
            "test",
            "--package",
            "wardline-sdk",
            "--lib",
            "--no-run",
            "--message-format",
            "json",
        ])
        .current_dir(tree)
        .env("CARGO_TARGET_DIR", target);
    let output = run::logged(&format!("mutant-{name}-build"), &mut cargo)?;
    built::programs(&output)
        .find(|program| {
            let file = program.file_name().and_then(OsStr::to_str);
            file.is_some_and(|file| file.starts_with("wardline_sdk"))
        })
        .ok_or_else(|| Failure::Wrong(format!("The tests of {name} were not built.")))
}
