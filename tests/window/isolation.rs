//! What keeps the app's memory from other programs, and the web view from the person's files.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::app::{App, PATIENCE};
use crate::computer::{Computer, Keyring};
use crate::ward::Ward;

/// Somebody who is not the administrator, as whom the app runs here where the tests run as the administrator.
const NOBODY: &str = "65534";

#[test]
fn no_other_program_of_the_same_person_reads_the_process_and_it_leaves_no_core() {
    let computer = Computer::with(Keyring::Missing);
    open_to_everybody(&computer);
    let mut app = Running(
        as_somebody(env!("CARGO_BIN_EXE_wardline"))
            .arg(computer.mark())
            .envs(computer.environment())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the app starts"),
    );
    let id = app.0.id();
    let can_read = |what: &str| {
        let read = as_somebody("head")
            .args(["-c", "1", &format!("/proc/{id}/{what}")])
            .output();
        read.unwrap().status.success()
    };
    let started = Instant::now();
    // It is closed with its window, which comes with the web view.
    while computer.processes_named("WebKitWebProcess").is_empty() || can_read("environ") {
        assert!(app.0.try_wait().unwrap().is_none(), "it has ended");
        assert!(started.elapsed() < PATIENCE, "no web view, or open to others");
        std::thread::sleep(Duration::from_millis(20));
    }
    let limits = fs::read_to_string(format!("/proc/{id}/limits")).unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    let numbers: Vec<_> = core.split_whitespace().skip(4).take(2).collect();
    assert_eq!(numbers, ["0", "0"], "{core}");
    for what in ["environ", "mem", "maps", "fd/0"] {
        assert!(!can_read(what), "{what} can be read");
    }
    let own = as_somebody("sh")
        .args(["-c", "head -c 1 /proc/$$/environ"])
        .output()
        .unwrap();
    assert!(own.status.success(), "this test could not fail: {own:?}");
}

/// A program run by a person, not by the administrator.
fn as_somebody(program: &str) -> Command {
    if fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) != 0) {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", program]);
    command
}

fn open_to_everybody(computer: &Computer) {
    let mut folders = vec![computer.folder().to_owned()];
    while let Some(folder) = folders.pop() {
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        folders.extend(entries.filter(|path| path.is_dir()));
    }
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ended_already = self.0.kill();
        let _reaped = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_drawn_in_a_sandbox_where_one_can_be_had_and_diagnostics_say_which() {
    let ward = Ward::open().await;
    let computer = Computer::new();
    let app = ward.signed_in(&computer).await;
    let can_be_had = Command::new("bwrap")
        .args([
            "--unshare-user",
            "--unshare-net",
            "--ro-bind",
            "/",
            "/",
            "--proc",
            "/proc",
            "true",
        ])
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    let namespace = |id: &str| fs::read_link(format!("/proc/{id}/ns/net")).unwrap();
    let here = namespace("self");
    for page in computer.processes_named("WebKitWebProcess") {
        assert_eq!(namespace(&page.to_string()) != here, can_be_had, "a network of its own");
    }
    open_diagnostics(&app).await;
    let wanted = if can_be_had { "On: " } else { "Off: " };
    app.until_text_in("fact-web-view", wanted).await;
    app.close(&computer).await;
}

async fn open_diagnostics(app: &App) {
    app.script(
        "window.dispatchEvent(new KeyboardEvent('keydown', { key: 'D', ctrlKey: true, shiftKey: true, bubbles: true }))",
    )
    .await;
    app.find("diagnostics-facts").await;
}
