//! Notes of what was decided here and the server has not heard of, each matter of a conversation by itself: a device that was away
//! must not undo what others decided meanwhile about something else.

use std::collections::BTreeMap;

use uuid::Uuid;
use wardline_store::{ConversationId, Reads, StoreError, Text, WriteTx, settings};
use wardline_xmpp::decisions::Matter;

/// A note begins like this; conversation and matter follow. Its value is new each time that something is decided.
const NOTE: &str = "decided/";

fn name(conversation: ConversationId, matter: Matter) -> String {
    format!("{NOTE}{}/{}", conversation.0, matter.word())
}

fn parse(name: &str) -> Option<(ConversationId, Matter)> {
    let (conversation, word) = name.strip_prefix(NOTE)?.split_once('/')?;
    Some((ConversationId(conversation.parse().ok()?), Matter::of_word(word)?))
}

/// Whether that was decided of a conversation, and the server has not heard of it.
pub(in crate::engine) async fn is_untold(
    tx: &impl Reads,
    conversation: ConversationId,
    matter: Matter,
) -> Result<bool, StoreError> {
    Ok(settings::get(tx, &name(conversation, matter)).await?.is_some())
}

/// Notes that something was decided that the server has not heard of.
pub(in crate::engine) async fn note_untold(
    tx: &WriteTx,
    conversation: ConversationId,
    matter: Matter,
) -> Result<(), StoreError> {
    let value = Text(Uuid::new_v4().to_string());
    settings::set(tx, &name(conversation, matter), &value).await
}

/// Notes with their values.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Notes(Vec<(Matter, Text)>);

impl Notes {
    pub(super) fn matters(&self) -> impl Iterator<Item = Matter> {
        self.0.iter().map(|(matter, _)| *matter)
    }
}

/// All notes, by conversation.
pub(super) async fn all(tx: &impl Reads) -> Result<BTreeMap<ConversationId, Notes>, StoreError> {
    let mut all: BTreeMap<ConversationId, Notes> = BTreeMap::new();
    for name in settings::names(tx, NOTE).await? {
        if let (Some((conversation, matter)), Some(value)) = (parse(&name), settings::get(tx, &name).await?) {
            all.entry(conversation).or_default().0.push((matter, value));
        }
    }
    Ok(all)
}

/// The server has heard of these. What was decided since then stays noted.
pub(super) async fn told(tx: &WriteTx, conversation: ConversationId, notes: Notes) -> Result<(), StoreError> {
    for (matter, value) in notes.0 {
        let name = name(conversation, matter);
        if settings::get(tx, &name).await? == Some(value) {
            settings::remove(tx, &name).await?;
        }
    }
    Ok(())
}
