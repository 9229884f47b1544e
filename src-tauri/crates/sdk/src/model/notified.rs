//! What must be true of notifications: what has been read, here or elsewhere, is not left on the screen, and the number of unread
//! messages that was told last is that of the list.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use super::world::World;
use crate::events::EventReceiver;
use crate::view::{ConversationBox, ConversationId, Event, Membership};

/// What somebody who notifies has been told by one process.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Conversations with a notification.
    on_screen: BTreeSet<ConversationId>,
    /// Teams with a notification of an invitation.
    asked_into: BTreeSet<ConversationId>,
    unread: Option<u32>,
    /// News without anything unread.
    empty: usize,
}

/// Listens until the process ends.
pub(super) fn listen(mut events: EventReceiver) -> Arc<Mutex<Told>> {
    let told = Arc::new(Mutex::new(Told::default()));
    let kept = Arc::clone(&told);
    tokio::spawn(async move {
        while let Some(event) = events.recv().await {
            let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
            match event {
                Event::News { news, .. } => {
                    told.empty += news.iter().filter(|news| news.unread == 0).count();
                    told.on_screen.extend(news.iter().map(|news| news.conversation));
                }
                Event::Invited { invitation, .. } => drop(told.asked_into.insert(invitation.conversation)),
                Event::Read { conversation } => {
                    told.on_screen.remove(&conversation);
                    told.asked_into.remove(&conversation);
                }
                Event::Unread { total } => told.unread = Some(total),
                _ => {}
            }
        }
    });
    kept
}

/// What is wrong; empty where nothing is.
pub(super) async fn faults(world: &World) -> String {
    let mut faults = String::new();
    let Ok(list) = world.chat_list().await else {
        return faults;
    };
    let told = world.told().lock().unwrap_or_else(PoisonError::into_inner);
    let counts =
        |row: &&crate::view::ConversationRow| row.shown_in == ConversationBox::Inbox && row.muted_until.is_none();
    let unread: u32 = list.rows.iter().filter(counts).map(|row| row.unread).sum();
    if told.unread != Some(unread) {
        let _ = writeln!(faults, "{unread} unread in the list, and {:?} were told", told.unread);
    }
    for conversation in &told.on_screen {
        let row = list.rows.iter().find(|row| row.id == *conversation);
        if row.is_none_or(|row| row.unread == 0) {
            let _ = writeln!(faults, "{conversation:?} has been read and is still notified of");
        }
    }
    for conversation in &told.asked_into {
        let row = list.rows.iter().find(|row| row.id == *conversation);
        let team = row.and_then(|row| row.team.as_ref());
        if team.is_none_or(|team| !matches!(team.membership, Membership::Invited { .. })) {
            let _ = writeln!(faults, "{conversation:?} asks nobody in and is still notified of");
        }
    }
    if told.empty > 0 {
        let _ = writeln!(faults, "{} times notified of nothing", told.empty);
    }
    faults
}
