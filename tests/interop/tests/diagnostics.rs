//! What is held is compared with what the server has, repaired, and told.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the whole file is a test, its helpers too"
)]

use std::time::Duration;

use wardline_interop::store::messages::{NewAlias, NewMessage, Placement};
use wardline_interop::store::{
    ConversationId, Direction, MessageKind, StampSource, Store, conversations, messages, segments,
};
use wardline_interop::view::{
    ArchiveState, Beginning, CheckFindings, ConnectionView, GapState, HeldQuery, JumpTarget, ServerFeature, Tail,
    TimelineItem, TimelineStart,
};
use wardline_interop::{Desk, TestClient, ward};

const EVERYTHING: HeldQuery = HeldQuery {
    name: String::new(),
    offset: 0,
    limit: 50,
};

/// The messages of a conversation in a damaged or undamaged store, oldest first.
async fn held(store: &Store, conversation: ConversationId) -> Vec<messages::Message> {
    let tx = store.read().await.unwrap();
    messages::newest(&tx, conversation, 1_000).await.unwrap()
}

/// Compares a conversation once the archive has written so many messages of it, which may be a moment after they have come.
async fn check_when_written(desk: &mut Desk, talk: wardline_interop::view::ConversationId, all: u32) -> CheckFindings {
    for _ in 0..100 {
        let found = desk.check(talk).await;
        if found.compared >= all {
            return found;
        }
        desk.settle().await;
    }
    panic!("the archive never had {all} messages");
}

