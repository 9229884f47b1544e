//! The test client against both servers: one conversation each.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails by panicking, in the functions that it calls too"
)]

use wardline_test_support::client::TestClient;
use wardline_test_support::servers::{Account, Ejabberd, Endpoint, Prosody};

async fn alice_and_bob_talk(endpoint: &Endpoint, alice: &Account, bob: &Account) {
    let mut bob_client = TestClient::connect(endpoint, bob).await.unwrap();
    let mut alice_client = TestClient::connect(endpoint, alice).await.unwrap();
    let id = alice_client.send_text(&bob.address, "Are you there?").await.unwrap();
    let received = bob_client.expect_text("Are you there?").await.unwrap();
    assert_eq!(received.id.as_ref(), Some(&id));
    assert_eq!(received.conversation.as_str(), alice.address);
    bob_client.mark_displayed(&alice.address, id.clone()).await.unwrap();
    alice_client.expect_displayed(&id).await.unwrap();
    bob_client.close().await;
    alice_client.close().await;
}

#[tokio::test]
async fn alice_and_bob_talk_on_prosody() {
    let server = Prosody::start("ward.test").await.unwrap();
    let (alice, bob) = (
        server.create_account("alice", "a b=c,d").unwrap(),
        server.create_account("bob", "pw").unwrap(),
    );
    alice_and_bob_talk(server.endpoint(), &alice, &bob).await;
}

#[tokio::test]
async fn alice_and_bob_talk_on_ejabberd() {
    let server = Ejabberd::start("clinic.test").await.unwrap();
    let alice = server.create_account("alice", "a b=c,d").await.unwrap();
    let bob = server.create_account("bob", "pw").await.unwrap();
    alice_and_bob_talk(server.endpoint(), &alice, &bob).await;
}
