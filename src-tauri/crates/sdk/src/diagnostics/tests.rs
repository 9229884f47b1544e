//! The report, made of a profile that is full of names.

use std::collections::HashMap;

use wardline_store::contacts::{self, Profile, RosterEntry};
use wardline_store::conversations::{self, NewConversation, TeamChange};
use wardline_store::messages::{self, NewAlias, NewMessage};
use wardline_store::segments::{self, NewSegment};
use wardline_store::{
    Address, ArchiveId, ArchiveKind, ConversationBox, ConversationId, ConversationKind, DatabaseKey, Direction,
    MessageKind, SegmentKind, StampSource, Store, Subscription, archives, gaps,
};
use wardline_xmpp::features::{ChatService, ChatServiceKind, Feature, ServerFeatures};
use wardline_xmpp::session as wire;

use super::*;
use crate::view::{CheckFindings, CheckView, CommandError, ConnectionView, HeldQuery, SessionBegan};

const HOUR: i64 = 3_600_000_000;
const NOON: i64 = 1_790_000_000_000_000;

/// Everything that somebody could be known by.
const PERSONAL: [&str; 14] = [
    "alice",
    "bob",
    "carol",
    "okafor",
    "northgate",
    "example",
    "ward 7b",
    "ward7b",
    "registrar",
    "cardiology",
    "potassium",
    "mr patel",
    "origin-1",
    "alias-",
];

async fn profile(folder: &std::path::Path) -> (Store, EngineState) {
    let store = Store::open(&folder.join("profile.db"), &DatabaseKey::new([7; 32]))
        .await
        .unwrap()
        .store;
    let tx = store.begin().await.unwrap();
    let own: Address = "alice@northgate.example".into();
    let archive = archives::ensure(&tx, &own, ArchiveKind::Own).await.unwrap();
    let room: Address = "ward7b@rooms.northgate.example".into();
    let room_archive = archives::ensure(&tx, &room, ArchiveKind::Room).await.unwrap();
    let bob = conversation(&tx, archive, ConversationKind::Person, "bob.okafor@northgate.example").await;
    let team = conversation(&tx, room_archive, ConversationKind::Team, room.as_str()).await;
    let entry = RosterEntry {
        address: "bob.okafor@northgate.example".into(),
        name: Some("Bob Okafor".into()),
        subscription: Subscription::Both,
    };
    contacts::put_roster_entry(&tx, entry).await.unwrap();
    let card = Profile {
        full_name: Some("Robert Okafor".into()),
        role: Some("Cardiology registrar".into()),
        ward: Some("Ward 7B".into()),
        avatar_hash: None,
        fetched_us: 1,
    };
    contacts::put_profile(&tx, &"bob.okafor@northgate.example".into(), card)
        .await
        .unwrap();
    let change = TeamChange {
        title: Some(("Ward 7B handover".into(), wardline_store::TitleSource::Team)),
        nick: Some("Alice".into()),
        ..TeamChange::default()
    };
    conversations::change_team(&tx, team, change).await.unwrap();
    let older = segment(&tx, bob, NOON, NOON + HOUR).await;
    let newer = segment(&tx, bob, NOON + 3 * HOUR, NOON + 4 * HOUR).await;
    gaps::insert(&tx, bob, older, newer).await.unwrap();
    for (at, segment) in [(NOON, older), (NOON + 3 * HOUR, newer)] {
        text(&tx, archive, bob, segment, at).await;
    }
    tx.commit().await.unwrap();
    let mut features = ServerFeatures::default();
    features.insert(Feature::Archive);
    features.insert(Feature::Carbons);
    features.chat_services.push(ChatService {
        jid: "rooms.northgate.example".parse().unwrap(),
        kind: ChatServiceKind::Muc,
    });
    let found = CheckFindings {
        compared: 2,
        fetched: 1,
        ..CheckFindings::default()
    };
    let checks = HashMap::from([
        (
            bob,
            CheckView::Done {
                at: 1_790_000_000_000,
                found,
            },
        ),
        (
            team,
            CheckView::Stopped {
                error: CommandError::ServerUnreachable,
            },
        ),
    ]);
    let state = EngineState {
        connection: ConnectionView::Waiting {
            retry_at: 1,
            error: CommandError::ServerUnreachable,
        },
        since: Some(1_790_000_000_000),
        began: Some(SessionBegan::Resumed),
        features,
        inbox: None,
        own_archive: archive,
        archives: HashMap::from([(archive, ArchiveState::Proven)]),
        checks,
    };
    (store, state)
}

