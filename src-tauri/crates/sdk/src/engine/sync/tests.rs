//! Archives that never come to an end are left alone after a while.

use std::pin::Pin;
use std::sync::Arc;

use wardline_store::{Address, DatabaseKey, Store, Text, accounts};
use wardline_xmpp::archive::{Reach, Stability};
use wardline_xmpp::ids::ArchiveId as WireId;
use wardline_xmpp::session::{
    Authentication, Connection, ServerLocation, Session, SessionConfig, SessionError, Timing, Transport,
};

use super::cursor::Cursor;
use super::*;
use crate::events::EventSender;
use crate::wall_clock::WallClock;

struct Nowhere;

impl Transport for Nowhere {
    fn connect<'a>(
        &'a self,
        _: &'a SessionConfig,
    ) -> Pin<Box<dyn Future<Output = Result<Connection, SessionError>> + Send + 'a>> {
        Box::pin(std::future::pending())
    }
}

/// An engine whose archive answers as the test says.
async fn engine(folder: &std::path::Path) -> Engine {
    let path = folder.join("profile.db");
    let store = Store::open(&path, &DatabaseKey::new([7; 32])).await.unwrap().store;
    let tx = store.begin().await.unwrap();
    let account = accounts::NewAccount {
        address: Address("alice@ward.example".to_owned()),
        resource: Text("desk".to_owned()),
        server: Text(String::new()),
        credential: "pencil".into(),
    };
    accounts::put(&tx, account).await.unwrap();
    tx.commit().await.unwrap();
    let config = SessionConfig {
        address: "alice@ward.example".parse().unwrap(),
        authentication: Authentication::with_password("pencil".to_owned()),
        resource: "desk".to_owned(),
        server: ServerLocation::Discover,
        extra_ca: Vec::new(),
        timing: Timing::default(),
    };
    let (session, _events) = Session::start_over(config, Arc::new(Nowhere));
    let begun = Engine::new(store, session, EventSender::new(), WallClock::default()).await;
    begun.unwrap().0
}

/// A page of one result, with more to come.
fn page(id: String) -> ArchivePage {
    let id = WireId::new(id);
    ArchivePage {
        messages: Vec::new(),
        failures: id.iter().cloned().collect(),
        first: id.clone(),
        last: id,
        reach: Reach::More,
        stability: Stability::Stable,
    }
}

/// How many pages a run takes of an archive before it leaves it alone.
async fn taken(answer: impl Fn(u32) -> String) -> u32 {
    let folder = tempfile::tempdir().unwrap();
    let mut engine = engine(folder.path()).await;
    let archive = engine.own_archive;
    let mut from = Cursor { id: None, stamp: 0 };
    for number in 0..2_000 {
        let request = PageRequest {
            session: engine.sync.session,
            archive,
            room: None,
            with: None,
            purpose: Purpose::Run { from: from.clone() },
            urgency: Urgency::Background,
        };
        let page = page(answer(number));
        from.id.clone_from(&page.last);
        engine.on_page(request, Ok(page)).await.unwrap();
        if matches!(engine.sync.own, Reached::Paused(_)) {
            return number + 1;
        }
    }
    panic!("it would be asked for ever");
}

#[tokio::test]
async fn an_archive_that_tells_two_messages_in_turn_is_left_alone_at_once() {
    assert_eq!(taken(|number| format!("id-{}", number % 2)).await, 3);
}

#[tokio::test]
async fn an_archive_that_goes_round_in_a_large_circle_is_left_alone_after_one_round() {
    assert_eq!(taken(|number| format!("id-{}", number % 60)).await, 61);
}

#[tokio::test]
async fn an_archive_of_ever_new_messages_of_no_time_is_left_alone() {
    assert!(taken(|number| format!("id-{number}")).await < 200);
}