/// Puts a message into another place of the thread.
async fn move_to(store: &Store, message: &messages::Message, position: i64) {
    let tx = store.begin().await.unwrap();
    let placement = Placement {
        position,
        stamp_us: message.stamp_us,
        stamp_source: message.stamp_source,
        archived_us: message.archived_us,
        segment_id: message.segment_id,
    };
    messages::place(&tx, message.id, placement).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_conversation_is_compared_with_the_server_and_repaired() {
    let (server, alice, bob) = ward().await;
    let phone = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    let texts: Vec<String> = (0..40).map(|number| format!("observation {number}")).collect();
    for (number, text) in texts.iter().enumerate() {
        if number == 39 {
            // What is younger than this before the newest message is read again at every start, and mended by that.
            tokio::time::sleep(Duration::from_millis(3_500)).await;
        }
        phone.send_text(&alice.address, text).await.unwrap();
    }
    let talk = desk.open(bob.name()).await;
    desk.until_text(talk, "observation 39").await;
    // The archive's own word on all of them.
    let asleep = desk.restart().await.sleep().await;
    let mut desk = asleep.wake().await;
    desk.until_online().await;
    let talk = desk.open(bob.name()).await;
    let sound = check_when_written(&mut desk, talk, 40).await;
    assert_eq!((sound.fetched, sound.moved, sound.gone), (0, 0, 0), "{sound:?}");

    // All is written by now: the next start has nothing to read again but the last.
    let mut desk = desk.restart().await;
    desk.until_online().await;

    // A row goes, two change places, and one is there that the server knows nothing of.
    let asleep = desk.sleep().await;
    let store = asleep.store().await;
    let conversation = ConversationId(talk.0);
    let rows = held(&store, conversation).await;
    assert_eq!(rows.len(), 40);
    let tx = store.begin().await.unwrap();
    messages::remove(&tx, rows[17].id).await.unwrap();
    let with = conversations::get(&tx, conversation).await.unwrap().unwrap();
    let unknown = NewMessage {
        conversation_id: conversation,
        segment_id: rows[20].segment_id,
        position: rows[20].position + 1,
        direction: Direction::Incoming,
        kind: MessageKind::Text,
        sender_address: bob.address.as_str().into(),
        sender_nick: None,
        body: "expired on the server".into(),
        stamp_us: rows[20].stamp_us,
        stamp_source: StampSource::Archive,
        sent_us: None,
        archived_us: Some(rows[20].stamp_us),
        delivery: None,
        retracted_us: None,
        mentions: messages::Mentions::default(),
        room_event: None,
        unreadable: None,
        arrival: messages::Arrival::Archive,
        aliases: vec![NewAlias::stanza_id("known-to-nobody")],
    };
    messages::insert(&tx, with.archive_id, unknown).await.unwrap();
    tx.commit().await.unwrap();
    move_to(&store, &rows[30], rows[33].position).await;
    move_to(&store, &rows[33], rows[30].position).await;
    store.close().await.unwrap();

    let mut desk = asleep.wake().await;
    desk.until_online().await;
    let talk = desk.open_id(talk).await;
    assert!(!desk.texts(talk).contains(&texts[17]), "the damage is there");
    let found = desk.check(talk).await;
    assert_eq!((found.fetched, found.filled, found.gone), (1, 0, 1), "{found:?}");
    assert!((1..=3).contains(&found.moved), "{found:?}");
    desk.settle().await;
    // Where the server stamps by the second, there may be no room between two messages: then either of them may be first.
    let mut shown = desk.texts(talk);
    let at = shown.iter().position(|text| text == "expired on the server");
    assert!(matches!(at, Some(21 | 22)), "nothing was deleted: {at:?}");
    shown.remove(at.unwrap());
    assert_eq!(shown, texts, "all are here, in order");

    let again = desk.check(talk).await;
    let sound = CheckFindings {
        compared: 40,
        gone: 1,
        ..CheckFindings::default()
    };
    assert_eq!(again, sound, "nothing is left to repair");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_held_is_compared_over_many_pages() {
    let (server, alice, bob) = ward().await;
    let phone = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    // Somebody who is there somewhere gets nothing from the queue for those who are away.
    let _alices_phone = TestClient::connect(server.endpoint(), &alice).await.unwrap();
    for number in 0..320 {
        phone
            .send_text(&alice.address, &format!("reading {number}"))
            .await
            .unwrap();
    }
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    let talk = desk.open(bob.name()).await;
    desk.jump(talk, JumpTarget::Newest).await;
    desk.until_text(talk, "reading 319").await;
    let newest = desk.check(talk).await;
    assert_eq!((newest.compared, newest.fetched), (50, 0), "{newest:?}");
    while desk.thread(talk).start != TimelineStart::Beginning {
        desk.client().page_back(talk).await.unwrap();
        desk.settle().await;
    }
    let asleep = desk.sleep().await;
    let store = asleep.store().await;
    let rows = held(&store, ConversationId(talk.0)).await;
    assert_eq!(rows.len(), 320);
    let tx = store.begin().await.unwrap();
    for row in &rows[60..80] {
        messages::remove(&tx, row.id).await.unwrap();
    }
    tx.commit().await.unwrap();
    store.close().await.unwrap();
    let mut desk = asleep.wake().await;
    desk.until_online().await;
    desk.open_id(talk).await;
    let all = desk.check(talk).await;
    let expected = CheckFindings {
        compared: 320,
        fetched: 20,
        ..CheckFindings::default()
    };
    assert_eq!(all, expected);
    let store = desk.sleep().await;
    let store = store.store().await;
    let texts: Vec<String> = held(&store, ConversationId(talk.0))
        .await
        .iter()
        .map(|row| row.body.as_str().to_owned())
        .collect();
    assert_eq!(
        texts,
        (0..320).map(|number| format!("reading {number}")).collect::<Vec<_>>()
    );
    let tx = store.read().await.unwrap();
    assert_eq!(segments::list(&tx, ConversationId(talk.0)).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_connected_and_what_is_held_is_told_without_naming_anybody() {
    let (server, alice, bob) = ward().await;
    let phone = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    phone.send_text(&alice.address, "Potassium is 6.1").await.unwrap();
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    let talk = desk.open(bob.name()).await;
    desk.until_text(talk, "Potassium is 6.1").await;
    // The end is proven some seconds later.
    let told = async {
        loop {
            let told = desk.client().diagnostics().await.unwrap();
            if told.connection.archive == ArchiveState::Proven {
                return told;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    let told = tokio::time::timeout(Duration::from_secs(40), told).await.unwrap();
    assert_eq!(told.connection.state, ConnectionView::Online);
    let link = told.connection.link.as_ref().unwrap();
    assert!(link.mechanism.starts_with("SCRAM-SHA-"), "{link:?}");
    assert!(link.tls.is_some() && told.connection.since.is_some());
    assert!(told.features.contains(&ServerFeature::Archive), "{:?}", told.features);
    assert_eq!((told.holdings.conversations, told.holdings.open_gaps), (1, 0));
    desk.client().round_trip().await.unwrap();

    let page = desk.client().held(EVERYTHING).await.unwrap();
    assert_eq!((page.total, page.rows.len()), (1, 1));
    let row = &page.rows[0];
    assert_eq!((row.messages, row.segments, row.beginning), (1, 1, Beginning::Reached));
    assert!(matches!(row.tail, Tail::Current { at: Some(_) }), "{:?}", row.tail);
    assert!(row.attention.is_empty() && row.gaps.is_empty() && row.oldest == row.newest);

    let report = desk.client().diagnostics_report().await.unwrap();
    for personal in [alice.name(), bob.name(), &server.endpoint().domain, "Potassium"] {
        assert!(!report.contains(personal), "{personal} in\n{report}");
    }
    assert!(report.contains("connection: online"), "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_sync_says_how_many_chats_have_come() {
    let (server, alice, bob) = ward().await;
    let carol = server.account("carol").await.unwrap();
    for colleague in [&bob, &carol] {
        let phone = TestClient::connect(server.endpoint(), colleague).await.unwrap();
        phone.send_text(&alice.address, "Welcome").await.unwrap();
        phone.close().await;
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let desk = Desk::signed_in(server.endpoint(), &alice).await;
    let progress: Vec<(u32, u32)> = desk
        .states()
        .iter()
        .filter_map(|state| match state {
            ConnectionView::Fetching { done, of } => Some((*done, *of)),
            _ => None,
        })
        .collect();
    assert!(progress.iter().all(|(done, of)| done <= of), "{progress:?}");
    assert!(progress.windows(2).all(|pair| pair[0].0 <= pair[1].0), "{progress:?}");
    assert!(progress.iter().any(|(_, of)| *of == 2), "{progress:?}");
    assert_eq!(
        desk.states().last(),
        Some(&ConnectionView::Online),
        "it is gone when it is done"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_has_expired_is_said_and_what_is_held_stays() {
    let (mut server, alice, bob) = ward().await;
    if !server.is_ours() {
        eprintln!("SKIPPED: the archive of somebody else's server cannot be purged");
        return;
    }
    let phone = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    for number in 0..5 {
        phone
            .send_text(&alice.address, &format!("held {number}"))
            .await
            .unwrap();
    }
    let talk = desk.open(bob.name()).await;
    desk.until_text(talk, "held 4").await;
    let asleep = desk.restart().await.sleep().await;
    let mut desk = asleep.wake().await;
    desk.until_online().await;
    let asleep = desk.sleep().await;
    let alices_phone = TestClient::connect(server.endpoint(), &alice).await.unwrap();
    for number in 0..5 {
        phone
            .send_text(&alice.address, &format!("lost {number}"))
            .await
            .unwrap();
    }
    // Stamps of a second are all that some servers have.
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    let kept_from = chrono::Utc::now();
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    for number in 0..5 {
        phone
            .send_text(&alice.address, &format!("kept {number}"))
            .await
            .unwrap();
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    phone.close().await;
    alices_phone.close().await;
    assert!(server.stop().await);
    server.purge_archive(kept_from).await.unwrap();
    server.start_again().await.unwrap();

    let mut desk = asleep.wake().await;
    desk.until_online().await;
    let talk = desk.open_id(talk).await;
    desk.until_text(talk, "kept 4").await;
    desk.settle().await;
    let expected: Vec<String> = ["held", "kept"]
        .iter()
        .flat_map(|word| (0..5).map(move |number| format!("{word} {number}")))
        .collect();
    assert_eq!(desk.texts(talk), expected, "what is held stays, once and in order");
    let gaps: Vec<GapState> = desk
        .thread(talk)
        .items
        .iter()
        .filter_map(|item| match item {
            TimelineItem::Gap { state, .. } => Some(*state),
            TimelineItem::Message(_) | TimelineItem::Notice(_) => None,
        })
        .collect();
    let told = desk.client().held(EVERYTHING).await.unwrap();
    // A server that goes by the time of an id that it no longer has does not say that something has gone.
    if gaps.is_empty() {
        assert_eq!(told.rows[0].segments, 1);
    } else {
        assert_eq!(gaps, [GapState::Expired]);
        assert_eq!(told.rows[0].gaps.len(), 1);
    }
    let found = desk.check(talk).await;
    assert_eq!((found.compared, found.gone, found.fetched), (5, 5, 0), "{found:?}");
    desk.settle().await;
    assert_eq!(desk.texts(talk), expected, "nothing was deleted by comparing");
}

#[tokio::test(flavor = "multi_thread")]
async fn scrolling_up_to_where_the_server_keeps_nothing_ends_there() {
    let (mut server, alice, bob) = ward().await;
    if !server.is_ours() {
        eprintln!("SKIPPED: the archive of somebody else's server cannot be purged");
        return;
    }
    let phone = TestClient::connect(server.endpoint(), &bob).await.unwrap();
    let alices_phone = TestClient::connect(server.endpoint(), &alice).await.unwrap();
    for number in 0..70 {
        phone.send_text(&alice.address, &format!("old {number}")).await.unwrap();
    }
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    let kept_from = chrono::Utc::now();
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    phone.send_text(&alice.address, "new").await.unwrap();
    phone.close().await;
    alices_phone.close().await;
    let desk = Desk::signed_in(server.endpoint(), &alice).await;
    let asleep = desk.sleep().await;
    assert!(server.stop().await);
    server.purge_archive(kept_from).await.unwrap();
    server.start_again().await.unwrap();

    let mut desk = asleep.wake().await;
    desk.until_online().await;
    let talk = desk.open(bob.name()).await;
    desk.jump(talk, JumpTarget::Newest).await;
    desk.until_text(talk, "new").await;
    let held = desk.texts(talk).len();
    assert!((2..71).contains(&held), "the newest page came before the purge: {held}");
    // How much more had come by then is a matter of moments.
    for _ in 0..10 {
        if desk.thread(talk).start == TimelineStart::Beginning {
            break;
        }
        desk.client().page_back(talk).await.unwrap();
        desk.settle().await;
    }
    assert_eq!(desk.thread(talk).start, TimelineStart::Beginning);
    let reached = desk.texts(talk).len();
    assert!((held..=71).contains(&reached), "{held}, then {reached}");
}
