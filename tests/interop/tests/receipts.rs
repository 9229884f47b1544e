//! What says that a message has come or been read, on servers that archive it and on servers that do not; and that to confirm is not to
//! read.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "the whole file is a test, its helpers too"
)]

use wardline_interop::view::Delivery;
use wardline_interop::xmpp::features::Feature as Offered;
use wardline_interop::{Desk, TestClient, ward};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_read_while_its_writer_was_away_shows_as_read_when_the_chat_is_opened() {
    let (server, alice, bob) = ward().await;
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    let mut bobs = Desk::signed_in(server.endpoint(), &bob).await;
    let talk = desk.write(&bob.address, "Theatre at nine").await;
    let there = bobs.open(alice.name()).await;
    let read = bobs.until_text(there, "Theatre at nine").await;
    let until_sent = |desk: &Desk, talk| {
        let last = desk.messages(talk).last()?.delivery?;
        matches!(last, Delivery::Sent | Delivery::Delivered).then_some(())
    };
    desk.until("sent", |desk| until_sent(desk, talk)).await;
    let asleep = desk.sleep().await;
    bobs.client().mark_read(there, read.id).await.unwrap();
    bobs.client().send(there, "Thank you".to_owned()).await.unwrap();
    bobs.until("sent", |desk| until_sent(desk, there)).await;
    let mut desk = asleep.wake().await;
    let talk = desk.open_id(talk).await;
    desk.until("read", |desk| {
        (desk.messages(talk).first()?.delivery == Some(Delivery::Read)).then_some(())
    })
    .await;
}

/// Other apps ask for their receipts to be archived. MongooseIM takes such a receipt for an answer, and counts nothing as unread then.
#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_of_another_app_reads_nothing_on_any_computer() {
    let (server, alice, bob) = ward().await;
    let mut app = TestClient::connect_as(server.endpoint(), &alice, "other")
        .await
        .unwrap();
    if !app.opened().features.has(Offered::Inbox) {
        eprintln!("SKIPPED: the server has no inbox");
        return;
    }
    let bobs = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let mut office = Desk::signed_in(server.endpoint(), &alice).await;
    let off = Desk::signed_in(server.endpoint(), &alice).await.sleep().await;
    let id = bobs.send_text(&alice.address, "Potassium 6.1").await.unwrap();
    app.expect_text("Potassium 6.1").await.unwrap();
    let receipt = format!(
        "<message xmlns='jabber:client' to='{}' type='chat' id='r1'><received xmlns='urn:xmpp:receipts' id='{}'/>\
         <store xmlns='urn:xmpp:hints'/></message>",
        bob.address,
        id.as_str()
    );
    app.send_raw(&receipt).await.unwrap();
    let unread = |desk: &Desk| desk.row(bob.name()).filter(|row| row.unread == 1).map(|row| row.id);
    let mut off = off.wake().await;
    let mut home = Desk::signed_in(server.endpoint(), &alice).await;
    for desk in [&mut office, &mut off, &mut home] {
        desk.until_online().await;
        desk.until_caught_up().await;
        desk.until("one unread", unread).await;
    }
    // Read here, it is read for an app that knows the inbox alone, although the last stanza is no message that could be named.
    let talk = office.open(bob.name()).await;
    let last = office.messages(talk).last().unwrap().id;
    office.client().mark_read(talk, last).await.unwrap();
    for desk in [&mut office, &mut off, &mut home] {
        desk.until("read", |desk| {
            desk.row(bob.name()).filter(|row| row.unread == 0).map(drop)
        })
        .await;
    }
}
