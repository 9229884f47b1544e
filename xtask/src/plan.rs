//! The steps of `cargo xtask test`, in order: quick ones that often fail come first, the real window last.

use std::process::Command;

use crate::arguments::TypesMode;
use crate::failure::Failure;
use crate::tools::{DENY, DRIVER, DRIVER_VARIABLE, NEXTEST};
use crate::{node, places, run, runners, stage, types};

/// How a step ended well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// A check without a number.
    Checked,
    /// Tests ran.
    Tested { passed: usize, skipped: usize },
    /// It could not be done here, and why. Shown in the summary.
    Skipped(String),
}

/// A step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    /// Its name, also of its log file.
    pub(crate) name: &'static str,
    /// Its work.
    pub(crate) work: fn() -> Result<Outcome, Failure>,
}

/// The packages whose tests need a server named in the environment, and the app's test binaries that need a display: no part of
/// the unit tests.
const SERVER_SUITE: &str = "wardline-interop";
const HOSTILE_SUITE: &str = "wardline-hostile";
const CHAOS_SUITE: &str = "wardline-chaos";
const NO_CHAOS: &str = "not (package(=wardline-chaos) and kind(test))";
/// The tests by which ts-rs writes types into the tree: `types` compares them with those checked in.
const NO_EXPORT: &str = "not test(export_bindings)";
const WINDOW_SUITES: [&str; 1] = ["window"];

/// All steps.
pub(crate) const STEPS: [Step; 19] = [
    step("format", format),
    step("ui-build", ui_build),
    step("svelte-check", || npm_check("svelte-check", "check")),
    step("eslint", || npm_check("eslint", "lint")),
    step("npm-audit", npm_audit),
    step("ui-unit", ui_unit),
    step("clippy", clippy),
    step("licences", licences),
    step("advisories", advisories),
    step("rust", rust),
    step("types", fresh_types),
    step("hostile", hostile),
    step("interop-prosody", || interop("prosody")),
    step("interop-prosody-inbox", || interop("prosody-inbox")),
    step("interop-ejabberd", || interop("ejabberd")),
    step("chaos-prosody", || chaos("prosody")),
    step("chaos-ejabberd", || chaos("ejabberd")),
    step("ui-browser", ui_browser),
    step("window", window),
];

const fn step(name: &'static str, work: fn() -> Result<Outcome, Failure>) -> Step {
    Step { name, work }
}

fn format() -> Result<Outcome, Failure> {
    run::logged("format", run::cargo().args(["fmt", "--all", "--check"]))?;
    Ok(Outcome::Checked)
}

fn ui_build() -> Result<Outcome, Failure> {
    node::build()?;
    Ok(Outcome::Checked)
}

fn npm_check(name: &str, script: &str) -> Result<Outcome, Failure> {
    run::logged(name, &mut node::npm(&["run", script]))?;
    Ok(Outcome::Checked)
}

/// Known holes in npm packages. A registry that mirrors packages only has no list of them: then this is a visible skip.
fn npm_audit() -> Result<Outcome, Failure> {
    match run::logged("npm-audit", &mut node::npm(&["audit", "--audit-level=high"])) {
        Ok(_) => Ok(Outcome::Checked),
        Err(Failure::Command { tail, .. })
            if [
                "audit endpoint returned an error",
                "ENOAUDIT",
                "EAI_AGAIN",
                "ENOTFOUND",
                "ECONNREFUSED",
                "E404",
                "404 Not Found",
            ]
            .iter()
            .any(|sign| tail.contains(sign)) =>
        {
            Ok(Outcome::Skipped(
                "the package registry has no list of known holes".to_owned(),
            ))
        }
        Err(failure) => Err(failure),
    }
}

fn ui_unit() -> Result<Outcome, Failure> {
    let output = run::logged("ui-unit", &mut node::npm(&["run", "test"]))?;
    counted("ui-unit", runners::vitest(&output))
}

fn ui_browser() -> Result<Outcome, Failure> {
    let output = run::logged("ui-browser", node::npm(&["run", "test:browser"]).env("CI", "true"))?;
    counted("ui-browser", runners::playwright(&output))
}

fn clippy() -> Result<Outcome, Failure> {
    run::logged(
        "clippy",
        run::cargo().args(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]),
    )?;
    // The code that only the fuzzing targets use.
    run::logged(
        "clippy-fuzzing",
        run::cargo().args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--features",
            "wardline-sdk/fuzzing",
            "--",
            "-D",
            "warnings",
        ]),
    )?;
    Ok(Outcome::Checked)
}

