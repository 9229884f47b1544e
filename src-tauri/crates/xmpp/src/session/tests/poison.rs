//! Stanzas over which the server ends the connection.

use xmpp_parsers::jid::BareJid;
use xmpp_parsers::minidom::Element;

use super::super::scripted::{SM, Server, Stage, timing};
use super::super::{Proof, Receipt, Refusal, RequestError, RequestKind, SendError, SessionEvent, SessionState};
use super::{expect_message, message};
use crate::ids::MessageId;
use crate::message::{MAX_STANZA_BYTES, OutgoingMessage, Stanza};
use crate::xml::encoded;

const VIOLATION: &str = "<stream:error><policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>\
                         </stream:stream>";

fn long(id: &str) -> Stanza {
    OutgoingMessage::to_person(
        BareJid::new("bob@ward.example").unwrap(),
        MessageId::new(id).unwrap(),
        "Discharge summary. ".repeat(1000),
    )
    .build()
}

/// A new session, whatever was before, with each stanza acknowledged at once.
async fn session(stage: &mut Stage, features: &str) -> Server {
    let mut server = stage.connection().await;
    server.sign_in(features).await;
    let first = server.element().await;
    let first = match first.name() {
        "resume" => {
            server.send("<failed xmlns='urn:xmpp:sm:3'/>").await;
            server.element().await
        }
        _ => first,
    };
    server.bound(&first, true).await;
    let mut handled = 0;
    loop {
        let element = server.element().await;
        match element.name() {
            "iq" => server.result(&element, "").await,
            "presence" => {
                handled += 1;
                break server.send(&acknowledgement(handled)).await;
            }
            _ => continue,
        }
        handled += 1;
        server.send(&acknowledgement(handled)).await;
    }
    loop {
        if let SessionEvent::Opened(_) = stage.event().await {
            return server;
        }
    }
}

fn acknowledgement(handled: u32) -> String {
    format!("<a xmlns='urn:xmpp:sm:3' h='{handled}'/>")
}

async fn sent(stage: &Stage, stanza: Stanza) -> Receipt {
    stage.session.send(stanza).await.unwrap()
}

#[tokio::test]
async fn a_message_over_which_the_server_ends_the_stream_twice_fails_and_the_others_go_on() {
    let mut stage = Stage::new(timing());
    let mut server = session(&mut stage, SM).await;
    let first = sent(&stage, long("m1")).await;
    expect_message(&mut server, "m1").await;
    server.send(VIOLATION).await;
    assert_eq!(first.await, Proof::Unproven);

    let mut server = session(&mut stage, SM).await;
    let second = sent(&stage, long("m1")).await;
    expect_message(&mut server, "m1").await;
    server.send(VIOLATION).await;
    assert_eq!(second.await, Proof::Refused(Refusal::TooLarge));

    let mut server = session(&mut stage, SM).await;
    let other = sent(&stage, message("m2")).await;
    expect_message(&mut server, "m2").await;
    server.send(&acknowledgement(7)).await;
    assert_eq!(other.await, Proof::Acknowledged);
    // What is as long is not tried any more, and what is shorter is.
    assert_eq!(stage.session.send(long("m3")).await.err(), Some(SendError::TooLarge));
    let limit = stage.session.stanza_limit();
    assert!((10_000..long("m1").size()).contains(&limit), "{limit}");
    assert_eq!(
        stage.session.authentication().borrow().known.stanza_limit,
        Some(limit),
        "to be kept with the account"
    );
    assert_eq!(*stage.session.state().borrow(), SessionState::Online);
}

#[tokio::test]
async fn after_such_an_end_one_stanza_goes_out_at_a_time_so_that_no_other_is_blamed() {
    let mut stage = Stage::new(timing());
    let mut server = session(&mut stage, SM).await;
    let receipts = [
        sent(&stage, message("m1")).await,
        sent(&stage, message("m2")).await,
        sent(&stage, message("m3")).await,
    ];
    for id in ["m1", "m2", "m3"] {
        expect_message(&mut server, id).await;
    }
    server.send(VIOLATION).await;
    for receipt in receipts {
        assert_eq!(receipt.await, Proof::Unproven);
    }

    let mut server = session(&mut stage, SM).await;
    let one = sent(&stage, message("m1")).await;
    expect_message(&mut server, "m1").await;
    let session_handle = stage.session.clone();
    let two = tokio::spawn(async move { session_handle.send(message("m2")).await.unwrap().await });
    assert_eq!(server.element().await.name(), "r", "and not the next message");
    server.send(&acknowledgement(7)).await;
    assert_eq!(one.await, Proof::Acknowledged);
    expect_message(&mut server, "m2").await;
    server.send(VIOLATION).await;
    assert_eq!(two.await.unwrap(), Proof::Refused(Refusal::Unacceptable));
    assert_eq!(stage.session.stanza_limit(), MAX_STANZA_BYTES, "it was not too large");
}

