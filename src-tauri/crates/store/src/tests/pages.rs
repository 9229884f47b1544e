use super::*;
use crate::pages::{Outcome, insert};

fn ids(outcomes: &[Outcome]) -> Vec<MessageId> {
    outcomes.iter().map(|outcome| outcome.id()).collect()
}

fn known(outcomes: &[Outcome]) -> Vec<bool> {
    outcomes
        .iter()
        .map(|outcome| matches!(outcome, Outcome::Known(_)))
        .collect()
}

fn named(mut message: NewMessage, kind: AliasKind, value: &str) -> NewMessage {
    message
        .aliases
        .push(NewAlias::by_sender(kind, value, message.sender_address.clone()));
    message
}

#[tokio::test]
async fn a_page_that_comes_again_adds_nothing() {
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("bob@ward.example").await;
    let page = || (1..=50).map(|n| from_bob(conversation, n, "hello")).collect::<Vec<_>>();
    let tx = fixture.store.begin().await.unwrap();
    let first = insert(&tx, archive, page()).await.unwrap();
    let second = insert(&tx, archive, page()).await.unwrap();
    assert_eq!(known(&first), [false; 50]);
    assert_eq!(known(&second), [true; 50]);
    assert_eq!(ids(&first), ids(&second));
    assert_eq!(messages::newest(&tx, conversation, 100).await.unwrap().len(), 50);
}

