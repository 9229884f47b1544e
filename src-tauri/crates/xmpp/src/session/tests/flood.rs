//! More than any server has reason to send, and elements that never end.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::{interval, timeout};

use super::super::scripted::{SM, Stage, timing};
use super::super::{Loss, ProtocolError, SessionError, SessionEvent, SessionState, Timing};

/// Deadlines that a test can wait for.
fn quick() -> Timing {
    Timing {
        idle: Duration::from_millis(300),
        probe: Duration::from_millis(300),
        element: Duration::from_secs(1),
        request: Duration::from_secs(2),
        ..timing()
    }
}

async fn flood_error(stage: &Stage) -> SessionError {
    match stage.state(|state| matches!(state, SessionState::Backoff { .. })).await {
        SessionState::Backoff { error, .. } => error,
        _ => unreachable!(),
    }
}

#[tokio::test]
async fn a_flood_before_the_session_begins_ends_the_connection() {
    const FLOOD: SessionError = SessionError::Protocol(ProtocolError::Flood);
    // Instead of an answer to bind: many small stanzas, or few large ones.
    for (stanza, count) in [
        ("<message from='m@x.example'><body>x</body></message>".to_owned(), 300),
        (
            format!(
                "<message from='m@x.example'><body>{}</body></message>",
                "x".repeat(900_000)
            ),
            3,
        ),
        (format!("<x xmlns='y'>{}</x>", "<a/>".repeat(150_000)), 5),
    ] {
        let mut stage = Stage::new(timing());
        let mut server = stage.connection().await;
        server.sign_in("").await;
        server.element_named("iq").await;
        let sending = tokio::spawn(async move {
            for _ in 0..count {
                server.try_send(&stanza).await;
            }
        });
        assert_eq!(flood_error(&stage).await, FLOOD);
        sending.await.unwrap();
    }
}

#[tokio::test]
async fn what_comes_before_sign_in_may_only_be_small() {
    let mut stage = Stage::new(timing());
    let mut server = stage.connection().await;
    let huge = format!("<x xmlns='y' z='{}'/>", "x".repeat(300 << 10));
    let sending = tokio::spawn(async move { server.try_stream(&huge).await });
    assert_eq!(
        flood_error(&stage).await,
        SessionError::Protocol(ProtocolError::Xml),
        "one tag over the limit"
    );
    sending.await.unwrap();
}

#[tokio::test]
async fn an_element_that_is_never_closed_does_not_keep_the_session_online() {
    let mut stage = Stage::new(Timing {
        request: timing().request,
        ..quick()
    });
    let mut server = stage.open("").await;
    server.send("<message from='m@x.example'><body>").await;
    let trickling = tokio::spawn(async move {
        let mut often = interval(Duration::from_millis(10));
        loop {
            often.tick().await;
            if !server.try_send("x").await {
                return;
            }
        }
    });
    let state = stage.state(|state| *state != SessionState::Online).await;
    let lost = matches!(
        stage.event().await,
        SessionEvent::Closed {
            error: Some(SessionError::Lost(Loss::Silent))
        }
    );
    assert!(lost, "{state:?}");
    trickling.await.unwrap();
}

#[tokio::test]
async fn a_server_that_talks_and_acknowledges_nothing_is_left() {
    let mut stage = Stage::new(quick());
    let mut server = stage.open(SM).await;
    let receipt = stage.session.send(super::message("m1")).await.unwrap();
    let talking = tokio::spawn(async move {
        let mut often = interval(Duration::from_millis(10));
        loop {
            often.tick().await;
            if !server.try_send("<presence from='bob@ward.example/desk'/>").await {
                return;
            }
        }
    });
    loop {
        if let SessionEvent::Closed { error } = stage.event().await {
            assert_eq!(error, Some(SessionError::Lost(Loss::Silent)));
            break;
        }
    }
    talking.await.unwrap();
    drop(receipt);
}

#[tokio::test]
async fn large_messages_that_nobody_takes_hold_the_server_back_and_none_is_lost() {
    const MESSAGES: usize = 40;
    const BYTES: usize = 900_000;
    let mut stage = Stage::new(timing());
    let mut server = stage.open("").await;
    let written = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&written);
    let mut sending = tokio::spawn(async move {
        for _ in 0..MESSAGES {
            let message = format!(
                "<message from='bob@ward.example'><body>{}</body></message>",
                "x".repeat(BYTES)
            );
            assert!(server.try_send(&message).await);
            count.fetch_add(1, Ordering::Relaxed);
        }
        server
    });
    let in_vain = timeout(Duration::from_millis(500), &mut sending).await;
    assert!(in_vain.is_err(), "the server waits");
    let before = written.load(Ordering::Relaxed);
    assert!(before * BYTES < 8 << 20, "{before} messages were taken in");
    for _ in 0..MESSAGES {
        assert!(matches!(stage.event().await, SessionEvent::Message(_)));
    }
    let _server = timeout(Duration::from_secs(60), sending).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_server_that_asks_without_end_and_acknowledges_nothing_is_left() {
    let mut stage = Stage::new(timing());
    let mut server = stage.open("").await;
    let asking = tokio::spawn(async move {
        let ping = "<iq type='get' id='q' from='m@x.example/a'><ping xmlns='urn:xmpp:ping'/></iq>";
        let mut asked = 0;
        while server.try_send(&ping.repeat(100)).await {
            asked += 100;
            server.drain().await;
        }
        asked
    });
    loop {
        if let SessionEvent::Closed { error } = stage.event().await {
            assert_eq!(error, Some(SessionError::Lost(Loss::Silent)));
            break;
        }
    }
    assert!(asking.await.unwrap() < 10_000);
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
    // Five answers to discovery and two messages: the one that was left out counts, the last one is still being worked
    // with.
    assert_eq!(server.element_named("a").await.attr("h"), Some("7"));
}