#[tokio::test]
async fn a_request_over_which_the_server_ends_the_stream_is_not_asked_a_third_time() {
    let question = || Element::bare("query", "urn:example:deadly");
    let mut stage = Stage::new(timing());
    for _ in 0..2 {
        let mut server = session(&mut stage, SM).await;
        let handle = stage.session.clone();
        let asked = tokio::spawn(async move { handle.request(None, RequestKind::Set, question()).await });
        assert!(
            server
                .element_named("iq")
                .await
                .has_child("query", "urn:example:deadly")
        );
        server.send(VIOLATION).await;
        assert_eq!(asked.await.unwrap(), Err(RequestError::SessionLost));
    }
    let _server = session(&mut stage, SM).await;
    let asked = stage.session.request(None, RequestKind::Set, question()).await;
    assert_eq!(asked, Err(RequestError::Unacceptable));
    assert_eq!(*stage.session.state().borrow(), SessionState::Online);
}

#[tokio::test]
async fn a_server_that_hangs_up_over_a_long_message_without_a_word_is_not_sent_it_for_ever() {
    let mut stage = Stage::new(timing());
    let mut server = session(&mut stage, SM).await;
    let receipt = sent(&stage, long("m1")).await;
    expect_message(&mut server, "m1").await;
    server.hang_up().await;

    // The session goes on, and with it the message, once.
    let mut server = stage.connection().await;
    server.sign_in(SM).await;
    assert_eq!(server.element().await.name(), "resume");
    server
        .send("<resumed xmlns='urn:xmpp:sm:3' previd='point' h='6'/>")
        .await;
    expect_message(&mut server, "m1").await;
    server.hang_up().await;
    assert_eq!(receipt.await, Proof::Refused(Refusal::TooLarge));

    let mut server = stage.connection().await;
    server.sign_in(SM).await;
    server.bind(true).await;
    server.discovery().await;
    assert_eq!(server.element_named("presence").await.attr("to"), None);
}

#[tokio::test]
async fn short_messages_are_not_blamed_for_a_line_that_fails() {
    let mut stage = Stage::new(timing());
    let mut server = session(&mut stage, SM).await;
    let receipt = sent(&stage, message("m1")).await;
    expect_message(&mut server, "m1").await;
    for _ in 0..4 {
        server.hang_up().await;
        server = stage.connection().await;
        server.sign_in(SM).await;
        assert_eq!(server.element().await.name(), "resume");
        server
            .send("<resumed xmlns='urn:xmpp:sm:3' previd='point' h='6'/>")
            .await;
        expect_message(&mut server, "m1").await;
    }
    server.send(&acknowledgement(7)).await;
    assert_eq!(receipt.await, Proof::Acknowledged);
}

#[tokio::test]
async fn the_limit_that_a_server_announces_is_kept_from_the_start() {
    let announcing =
        |most: &str| format!("{SM}<limits xmlns='urn:xmpp:stream-limits:0'><max-bytes>{most}</max-bytes></limits>");
    for (announced, limit) in [
        ("12000", 12_000),
        // RFC 6120 section 13.12: no server may take less.
        ("1", 10_000),
        ("1000000", MAX_STANZA_BYTES),
        ("many", MAX_STANZA_BYTES),
        ("-5", MAX_STANZA_BYTES),
    ] {
        let mut stage = Stage::new(timing());
        let mut server = session(&mut stage, &announcing(announced)).await;
        assert_eq!(stage.session.stanza_limit(), limit, "{announced}");
        let sent = stage.session.send(long("m1")).await;
        assert_eq!(
            sent.err(),
            (limit < 19_000).then_some(SendError::TooLarge),
            "{announced}"
        );
        let large = Element::builder("query", "urn:example:large")
            .append("x".repeat(13_000))
            .build();
        assert!(encoded(&large).len() > 13_000);
        if limit < 13_000 {
            let asked = stage.session.request(None, RequestKind::Set, large).await;
            assert_eq!(asked, Err(RequestError::TooLarge), "{announced}");
        }
        let _sent = stage.session.send(message("m2")).await.unwrap();
        expect_message(&mut server, if limit < 19_000 { "m2" } else { "m1" }).await;
    }
}
