//! `cargo xtask bench team`: a team of 500 in which 50 messages a second are written for a minute, open in the window: whether any is lost,
//! how evenly frames follow each other, and what processor time and memory the app takes. Beside it, in the same run, the same window at
//! rest.

use std::time::{Duration, Instant};

use chrono::Utc;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep};
use wardline_test_support::client::TestClient;
use wardline_test_support::hospital::{DOMAIN, Hospital};
use wardline_test_support::servers::{Prosody, Room};

use super::usage::Usage;
use crate::desktop::Desktop;
use crate::failure::Failure;
use crate::places;
use crate::stage::Stage;
use crate::webdriver::Window;

/// Members of the team.
const MEMBERS: usize = 500;
/// Those of them who write.
const WRITERS: usize = 10;
/// Messages in all; fifty are sent in a second.
const MESSAGES: usize = 3_000;
const PACE: Duration = Duration::from_millis(20);
/// How long the window is watched at rest.
const REST: Duration = Duration::from_secs(15);
const NAME: &str = "Whole hospital";

/// Notes how long after the frame before it each frame was made, in milliseconds.
const FRAMES: &str = "
window.__frames = [];
let last = performance.now();
const frame = (now) => { window.__frames.push(now - last); last = now; requestAnimationFrame(frame); };
requestAnimationFrame(frame);
";

/// Measures.
pub(super) async fn measure() -> Result<(), Failure> {
    let hospital = Hospital::of_size(DOMAIN, Utc::now(), MEMBERS + 5, MEMBERS + 5)?;
    let mut server = Prosody::prepare(DOMAIN)?;
    hospital.put_into(&server).await?;
    let room = team(&hospital, &server)?;
    server.start_again().await?;
    let stage = Stage::on(&hospital, server.endpoint())?;
    let desktop = Desktop::start().await?;
    let mut environment = desktop.environment().to_vec();
    environment.extend(stage.environment("profile")?);
    let window = Window::open(&places::app()?, &environment, &stage.folder().join("window.log")).await?;
    window
        .until("the chat list", "document.documentElement.dataset.ready === 'inbox'")
        .await?;
    open_team(&window).await?;
    // Cards, pictures and archives first: they are another bench's.
    sleep(Duration::from_secs(20)).await;

    println!(
        "{:<12}{:>9}{:>9}{:>9}{:>11}{:>9}{:>9}",
        "", "p50 ms", "p95 ms", "worst ms", "over 100 ms", "CPU %", "MB"
    );
    let rest = watched(&window, async {
        sleep(REST).await;
        Ok(())
    })
    .await?;
    rest.report("at rest");
    let told = watched(&window, write(&hospital, &server, &room)).await?;
    told.report("50 a second");
    let last = format!("load-{:04}", MESSAGES - 1);
    window
        .until(
            "the last message",
            &format!("document.body.innerText.includes('{last}')"),
        )
        .await?;
    println!("missing: {}", missing(&window).await?);
    window.close().await;
    Ok(())
}

/// The frames and the load of a stretch of time.
struct Watched {
    frames: Vec<f64>,
    usage: Usage,
}

impl Watched {
    fn report(&self, what: &str) {
        let at = |part: f64| {
            let place = (self.frames.len() as f64 * part) as usize;
            self.frames
                .get(place.min(self.frames.len().saturating_sub(1)))
                .copied()
                .unwrap_or_default()
        };
        let long = self.frames.iter().filter(|frame| **frame > 100.0).count();
        println!(
            "{what:<12}{:>9.0}{:>9.0}{:>9.0}{long:>11}{:>9.0}{:>9}",
            at(0.5),
            at(0.95),
            at(1.0),
            self.usage.processor,
            self.usage.megabytes
        );
    }
}

async fn watched(window: &Window, happens: impl Future<Output = Result<(), Failure>>) -> Result<Watched, Failure> {
    window.script(FRAMES).await?;
    let before = Usage::now(window.group())?;
    let began = Instant::now();
    happens.await?;
    let usage = Usage::now(window.group())?.since(&before, began.elapsed());
    let noted = window.script("return window.__frames;").await?;
    let mut frames: Vec<f64> = noted
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(serde_json::Value::as_f64)
        .collect();
    frames.sort_by(f64::total_cmp);
    Ok(Watched { frames, usage })
}

/// The team, on the server and among the user's bookmarks; its address.
fn team(hospital: &Hospital, server: &Prosody) -> Result<String, Failure> {
    let members: Vec<String> = hospital
        .people()
        .iter()
        .map(|person| hospital.account(&person.name).address)
        .collect();
    let room = Room {
        node: "hospital".to_owned(),
        name: NAME.to_owned(),
        description: String::new(),
        owner: hospital.user().address,
        members,
        card: None,
    };
    let service = server.endpoint().muc_service.clone().unwrap_or_default();
    let address = format!("{}@{service}", room.node);
    server.write_rooms(&[room])?;
    let user = hospital.user();
    server.write_bookmarks(user.name(), &[(address.clone(), NAME.to_owned())], "Asha Verma")?;
    Ok(address)
}

/// Everybody writes in turn.
async fn write(hospital: &Hospital, server: &Prosody, room: &str) -> Result<(), Failure> {
    let mut writers = Vec::with_capacity(WRITERS);
    let others = hospital
        .people()
        .iter()
        .filter(|person| person.name != hospital.user().name());
    for person in others.take(WRITERS) {
        let writer = TestClient::connect(server.endpoint(), &hospital.account(&person.name)).await?;
        writer.join_room(room, &person.full_name).await?;
        writers.push(writer);
    }
    let mut tick = interval(PACE);
    tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
    for (number, writer) in (0..MESSAGES).zip((0..WRITERS).cycle()) {
        tick.tick().await;
        if let Some(writer) = writers.get(writer) {
            writer.send_to_room(room, &format!("load-{number:04}")).await?;
        }
    }
    // Nobody reads the messages that the writers get themselves.
    let mut gone = JoinSet::new();
    for writer in writers {
        gone.spawn(writer.close());
    }
    while gone.join_next().await.is_some() {}
    Ok(())
}

async fn open_team(window: &Window) -> Result<(), Failure> {
    let row = format!(
        "[...document.querySelectorAll('[data-testid=\"chat-row\"]')].find((row) => row.textContent.includes('{NAME}'))"
    );
    window.until("the team's row", &row).await?;
    window.script(&format!("{row}.click();")).await?;
    window
        .until(
            "the thread",
            "document.querySelector('[data-testid=\"composer-input\"]')",
        )
        .await
}

/// How many of the messages the thread does not have, read upwards as a person would, half a window at a time.
async fn missing(window: &Window) -> Result<usize, Failure> {
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..6_000 {
        let shown = window
            .script(
                "const list = document.querySelector('[data-testid=\"timeline\"]'); \
                 const found = [...(document.body.innerText.matchAll(/load-(\\d{4})/g))].map((match) => match[1]); \
                 list.scrollTop -= list.clientHeight / 2; return found;",
            )
            .await?;
        let numbers = shown
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|number| number.as_str()?.parse::<usize>().ok());
        seen.extend(numbers);
        if seen.len() == MESSAGES || seen.contains(&0) {
            break;
        }
        sleep(Duration::from_millis(20)).await;
    }
    Ok(MESSAGES.saturating_sub(seen.len()))
}
