//! What must be true of every open thread: it shows what the store holds between its first and its last message, in that order,
//! and says rightly whether there is more.

use std::fmt::Write as _;

use wardline_store::MessageId;

use super::schedule::Chat;
use super::world::World;
use crate::engine::Command;
use crate::view::{TimelineEnd, TimelineItem, TimelineSnapshot, TimelineStart};

/// What is wrong; empty where nothing is.
pub(super) async fn faults(world: &mut World) -> String {
    let mut faults = String::new();
    for chat in Chat::ALL {
        let Some(conversation) = world.conversation(chat).await else {
            continue;
        };
        if let Some(Ok(thread)) = world.ask(chat, Command::Timeline).await {
            let held = world.drawn(conversation).await;
            let held: Vec<MessageId> = held.iter().map(|message| message.id).collect();
            thread_faults(chat, &thread, &held, &mut faults);
        }
    }
    faults
}

fn thread_faults(chat: Chat, thread: &TimelineSnapshot, held: &[MessageId], faults: &mut String) {
    let shown = thread.items.iter().filter_map(TimelineItem::id).map(MessageId::from);
    let shown: Vec<MessageId> = shown.collect();
    let from = shown.first().and_then(|first| held.iter().position(|id| id == first));
    let from = from.unwrap_or(held.len());
    let to = from + shown.len();
    if held.get(from..to) != Some(&shown[..]) {
        let _ = writeln!(faults, "{chat:?}: shows {shown:?} where the store holds {held:?}");
    }
    if !shown.is_empty() && thread.start == TimelineStart::Beginning && from > 0 {
        let _ = writeln!(
            faults,
            "{chat:?}: {from} messages before what is shown as its beginning"
        );
    }
    if !shown.is_empty() && thread.end == TimelineEnd::Newest && to < held.len() {
        let _ = writeln!(
            faults,
            "{chat:?}: {} messages after what is shown as its end",
            held.len() - to
        );
    }
}
