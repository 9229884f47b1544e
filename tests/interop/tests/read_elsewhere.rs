//! What was read on one device is read on the others, also on those that were off.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "the whole file is a test, its helpers too"
)]

use wardline_interop::view::ConversationId;
use wardline_interop::xmpp::displayed::ReadUpTo;
use wardline_interop::{Account, Desk, ServerUnderTest, TestClient, ward};

/// Whether the server can keep read positions private; a word why the test is skipped where not.
async fn keeps_positions(server: &ServerUnderTest, alice: &Account) -> bool {
    let client = TestClient::connect_as(server.endpoint(), alice, "look").await.unwrap();
    let keeps = client.keeps_nodes_private().await.unwrap();
    client.close().await;
    if !keeps {
        eprintln!("SKIPPED: the server cannot keep read positions private");
    }
    keeps
}

fn unread(desk: &Desk) -> Option<u32> {
    desk.rows().first().map(|row| row.unread)
}

async fn until_unread(desk: &mut Desk, wanted: u32) -> ConversationId {
    desk.until(&format!("{wanted} unread"), |desk| {
        let row = desk.rows().first()?;
        (row.unread == wanted).then_some(row.id)
    })
    .await
}

async fn read_all(desk: &mut Desk, talk: ConversationId) {
    let talk = desk.open_id(talk).await;
    let last = desk.messages(talk).last().unwrap().id;
    desk.client().mark_read(talk, last).await.unwrap();
    until_unread(desk, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn read_on_one_device_is_read_on_another_that_is_on_and_on_one_that_was_off() {
    let (server, alice, bob) = ward().await;
    let phone = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let mut office = Desk::signed_in(server.endpoint(), &alice).await;
    let mut home = Desk::signed_in(server.endpoint(), &alice).await;
    let mut ward = Desk::signed_in(server.endpoint(), &alice).await;
    for text in ["Bed 4 again", "Potassium 6.1"] {
        phone.send_text(&alice.address, text).await.unwrap();
    }
    for desk in [&mut office, &mut home, &mut ward] {
        until_unread(desk, 2).await;
    }
    let ward = ward.sleep().await;
    let talk = until_unread(&mut office, 2).await;
    read_all(&mut office, talk).await;
    until_unread(&mut home, 0).await;
    let mut ward = ward.wake().await;
    assert_eq!(unread(&ward), Some(2), "as it was left");
    until_unread(&mut ward, 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn positions_are_published_for_the_own_devices_and_for_nobody_else() {
    let (server, alice, bob) = ward().await;
    if !keeps_positions(&server, &alice).await {
        return;
    }
    let phone = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let mut other_app = TestClient::connect_as(server.endpoint(), &alice, "other")
        .await
        .unwrap();
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    phone.send_text(&alice.address, "First").await.unwrap();
    phone.send_text(&alice.address, "Second").await.unwrap();
    let talk = until_unread(&mut desk, 2).await;
    let second = other_app.expect_text("Second").await.unwrap();
    read_all(&mut desk, talk).await;

    let published = loop {
        let held = other_app.session().displayed().await.unwrap();
        if let Some(position) = held.into_iter().find(|held| held.with.as_str() == bob.address) {
            break position;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(published.archive.as_str(), alice.address);
    assert_eq!(Some(published.message), second.archive_id);
    let items = "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:mds:displayed:0'/></pubsub>";
    let spied = phone
        .ask_raw(
            Some(&alice.address),
            wardline_interop::xmpp::session::RequestKind::Get,
            items,
        )
        .await;
    assert!(spied.is_err(), "nobody else may see what was read when");
}

#[tokio::test(flavor = "multi_thread")]
async fn positions_of_another_app_count_live_and_at_sign_in() {
    let (server, alice, bob) = ward().await;
    if !keeps_positions(&server, &alice).await {
        return;
    }
    let phone = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let mut other_app = TestClient::connect_as(server.endpoint(), &alice, "other")
        .await
        .unwrap();
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    let publish = |with: &str, by: &str, id| ReadUpTo {
        with: with.parse().unwrap(),
        archive: by.parse().unwrap(),
        message: id,
    };
    let mut ids = Vec::new();
    for text in ["First", "Second", "Third"] {
        phone.send_text(&alice.address, text).await.unwrap();
        ids.push(other_app.expect_text(text).await.unwrap().archive_id.unwrap());
    }
    until_unread(&mut desk, 3).await;
    let position = |at: usize| publish(&bob.address, &alice.address, ids[at].clone());
    other_app.session().publish_displayed(&position(1)).await.unwrap();
    until_unread(&mut desk, 1).await;
    // It never goes back.
    other_app.session().publish_displayed(&position(0)).await.unwrap();
    phone.send_text(&alice.address, "Fourth").await.unwrap();
    until_unread(&mut desk, 2).await;

    let asleep = desk.sleep().await;
    other_app.session().publish_displayed(&position(2)).await.unwrap();
    let mut desk = asleep.wake().await;
    until_unread(&mut desk, 1).await;

    // A computer on which nobody has signed in before begins where the others are.
    let mut fresh = Desk::signed_in(server.endpoint(), &alice).await;
    until_unread(&mut fresh, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_read_without_a_connection_is_published_with_the_next_one() {
    let (mut server, alice, bob) = ward().await;
    if !server.is_ours() || !keeps_positions(&server, &alice).await {
        return;
    }
    let phone = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    phone.send_text(&alice.address, "Read me in the lift").await.unwrap();
    let talk = until_unread(&mut desk, 1).await;
    phone.close().await;
    assert!(server.stop().await);
    read_all(&mut desk, talk).await;
    let desk = desk.sleep().await;
    server.start_again().await.unwrap();
    let mut desk = desk.wake().await;
    desk.until_online().await;
    let other_app = TestClient::connect_as(server.endpoint(), &alice, "other")
        .await
        .unwrap();
    while other_app.session().displayed().await.unwrap().is_empty() {
        desk.settle().await;
    }
}
