//! Resumption: what is sent again, what is lost, and servers that resume another session than the one asked for.

use std::time::Duration;

use super::super::scripted::{SM, Stage, timing};
use super::super::{Continuity, Proof, RequestError, RequestKind, SessionEvent, Timing};
use super::{expect_message, message, ping};

async fn continuity(stage: &mut Stage) -> Continuity {
    loop {
        if let SessionEvent::Opened(opened) = stage.event().await {
            return opened.continuity;
        }
    }
}

#[tokio::test]
async fn another_session_than_the_one_that_was_asked_for_is_not_gone_on_with() {
    for resumed in [
        "<resumed xmlns='urn:xmpp:sm:3' previd='other' h='6'/>",
        "<resumed xmlns='urn:xmpp:sm:3' h='6'/>",
        "<resumed xmlns='urn:xmpp:sm:3' previd='point'/>",
        "<resumed xmlns='urn:xmpp:sm:3' previd='point' h='many'/>",
        "<resumed xmlns='urn:xmpp:sm:3' previd='point' h='-1'/>",
    ] {
        let mut stage = Stage::new(timing());
        let server = stage.open(SM).await;
        drop(server);
        let mut server = stage.connection().await;
        server.sign_in(SM).await;
        assert_eq!(server.element().await.name(), "resume");
        server.send(resumed).await;
        // It is not asked again, either.
        let mut server = stage.connection().await;
        server.sign_in(SM).await;
        server.bind(true).await;
        server.discovery().await;
        assert_eq!(continuity(&mut stage).await, Continuity::New, "{resumed}");
    }
}

#[tokio::test]
async fn counts_that_cannot_be_prove_nothing() {
    // More than was sent, and less than was acknowledged before.
    for handled in ["4000000000", "100", "3"] {
        let mut stage = Stage::new(timing());
        let mut server = stage.open(SM).await;
        server.send("<a xmlns='urn:xmpp:sm:3' h='6'/>").await;
        let receipt = stage.session.send(message("m1")).await.unwrap();
        expect_message(&mut server, "m1").await;
        drop(server);
        let mut server = stage.connection().await;
        server.sign_in(SM).await;
        assert_eq!(server.element().await.name(), "resume");
        server
            .send(&format!(
                "<resumed xmlns='urn:xmpp:sm:3' previd='point' h='{handled}'/>"
            ))
            .await;
        assert_eq!(receipt.await, Proof::Unproven, "{handled}");
        let mut server = stage.connection().await;
        server.sign_in(SM).await;
        server.bind(true).await;
    }
}

#[tokio::test]
async fn a_name_of_a_session_that_is_endless_is_not_kept() {
    let mut stage = Stage::new(timing());
    let mut server = stage.connection().await;
    server.sign_in(SM).await;
    server.bind(false).await;
    assert_eq!(server.element().await.name(), "enable");
    let id = "x".repeat(100_000);
    server
        .send(&format!("<enabled xmlns='urn:xmpp:sm:3' id='{id}' resume='true'/>"))
        .await;
    server.discovery().await;
    assert_eq!(continuity(&mut stage).await, Continuity::New);
    drop(server);
    let mut server = stage.connection().await;
    server.sign_in(SM).await;
    server.bind(true).await;
}

#[tokio::test]
async fn what_was_handled_is_acknowledged_unasked_when_the_session_is_closed() {
    let mut stage = Stage::new(timing());
    let mut server = stage.open(SM).await;
    server
        .send("<message from='bob@ward.example/x' to='alice@ward.example' type='chat' id='1'><body>Hello</body></message>")
        .await;
    assert!(matches!(stage.event().await, SessionEvent::Message(_)));
    stage.events.handled();
    let session = stage.session.clone();
    let closing = tokio::spawn(async move { session.close().await });
    let last = server.element_named("a").await;
    // Five answers of discovery and the one to binding came before.
    assert_eq!(last.attr("h"), Some("6"));
    assert!(server.has_been_left().await || !closing.is_finished());
}

#[tokio::test]
async fn a_resumed_session_sends_again_only_what_is_not_acknowledged_and_in_order() {
    let mut stage = Stage::new(timing());
    let mut server = stage.open(SM).await;
    let mut receipts = Vec::new();
    for id in ["m1", "m2", "m3"] {
        receipts.push(stage.session.send(message(id)).await.unwrap());
        expect_message(&mut server, id).await;
    }
    drop(server);

    let mut server = stage.connection().await;
    server.sign_in(SM).await;
    let resume = server.element().await;
    assert_eq!(
        (resume.name(), resume.attr("previd"), resume.attr("h")),
        ("resume", Some("point"), Some("5"))
    );
    // Five questions, presence, and the first message.
    server
        .send("<resumed xmlns='urn:xmpp:sm:3' previd='point' h='7'/>")
        .await;
    assert!(matches!(stage.event().await, SessionEvent::Closed { .. }));
    let SessionEvent::Opened(opened) = stage.event().await else {
        panic!()
    };
    assert_eq!(opened.continuity, Continuity::Resumed);
    expect_message(&mut server, "m2").await;
    expect_message(&mut server, "m3").await;
    server.send("<a xmlns='urn:xmpp:sm:3' h='9'/>").await;
    for receipt in receipts {
        assert_eq!(receipt.await, Proof::Acknowledged);
    }
}

