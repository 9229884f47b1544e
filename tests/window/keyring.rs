//! A computer without a keyring: said clearly, and a passphrase instead, if that is what somebody chooses.

use crate::app::App;
use crate::computer::{Computer, Keyring};
use crate::ward::{BOB, Ward, trouble};

const PASSPHRASE: &str = "three blind mice";

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keyring_a_passphrase_can_be_chosen_and_is_asked_for_at_the_next_start() {
    let ward = Ward::open().await;
    let bob = ward.phone(&ward.bob).await;
    bob.send_text(&ward.alice.address, "Kept under a passphrase")
        .await
        .unwrap();
    let computer = Computer::with(Keyring::Missing);
    let app = App::start(&computer).await;
    ward.submit_sign_in(&app).await;
    app.until_text_in("key-choice", "password store, which is not available")
        .await;
    assert_eq!(
        computer.databases().len(),
        0,
        "a database was made before its key had a place"
    );

    app.click("signin-keyring-retry").await;
    app.until(
        "the form to have tried again",
        "return !document.querySelector('[data-testid=signin-submit]').disabled",
    )
    .await;
    assert!(app.shows("key-choice").await, "there still is no keyring");
    app.fill("signin-passphrase", PASSPHRASE).await;
    app.fill("signin-passphrase-again", "three blind rats").await;
    app.click("signin-submit").await;
    app.until_text_in("signin-mistake", "The two passphrases are not the same.")
        .await;
    app.fill("signin-passphrase-again", PASSPHRASE).await;
    app.click("signin-submit").await;
    app.until_screen("inbox").await;
    app.until_text_in("chat-preview", "Kept under a passphrase").await;
    app.close(&computer).await;

    let app = App::start(&computer).await;
    assert_eq!(app.screen().await, "locked");
    assert!(
        !app.text().await.contains("Kept under"),
        "a locked window shows messages"
    );
    app.fill("unlock-passphrase", "three blind rats").await;
    app.click("unlock-submit").await;
    let (code, words) = trouble(&app, "unlock-error").await;
    assert_eq!(code, "passphraseWrong");
    assert!(
        words.contains("That passphrase does not open your messages."),
        "{words}"
    );
    app.fill("unlock-passphrase", PASSPHRASE).await;
    app.click("unlock-submit").await;
    app.until_screen("inbox").await;
    app.open_conversation(BOB).await;
    app.until_message("Kept under a passphrase").await;
    app.until_connection(&["online"]).await;
    app.close(&computer).await;
}
