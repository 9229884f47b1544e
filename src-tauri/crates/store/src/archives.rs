//! Archives: where servers keep messages.

use sea_orm::FromQueryResult;

use crate::store::sealed::Connected;
use crate::{Address, ArchiveId, ArchiveKind, Reads, StoreError, WriteTx, sql};

/// An archive: where a server keeps messages.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Archive {
    /// Its id.
    pub id: ArchiveId,
    /// Who keeps it: the account's own bare address, or the team's.
    pub address: Address,
    /// Own or a room's.
    pub kind: ArchiveKind,
}

/// The archive kept by `address`, made if it is not there yet.
///
/// # Errors
/// What writing failed with.
pub async fn ensure(tx: &WriteTx, address: &Address, kind: ArchiveKind) -> Result<ArchiveId, StoreError> {
    const INSERT: &str = "INSERT INTO archive (address, kind) VALUES (?, ?) ON CONFLICT (address) DO NOTHING";
    sql::execute(tx.db(), INSERT, vec![address.clone().into(), kind.into()]).await?;
    find(tx, address)
        .await?
        .map(|archive| archive.id)
        .ok_or(StoreError::NotFound)
}

/// The archive kept by `address`.
///
/// # Errors
/// What reading failed with.
async fn find(tx: &impl Reads, address: &Address) -> Result<Option<Archive>, StoreError> {
    sql::first(
        tx.db(),
        "SELECT * FROM archive WHERE address = ?",
        vec![address.clone().into()],
    )
    .await
}

/// One archive.
///
/// # Errors
/// What reading failed with.
pub async fn get(tx: &impl Reads, id: ArchiveId) -> Result<Option<Archive>, StoreError> {
    sql::first(tx.db(), "SELECT * FROM archive WHERE id = ?", vec![id.into()]).await
}
