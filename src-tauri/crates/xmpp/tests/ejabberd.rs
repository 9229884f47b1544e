//! The session against a real ejabberd, which offers SCRAM-PLUS but refuses `tls-exporter`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "the whole file is a test, its helpers too"
)]

use std::time::Duration;

use tokio::time::timeout;
use wardline_test_support::servers::{Account, Ejabberd, TlsMode};
use wardline_xmpp::archive::{ArchiveQuery, Position, Reach};
use wardline_xmpp::features::Feature;
use wardline_xmpp::ids::MessageId;
use wardline_xmpp::message::OutgoingMessage;
use wardline_xmpp::session::{
    Authentication, Events, Opened, Proof, Security, ServerLocation, Session, SessionConfig, SessionError,
    SessionEvent, SessionState, Timing,
};
use wardline_xmpp::{BareJid, CertificateDer};

const PATIENCE: Duration = Duration::from_secs(60);

fn config(server: &Ejabberd, account: &Account) -> SessionConfig {
    let endpoint = server.endpoint();
    let (port, mode) = endpoint.preferred().unwrap();
    let security = match mode {
        TlsMode::Direct => Security::DirectTls,
        TlsMode::StartTls => Security::StartTls,
    };
    SessionConfig {
        address: BareJid::new(&account.address).unwrap(),
        authentication: Authentication::with_password(account.password.clone()),
        resource: "desk".into(),
        server: ServerLocation::Explicit {
            host: endpoint.host.clone(),
            port,
            security,
        },
        extra_ca: vec![CertificateDer::from(server.certificates().authority_der.clone())],
        timing: Timing::default(),
    }
}

async fn event(events: &mut Events) -> SessionEvent {
    timeout(PATIENCE, events.recv())
        .await
        .expect("an event comes")
        .expect("the session lives")
}

async fn opened(events: &mut Events) -> Opened {
    loop {
        if let SessionEvent::Opened(opened) = event(events).await {
            return *opened;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn alice_and_bob_talk_and_the_archive_has_it() {
    let server = Ejabberd::start("ward.example").await.unwrap();
    let alice_account = server.create_account("alice", "a").await.unwrap();
    let bob_account = server.create_account("bob", "b").await.unwrap();
    let (alice, mut alice_events) = Session::start(config(&server, &alice_account));
    let (bob, mut bob_events) = Session::start(config(&server, &bob_account));
    let features = opened(&mut alice_events).await.features;
    for feature in [Feature::Archive, Feature::Carbons, Feature::Resumption] {
        assert!(features.has(feature), "{feature:?}");
    }
    opened(&mut bob_events).await;
    let to = BareJid::new(&bob_account.address).unwrap();
    for n in 0..3 {
        let id = MessageId::new(format!("m{n}")).unwrap();
        let sent = alice
            .send(OutgoingMessage::to_person(to.clone(), id, "hello").build())
            .await
            .unwrap();
        assert_eq!(timeout(PATIENCE, sent).await.unwrap(), Proof::Acknowledged);
        let message = loop {
            if let SessionEvent::Message(message) = event(&mut bob_events).await
                && message.body.is_some()
            {
                break message;
            }
        };
        assert!(message.archive_id.is_some());
    }
    let query = ArchiveQuery {
        archive: None,
        with: None,
        start: None,
        end: None,
        position: Position::Latest,
        max: 50,
    };
    let page = bob.archive_page(query).await.unwrap();
    assert_eq!((page.messages.len(), page.reach), (3, Reach::Complete));
    alice.close().await;
    bob.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_says_so() {
    let server = Ejabberd::start("ward.example").await.unwrap();
    let account = server.create_account("alice", "right").await.unwrap();
    let wrong = SessionConfig {
        authentication: Authentication::with_password(String::from("wrong")),
        ..config(&server, &account)
    };
    let (session, _events) = Session::start(wrong);
    let mut state = session.state();
    let failed = state.wait_for(|state| matches!(state, SessionState::Failed { .. }));
    let failed = *timeout(PATIENCE, failed).await.expect("it fails").unwrap();
    assert_eq!(
        failed,
        SessionState::Failed {
            reason: SessionError::NotAuthorized
        }
    );
}
