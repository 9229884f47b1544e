//! What is decided in the chat list, in the window and on the server.

use fantoccini::key::Key;
use serde_json::json;

use crate::app::App;
use crate::computer::Computer;
use crate::ward::{BOB, CAROL, Ward};

#[tokio::test(flavor = "multi_thread")]
async fn chats_are_pinned_muted_put_aside_and_found_and_come_back_with_the_next_message() {
    let ward = Ward::open().await;
    let (bob, carol) = (ward.phone(&ward.bob).await, ward.phone(&ward.carol).await);
    let computer = Computer::new();
    let app = ward.signed_in(&computer).await;
    bob.send_text(&ward.alice.address, "The echo is booked").await.unwrap();
    app.until_unread(BOB, 1).await;
    carol.send_text(&ward.alice.address, "Handover at eight").await.unwrap();
    app.until_unread(CAROL, 1).await;
    until_rows(&app, &[CAROL, BOB]).await;
    until_title(&app, "(2) Wardline").await;

    choose(&app, BOB, "pin").await;
    until_rows(&app, &[BOB, CAROL]).await;
    choose(&app, CAROL, "muteHour").await;
    app.until(
        "the sign that it is muted",
        "return document.querySelectorAll('[data-testid=muted]').length === 1",
    )
    .await;
    until_title(&app, "(1) Wardline").await;
    choose(&app, CAROL, "archive").await;
    until_rows(&app, &[BOB]).await;
    app.until_text_in("archive-row", "Archived (1)").await;

    // Found wherever it is, by what was said last.
    app.fill("chat-filter", "handover").await;
    until_rows(&app, &[CAROL]).await;
    app.fill("chat-filter", "").await;
    app.click("show-teams").await;
    until_rows(&app, &[]).await;
    app.click("show-all").await;
    until_rows(&app, &[BOB]).await;

    carol.send_text(&ward.alice.address, "At half past").await.unwrap();
    app.until_unread(CAROL, 2).await;
    until_rows(&app, &[BOB, CAROL]).await;
    choose(&app, CAROL, "read").await;
    app.until_unread(CAROL, 0).await;
    choose(&app, CAROL, "unread").await;
    app.until_text_in("chat-row", "Marked as unread").await;
    app.close(&computer).await;
}

/// Chooses something in the menu of a chat, by keyboard as far as the menu.
async fn choose(app: &App, name: &str, choice: &str) {
    let row = format!(
        "const row = [...document.querySelectorAll('[data-testid=chat-row]')].find(row => row.innerText.includes({})); \
         row?.focus(); return document.activeElement === row",
        json!(name)
    );
    app.until(&format!("the row of {name}"), &row).await;
    app.press(&[Key::Shift, Key::F10]).await;
    app.click(&format!("chat-menu-{choice}")).await;
}

async fn until_rows(app: &App, names: &[&str]) {
    let script = format!(
        "const rows = [...document.querySelectorAll('li:has([data-testid=chat-row])')].sort((a, b) => a.ariaPosInSet - b.ariaPosInSet); \
         const names = {}; \
         return rows.length === names.length && rows.every((row, index) => row.innerText.includes(names[index]))",
        json!(names)
    );
    app.until(&format!("the rows {names:?}"), &script).await;
}

async fn until_title(app: &App, title: &str) {
    app.until(title, &format!("return document.title === {}", json!(title)))
        .await;
}
