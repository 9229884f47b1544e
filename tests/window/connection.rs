//! The server goes away and comes back.

use crate::computer::Computer;
use crate::ward::{BOB, Ward};

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_is_shown_and_one_that_returns_gets_what_was_written_once() {
    let mut ward = Ward::open().await;
    let mut bob = ward.phone(&ward.bob).await;
    let computer = Computer::new();
    let app = ward.signed_in(&computer).await;
    ward.start_chat(&app, &ward.bob).await;
    app.send("Before").await;
    app.until_delivery(&["sent", "delivered"]).await;

    ward.server.stop().await;
    app.until("the broken connection to be shown", SHOWN).await;
    app.until_connection(&["waiting", "connecting"]).await;
    app.send("Meanwhile").await;
    app.until_delivery(&["waiting"]).await;
    assert!(app.shows("composer-waits").await, "the composer says that it waits");

    ward.server.start_again().await.unwrap();
    app.until_connection(&["online"]).await;
    app.until("the sign of the broken connection to go", HIDDEN).await;
    app.until_delivery(&["sent", "delivered"]).await;
    app.send("After").await;
    let before_after = ward.texts_until(&mut bob, "After").await;
    assert_eq!(before_after, ["Before", "Meanwhile"]);

    // The other way round: what came while the app was alone is there after it has caught up.
    bob.send_text(&ward.alice.address, "Good to have you back")
        .await
        .unwrap();
    app.until_message("Good to have you back").await;
    app.until_text_in("chat-row", BOB).await;
    app.close(&computer).await;
}

const SHOWN: &str = "return document.querySelector('[data-testid=connection-state]')?.dataset.shown === 'true'";
const HIDDEN: &str = "return document.querySelector('[data-testid=connection-state]')?.dataset.shown === 'false'";
