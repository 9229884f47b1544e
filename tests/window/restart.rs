//! The app is killed; what was there is there again at once, without a network.

use crate::app::App;
use crate::computer::Computer;
use crate::ward::{BOB, CAROL, Ward};

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_app_shows_list_and_thread_again_without_a_server_and_asks_nothing() {
    let mut ward = Ward::open().await;
    let mut bob = ward.phone(&ward.bob).await;
    let carol = ward.phone(&ward.carol).await;
    let computer = Computer::new();
    let app = ward.signed_in(&computer).await;
    bob.send_text(&ward.alice.address, "Potassium is 6.1").await.unwrap();
    carol.send_text(&ward.alice.address, "Bed 9 is free").await.unwrap();
    app.until_text_in("chat-preview", "Bed 9 is free").await;
    app.open_conversation(BOB).await;
    app.until_message("Potassium is 6.1").await;
    app.send("Coming").await;
    bob.expect_text("Coming").await.unwrap();
    app.until_delivery(&["sent", "delivered"]).await;
    app.fill("composer-input", "Please prepare calc").await;
    app.open_conversation(CAROL).await;
    app.until_text_in("chat-preview", "Please prepare calc").await;

    ward.server.kill();
    app.kill(&computer);

    let app = App::start(&computer).await;
    assert_eq!(app.screen().await, "inbox", "the first screen is the chat list");
    app.until_text_in("chat-row", BOB).await;
    app.until_text_in("chat-row", CAROL).await;
    app.until_text_in("chat-preview", "Bed 9 is free").await;
    app.open_conversation(BOB).await;
    app.until_message("Potassium is 6.1").await;
    app.until_message("Coming").await;
    let written = app.find("composer-input").await.prop("value").await.unwrap();
    assert_eq!(
        written.as_deref(),
        Some("Please prepare calc"),
        "what was being written is kept"
    );
    for asking in ["signin", "locked", "blocked", "key-choice", "notice"] {
        assert!(!app.shows(asking).await, "{asking} is shown after a restart");
    }
    app.until_connection(&["offline", "connecting", "waiting"]).await;
    app.kill(&computer);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_was_waiting_when_the_app_was_killed_arrives_once_after_the_next_start() {
    let mut ward = Ward::open().await;
    let mut bob = ward.phone(&ward.bob).await;
    let computer = Computer::new();
    let app = ward.signed_in(&computer).await;
    ward.start_chat(&app, &ward.bob).await;
    app.send("First").await;
    app.until_delivery(&["sent", "delivered"]).await;

    ward.server.kill();
    app.until_connection(&["connecting", "waiting"]).await;
    app.send("Written in the lift").await;
    app.until_delivery(&["waiting"]).await;
    app.kill(&computer);

    let app = App::start(&computer).await;
    app.open_conversation(BOB).await;
    app.until_message("Written in the lift").await;
    app.until_delivery(&["waiting"]).await;
    ward.server.start_again().await.unwrap();
    app.until_delivery(&["sent", "delivered"]).await;
    app.send("Last").await;
    let before_last = ward.texts_until(&mut bob, "Last").await;
    assert_eq!(before_last, ["First", "Written in the lift"]);
    app.kill(&computer);
}
