//! `cargo xtask fuzz`: random bytes, made from what servers have sent, through the reader, the decoders, the engine and the store.
//!
//! The targets are in `fuzz/`, a workspace of its own, as all of it is built with instructions that count which paths were taken.
//! libFuzzer needs no nightly compiler for that: the pass is part of every compiler, and no sanitizer is used, as there is no unsafe code
//! of ours.

use std::fs;
use std::process::Command;

use crate::arguments::Consent;
use crate::failure::Failure;
use crate::packages::{self, Need};
use crate::{places, run};

/// The programs of `fuzz/`.
const TARGETS: [&str; 2] = ["stream", "ingest"];

/// The counting, as libFuzzer wants it.
const COUNT: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// Builds and runs each target for so many minutes. Inputs that lead to new paths are kept in `target/fuzz/found`, those that break something in
/// `fuzz/artifacts`.
pub(crate) fn run(minutes: u64, consent: Consent) -> Result<(), Failure> {
    packages::ensure(Need::Core, consent)?;
    let host = host()?;
    println!("Building the targets (a first build takes some minutes) …");
    let folder = places::target().join("fuzz");
    let mut build = run::cargo();
    build
        .args([
            "build",
            "--release",
            "--manifest-path",
            "fuzz/Cargo.toml",
            "--target",
            &host,
        ])
        .arg("--target-dir")
        .arg(&folder)
        // Flags of another's would replace these.
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env("RUSTFLAGS", COUNT.split_whitespace().collect::<Vec<_>>().join(" "));
    run::logged("fuzz-build", &mut build)?;
    let artifacts = places::root().join("fuzz/artifacts");
    fs::create_dir_all(&artifacts)?;
    for target in TARGETS {
        let found = folder.join("found").join(target);
        fs::create_dir_all(&found)?;
        println!("{target}, for {minutes} minutes …");
        let mut fuzz = Command::new(folder.join(&host).join("release").join(target));
        fuzz.arg(&found)
            .arg("fuzz/corpus")
            .arg("-dict=fuzz/xmpp.dict")
            .arg(format!("-artifact_prefix={}/", artifacts.display()))
            .arg(format!("-max_total_time={}", minutes * 60))
            .args(["-max_len=16384", "-timeout=30", "-print_final_stats=1"]);
        let said = run::logged(&format!("fuzz-{target}"), &mut fuzz)?;
        let executed = said
            .lines()
            .rev()
            .find(|line| line.contains("number_of_executed_units"));
        println!("  nothing went wrong; {}", executed.unwrap_or_default());
    }
    Ok(())
}

/// The system that is built for. Named, so that what runs while building is built without counting.
fn host() -> Result<String, Failure> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let said = Command::new(rustc).arg("-vV").output()?;
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned)
        .ok_or_else(|| Failure::Wrong("rustc does not say what it builds for.".to_owned()))
}
