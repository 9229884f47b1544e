//! A computer whose clock is wrong shows right times and the right order, with and without a connection.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "the whole file is a test, its helpers too"
)]

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use wardline_interop::view::ConversationId;
use wardline_interop::{Desk, TestClient, WallClock, ward};

const DAYS: Duration = Duration::from_secs(3 * 86_400);

/// The test's own clock, which the server shares, in milliseconds.
fn truth() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

/// Everything shown lies between these two times, in an order that does not go back.
fn right(desk: &Desk, talk: ConversationId, from: i64, to: i64) {
    let times: Vec<i64> = desk.messages(talk).iter().map(|message| message.at).collect();
    // Servers write whole seconds into their archives.
    assert!(
        times.iter().all(|at| (from - 2_000..=to + 2_000).contains(at)),
        "{times:?} {from} {to}"
    );
    // What is on its way is dated by an estimate of the server's clock that is right within the time of a round trip or two.
    let never_back = times.windows(2).all(|pair| pair[1] >= pair[0] - 1_000);
    assert!(never_back, "{times:?}");
}

/// Waits until the server has what was written last.
async fn until_sent(desk: &mut Desk, talk: ConversationId, text: &str) {
    desk.until_text(talk, text).await;
    desk.until("sent", |desk| {
        let unsent = desk.messages(talk).iter().any(|message| message.unsent.is_some());
        (!unsent).then_some(())
    })
    .await;
}

async fn a_day_with(clock: WallClock) {
    let (mut server, alice, bob) = ward().await;
    let phone = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let began = truth();
    let mut desk = Desk::with_clock(clock);
    desk.sign_in(server.endpoint(), &alice).await.unwrap();
    desk.until_online().await;
    desk.until("the server's time", |desk| {
        ((desk.now() - truth()).abs() < 60_000).then_some(())
    })
    .await;

    let talk = desk.write(&bob.address, "Question 1").await;
    for number in 1..=3 {
        until_sent(&mut desk, talk, &format!("Question {number}")).await;
        let answer = format!("Answer {number}");
        phone.send_text(&alice.address, &answer).await.unwrap();
        desk.until_text(talk, &answer).await;
        desk.write(&bob.address, &format!("Question {}", number + 1)).await;
    }
    let said = [
        "Question 1",
        "Answer 1",
        "Question 2",
        "Answer 2",
        "Question 3",
        "Answer 3",
        "Question 4",
    ];
    desk.until_texts(talk, &said).await;
    right(&desk, talk, began, truth());

    // Without a connection, and right from the start of the app, the difference is remembered.
    if !server.is_ours() {
        return;
    }
    until_sent(&mut desk, talk, "Question 4").await;
    phone.close().await;
    assert!(server.stop().await);
    let mut desk = desk.restart().await;
    assert!((desk.now() - truth()).abs() < 60_000);
    let talk = desk.open_id(talk).await;
    desk.write(&bob.address, "In the lift").await;
    desk.until_text(talk, "In the lift").await;
    right(&desk, talk, began, truth());
    server.start_again().await.unwrap();
    desk.client().reconnect();
    until_sent(&mut desk, talk, "In the lift").await;
    let said: Vec<&str> = said.into_iter().chain(["In the lift"]).collect();
    desk.until_texts(talk, &said).await;
    right(&desk, talk, began, truth());
}

#[tokio::test(flavor = "multi_thread")]
async fn three_days_ahead() {
    a_day_with(WallClock::new(|| SystemTime::now() + DAYS)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn three_days_behind() {
    a_day_with(WallClock::new(|| SystemTime::now() - DAYS)).await;
}
