//! A server that takes only short stanzas, says nothing of it, and ends the connection over a longer one: on a Prosody of its
//! own, since no other server under test is set up like that.

use wardline_interop::view::{CommandError, ConnectionView, Delivery, SendFailure};
use wardline_interop::{Desk, Prosody, Setup, TestClient};

/// The smallest limit that a server may set (RFC 6120 section 13.12).
const LIMIT: u32 = 10_000;

fn summary() -> String {
    "Discharge summary. ".repeat(1000)
}

#[tokio::test(flavor = "multi_thread")]
async fn one_message_that_is_too_long_for_the_server_fails_and_the_others_go_on() {
    let setup = Setup {
        stanza_limit: Some(LIMIT),
        ..Setup::default()
    };
    let server = Prosody::start_with("ward.test", &setup).await.unwrap();
    let alice = server.create_account("alice", "secret").unwrap();
    let bob = server.create_account("bob", "secret").unwrap();
    let carol = server.create_account("carol", "secret").unwrap();
    let mut phone = TestClient::connect(server.endpoint(), &carol).await.unwrap();
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    let long = desk.write(&bob.address, &summary()).await;
    let short = desk.write(&carol.address, "Can you take bed 4?").await;

    let failed = |desk: &Desk| {
        let message = desk.messages(long).into_iter().next()?;
        (message.delivery == Some(Delivery::Failed)).then_some(message.failure)
    };
    assert_eq!(
        desk.until("the long one fails", failed).await,
        Some(SendFailure::TooLarge)
    );
    phone.expect_text("Can you take bed 4?").await.unwrap();
    let sent = |desk: &Desk| {
        let message = desk.messages(short).into_iter().next()?;
        matches!(message.delivery, Some(Delivery::Sent | Delivery::Delivered)).then_some(())
    };
    desk.until("the short one is sent", sent).await;
    desk.until_online().await;

    // From now on it is known, also after a restart.
    let refused = desk.client().send(long, summary()).await;
    assert!(
        matches!(refused, Err(CommandError::MessageTooLong { .. })),
        "{refused:?}"
    );
    let mut desk = desk.restart().await;
    desk.until_online().await;
    let refused = desk.client().send(long, summary()).await;
    assert!(
        matches!(refused, Err(CommandError::MessageTooLong { .. })),
        "{refused:?}"
    );
    phone.send_text(&alice.address, "Yes").await.unwrap();
    let short = desk.open_id(short).await;
    desk.until_text(short, "Yes").await;
    assert_eq!(*desk.connection(), ConnectionView::Online);
}
