//! The archive: what was said before, elsewhere, or meanwhile is here too, once and in order.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "the whole file is a test, its helpers too"
)]

use wardline_interop::view::TimelineStart;
use wardline_interop::{Desk, ServerUnderTest, TestClient, ward};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_computer_shows_what_was_said_before_and_pages_to_the_beginning() {
    let (server, alice, bob) = ward().await;
    let phone = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let texts: Vec<String> = (0..120).map(|number| format!("handover {number}")).collect();
    for text in &texts {
        phone.send_text(&alice.address, text).await.unwrap();
    }
    until_archived(&server, &alice, &bob.address, texts.len()).await;

    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    let talk = desk.open(bob.name()).await;
    assert_eq!(desk.texts(talk).last().unwrap(), "handover 119");
    while desk.thread(talk).start != TimelineStart::Beginning {
        let before = desk.texts(talk).len();
        desk.client().page_back(talk).await.unwrap();
        desk.until("a page", |desk| {
            let thread = desk.thread(talk);
            (thread.start == TimelineStart::Beginning || desk.texts(talk).len() > before).then_some(())
        })
        .await;
    }
    assert_eq!(desk.texts(talk), texts);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_while_the_app_was_closed_is_caught_up_with() {
    let (server, alice, bob) = ward().await;
    let phone = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    phone.send_text(&alice.address, "before").await.unwrap();
    desk.until("the message", |desk| {
        desk.row(bob.name()).filter(|row| row.unread == 1).map(|_| ())
    })
    .await;

    let folder = desk.sleep().await;
    let texts: Vec<String> = (0..40).map(|number| format!("meanwhile {number}")).collect();
    for text in &texts {
        phone.send_text(&alice.address, text).await.unwrap();
    }
    until_archived(&server, &alice, &bob.address, texts.len() + 1).await;
    let mut desk = folder.wake().await;
    desk.until_online().await;
    let row = desk
        .until("41 unread", |desk| {
            desk.row(bob.name()).filter(|row| row.unread == 41).cloned()
        })
        .await;
    let talk = desk.open_id(row.id).await;
    let expected: Vec<String> = std::iter::once("before".to_owned()).chain(texts).collect();
    let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
    desk.until_texts(talk, &expected).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_own_device_sends_appears_and_counts_as_read() {
    let (server, alice, bob) = ward().await;
    let mut bobs_phone = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let alices_phone = TestClient::connect(server.endpoint(), &alice).await.unwrap();
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    bobs_phone.send_text(&alice.address, "Can you come?").await.unwrap();
    desk.until("unread", |desk| {
        desk.row(bob.name()).filter(|row| row.unread == 1).map(|_| ())
    })
    .await;
    alices_phone.send_text(&bob.address, "On my way").await.unwrap();
    bobs_phone.expect_text("On my way").await.unwrap();
    let row = desk
        .until("read", |desk| {
            desk.row(bob.name()).filter(|row| row.unread == 0).cloned()
        })
        .await;
    let talk = desk.open_id(row.id).await;
    desk.until_texts(talk, &["Can you come?", "On my way"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_on_another_own_device_clears_the_count_here() {
    let (server, alice, bob) = ward().await;
    let bobs_phone = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let mut alices_phone = TestClient::connect(server.endpoint(), &alice).await.unwrap();
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    bobs_phone.send_text(&alice.address, "Potassium is 6.1").await.unwrap();
    desk.until("unread", |desk| {
        desk.row(bob.name()).filter(|row| row.unread == 1).map(|_| ())
    })
    .await;
    let seen = alices_phone.expect_text("Potassium is 6.1").await.unwrap();
    alices_phone
        .mark_displayed(&bob.address, seen.id.unwrap())
        .await
        .unwrap();
    desk.until("read", |desk| {
        desk.row(bob.name()).filter(|row| row.unread == 0).map(|_| ())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_shows_everything_without_a_server() {
    let (mut server, alice, bob) = ward().await;
    if !server.is_ours() {
        eprintln!("SKIPPED: a server of somebody else cannot be stopped");
        return;
    }
    let phone = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    phone.send_text(&alice.address, "Kept").await.unwrap();
    desk.until("the message", |desk| desk.row(bob.name()).map(|_| ())).await;
    drop(phone);
    assert!(server.stop().await);
    let mut desk = desk.restart().await;
    let row = desk.row(bob.name()).expect("the row is there at once").clone();
    assert_eq!(row.preview.unwrap().text, "Kept");
    let talk = desk.open_id(row.id).await;
    assert_eq!(desk.texts(talk), ["Kept"]);
}

/// Waits until the server's archive holds that many messages of a conversation: some write it late.
async fn until_archived(server: &ServerUnderTest, owner: &wardline_interop::Account, with: &str, count: usize) {
    use wardline_interop::xmpp::archive::{ArchiveQuery, Position, Reach};
    let reader = TestClient::connect(server.endpoint(), owner).await.unwrap();
    for _ in 0..60 {
        let (mut held, mut position) = (0, Position::Oldest);
        loop {
            let with = Some(with.parse().unwrap());
            let query = ArchiveQuery {
                archive: None,
                with,
                start: None,
                end: None,
                position,
                max: 50,
            };
            let page = reader.session().archive_page(query).await.unwrap();
            held += page.messages.iter().filter(|message| message.body.is_some()).count();
            match (page.reach, page.last) {
                (Reach::More, Some(last)) => position = Position::After(last),
                _ => break,
            }
        }
        if held >= count {
            reader.close().await;
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    panic!("the archive does not hold {count} messages");
}