#[tokio::test]
async fn overlapping_pages_and_repeats_within_a_page_keep_each_message_once() {
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("bob@ward.example").await;
    let page = |numbers: &[i64]| {
        numbers
            .iter()
            .map(|n| from_bob(conversation, *n, "hello"))
            .collect::<Vec<_>>()
    };
    let tx = fixture.store.begin().await.unwrap();
    insert(&tx, archive, page(&[3, 4, 5])).await.unwrap();
    let outcomes = insert(&tx, archive, page(&[1, 2, 2, 3, 1])).await.unwrap();
    assert_eq!(known(&outcomes), [false, false, true, true, true]);
    assert_eq!(outcomes[1].id(), outcomes[2].id());
    let positions: Vec<i64> = messages::newest(&tx, conversation, 9)
        .await
        .unwrap()
        .iter()
        .map(|message| message.position)
        .collect();
    assert_eq!(positions, [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn a_page_of_several_statements_is_stored_whole_and_in_order() {
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let page: Vec<_> = (0..1201)
        .map(|n| {
            named(
                from_bob(conversation, n, &format!("number {n}")),
                AliasKind::MessageId,
                &format!("m{n}"),
            )
        })
        .collect();
    let outcomes = insert(&tx, archive, page).await.unwrap();
    tx.commit().await.unwrap();
    let tx = fixture.store.read().await.unwrap();
    let stored = messages::newest(&tx, conversation, 5000).await.unwrap();
    assert_eq!(
        stored.iter().map(|message| message.id).collect::<Vec<_>>(),
        ids(&outcomes)
    );
    assert_eq!(texts(&stored)[1200], "number 1200");
    assert_eq!(aliases::of_message(&tx, stored[700].id).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_local_echo_is_recognised_by_its_origin_id() {
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let mut echo = named(
        from_me(conversation, messages::PENDING_BASE, "on my way"),
        AliasKind::OriginId,
        "o1",
    );
    echo.aliases.remove(0);
    let echo = messages::insert(&tx, archive, echo).await.unwrap().id();
    let archived = named(from_me(conversation, 7, "on my way "), AliasKind::OriginId, "o1");
    assert_eq!(
        messages::insert(&tx, archive, archived).await.unwrap(),
        Outcome::Known(echo)
    );
    let by_archive = aliases::find(&tx, archive, &NewAlias::stanza_id("archive-7"))
        .await
        .unwrap();
    assert_eq!(by_archive, Some(echo), "the archive's id is known from now on");

    let placement = messages::Placement {
        position: 7,
        stamp_us: 7,
        stamp_source: StampSource::Archive,
        archived_us: Some(7),
        segment_id: None,
    };
    messages::place(&tx, echo, placement).await.unwrap();
    let stored = messages::get(&tx, echo).await.unwrap().unwrap();
    assert_eq!(
        (stored.position, stored.archived_us, stored.stamp_source),
        (7, Some(7), StampSource::Archive)
    );
}

#[tokio::test]
async fn nobody_can_pass_a_message_off_as_anothers() {
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let own = named(from_me(conversation, 1, "give 5 mg"), AliasKind::OriginId, "o1");
    let own = messages::insert(&tx, archive, own).await.unwrap().id();
    // bob claims the id; his sender address is part of the key.
    let forged = named(from_bob(conversation, 2, "give 50 mg"), AliasKind::OriginId, "o1");
    let forged = messages::insert(&tx, archive, forged).await.unwrap();
    assert!(matches!(forged, Outcome::Inserted(id) if id != own));
}

#[tokio::test]
async fn an_id_used_twice_for_different_texts_makes_two_messages_and_names_the_later() {
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    for positions in [[5, 6], [1, 2]] {
        let page = positions
            .map(|n| {
                named(
                    from_bob(conversation, n, &format!("text {n}")),
                    AliasKind::MessageId,
                    "1",
                )
            })
            .to_vec();
        let outcomes = insert(&tx, archive, page).await.unwrap();
        assert_eq!(known(&outcomes), [false, false]);
    }
    let holder = NewAlias::by_sender(AliasKind::MessageId, "1", "bob@ward.example");
    let holder = aliases::find(&tx, archive, &holder).await.unwrap().unwrap();
    assert_eq!(messages::get(&tx, holder).await.unwrap().unwrap().position, 6);
}

#[tokio::test]
async fn the_same_ids_in_another_archive_are_other_messages() {
    let fixture = Fixture::new().await;
    let (own, bob) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let room = archives::ensure(&tx, &"icu@rooms.example".into(), ArchiveKind::Room)
        .await
        .unwrap();
    let team = conversations::ensure(&tx, person(room, "icu@rooms.example"))
        .await
        .unwrap()
        .id();
    messages::insert(&tx, own, from_bob(bob, 1, "hello")).await.unwrap();
    let outcome = messages::insert(&tx, room, from_bob(team, 1, "hello")).await.unwrap();
    assert!(matches!(outcome, Outcome::Inserted(_)));
}

#[tokio::test]
async fn ids_follow_time_stay_apart_and_stay_small_whatever_the_stamps() {
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("bob@ward.example").await;
    let now = 1_790_000_000_000_000;
    let stamps = [now, 0, i64::MIN, i64::MAX, now + 5_000_000, now - 5_000_000];
    let at = |position: i64, stamp_us| NewMessage {
        stamp_us,
        ..from_bob(conversation, position, "hello")
    };
    let tx = fixture.store.begin().await.unwrap();
    let page = stamps
        .iter()
        .enumerate()
        .map(|(n, stamp)| at(n as i64, *stamp))
        .collect();
    let some = ids(&insert(&tx, archive, page).await.unwrap());
    assert!(some[5] < some[0] && some[0] < some[4], "ids do not follow time");
    assert!(some.iter().all(|id| id.0 > 0 && id.0 < 1 << 53));

    // A server that stamps by the second, and more messages in it than one millisecond has numbers for.
    let mut all = some;
    for round in 0..3 {
        let page = (0..3000).map(|n| at(1000 + round * 3000 + n, now)).collect();
        all.extend(ids(&insert(&tx, archive, page).await.unwrap()));
    }
    let distinct: std::collections::HashSet<_> = all.iter().collect();
    assert_eq!(distinct.len(), 9006);
}

/// What an occupant of a room wrote, as it came: `archived` under an id, or live with one that it claims.
fn in_room(conversation: ConversationId, (nick, owner): (&str, &str), text: &str, stanza_id: &str) -> NewMessage {
    let mut message = from_bob(conversation, 7, text);
    message.sender_nick = Some(nick.into());
    message.sender_address = owner.into();
    message.archived_us = None;
    message.aliases = vec![NewAlias::stanza_id(stanza_id)];
    message
}

fn archived(message: NewMessage) -> NewMessage {
    NewMessage {
        archived_us: Some(7),
        ..message
    }
}

#[tokio::test]
async fn a_forged_id_of_the_archive_takes_nothing_from_the_true_message() {
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("icu@rooms.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let ana = ("Ana", "ana@ward.example");
    for forger in [
        ("Mallory", "mallory@ward.example"),
        // Under her name, after she has gone.
        ("Ana", "mallory@ward.example"),
        ("Mallory", "icu@rooms.example/Mallory"),
        // By herself, of another text of hers.
        ana,
    ] {
        let id = format!("x-{}-{}", forger.0, forger.1);
        let forged = in_room(conversation, forger, "Nothing", &id);
        let forged = messages::insert(&tx, archive, forged).await.unwrap().id();
        let told = archived(in_room(conversation, ana, "5 mg", &id));
        let outcome = messages::insert(&tx, archive, told.clone()).await.unwrap();
        assert!(matches!(outcome, Outcome::Inserted(_)), "{forger:?}");
        let holder = aliases::find(&tx, archive, &NewAlias::stanza_id(&id)).await.unwrap();
        assert_eq!(holder, Some(outcome.id()), "whose the id is the archive says");
        assert_ne!(holder, Some(forged));
        let again = messages::insert(&tx, archive, told).await.unwrap();
        assert_eq!(again, Outcome::Known(outcome.id()));
    }
}

#[tokio::test]
async fn a_live_claim_takes_no_id_that_a_message_has() {
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("icu@rooms.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let told = archived(in_room(conversation, ("Ana", "ana@ward.example"), "5 mg", "x"));
    let told = messages::insert(&tx, archive, told).await.unwrap().id();
    let forged = in_room(conversation, ("Mallory", "mallory@ward.example"), "Nothing", "x");
    let forged = messages::insert(&tx, archive, forged).await.unwrap();
    assert!(matches!(forged, Outcome::Inserted(_)));
    let holder = aliases::find(&tx, archive, &NewAlias::stanza_id("x")).await.unwrap();
    assert_eq!(holder, Some(told));
}

#[tokio::test]
async fn what_came_under_a_name_and_what_the_archive_tells_of_its_author_are_one() {
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("icu@rooms.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let by = |message: NewMessage, owner: &str| {
        let mut message = message;
        message
            .aliases
            .push(NewAlias::by_sender(AliasKind::MessageId, "m1", owner));
        message
    };
    let name = "icu@rooms.example/Ana";
    let mut live = in_room(conversation, ("Ana", name), "5 mg", "unused");
    live.aliases.clear();
    let live = messages::insert(&tx, archive, by(live, name)).await.unwrap().id();
    let told = archived(in_room(conversation, ("Ana", "ana@ward.example"), "5 mg", "x"));
    let told = by(by(told, "ana@ward.example"), name);
    assert_eq!(
        messages::insert(&tx, archive, told).await.unwrap(),
        Outcome::Known(live)
    );
    let other = archived(in_room(conversation, ("Ana", "ana@ward.example"), "10 mg", "y"));
    let other = by(by(other, "ana@ward.example"), name);
    let other = messages::insert(&tx, archive, other).await.unwrap();
    assert!(matches!(other, Outcome::Inserted(_)), "an id that is used twice");
    // The same words under the same id by somebody else of that name are somebody else's.
    let taken = in_room(conversation, ("Ana", "mallory@ward.example"), "10 mg", "z");
    let taken = by(by(taken, "mallory@ward.example"), name);
    let taken = messages::insert(&tx, archive, taken).await.unwrap();
    assert!(matches!(taken, Outcome::Inserted(_)));
    let owners = aliases::of_message(&tx, other.id()).await.unwrap();
    assert!(
        owners
            .iter()
            .all(|alias| alias.sender_address.as_str() != "mallory@ward.example")
    );
}
