use proptest::prelude::*;

use super::*;
use crate::messages::Message;

#[derive(Debug, Clone)]
struct Thread {
    /// Positions, which collide often.
    messages: Vec<i64>,
    page: u32,
}

fn thread() -> impl Strategy<Value = Thread> {
    (prop::collection::vec(-20i64..20, 0..120), 1u32..40).prop_map(|(messages, page)| Thread { messages, page })
}

async fn stored(thread: &Thread) -> (Fixture, ConversationId) {
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("bob@ward.example").await;
    let (_, other) = fixture.conversation("carol@ward.example").await;
    let page = thread
        .messages
        .iter()
        .enumerate()
        .flat_map(|(n, position)| {
            [conversation, other].map(|conversation| NewMessage {
                aliases: vec![NewAlias::stanza_id(format!("{n}-{}", conversation.0))],
                ..from_bob(conversation, *position, &format!("{n}"))
            })
        })
        .collect();
    let tx = fixture.store.begin().await.unwrap();
    crate::pages::insert(&tx, archive, page).await.unwrap();
    tx.commit().await.unwrap();
    (fixture, conversation)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn pages_in_either_direction_make_up_the_whole_thread_in_order(thread in thread()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (fixture, conversation) = stored(&thread).await;
            let tx = fixture.store.read().await.unwrap();

            let mut backwards = messages::newest(&tx, conversation, thread.page).await.unwrap();
            while let Some(first) = backwards.first().map(Message::place) {
                let older = messages::before(&tx, conversation, first, thread.page).await.unwrap();
                if older.is_empty() {
                    break;
                }
                backwards.splice(0..0, older);
            }
            let mut forwards: Vec<Message> = Vec::new();
            let beginning = messages::Place { position: i64::MIN, id: MessageId(0) };
            loop {
                let last = forwards.last().map_or(beginning, Message::place);
                let newer = messages::after(&tx, conversation, last, thread.page).await.unwrap();
                if newer.is_empty() {
                    break;
                }
                forwards.extend(newer);
            }

            let mut expected = thread.messages.clone();
            expected.sort_unstable();
            let positions = |messages: &[Message]| messages.iter().map(|message| message.position).collect::<Vec<_>>();
            assert_eq!(positions(&backwards), expected);
            assert_eq!(backwards, forwards);
            let mut sorted = backwards.clone();
            sorted.sort_by_key(Message::place);
            assert_eq!(sorted, backwards);
        });
    }
}

#[tokio::test]
async fn unread_messages_are_counted_from_the_read_pointer_on_and_own_ones_never() {
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let page = vec![
        from_bob(conversation, 1, "one"),
        from_me(conversation, 2, "two"),
        from_bob(conversation, 3, "three"),
        from_bob(conversation, 5, "five"),
    ];
    let ids: Vec<_> = crate::pages::insert(&tx, archive, page)
        .await
        .unwrap()
        .iter()
        .map(|outcome| outcome.id())
        .collect();
    assert_eq!(conversations::recount_unread(&tx, conversation).await.unwrap(), 3);
    assert_eq!(
        messages::first_unread(&tx, conversation, i64::MIN).await.unwrap(),
        Some(ids[0])
    );

    assert!(
        conversations::advance_read(&tx, conversation, 3, Some(ids[2]))
            .await
            .unwrap()
    );
    assert!(
        !conversations::advance_read(&tx, conversation, 1, Some(ids[0]))
            .await
            .unwrap(),
        "it went back"
    );
    assert_eq!(conversations::recount_unread(&tx, conversation).await.unwrap(), 1);
    assert_eq!(
        messages::first_unread(&tx, conversation, 3).await.unwrap(),
        Some(ids[3])
    );
    assert_eq!(messages::first_unread(&tx, conversation, 5).await.unwrap(), None);
    let stored = conversations::get(&tx, conversation).await.unwrap().unwrap();
    assert_eq!(
        (stored.unread, stored.read_position, stored.read_message_id),
        (1, Some(3), Some(ids[2]))
    );
    assert_eq!(messages::last_position(&tx, conversation).await.unwrap(), Some(5));
}

#[tokio::test]
async fn delivery_goes_up_and_a_marker_moves_everything_before_it() {
    use DeliveryState::{Delivered, Failed, Read, Sent, Waiting};
    let fixture = Fixture::new().await;
    let (archive, conversation) = fixture.conversation("bob@ward.example").await;
    let tx = fixture.store.begin().await.unwrap();
    let mut ids = Vec::new();
    for (position, delivery) in [Sent, Waiting, Delivered, Failed, Sent].into_iter().enumerate() {
        let message = NewMessage {
            delivery: Some(delivery),
            ..from_me(conversation, position as i64, "handover at eight")
        };
        ids.push(messages::insert(&tx, archive, message).await.unwrap().id());
    }
    let mut moved = messages::advance_delivery_up_to(&tx, conversation, 3, Read)
        .await
        .unwrap();
    moved.sort_unstable();
    assert_eq!(moved, [ids[0], ids[2]], "only what the server has can have been read");
    assert!(!messages::advance_delivery(&tx, ids[0], Delivered).await.unwrap());
    assert!(
        messages::advance_delivery(&tx, ids[3], Sent).await.unwrap(),
        "it got there after all"
    );
    messages::set_delivery(&tx, ids[1], Failed, Some(Failure::TooLarge))
        .await
        .unwrap();
    let all = messages::get_many(&tx, &ids).await.unwrap();
    let states: Vec<_> = all
        .iter()
        .map(|message| (message.delivery.unwrap(), message.failure))
        .collect();
    assert_eq!(
        states,
        [
            (Read, None),
            (Failed, Some(Failure::TooLarge)),
            (Read, None),
            (Sent, None),
            (Sent, None)
        ]
    );
}
