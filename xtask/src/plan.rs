//! What `cargo xtask test` runs, in order: what is quick and often wrong comes first, the real window last.

use std::ffi::OsString;
use std::process::Command;

use crate::arguments::TypesMode;
use crate::desktop::Desktop;
use crate::failure::Failure;
use crate::tools::{DENY, DRIVER, NEXTEST};
use crate::{node, places, run, runners, types};

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

/// One step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    /// Its name, also of its log file.
    pub(crate) name: &'static str,
    /// What it does.
    pub(crate) work: fn() -> Result<Outcome, Failure>,
}

/// The packages whose tests need a server named in the environment, and the app's test binaries that need a display: no part of
/// the unit tests.
const SERVER_SUITE: &str = "wardline-interop";
const HOSTILE_SUITE: &str = "wardline-hostile";
const CHAOS_SUITE: &str = "wardline-chaos";
const NO_CHAOS: &str = "not (package(=wardline-chaos) and kind(test))";
const WINDOW_SUITES: [&str; 2] = ["e2e", "window"];

/// All steps.
pub(crate) const STEPS: [Step; 19] = [
    Step {
        name: "format",
        work: format,
    },
    Step {
        name: "ui-build",
        work: ui_build,
    },
    Step {
        name: "svelte-check",
        work: || npm_check("svelte-check", "check"),
    },
    Step {
        name: "eslint",
        work: || npm_check("eslint", "lint"),
    },
    Step {
        name: "npm-audit",
        work: npm_audit,
    },
    Step {
        name: "ui-unit",
        work: ui_unit,
    },
    Step {
        name: "clippy",
        work: clippy,
    },
    Step {
        name: "licences",
        work: licences,
    },
    Step {
        name: "advisories",
        work: advisories,
    },
    Step {
        name: "rust",
        work: rust,
    },
    Step {
        name: "types",
        work: fresh_types,
    },
    Step {
        name: "hostile",
        work: hostile,
    },
    Step {
        name: "interop-prosody",
        work: || interop("prosody"),
    },
    Step {
        name: "interop-prosody-inbox",
        work: || interop("prosody-inbox"),
    },
    Step {
        name: "interop-ejabberd",
        work: || interop("ejabberd"),
    },
    Step {
        name: "chaos-prosody",
        work: || chaos("prosody"),
    },
    Step {
        name: "chaos-ejabberd",
        work: || chaos("ejabberd"),
    },
    Step {
        name: "ui-browser",
        work: ui_browser,
    },
    Step {
        name: "window",
        work: window,
    },
];

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
    // What only the fuzzing targets use.
    let fuzzing = [
        "--package",
        "wardline-sdk",
        "--features",
        "fuzzing",
        "--",
        "-D",
        "warnings",
    ];
    run::logged("clippy-fuzzing", run::cargo().arg("clippy").args(fuzzing))?;
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
    let suites = suites().map(|suite| format!("not binary(={suite})"));
    let filter: Vec<String> = suites.chain([NO_CHAOS.to_owned()]).collect();
    let filter = filter.join(" and ");
    nextest(
        "rust",
        &[
            "run",
            "--workspace",
            "--no-fail-fast",
            "--exclude",
            SERVER_SUITE,
            "--exclude",
            HOSTILE_SUITE,
            "-E",
            &filter,
        ],
        &[],
    )
}

fn fresh_types() -> Result<Outcome, Failure> {
    types::run(TypesMode::Check)?;
    Ok(Outcome::Checked)
}

/// The table of probes: a server and peers that lie.
fn hostile() -> Result<Outcome, Failure> {
    nextest("hostile", &["run", "--package", HOSTILE_SUITE, "--no-fail-fast"], &[])
}

fn interop(server: &str) -> Result<Outcome, Failure> {
    nextest(
        &format!("interop-{server}"),
        &["run", "--package", SERVER_SUITE, "--no-fail-fast"],
        &[("WARDLINE_TEST_SERVER", description(server))],
    )
}

/// The short set of schedules; `cargo xtask chaos` plays as many as one has time for.
fn chaos(server: &str) -> Result<Outcome, Failure> {
    // One after another: each plays several schedules at once.
    nextest(
        &format!("chaos-{server}"),
        &[
            "run",
            "--package",
            CHAOS_SUITE,
            "--no-fail-fast",
            "--test-threads",
            "1",
            "-E",
            "kind(test)",
        ],
        &[("WARDLINE_TEST_SERVER", description(server))],
    )
}

fn description(server: &str) -> OsString {
    OsString::from(format!("tests/servers/{server}.toml"))
}

fn window() -> Result<Outcome, Failure> {
    let suites: Vec<&str> = suites().collect();
    if suites.is_empty() {
        return Err(Failure::Wrong("There is no test of the real window.".to_owned()));
    }
    let driver = DRIVER.ready()?;
    let runtime = tokio::runtime::Runtime::new()?;
    let desktop = runtime.block_on(Desktop::start())?;
    // Cargo needs the real home; the tests give each app a home of its own.
    let apart = ["HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"];
    let mut environment: Vec<(&str, OsString)> = desktop
        .environment()
        .iter()
        .filter(|(name, _)| !apart.contains(name))
        .cloned()
        .collect();
    environment.push(("WARDLINE_TAURI_DRIVER", driver.into()));
    let mut arguments = vec!["run", "--package", "wardline", "--no-fail-fast", "--test-threads", "2"];
    for suite in &suites {
        arguments.extend(["--test", suite]);
    }
    nextest("window", &arguments, &environment)
}

fn nextest(name: &str, arguments: &[&str], environment: &[(&str, OsString)]) -> Result<Outcome, Failure> {
    let program = NEXTEST.ready()?;
    let mut command = Command::new(program);
    command
        .arg("nextest")
        .args(arguments)
        // A test switched off in the code is run all the same: nothing is skipped in silence.
        .args(["--color", "never", "--run-ignored", "all"])
        .env("CARGO_TERM_COLOR", "never")
        .env("RUST_BACKTRACE", "0")
        .envs(environment.iter().map(|(name, value)| (name, value)));
    let output = run::logged(name, &mut command)?;
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

/// The window's test binaries that the app's manifest lists.
fn suites() -> impl Iterator<Item = &'static str> {
    let manifest = std::fs::read_to_string(places::root().join("Cargo.toml")).unwrap_or_default();
    let listed = move |suite: &&str| {
        manifest
            .lines()
            .any(|line| line.trim() == format!("name = \"{suite}\""))
    };
    WINDOW_SUITES.into_iter().filter(listed)
}
