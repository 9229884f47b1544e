use super::*;
use crate::outbox::{NewOutgoing, Queued};

async fn push(tx: &WriteTx, archive_id: ArchiveId, conversation: ConversationId, origin: &str) -> Queued {
    let mut echo = from_me(conversation, 0, origin);
    echo.aliases.clear();
    let outgoing = NewOutgoing {
        echo,
        archive_id,
        origin_id: origin.into(),
        payload: "p".into(),
        next_attempt_us: 100,
    };
    outbox::push(tx, outgoing).await.unwrap()
}

async fn due(tx: &impl Reads, now: i64) -> Vec<String> {
    outbox::due(tx, now)
        .await
        .unwrap()
        .into_iter()
        .map(|outgoing| outgoing.origin_id)
        .collect()
}

#[tokio::test]
async fn echoes_stand_at_the_end_of_the_thread_in_the_order_of_sending() {
    let fixture = Fixture::new().await;
    let (archive, bob) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let first = push(&tx, archive, bob, "first").await;
    push(&tx, archive, bob, "second").await;
    messages::insert(&tx, archive, from_bob(bob, i64::from(u32::MAX), "meanwhile"))
        .await
        .unwrap();
    assert_eq!(
        texts(&messages::newest(&tx, bob, 9).await.unwrap()),
        ["meanwhile", "first", "second"]
    );
    assert_eq!(
        messages::last_position(&tx, bob).await.unwrap(),
        Some(i64::from(u32::MAX))
    );

    // Its place is not given out again, or a later echo could stand before an earlier one.
    outbox::remove(&tx, first.id).await.unwrap();
    let all = outbox::in_state(&tx, OutboxState::Waiting).await.unwrap();
    outbox::remove(&tx, all[0].id).await.unwrap();
    let third = push(&tx, archive, bob, "third").await;
    assert!(third.id > all[0].id);
}

#[tokio::test]
async fn queueing_and_its_echo_happen_both_or_not_at_all() {
    let fixture = Fixture::new().await;
    let (archive, bob) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    push(&tx, archive, bob, "one").await;
    drop(tx);
    let tx = fixture.store.begin().await.unwrap();
    assert_eq!(outbox::in_state(&tx, OutboxState::Waiting).await.unwrap(), []);
    assert_eq!(messages::newest(&tx, bob, 9).await.unwrap(), []);
    let queued = push(&tx, archive, bob, "one").await;
    let again = NewOutgoing {
        echo: from_me(bob, 0, "one"),
        archive_id: archive,
        origin_id: "one".into(),
        payload: "p".into(),
        next_attempt_us: 0,
    };
    assert_eq!(outbox::push(&tx, again).await, Err(StoreError::Constraint { code: 0 }));
    assert_eq!(
        outbox::by_message(&tx, queued.message).await.unwrap().unwrap().id,
        queued.id
    );
    messages::remove(&tx, queued.message).await.unwrap();
    assert_eq!(
        outbox::get(&tx, queued.id).await.unwrap(),
        None,
        "a discarded message is not sent"
    );
}

