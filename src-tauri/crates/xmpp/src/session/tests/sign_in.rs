//! Signing in: which failures stop the session, and proof that the server knows the password.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::super::scripted::{Stage, timing};
use super::super::{SendError, SessionError, SessionEvent};
use super::message;

#[tokio::test]
async fn a_wrong_password_stops_the_session_and_says_so() {
    let mut stage = Stage::new(timing());
    let mut server = stage.connection().await;
    server.offer(&["PLAIN"]).await;
    server.element_named("auth").await;
    server.sasl("failure", "<not-authorized/>").await;
    assert_eq!(stage.failure().await, SessionError::NotAuthorized);
    stage.session.reconnect_now();
    assert_eq!(stage.session.send(message("1")).await.err(), Some(SendError::Offline));
    assert!(!stage.has_connected_again());
}

#[tokio::test]
async fn a_locked_account_and_a_server_without_acceptable_mechanism_stop_the_session() {
    let mut stage = Stage::new(timing());
    let mut server = stage.connection().await;
    server.offer(&["PLAIN"]).await;
    server.element_named("auth").await;
    server.sasl("failure", "<account-disabled/>").await;
    assert_eq!(stage.failure().await, SessionError::AccountDisabled);

    let mut stage = Stage::new(timing());
    stage.connection().await.offer(&["DIGEST-MD5", "EXTERNAL"]).await;
    assert_eq!(stage.failure().await, SessionError::NoMechanism);
}

#[tokio::test]
async fn a_temporary_failure_is_tried_again() {
    let mut stage = Stage::new(timing());
    let mut server = stage.connection().await;
    server.offer(&["PLAIN"]).await;
    server.element_named("auth").await;
    server.sasl("failure", "<temporary-auth-failure/>").await;
    stage.open("").await;
}

#[tokio::test]
async fn a_server_that_does_not_know_the_password_is_an_impostor() {
    let mut stage = Stage::new(timing());
    let mut server = stage.connection().await;
    server.offer(&["SCRAM-SHA-1", "PLAIN"]).await;
    let auth = server.element_named("auth").await;
    assert_eq!(
        auth.attr("mechanism"),
        Some("SCRAM-SHA-1"),
        "the password itself is not given away"
    );
    let first = String::from_utf8(BASE64.decode(auth.text()).unwrap()).unwrap();
    let nonce = first.rsplit("r=").next().unwrap();
    server
        .sasl(
            "challenge",
            &BASE64.encode(format!("r={nonce}more,s=QSXCR+Q6sek8bf92,i=4096")),
        )
        .await;
    server.element_named("response").await;
    server
        .sasl("success", &BASE64.encode(format!("v={}", BASE64.encode([0; 20]))))
        .await;
    assert_eq!(stage.failure().await, SessionError::Impostor);
}

#[tokio::test]
async fn success_without_any_proof_is_an_impostor_too() {
    let mut stage = Stage::new(timing());
    let mut server = stage.connection().await;
    server.offer(&["SCRAM-SHA-256"]).await;
    server.element_named("auth").await;
    server.sasl("success", "").await;
    assert_eq!(stage.failure().await, SessionError::Impostor);
}

#[tokio::test]
async fn the_session_iq_is_sent_only_where_the_server_insists() {
    let required = "<session xmlns='urn:ietf:params:xml:ns:xmpp-session'/>";
    let mut stage = Stage::new(timing());
    let mut server = stage.connection().await;
    server.sign_in(required).await;
    server.bind(false).await;
    let iq = server.element().await;
    assert!(iq.has_child("session", "urn:ietf:params:xml:ns:xmpp-session"));
    // MongooseIM answers in its own name.
    let id = iq.attr("id").unwrap();
    server
        .send(&format!("<iq type='result' id='{id}' from='ward.example'/>"))
        .await;
    server.discovery().await;
    assert!(matches!(stage.event().await, SessionEvent::Opened(_)));

    let mut stage = Stage::new(timing());
    stage
        .open("<session xmlns='urn:ietf:params:xml:ns:xmpp-session'><optional/></session>")
        .await;
}
