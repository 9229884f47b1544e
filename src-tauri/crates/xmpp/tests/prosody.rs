//! The session against a real Prosody: signing in, talking, losing the connection, reading the archive, rooms.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "the whole file is a test, its helpers too"
)]

use std::time::Duration;

use tokio::time::timeout;
use wardline_test_support::servers::{Account, Prosody};
use wardline_xmpp::archive::{ArchiveError, ArchiveQuery, Position, Reach};
use wardline_xmpp::features::{ChatServiceKind, Feature};
use wardline_xmpp::ids::{ArchiveId, MessageId};
use wardline_xmpp::message::{Direction, OutgoingMessage, ReceivedMessage, Route};
use wardline_xmpp::session::{
    Authentication, CertificateError, ChannelBinding, Continuity, Events, Found, Opened, Proof, RequestKind, Security,
    ServerLocation, Session, SessionConfig, SessionError, SessionEvent, SessionState, Timing, TlsVersion,
};
use wardline_xmpp::{BareJid, CertificateDer, Element};

/// Longest that anything in these tests takes, with room for a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

struct Person {
    session: Session,
    events: Events,
    address: BareJid,
}

fn config(server: &Prosody, account: &Account, security: Security) -> SessionConfig {
    let endpoint = server.endpoint();
    let port = match security {
        Security::DirectTls => endpoint.direct_tls_port,
        Security::StartTls => endpoint.starttls_port,
    };
    SessionConfig {
        address: BareJid::new(&account.address).unwrap(),
        authentication: Authentication::with_password(account.password.clone()),
        resource: "desk".into(),
        server: ServerLocation::Explicit {
            host: endpoint.host.clone(),
            port: port.unwrap(),
            security,
        },
        extra_ca: vec![CertificateDer::from(server.certificates().authority_der.clone())],
        timing: Timing {
            backoff_base: Duration::from_millis(50),
            ..Timing::default()
        },
    }
}

impl Person {
    fn new(config: SessionConfig) -> Self {
        let address = config.address.clone();
        let (session, events) = Session::start(config);
        Self {
            session,
            events,
            address,
        }
    }

    async fn event(&mut self) -> SessionEvent {
        timeout(PATIENCE, self.events.recv())
            .await
            .expect("an event comes")
            .expect("the session lives")
    }

    async fn opened(&mut self) -> Opened {
        loop {
            if let SessionEvent::Opened(opened) = self.event().await {
                return *opened;
            }
        }
    }

    async fn text(&mut self) -> ReceivedMessage {
        loop {
            if let SessionEvent::Message(message) = self.event().await
                && message.body.is_some()
            {
                return *message;
            }
        }
    }

    async fn send(&self, to: &BareJid, id: &str) -> Proof {
        let message = OutgoingMessage::to_person(to.clone(), MessageId::new(id).unwrap(), format!("text of {id}"));
        timeout(PATIENCE, self.session.send(message.build()).await.unwrap())
            .await
            .expect("a fate")
    }

    async fn failure(&self) -> SessionError {
        let mut state = self.session.state();
        let failed = state.wait_for(|state| matches!(state, SessionState::Failed { .. }));
        match timeout(PATIENCE, failed).await.map(|state| *state.unwrap()) {
            Ok(SessionState::Failed { reason }) => reason,
            _ => panic!("it does not fail: {:?}", *self.session.state().borrow()),
        }
    }
}

