use super::*;
use crate::segments::{Edge, NewSegment};

fn segment(conversation_id: ConversationId, first: i64, last: i64) -> NewSegment {
    NewSegment {
        conversation_id,
        kind: SegmentKind::Archived,
        first_archive_id: Some(format!("archive-{first}")),
        last_archive_id: Some(format!("archive-{last}")),
        first_position: first,
        last_position: last,
        reaches_start: false,
    }
}

async fn filled(tx: &WriteTx, archive: ArchiveId, new: NewSegment) -> SegmentId {
    let (conversation, positions) = (new.conversation_id, [new.first_position, new.last_position]);
    let id = crate::segments::insert(tx, new).await.unwrap();
    for position in positions {
        let message = NewMessage {
            segment_id: Some(id),
            ..from_bob(conversation, position, "hello")
        };
        messages::insert(tx, archive, message).await.unwrap();
    }
    id
}

#[tokio::test]
async fn joining_two_segments_closes_the_gap_between_them_and_keeps_the_outer_ones() {
    let fixture = Fixture::new().await;
    let (archive, bob) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let a = filled(&tx, archive, segment(bob, 10, 20)).await;
    let b = filled(&tx, archive, segment(bob, 30, 40)).await;
    let live = NewSegment {
        kind: SegmentKind::Live,
        ..segment(bob, 50, 60)
    };
    let c = filled(&tx, archive, live).await;
    let d = filled(&tx, archive, segment(bob, 70, 80)).await;
    let ab = gaps::insert(&tx, bob, a, b).await.unwrap();
    gaps::insert(&tx, bob, b, c).await.unwrap();
    let cd = gaps::insert(&tx, bob, c, d).await.unwrap();
    gaps::set_state(&tx, cd, GapState::Expired).await.unwrap();

    assert_eq!(crate::segments::join(&tx, b, c).await.unwrap(), b);
    let joined = crate::segments::get(&tx, b).await.unwrap().unwrap();
    assert_eq!((joined.first_position, joined.last_position), (30, 60));
    assert_eq!(joined.first_archive_id.as_deref(), Some("archive-30"));
    assert_eq!(joined.last_archive_id.as_deref(), Some("archive-60"));
    assert_eq!(joined.kind, SegmentKind::Live);
    assert_eq!(crate::segments::get(&tx, c).await.unwrap(), None);

    let gaps = gaps::list(&tx, bob).await.unwrap();
    let placed: Vec<_> = gaps
        .iter()
        .map(|gap| (gap.id, gap.state, gap.after_position, gap.before_position))
        .collect();
    assert_eq!(placed, [(ab, GapState::Open, 20, 30), (cd, GapState::Expired, 60, 70)]);
    let inside: Vec<_> = messages::newest(&tx, bob, 99)
        .await
        .unwrap()
        .into_iter()
        .filter(|message| message.segment_id == Some(b))
        .map(|message| message.position)
        .collect();
    assert_eq!(inside, [30, 40, 50, 60]);
}

#[tokio::test]
async fn the_true_beginning_is_not_lost_by_joining() {
    let fixture = Fixture::new().await;
    let (archive, bob) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let older = filled(&tx, archive, segment(bob, 10, 20)).await;
    let newer = filled(&tx, archive, segment(bob, 30, 40)).await;
    crate::segments::set_reaches_start(&tx, older).await.unwrap();
    crate::segments::join(&tx, older, newer).await.unwrap();
    assert!(crate::segments::get(&tx, older).await.unwrap().unwrap().reaches_start);
}

