//! Which copies are of one message, and which only look like it.

use super::*;
use crate::messages::Arrival;
use crate::pages::{Outcome, insert};

const SECOND: i64 = 1_000_000;
/// An id as this app makes them.
const RANDOM: &str = "b1f3c6d2-6c0e-4f7a-9d55-2a7a1c0f9e11";

/// A copy from the archive, at a second.
fn listed(from: fn(ConversationId, i64, &str) -> NewMessage, with: ConversationId, at: i64, id: &str) -> NewMessage {
    let mut message = from(with, at * SECOND, "Bleep: cardiac arrest, ward 7");
    let sender = message.sender_address.clone();
    message
        .aliases
        .push(NewAlias::by_sender(AliasKind::MessageId, id, sender));
    message
}

/// The same without an id of the archive, as it comes live.
fn live(from: fn(ConversationId, i64, &str) -> NewMessage, with: ConversationId, at: i64, id: &str) -> NewMessage {
    let mut message = listed(from, with, at, id);
    message.aliases.remove(0);
    NewMessage {
        stamp_source: StampSource::Clock,
        archived_us: None,
        arrival: Arrival::Live,
        ..message
    }
}

fn later(message: NewMessage) -> NewMessage {
    NewMessage {
        stamp_source: StampSource::Delay,
        arrival: Arrival::Later,
        ..message
    }
}

/// How many messages there are after each page.
async fn counted(pages: impl IntoIterator<Item = Vec<NewMessage>>, fixture: &Fixture) -> Vec<usize> {
    let tx = fixture.store.begin().await.unwrap();
    let archive = archives::ensure(&tx, &ME.into(), ArchiveKind::Own).await.unwrap();
    let mut counts = Vec::new();
    for page in pages {
        let conversation = page[0].conversation_id;
        insert(&tx, archive, page).await.unwrap();
        counts.push(messages::newest(&tx, conversation, 100).await.unwrap().len());
    }
    tx.commit().await.unwrap();
    counts
}

#[tokio::test]
async fn what_an_archive_lists_under_different_ids_is_different_messages() {
    for id in ["alarm", RANDOM] {
        let fixture = Fixture::new().await;
        let (_, bob) = fixture.conversation("bob@ward.example").await;
        let page = || [1, 4, 7].map(|at| listed(from_bob, bob, at, id)).to_vec();
        assert_eq!(counted([page(), page()], &fixture).await, [3, 3], "{id}");
    }
    // Nor is it one message of one's own, where another app counts its messages from one again.
    let fixture = Fixture::new().await;
    let (_, bob) = fixture.conversation("bob@ward.example").await;
    let page = [1, 4].map(|at| listed(from_me, bob, at, "m1")).to_vec();
    assert_eq!(counted([page], &fixture).await, [2]);
}

#[tokio::test]
async fn two_live_copies_are_two_messages_and_the_archive_lists_each() {
    let fixture = Fixture::new().await;
    let (_, bob) = fixture.conversation("bob@ward.example").await;
    let came = [1, 4, 7].map(|at| vec![live(from_bob, bob, at, "alarm")]);
    let page = vec![[1, 4, 7].map(|at| listed(from_bob, bob, at, "alarm")).to_vec()];
    let pages = came.into_iter().chain(page);
    assert_eq!(counted(pages, &fixture).await, [1, 2, 3, 3]);
}

#[tokio::test]
async fn what_a_queue_handed_on_goes_with_the_listing_of_its_own_time() {
    let fixture = Fixture::new().await;
    let (archive, bob) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let queued = later(live(from_bob, bob, 2, "alarm"));
    let second = insert(&tx, archive, vec![queued]).await.unwrap()[0].id();
    let page = [1, 2].map(|at| listed(from_bob, bob, at, "alarm")).to_vec();
    let outcomes = insert(&tx, archive, page).await.unwrap();
    assert!(matches!(outcomes[0], Outcome::Inserted(_)));
    assert_eq!(outcomes[1], Outcome::Known(second));
}

#[tokio::test]
async fn the_archive_may_list_a_message_before_it_comes_live_and_a_queue_hand_it_on_afterwards() {
    let fixture = Fixture::new().await;
    let (_, bob) = fixture.conversation("bob@ward.example").await;
    let pages = [
        vec![listed(from_bob, bob, 1, "alarm")],
        vec![live(from_bob, bob, 2, "alarm")],
        vec![later(live(from_bob, bob, 1, "alarm"))],
        // One that has come live comes so no second time.
        vec![live(from_bob, bob, 3, "alarm")],
        vec![later(live(from_bob, bob, 60, "alarm"))],
    ];
    assert_eq!(counted(pages, &fixture).await, [1, 1, 1, 2, 3]);
}

#[tokio::test]
async fn a_message_that_never_was_in_an_archive_is_not_taken_for_one_that_is() {
    let fixture = Fixture::new().await;
    let (_, bob) = fixture.conversation("bob@ward.example").await;
    let pages = [
        vec![live(from_bob, bob, 0, "alarm")],
        vec![listed(from_bob, bob, 200_000, "alarm")],
    ];
    assert_eq!(counted(pages, &fixture).await, [1, 2]);
}

