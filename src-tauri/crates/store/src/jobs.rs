//! Jobs: work that goes on after a restart where it stopped.

pub use crate::entity::job::Model as Job;
use crate::store::sealed::Connected;
use crate::{ConversationId, JobId, JobState, Reads, StoreError, Text, WriteTx, sql};

/// A job of a kind for a conversation (`None`: for the account), made if it is not there yet. One that is there is left as
/// it is.
///
/// # Errors
/// [`StoreError::Constraint`] if the conversation does not exist.
pub async fn ensure(
    tx: &WriteTx,
    kind: &str,
    conversation: Option<ConversationId>,
    progress: &Text,
    next_attempt_us: i64,
) -> Result<JobId, StoreError> {
    const INSERT: &str = "INSERT INTO job (kind, conversation_id, progress, state, next_attempt_us)
        VALUES (?, ?, ?, 1, ?) ON CONFLICT DO NOTHING RETURNING id";
    const FIND: &str = "SELECT id FROM job WHERE kind = ? AND coalesce(conversation_id, 0) = coalesce(?, 0)";
    let values = vec![
        kind.into(),
        conversation.into(),
        progress.clone().into(),
        next_attempt_us.into(),
    ];
    if let Some(id) = sql::value(tx.db(), INSERT, values).await? {
        return Ok(id);
    }
    sql::value(tx.db(), FIND, vec![kind.into(), conversation.into()])
        .await?
        .ok_or(StoreError::NotFound)
}

/// All jobs, those due first at the front.
///
/// # Errors
/// What reading failed with.
pub async fn list(tx: &impl Reads) -> Result<Vec<Job>, StoreError> {
    sql::all(tx.db(), "SELECT * FROM job ORDER BY next_attempt_us, id", vec![]).await
}

/// Saves how far a job is.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn save(tx: &WriteTx, id: JobId, progress: &Text) -> Result<(), StoreError> {
    sql::change(
        tx.db(),
        "UPDATE job SET progress = ? WHERE id = ?",
        vec![progress.clone().into(), id.into()],
    )
    .await
}

/// Notes that a job has begun, which counts as an attempt.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn begin(tx: &WriteTx, id: JobId) -> Result<(), StoreError> {
    let values = vec![JobState::Running.into(), id.into()];
    sql::change(
        tx.db(),
        "UPDATE job SET state = ?, attempts = attempts + 1 WHERE id = ?",
        values,
    )
    .await
}

/// Puts a job back to wait until a time, microseconds by the local clock.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn postpone(tx: &WriteTx, id: JobId, until_us: i64) -> Result<(), StoreError> {
    let values = vec![JobState::Waiting.into(), until_us.into(), id.into()];
    sql::change(
        tx.db(),
        "UPDATE job SET state = ?, next_attempt_us = ? WHERE id = ?",
        values,
    )
    .await
}

/// Removes a job: it is done.
///
/// # Errors
/// [`StoreError::NotFound`].
pub async fn remove(tx: &WriteTx, id: JobId) -> Result<(), StoreError> {
    sql::change(tx.db(), "DELETE FROM job WHERE id = ?", vec![id.into()]).await
}
