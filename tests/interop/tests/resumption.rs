//! A bad network between a client and the real server: the session is taken up again, and nothing is lost or doubled.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "the whole file is a test, its helpers too"
)]

use std::net::SocketAddr;
use std::time::Duration;

use wardline_interop::view::Delivery;
use wardline_interop::xmpp::BareJid;
use wardline_interop::xmpp::ids::MessageId;
use wardline_interop::xmpp::message::OutgoingMessage;
use wardline_interop::xmpp::session::{
    Continuity, Events, Loss, Proof, Session, SessionError, SessionEvent, SessionState,
};
use wardline_interop::{Account, Desk, Endpoint, Feature, ServerUnderTest, TestClient, Timing, TlsMode, ward};
use wardline_test_support::client::session_config;
use wardline_test_support::fault_proxy::{
    Cut, Direction, Fault, FaultPlan, FaultProxy, Noticed, PlannedFault, Swallowed, Trigger,
};

/// Bounds a failure only.
const PATIENCE: Duration = Duration::from_secs(60);

/// A dead connection is noticed within seconds, also on a machine that is busy with other tests.
fn timing() -> Timing {
    Timing {
        idle: Duration::from_secs(1),
        probe: Duration::from_secs(3),
        backoff_base: Duration::from_millis(50),
        backoff_cap: Duration::from_millis(500),
        ..Timing::default()
    }
}

/// A proxy before the server, and the server as seen through it.
async fn through_proxy(server: &ServerUnderTest) -> (FaultProxy, Endpoint) {
    let endpoint = server.endpoint();
    let (port, mode) = endpoint.preferred().unwrap();
    let mut found = tokio::net::lookup_host((endpoint.host.as_str(), port)).await.unwrap();
    let upstream: SocketAddr = found.next().unwrap();
    let proxy = FaultProxy::start(upstream, 1).await.unwrap();
    let own = Some(proxy.port());
    let seen = Endpoint {
        host: "127.0.0.1".to_owned(),
        direct_tls_port: own.filter(|_| mode == TlsMode::Direct),
        starttls_port: own.filter(|_| mode == TlsMode::StartTls),
        ..endpoint.clone()
    };
    (proxy, seen)
}

fn strike(proxy: &mut FaultProxy, trigger: Trigger, fault: Fault) {
    let faults = vec![PlannedFault { trigger, fault }];
    proxy.begin(FaultPlan { seed: 1, faults });
}

const NOW: Trigger = Trigger::Time(Duration::ZERO);

/// A bare session, whose every event is looked at.
struct Bare {
    session: Session,
    events: Events,
    texts: Vec<String>,
}

impl Bare {
    async fn start(endpoint: &Endpoint, account: &Account) -> Self {
        let mut config = session_config(endpoint, account, "desk").unwrap();
        config.timing = timing();
        let (session, events) = Session::start(config);
        let mut bare = Self {
            session,
            events,
            texts: Vec::new(),
        };
        assert_eq!(bare.opened().await, Continuity::New);
        bare
    }

    async fn event(&mut self) -> SessionEvent {
        let event = tokio::time::timeout(PATIENCE, self.events.recv()).await;
        let event = event.expect("an event comes").expect("the session lives");
        if let SessionEvent::Message(message) = &event {
            self.texts.extend(message.body.clone());
        }
        event
    }

    async fn opened(&mut self) -> Continuity {
        loop {
            if let SessionEvent::Opened(opened) = self.event().await {
                return opened.continuity;
            }
        }
    }

    async fn closed(&mut self) -> Option<SessionError> {
        loop {
            if let SessionEvent::Closed { error } = self.event().await {
                return error;
            }
        }
    }

    async fn until_text(&mut self, text: &str) {
        while !self.texts.iter().any(|held| held == text) {
            self.event().await;
        }
    }

    async fn send(&self, to: &Account, text: &str) -> Proof {
        let mut state = self.session.state();
        state.wait_for(|state| *state == SessionState::Online).await.unwrap();
        let to = BareJid::new(&to.address).unwrap();
        let message = OutgoingMessage::to_person(to, MessageId::new(text).unwrap(), text);
        let receipt = self.session.send(message.build()).await.unwrap();
        tokio::time::timeout(PATIENCE, receipt).await.expect("a proof comes")
    }
}

/// Waits until the text has come; all texts so far.
async fn texts_until(client: &mut TestClient, last: &str) -> Vec<String> {
    let mut texts = Vec::new();
    while texts.last().map(String::as_str) != Some(last) {
        let message = tokio::time::timeout(PATIENCE, client.next_message()).await;
        texts.extend(message.expect("a message comes").unwrap().body);
    }
    texts
}

