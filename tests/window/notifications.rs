//! A notification for every message (R12), on a desktop that shows them.

use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};
use wardline_test_support::client::RequestKind;

use crate::app::App;
use crate::computer::Computer;
use crate::desktop::Desktop;
use crate::ward::{BOB, CAROL, Ward};

const PASSPHRASE: &str = "three blind mice";
const TEXT: &str = "Potassium is <b>6.1</b> & rising";

#[tokio::test(flavor = "multi_thread")]
async fn a_notification_names_the_sender_alone_is_replaced_leads_to_the_chat_and_goes_when_it_is_read() {
    let ward = Ward::open().await;
    let (bob, carol) = (ward.phone(&ward.bob).await, ward.phone(&ward.carol).await);
    let phone = ward.phone(&ward.alice).await;
    let desktop = Desktop::start();
    let computer = Computer::on_bus(desktop.address());
    let app = signed_in(&ward, &computer).await;

    bob.send_text(&ward.alice.address, TEXT).await.unwrap();
    let first = desktop.until_shown(BOB, "New message").await;
    let last = bob.send_text(&ward.alice.address, "And the ECG?").await.unwrap();
    let second = desktop.until_shown(BOB, "2 new messages").await;
    assert_eq!(second.id, first.id, "it was not replaced");
    assert_eq!(desktop.on_screen(), Some(1));
    app.until_unread(BOB, 2).await;

    // Somebody reads it on another device of theirs.
    phone.mark_displayed(&ward.bob.address, last).await.unwrap();
    app.until_unread(BOB, 0).await;
    desktop.until_on_screen(0).await;

    carol.send_text(&ward.alice.address, "Which bed?").await.unwrap();
    desktop.until_shown(CAROL, "New message").await;
    desktop.until_on_screen(1).await;
    desktop.click();
    app.until_text_in("thread-name", CAROL).await;
    app.until_message("Which bed?").await;
    desktop.until_on_screen(0).await;

    let said = desktop.said();
    let secret = |text: &str| ["Potassium", "ECG", "bed", "@"].iter().any(|word| text.contains(word));
    assert!(
        !said.iter().any(|shown| secret(&shown.title) || secret(&shown.body)),
        "{said:?}"
    );
    app.close(&computer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notification_says_what_the_settings_allow_nothing_of_muted_chats_and_nothing_after_sign_out() {
    let ward = Ward::open().await;
    let bob = ward.phone(&ward.bob).await;
    let desktop = Desktop::start();
    let computer = Computer::on_bus(desktop.address());
    let app = signed_in(&ward, &computer).await;

    choose_content(&app, "senderAndText").await;
    let wrong = bob.send_text(&ward.alice.address, TEXT).await.unwrap();
    desktop
        .until_shown(BOB, "Potassium is &lt;b&gt;6.1&lt;/b&gt; &amp; rising")
        .await;
    let to = &ward.alice.address;
    let correction = format!(
        "<message xmlns='jabber:client' type='chat' to='{to}' id='corrected'><body>Sodium</body>\
         <replace xmlns='urn:xmpp:message-correct:0' id='{}'/></message>",
        wrong.as_str()
    );
    bob.send_raw(&correction).await.unwrap();
    desktop.until_shown(BOB, "Sodium").await;
    choose_content(&app, "nothing").await;
    bob.send_text(&ward.alice.address, "Two").await.unwrap();
    desktop.until_shown("Wardline", "2 new messages").await;

    let conversation = conversation(&app, BOB).await;
    let mute = |until: Value| json!({ "conversation": conversation, "change": { "kind": "mute", "until": until } });
    invoke(&app, "decide", mute(json!(9_007_199_254_740_991_i64))).await;
    bob.send_text(&ward.alice.address, "Three").await.unwrap();
    app.until_unread(BOB, 3).await;
    invoke(&app, "decide", mute(Value::Null)).await;
    bob.send_text(&ward.alice.address, "Four").await.unwrap();
    desktop.until_shown("Wardline", "4 new messages").await;
    let bodies: Vec<String> = desktop.said().into_iter().map(|shown| shown.body).collect();
    assert_eq!(bodies[2..], ["2 new messages", "4 new messages"]);
    assert_eq!(desktop.on_screen(), Some(1));

    app.click("open-account").await;
    app.click("sign-out").await;
    app.click("sign-out-keep").await;
    app.click("sign-out-submit").await;
    app.until_screen("signed-out").await;
    desktop.until_on_screen(0).await;
    app.close(&computer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_told_by_the_name_of_its_team_and_leads_to_it() {
    let ward = Ward::open().await;
    let bob = ward.phone(&ward.bob).await;
    let desktop = Desktop::start();
    let computer = Computer::on_bus(desktop.address());
    let app = signed_in(&ward, &computer).await;

    let room = format!("night@{}", ward.muc_service());
    bob.join_room(&room, BOB).await.unwrap();
    let form = "<query xmlns='http://jabber.org/protocol/muc#owner'><x xmlns='jabber:x:data' type='submit'>\
                <field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field>\
                <field var='muc#roomconfig_roomname'><value>Night round</value></field></x></query>";
    bob.ask_raw(Some(&room), RequestKind::Set, form).await.unwrap();
    let invitation = format!(
        "<message xmlns='jabber:client' to='{}'><x xmlns='jabber:x:conference' jid='{room}'/></message>",
        ward.alice.address
    );
    bob.send_raw(&invitation).await.unwrap();
    desktop.until_shown("Night round", &format!("{BOB} invites you")).await;
    desktop.click();
    app.until_text_in("team-standing", "invites you to Night round").await;
    desktop.until_on_screen(0).await;
    app.click("team-enter").await;
    app.find("composer-input").await;

    // One that is opened by hand has been seen.
    let other = format!("day@{}", ward.muc_service());
    bob.join_room(&other, BOB).await.unwrap();
    bob.ask_raw(Some(&other), RequestKind::Set, &form.replace("Night", "Day"))
        .await
        .unwrap();
    bob.send_raw(&invitation.replace(&room, &other)).await.unwrap();
    desktop.until_shown("Day round", &format!("{BOB} invites you")).await;
    let rows = "[...document.querySelectorAll('[data-testid=chat-row]')]";
    let open = format!("{rows}.find(row => row.innerText.includes('Day round'))?.click(); return true");
    app.until("the row is clicked", &open).await;
    app.until_text_in("team-standing", "invites you to Day round").await;
    desktop.until_on_screen(0).await;
    app.close(&computer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_while_the_app_was_closed_is_told_unless_it_was_read_elsewhere() {
    let ward = Ward::open().await;
    let (bob, carol) = (ward.phone(&ward.bob).await, ward.phone(&ward.carol).await);
    let phone = ward.phone(&ward.alice).await;
    bob.send_text(&ward.alice.address, "Before the first sign-in")
        .await
        .unwrap();
    let desktop = Desktop::start();
    let computer = Computer::on_bus(desktop.address());
    let app = signed_in(&ward, &computer).await;
    app.open_conversation(BOB).await;
    app.until_message("Before the first sign-in").await;
    app.until_unread(BOB, 0).await;
    app.close(&computer).await;

    let read = carol.send_text(&ward.alice.address, "Never mind").await.unwrap();
    phone.mark_displayed(&ward.carol.address, read).await.unwrap();
    bob.send_text(&ward.alice.address, "One").await.unwrap();
    bob.send_text(&ward.alice.address, "Two").await.unwrap();
    let app = App::start(&computer).await;
    app.fill("unlock-passphrase", PASSPHRASE).await;
    app.click("unlock-submit").await;
    app.until_screen("inbox").await;
    desktop.until_shown(BOB, "2 new messages").await;
    app.until_text_in("chat-row", CAROL).await;
    app.until_unread(CAROL, 0).await;
    let said = desktop.said();
    assert_eq!(said.len(), 1, "{said:?}");

    // The desktop's session ends: a notification would lead nowhere.
    desktop.until_on_screen(1).await;
    terminate(&computer);
    desktop.until_on_screen(0).await;
    app.kill(&computer);
}

/// Asks the app to end, as the system does.
fn terminate(computer: &Computer) {
    let app = PathBuf::from(env!("CARGO_BIN_EXE_wardline"));
    let is_app = |id: &u32| std::fs::read_link(format!("/proc/{id}/exe")).is_ok_and(|exe| exe == app);
    let id = computer.processes().into_iter().find(is_app).expect("the app runs");
    let asked = Command::new("kill").args(["-TERM", &id.to_string()]).status();
    assert!(asked.expect("kill").success());
}

/// Starts the app where there is no keyring and signs alice in.
async fn signed_in(ward: &Ward, computer: &Computer) -> App {
    let app = App::start(computer).await;
    ward.submit_sign_in(&app).await;
    app.find("key-choice").await;
    app.fill("signin-passphrase", PASSPHRASE).await;
    app.fill("signin-passphrase-again", PASSPHRASE).await;
    app.click("signin-submit").await;
    app.until_screen("inbox").await;
    app.until_connection(&["online"]).await;
    app
}

async fn choose_content(app: &App, content: &str) {
    let settings = json!({ "content": content, "sound": "silent", "quietUntil": null });
    invoke(app, "save_notification_settings", json!({ "settings": settings })).await;
}

/// Calls a command as the page does.
async fn invoke(app: &App, command: &str, arguments: Value) {
    let answer = app
        .answer(&format!(
            "window.__TAURI_INTERNALS__.invoke({}, {arguments}).then(() => answer('done'), (error) => answer(error))",
            json!(command)
        ))
        .await;
    assert_eq!(answer, json!("done"), "{command}");
}

async fn conversation(app: &App, name: &str) -> i64 {
    let row = format!(
        "return Number([...document.querySelectorAll('[data-testid=chat-row]')].find(row => row.innerText.includes({})) \
         ?.dataset.conversation ?? 0)",
        json!(name)
    );
    app.until(name, &row).await.as_i64().expect("a number")
}
