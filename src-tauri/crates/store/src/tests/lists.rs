use sea_orm::FromQueryResult;

use super::*;
use crate::contacts::{Profile, RosterEntry};
use crate::store::sealed::Connected;

async fn name(tx: &WriteTx, address: &str, name: &str) {
    let entry = RosterEntry {
        address: address.into(),
        name: Some(name.into()),
        subscription: Subscription::Both,
    };
    contacts::put_roster_entry(tx, entry).await.unwrap();
}

#[tokio::test]
async fn a_row_carries_all_that_the_list_shows() {
    let fixture = Fixture::new().await;
    let (archive, bob) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    name(&tx, "bob@ward.example", "Bob Okafor").await;
    let profile = Profile {
        full_name: Some("Robert Okafor".into()),
        role: Some("Cardiology registrar".into()),
        ward: Some("Ward 4B".into()),
        avatar_hash: Some("abc".into()),
        fetched_us: 1,
    };
    contacts::put_profile(&tx, &"bob@ward.example".into(), profile)
        .await
        .unwrap();
    avatars::put(
        &tx,
        avatars::Avatar {
            hash: "abc".into(),
            mime: "image/png".into(),
            bytes: vec![1],
        },
    )
    .await
    .unwrap();
    drafts::set(&tx, bob, &"I will".into(), 1).await.unwrap();
    let last = messages::insert(&tx, archive, from_bob(bob, 70, &"ä".repeat(900)))
        .await
        .unwrap()
        .id();
    conversations::refresh(&tx, &[bob]).await.unwrap();
    conversations::recount_unread(&tx, bob).await.unwrap();
    conversations::set_pinned(&tx, bob, true).await.unwrap();
    tx.commit().await.unwrap();

    let tx = fixture.store.read().await.unwrap();
    let rows = chat_list::rows(&tx).await.unwrap();
    let expected = chat_list::ChatListRow {
        id: bob,
        kind: ConversationKind::Person,
        address: "bob@ward.example".into(),
        blocked: false,
        is_known: true,
        shown_in: ConversationBox::Inbox,
        name: Some("Bob Okafor".into()),
        role: Some("Cardiology registrar".into()),
        ward: Some("Ward 4B".into()),
        avatar_hash: Some("abc".into()),
        avatar_here: true,
        members: None,
        nick: None,
        membership: Membership::Member,
        invited_by: None,
        mentions: 0,
        mentions_only: false,
        pinned: true,
        marked_unread: false,
        muted_until_us: None,
        unread: 1,
        sort_us: 70,
        draft: Some("I will".into()),
        last_message_id: Some(last),
        last_text: Some("ä".repeat(chat_list::PREVIEW_CHARS as usize).into()),
        last_kind: Some(MessageKind::Text),
        last_unreadable: None,
        last_direction: Some(Direction::Incoming),
        last_sender: Some("bob@ward.example".into()),
        last_sender_name: Some("Bob Okafor".into()),
        last_stamp_us: Some(70),
        last_delivery: None,
        last_retracted_us: None,
    };
    assert_eq!(rows, std::slice::from_ref(&expected));
    assert_eq!(chat_list::row(&tx, bob).await.unwrap(), Some(expected));
}

#[tokio::test]
async fn the_list_shows_pinned_ones_first_then_the_newest_and_only_its_box() {
    let fixture = Fixture::new().await;
    let (archive, bob) = fixture.conversation("bob@ward.example").await;
    let (_, carol) = fixture.conversation("carol@ward.example").await;
    let (_, dave) = fixture.conversation("dave@ward.example").await;
    let (_, away) = fixture.conversation("away@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    for (conversation, position) in [(bob, 10), (carol, 30), (dave, 20), (away, 40)] {
        messages::insert(&tx, archive, from_bob(conversation, position, "hello"))
            .await
            .unwrap();
        conversations::refresh(&tx, &[conversation]).await.unwrap();
    }
    conversations::set_pinned(&tx, bob, true).await.unwrap();
    conversations::set_box(&tx, away, ConversationBox::Archive)
        .await
        .unwrap();
    let order: Vec<_> = chat_list::rows(&tx).await.unwrap().iter().map(|row| row.id).collect();
    assert_eq!(order, [bob, carol, dave, away], "pinned first, archived last");
}

#[tokio::test]
async fn a_conversation_whose_last_message_goes_shows_the_one_before() {
    let fixture = Fixture::new().await;
    let (archive, bob) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let first = messages::insert(&tx, archive, from_bob(bob, 1, "first"))
        .await
        .unwrap()
        .id();
    let second = messages::insert(&tx, archive, from_bob(bob, 2, "second"))
        .await
        .unwrap()
        .id();
    conversations::refresh(&tx, &[bob]).await.unwrap();
    messages::remove(&tx, second).await.unwrap();
    let row = chat_list::row(&tx, bob).await.unwrap().unwrap();
    assert_eq!(row.last_message_id, None, "a message that is gone is not shown");
    conversations::refresh(&tx, &[bob]).await.unwrap();
    let row = chat_list::row(&tx, bob).await.unwrap().unwrap();
    assert_eq!((row.last_message_id, row.sort_us), (Some(first), 1));
}