#[tokio::test]
async fn what_our_outbox_sent_again_is_one_message() {
    let fixture = Fixture::new().await;
    let (archive, bob) = fixture.conversation("bob@ward.example").await;
    let pages = [
        vec![live(from_me, bob, 1, RANDOM)],
        [1, 400].map(|at| listed(from_me, bob, at, RANDOM)).to_vec(),
    ];
    assert_eq!(counted(pages, &fixture).await, [1, 1]);
    let tx = fixture.store.read().await.unwrap();
    let only = messages::newest(&tx, bob, 2).await.unwrap();
    let names = aliases::of_message(&tx, only[0].id).await.unwrap();
    let of_archive = names.iter().filter(|name| name.kind == AliasKind::StanzaId);
    assert_eq!(of_archive.count(), 2);
    assert!(names.iter().all(|name| name.archive_id == archive));
}

#[tokio::test]
async fn what_a_server_says_it_received_before_is_one_message() {
    let fixture = Fixture::new().await;
    let (_, bob) = fixture.conversation("bob@ward.example").await;
    let again = |bob, at, first: i64| NewMessage {
        sent_us: Some(first * SECOND),
        ..listed(from_bob, bob, at, "alarm")
    };
    let pages = [
        vec![listed(from_bob, bob, 1, "alarm")],
        vec![again(bob, 300, 1)],
        vec![again(bob, 600, 500)],
    ];
    assert_eq!(counted(pages, &fixture).await, [1, 1, 2]);
    // The archive is also read backwards.
    let fixture = Fixture::new().await;
    let (_, bob) = fixture.conversation("bob@ward.example").await;
    let pages = [
        vec![later(live(from_bob, bob, 1, "alarm"))],
        vec![again(bob, 300, 1)],
        vec![listed(from_bob, bob, 1, "alarm")],
    ];
    assert_eq!(counted(pages, &fixture).await, [1, 1, 1]);
}

#[tokio::test]
async fn the_same_id_in_another_conversation_or_with_another_text_is_another_message() {
    let fixture = Fixture::new().await;
    let (archive, bob) = fixture.conversation("bob@ward.example").await;
    let (_, carol) = fixture.conversation("carol@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let mut other_text = live(from_bob, bob, 1, "alarm");
    other_text.body = "Bleep: stand down".into();
    let other_place = NewMessage {
        conversation_id: carol,
        ..live(from_bob, bob, 1, "alarm")
    };
    let page = vec![live(from_bob, bob, 1, "alarm"), other_text, other_place];
    let outcomes = insert(&tx, archive, page).await.unwrap();
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Inserted(_))));
}

#[tokio::test]
async fn what_was_corrected_or_taken_back_is_recognised_by_how_it_was_sent() {
    let fixture = Fixture::new().await;
    let (archive, bob) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let corrected = messages::insert(&tx, archive, live(from_bob, bob, 1, "m1"))
        .await
        .unwrap()
        .id();
    let new_text = "Bleep: ward 8".into();
    assert!(
        messages::correct(&tx, corrected, &new_text, messages::Mentions::default(), 10)
            .await
            .unwrap()
    );
    let taken_back = messages::insert(&tx, archive, live(from_bob, bob, 2, "m2"))
        .await
        .unwrap()
        .id();
    messages::retract(&tx, taken_back, 5).await.unwrap();
    let page = vec![listed(from_bob, bob, 1, "m1"), listed(from_bob, bob, 2, "m2")];
    let outcomes = insert(&tx, archive, page).await.unwrap();
    assert_eq!(outcomes, [Outcome::Known(corrected), Outcome::Known(taken_back)]);
    let stored = messages::get(&tx, corrected).await.unwrap().unwrap();
    assert_eq!((stored.body.as_str(), stored.edited_us), ("Bleep: ward 8", Some(10)));
}

#[tokio::test]
async fn a_flood_under_one_id_costs_each_page_no_more_than_the_newest_of_it() {
    let fixture = Fixture::new().await;
    let (_, bob) = fixture.conversation("bob@ward.example").await;
    let flood = (0..400).map(|at| listed(from_bob, bob, at, "alarm")).collect();
    let more = (400..500).map(|at| listed(from_bob, bob, at, "alarm")).collect();
    assert_eq!(counted([flood, more], &fixture).await, [100, 100]);
    let tx = fixture.store.read().await.unwrap();
    assert_eq!(messages::count_unread(&tx, bob, -1).await.unwrap(), 500);
    let alias = NewAlias::by_sender(AliasKind::MessageId, "alarm", "bob@ward.example");
    let archive = conversations::get(&tx, bob).await.unwrap().unwrap().archive_id;
    let found = aliases::find_many(&tx, archive, [&alias]).await.unwrap();
    assert_eq!(found.values().map(Vec::len).sum::<usize>(), 64);
}
