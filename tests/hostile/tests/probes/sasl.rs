//! Who knows the password, and what must never be done with it.

use std::time::Duration;

use wardline_hostile::{ALICE, Honest, PASSWORD, Peer, Scene, Scram};
use wardline_interop::view::{CommandError, ConnectionView};
use wardline_interop::{Desk, Timing};
use xmpp_parsers::minidom::Element;

fn quick() -> Timing {
    Timing {
        backoff_base: Duration::from_millis(50),
        backoff_cap: Duration::from_millis(200),
        sign_in: Duration::from_secs(8),
        ..Timing::default()
    }
}

/// What the form answers when the server does this with the first connection.
async fn first_sign_in(serve: impl AsyncFnOnce(&mut Peer)) -> CommandError {
    let scene = Scene::new().await;
    let mut desk = Desk::with_timing(quick());
    let (signed_in, ()) = scene
        .sign_in(&mut desk, async {
            let mut peer = scene.peer().await;
            serve(&mut peer).await;
        })
        .await;
    signed_in.expect_err("no sign-in")
}

fn no_password(said: &[Element]) {
    for element in said {
        let carried = Peer::carried(element);
        assert!(!carried.contains(PASSWORD), "the password was given away");
        assert_ne!(element.attr("mechanism"), Some("PLAIN"));
    }
}

#[tokio::test]
async fn plain_alone_does_not_get_the_password() {
    let mut said = Vec::new();
    let error = first_sign_in(async |peer| {
        peer.offer(&["PLAIN"]).await;
        said = peer.hang_up().await;
    })
    .await;
    no_password(&said);
    assert_ne!(error, CommandError::NotAuthorised);
}

#[tokio::test]
async fn plain_beside_what_nobody_knows_does_not_get_the_password() {
    let mut said = Vec::new();
    first_sign_in(async |peer| {
        peer.offer(&["PLAIN", "DIGEST-MD5", "LOGIN", "X-OAUTH2"]).await;
        said = peer.hang_up().await;
    })
    .await;
    no_password(&said);
}

/// Alice has signed in by `before`; at her next connection the server offers `after`. What she says then.
async fn later(before: &'static str, after: &[&str]) -> Vec<Element> {
    let scene = Scene::new().await;
    let mut desk = Desk::with_timing(quick());
    let (signed_in, server) = scene
        .sign_in(&mut desk, async {
            let mut peer = scene.peer().await;
            peer.sign_in(Scram::sha256(PASSWORD).with(before)).await;
            peer.serve(Honest::default())
        })
        .await;
    signed_in.unwrap();
    desk.until_online().await;
    let desk = desk.sleep().await;
    drop(server);
    let desk = desk.wake().await;
    let mut peer = scene.peer().await;
    peer.offer(after).await;
    let said = peer.hang_up().await;
    drop(desk);
    said
}

#[tokio::test]
async fn plain_alone_after_scram_does_not_get_the_password() {
    no_password(&later("SCRAM-SHA-256", &["PLAIN"]).await);
}

#[tokio::test]
async fn a_weaker_hash_than_before_is_not_used() {
    let said = later("SCRAM-SHA-256", &["SCRAM-SHA-1"]).await;
    assert!(
        said.iter().all(|element| element.name() != "auth"),
        "signed in by a weaker hash"
    );
}

#[tokio::test]
async fn success_without_proof_is_an_impostors() {
    let error = first_sign_in(async |peer| {
        peer.offer(&["SCRAM-SHA-256"]).await;
        peer.element_named("auth").await;
        peer.sasl("success", "").await;
        peer.hang_up().await;
    })
    .await;
    assert_eq!(error, CommandError::ServerImpostor);
}