#[tokio::test]
async fn only_two_segments_of_one_conversation_can_be_joined() {
    let fixture = Fixture::new().await;
    let (archive, bob) = fixture.conversation("bob@ward.example").await;
    let (_, carol) = fixture.conversation("carol@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let one = filled(&tx, archive, segment(bob, 10, 20)).await;
    let other = filled(&tx, archive, segment(carol, 30, 40)).await;
    for (older, newer) in [(one, other), (one, one)] {
        let error = crate::segments::join(&tx, older, newer).await.unwrap_err();
        assert!(matches!(error, StoreError::Constraint { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_segment_grows_at_both_edges_and_is_sealed_when_the_session_ends() {
    let fixture = Fixture::new().await;
    let (archive, bob) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let live = NewSegment {
        kind: SegmentKind::Live,
        ..segment(bob, 30, 40)
    };
    let id = filled(&tx, archive, live).await;
    let edge = |position: i64| Edge {
        archive_id: Some(format!("archive-{position}")),
        position,
    };
    crate::segments::extend_older(&tx, id, edge(20)).await.unwrap();
    crate::segments::extend_newer(&tx, id, edge(50)).await.unwrap();
    let grown = crate::segments::list(&tx, bob).await.unwrap().remove(0);
    assert_eq!((grown.first_position, grown.last_position), (20, 50));
    assert_eq!(grown.last_archive_id.as_deref(), Some("archive-50"));
    assert_eq!(crate::segments::seal_live(&tx).await.unwrap(), 1);
    let sealed = crate::segments::get(&tx, id).await.unwrap().unwrap();
    assert_eq!(sealed.kind, SegmentKind::Archived);
}

#[tokio::test]
async fn there_is_one_gap_between_two_segments() {
    let fixture = Fixture::new().await;
    let (archive, bob) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let older = filled(&tx, archive, segment(bob, 10, 20)).await;
    let newer = filled(&tx, archive, segment(bob, 30, 40)).await;
    let gap = gaps::insert(&tx, bob, older, newer).await.unwrap();
    assert!(gaps::insert(&tx, bob, older, newer).await.is_err());
    gaps::remove(&tx, gap).await.unwrap();
    assert_eq!(gaps::list(&tx, bob).await.unwrap(), []);
}

#[tokio::test]
async fn conversations_with_gaps_come_unread_first_then_recent_and_expired_gaps_are_left_alone() {
    let fixture = Fixture::new().await;
    let mut all = Vec::new();
    for (name, sort, unread, state) in [
        ("bob", 30, 0, GapState::Open),
        ("carol", 10, 2, GapState::Open),
        ("dave", 40, 0, GapState::Expired),
        ("erin", 40, 0, GapState::Open),
    ] {
        let (archive, with) = fixture.conversation(&format!("{name}@ward.example")).await;
        let tx = fixture.store.begin().await.unwrap();
        let older = crate::segments::insert(&tx, segment(with, 10, 20)).await.unwrap();
        let newer = crate::segments::insert(&tx, segment(with, 30, 40)).await.unwrap();
        let gap = gaps::insert(&tx, with, older, newer).await.unwrap();
        gaps::set_state(&tx, gap, state).await.unwrap();
        conversations::set_sort(&tx, with, sort).await.unwrap();
        for position in 0..unread {
            messages::insert(&tx, archive, from_bob(with, position, &position.to_string()))
                .await
                .unwrap();
        }
        conversations::recount_unread(&tx, with).await.unwrap();
        tx.commit().await.unwrap();
        all.push((with, archive));
    }
    let wanted = gaps::conversations(&fixture.store.read().await.unwrap()).await.unwrap();
    let wanted: Vec<_> = wanted.into_iter().map(|with| with.conversation).collect();
    assert_eq!(wanted, [all[1].0, all[3].0, all[0].0]);
}

#[tokio::test]
async fn segments_of_many_conversations_come_each_in_order() {
    let fixture = Fixture::new().await;
    let (archive, bob) = fixture.conversation("bob@ward.example").await;
    let (_, carol) = fixture.conversation("carol@ward.example").await;
    let (_, dave) = fixture.conversation("dave@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let late = filled(&tx, archive, segment(bob, 50, 60)).await;
    let early = filled(&tx, archive, segment(bob, 10, 20)).await;
    let other = filled(&tx, archive, segment(carol, 30, 40)).await;
    let held = crate::segments::list_many(&tx, &[bob, carol, dave]).await.unwrap();
    let of = |id| {
        held.get(&id)
            .map(|held| held.iter().map(|one| one.id).collect::<Vec<_>>())
    };
    assert_eq!(
        (of(bob), of(carol), of(dave)),
        (Some(vec![early, late]), Some(vec![other]), None)
    );
    let both = [(bob, early), (carol, other)];
    let ends = messages::last_archived(&tx, &both, 30).await.unwrap();
    assert_eq!((ends.get(&early), ends.get(&other)), (Some(&20), Some(&30)));
    let ends = messages::last_archived(&tx, &both, 15).await.unwrap();
    assert_eq!((ends.get(&early), ends.get(&other)), (Some(&10), None));
}
