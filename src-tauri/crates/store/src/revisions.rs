//! Which correction of a message, and which reaction of somebody to it, is the last.
//!
//! Stamps alone do not decide: an archive may stamp by the second, and this computer stamps live ones. So the store keeps each by the id of
//! the message that carries it. A second copy only updates the stamp, once the archive gives it.

use serde::{Deserialize, Serialize};

use crate::store::sealed::Connected;
use crate::{Address, MessageId, PendingKind, StoreError, WriteTx, sql};

/// A correction or a reaction.
#[derive(Debug, Clone, Copy)]
pub struct Revision<'a> {
    /// What it changes.
    pub message: MessageId,
    /// What it is.
    pub kind: PendingKind,
    /// Who says it.
    pub sender: &'a Address,
    /// Id of the message that says it.
    pub source_id: &'a str,
    /// When it was said.
    pub stamp_us: i64,
    /// Where it stands among others.
    pub order: Order,
}

/// Where something stands among what is known already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// It comes as it is said: nothing is newer.
    Live,
    /// A server has kept it for us and hands it on: the archive will tell it, and may stamp it more finely.
    Queued,
    /// An archive tells it, and what it told before with the same stamp is older.
    Forward,
    /// An archive tells it, and what it told before with the same stamp is newer.
    Backward,
}

/// Stores a revision. Returns whether it is new and the last one, so that its content applies.
///
/// # Errors
/// [`StoreError::Constraint`] if the message does not exist.
pub async fn record(tx: &WriteTx, new: Revision<'_>) -> Result<bool, StoreError> {
    const RETOLD: &str = "UPDATE revision SET stamp_us = CASE WHEN ?1 THEN stamp_us ELSE ?2 END
        WHERE message_id = ?3 AND kind = ?4 AND sender_address = ?5 AND source_id = ?6";
    const LAST: &str = "SELECT max(stamp_us) FROM revision WHERE message_id = ? AND kind = ? AND sender_address = ?";
    const INSERT: &str =
        "INSERT INTO revision (message_id, kind, sender_address, source_id, stamp_us) VALUES (?, ?, ?, ?, ?)";
    let retold = vec![
        matches!(new.order, Order::Live | Order::Queued).into(),
        new.stamp_us.into(),
        new.message.into(),
        new.kind.into(),
        new.sender.clone().into(),
        new.source_id.into(),
    ];
    if sql::execute(tx.db(), RETOLD, retold).await? > 0 {
        return Ok(false);
    }
    let whose = vec![new.message.into(), new.kind.into(), new.sender.clone().into()];
    let last: Option<i64> = sql::value::<Option<i64>>(tx.db(), LAST, whose).await?.flatten();
    let (is_last, stamp_us) = match (new.order, last) {
        (_, None) => (true, new.stamp_us),
        (Order::Live, Some(last)) => (true, new.stamp_us.max(last.saturating_add(1))),
        (Order::Forward | Order::Queued, Some(last)) => (new.stamp_us >= last, new.stamp_us),
        (Order::Backward, Some(last)) => (new.stamp_us > last, new.stamp_us),
    };
    let values = vec![
        new.message.into(),
        new.kind.into(),
        new.sender.clone().into(),
        new.source_id.into(),
        stamp_us.into(),
    ];
    sql::execute(tx.db(), INSERT, values).await?;
    Ok(is_last)
}
