//! The session against a scripted server: each defect named in the module's documentation, and what real servers cannot
//! be made to do.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use xmpp_parsers::jid::{BareJid, Jid};
use xmpp_parsers::minidom::Element;

use super::handle::RequestKind;
use super::scripted::{SM, Server, Stage, timing};

mod credential;
mod flood;
mod poison;
mod resumption;
mod scram;
use super::{Continuity, Proof, RequestError, SendError, SessionError, SessionEvent, SessionState, Timing};
use crate::ids::MessageId;
use crate::message::{OutgoingMessage, Stanza};
use crate::xml::Incoming;

fn message(id: &str) -> Stanza {
    OutgoingMessage::to_person(
        BareJid::new("bob@ward.example").unwrap(),
        MessageId::new(id).unwrap(),
        "hello",
    )
    .build()
}

fn scram_text(element: &Element) -> String {
    String::from_utf8(BASE64.decode(element.text()).unwrap()).unwrap()
}

fn encoded_text(text: &str) -> String {
    match text {
        "" => "=".to_owned(),
        text => BASE64.encode(text),
    }
}

fn ping() -> Element {
    Element::bare("ping", "urn:xmpp:ping")
}

async fn expect_message(server: &mut Server, id: &str) {
    assert_eq!(server.element_named("message").await.attr("id"), Some(id));
}

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

