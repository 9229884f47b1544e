//! Conversation settings changed here that the server has not confirmed yet, one row ([`pending_sync`]) per setting: a device that was
//! offline must not overwrite a setting that another device changed meanwhile.

use std::collections::BTreeMap;

use uuid::Uuid;
use wardline_store::pending_sync::{self, PendingSync};
use wardline_store::{ConversationId, PendingSyncKind, Reads, StoreError, Text, WriteTx};
use wardline_xmpp::decisions::Matter;

fn kind(matter: Matter) -> PendingSyncKind {
    match matter {
        Matter::Level => PendingSyncKind::NotificationLevel,
        Matter::Mark => PendingSyncKind::MarkedUnread,
        Matter::Mute => PendingSyncKind::Mute,
        Matter::Pin => PendingSyncKind::Pin,
        Matter::Place => PendingSyncKind::Archive,
    }
}

/// Returns whether a setting was changed here and the server has not confirmed it.
pub(in crate::engine) async fn is_pending(
    tx: &impl Reads,
    conversation: ConversationId,
    matter: Matter,
) -> Result<bool, StoreError> {
    pending_sync::exists(tx, conversation, kind(matter)).await
}

/// Stores that a setting was changed here. The value is new each time: the confirmation of an older change does not confirm this one.
pub(in crate::engine) async fn set_pending(
    tx: &WriteTx,
    conversation: ConversationId,
    matter: Matter,
) -> Result<(), StoreError> {
    let pending = PendingSync {
        conversation_id: conversation,
        kind: kind(matter),
        value: Text(Uuid::new_v4().to_string()),
    };
    pending_sync::put(tx, pending).await
}

/// The pending settings of one conversation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct PendingSettings(Vec<(Matter, PendingSync)>);

impl PendingSettings {
    pub(super) fn matters(&self) -> impl Iterator<Item = Matter> {
        self.0.iter().map(|(matter, _)| *matter)
    }
}

/// Lists all pending settings, by conversation.
pub(super) async fn all(tx: &impl Reads) -> Result<BTreeMap<ConversationId, PendingSettings>, StoreError> {
    let mut all: BTreeMap<ConversationId, PendingSettings> = BTreeMap::new();
    for row in pending_sync::list(tx, &Matter::ALL.map(kind)).await? {
        if let Some(matter) = Matter::ALL.into_iter().find(|matter| kind(*matter) == row.kind) {
            all.entry(row.conversation_id).or_default().0.push((matter, row));
        }
    }
    Ok(all)
}

/// Removes settings that the server has confirmed. A setting changed again since then stays pending.
pub(super) async fn confirm(tx: &WriteTx, confirmed: PendingSettings) -> Result<(), StoreError> {
    for (_, row) in confirmed.0 {
        pending_sync::remove_unchanged(tx, &row).await?;
    }
    Ok(())
}
