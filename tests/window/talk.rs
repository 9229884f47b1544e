//! The main job: sign in, see who wrote, answer, be answered.

use crate::computer::Computer;
use crate::ward::{BOB, CAROL, TEAM, Ward};

#[tokio::test(flavor = "multi_thread")]
async fn alice_signs_in_talks_with_bob_and_sees_carols_messages_counted_until_she_reads_them() {
    let ward = Ward::open().await;
    let mut bob = ward.phone(&ward.bob).await;
    let carol = ward.phone(&ward.carol).await;
    carol
        .send_text(&ward.alice.address, "Handover is at eight")
        .await
        .unwrap();
    bob.send_text(&ward.alice.address, "Are you on call tonight?")
        .await
        .unwrap();

    let computer = Computer::new();
    let app = ward.signed_in(&computer).await;
    app.until_text_in("chat-row", BOB).await;
    app.until_text_in("chat-preview", "Are you on call tonight?").await;
    app.until_text_in("chat-row", CAROL).await;

    app.open_conversation(BOB).await;
    app.until_message("Are you on call tonight?").await;
    app.send("Yes, until eight. Which bed?").await;
    let arrived = bob.expect_text("Yes, until eight. Which bed?").await.unwrap();
    app.until_delivery(&["sent", "delivered"]).await;
    bob.mark_displayed(&ward.alice.address, arrived.id.unwrap())
        .await
        .unwrap();
    app.until_delivery(&["read"]).await;
    bob.send_text(&ward.alice.address, "Bed 4, the troponin is back")
        .await
        .unwrap();
    app.until_message("Bed 4, the troponin is back").await;
    app.until_text_in("live-region", "Bed 4, the troponin is back").await;

    carol
        .send_text(&ward.alice.address, "Bring the drug chart")
        .await
        .unwrap();
    carol.send_text(&ward.alice.address, "And a pen").await.unwrap();
    app.until_text_in("chat-preview", "And a pen").await;
    app.until("carol's messages to be counted", &unread_of(CAROL, "> 1"))
        .await;
    app.open_conversation(CAROL).await;
    app.until_message("Bring the drug chart").await;
    app.until_message("And a pen").await;
    app.until_unread(CAROL, 0).await;
    app.close(&computer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_is_started_by_address_and_a_message_with_markup_is_shown_as_it_was_written() {
    let ward = Ward::open().await;
    let mut bob = ward.phone(&ward.bob).await;
    let computer = Computer::new();
    let app = ward.signed_in(&computer).await;

    ward.start_chat(&app, &ward.bob).await;
    let text = "<img src=x onerror=alert(1)> & <b>bold</b>";
    app.send(text).await;
    bob.expect_text(text).await.unwrap();
    bob.send_text(&ward.alice.address, "<script>document.title='x'</script>")
        .await
        .unwrap();
    app.until_message("<script>document.title='x'</script>").await;
    let foreign = "return document.querySelectorAll('[data-testid=bubble] :is(img, b, script)').length";
    assert_eq!(app.script(foreign).await, 0, "text became elements");
    app.close(&computer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_team_chat_shows_who_said_what_and_carries_an_answer_to_everybody() {
    let (ward, team) = Ward::open_with_team().await;
    let (bob, mut carol) = (ward.phone(&ward.bob).await, ward.phone(&ward.carol).await);
    bob.join_room(&team, "Bob Okonkwo").await.unwrap();
    carol.join_room(&team, "Carol Whitfield").await.unwrap();
    bob.send_to_room(&team, "Who has the bleep?").await.unwrap();

    let computer = Computer::new();
    let app = ward.signed_in(&computer).await;
    app.until_text_in("chat-preview", "Who has the bleep?").await;
    app.open_conversation(TEAM).await;
    app.until_message("Who has the bleep?").await;
    app.send("I have it until eight").await;
    carol.expect_text("I have it until eight").await.unwrap();
    app.until_delivery(&["sent", "delivered", "read"]).await;
    carol.send_to_room(&team, "Thank you both").await.unwrap();
    app.until_message("Thank you both").await;
    app.until_text_in("message-list", "Bob Okonkwo").await;
    app.until_text_in("message-list", "Carol Whitfield").await;
    assert_eq!(
        app.messages().await,
        ["Who has the bleep?", "I have it until eight", "Thank you both"]
    );
    app.close(&computer).await;
}

fn unread_of(name: &str, condition: &str) -> String {
    format!(
        "const row = [...document.querySelectorAll('[data-testid=chat-row]')].find(row => row.innerText.includes('{name}')); \
         return Number(row?.querySelector('[data-testid=unread-badge]')?.innerText ?? 0) {condition}"
    )
}
