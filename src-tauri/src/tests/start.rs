//! What happens before there is a window.

use crate::environment::OPENING;
use crate::start_failure::StartFailure;
use crate::{environment, hardening, panic_hook};

#[test]
fn every_reason_why_there_is_no_window_says_what_to_do() {
    for failure in [
        StartFailure::NoDisplay,
        StartFailure::NoHome,
        StartFailure::NoWebView,
        StartFailure::NotAnswering,
        StartFailure::Window("out of handles".to_owned()),
    ] {
        let words = failure.words();
        assert!(words.starts_with("Wardline "), "{words}");
        let to_do = ["Start it", "Sign out", "Ask your", "Close its", "Restart the"];
        assert!(to_do.iter().any(|to_do| words.contains(to_do)), "{words}");
        assert!(!words.contains("panic"), "{words}");
    }
}

#[test]
fn tauri_s_errors_become_reasons() {
    let from = |error: tauri::Error| StartFailure::from(error);
    assert_eq!(from(tauri::Error::UnknownPath), StartFailure::NoHome);
    let forward = tauri::Error::PluginInitialization("single-instance".to_owned(), "no answer".to_owned());
    assert_eq!(from(forward), StartFailure::NotAnswering);
    assert!(matches!(from(tauri::Error::WindowNotFound), StartFailure::Window(_)));
}

#[test]
fn a_panic_of_the_toolkit_is_a_value_and_the_next_panic_is_one_of_its_own() {
    assert_eq!(panic_hook::contained(|| 7), Some(7));
    assert_eq!(panic_hook::contained(|| -> u8 { panic!("no display") }), None);
}

#[test]
fn a_release_takes_remote_control_out_of_the_environment() {
    for name in [
        "TAURI_WEBVIEW_AUTOMATION",
        "WEBKIT_INSPECTOR_SERVER",
        "WEBVIEW2_ADDITIONAL_BROWSER_ARGUMENTS",
    ] {
        assert!(OPENING.contains(&name), "{name}");
    }
    assert!(environment::close().is_none(), "a build for tests obeys them");
}

#[cfg(target_os = "linux")]
#[test]
fn a_closed_process_is_closed() {
    assert!(!hardening::is_applied(), "the test runner leaves it open");
    hardening::forbid_core_dumps();
    assert!(!hardening::is_applied());
    hardening::close_memory();
    assert!(hardening::is_applied());
}

#[cfg(target_os = "linux")]
#[test]
fn a_program_that_fails_or_is_not_there_makes_no_sandbox() {
    use std::path::Path;
    use std::process::Command;

    use crate::sandbox::{can_write_in, succeeds, trial};

    assert!(succeeds(&mut Command::new("true")));
    assert!(!succeeds(&mut Command::new("false")));
    assert!(!succeeds(&mut Command::new("/no/such/program")));
    assert!(!succeeds(&mut trial(Some("/usr/lib:/no/such/folder".into()))));
    assert!(!can_write_in(Path::new("/sys/wardline")));
    assert!(can_write_in(&std::env::temp_dir()));
}