#[tokio::test]
async fn a_wrong_proof_is_an_impostors() {
    let error = first_sign_in(async |peer| {
        peer.offer(&["SCRAM-SHA-256"]).await;
        let auth = peer.element_named("auth").await;
        let exchange = Scram::sha256("something else").first(&Peer::carried(&auth));
        peer.sasl("challenge", &exchange.challenge).await;
        peer.element_named("response").await;
        peer.sasl("success", "v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
            .await;
        peer.hang_up().await;
    })
    .await;
    assert_eq!(error, CommandError::ServerImpostor);
}

/// What the client answers to this challenge, made of its own nonce.
async fn challenged(challenge: impl FnOnce(&str) -> String) -> Vec<Element> {
    let mut said = Vec::new();
    first_sign_in(async |peer| {
        peer.offer(&["SCRAM-SHA-256"]).await;
        let auth = peer.element_named("auth").await;
        let first = Peer::carried(&auth);
        let nonce = first.rsplit("r=").next().unwrap().to_owned();
        peer.sasl("challenge", &challenge(&nonce)).await;
        said = peer.hang_up().await;
    })
    .await;
    said
}

fn unanswered(said: &[Element]) {
    let answered = said
        .iter()
        .any(|element| element.name() == "response" && !element.text().is_empty());
    assert!(!answered, "the challenge was answered");
}

#[tokio::test]
async fn a_challenge_of_one_iteration_is_not_answered() {
    unanswered(&challenged(|nonce| format!("r={nonce}x,s=c2FsdA==,i=1")).await);
}

#[tokio::test]
async fn a_challenge_of_four_billion_iterations_is_not_answered() {
    unanswered(&challenged(|nonce| format!("r={nonce}x,s=c2FsdA==,i=4294967295")).await);
}

#[tokio::test]
async fn a_challenge_with_another_nonce_is_not_answered() {
    unanswered(&challenged(|_| "r=anotherone,s=c2FsdA==,i=4096".to_owned()).await);
}

#[tokio::test]
async fn a_challenge_that_only_repeats_the_nonce_is_not_answered() {
    unanswered(&challenged(|nonce| format!("r={nonce},s=c2FsdA==,i=4096")).await);
}

#[tokio::test]
async fn a_challenge_without_salt_is_not_answered() {
    unanswered(&challenged(|nonce| format!("r={nonce}x,i=4096")).await);
}

#[tokio::test]
async fn an_extension_that_must_be_understood_is_not_passed_over() {
    unanswered(&challenged(|nonce| format!("m=unknown,r={nonce}x,s=c2FsdA==,i=4096")).await);
}

#[tokio::test]
async fn a_challenge_of_a_megabyte_is_not_answered() {
    unanswered(&challenged(|nonce| format!("r={nonce}x,s={},i=4096", "A".repeat(1 << 20))).await);
}

/// How alice proves herself in turn to a server that refuses each, up to what the form says.
async fn refusals(mechanisms: &[&'static str], refusal: &str) -> (CommandError, Vec<String>) {
    let mut bindings = Vec::new();
    let error = first_sign_in(async |peer| {
        peer.offer(mechanisms).await;
        while let Some(element) = peer.element().await {
            if element.name() == "auth" {
                let first = Peer::carried(&element);
                let exchange = Scram::sha256(PASSWORD).first(&first);
                bindings.push(exchange.binding.clone());
                peer.sasl("challenge", &exchange.challenge).await;
            } else if element.name() == "response" {
                peer.sasl("failure", refusal).await;
            }
        }
    })
    .await;
    (error, bindings)
}

#[tokio::test]
async fn a_refusal_is_tried_once_more_without_binding_and_never_again() {
    let (error, bindings) = refusals(&["SCRAM-SHA-256"], "<not-authorized/>").await;
    assert_eq!(error, CommandError::NotAuthorised);
    assert_eq!(bindings, ["y", "n"]);
}

#[tokio::test]
async fn a_server_that_offers_binding_is_never_tried_without() {
    let (error, bindings) = refusals(&["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"], "<not-authorized/>").await;
    assert_eq!(error, CommandError::NotAuthorised);
    assert_eq!(bindings.len(), 1, "{bindings:?}");
}

#[tokio::test]
async fn a_locked_account_is_not_tried_again() {
    let (error, bindings) = refusals(&["SCRAM-SHA-256"], "<account-disabled/>").await;
    assert_eq!(error, CommandError::AccountDisabled);
    assert_eq!(bindings.len(), 1);
}

#[tokio::test]
async fn a_server_that_never_ends_the_exchange_is_left() {
    first_sign_in(async |peer| {
        peer.offer(&["SCRAM-SHA-256"]).await;
        for _ in 0..50 {
            let Some(element) = peer.element().await else { return };
            if element.name() == "auth" {
                let exchange = Scram::sha256(PASSWORD).first(&Peer::carried(&element));
                peer.sasl("challenge", &exchange.challenge).await;
            } else {
                peer.sasl("challenge", "").await;
            }
        }
        panic!("the client goes on for ever");
    })
    .await;
}

#[tokio::test]
async fn the_password_is_in_nothing_that_the_client_says() {
    let scene = Scene::new().await;
    let mut desk = Desk::new();
    let (signed_in, server) = scene
        .sign_in(&mut desk, async {
            let mut peer = scene.peer().await;
            peer.sign_in(Scram::sha256(PASSWORD)).await;
            peer.serve(Honest::default())
        })
        .await;
    signed_in.unwrap();
    desk.until("online", |desk| {
        matches!(desk.connection(), ConnectionView::Online).then_some(())
    })
    .await;
    let said = server.with(|honest| honest.asked.clone());
    assert!(
        said.iter()
            .any(|element| element.attr("to") == Some(ALICE) || element.attr("to").is_none())
    );
    no_password(&said);
}