#[tokio::test]
async fn a_conversation_comes_into_the_list_with_its_first_message_and_what_is_unread_in_it() {
    let fixture = Fixture::new().await;
    let (archive, bob) = fixture.conversation("bob@ward.example").await;
    let (_, carol) = fixture.conversation("carol@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    for conversation in [bob, carol] {
        conversations::set_box(&tx, conversation, ConversationBox::Hidden)
            .await
            .unwrap();
    }
    for (position, message) in [
        (10, from_bob(bob, 10, "read")),
        (30, from_bob(bob, 30, "new")),
        (40, from_me(bob, 40, "own")),
    ] {
        let outcome = messages::insert(&tx, archive, message).await.unwrap();
        if position == 10 {
            conversations::advance_read(&tx, bob, 10, Some(outcome.id()))
                .await
                .unwrap();
        }
    }
    assert_eq!(
        conversations::without_pointer(&tx, &[bob, carol]).await.unwrap(),
        [carol].into()
    );
    conversations::refresh(&tx, &[bob, carol]).await.unwrap();
    let rows = chat_list::rows_of(&tx, &[carol, bob]).await.unwrap();
    let shown: Vec<_> = rows
        .iter()
        .map(|row| (row.id, row.shown_in, row.unread, row.sort_us))
        .collect();
    assert_eq!(
        shown,
        [
            (bob, ConversationBox::Inbox, 1, 40),
            (carol, ConversationBox::Hidden, 0, 0)
        ]
    );
    let addresses = ["carol@ward.example".into(), "nobody@ward.example".into()];
    let found = conversations::by_addresses(&tx, &addresses).await.unwrap();
    assert_eq!(found.iter().map(|with| with.id).collect::<Vec<_>>(), [carol]);
}

#[derive(FromQueryResult)]
struct Step {
    detail: String,
}

#[tokio::test]
async fn the_list_of_ten_thousand_conversations_looks_every_message_up() {
    let fixture = Fixture::new().await;
    let (archive, _) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    for n in 0..10_000 {
        let conversation = conversations::ensure(&tx, person(archive, &format!("p{n}@ward.example")))
            .await
            .unwrap();
        let mut message = from_bob(conversation.id(), n, "hello");
        message.sender_address = format!("p{n}@ward.example").into();
        messages::insert(&tx, archive, message).await.unwrap();
        conversations::refresh(&tx, &[conversation.id()]).await.unwrap();
    }
    let rows = chat_list::rows(&tx).await.unwrap();
    assert_eq!(rows.len(), 10_001);
    assert!(rows.windows(2).all(|pair| pair[0].sort_us >= pair[1].sort_us));

    let plan = format!("EXPLAIN QUERY PLAN {}", chat_list::ROWS);
    let steps: Vec<Step> = sql::all(tx.db(), &plan, vec![]).await.unwrap();
    let scans: Vec<&str> = steps
        .iter()
        .map(|step| step.detail.as_str())
        .filter(|step| step.starts_with("SCAN"))
        .collect();
    assert_eq!(scans, ["SCAN c"], "only the conversations themselves are gone through");
}

#[tokio::test]
async fn the_thread_is_read_from_its_index() {
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let page = (0..500).map(|n| from_bob(conversation, n, "hello")).collect();
    crate::pages::insert(&tx, archive, page).await.unwrap();
    for query in messages::THREAD_QUERIES {
        let steps: Vec<Step> = sql::all(tx.db(), &format!("EXPLAIN QUERY PLAN {query}"), vec![])
            .await
            .unwrap();
        let steps: Vec<&str> = steps.iter().map(|step| step.detail.as_str()).collect();
        assert_eq!(steps.len(), 1, "sorted after reading: {steps:?}");
        assert!(
            steps[0].contains("INDEX message_thread (conversation_id=?"),
            "{steps:?}"
        );
    }
}

#[tokio::test]
async fn what_was_thrown_away_stays_out_of_sight_until_something_is_said_later() {
    let fixture = Fixture::new().await;
    let (archive, bob) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let said = async |at, text: &str| {
        messages::insert(&tx, archive, from_bob(bob, at, text)).await.unwrap();
        conversations::refresh(&tx, &[bob]).await.unwrap();
        conversations::get(&tx, bob).await.unwrap().unwrap().shown_in
    };
    said(10_000_000, "Bed 4").await;
    conversations::trash(&tx, bob, 10_000_000).await.unwrap();
    assert_eq!(said(9_000_000, "earlier").await, ConversationBox::Hidden);
    assert_eq!(said(20_000_000, "later").await, ConversationBox::Inbox);
    conversations::trash(&tx, bob, 20_000_000).await.unwrap();
    conversations::unarchive(&tx, bob).await.unwrap();
    let with = conversations::get(&tx, bob).await.unwrap().unwrap();
    assert_eq!(with.shown_in, ConversationBox::Inbox);
}

#[tokio::test]
async fn what_was_said_when_a_chat_was_put_aside_does_not_bring_it_back_by_a_later_time() {
    const SECOND: i64 = 1_000_000;
    let fixture = Fixture::new().await;
    let (archive, bob) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let last = messages::insert(&tx, archive, from_bob(bob, 10 * SECOND, "On my way"))
        .await
        .unwrap()
        .id();
    conversations::refresh(&tx, &[bob]).await.unwrap();
    conversations::set_box(&tx, bob, ConversationBox::Archive)
        .await
        .unwrap();
    let shown_in = async || conversations::get(&tx, bob).await.unwrap().unwrap().shown_in;
    // The clock that dated it was five seconds late, and the archive says so now.
    let placement = messages::Placement {
        position: 15 * SECOND,
        stamp_us: 15 * SECOND,
        stamp_source: StampSource::Archive,
        archived_us: Some(15 * SECOND),
        segment_id: None,
    };
    messages::place(&tx, last, placement).await.unwrap();
    conversations::refresh(&tx, &[bob]).await.unwrap();
    assert_eq!(shown_in().await, ConversationBox::Archive);
    // What is said later brings it back.
    messages::insert(&tx, archive, from_bob(bob, 20 * SECOND, "Here"))
        .await
        .unwrap();
    conversations::refresh(&tx, &[bob]).await.unwrap();
    assert_eq!(shown_in().await, ConversationBox::Inbox);
}
