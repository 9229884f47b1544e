//! In a process of its own: the hook is the process's, and so is standard error.

use std::process::{Command, Output};

use tracing::subscriber::with_default;

use crate::{logging, panic_hook};

const FOLDER: &str = "WARDLINE_TEST_PANIC_LOG";

/// Runs this same test again with the hook, a log and `work` inside; gives what it wrote and logged.
fn panicking(test: &str, work: fn()) -> Option<String> {
    if let Some(folder) = std::env::var_os(FOLDER) {
        let (subscriber, guard) = logging::subscriber(folder.as_ref()).unwrap();
        panic_hook::install();
        with_default(subscriber, || {
            let _panicked = std::panic::catch_unwind(work);
        });
        drop(guard);
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let Output { stdout, stderr, .. } = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("tests::panic_hook::{test}"), "--nocapture"])
        .env(FOLDER, folder.path())
        .output()
        .unwrap();
    let mut told = String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
    let mut logged = 0;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let log = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        logged += log.lines().count();
        told.push_str(&log);
    }
    assert_eq!(logged, 1, "one line for one panic: {told}");
    Some(told)
}

#[test]
fn a_formatted_message_is_told_nowhere_but_its_place_is() {
    let told = panicking("a_formatted_message_is_told_nowhere_but_its_place_is", || {
        let text = String::from("Potassium is 6.1");
        panic!("cannot show {text}");
    });
    if let Some(told) = told {
        assert!(!told.contains("Potassium") && !told.contains("cannot show"), "{told}");
        assert_eq!(
            told.matches("panic_hook.rs").count(),
            2,
            "terminal and log name the place: {told}"
        );
    }
}

#[test]
fn the_value_of_a_failed_unwrap_is_told_nowhere() {
    let told = panicking("the_value_of_a_failed_unwrap_is_told_nowhere", || {
        // Parsed, so that the error exists only when the program runs.
        let result: Result<u8, String> = "alice@ward.example".parse().map_err(|_| "alice@ward.example".into());
        result.unwrap();
    });
    if let Some(told) = told {
        assert!(!told.contains("ward.example"), "{told}");
    }
}

#[test]
fn a_literal_of_the_program_is_told() {
    let told = panicking("a_literal_of_the_program_is_told", || panic!("this cannot be"));
    if let Some(told) = told {
        assert_eq!(told.matches("this cannot be").count(), 2, "{told}");
    }
}
