//! What a batch of events costs: transactions are counted, not time.

use std::future::{Future, pending, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use wardline_store::transaction_hook::{HookGuard, TransactionHook, TransactionKind};
use wardline_store::{Address, DatabaseKey, Store, Text, accounts};
use wardline_xmpp::jid::Jid;
use wardline_xmpp::presence::{Availability, AvatarHint, PresenceKind, PresenceUpdate};
use wardline_xmpp::session::{
    Authentication, Connection, ServerLocation, Session, SessionConfig, SessionError, SessionEvent, Timing, Transport,
};

use super::{Engine, ingest};
use crate::events::EventSender;
use crate::wall_clock::WallClock;

#[derive(Default)]
pub(super) struct Count(AtomicUsize);

impl TransactionHook for Count {
    fn before_begin(&self, _: TransactionKind) -> Pin<Box<dyn Future<Output = HookGuard> + Send + '_>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        let guard: HookGuard = Box::new(());
        Box::pin(ready(guard))
    }
}

struct Nowhere;

impl Transport for Nowhere {
    fn connect<'a>(
        &'a self,
        _: &'a SessionConfig,
    ) -> Pin<Box<dyn Future<Output = Result<Connection, SessionError>> + Send + 'a>> {
        Box::pin(pending())
    }
}

/// An engine without a network, and what counts its transactions.
pub(super) async fn engine(folder: &tempfile::TempDir) -> (Engine, Arc<Count>) {
    let path = folder.path().join("test.db");
    let store = Store::open(&path, &DatabaseKey::new([7; 32])).await.unwrap().store;
    let tx = store.begin().await.unwrap();
    let account = accounts::NewAccount {
        address: Address("alice@ward.example".to_owned()),
        resource: Text("desk".to_owned()),
        server: Text(String::new()),
        credential: "PLAIN$pencil".into(),
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
    let (session, _) = Session::start_over(config, Arc::new(Nowhere));
    let count = Arc::new(Count::default());
    let store = store.with_hook(Arc::clone(&count) as Arc<dyn TransactionHook>);
    let (engine, _) = Engine::new(store, session, EventSender::new(), WallClock::default())
        .await
        .unwrap();
    (engine, count)
}

fn presence(from: &str, availability: Availability) -> SessionEvent {
    SessionEvent::Presence(Box::new(PresenceUpdate {
        from: Jid::new(from).unwrap(),
        kind: PresenceKind::Person(availability),
        status: None,
        avatar: AvatarHint::Sha1("00".repeat(20)),
    }))
}

async fn cost(engine: &mut Engine, count: &Count, batch: Vec<SessionEvent>) -> usize {
    let before = count.0.load(Ordering::SeqCst);
    engine.take_events(batch).await.unwrap();
    count.0.load(Ordering::SeqCst) - before
}

#[tokio::test]
async fn presences_of_a_whole_hospital_cost_a_few_transactions_for_each_batch() {
    let folder = tempfile::tempdir().unwrap();
    let (mut engine, count) = engine(&folder).await;
    let person = |n: usize| format!("p{n}@ward.example");
    let tx = engine.store.begin().await.unwrap();
    for n in 0..100 {
        ingest::ensure_person(&tx, engine.own_archive, Address(person(n)))
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    let batch = |people: usize, device: &str, availability| {
        let events = (0..people).map(|n| presence(&format!("{}/{device}", person(n)), availability));
        events.collect::<Vec<_>>()
    };
    // What is announced of pictures is looked up once in a session.
    cost(&mut engine, &count, batch(100, "desk", Availability::Away)).await;
    let of_fifty = cost(&mut engine, &count, batch(50, "desk", Availability::Available)).await;
    let of_hundred = cost(&mut engine, &count, batch(100, "phone", Availability::Available)).await;
    assert!(of_fifty <= 4 && of_hundred <= 4, "{of_fifty}, {of_hundred}");
    let rows = engine.inbox.snapshot().rows;
    assert!(rows.iter().all(|row| row.presence == crate::view::Presence::Available));
}
