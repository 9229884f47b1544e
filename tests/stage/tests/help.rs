//! The command line. As the package's integration test it also makes cargo build the program with the workspace's tests, so that
//! `cargo xtask test` finds it.

#![allow(clippy::expect_used, reason = "the whole file is a test, its helpers too")]

use std::process::{Command, Output};

fn stage(words: &[&str]) -> Output {
    let run = Command::new(env!("CARGO_BIN_EXE_wardline-stage")).args(words).output();
    run.expect("the program runs")
}

#[test]
fn help_names_every_task() {
    let help = stage(&["--help"]);
    let text = String::from_utf8_lossy(&help.stdout);
    assert!(help.status.success());
    for task in ["demo", "bench", "desktop"] {
        assert!(text.contains(&format!("wardline-stage {task}")), "{text}");
    }
}

#[test]
fn an_unknown_task_is_refused_with_the_usage() {
    let refused = stage(&["dance"]);
    let text = String::from_utf8_lossy(&refused.stdout);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text.contains("There is no task called dance.") && text.contains("wardline-stage demo"));
}
