//! Acknowledgements in both directions: of sent messages, and of received ones once they are handled.

use super::super::scripted::{SM, Stage, timing};
use super::super::{Proof, RequestError, RequestKind, SessionEvent};
use super::{expect_message, message, ping};
use crate::xml::Incoming;

#[tokio::test]
async fn without_stream_management_a_lost_connection_fails_what_waits_at_once_and_a_ping_proves_the_rest() {
    let mut stage = Stage::new(timing());
    let mut server = stage.open("").await;
    let proven = stage.session.send(message("m1")).await.unwrap();
    expect_message(&mut server, "m1").await;
    let ping_iq = server.element_named("iq").await;
    assert!(ping_iq.has_child("ping", "urn:xmpp:ping"));
    let id = ping_iq.attr("id").unwrap();
    server
        .send(&format!("<iq type='error' id='{id}' from='ward.example'/>"))
        .await;
    assert_eq!(proven.await, Proof::Acknowledged);

    let lost = stage.session.send(message("m2")).await.unwrap();
    expect_message(&mut server, "m2").await;
    let session = stage.session.clone();
    let asked = tokio::spawn(async move { session.request(None, RequestKind::Get, ping()).await });
    server.element_named("iq").await;
    server.element_named("iq").await;
    drop(server);
    assert_eq!(lost.await, Proof::Unproven);
    assert_eq!(asked.await.unwrap(), Err(RequestError::SessionLost));
}

#[tokio::test]
async fn only_what_has_been_handled_is_acknowledged_and_answers_get_past_waiting_events() {
    let mut stage = Stage::new(timing());
    let mut server = stage.open(SM).await;
    for n in 0..600 {
        server
            .send(&format!(
                "<message id='{n}' from='bob@ward.example'><body>x</body></message>"
            ))
            .await;
    }
    let session = stage.session.clone();
    let asked = tokio::spawn(async move { session.request(None, RequestKind::Get, ping()).await });
    let iq = server.element_named("iq").await;
    server.result(&iq, "").await;
    // Nobody takes events, and yet the answer comes.
    assert_eq!(asked.await.unwrap(), Ok(None));
    server.send("<r xmlns='urn:xmpp:sm:3'/>").await;
    // Five answers to discovery: the messages that wait in the channel are nobody's yet.
    assert_eq!(server.element_named("a").await.attr("h"), Some("5"));
    for _ in 0..600 {
        assert!(matches!(stage.event().await, SessionEvent::Message(_)));
    }
    server.send("<r xmlns='urn:xmpp:sm:3'/>").await;
    // The last one is still being worked with.
    while server.element_named("a").await.attr("h") != Some("604") {}
    let mut events = stage.events;
    let handled = tokio::spawn(async move { events.recv().await });
    // Not asked once more: the rest of the answer follows by itself.
    while server.element_named("a").await.attr("h") != Some("606") {}
    handled.abort();
}

#[tokio::test]
async fn a_session_that_is_closed_over_an_unhandled_message_does_not_acknowledge_it() {
    let mut stage = Stage::new(timing());
    let mut server = stage.open(SM).await;
    server
        .send("<message id='m1' from='bob@ward.example'><body>x</body></message>")
        .await;
    assert!(matches!(stage.event().await, SessionEvent::Message(_)));
    server.send("<r xmlns='urn:xmpp:sm:3'/>").await;
    assert_eq!(server.element_named("a").await.attr("h"), Some("5"));
    let session = stage.session.clone();
    let closing = tokio::spawn(async move { session.close().await });
    loop {
        match server.incoming().await {
            Incoming::Element(element) => assert_ne!(element.name(), "a", "{element:?}"),
            Incoming::End => break,
            _ => {}
        }
    }
    drop(server);
    closing.await.unwrap();
}

#[tokio::test]
async fn a_policy_violation_ends_the_session_instead_of_sending_the_offence_again() {
    let mut stage = Stage::new(timing());
    let mut server = stage.open(SM).await;
    let receipt = stage.session.send(message("m1")).await.unwrap();
    expect_message(&mut server, "m1").await;
    server
        .send("<stream:error><policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>")
        .await;
    assert_eq!(receipt.await, Proof::Unproven);
    let mut server = stage.connection().await;
    server.sign_in(SM).await;
    assert!(
        server
            .element()
            .await
            .has_child("bind", "urn:ietf:params:xml:ns:xmpp-bind")
    );
}