fn licences() -> Result<Outcome, Failure> {
    run::logged("licences", &mut deny(&["check", "licenses", "bans", "sources"])?)?;
    Ok(Outcome::Checked)
}

/// Known holes in crates. The list is a git repository: where it can't be fetched, this is a visible skip.
fn advisories() -> Result<Outcome, Failure> {
    match run::logged("advisories", &mut deny(&["check", "advisories"])?) {
        Ok(_) => Ok(Outcome::Checked),
        Err(Failure::Command { tail, .. })
            if tail.contains("failed to fetch advisory database")
                || tail.contains("failed to load advisory database") =>
        {
            Ok(Outcome::Skipped(
                "the list of known holes can't be fetched from here".to_owned(),
            ))
        }
        Err(failure) => Err(failure),
    }
}

fn deny(arguments: &[&str]) -> Result<Command, Failure> {
    let mut command = Command::new(DENY.ready()?);
    command.args(arguments);
    Ok(command)
}

fn rust() -> Result<Outcome, Failure> {
    let window = WINDOW_SUITES.map(|suite| format!("not binary(={suite})"));
    let others = [SERVER_SUITE, HOSTILE_SUITE].map(|package| format!("not package(={package})"));
    let filter: Vec<String> = window
        .into_iter()
        .chain(others)
        .chain([NO_CHAOS, NO_EXPORT].map(str::to_owned))
        .collect();
    tested("rust", &mut suite(&filter.join(" and "), &[])?)
}

fn fresh_types() -> Result<Outcome, Failure> {
    types::run(TypesMode::Check)?;
    Ok(Outcome::Checked)
}

/// The table of probes: a server and peers that lie.
fn hostile() -> Result<Outcome, Failure> {
    tested("hostile", &mut suite(&format!("package(={HOSTILE_SUITE})"), &[])?)
}

fn interop(server: &str) -> Result<Outcome, Failure> {
    let mut tests = suite(&format!("package(={SERVER_SUITE})"), &[])?;
    tests.env(SERVER_VARIABLE, description(server));
    tested(&format!("interop-{server}"), &mut tests)
}

/// The short set of schedules; `cargo xtask chaos` plays more.
fn chaos(server: &str) -> Result<Outcome, Failure> {
    // One after another: each plays several schedules at once.
    let mut tests = suite(
        &format!("package(={CHAOS_SUITE}) and kind(test)"),
        &["--test-threads", "1"],
    )?;
    tests.env(SERVER_VARIABLE, description(server));
    tested(&format!("chaos-{server}"), &mut tests)
}

/// The environment variable that names the server of the tests.
const SERVER_VARIABLE: &str = "WARDLINE_TEST_SERVER";

fn description(server: &str) -> String {
    format!("tests/servers/{server}.toml")
}

fn window() -> Result<Outcome, Failure> {
    // Builds the stage with the tests, and with the same features of their dependencies.
    run::logged("window-build", nextest()?.args(["--no-run", "--color", "never"]))?;
    let filter = WINDOW_SUITES.map(|suite| format!("binary(={suite})")).join(" or ");
    let mut tests = suite(&filter, &["--test-threads", "2"])?;
    tests.env(DRIVER_VARIABLE, DRIVER.ready()?);
    tested("window", &mut stage::on_desktop(&tests))
}

/// Runs tests. Always of the whole workspace: another set of packages has other features of their dependencies, and all of those
/// would be compiled anew for it.
fn nextest() -> Result<Command, Failure> {
    let mut command = Command::new(NEXTEST.ready()?);
    command
        .args(["nextest", "run", "--workspace"])
        .env("CARGO_TERM_COLOR", "never");
    Ok(command)
}

/// Runs the tests that `filter` names, those switched off in the code included: nothing is skipped in silence.
fn suite(filter: &str, arguments: &[&str]) -> Result<Command, Failure> {
    let mut command = nextest()?;
    command
        .args(["--no-fail-fast", "-E", filter])
        .args(arguments)
        .args(["--color", "never", "--run-ignored", "all"])
        .env("RUST_BACKTRACE", "0");
    Ok(command)
}

fn tested(name: &str, tests: &mut Command) -> Result<Outcome, Failure> {
    let output = run::logged(name, tests)?;
    counted(name, runners::nextest(&output))
}

/// A suite that ran nothing has tested nothing, whatever it says.
fn counted(name: &str, counts: Option<(usize, usize)>) -> Result<Outcome, Failure> {
    match counts {
        Some((passed, skipped)) if passed > 0 => Ok(Outcome::Tested { passed, skipped }),
        _ => Err(Failure::Wrong(format!(
            "{name} ran no test; see {}",
            places::logs().join(name).display()
        ))),
    }
}
