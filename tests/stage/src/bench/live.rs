//! `cargo xtask bench live`: from a colleague's sending to the frame that shows it, one message at a time and 500 at once, beside a
//! bare client that is signed in to the same account in the same run.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::Utc;
use wardline_test_support::client::TestClient;
use wardline_test_support::hospital::{DOMAIN, Hospital};
use wardline_test_support::servers::Prosody;
use wardline_xmpp::ids::MessageId;
use wardline_xmpp::message::OutgoingMessage;

use super::{heading, report};
use crate::desktop::Desktop;
use crate::failure::Failure;
use crate::places;
use crate::stage::Stage;
use crate::webdriver::Window;

/// Messages sent one at a time.
const SINGLE: usize = 60;
/// Messages sent at once.
const BURST: usize = 500;
/// The colleague who writes.
const SENDER: &str = "daniel";

/// Notes for each marked text when the frame that put it into the thread was done: a task posted while a frame is made runs
/// after it.
const WATCH: &str = r#"
window.__shown = {};
new MutationObserver(() => {
  for (const row of document.querySelectorAll('[data-testid="message"]')) {
    const mark = /(single|burst)-(\d+)/.exec(row.textContent ?? '');
    if (mark !== null && !(mark[0] in window.__shown)) {
      window.__shown[mark[0]] = 0;
      const drawn = new MessageChannel();
      drawn.port1.onmessage = () => { window.__shown[mark[0]] = performance.timeOrigin + performance.now(); };
      drawn.port2.postMessage(0);
    }
  }
}).observe(document.body, { childList: true, subtree: true, characterData: true });
"#;

/// Measures.
pub(super) async fn measure() -> Result<(), Failure> {
    let hospital = Hospital::sample(DOMAIN, Utc::now())?;
    let mut server = Prosody::prepare(DOMAIN)?;
    hospital.put_into(&server).await?;
    server.start_again().await?;
    let stage = Stage::on(&hospital, server.endpoint())?;
    let desktop = Desktop::start().await?;
    let mut environment = desktop.environment().to_vec();
    environment.extend(stage.environment("profile")?);
    let window = Window::open(&places::app()?, &environment, &stage.folder().join("window.log")).await?;
    window
        .until("the chat list", "document.documentElement.dataset.ready === 'inbox'")
        .await?;
    let sender = TestClient::connect(server.endpoint(), &hospital.account(SENDER)).await?;
    let mut reference = TestClient::connect_as(server.endpoint(), &hospital.user(), "reference").await?;
    let to = hospital.user().address;
    open_thread(&window).await?;
    window.script(WATCH).await?;

    let (mut shown, mut received) = (Vec::new(), Vec::new());
    for number in 0..SINGLE {
        let mark = format!("single-{number}");
        let sent = now();
        send(&sender, &to, &mark).await?;
        reference.expect_text(&mark).await?;
        received.push(now().saturating_sub(sent));
        shown.push(when_shown(&window, &mark).await?.saturating_sub(sent));
    }
    shown.sort();
    received.sort();
    heading("one message, ms");
    report("on screen", &shown);
    report("in a bare client", &received);

    let sent = now();
    for number in 0..BURST {
        send(&sender, &to, &format!("burst-{number}")).await?;
    }
    let last = format!("burst-{}", BURST - 1);
    reference.expect_text(&last).await?;
    let received = now().saturating_sub(sent);
    let shown = when_shown(&window, &last).await?.saturating_sub(sent);
    println!(
        "{BURST} messages at once: the last on screen after {} ms",
        shown.as_millis()
    );
    println!(
        "                        in a bare client after {} ms",
        received.as_millis()
    );
    window.close().await;
    Ok(())
}

/// Opens the thread with the sender, whose name the list has from the card.
async fn open_thread(window: &Window) -> Result<(), Failure> {
    let row = "[...document.querySelectorAll('[data-testid=\"chat-row\"]')].find((row) => row.textContent.includes('Daniel'))";
    window.until("the sender's row", row).await?;
    window.script(&format!("{row}.click();")).await?;
    window
        .until("the thread", "document.querySelector('[data-testid=\"message\"]')")
        .await
}

/// Sends without waiting for the server's word.
async fn send(sender: &TestClient, to: &str, text: &str) -> Result<(), Failure> {
    let to = to
        .parse()
        .map_err(|_| Failure::Wrong("the address is none".to_owned()))?;
    let id = MessageId::new(uuid::Uuid::new_v4().to_string());
    let id = id.ok_or_else(|| Failure::Wrong("the id is none".to_owned()))?;
    let sent = sender
        .session()
        .send(OutgoingMessage::to_person(to, id, text).build())
        .await;
    drop(sent.map_err(|error| Failure::Wrong(error.to_string()))?);
    Ok(())
}

/// When the marked text was painted, since the epoch.
async fn when_shown(window: &Window, mark: &str) -> Result<Duration, Failure> {
    window.until(mark, &format!("window.__shown['{mark}'] > 0")).await?;
    let at = window.script(&format!("return window.__shown['{mark}'];")).await?;
    Ok(Duration::from_secs_f64(at.as_f64().unwrap_or_default() / 1000.0))
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
