//! `cargo xtask bench start`: from exec to the complete chat list, beside a bare window in the same run.
//!
//! The profile is made by signing in to a server, once with 20 conversations and once with 200, and letting the app take in what it
//! takes in. Then the server is stopped, since a start must not need it, and the app is started again and again.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::Utc;
use wardline_test_support::hospital::{DOMAIN, Hospital};
use wardline_test_support::servers::Prosody;

use super::{heading, median, report};
use crate::desktop::Desktop;
use crate::failure::Failure;
use crate::places;
use crate::stage::Stage;
use crate::webdriver::Window;

/// Sizes of the sample: conversations and messages.
const SIZES: [(usize, usize); 2] = [(20, 5_000), (200, 50_000)];

/// Starts that are measured; the one before them warms the caches and is not.
const RUNS: usize = 7;

/// Measures.
pub(super) async fn measure() -> Result<(), Failure> {
    for (conversations, messages) in SIZES {
        of_size(conversations, messages).await?;
    }
    Ok(())
}

async fn of_size(conversations: usize, messages: usize) -> Result<(), Failure> {
    println!("Filling a server with {conversations} conversations and {messages} messages …");
    let hospital = Hospital::of_size(DOMAIN, Utc::now(), conversations, messages)?;
    let mut server = Prosody::prepare(DOMAIN)?;
    hospital.put_into(&server).await?;
    server.start_again().await?;
    let stage = Stage::on(&hospital, server.endpoint())?;
    let desktop = Desktop::start().await?;
    let app = places::app()?;
    let log = stage.folder().join("window.log");

    println!("Signing in once …");
    let mut environment = desktop.environment().to_vec();
    environment.extend(stage.environment("profile")?);
    let window = Window::open(&app, &environment, &log).await?;
    window.until("the whole chat list", &complete()).await?;
    window.close().await;
    server.stop().await;

    let mut environment = desktop.environment().to_vec();
    environment.extend(stage.signed_out_environment("profile")?);
    let with_list = timed(&app, &environment, &log, "inbox").await?;
    let mut environment = desktop.environment().to_vec();
    environment.extend(stage.signed_out_environment("empty")?);
    let bare = timed(&app, &environment, &log, "signed-out").await?;
    heading("start, ms");
    report("chat list complete", &with_list);
    report("bare window (nobody signed in)", &bare);
    let ratio = median(&with_list).as_secs_f64() / median(&bare).as_secs_f64();
    println!("The chat list takes {ratio:.2} times the bare window.");
    Ok(())
}

/// Rows are drawn for what is visible only, so the list is complete when it stands and says how many there are.
fn complete() -> String {
    "document.documentElement.dataset.ready === 'inbox' && document.querySelectorAll('[data-testid=\"chat-row\"]').length >= 8"
        .to_owned()
}

/// How long from the start of the app's process until the page has painted the screen called `screen`. Both moments are the
/// system's own: the kernel's for the process, the web view's clock for the paint; the driver's part is in neither.
async fn timed(
    app: &Path,
    environment: &[(&'static str, OsString)],
    log: &Path,
    screen: &str,
) -> Result<Vec<Duration>, Failure> {
    let painted = format!("performance.getEntriesByName('wardline:painted:{screen}')[0]");
    let mut times = Vec::with_capacity(RUNS);
    for run in 0..=RUNS {
        let window = Window::open(app, environment, log).await?;
        window.until("its first screen", &painted).await?;
        let shown = window
            .script(&format!("return performance.timeOrigin + {painted}.startTime;"))
            .await?;
        let shown = Duration::from_secs_f64(shown.as_f64().unwrap_or_default() / 1000.0);
        let started = process_start(app)?;
        if run > 0 {
            times.push(shown.saturating_sub(started));
        }
        window.close().await;
    }
    times.sort();
    Ok(times)
}

/// When the running process of `app` was started, since the epoch, to a hundredth of a second.
fn process_start(app: &Path) -> Result<Duration, Failure> {
    for entry in fs::read_dir("/proc")? {
        let folder = entry?.path();
        if fs::read_link(folder.join("exe")).is_ok_and(|program| program == app) {
            let stat = fs::read_to_string(folder.join("stat"))?;
            // Field 22, counted after the name in brackets, which may hold anything: ticks of 10 ms since the system started.
            let ticks: u64 = stat
                .rsplit(')')
                .next()
                .and_then(|rest| rest.split_whitespace().nth(19)?.parse().ok())
                .unwrap_or(0);
            let uptime = fs::read_to_string("/proc/uptime")?;
            let uptime: f64 = uptime
                .split(' ')
                .next()
                .and_then(|text| text.parse().ok())
                .unwrap_or_default();
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            return Ok(now.saturating_sub(Duration::from_secs_f64(uptime)) + Duration::from_millis(ticks * 10));
        }
    }
    Err(Failure::Wrong("the app's process was not found".to_owned()))
}