#[tokio::test(flavor = "multi_thread")]
async fn after_each_kind_of_cut_the_session_is_resumed_and_nothing_is_lost_or_doubled() {
    let (server, alice, bob) = ward().await;
    if !server.has(Feature::Resumption) {
        eprintln!("SKIPPED: the server does not promise resumption");
        return;
    }
    let (mut proxy, endpoint) = through_proxy(&server).await;
    let mut bobs = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let mut desk = Bare::start(&endpoint, &alice).await;
    let mut to_alice = Vec::new();
    let mut to_bob = Vec::new();
    for cut in [Cut::Reset, Cut::Finish] {
        for noticed in [Noticed::ByBoth, Noticed::ByClient] {
            let name = format!("{cut:?} {noticed:?}");
            bobs.send_text(&alice.address, &format!("{name} before")).await.unwrap();
            desk.until_text(&format!("{name} before")).await;
            strike(&mut proxy, NOW, Fault::Cut(cut, noticed));
            assert!(desk.closed().await.is_some());
            bobs.send_text(&alice.address, &format!("{name} meanwhile"))
                .await
                .unwrap();
            assert_eq!(desk.opened().await, Continuity::Resumed, "{name}");
            assert_eq!(desk.send(&bob, &format!("{name} answer")).await, Proof::Acknowledged);
            to_alice.extend([format!("{name} before"), format!("{name} meanwhile")]);
            to_bob.push(format!("{name} answer"));
        }
    }
    bobs.send_text(&alice.address, "the end").await.unwrap();
    desk.until_text("the end").await;
    assert_eq!(desk.send(&bob, "the end").await, Proof::Acknowledged);
    to_alice.push("the end".to_owned());
    to_bob.push("the end".to_owned());
    assert_eq!(desk.texts, to_alice);
    assert_eq!(texts_until(&mut bobs, "the end").await, to_bob);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_half_open_connection_is_noticed_and_the_session_resumed() {
    let (server, alice, bob) = ward().await;
    if !server.has(Feature::Resumption) {
        eprintln!("SKIPPED: the server does not promise resumption");
        return;
    }
    let (mut proxy, endpoint) = through_proxy(&server).await;
    let bobs = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let mut desk = Bare::start(&endpoint, &alice).await;
    let mut sent = Vec::new();
    for swallowed in [Swallowed::Both, Swallowed::ToClient, Swallowed::ToServer] {
        let name = format!("{swallowed:?}");
        bobs.send_text(&alice.address, &format!("{name} before")).await.unwrap();
        desk.until_text(&format!("{name} before")).await;
        strike(&mut proxy, NOW, Fault::Stall(swallowed));
        bobs.send_text(&alice.address, &format!("{name} into the void"))
            .await
            .unwrap();
        assert_eq!(desk.closed().await, Some(SessionError::Lost(Loss::Silent)), "{name}");
        assert_eq!(desk.opened().await, Continuity::Resumed, "{name}");
        desk.until_text(&format!("{name} into the void")).await;
        sent.extend([format!("{name} before"), format!("{name} into the void")]);
    }
    assert_eq!(desk.texts, sent);
}

/// The cut comes in the middle of a stanza, so that not every server can go on with the session (Prosody feeds what comes
/// after the resumption to the parser of the first connection): then the archive says what has arrived.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_being_sent_when_the_line_is_cut_arrives_once_and_in_order() {
    let (server, alice, bob) = ward().await;
    let (mut proxy, endpoint) = through_proxy(&server).await;
    let mut bobs = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let mut desk = Desk::with_timing(timing());
    desk.sign_in(&endpoint, &alice).await.unwrap();
    desk.until_online().await;
    let cut = Fault::Cut(Cut::Reset, Noticed::ByBoth);
    strike(&mut proxy, Trigger::Bytes(Direction::ToServer, 2_345), cut);
    let texts: Vec<String> = (0..30).map(|number| format!("message {number}")).collect();
    let mut talk = None;
    for text in &texts {
        talk = Some(desk.write(&bob.address, text).await);
    }
    let talk = talk.unwrap();
    desk.until("all sent", |desk| {
        let messages = desk.messages(talk);
        let sent = |message: &&&_| {
            matches!(
                message,
                wardline_interop::view::MessageItem {
                    delivery: Some(Delivery::Sent | Delivery::Delivered),
                    ..
                }
            )
        };
        (messages.iter().filter(sent).count() == texts.len()).then_some(())
    })
    .await;
    assert_eq!(desk.texts(talk), texts);
    assert_eq!(texts_until(&mut bobs, "message 29").await, texts);
}
