//! Storing a page of messages: what is new goes in, what is known is recognised.
//!
//! A message is known if one of its ids is:
//! - the archive's own id, always;
//! - the origin id, if it is of the same sender in the same conversation, and the text is the same or the message is an
//!   own one: its local echo;
//! - the plain message id, if sender, conversation *and text* are the same. This is how a message that a server archived
//!   twice under two ids stays one; and since poor apps use an id twice, the same id with another text is another message.
//!
//! The comparison is with the text as first sent, so a correction in between does no harm.

use std::collections::HashMap;

use sea_orm::{FromQueryResult, Value};

use crate::aliases::{self, AliasKey};
use crate::messages::{NewAlias, NewMessage};
use crate::store::sealed::Connected;
use crate::{AliasKind, ArchiveId, ConversationId, Direction, MessageId, StoreError, WriteTx, sql};

mod ids;

/// What became of one message of a page.
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

/// Stores a page of messages, in order, in few statements. Says for each message what became of it.
///
/// # Errors
/// [`StoreError::Constraint`] if the conversation, segment or archive does not exist.
pub async fn insert(tx: &WriteTx, archive: ArchiveId, messages: Vec<NewMessage>) -> Result<Vec<Outcome>, StoreError> {
    let wanted: Vec<&NewAlias> = messages.iter().flat_map(|message| &message.aliases).collect();
    let mut page = Page {
        archive,
        known: aliases::find_many(tx, archive, wanted).await?,
        seen: HashMap::new(),
    };
    page.load_seen(tx).await?;

    let mut fresh_ids = ids::allocate(tx, messages.iter().map(|message| message.stamp_us))
        .await?
        .into_iter();
    let mut outcomes = Vec::with_capacity(messages.len());
    let mut rows = Vec::new();
    let mut names = Names::default();
    for message in messages {
        let fresh = fresh_ids.next().ok_or(StoreError::Internal { code: 0 })?;
        let outcome = match page.recognise(&message) {
            Some(id) => Outcome::Known(id),
            None => Outcome::Inserted(fresh),
        };
        page.name(&message, outcome, &mut names);
        outcomes.push(outcome);
        if let Outcome::Inserted(id) = outcome {
            rows.push((id, message));
        }
    }
    put(tx, &rows).await?;
    aliases::put(tx, archive, names.added, aliases::IfTaken::Keep).await?;
    aliases::put(tx, archive, names.moved, aliases::IfTaken::Move).await?;
    Ok(outcomes)
}

/// Ids to be stored after the page.
#[derive(Default)]
struct Names {
    added: Vec<(NewAlias, MessageId)>,
    moved: Vec<(NewAlias, MessageId)>,
}

/// What is known while a page is stored.
struct Page {
    archive: ArchiveId,
    known: HashMap<AliasKey, MessageId>,
    seen: HashMap<MessageId, Seen>,
}

/// What recognition compares.
#[derive(Debug, FromQueryResult)]
struct Seen {
    id: MessageId,
    conversation_id: ConversationId,
    direction: Direction,
    position: i64,
    text: String,
    retracted_us: Option<i64>,
}

impl Page {
    async fn load_seen(&mut self, tx: &WriteTx) -> Result<(), StoreError> {
        let mut ids: Vec<MessageId> = self.known.values().copied().collect();
        ids.sort_unstable();
        ids.dedup();
        for chunk in sql::batches(&ids) {
            let query = format!(
                "SELECT id, conversation_id, direction, position, coalesce(original_body, body) AS text, retracted_us
                 FROM message WHERE id IN ({})",
                sql::marks(chunk.len())
            );
            let seen: Vec<Seen> = sql::all(tx.db(), &query, chunk.iter().map(|id| (*id).into()).collect()).await?;
            self.seen.extend(seen.into_iter().map(|seen| (seen.id, seen)));
        }
        Ok(())
    }

    fn holder(&self, alias: &NewAlias) -> Option<MessageId> {
        self.known.get(&AliasKey::of(self.archive, alias)).copied()
    }

    fn recognise(&self, message: &NewMessage) -> Option<MessageId> {
        let by = |kind| message.aliases.iter().filter(move |alias| alias.kind == kind);
        let mut certain = by(AliasKind::StanzaId).filter_map(|alias| self.holder(alias));
        certain.next().or_else(|| {
            by(AliasKind::OriginId)
                .chain(by(AliasKind::MessageId))
                .find_map(|alias| self.holder(alias).filter(|id| self.is_same(*id, message, alias.kind)))
        })
    }

    fn is_same(&self, id: MessageId, message: &NewMessage, kind: AliasKind) -> bool {
        self.seen.get(&id).is_some_and(|seen| {
            let own_echo = kind == AliasKind::OriginId && seen.direction == Direction::Outgoing;
            // Of what was taken back no text is left to compare.
            let taken_back = seen.retracted_us.is_some() || message.retracted_us.is_some();
            seen.conversation_id == message.conversation_id
                && seen.direction == message.direction
                && (own_echo || taken_back || seen.text == message.body.as_str())
        })
    }

    /// Notes the ids of a message, for the database and for the rest of the page.
    fn name(&mut self, message: &NewMessage, outcome: Outcome, names: &mut Names) {
        let id = outcome.id();
        for alias in &message.aliases {
            match self.holder(alias) {
                Some(holder) if holder == id => continue,
                None => names.added.push((alias.clone(), id)),
                // An id that was used twice: what refers to it later means the later message.
                Some(holder) if self.is_later(message, outcome, holder) => names.moved.push((alias.clone(), id)),
                Some(_) => continue,
            }
            self.known.insert(AliasKey::of(self.archive, alias), id);
        }
        if let Outcome::Inserted(id) = outcome {
            let seen = Seen {
                id,
                conversation_id: message.conversation_id,
                direction: message.direction,
                position: message.position,
                text: message.body.as_str().to_owned(),
                retracted_us: message.retracted_us,
            };
            self.seen.insert(id, seen);
        }
    }

    fn is_later(&self, message: &NewMessage, outcome: Outcome, holder: MessageId) -> bool {
        matches!(outcome, Outcome::Inserted(_))
            && self
                .seen
                .get(&holder)
                .is_some_and(|seen| seen.position < message.position)
    }
}

/// Stores new messages, in few statements.
async fn put(tx: &WriteTx, rows: &[(MessageId, NewMessage)]) -> Result<(), StoreError> {
    const ROW: &str = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    for batch in sql::batches(rows) {
        let insert = format!(
            "INSERT INTO message (id, conversation_id, segment_id, position, displayable, direction, kind, sender_address,
             sender_nick, body, stamp_us, stamp_source, sent_us, archived_us, delivery, retracted_us, mention, mentions,
             notice) VALUES {}",
            vec![ROW; batch.len()].join(", ")
        );
        let values = batch.iter().flat_map(|(id, message)| values(*id, message)).collect();
        sql::execute(tx.db(), &insert, values).await?;
    }
    Ok(())
}

fn values(id: MessageId, message: &NewMessage) -> [Value; 19] {
    [
        id.into(),
        message.conversation_id.into(),
        message.segment_id.into(),
        message.position.into(),
        message.displayable.into(),
        message.direction.into(),
        message.kind.into(),
        message.sender_address.clone().into(),
        message.sender_nick.clone().into(),
        message.body.clone().into(),
        message.stamp_us.into(),
        message.stamp_source.into(),
        message.sent_us.into(),
        message.archived_us.into(),
        message.delivery.into(),
        message.retracted_us.into(),
        message.mentions.whom.into(),
        message.mentions.places.clone().into(),
        message.notice.clone().into(),
    ]
}
