//! Many messages at once.

use std::collections::BTreeSet;

use crate::app::App;
use crate::computer::Computer;
use crate::ward::{BOB, Ward};

const MESSAGES: usize = 500;

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_messages_at_once_settle_in_order_and_none_is_missing() {
    let ward = Ward::open().await;
    let bob = ward.phone(&ward.bob).await;
    let computer = Computer::new();
    let app = ward.signed_in(&computer).await;
    bob.send_text(&ward.alice.address, "Here they come").await.unwrap();
    app.open_conversation(BOB).await;
    app.until_message("Here they come").await;

    let texts: Vec<String> = (0..MESSAGES).map(|number| format!("Result {number:04}")).collect();
    bob.send_texts(&ward.alice.address, &texts).await.unwrap();
    app.until_message(&texts[MESSAGES - 1]).await;
    app.until_text_in("chat-preview", &texts[MESSAGES - 1]).await;
    assert_eq!(read_upwards(&app).await, (0..MESSAGES).collect());
    app.until_connection(&["online"]).await;
    app.close(&computer).await;
}

/// The numbers of all results in the thread, read as a person would: upwards, until nothing older comes. What is in the
/// document at any moment must be without a hole.
async fn read_upwards(app: &App) -> BTreeSet<usize> {
    let mut seen = BTreeSet::new();
    loop {
        let shown = app.messages().await;
        let numbers: Vec<usize> = shown
            .iter()
            .filter_map(|text| text.strip_prefix("Result ")?.parse().ok())
            .collect();
        for pair in numbers.windows(2) {
            assert_eq!(pair[0] + 1, pair[1], "not in order: {numbers:?}");
        }
        seen.extend(&numbers);
        if shown.iter().any(|text| text == "Here they come") {
            return seen;
        }
        let first = shown.first().cloned().unwrap_or_default();
        let script = format!(
            "document.querySelector('[data-testid=timeline]').scrollTop = 0; \
             return document.querySelector('[data-testid=bubble] .words')?.innerText.trim() !== {}",
            serde_json::json!(first)
        );
        app.until("older messages", &script).await;
    }
}