#[tokio::test]
async fn a_session_that_was_lost_before_it_was_open_is_not_resumed() {
    let mut stage = Stage::new(timing());
    let server = stage.open(SM).await;
    drop(server);
    let mut server = stage.connection().await;
    server.sign_in(SM).await;
    assert_eq!(server.element().await.name(), "resume");
    server.send("<failed xmlns='urn:xmpp:sm:3'/>").await;
    server.bind(true).await;
    server.element_named("iq").await;
    // In the middle of discovery: nobody has heard of this session.
    drop(server);

    let mut server = stage.connection().await;
    server.sign_in(SM).await;
    server.bind(true).await;
    server.discovery().await;
    let continuity = loop {
        if let SessionEvent::Opened(opened) = stage.event().await {
            break opened.continuity;
        }
    };
    assert_eq!(continuity, Continuity::New);
    assert_eq!(server.element_named("presence").await.attr("to"), None);
}

#[tokio::test]
async fn a_server_that_says_nothing_of_what_it_offers_has_not_said_that_it_offers_nothing() {
    let mut stage = Stage::new(timing());
    let mut server = stage.connection().await;
    server.sign_in(SM).await;
    server.bind(true).await;
    // Nothing that is asked arrives, or no answer comes back.
    let mut next = stage.connection().await;
    drop(server);
    next.sign_in(SM).await;
    next.bind(true).await;
    next.discovery_with_muc_light("light.example").await;
    let opened = loop {
        if let SessionEvent::Opened(opened) = stage.event().await {
            break opened;
        }
    };
    assert_eq!(opened.continuity, Continuity::New);
    assert_eq!(opened.features.chat_services.len(), 1);
}

#[tokio::test]
async fn refused_resumption_leaves_messages_unproven_and_sends_nothing_again() {
    // Prosody leaves the number out.
    for (failed, first) in [
        ("<failed xmlns='urn:xmpp:sm:3'/>", Proof::Unproven),
        (
            "<failed xmlns='urn:xmpp:sm:3' h='7'>\
        <item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>",
            Proof::Acknowledged,
        ),
    ] {
        let mut stage = Stage::new(timing());
        let mut server = stage.open(SM).await;
        let one = stage.session.send(message("m1")).await.unwrap();
        expect_message(&mut server, "m1").await;
        let two = stage.session.send(message("m2")).await.unwrap();
        expect_message(&mut server, "m2").await;
        let session = stage.session.clone();
        let asked = tokio::spawn(async move { session.request(None, RequestKind::Get, ping()).await });
        server.element_named("iq").await;
        drop(server);

        let mut server = stage.connection().await;
        server.sign_in(SM).await;
        assert_eq!(server.element().await.name(), "resume");
        server.send(failed).await;
        server.bind(true).await;
        server.discovery().await;
        assert_eq!(one.await, first);
        assert_eq!(two.await, Proof::Unproven);
        assert_eq!(asked.await.unwrap(), Err(RequestError::SessionLost));
        assert!(matches!(stage.event().await, SessionEvent::Closed { .. }));
        let SessionEvent::Opened(opened) = stage.event().await else {
            panic!()
        };
        assert_eq!(opened.continuity, Continuity::New);
        assert_eq!(server.element().await.name(), "presence", "and no message before it");
        let three = stage.session.send(message("m3")).await.unwrap();
        expect_message(&mut server, "m3").await;
        drop((server, three));
    }
}

#[tokio::test]
async fn a_session_whose_messages_are_not_handled_is_not_resumed_so_that_they_come_again() {
    let mut stage = Stage::new(Timing {
        handled: Duration::from_millis(10),
        ..timing()
    });
    let mut server = stage.open(SM).await;
    server
        .send("<message id='m1' from='bob@ward.example'><body>x</body></message>")
        .await;
    assert!(matches!(stage.event().await, SessionEvent::Message(_)));
    drop(server);
    let mut server = stage.connection().await;
    server.sign_in(SM).await;
    server.bind(true).await;
}

#[tokio::test]
async fn a_session_is_resumed_behind_what_has_been_handled() {
    let mut stage = Stage::new(timing());
    let mut server = stage.open(SM).await;
    server
        .send("<message id='m1' from='bob@ward.example'><body>x</body></message>")
        .await;
    assert!(matches!(stage.event().await, SessionEvent::Message(_)));
    drop(server);
    assert!(matches!(stage.event().await, SessionEvent::Closed { .. }));
    let mut server = stage.connection().await;
    server.sign_in(SM).await;
    let resume = server.element().await;
    assert_eq!((resume.name(), resume.attr("h")), ("resume", Some("6")));
}