#[tokio::test]
async fn a_large_attribute_a_deep_tree_and_an_unknown_element_do_not_end_the_session() {
    let mut stage = Stage::new(timing());
    let mut server = stage.open(SM).await;
    let large = format!("<x xmlns='y' z='{}'/>", "a".repeat(9 << 10));
    let deep = format!("{}{}", "<a xmlns='y'>".repeat(5000), "</a>".repeat(5000));
    server
        .send(&format!(
            "<message id='1' from='mallory@x.example'><body>1</body>{large}</message>"
        ))
        .await;
    server
        .send(&format!(
            "<message id='2' from='mallory@x.example'><body>2</body>{deep}</message>"
        ))
        .await;
    server
        .send("<strange xmlns='urn:example:nonza'/><message id='3' from='bob@ward.example'><body>3</body></message>")
        .await;
    for expected in ["1", "3"] {
        let SessionEvent::Message(message) = stage.event().await else {
            panic!()
        };
        assert_eq!(message.body.as_deref(), Some(expected));
    }
    server.send("<r xmlns='urn:xmpp:sm:3'/>").await;
    // Five answers to discovery and two messages: the one that was left out counts, the last one is still being worked with.
    assert_eq!(server.element_named("a").await.attr("h"), Some("7"));
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
async fn a_conflict_stops_the_session() {
    let mut stage = Stage::new(timing());
    let mut server = stage.open(SM).await;
    server
        .send("<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>")
        .await;
    assert_eq!(stage.failure().await, SessionError::Conflict);
    assert!(!stage.has_connected_again());
}

#[tokio::test]
async fn a_connection_left_behind_that_pushes_out_the_next_one_is_forgiven_once() {
    const CONFLICT: &str =
        "<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>";
    let failed = "<failed xmlns='urn:xmpp:sm:3'/>";
    let mut stage = Stage::new(timing());
    let server = stage.open(SM).await;
    drop(server);
    let mut server = stage.connection().await;
    server.sign_in(SM).await;
    assert_eq!(server.element().await.name(), "resume");
    server.send(failed).await;
    server.bind(true).await;
    server.discovery().await;
    server.send(CONFLICT).await;

    let mut server = stage.connection().await;
    server.sign_in(SM).await;
    server.bind(true).await;
    server.discovery().await;
    server.send(CONFLICT).await;
    assert_eq!(stage.failure().await, SessionError::Conflict);
}

#[tokio::test]
async fn a_server_that_falls_silent_is_left() {
    let quick = Timing {
        idle: Duration::from_millis(100),
        probe: Duration::from_millis(100),
        ..timing()
    };
    let mut stage = Stage::new(quick);
    let mut silent = stage.open(SM).await;
    silent.element_named("r").await;
    let mut server = stage.connection().await;
    server.sign_in(SM).await;
    assert_eq!(server.element().await.name(), "resume");
    drop(silent);
}

#[tokio::test]
async fn waking_up_asks_a_silent_server_at_once() {
    let mut stage = Stage::new(Timing {
        wake_probe: Duration::from_millis(50),
        ..timing()
    });
    let mut silent = stage.open(SM).await;
    stage.session.reconnect_now();
    silent.element_named("r").await;
    let mut server = stage.connection().await;
    server.sign_in(SM).await;
    assert_eq!(server.element().await.name(), "resume");
    drop(silent);
}

#[tokio::test]
async fn waking_up_ends_a_wait() {
    let hour = Duration::from_secs(3600);
    let mut stage = Stage::new(Timing {
        backoff_base: hour,
        backoff_cap: hour,
        ..timing()
    });
    for _ in 0..3 {
        drop(stage.connection().await);
        stage.state(|state| matches!(state, SessionState::Backoff { .. })).await;
        stage.session.reconnect_now();
    }
    stage.open("").await;
}

#[tokio::test]
async fn closing_works_in_every_state_and_says_goodbye() {
    // While signing in.
    let mut stage = Stage::new(timing());
    let server = stage.connection().await;
    stage.session.close().await;
    assert_eq!(*stage.session.state().borrow(), SessionState::Offline);
    drop(server);
    // After failing, twice.
    let mut stage = Stage::new(timing());
    stage.connection().await.offer(&[]).await;
    stage.failure().await;
    stage.session.close().await;
    stage.session.close().await;
    // While online, with a server that never answers the goodbye.
    let mut stage = Stage::new(Timing {
        close: Duration::from_millis(50),
        ..timing()
    });
    let mut server = stage.open(SM).await;
    stage.session.close().await;
    let goodbye = server.element_named("presence").await;
    assert_eq!(goodbye.attr("type"), Some("unavailable"));
    assert_eq!(server.incoming().await, Incoming::End);
    assert_eq!(stage.session.send(message("1")).await.err(), Some(SendError::Offline));
}

#[tokio::test]
async fn a_session_that_nobody_holds_any_more_ends() {
    let mut stage = Stage::new(timing());
    let mut server = stage.open(SM).await;
    let Stage {
        session,
        events: _events,
        ..
    } = stage;
    drop(session);
    assert_eq!(server.element_named("presence").await.attr("type"), Some("unavailable"));
    assert_eq!(server.incoming().await, Incoming::End);
}

#[tokio::test]
async fn a_request_waits_no_longer_than_it_should() {
    let mut stage = Stage::new(Timing {
        request: Duration::from_millis(50),
        ..timing()
    });
    let _server = stage.open(SM).await;
    let bob = Jid::new("bob@ward.example").unwrap();
    let answer = stage.session.request(Some(bob), RequestKind::Get, ping()).await;
    assert_eq!(answer, Err(RequestError::TimedOut));
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

#[tokio::test]
async fn a_room_is_entered_when_the_room_says_so_and_refusals_say_why() {
    let mut stage = Stage::new(timing());
    let mut server = stage.open(SM).await;
    let room = BareJid::new("cardio@rooms.example").unwrap();
    let join = |nick: &'static str| {
        let (session, room) = (stage.session.clone(), room.clone());
        tokio::spawn(async move { session.muc_join(room, nick).await })
    };
    let taken = join("Bob");
    let presence = server.element_named("presence").await;
    assert_eq!(presence.attr("to"), Some("cardio@rooms.example/Bob"));
    server
        .send(
            "<presence from='cardio@rooms.example/Bob' type='error'><error type='cancel'>\
             <conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>",
        )
        .await;
    assert!(taken.await.unwrap() == Err(crate::muc::JoinError::NickTaken));

    let joined = join("Alice");
    server.element_named("presence").await;
    // MongooseIM before 6.4: wrong namespace, no status code.
    server
        .send(
            "<presence from='cardio@rooms.example/Bob'><x xmlns='http://jabber.org/protocol/muc#user'/></presence>\
             <presence from='cardio@rooms.example/Alice'><x xmlns='http://jabber.org/protocol/muc'>\
             <item affiliation='member' role='participant'/></x></presence>",
        )
        .await;
    assert_eq!(joined.await.unwrap().unwrap().nick, "Alice");
    assert!(join("Alice").await.unwrap().is_ok(), "being there already is fine");
    stage.session.muc_leave(room.clone()).await;
    let left = server.element_named("presence").await;
    assert_eq!(
        (left.attr("to"), left.attr("type")),
        (Some("cardio@rooms.example/Alice"), Some("unavailable"))
    );

    // Entered again at once: what the room says of the occupant that we were does not end that.
    let again = join("Alice");
    server.element_named("presence").await;
    server
        .send(
            "<presence from='cardio@rooms.example/Alice' type='unavailable'><x xmlns='http://jabber.org/protocol/muc#user'>\
             <item affiliation='member' role='none'/><status code='110'/></x></presence>\
             <presence from='cardio@rooms.example/Alice'><x xmlns='http://jabber.org/protocol/muc#user'>\
             <item affiliation='member' role='participant'/><status code='110'/></x></presence>",
        )
        .await;
    assert_eq!(again.await.unwrap().unwrap().nick, "Alice");
    stage.session.muc_leave(room.clone()).await;
    let left = server.element_named("presence").await;
    assert_eq!(left.attr("type"), Some("unavailable"), "there is something to leave");
}
