use super::*;

async fn count(tx: &impl Reads, conversation: ConversationId) -> usize {
    messages::newest(tx, conversation, 10_000).await.unwrap().len()
}

#[tokio::test]
async fn a_dropped_transaction_leaves_nothing_and_the_next_one_goes_on() {
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    messages::insert(&tx, archive, from_bob(conversation, 1, "lost"))
        .await
        .unwrap();
    drop(tx);

    let tx = fixture.store.begin().await.unwrap();
    assert_eq!(count(&tx, conversation).await, 0);
    messages::insert(&tx, archive, from_bob(conversation, 2, "kept"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let tx = fixture.store.read().await.unwrap();
    assert_eq!(texts(&messages::newest(&tx, conversation, 9).await.unwrap()), ["kept"]);
}

#[tokio::test]
async fn a_transaction_rolled_back_by_hand_leaves_nothing() {
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    messages::insert(&tx, archive, from_bob(conversation, 1, "lost"))
        .await
        .unwrap();
    tx.roll_back().await.unwrap();
    assert_eq!(count(&fixture.store.read().await.unwrap(), conversation).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_stopped_in_the_middle_of_writing_leaves_nothing_and_blocks_nobody() {
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("bob@ward.example").await;
    let (started, mut begun) = tokio::sync::mpsc::channel(1);
    let store = fixture.store.clone();
    let task = tokio::spawn(async move {
        let tx = store.begin().await.unwrap();
        for position in 1.. {
            messages::insert(&tx, archive, from_bob(conversation, position, "lost"))
                .await
                .unwrap();
            let _ = started.try_send(());
        }
    });
    begun.recv().await.unwrap();
    task.abort();
    assert!(task.await.unwrap_err().is_cancelled());

    let tx = fixture.store.begin().await.unwrap();
    assert_eq!(count(&tx, conversation).await, 0);
    messages::insert(&tx, archive, from_bob(conversation, 1, "kept"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_see_one_whole_state_while_the_writer_works() {
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("bob@ward.example").await;
    let (_, other) = fixture.conversation("carol@ward.example").await;

    let writer = fixture.store.clone();
    let writing = tokio::spawn(async move {
        for round in 0..40 {
            let tx = writer.begin().await.unwrap();
            for offset in 0..5 {
                let position = round * 10 + offset;
                messages::insert(&tx, archive, from_bob(conversation, position, "to bob"))
                    .await
                    .unwrap();
                messages::insert(&tx, archive, from_bob(other, 100_000 + position, "to carol"))
                    .await
                    .unwrap();
            }
            tx.commit().await.unwrap();
        }
    });
    let mut readers = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let store = fixture.store.clone();
        readers.spawn(async move {
            loop {
                let tx = store.read().await.unwrap();
                let (first, second) = (count(&tx, conversation).await, count(&tx, other).await);
                assert_eq!(first, second, "half a transaction was seen");
                assert_eq!(first % 5, 0, "half a transaction was seen");
                if first == 200 {
                    break;
                }
            }
        });
    }
    writing.await.unwrap();
    while let Some(reader) = readers.join_next().await {
        reader.unwrap();
    }
}

#[tokio::test]
async fn a_reader_keeps_the_state_that_it_began_with() {
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("bob@ward.example").await;
    let before = fixture.store.read().await.unwrap();
    assert_eq!(count(&before, conversation).await, 0);
    let tx = fixture.store.begin().await.unwrap();
    messages::insert(&tx, archive, from_bob(conversation, 1, "new"))
        .await
        .unwrap();
    assert_eq!(count(&tx, conversation).await, 1, "the writer sees its own changes");
    tx.commit().await.unwrap();
    assert_eq!(count(&before, conversation).await, 0);
    assert_eq!(count(&fixture.store.read().await.unwrap(), conversation).await, 1);
}

#[tokio::test]
async fn there_is_one_writer_at_a_time_and_the_next_waits_for_its_end() {
    let fixture = Fixture::new().await;
    let first = fixture.store.begin().await.unwrap();
    let store = fixture.store.clone();
    let mut second = tokio::spawn(async move { store.begin().await.map(drop) });
    tokio::select! {
        biased;
        result = &mut second => panic!("a second writer began: {result:?}"),
        () = async { for _ in 0..1000 { tokio::task::yield_now().await } } => {}
    }
    first.commit().await.unwrap();
    second.await.unwrap().unwrap();
}

#[tokio::test]
async fn readers_cannot_write() {
    let fixture = Fixture::new().await;
    let tx = fixture.store.read().await.unwrap();
    let db = store::sealed::Connected::db(&tx);
    let error = sql::execute(db, "DELETE FROM setting", vec![]).await.unwrap_err();
    assert!(matches!(error, StoreError::Io { code: 8 }), "{error:?}");
}

#[tokio::test]
async fn what_refers_to_nothing_is_refused() {
    let fixture = Fixture::new().await;
    let (archive, _) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let error = messages::insert(&tx, archive, from_bob(ConversationId(99), 1, "to nobody"))
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Constraint { .. }), "{error:?}");
    let error = messages::remove(&tx, MessageId(99)).await.unwrap_err();
    assert_eq!(error, StoreError::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_stopped_at_any_point_of_a_transaction_leaves_the_store_usable() {
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("bob@ward.example").await;
    for patience in 0..60 {
        let store = fixture.store.clone();
        let task = tokio::spawn(async move {
            let tx = store.begin().await.unwrap();
            messages::insert(&tx, archive, from_bob(conversation, 1, "lost"))
                .await
                .unwrap();
            let seen = store.read().await.unwrap();
            assert_eq!(count(&seen, conversation).await, 0);
        });
        for _ in 0..patience {
            tokio::task::yield_now().await;
        }
        task.abort();
        let _ = task.await;
    }
    let tx = fixture.store.begin().await.unwrap();
    messages::insert(&tx, archive, from_bob(conversation, 1, "kept"))
        .await
        .unwrap();
    tx.commit().await.unwrap();
    for _ in 0..8 {
        assert_eq!(count(&fixture.store.read().await.unwrap(), conversation).await, 1);
    }
}

#[tokio::test]
async fn a_full_disk_is_named_loses_nothing_and_can_be_got_over() {
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    // SQLite's own limit gives the same error as the operating system's.
    sql::execute(store::sealed::Connected::db(&tx), "PRAGMA max_page_count = 1", vec![])
        .await
        .unwrap();
    let long = "x".repeat(20_000);
    let mut position = 0;
    let error = loop {
        position += 1;
        if let Err(error) = messages::insert(&tx, archive, from_bob(conversation, position, &long)).await {
            break error;
        }
    };
    assert_eq!(error, StoreError::Full);
    drop(tx);

    let tx = fixture.store.begin().await.unwrap();
    assert_eq!(count(&tx, conversation).await, 0);
    sql::execute(
        store::sealed::Connected::db(&tx),
        "PRAGMA max_page_count = 1000000",
        vec![],
    )
    .await
    .unwrap();
    messages::insert(&tx, archive, from_bob(conversation, 1, &long))
        .await
        .unwrap();
    tx.commit().await.unwrap();
}
