//! Pictures of people and teams, by hash.

use std::collections::HashSet;

use sea_orm::FromQueryResult;

use crate::store::sealed::Connected;
use crate::{Reads, StoreError, WriteTx, sql};

/// A picture of a person or team.
#[derive(Clone, PartialEq, Eq, FromQueryResult)]
pub struct Avatar {
    /// Hash of the bytes, as announced.
    pub hash: String,
    /// Media type.
    pub mime: String,
    /// The picture.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Avatar {
    /// Without the picture, which may show a patient or a face.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Avatar").finish_non_exhaustive()
    }
}

/// A picture.
///
/// # Errors
/// What reading failed with.
pub async fn get(tx: &impl Reads, hash: &str) -> Result<Option<Avatar>, StoreError> {
    sql::first(tx.db(), "SELECT * FROM avatar WHERE hash = ?", vec![hash.into()]).await
}

/// Whether a picture is here.
///
/// # Errors
/// What reading failed with.
pub async fn exists(tx: &impl Reads, hash: &str) -> Result<bool, StoreError> {
    const QUERY: &str = "SELECT 1 FROM avatar WHERE hash = ?";
    Ok(sql::value::<i64>(tx.db(), QUERY, vec![hash.into()]).await?.is_some())
}

/// Stores a picture.
///
/// # Errors
/// What writing failed with.
pub async fn put(tx: &WriteTx, avatar: Avatar) -> Result<(), StoreError> {
    const PUT: &str = "INSERT OR REPLACE INTO avatar (hash, mime, bytes) VALUES (?, ?, ?)";
    sql::execute(
        tx.db(),
        PUT,
        vec![avatar.hash.into(), avatar.mime.into(), avatar.bytes.into()],
    )
    .await?;
    Ok(())
}

/// Bytes of all pictures.
///
/// # Errors
/// What reading failed with.
pub async fn total_bytes(tx: &impl Reads) -> Result<i64, StoreError> {
    const QUERY: &str = "SELECT coalesce(sum(length(bytes)), 0) FROM avatar";
    Ok(sql::value(tx.db(), QUERY, vec![]).await?.unwrap_or_default())
}

/// Removes the pictures that no person and no team announces; how many.
///
/// # Errors
/// What writing failed with.
pub async fn remove_unused(tx: &WriteTx) -> Result<u64, StoreError> {
    const REMOVE: &str = "DELETE FROM avatar WHERE hash NOT IN (
        SELECT avatar_hash FROM contact WHERE avatar_hash IS NOT NULL
        UNION SELECT avatar_hash FROM conversation WHERE avatar_hash IS NOT NULL)";
    sql::execute(tx.db(), REMOVE, vec![]).await
}

/// The hashes of all pictures.
///
/// # Errors
/// What reading failed with.
pub async fn hashes(tx: &impl Reads) -> Result<HashSet<String>, StoreError> {
    let hashes: Vec<String> = sql::values(tx.db(), "SELECT hash FROM avatar", vec![]).await?;
    Ok(hashes.into_iter().collect())
}
