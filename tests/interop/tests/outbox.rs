//! The outbox: what waits can be changed or taken back, what cannot be sent says why, and nothing is lost or sent twice.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "the whole file is a test, its helpers too"
)]

use wardline_interop::view::{CommandError, ConversationId, Delivery, SendFailure};
use wardline_interop::{Desk, TestClient, ward};

/// State and reason of the last message of an open thread.
fn last(desk: &Desk, talk: ConversationId) -> Option<(Delivery, Option<SendFailure>)> {
    let last = desk.messages(talk).last().copied()?;
    Some((last.delivery?, last.failure))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_can_be_changed_and_taken_back_and_keeps_its_place() {
    let (mut server, alice, bob) = ward().await;
    if !server.is_ours() {
        eprintln!("SKIPPED: a server of somebody else cannot be stopped");
        return;
    }
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    assert!(server.stop().await);
    let talk = desk.write(&bob.address, "Give 5 mg").await;
    desk.write(&bob.address, "Never mind").await;
    desk.write(&bob.address, "And call me").await;
    desk.until_texts(talk, &["Give 5 mg", "Never mind", "And call me"])
        .await;
    let ids: Vec<_> = desk.messages(talk).iter().map(|message| message.id).collect();

    desk.client()
        .edit(ids[0], "Give 0.5 mg *slowly*".to_owned())
        .await
        .unwrap();
    desk.client().discard(ids[1]).await.unwrap();
    desk.until_texts(talk, &["Give 0.5 mg *slowly*", "And call me"]).await;
    let changed = desk.messages(talk)[0];
    assert_eq!(
        changed.unsent.as_deref(),
        Some("Give 0.5 mg *slowly*"),
        "as it was written"
    );
    assert!(!changed.edited, "nobody saw the first text");
    for bad in ["  ", ""] {
        let refused = desk.client().edit(ids[0], bad.to_owned()).await;
        assert_eq!(refused, Err(CommandError::MessageEmpty));
    }

    // It holds over a restart of the app.
    let mut desk = desk.restart().await;
    let talk = desk.open_id(talk).await;
    assert_eq!(desk.texts(talk), ["Give 0.5 mg *slowly*", "And call me"]);
    server.start_again().await.unwrap();
    desk.client().reconnect();
    desk.until("sent", |desk| {
        let sent = desk
            .messages(talk)
            .iter()
            .all(|message| message.delivery != Some(Delivery::Waiting));
        sent.then_some(())
    })
    .await;
    assert_eq!(
        desk.client().edit(ids[0], "Too late".to_owned()).await,
        Err(CommandError::AlreadySent)
    );
    assert_eq!(desk.client().discard(ids[0]).await, Err(CommandError::AlreadySent));

    let mut phone = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let mut got = Vec::new();
    while got.len() < 2 {
        got.extend(phone.next_message().await.unwrap().body);
    }
    assert_eq!(got, ["Give 0.5 mg *slowly*", "And call me"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_refused_before_it_is_stored_if_it_would_not_fit() {
    let (server, alice, bob) = ward().await;
    let mut phone = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    let talk = desk.write(&bob.address, "Notes follow").await;
    let limit_bytes = 56_000;
    for text in ["a".repeat(limit_bytes + 1), "&".repeat(limit_bytes / 5 + 1)] {
        let refused = desk.client().send(talk, text).await;
        let limit_bytes = u32::try_from(limit_bytes).unwrap();
        assert_eq!(refused, Err(CommandError::MessageTooLong { limit_bytes }));
    }
    // The longest that may be arrives whole.
    let longest = "<".repeat(limit_bytes / 4);
    desk.write(&bob.address, &longest).await;
    phone.expect_text(&longest).await.unwrap();
    desk.until("two messages", |desk| (desk.messages(talk).len() == 2).then_some(()))
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_message_says_why_can_be_sent_again_and_holds_up_nothing() {
    let (server, alice, bob) = ward().await;
    let mut phone = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    let nobody = format!("nobody-at-all@{}", server.endpoint().domain);
    let talk = desk.write(&nobody, "Hello?").await;
    let failed = Some((Delivery::Failed, Some(SendFailure::RecipientUnknown)));
    desk.until("failed", |desk| (last(desk, talk) == failed).then_some(()))
        .await;

    desk.write(&bob.address, "Somebody else").await;
    phone.expect_text("Somebody else").await.unwrap();

    desk.client()
        .save_draft(talk, "half a thought".to_owned())
        .await
        .unwrap();
    let first = desk.messages(talk)[0].id;
    desk.client().resend(first).await.unwrap();
    desk.until("failed again, as another", |desk| {
        let again = desk.messages(talk).len() == 1 && desk.messages(talk)[0].id != first;
        (again && last(desk, talk) == failed).then_some(())
    })
    .await;
    let draft = desk
        .rows()
        .iter()
        .find(|row| row.id == talk)
        .and_then(|row| row.draft.clone());
    assert_eq!(
        draft.as_deref(),
        Some("half a thought"),
        "sending again touches no draft"
    );

    let second = desk.messages(talk)[0].id;
    desk.client().edit(second, "Hello there?".to_owned()).await.unwrap();
    desk.until("the new text, failed too", |desk| {
        let changed = desk.texts(talk) == ["Hello there?"];
        (changed && last(desk, talk) == failed).then_some(())
    })
    .await;
}