async fn conversation(
    tx: &wardline_store::WriteTx,
    archive_id: ArchiveId,
    kind: ConversationKind,
    address: &str,
) -> ConversationId {
    let new = NewConversation {
        kind,
        address: address.into(),
        archive_id,
        shown_in: ConversationBox::Inbox,
        sort_us: 0,
    };
    conversations::ensure(tx, new).await.unwrap().id()
}

async fn segment(
    tx: &wardline_store::WriteTx,
    conversation_id: ConversationId,
    first_position: i64,
    last_position: i64,
) -> wardline_store::SegmentId {
    let new = NewSegment {
        conversation_id,
        kind: SegmentKind::Archived,
        first_archive_id: Some("alias-first".into()),
        last_archive_id: Some("alias-last".into()),
        first_position,
        last_position,
        reaches_start: false,
    };
    segments::insert(tx, new).await.unwrap()
}

async fn text(
    tx: &wardline_store::WriteTx,
    archive: ArchiveId,
    conversation_id: ConversationId,
    segment: wardline_store::SegmentId,
    at: i64,
) {
    let message = NewMessage {
        conversation_id,
        segment_id: Some(segment),
        position: at,
        direction: Direction::Incoming,
        kind: MessageKind::Text,
        sender_address: "bob.okafor@northgate.example".into(),
        sender_nick: Some("Bob".into()),
        body: "Mr Patel has a potassium of 6.1".into(),
        stamp_us: at,
        stamp_source: StampSource::Archive,
        sent_us: None,
        archived_us: Some(at),
        delivery: None,
        retracted_us: None,
        mentions: messages::Mentions::default(),
        room_event: None,
        unreadable: None,
        arrival: messages::Arrival::Archive,
        aliases: vec![NewAlias::stanza_id(format!("alias-{at}"))],
    };
    messages::insert(tx, archive, message).await.unwrap();
}

fn link() -> wire::Link {
    wire::Link {
        found: wire::Found::ByHand,
        secured: Some(wire::Secured {
            security: wire::Security::DirectTls,
            version: wire::TlsVersion::Tls13,
        }),
        // A server may call its mechanism what it likes.
        mechanism: "SCRAM-SHA-256-PLUS of alice@northgate.example".into(),
        binding: wire::ChannelBinding::Bound,
    }
}

#[tokio::test]
async fn the_report_of_a_profile_full_of_names_names_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let (store, state) = profile(folder.path()).await;
    let whole = diagnose(&store, &state, Some(link())).await.unwrap();
    let text = report(&store, &state, &whole, Some(12)).await.unwrap();
    let lower = text.to_lowercase();
    for personal in PERSONAL {
        assert!(!lower.contains(personal), "{personal} in\n{text}");
    }
    for said in [
        "connection: waiting",
        "found byHand, directTls, tls13, SCRAM-SHA-256-PLUS, channel binding bound",
        "session: resumed, since 2026-09-21T14:13:20Z, round trip 12 ms, archive proven",
        "features: archive, carbons",
        "team services: muc",
        "2 conversations (1 need attention), 1 open gaps",
        ": 2 messages 2026-09-21..2026-09-21, 2 segments, gaps 1 open 0 expired, beginning notReached, tail unknown",
        "2 compared, 1 fetched, 0 filled, 0 moved, 0 gone",
        "check stopped: server unreachable",
    ] {
        assert!(text.contains(said), "{said} not in\n{text}");
    }
}

#[tokio::test]
async fn a_page_of_conversations_is_found_by_name_whatever_the_case() {
    let folder = tempfile::tempdir().unwrap();
    let (store, state) = profile(folder.path()).await;
    let page = |name: &str| HeldQuery {
        name: name.into(),
        offset: 0,
        limit: 50,
    };
    let all = held_page(&store, &state, &page("")).await.unwrap();
    assert_eq!((all.total, all.rows.len()), (2, 2));
    let found = held_page(&store, &state, &page(" HANDOVER ")).await.unwrap();
    assert_eq!(found.total, 1);
    assert_eq!(found.rows[0].person.name, "Ward 7B handover");
    let one = HeldQuery {
        offset: 1,
        limit: 1,
        ..HeldQuery::default()
    };
    let second = held_page(&store, &state, &one).await.unwrap();
    assert_eq!((second.total, second.rows.len()), (2, 1));
    assert_eq!(
        second.rows[0].person.name, "Ward 7B handover",
        "the one with a gap comes first"
    );
}
