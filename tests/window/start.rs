//! Starts that cannot succeed say why, and what to do.

use std::fs;
use std::process::Command;

use crate::app::App;
use crate::computer::Computer;
use crate::ward::trouble;

#[tokio::test(flavor = "multi_thread")]
async fn a_home_that_cannot_be_written_is_said_in_the_window() {
    // Refused to the administrator, too.
    let own = tempfile::tempdir().unwrap();
    let name = own.path().file_name().unwrap().to_string_lossy().into_owned();
    let computer = Computer::storing_in(format!("/sys/wardline-{name}").into());
    assert_says(&computer, "Wardline may not write to its folder").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_in_the_place_of_the_folder_is_said_in_the_window() {
    let own = tempfile::tempdir().unwrap();
    let file = own.path().join("wardline");
    fs::write(&file, "a file").unwrap();
    let computer = Computer::storing_in(file.clone());
    assert_says(&computer, "A file stands where Wardline keeps its messages").await;
    assert_eq!(fs::read_to_string(&file).unwrap(), "a file");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_profile_that_another_process_holds_is_said_in_the_window() {
    let computer = Computer::new();
    let folder = computer.app_folder().join("profile");
    fs::create_dir(&folder).unwrap();
    let held = fs::File::create(folder.join("profile.lock")).unwrap();
    held.try_lock().unwrap();
    assert_says(&computer, "Wardline is already open on this computer").await;
}

async fn assert_says(computer: &Computer, what: &str) {
    let app = App::start(computer).await;
    assert_eq!(app.screen().await, "blocked");
    let (_, words) = trouble(&app, "blocked-error").await;
    assert!(words.contains(what), "{words}");
    // It can be tried again, and still says so.
    app.click("blocked-retry").await;
    app.until(
        "the end of the retry",
        "return !document.querySelector('[data-testid=blocked-retry]').disabled",
    )
    .await;
    let (_, words) = trouble(&app, "blocked-error").await;
    assert!(words.contains(what), "{words}");
    app.close(computer).await;
}

#[test]
fn logs_that_cannot_be_written_keep_nobody_from_working() {
    // Told apart from a folder that cannot be made: a file stands in its place, and the window opens all the same.
    let computer = Computer::new();
    fs::write(computer.app_folder().join("logs"), "a file").unwrap();
    fs::write(computer.app_folder().join("web-view"), "a file").unwrap();
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let app = App::start(&computer).await;
        assert_eq!(app.screen().await, "signed-out");
        app.close(&computer).await;
    });
}

#[test]
fn without_a_screen_it_says_so_and_ends_without_a_panic() {
    let computer = Computer::new();
    for display in [None, Some(":54321")] {
        let mut app = Command::new(env!("CARGO_BIN_EXE_wardline"));
        app.arg(computer.mark()).envs(computer.environment());
        app.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
        if let Some(display) = display {
            app.env("DISPLAY", display);
        }
        let output = app.output().expect("it starts");
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(
            said.contains("Wardline cannot open its window: no screen was found"),
            "{said}"
        );
        assert!(!said.contains("panic"), "{said}");
    }
}
