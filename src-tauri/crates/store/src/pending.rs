//! Corrections, retractions, reactions, markers and receipts whose message is not here yet.
//!
//! They are kept until it comes. Whether their sender may do what they say is for the SDK to judge when it applies them.

use sea_orm::FromQueryResult;

use std::collections::HashSet;

use crate::store::sealed::Connected;
use crate::{Address, AliasKind, ArchiveId, PendingId, PendingKind, Reads, StoreError, Text, WriteTx, sql};

/// Something that refers to a message which is not here yet.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Pending {
    /// Its id.
    pub id: PendingId,
    /// Archive in which the target is.
    pub archive_id: ArchiveId,
    /// What it is.
    pub kind: PendingKind,
    /// Which kind of id names the target.
    pub target_kind: AliasKind,
    /// Id of the target.
    pub target: String,
    /// Who sent it.
    pub sender_address: Address,
    /// What it says, in the SDK's form.
    pub payload: Text,
    /// When it was sent.
    pub stamp_us: i64,
}

/// Most references of one sender that are kept.
const MOST_OF_ONE_SENDER: u32 = 500;
/// Most characters of what one sender's references say, but for the newest.
const MOST_CHARACTERS_OF_ONE_SENDER: u32 = 1_000_000;

/// Something to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPending {
    /// Archive in which the target is.
    pub archive_id: ArchiveId,
    /// What it is.
    pub kind: PendingKind,
    /// Which kind of id names the target.
    pub target_kind: AliasKind,
    /// Id of the target.
    pub target: String,
    /// Who sent it.
    pub sender_address: Address,
    /// What it says, in the SDK's form.
    pub payload: Text,
    /// When it was sent.
    pub stamp_us: i64,
}

/// Keeps something until its target comes.
///
/// # Errors
/// [`StoreError::Constraint`] if the archive does not exist.
pub(crate) async fn add(tx: &WriteTx, new: NewPending) -> Result<PendingId, StoreError> {
    const INSERT: &str =
        "INSERT INTO pending_reference (archive_id, kind, target_kind, target, sender_address, payload,
        stamp_us) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id";
    let values = vec![
        new.archive_id.into(),
        new.kind.into(),
        new.target_kind.into(),
        new.target.into(),
        new.sender_address.clone().into(),
        new.payload.into(),
        new.stamp_us.into(),
    ];
    let (archive, sender) = (new.archive_id, new.sender_address.clone());
    let id = sql::value(tx.db(), INSERT, values).await?.ok_or(StoreError::NotFound)?;
    keep_within_budget(tx, archive, sender).await?;
    Ok(id)
}

/// Forgets the oldest of what one sender has said, where it is more than they may make this computer keep.
async fn keep_within_budget(tx: &WriteTx, archive: ArchiveId, sender: Address) -> Result<(), StoreError> {
    const DELETE: &str = "DELETE FROM pending_reference WHERE id IN (
        SELECT id FROM (
            SELECT id, row_number() OVER newest AS number, sum(length(payload)) OVER newest AS characters
            FROM pending_reference WHERE archive_id = ? AND sender_address = ? WINDOW newest AS (ORDER BY id DESC)
        ) WHERE number > 1 AND (number > ? OR characters > ?))";
    let values = vec![
        archive.into(),
        sender.into(),
        MOST_OF_ONE_SENDER.into(),
        MOST_CHARACTERS_OF_ONE_SENDER.into(),
    ];
    sql::execute(tx.db(), DELETE, values).await?;
    Ok(())
}

/// Keeps something, unless the same was kept already.
///
/// # Errors
/// [`StoreError::Constraint`] if the archive does not exist.
pub async fn add_once(tx: &WriteTx, new: NewPending) -> Result<(), StoreError> {
    const KEPT: &str = "SELECT 1 FROM pending_reference
        WHERE archive_id = ? AND target = ? AND kind = ? AND sender_address = ? AND payload = ?";
    let values = vec![
        new.archive_id.into(),
        new.target.clone().into(),
        new.kind.into(),
        new.sender_address.clone().into(),
        new.payload.clone().into(),
    ];
    if sql::value::<i64>(tx.db(), KEPT, values).await?.is_none() {
        add(tx, new).await?;
    }
    Ok(())
}

/// Which of these ids something is kept for.
///
/// # Errors
/// What reading failed with.
pub async fn awaited<'id>(
    tx: &impl Reads,
    archive: ArchiveId,
    ids: impl IntoIterator<Item = &'id str>,
) -> Result<HashSet<String>, StoreError> {
    const ANY: &str = "SELECT EXISTS (SELECT 1 FROM pending_reference WHERE archive_id = ?)";
    let mut found = HashSet::new();
    // Mostly nothing is kept at all.
    if sql::value::<bool>(tx.db(), ANY, vec![archive.into()]).await? != Some(true) {
        return Ok(found);
    }
    let ids: Vec<&str> = ids.into_iter().collect();
    for chunk in sql::batches(&ids) {
        let query = format!(
            "SELECT target FROM pending_reference WHERE archive_id = ? AND target IN ({})",
            sql::marks(chunk.len())
        );
        let mut values = vec![archive.into()];
        values.extend(chunk.iter().map(|id| (*id).into()));
        found.extend(sql::values::<String>(tx.db(), &query, values).await?);
    }
    Ok(found)
}

/// Takes out everything that refers to one of these ids, in the order in which it was sent.
///
/// # Errors
/// What writing failed with.
pub async fn take(tx: &WriteTx, archive: ArchiveId, targets: &[(AliasKind, &str)]) -> Result<Vec<Pending>, StoreError> {
    let mut taken: Vec<Pending> = Vec::new();
    for chunk in sql::batches(targets) {
        let delete = format!(
            "DELETE FROM pending_reference WHERE archive_id = ? AND target IN ({}) RETURNING *",
            sql::marks(chunk.len())
        );
        let mut values = vec![archive.into()];
        values.extend(chunk.iter().map(|(_, target)| (*target).into()));
        for pending in sql::all::<Pending>(tx.db(), &delete, values).await? {
            // One index serves all kinds of ids; the rare one of another kind goes back.
            if targets.contains(&(pending.target_kind, pending.target.as_str())) {
                taken.push(pending);
            } else {
                put_back(tx, pending).await?;
            }
        }
    }
    taken.sort_by_key(|pending| (pending.stamp_us, pending.id));
    Ok(taken)
}

async fn put_back(tx: &WriteTx, pending: Pending) -> Result<(), StoreError> {
    let Pending {
        id: _,
        archive_id,
        kind,
        target_kind,
        target,
        sender_address,
        payload,
        stamp_us,
    } = pending;
    add(
        tx,
        NewPending {
            archive_id,
            kind,
            target_kind,
            target,
            sender_address,
            payload,
            stamp_us,
        },
    )
    .await?;
    Ok(())
}

/// Forgets what was sent before a time: its target is never going to come. How many.
///
/// # Errors
/// What writing failed with.
pub async fn forget_before(tx: &WriteTx, stamp_us: i64) -> Result<u64, StoreError> {
    sql::execute(
        tx.db(),
        "DELETE FROM pending_reference WHERE stamp_us < ?",
        vec![stamp_us.into()],
    )
    .await
}
