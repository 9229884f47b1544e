use super::*;
use crate::local_data::{self, Amount, Settled};
use crate::outbox::NewOutgoing;
use crate::segments::{self, NewSegment};

fn segment(conversation_id: ConversationId, first: i64, last: i64) -> NewSegment {
    NewSegment {
        conversation_id,
        kind: SegmentKind::Archived,
        first_archive_id: None,
        last_archive_id: None,
        first_position: first,
        last_position: last,
        reaches_start: first == 10,
    }
}

#[tokio::test]
async fn what_is_held_of_a_conversation_is_told_without_what_is_on_its_way_out() {
    let fixture = Fixture::new().await;
    let (archive, bob) = fixture.conversation("bob@ward.example").await;
    let (_, carol) = fixture.conversation("carol@ward.example").await;
    let (_, unseen) = fixture.conversation("nobody@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    conversations::set_box(&tx, unseen, ConversationBox::Hidden)
        .await
        .unwrap();
    conversations::set_sort(&tx, bob, 40).await.unwrap();
    let older = segments::insert(&tx, segment(bob, 10, 20)).await.unwrap();
    let newer = segments::insert(&tx, segment(bob, 30, 40)).await.unwrap();
    gaps::insert(&tx, bob, older, newer).await.unwrap();
    for (position, segment) in [(10, older), (20, older), (30, newer), (40, newer)] {
        let message = NewMessage {
            segment_id: Some(segment),
            ..from_bob(bob, position, "Bloods are back")
        };
        messages::insert(&tx, archive, message).await.unwrap();
    }
    let echo = NewMessage {
        aliases: Vec::new(),
        delivery: Some(DeliveryState::Waiting),
        ..from_me(bob, 0, "Thank you")
    };
    let outgoing = NewOutgoing {
        echo,
        archive_id: archive,
        origin_id: "o1".into(),
        payload: "".into(),
        next_attempt_us: 0,
    };
    outbox::push(&tx, outgoing).await.unwrap();
    tx.commit().await.unwrap();

    let tx = fixture.store.read().await.unwrap();
    let heads = local_data::heads(&tx).await.unwrap();
    let told: Vec<_> = heads
        .iter()
        .map(|head| (head.conversation, head.segments, head.open_gaps, head.expired_gaps))
        .collect();
    assert_eq!(
        told,
        [(bob, 2, 1, 0), (carol, 0, 0, 0)],
        "the most recent first, the unseen one not at all"
    );
    assert!(heads[0].reaches_start && !heads[1].reaches_start);
    assert_eq!((heads[0].waiting, heads[0].failed), (1, 0));

    let amounts = local_data::amounts(&tx, &[carol, bob]).await.unwrap();
    let nothing = Amount {
        conversation: carol,
        messages: 0,
        oldest_us: None,
        newest_us: None,
    };
    let four = Amount {
        conversation: bob,
        messages: 4,
        oldest_us: Some(10),
        newest_us: Some(40),
    };
    assert_eq!(amounts, [nothing, four]);

    let settled = local_data::settled_between(&tx, bob, 20, 40).await.unwrap();
    let positions: Vec<i64> = settled.iter().map(|Settled { position, .. }| *position).collect();
    assert_eq!(positions, [20, 30]);
    assert_eq!(local_data::count_settled_before(&tx, bob, 30).await.unwrap(), 2);
    assert!(local_data::size(&tx).await.unwrap() > 0);
}
