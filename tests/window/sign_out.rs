//! Leaving a shared computer, and one's own.

use std::fs;

use crate::app::App;
use crate::computer::{Computer, key_of};
use crate::ward::{BOB, Ward};

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_with_removal_leaves_no_database_no_key_and_an_empty_form() {
    let ward = Ward::open().await;
    let bob = ward.phone(&ward.bob).await;
    let computer = Computer::new();
    let app = ward.signed_in(&computer).await;
    bob.send_text(&ward.alice.address, "Not for the next user")
        .await
        .unwrap();
    app.open_conversation(BOB).await;
    app.until_message("Not for the next user").await;
    let database = computer.databases().pop().expect("a database");
    assert!(key_of(&database).is_some(), "the key was in the keyring");

    sign_out(&app, "sign-out-wipe").await;
    assert_eq!(computer.databases().len(), 0);
    assert!(key_of(&database).is_none(), "the key is still in the keyring");
    let left: Vec<_> = fs::read_dir(computer.app_folder().join("profile"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .filter(|name| name != "profile.lock")
        .collect();
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(
        app.find("signin-address").await.prop("value").await.unwrap().as_deref(),
        Some("")
    );
    assert!(!app.text().await.contains("Not for the next user"));
    app.close(&computer).await;

    let app = App::start(&computer).await;
    assert_eq!(app.screen().await, "signed-out");
    app.close(&computer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_and_in_again_finds_the_kept_messages() {
    let ward = Ward::open().await;
    let bob = ward.phone(&ward.bob).await;
    let computer = Computer::new();
    let app = ward.signed_in(&computer).await;
    bob.send_text(&ward.alice.address, "Still here tomorrow").await.unwrap();
    app.until_text_in("chat-preview", "Still here tomorrow").await;
    let database = computer.databases();

    sign_out(&app, "sign-out-keep").await;
    assert_eq!(computer.databases(), database);
    assert!(key_of(&database[0]).is_none(), "the key is still in the keyring");
    assert!(!app.text().await.contains("Still here tomorrow"));
    ward.submit_sign_in(&app).await;
    app.until_screen("inbox").await;
    app.open_conversation(BOB).await;
    app.until_message("Still here tomorrow").await;
    assert_eq!(computer.databases(), database, "the same database is used again");
    assert!(
        key_of(&database[0]).is_some(),
        "the key is in the keyring while somebody is signed in"
    );
    app.close(&computer).await;
}

async fn sign_out(app: &App, choice: &str) {
    app.click("open-account").await;
    app.click("sign-out").await;
    app.click(choice).await;
    app.click("sign-out-submit").await;
    app.until_screen("signed-out").await;
}
