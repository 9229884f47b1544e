//! Which correction of a message, and which reaction of somebody to it, is the last.
//!
//! Their times alone do not tell: an archive may stamp by the second, and what came live was dated by this computer. So each is
//! remembered by the id of the message that says it. What is told again changes nothing but its time, once the archive knows it.

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
    pub said_in: &'a str,
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

/// Remembers a revision; whether it is new and the last one, and so what it says holds.
///
/// # Errors
/// [`StoreError::Constraint`] if the message does not exist.
pub async fn take(tx: &WriteTx, new: Revision<'_>) -> Result<bool, StoreError> {
    const RETOLD: &str = "UPDATE revision SET stamp_us = CASE WHEN ?1 THEN stamp_us ELSE ?2 END
        WHERE message_id = ?3 AND kind = ?4 AND sender_address = ?5 AND said_in = ?6";
    const LAST: &str = "SELECT max(stamp_us) FROM revision WHERE message_id = ? AND kind = ? AND sender_address = ?";
    const INSERT: &str =
        "INSERT INTO revision (message_id, kind, sender_address, said_in, stamp_us) VALUES (?, ?, ?, ?, ?)";
    let retold = vec![
        matches!(new.order, Order::Live | Order::Queued).into(),
        new.stamp_us.into(),
        new.message.into(),
        new.kind.into(),
        new.sender.clone().into(),
        new.said_in.into(),
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
        new.said_in.into(),
        stamp_us.into(),
    ];
    sql::execute(tx.db(), INSERT, values).await?;
    Ok(is_last)
}
