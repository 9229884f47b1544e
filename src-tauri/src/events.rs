//! From the SDK's events to the interface: in order, at most one batch per frame.
//!
//! The first event goes at once, so that a single message is not held up; what follows within a frame goes together.
//! Nothing grows without bound: a batch has a limit, what waits behind it waits in the SDK's bounded bus, and when that
//! overflows, the interface is told to reload.

use std::future::Future;
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout_at};
use wardline_sdk::EventReceiver;
use wardline_sdk::view::Event;

const FRAME: Duration = Duration::from_millis(16);
const LARGEST_BATCH: usize = 2000;

/// The interface cannot be reached any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unreachable;

/// Where events come from. Cancel safe.
pub(crate) trait Source: Send {
    fn next(&mut self) -> impl Future<Output = Option<Event>> + Send;
}

impl Source for EventReceiver {
    fn next(&mut self) -> impl Future<Output = Option<Event>> + Send {
        self.recv()
    }
}

/// Hands events on until the source ends or the interface is gone.
pub(crate) async fn pump(
    mut source: impl Source,
    mut deliver: impl FnMut(Vec<Event>) -> Result<(), Unreachable> + Send,
) {
    let mut batch = Vec::new();
    loop {
        if batch.is_empty() {
            match source.next().await {
                Some(event) => batch.push(event),
                None => return,
            }
        }
        if deliver(std::mem::take(&mut batch)).is_err() {
            return;
        }
        let frame_ends = Instant::now() + FRAME;
        while batch.len() < LARGEST_BATCH {
            match timeout_at(frame_ends, source.next()).await {
                Ok(Some(event)) => append(&mut batch, event),
                Ok(None) => {
                    if !batch.is_empty() {
                        let _last = deliver(batch);
                    }
                    return;
                }
                Err(_elapsed) => break,
            }
        }
        sleep_until(frame_ends).await;
    }
}

/// After a reload the interface holds new snapshots: diffs before it would be work for nothing.
fn append(batch: &mut Vec<Event>, event: Event) {
    if matches!(event, Event::Reload) {
        batch.retain(|event| !matches!(event, Event::Inbox { .. } | Event::Timeline { .. } | Event::Reload));
    }
    batch.push(event);
}