fn query(archive: Option<BareJid>, position: Position, max: u16) -> ArchiveQuery {
    ArchiveQuery {
        archive,
        with: None,
        start: None,
        end: None,
        position,
        max,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn alice_and_bob_talk_over_both_kinds_of_tls_and_the_archive_has_it() {
    let server = Prosody::start("ward.example").await.unwrap();
    let alice = server.create_account("alice", "correct horse").unwrap();
    let bob = server.create_account("bob", "battery=staple,").unwrap();
    let mut alice = Person::new(config(&server, &alice, Security::DirectTls));
    let mut bob = Person::new(config(&server, &bob, Security::StartTls));
    let opened = alice.opened().await;
    assert_eq!(opened.continuity, Continuity::New);
    for feature in [
        Feature::Archive,
        Feature::Carbons,
        Feature::Resumption,
        Feature::StanzaIds,
        Feature::Ping,
    ] {
        assert!(opened.features.has(feature), "{feature:?}");
    }
    assert!(
        opened
            .features
            .chat_services
            .iter()
            .any(|service| service.kind == ChatServiceKind::Muc)
    );
    bob.opened().await;
    for (person, security) in [(&alice, Security::DirectTls), (&bob, Security::StartTls)] {
        let link = person.session.link().expect("a connection");
        let secured = link.secured.expect("TLS");
        assert_eq!(
            (link.found, secured.security, secured.version),
            (Found::ByHand, security, TlsVersion::Tls13)
        );
        assert!(link.mechanism.starts_with("SCRAM-SHA-256"), "{}", link.mechanism);
        assert_eq!(
            link.binding == ChannelBinding::Bound,
            link.mechanism.ends_with("-PLUS"),
            "{}",
            link.mechanism
        );
        person.session.round_trip().await.expect("an answer");
    }

    for n in 0..5 {
        assert_eq!(alice.send(&bob.address, &format!("m{n}")).await, Proof::Acknowledged);
        let message = bob.text().await;
        assert_eq!((message.route, message.direction), (Route::Live, Direction::Incoming));
        assert_eq!(message.conversation, alice.address);
        assert_eq!(message.body.as_deref(), Some(&*format!("text of m{n}")));
        assert!(message.wants_receipt && message.wants_markers && message.archive_id.is_some());
    }
    let page = bob
        .session
        .archive_page(query(None, Position::Latest, 2))
        .await
        .unwrap();
    assert_eq!(
        (page.messages.len(), page.failures.len(), page.reach),
        (2, 0, Reach::More)
    );
    assert_eq!(page.messages[1].id.as_ref().unwrap().as_str(), "m4");
    assert_eq!(page.messages[1].archive_id, page.last);
    let before = bob
        .session
        .archive_page(query(None, Position::Before(page.first.unwrap()), 50))
        .await
        .unwrap();
    let ids: Vec<_> = before
        .messages
        .iter()
        .map(|m| m.id.as_ref().unwrap().as_str().to_owned())
        .collect();
    assert_eq!(
        (ids, before.reach),
        (vec!["m0".to_owned(), "m1".into(), "m2".into()], Reach::Complete)
    );
    let own = alice
        .session
        .archive_page(query(None, Position::Oldest, 50))
        .await
        .unwrap();
    assert!(
        own.messages
            .iter()
            .all(|m| m.direction == Direction::Outgoing && m.conversation == bob.address)
    );
    let unknown = Position::After(ArchiveId::new("nothing-like-this").unwrap());
    let refused = bob.session.archive_page(query(None, unknown, 50)).await;
    assert!(matches!(refused, Err(ArchiveError::ItemNotFound)));

    let time = alice.session.server_time().await.unwrap();
    assert!(time.at.0 > 0);
    assert!(alice.session.vcard(bob.address.clone()).await.unwrap().is_none());
    alice.session.close().await;
    bob.session.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_device_gets_copies_of_what_was_sent() {
    let server = Prosody::start("ward.example").await.unwrap();
    let alice = server.create_account("alice", "a").unwrap();
    let bob = server.create_account("bob", "b").unwrap();
    let mut desk = Person::new(config(&server, &alice, Security::DirectTls));
    let phone = SessionConfig {
        resource: "phone".into(),
        ..config(&server, &alice, Security::DirectTls)
    };
    let mut phone = Person::new(phone);
    let mut bob = Person::new(config(&server, &bob, Security::DirectTls));
    desk.opened().await;
    phone.opened().await;
    bob.opened().await;
    assert_eq!(phone.send(&bob.address, "from-phone").await, Proof::Acknowledged);
    let copy = desk.text().await;
    assert_eq!(
        (copy.route, copy.direction, &copy.conversation),
        (Route::CarbonSent, Direction::Outgoing, &bob.address)
    );
    assert_eq!(copy.id.unwrap().as_str(), "from-phone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_and_started_again_is_found_again_by_itself() {
    let mut server = Prosody::start("ward.example").await.unwrap();
    let account = server.create_account("alice", "a").unwrap();
    let mut alice = Person::new(config(&server, &account, Security::DirectTls));
    alice.opened().await;
    server.kill();
    loop {
        if let SessionEvent::Closed { error } = alice.event().await {
            assert!(error.is_some());
            break;
        }
    }
    server.start_again().await.unwrap();
    assert_eq!(alice.opened().await.continuity, Continuity::New);
    let own = alice.address.clone();
    assert_eq!(alice.send(&own, "note").await, Proof::Acknowledged);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_connection_under_the_same_resource_ends_the_first_one_for_good() {
    let server = Prosody::start("ward.example").await.unwrap();
    let account = server.create_account("alice", "a").unwrap();
    let mut first = Person::new(config(&server, &account, Security::DirectTls));
    first.opened().await;
    let mut second = Person::new(config(&server, &account, Security::DirectTls));
    second.opened().await;
    assert_eq!(first.failure().await, SessionError::Conflict);
    assert_eq!(*second.session.state().borrow(), SessionState::Online);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_an_unknown_issuer_and_another_name_each_say_so() {
    let server = Prosody::start("ward.example").await.unwrap();
    let account = server.create_account("alice", "right").unwrap();
    let good = config(&server, &account, Security::DirectTls);
    let wrong = Person::new(SessionConfig {
        authentication: Authentication::with_password(String::from("wrong")),
        ..good.clone()
    });
    assert_eq!(wrong.failure().await, SessionError::NotAuthorized);
    for security in [Security::DirectTls, Security::StartTls] {
        let stranger = Person::new(SessionConfig {
            extra_ca: vec![],
            ..config(&server, &account, security)
        });
        assert_eq!(
            stranger.failure().await,
            SessionError::Certificate(CertificateError::UnknownIssuer)
        );
    }
    let elsewhere = BareJid::new("alice@other.example").unwrap();
    let elsewhere = Person::new(SessionConfig {
        address: elsewhere,
        ..good
    });
    assert_eq!(
        elsewhere.failure().await,
        SessionError::Certificate(CertificateError::WrongName)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_is_entered_spoken_in_and_read_back() {
    let server = Prosody::start("ward.example").await.unwrap();
    let rooms = server.endpoint().muc_service.clone().unwrap();
    let room = BareJid::new(&format!("cardio@{rooms}")).unwrap();
    let alice = server.create_account("alice", "a").unwrap();
    let bob = server.create_account("bob", "b").unwrap();
    let mut alice = Person::new(config(&server, &alice, Security::DirectTls));
    let mut bob = Person::new(config(&server, &bob, Security::DirectTls));
    alice.opened().await;
    bob.opened().await;
    assert_eq!(
        alice.session.muc_join(room.clone(), "Alice").await.unwrap().nick,
        "Alice"
    );
    let unlock: Element = "<query xmlns='http://jabber.org/protocol/muc#owner'>\
        <x xmlns='jabber:x:data' type='submit'/></query>"
        .parse()
        .unwrap();
    alice
        .session
        .request(Some(room.clone().into()), RequestKind::Set, unlock)
        .await
        .unwrap();
    bob.session.muc_join(room.clone(), "Bob").await.unwrap();
    let message = OutgoingMessage::to_room(room.clone(), MessageId::new("r1").unwrap(), "to everybody").build();
    assert_eq!(alice.session.send(message).await.unwrap().await, Proof::Acknowledged);
    let echo = alice.text().await;
    assert_eq!(
        (echo.direction, &echo.conversation, echo.nick.as_deref()),
        (Direction::Outgoing, &room, Some("Alice"))
    );
    let heard = bob.text().await;
    assert_eq!(
        (heard.direction, heard.nick.as_deref()),
        (Direction::Incoming, Some("Alice"))
    );
    assert_eq!(heard.archive_id, echo.archive_id);
    assert!(heard.archive_id.is_some());
    let page = bob
        .session
        .archive_page(query(Some(room.clone()), Position::Latest, 50))
        .await
        .unwrap();
    let said = page.messages.iter().find(|message| message.body.is_some()).unwrap();
    assert_eq!(
        (said.archive_id.clone(), said.direction),
        (heard.archive_id, Direction::Incoming)
    );
    assert!(bob.session.bookmarks().await.unwrap().unwrap_or_default().is_empty());
}
