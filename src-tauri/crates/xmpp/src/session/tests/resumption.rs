//! Sessions that go on as nobody asked for.

use super::super::scripted::{SM, Stage, timing};
use super::super::{Continuity, Proof, SessionEvent};
use super::{expect_message, message};

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
