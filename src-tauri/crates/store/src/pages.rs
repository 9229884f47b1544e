//! Inserts a page of messages: new ones are stored, copies of stored ones are recognised ([`identity`]).

use sea_orm::Value;

use crate::aliases;
use crate::messages::{Arrival, NewAlias, NewMessage};
use crate::store::sealed::Connected;
use crate::{ArchiveId, MessageId, StoreError, WriteTx, sql};

mod author;
mod identity;
mod ids;

use self::identity::{Known, resent_of};

/// Outcome of inserting one message of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was new and is stored.
    Inserted(MessageId),
    /// It was known, before or from earlier in the page. Its other ids are known now too; nothing else of it was changed.
    Known(MessageId),
}

impl Outcome {
    /// The message.
    #[must_use]
    pub fn id(self) -> MessageId {
        match self {
            Self::Inserted(id) | Self::Known(id) => id,
        }
    }
}

/// Inserts a page of messages, in order, in few statements. Returns the outcome for each message.
///
/// # Errors
/// [`StoreError::Constraint`] if the conversation, segment or archive does not exist.
pub async fn insert(tx: &WriteTx, archive: ArchiveId, messages: Vec<NewMessage>) -> Result<Vec<Outcome>, StoreError> {
    let mut known = Known::load(tx, archive, &messages).await?;
    let mut fresh_ids = ids::allocate(tx, messages.iter().map(|message| message.stamp_us))
        .await?
        .into_iter();
    let mut outcomes = Vec::with_capacity(messages.len());
    let mut rows = Vec::new();
    let mut names: Vec<(NewAlias, MessageId)> = Vec::new();
    let mut taken_over: Vec<(NewAlias, MessageId)> = Vec::new();
    let mut came_live = Vec::new();
    let mut resent = Vec::new();
    for message in messages {
        let fresh = fresh_ids.next().ok_or(StoreError::Internal { code: 0 })?;
        let outcome = match known.recognise(&message) {
            Some(id) => Outcome::Known(id),
            None => Outcome::Inserted(fresh),
        };
        let id = outcome.id();
        let noted = known.note(&message, id);
        names.extend(noted.added.into_iter().map(|alias| (alias, id)));
        taken_over.extend(noted.taken_over.into_iter().map(|alias| (alias, id)));
        outcomes.push(outcome);
        if let (Outcome::Known(_), Some(first)) = (outcome, resent_of(&message)) {
            resent.push((id, first));
        }
        match outcome {
            Outcome::Inserted(_) => rows.push((id, message)),
            Outcome::Known(_) if message.arrival == Arrival::Live => came_live.push(id),
            Outcome::Known(_) => {}
        }
    }
    put(tx, &rows).await?;
    aliases::put(tx, archive, names).await?;
    aliases::take_over(tx, archive, taken_over).await?;
    for (id, first) in resent {
        let update = "UPDATE message SET sent_us = ? WHERE id = ? AND sent_us IS NULL";
        sql::execute(tx.db(), update, vec![first.into(), id.into()]).await?;
    }
    for batch in sql::batches(&came_live) {
        let update = format!(
            "UPDATE message SET received_live = 1 WHERE id IN ({}) AND received_live = 0",
            sql::marks(batch.len())
        );
        sql::execute(tx.db(), &update, batch.iter().map(|id| (*id).into()).collect()).await?;
    }
    Ok(outcomes)
}

/// Which stored message each of these is a copy of, as [`insert`] would see it.
///
/// # Errors
/// What reading failed with.
pub async fn recognise(
    tx: &WriteTx,
    archive: ArchiveId,
    messages: &[NewMessage],
) -> Result<Vec<Option<MessageId>>, StoreError> {
    let mut known = Known::load(tx, archive, messages).await?;
    let recognised = messages.iter().map(|message| {
        let id = known.recognise(message)?;
        known.note(message, id);
        Some(id)
    });
    Ok(recognised.collect())
}

/// Stores new messages, in few statements.
async fn put(tx: &WriteTx, rows: &[(MessageId, NewMessage)]) -> Result<(), StoreError> {
    const ROW: &str = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    for batch in sql::batches(rows) {
        let insert = format!(
            "INSERT INTO message (id, conversation_id, segment_id, position, direction, kind, sender_address,
             sender_nick, body, stamp_us, stamp_source, sent_us, archived_us, delivery, retracted_us, mention, mentions,
             room_event, received_live, unreadable) VALUES {}",
            vec![ROW; batch.len()].join(", ")
        );
        let values = batch.iter().flat_map(|(id, message)| values(*id, message)).collect();
        sql::execute(tx.db(), &insert, values).await?;
    }
    Ok(())
}

fn values(id: MessageId, message: &NewMessage) -> [Value; 20] {
    [
        id.into(),
        message.conversation_id.into(),
        message.segment_id.into(),
        message.position.into(),
        message.direction.into(),
        message.kind.into(),
        message.sender_address.clone().into(),
        message.sender_nick.clone().into(),
        message.body.clone().into(),
        message.stamp_us.into(),
        message.stamp_source.into(),
        resent_of(message).into(),
        message.archived_us.into(),
        message.delivery.into(),
        message.retracted_us.into(),
        message.mentions.whom.into(),
        message.mentions.places.clone().into(),
        message.room_event.clone().into(),
        (message.arrival == Arrival::Live).into(),
        message.unreadable.into(),
    ]
}
