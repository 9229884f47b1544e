//! Settings: text by name.

use crate::entity::setting::Model as Setting;
use crate::store::sealed::Connected;
use crate::{Reads, StoreError, Text, WriteTx, sql};

/// A setting.
///
/// # Errors
/// What reading failed with.
pub async fn get(tx: &impl Reads, key: &str) -> Result<Option<Text>, StoreError> {
    const QUERY: &str = "SELECT * FROM setting WHERE key = ?";
    let setting: Option<Setting> = sql::first(tx.db(), QUERY, vec![key.into()]).await?;
    Ok(setting.map(|setting| setting.value))
}

/// Names of the settings that begin like this.
///
/// # Errors
/// What reading failed with.
pub async fn names(tx: &impl Reads, prefix: &str) -> Result<Vec<String>, StoreError> {
    const QUERY: &str = "SELECT key FROM setting WHERE substr(key, 1, length(?1)) = ?1 ORDER BY key";
    sql::values(tx.db(), QUERY, vec![prefix.into()]).await
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
