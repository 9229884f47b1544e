//! The stream, and what keeps it up.

use std::time::Duration;

use wardline_hostile::{ALICE, BOB, Honest, PASSWORD, Peer, Scene, Scram, Serving, Ward};
use wardline_interop::view::{CommandError, ConnectionView};
use wardline_interop::{Desk, Timing};

const SM: &str = "<sm xmlns='urn:xmpp:sm:3'/>";

fn quick() -> Timing {
    Timing {
        backoff_base: Duration::from_millis(50),
        backoff_cap: Duration::from_millis(200),
        sign_in: Duration::from_secs(8),
        idle: Duration::from_secs(2),
        probe: Duration::from_secs(2),
        ..Timing::default()
    }
}

async fn refused(after_success: impl AsyncFnOnce(&mut Peer)) -> CommandError {
    let scene = Scene::new().await;
    let mut desk = Desk::with_timing(quick());
    let (signed_in, ()) = scene
        .sign_in(&mut desk, async {
            let mut peer = scene.peer().await;
            peer.offer(&["SCRAM-SHA-256"]).await;
            assert_eq!(peer.scram(Scram::sha256(PASSWORD)).await, Some(true));
            after_success(&mut peer).await;
            peer.hang_up().await;
        })
        .await;
    signed_in.expect_err("no sign-in")
}

#[tokio::test]
async fn somebody_elses_address_is_not_accepted() {
    for address in ["bob@ward.test/desk", "alice@evil.test/desk", "alice@ward.test"] {
        refused(async |peer| {
            peer.stream("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>").await;
            peer.bind(address).await;
        })
        .await;
    }
}

#[tokio::test]
async fn a_server_that_binds_nobody_is_left() {
    refused(async |peer| peer.stream("").await).await;
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = elsewhere.local_addr().unwrap().port();
    refused(async |peer| {
        peer.stream(&format!(
            "</stream:features><stream:error><see-other-host xmlns='urn:ietf:params:xml:ns:xmpp-streams'>127.0.0.1:{port}\
             </see-other-host></stream:error></stream:stream><stream:features>"
        ))
        .await;
    })
    .await;
    let came = tokio::time::timeout(Duration::from_millis(500), elsewhere.accept()).await;
    assert!(came.is_err(), "the client went where it was sent");
}

/// Signed in over a connection whose answers may lie, with short deadlines.
async fn open(honest: Honest) -> (Scene, Desk, Serving) {
    let scene = Scene::new().await;
    let mut desk = Desk::with_timing(quick());
    let (signed_in, server) = scene
        .sign_in(&mut desk, async {
            let mut peer = scene.peer().await;
            peer.sign_in(Scram::sha256(PASSWORD)).await;
            peer.serve(honest)
        })
        .await;
    signed_in.unwrap();
    desk.until_online().await;
    (scene, desk, server)
}

/// The next connection signs in, is not resumed, and is honest.
async fn honest_again(scene: &Scene) -> Serving {
    let mut peer = scene.peer().await;
    peer.offer(&["SCRAM-SHA-256"]).await;
    assert_eq!(peer.scram(Scram::sha256(PASSWORD)).await, Some(true));
    peer.stream(&format!("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>{SM}"))
        .await;
    let first = peer.element().await.expect("resume or bind");
    if first.name() == "resume" {
        peer.send("<failed xmlns='urn:xmpp:sm:3'/>").await;
        peer.bind(&format!("{ALICE}/desk")).await;
    } else {
        let id = first.attr("id").unwrap_or_default().to_owned();
        peer.send(&format!(
            "<iq type='result' id='{id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{ALICE}/desk</jid></bind></iq>"
        ))
        .await;
    }
    peer.serve(Honest::default())
}

