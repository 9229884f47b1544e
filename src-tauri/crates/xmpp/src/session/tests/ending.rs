//! Connections that fall silent, are pushed out, or are closed.

use std::time::Duration;

use xmpp_parsers::jid::Jid;

use super::super::scripted::{SM, Stage, timing};
use super::super::{RequestError, RequestKind, SendError, SessionError, SessionState, Timing};
use super::{message, ping};
use crate::xml::Incoming;

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
