//! What is before the reader is read: each message by itself, while others arrive.

use wardline_test_support::client::TestClient;

use crate::app::App;
use crate::computer::Computer;
use crate::ward::{BOB, Ward};

/// More than arrive while a reader waits for a second, however quick the computer is.
const STREAM: usize = 600;

/// Whether the row's badge is gone.
const NO_BADGE: &str =
    "return document.querySelector('[data-testid=chat-row][aria-current=true] [data-testid=unread-badge]') === null";

#[tokio::test(flavor = "multi_thread")]
async fn a_message_in_the_open_chat_is_read_on_all_devices_without_another_one() {
    let ward = Ward::open().await;
    let mut bob = ward.phone(&ward.bob).await;
    let mut phone = ward.phone(&ward.alice).await;
    let computer = Computer::new();
    let app = reader_of_bob(&ward, &bob, &computer).await;

    for text in ["Bed 4 is ready", "Send him up", "Thanks"] {
        let sent = bob.send_text(&ward.alice.address, text).await.unwrap();
        app.until_message(text).await;
        // Nothing moves any more, and no other message comes.
        bob.expect_displayed(&sent).await.unwrap();
        phone.expect_displayed(&sent).await.unwrap();
        app.until("no badge", NO_BADGE).await;
    }
    assert_eq!(app.script("return document.title").await, "Wardline");
    app.close(&computer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_of_messages_is_read_while_it_arrives() {
    let ward = Ward::open().await;
    let bob = ward.phone(&ward.bob).await;
    let mut desk = TestClient::connect_as(ward.server.endpoint(), &ward.bob, "desk")
        .await
        .unwrap();
    let computer = Computer::new();
    let app = reader_of_bob(&ward, &bob, &computer).await;
    // What was there before the stream.
    desk.expect_any_displayed().await.unwrap();

    let mut sent = Vec::new();
    let stream = async {
        for number in 0..STREAM {
            let text = format!("Bay {number} is clear");
            sent.push(bob.send_text(&ward.alice.address, &text).await.unwrap());
            app.until_message(&text).await;
        }
    };
    tokio::select! {
        read = desk.expect_any_displayed() => assert!(read.is_ok(), "{read:?}"),
        () = stream => panic!("none of {STREAM} messages was read while they arrived"),
    }
    // And the last of them when it is over.
    let last = sent.last().cloned().unwrap();
    desk.expect_displayed(&last).await.unwrap();
    app.until("no badge", NO_BADGE).await;
    app.close(&computer).await;
}

/// The app with bob's chat open and read.
async fn reader_of_bob(ward: &Ward, bob: &TestClient, computer: &Computer) -> App {
    let app = ward.signed_in(computer).await;
    bob.send_text(&ward.alice.address, "Are you there?").await.unwrap();
    app.open_conversation(BOB).await;
    app.until_message("Are you there?").await;
    app.until("no badge", NO_BADGE).await;
    app
}
