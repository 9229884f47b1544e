//! Talking: what one person writes the other reads, once, in order, with its state.

use wardline_interop::view::{Delivery, TimelineStart};
use wardline_interop::{Desk, ServerUnderTest, TestClient, ward};

const TALK: usize = 30;

#[tokio::test(flavor = "multi_thread")]
async fn a_message_arrives_and_its_state_goes_from_waiting_to_read() {
    let (server, alice, bob) = ward().await;
    let mut phone = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;

    let talk = desk.write(&bob.address, "Bed 4: troponin is back").await;
    let arrived = phone.expect_text("Bed 4: troponin is back").await.unwrap();
    desk.until("sent", |desk| sent(desk, talk, Delivery::Sent)).await;
    phone
        .confirm(&alice.address, arrived.id.clone().unwrap())
        .await
        .unwrap();
    desk.until("delivered", |desk| sent(desk, talk, Delivery::Delivered))
        .await;
    phone.mark_displayed(&alice.address, arrived.id.unwrap()).await.unwrap();
    desk.until("read", |desk| sent(desk, talk, Delivery::Read)).await;
    assert_eq!(desk.texts(talk), ["Bed 4: troponin is back"]);
}

fn sent(desk: &Desk, talk: wardline_interop::view::ConversationId, least: Delivery) -> Option<()> {
    let order = [Delivery::Waiting, Delivery::Sent, Delivery::Delivered, Delivery::Read];
    let rank = |state| order.iter().position(|known| *known == state);
    let state = desk.messages(talk).last()?.delivery?;
    (rank(state)? >= rank(least)?).then_some(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_raises_the_unread_count_until_it_is_read() {
    let (server, alice, bob) = ward().await;
    let phone = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;

    phone.send_text(&alice.address, "Are you on call?").await.unwrap();
    phone.send_text(&alice.address, "It is about bed 4").await.unwrap();
    let row = desk
        .until("two unread", |desk| {
            desk.rows().first().filter(|row| row.unread == 2).cloned()
        })
        .await;
    assert_eq!(row.preview.unwrap().text, "It is about bed 4");
    desk.until("both said aloud", |desk| (desk.arrived().len() == 2).then_some(()))
        .await;
    assert_eq!(desk.arrived(), ["Are you on call?", "It is about bed 4"]);

    let talk = desk.open_id(row.id).await;
    let line = desk.thread(talk).unread.as_ref().map(|line| line.before);
    assert_eq!(line, Some(desk.messages(talk)[0].id));
    let last = desk.messages(talk).last().unwrap().id;
    desk.client().mark_read(talk, last).await.unwrap();
    desk.until("nothing unread", |desk| {
        desk.rows().first().filter(|row| row.unread == 0).cloned()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_messages_stay_in_order_and_each_comes_once() {
    let (server, alice, bob) = ward().await;
    let mut phone = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;

    let mut texts = Vec::new();
    for number in 0..TALK {
        let text = format!("message {number}");
        let talk = desk.write(&bob.address, &text).await;
        texts.push(text);
        assert_eq!(desk.thread(talk).conversation.id, talk);
    }
    for text in &texts {
        let next = loop {
            if let Some(body) = phone.next_message().await.unwrap().body {
                break body;
            }
        };
        assert_eq!(next, *text);
    }
    let talk = desk.until("a row", |desk| desk.rows().first().map(|row| row.id)).await;
    let expected: Vec<&str> = texts.iter().map(String::as_str).collect();
    desk.until_texts(talk, &expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_offline_is_sent_with_the_next_connection() {
    let (mut server, alice, bob) = ward().await;
    if !server.is_ours() {
        eprintln!("SKIPPED: a server of somebody else cannot be stopped");
        return;
    }
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    assert!(server.stop().await);
    let talk = desk.write(&bob.address, "Written in the lift").await;
    desk.until_texts(talk, &["Written in the lift"]).await;

    // The app is closed and opened in between; nothing depends on it staying awake.
    let mut desk = desk.restart().await;
    let talk = desk.open_id(talk).await;
    assert_eq!(desk.messages(talk)[0].delivery, Some(Delivery::Waiting));
    server.start_again().await.unwrap();
    desk.client().reconnect();
    desk.until("sent", |desk| sent(desk, talk, Delivery::Sent)).await;
    let mut phone = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    phone.expect_text("Written in the lift").await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_to_nobody_fails_and_says_so() {
    let server = ServerUnderTest::from_env().await.unwrap();
    let alice = server.account("alice").await.unwrap();
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    let nobody = format!("nobody-at-all@{}", server.endpoint().domain);
    let talk = desk.write(&nobody, "Hello?").await;
    let failed = |desk: &Desk| {
        desk.messages(talk)
            .last()
            .filter(|last| last.delivery == Some(Delivery::Failed))
            .map(|_| ())
    };
    desk.until("failed", failed).await;
    let message = desk.messages(talk).last().unwrap().id;
    desk.client().discard(message).await.unwrap();
    desk.until_texts(talk, &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn typing_is_shown_and_ends_with_the_message() {
    let (server, alice, bob) = ward().await;
    let phone = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    phone.send_text(&alice.address, "One moment").await.unwrap();
    desk.until("the message", |desk| desk.rows().first().map(|row| row.unread))
        .await;
    phone
        .show(&alice.address, wardline_interop::xmpp::message::ChatState::Composing)
        .await
        .unwrap();
    desk.until("typing", |desk| {
        desk.rows().first().filter(|row| !row.typing.is_empty()).map(|_| ())
    })
    .await;
    phone.send_text(&alice.address, "It is 42").await.unwrap();
    desk.until("typed", |desk| {
        let row = desk.rows().first()?;
        (row.typing.is_empty() && row.preview.as_ref()?.text == "It is 42").then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_conversation_begins_at_its_beginning() {
    let (server, alice, bob) = ward().await;
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    let talk = desk.write(&bob.address, "First words").await;
    desk.client().page_back(talk).await.unwrap();
    desk.until("the beginning", |desk| {
        (desk.thread(talk).start == TimelineStart::Beginning).then_some(())
    })
    .await;
    desk.until_texts(talk, &["First words"]).await;
}
