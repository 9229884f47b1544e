//! The process that draws the page dies: noticed, and the page is drawn again. WebDriver's session dies with that process, so the app
//! runs without one here; that a page which is loaded anew is led back to the open chat, is tested with the interface and the
//! commands.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::app::PATIENCE;
use crate::computer::Computer;
use crate::privacy::Unattended;
use crate::ward::Ward;

const PAGE: &str = "WebKitWebProcess";
const ASKED: &str = "window stopped working";

#[tokio::test(flavor = "multi_thread")]
async fn a_page_whose_process_dies_is_drawn_again_and_one_that_dies_again_is_asked_about() {
    let ward = Ward::open().await;
    let computer = Computer::new();
    let mut app = Unattended::start(&computer, &ward);
    app.until_drawn(&computer).await;

    kill_all(&computer, PAGE);
    until("another page", || {
        (!computer.processes_named(PAGE).is_empty()).then_some(())
    })
    .await;
    app.until_drawn(&computer).await;
    assert!(
        xdotool(&["search", "--onlyvisible", "--name", ASKED]).is_none(),
        "once is no reason to ask"
    );
    assert_eq!(computer.log().matches("page ended").count(), 1);

    kill_all(&computer, PAGE);
    until("the question", || {
        xdotool(&["search", "--onlyvisible", "--name", ASKED])
    })
    .await;
    assert!(
        computer.processes_named(PAGE).is_empty(),
        "nothing draws behind the question"
    );
    app.end();
    computer.wait_until_nothing_runs();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_network_process_may_die_and_the_app_goes_on() {
    let ward = Ward::open().await;
    let bob = ward.phone(&ward.bob).await;
    let computer = Computer::new();
    let mut app = Unattended::start(&computer, &ward);
    app.until_drawn(&computer).await;
    kill_all(&computer, "WebKitNetworkProcess");
    bob.send_text(&ward.alice.address, "And the ECG?").await.unwrap();
    app.until_drawn(&computer).await;
    assert!(!computer.processes_named(PAGE).is_empty());
    app.end();
    computer.wait_until_nothing_runs();
}

fn kill_all(computer: &Computer, name: &str) {
    let processes = computer.processes_named(name);
    assert!(!processes.is_empty(), "no {name} runs");
    for process in processes {
        let killed = Command::new("kill").args(["-KILL", &process.to_string()]).status();
        assert!(killed.expect("kill").success());
        let gone = format!("/proc/{process}");
        while std::path::Path::new(&gone).exists() {
            std::thread::yield_now();
        }
    }
}

async fn until<T>(what: &str, look: impl Fn() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(started.elapsed() < PATIENCE, "waited in vain for {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The first line of what it says; `None` if it finds nothing.
fn xdotool(arguments: &[&str]) -> Option<String> {
    let output = Command::new("xdotool")
        .args(arguments)
        .stderr(Stdio::null())
        .output()
        .expect("xdotool; `cargo xtask test` installs it");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    output
        .status
        .success()
        .then(|| said.lines().next().unwrap_or_default().to_owned())
}