#[tokio::test]
async fn each_conversation_sends_in_order_and_waits_for_what_is_unproven() {
    let fixture = Fixture::new().await;
    let (archive, bob) = fixture.conversation("bob@ward.example").await;
    let (_, carol) = fixture.conversation("carol@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let b1 = push(&tx, archive, bob, "b1").await;
    let c1 = push(&tx, archive, carol, "c1").await;
    let b2 = push(&tx, archive, bob, "b2").await;
    assert_eq!(due(&tx, 99).await, Vec::<String>::new());
    assert_eq!(due(&tx, 100).await, ["b1", "c1"]);

    outbox::set_state(&tx, b1.id, OutboxState::InFlight).await.unwrap();
    assert_eq!(
        due(&tx, 100).await,
        ["c1", "b2"],
        "what is in flight does not hold up the next"
    );
    outbox::set_state(&tx, b2.id, OutboxState::InFlight).await.unwrap();
    push(&tx, archive, bob, "b3").await;

    assert_eq!(outbox::session_ended(&tx).await.unwrap(), []);
    assert_eq!(
        due(&tx, 100).await,
        ["c1"],
        "b3 must not overtake what may have to be sent again"
    );
    let unproven: Vec<_> = outbox::in_state(&tx, OutboxState::Unconfirmed).await.unwrap();
    assert_eq!(
        unproven.iter().map(|outgoing| outgoing.id).collect::<Vec<_>>(),
        [b1.id, b2.id]
    );
    assert_eq!(unproven[0].attempts, 1);

    // b1 is found in the archive, b2 is not.
    outbox::remove(&tx, b1.id).await.unwrap();
    postpone(&tx, b2.id, 500).await;
    assert_eq!(due(&tx, 499).await, ["c1"]);
    assert_eq!(due(&tx, 500).await, ["c1", "b2"]);
    outbox::set_state(&tx, c1.id, OutboxState::Failed).await.unwrap();
    outbox::set_state(&tx, b2.id, OutboxState::Failed).await.unwrap();
    assert_eq!(
        due(&tx, 500).await,
        ["b3"],
        "what failed waits for the user and holds up nobody"
    );
}

#[tokio::test]
async fn what_came_back_goes_out_before_what_was_written_after_it() {
    let fixture = Fixture::new().await;
    let (archive, bob) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let first = push(&tx, archive, bob, "first").await;
    push(&tx, archive, bob, "second").await;
    push(&tx, archive, bob, "third").await;
    outbox::remove(&tx, first.id).await.unwrap();
    let returned = outbox::Returned {
        conversation: bob,
        message: first.message,
        origin_id: "first".into(),
        payload: "p".into(),
        next_attempt_us: 500,
    };
    let moved = outbox::put_back(&tx, returned.clone()).await.unwrap();
    assert_eq!(moved.len(), 3);
    let shown = messages::newest(&tx, bob, 9).await.unwrap();
    assert_eq!(texts(&shown), ["first", "second", "third"]);
    assert_eq!(due(&tx, 499).await, Vec::<String>::new(), "nothing overtakes it");
    assert_eq!(due(&tx, 500).await, ["first"]);
    // Once more, while it is in the queue.
    outbox::put_back(&tx, returned).await.unwrap();
    let queued = outbox::of_conversation(&tx, bob).await.unwrap();
    let order: Vec<&str> = queued.iter().map(|queued| queued.origin_id.as_str()).collect();
    assert_eq!(order, ["first", "second", "third"]);
}

#[tokio::test]
async fn several_that_came_back_go_out_in_the_order_of_writing() {
    let fixture = Fixture::new().await;
    let (archive, bob) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let mut queued = Vec::new();
    for name in ["first", "second", "third", "fourth"] {
        queued.push(push(&tx, archive, bob, name).await);
    }
    for sent in &queued[..3] {
        outbox::set_state(&tx, sent.id, OutboxState::InFlight).await.unwrap();
    }
    for (name, sent) in ["first", "second"].into_iter().zip(&queued) {
        let returned = outbox::Returned {
            conversation: bob,
            message: sent.message,
            origin_id: name.into(),
            payload: "p".into(),
            next_attempt_us: 0,
        };
        outbox::put_back(&tx, returned).await.unwrap();
    }
    let order = async || -> Vec<String> {
        let queued = outbox::of_conversation(&tx, bob).await.unwrap();
        queued.into_iter().map(|queued| queued.origin_id).collect()
    };
    assert_eq!(
        order().await,
        ["third", "first", "second", "fourth"],
        "what is in flight has left"
    );
    assert_eq!(outbox::session_ended(&tx).await.unwrap().len(), 4);
    assert_eq!(order().await, ["first", "second", "third", "fourth"]);
    let shown = messages::newest(&tx, bob, 9).await.unwrap();
    assert_eq!(texts(&shown), ["first", "second", "third", "fourth"]);
}

#[tokio::test]
async fn a_clock_that_was_put_back_makes_nobody_wait_for_days() {
    let fixture = Fixture::new().await;
    let (archive, bob) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let queued = push(&tx, archive, bob, "one").await;
    let days = 3 * 86_400_000_000;
    postpone(&tx, queued.id, days).await;
    assert_eq!(due(&tx, days - 1_000).await, Vec::<String>::new());
    assert_eq!(due(&tx, 0).await, ["one"]);
}

#[tokio::test]
async fn why_a_message_waits_is_kept_until_it_is_sent() {
    let fixture = Fixture::new().await;
    let (archive, bob) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let queued = push(&tx, archive, bob, "one").await.message;
    messages::set_delivery(&tx, queued, DeliveryState::Waiting, None)
        .await
        .unwrap();
    assert!(messages::set_failure(&tx, queued, Some(Failure::Busy)).await.unwrap());
    assert!(!messages::set_failure(&tx, queued, Some(Failure::Busy)).await.unwrap());
    let kept = messages::get(&tx, queued).await.unwrap().unwrap();
    assert_eq!(
        (kept.delivery, kept.failure),
        (Some(DeliveryState::Waiting), Some(Failure::Busy))
    );
    messages::advance_delivery(&tx, queued, DeliveryState::Sent)
        .await
        .unwrap();
    assert_eq!(messages::get(&tx, queued).await.unwrap().unwrap().failure, None);
    assert!(
        !messages::set_failure(&tx, queued, Some(Failure::Busy)).await.unwrap(),
        "it does not wait any more"
    );
}

#[tokio::test]
async fn readers_only_get_further() {
    let fixture = Fixture::new().await;
    let (archive, bob) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let mut ids = Vec::new();
    for second in 1..=3 {
        let mine = from_me(bob, second, &second.to_string());
        ids.push(messages::insert(&tx, archive, mine).await.unwrap().id());
    }
    let carol = Address::from("carol@ward.example");
    let first = readers::advance(&tx, bob, &carol, ids[1], 5).await.unwrap().unwrap();
    assert_eq!(first.after, i64::MIN);
    assert_eq!(readers::advance(&tx, bob, &carol, ids[0], 6).await.unwrap(), None);
    let further = readers::advance(&tx, bob, &carol, ids[2], 7).await.unwrap().unwrap();
    assert_eq!(further.after, first.up_to);
    let held = readers::list(&tx, bob).await.unwrap();
    assert_eq!(held.len(), 1);
    assert_eq!((held[0].position, held[0].stamp_us), (further.up_to, 7));
    let newly = messages::own_between(&tx, bob, further.after, further.up_to, 9)
        .await
        .unwrap();
    assert_eq!(newly, [ids[2]]);
}

async fn postpone(tx: &WriteTx, id: OutboxId, until_us: i64) {
    const UPDATE: &str = "UPDATE outbox SET state = ?, next_attempt_us = ? WHERE id = ?";
    let values = vec![OutboxState::Waiting.into(), until_us.into(), id.into()];
    sql::change(store::sealed::Connected::db(tx), UPDATE, values)
        .await
        .unwrap();
}