async fn until_offline(desk: &mut Desk) {
    desk.until("no longer online", |desk| {
        (*desk.connection() != ConnectionView::Online).then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_element_that_never_ends_is_no_sign_of_life() {
    let (scene, mut desk, server) = open(Honest::default()).await;
    server.send("<message from='bob@ward.test'><body>").await;
    let dripping = async {
        loop {
            server.send("a ").await;
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::select! {
        () = until_offline(&mut desk) => {}
        () = dripping => unreachable!("it drips for ever"),
    }
    server.cut();
    let _server = honest_again(&scene).await;
    desk.until_online().await;
}

#[tokio::test]
async fn more_acknowledged_than_sent_loses_nothing() {
    let (scene, mut desk, server) = open(Honest {
        acknowledges: false,
        ..Honest::default()
    })
    .await;
    let talk = desk.write(BOB, "Stop the heparin").await;
    server.send("<a xmlns='urn:xmpp:sm:3' h='4000000000'/>").await;
    let again = honest_again(&scene).await;
    desk.until("sent after all", |desk| {
        let sent = desk.messages(talk).first()?.delivery;
        (sent == Some(wardline_interop::view::Delivery::Sent)).then_some(())
    })
    .await;
    let sent = again.with(|honest| {
        let bodies = honest
            .asked
            .iter()
            .filter_map(|asked| asked.get_child("body", "jabber:client"));
        bodies.filter(|body| body.text() == "Stop the heparin").count()
    });
    assert_eq!(sent, 1, "sent again, once");
    drop(server);
}

#[tokio::test]
async fn a_resumption_that_counts_wrongly_is_no_resumption() {
    let (scene, mut desk, server) = open(Honest::default()).await;
    server.cut();
    let mut peer = scene.peer().await;
    peer.offer(&["SCRAM-SHA-256"]).await;
    assert_eq!(peer.scram(Scram::sha256(PASSWORD)).await, Some(true));
    peer.stream(&format!("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>{SM}"))
        .await;
    peer.element_named("resume").await;
    peer.send("<resumed xmlns='urn:xmpp:sm:3' previd='point' h='3999999999'/>")
        .await;
    let _server = honest_again(&scene).await;
    desk.until_online().await;
}

#[tokio::test]
async fn another_sessions_resumption_is_not_taken() {
    let (scene, mut desk, server) = open(Honest::default()).await;
    server.cut();
    let mut peer = scene.peer().await;
    peer.offer(&["SCRAM-SHA-256"]).await;
    assert_eq!(peer.scram(Scram::sha256(PASSWORD)).await, Some(true));
    peer.stream(&format!("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>{SM}"))
        .await;
    peer.element_named("resume").await;
    peer.send("<resumed xmlns='urn:xmpp:sm:3' previd='somebody-elses' h='1'/>")
        .await;
    let _server = honest_again(&scene).await;
    desk.until_online().await;
}

#[tokio::test]
async fn a_flood_before_the_session_begins_ends_the_attempt() {
    refused(async |peer| {
        peer.stream("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>").await;
        peer.element_named("iq").await;
        let padding = "x".repeat(100_000);
        for number in 0..2_000 {
            peer.send(&format!(
                "<message from='mallory@ward.test' id='{number}'><body>{padding}</body></message>"
            ))
            .await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_device_that_took_over_is_not_fought() {
    let (scene, mut desk, server) = open(Honest::default()).await;
    server
        .send("<stream:error><conflict xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>")
        .await;
    desk.until("the conflict is said", |desk| {
        matches!(
            desk.connection(),
            ConnectionView::Failed {
                error: CommandError::Conflict
            }
        )
        .then_some(())
    })
    .await;
    let came = tokio::time::timeout(Duration::from_secs(1), scene.tcp()).await;
    assert!(came.is_err(), "the client came back by itself");
}

#[tokio::test]
async fn a_message_over_which_the_server_closes_twice_fails_and_the_rest_goes_on() {
    let poison = "Discharge summary. ".repeat(1000);
    let hook = |asked: &xmpp_parsers::minidom::Element| {
        let body = asked.get_child("body", "jabber:client")?;
        (body.text().len() > 10_000).then_some(wardline_hostile::Answer::Close)
    };
    let (scene, mut desk, server) = open(Honest::default().but(hook)).await;
    let long = desk.write("ben@ward.test", &poison).await;
    let short = desk.write(BOB, "Can you take bed 4?").await;
    let serving = async {
        let mut served = vec![server];
        loop {
            let next = honest_again(&scene).await;
            next.with(|honest| honest.lie(hook));
            served.push(next);
        }
    };
    let settled = async {
        desk.until("the long one has failed", |desk| {
            let failed = desk.messages(long).first()?.delivery;
            (failed == Some(wardline_interop::view::Delivery::Failed)).then_some(())
        })
        .await;
        desk.until("the short one is sent", |desk| {
            let sent = desk.messages(short).first()?.delivery;
            (sent == Some(wardline_interop::view::Delivery::Sent)).then_some(())
        })
        .await;
        desk.until_online().await;
    };
    tokio::select! {
        () = settled => {}
        () = serving => unreachable!("it serves for ever"),
    }
}

#[tokio::test]
async fn a_ping_that_is_not_answered_ends_the_session() {
    let silent = |asked: &xmpp_parsers::minidom::Element| {
        asked
            .has_child("ping", "urn:xmpp:ping")
            .then_some(wardline_hostile::Answer::Silence)
    };
    let (scene, mut desk, server) = open(
        Honest {
            acknowledges: false,
            ..Honest::default()
        }
        .but(silent),
    )
    .await;
    until_offline(&mut desk).await;
    drop(server);
    let _server = honest_again(&scene).await;
    desk.until_online().await;
}

#[tokio::test]
async fn what_nobody_knows_on_the_stream_ends_nothing() {
    let mut ward = Ward::open().await;
    ward.server
        .send("<strange xmlns='urn:example:nonza'/><failed xmlns='urn:xmpp:sm:3'/><enabled xmlns='urn:xmpp:sm:3' id='x'/>")
        .await;
    ward.passed().await;
}
