//! One app at a time.

use std::process::{Command, Stdio};
use std::time::Instant;

use crate::app::{App, PATIENCE};
use crate::computer::Computer;

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_ends_by_itself_and_brings_the_first_window_to_the_front() {
    let (computer, other) = (Computer::new(), Computer::new());
    let first = App::start(&computer).await;
    // Another app's window in front of it.
    let in_front = App::start(&other).await;
    first
        .until("the first window to be behind", "return !document.hasFocus()")
        .await;

    let mut second = Command::new(env!("CARGO_BIN_EXE_wardline"))
        .envs(computer.environment())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a second start");
    let started = Instant::now();
    let status = loop {
        if let Some(status) = second.try_wait().expect("its state") {
            break status;
        }
        if started.elapsed() > PATIENCE {
            second.kill().expect("killed");
            panic!("the second start did not end");
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    };
    assert!(status.success(), "{status}");
    first
        .until("the first window to be in front", "return document.hasFocus()")
        .await;
    assert_eq!(first.screen().await, "signed-out");
    in_front.close(&other).await;
    first.close(&computer).await;
}
