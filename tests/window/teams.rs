//! A team from its making to its end for alice, in the window and on the server.

use fantoccini::key::Key;
use serde_json::json;
use wardline_test_support::client::TestClient;

use crate::app::App;
use crate::computer::Computer;
use crate::ward::{BOB, CAROL, TEAM, Ward};

const NAME: &str = "Falls round";

#[tokio::test(flavor = "multi_thread")]
async fn a_team_is_made_joined_mentioned_read_left_and_entered_again() {
    let ward = Ward::open().await;
    let (mut bob, mut carol) = (ward.phone(&ward.bob).await, ward.phone(&ward.carol).await);
    let computer = Computer::new();
    let app = ward.signed_in(&computer).await;
    app.until_connection(&["online"]).await;

    app.click("new-chat-button").await;
    app.click("new-team-button").await;
    app.fill("new-team-name", NAME).await;
    app.fill("new-team-purpose", "Tuesdays at ten").await;
    pick(&app, "bob", BOB).await;
    app.click("new-team-submit").await;
    app.until_text_in("thread-name", NAME).await;
    let team = entered(&mut bob, BOB).await;
    app.send("Who is in today?").await;
    bob.expect_text("Who is in today?").await.unwrap();

    app.click("team-details-button").await;
    app.until_text_in("team-panel", "Tuesdays at ten").await;
    app.click("team-add").await;
    pick(&app, "carol", CAROL).await;
    app.click("add-people-submit").await;
    assert_eq!(entered(&mut carol, CAROL).await, team);
    app.until("three members", &members_are(3)).await;
    app.click("team-close").await;
    let (made, added) = (format!("You made the team with {BOB}"), format!("You added {CAROL}"));
    until_lines(&app, &[&made, &added]).await;

    // The name is completed, and said so that bob's app knows that he is meant.
    app.fill("composer-input", "@bob").await;
    app.find("mention-list").await;
    app.press(&[Key::Enter]).await;
    app.until(
        "the completed name",
        &format!(
            "return document.querySelector('[data-testid=composer-input]').value === {}",
            json!(format!("@{BOB} "))
        ),
    )
    .await;
    let text = format!("@{BOB} bed 2");
    app.send(&text).await;
    let meant = carol.expect_text(&text).await.unwrap();
    let whom: Vec<String> = meant.mentions.iter().map(|mention| mention.whom.to_string()).collect();
    assert_eq!(whom, [ward.bob.address.as_str()]);

    bob.mark_displayed_in_room(&team, meant.id.unwrap()).await.unwrap();
    app.until_text_in("seen-by", "1").await;

    // Mentioned while another chat is open.
    ward.start_chat(&app, &ward.carol).await;
    bob.send_to_room(&team, "@alice bed 9, please").await.unwrap();
    app.find("mention-badge").await;
    app.click("show-mentions").await;
    app.until_text_in("chat-list", NAME).await;
    app.open_conversation(NAME).await;
    app.until_message("@alice bed 9, please").await;
    app.until_unread(NAME, 0).await;
    app.click("show-all").await;

    app.click("team-details-button").await;
    app.click("team-leave").await;
    app.click("team-confirm-submit").await;
    app.until_text_in("team-standing", "You left").await;
    let handed_over = format!("You handed the team over to {BOB}");
    until_lines(&app, &[&made, &added, &handed_over, "You left"]).await;
    assert!(
        !app.shows("composer-input").await,
        "nothing can be written to a team that one has left"
    );
    // Nobody comes back into a private team without its owner, who is bob now.
    app.click("team-enter").await;
    app.find("team-standing-error").await;
    bob.affiliate(&team, &ward.alice.address, "member").await.unwrap();
    app.click("team-enter").await;
    app.send("Back again").await;
    carol.expect_text("Back again").await.unwrap();
    until_lines(&app, &[&made, &added, &handed_over, "You left", "You joined"]).await;
    app.close(&computer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_removed_while_the_app_was_closed_is_told_and_keeps_what_was_said() {
    let (ward, team) = Ward::open_with_team().await;
    let bob = ward.phone(&ward.bob).await;
    bob.join_room(&team, BOB).await.unwrap();
    bob.send_to_room(&team, "Who has the bleep?").await.unwrap();
    let computer = Computer::new();
    let app = ward.signed_in(&computer).await;
    app.until_text_in("chat-preview", "Who has the bleep?").await;
    app.close(&computer).await;
    bob.affiliate(&team, &ward.alice.address, "none").await.unwrap();

    let app = App::start(&computer).await;
    app.until_text_in("chat-list", TEAM).await;
    app.until(
        "the team's thread",
        &format!(
            "[...document.querySelectorAll('[data-testid=chat-row]')].find(row => row.innerText.includes({}))?.click(); \
             return document.querySelector('[data-testid=team-standing]') !== null",
            json!(TEAM)
        ),
    )
    .await;
    app.until_message("Who has the bleep?").await;
    app.click("team-block").await;
    app.until_text_in("team-standing", "You have blocked this team").await;
    app.find("blocked").await;
    app.click("team-block").await;
    app.until_text_in("team-block", "Block this team").await;
    app.click("team-dismiss").await;
    app.until("an empty list", &format!("return {} === 0", rows())).await;
    app.close(&computer).await;
}

/// The quiet lines of the thread that is open are these.
async fn until_lines(app: &App, wanted: &[&str]) {
    let lines = "[...document.querySelectorAll('[data-testid=team-notice]')].map(line => line.innerText.trim())";
    let wanted = json!(wanted).to_string();
    app.until(
        "the quiet lines",
        &format!("return JSON.stringify({lines}) === {}", json!(wanted)),
    )
    .await;
}

/// Finds somebody in the dialog that is open and takes them.
async fn pick(app: &App, text: &str, name: &str) {
    app.fill("picker-address", text).await;
    app.until_text_in("person-option", name).await;
    app.press(&[Key::Enter]).await;
    app.until_text_in("picker-chosen", name).await;
}

/// Somebody is asked into a team, and comes; its address.
async fn entered(who: &mut TestClient, name: &str) -> String {
    let asked = who
        .expect_message(|message| message.invitation.is_some())
        .await
        .unwrap();
    let room = asked.invitation.unwrap().room.to_string();
    who.join_room(&room, name).await.unwrap();
    room
}

fn rows() -> &'static str {
    "document.querySelectorAll('[data-testid=chat-row]').length"
}

fn members_are(count: usize) -> String {
    format!("return document.querySelectorAll('[data-testid=team-member]').length === {count}")
}
