use std::sync::{Arc, Mutex};

use tokio::sync::mpsc;
use wardline_sdk::view::{ConnectionView, ConversationId, Event, Revision};

use crate::events::{Source, Unreachable, pump};

struct Queue(mpsc::Receiver<Event>);

impl Source for Queue {
    fn next(&mut self) -> impl Future<Output = Option<Event>> + Send {
        self.0.recv()
    }
}

/// Each event is told from the others by its revision.
fn diff(revision: u64) -> Event {
    Event::Timeline {
        conversation: ConversationId(1),
        revision: Revision(revision),
        diffs: Vec::new(),
    }
}

#[tokio::test]
async fn the_first_event_goes_at_once_and_what_follows_in_the_frame_goes_together() {
    let (sender, receiver) = mpsc::channel(100);
    sender.send(diff(0)).await.unwrap();
    let (batches, mut delivered) = mpsc::unbounded_channel();
    // The rest arrives the moment the first is delivered, that is, within its frame; then the source ends.
    let mut sender = Some(sender);
    pump(Queue(receiver), move |batch| {
        if let Some(sender) = sender.take() {
            for revision in 1..=60 {
                sender.try_send(diff(revision)).unwrap();
            }
        }
        batches.send(batch).map_err(|_| Unreachable)
    })
    .await;

    assert_eq!(delivered.recv().await.unwrap(), [diff(0)]);
    assert_eq!(
        delivered.recv().await.unwrap(),
        (1..=60).map(diff).collect::<Vec<_>>(),
        "in order, in one batch"
    );
    assert_eq!(delivered.recv().await, None);
}

#[tokio::test]
async fn a_batch_has_a_limit_and_nothing_is_lost_or_changes_its_place() {
    const ALL: u64 = 5001;
    let (sender, receiver) = mpsc::channel(usize::try_from(ALL).unwrap());
    for revision in 0..ALL {
        sender.try_send(diff(revision)).unwrap();
    }
    drop(sender);
    let batches = Arc::new(Mutex::new(Vec::new()));
    let delivered = Arc::clone(&batches);
    pump(Queue(receiver), move |batch| {
        delivered.lock().unwrap().push(batch);
        Ok(())
    })
    .await;

    let batches = batches.lock().unwrap();
    assert!(
        batches.iter().all(|batch| batch.len() <= 2000),
        "{:?}",
        batches.iter().map(Vec::len).collect::<Vec<_>>()
    );
    assert_eq!(batches.concat(), (0..ALL).map(diff).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_reload_spares_the_interface_the_diffs_before_it_and_nothing_else() {
    let (sender, receiver) = mpsc::channel(10);
    let connection = Event::Connection {
        state: ConnectionView::Online,
    };
    sender.send(diff(0)).await.unwrap();
    let (batches, mut delivered) = mpsc::unbounded_channel();
    let mut later = Some((sender, connection.clone()));
    pump(Queue(receiver), move |batch| {
        if let Some((sender, connection)) = later.take() {
            for event in [diff(1), connection, Event::Reload, Event::Reload, diff(7)] {
                sender.try_send(event).unwrap();
            }
        }
        batches.send(batch).map_err(|_| Unreachable)
    })
    .await;

    assert_eq!(delivered.recv().await.unwrap(), [diff(0)]);
    assert_eq!(delivered.recv().await.unwrap(), [connection, Event::Reload, diff(7)]);
}

#[tokio::test]
async fn the_pump_ends_when_the_page_is_gone() {
    let (sender, receiver) = mpsc::channel(10);
    sender.send(diff(0)).await.unwrap();
    pump(Queue(receiver), |_| Err(Unreachable)).await;
    assert!(sender.is_closed(), "it holds on to the source");
}
