//! Settings: text by name.

use crate::store::sealed::Connected;
use crate::{Reads, StoreError, Text, WriteTx, sql};

/// Reads a setting.
///
/// # Errors
/// What reading failed with.
pub async fn get(tx: &impl Reads, key: &str) -> Result<Option<Text>, StoreError> {
    sql::value(tx.db(), "SELECT value FROM setting WHERE key = ?", vec![key.into()]).await
}

/// Stores a setting.
///
/// # Errors
/// What writing failed with.
pub async fn set(tx: &WriteTx, key: &str, value: &Text) -> Result<(), StoreError> {
    const PUT: &str = "INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)";
    sql::execute(tx.db(), PUT, vec![key.into(), value.clone().into()]).await?;
    Ok(())
}

/// Removes a setting.
///
/// # Errors
/// What writing failed with.
pub async fn remove(tx: &WriteTx, key: &str) -> Result<(), StoreError> {
    sql::execute(tx.db(), "DELETE FROM setting WHERE key = ?", vec![key.into()]).await?;
    Ok(())
}
