//! The web view's own menu is nowhere; the app's own works with the real clipboard.

use serde_json::json;

use crate::app::App;
use crate::computer::Computer;
use crate::ward::{BOB, Ward};

#[tokio::test(flavor = "multi_thread")]
async fn text_is_cut_and_pasted_by_the_apps_own_menu_and_no_other_opens() {
    let ward = Ward::open().await;
    let bob = ward.phone(&ward.bob).await;
    let computer = Computer::new();
    let app = ward.signed_in(&computer).await;
    bob.send_text(&ward.alice.address, "Potassium 6.1").await.unwrap();
    app.open_conversation(BOB).await;
    app.until_message("Potassium 6.1").await;

    let open = "return [...document.querySelectorAll('body, [data-testid]')].filter(one => \
                one.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true, cancelable: true }))).length";
    assert_eq!(app.script(open).await, 0, "the web view's own menu opens somewhere");

    app.fill("composer-input", "Repeat at 15:00").await;
    app.script("document.querySelector('[data-testid=composer-input]').select()")
        .await;
    choose(&app, "cut").await;
    until_written(&app, "").await;
    choose(&app, "paste").await;
    until_written(&app, "Repeat at 15:00").await;
    assert_eq!(
        app.script("return document.activeElement.dataset.testid").await,
        json!("composer-input")
    );

    // A message is copied whole from its own menu.
    app.script("[...document.querySelectorAll('[data-testid=message]')].at(-1).focus()")
        .await;
    choose(&app, "copyMessage").await;
    app.fill("composer-input", "").await;
    choose(&app, "paste").await;
    until_written(&app, "Potassium 6.1").await;
    app.close(&computer).await;
}

/// Opens the menu by the key where the focus is, and chooses.
async fn choose(app: &App, choice: &str) {
    app.script(
        "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', \
         { key: 'F10', shiftKey: true, bubbles: true, cancelable: true }))",
    )
    .await;
    app.click(&format!("text-menu-{choice}")).await;
}

async fn until_written(app: &App, text: &str) {
    let script = format!(
        "return document.querySelector('[data-testid=composer-input]').value === {}",
        json!(text)
    );
    app.until(&format!("{text:?} in the composer"), &script).await;
}
