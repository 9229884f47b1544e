//! The signed-in account.

use sea_orm::FromQueryResult;

use crate::store::sealed::Connected;
use crate::{Address, Reads, Secret, StoreError, Text, WriteTx, sql};

/// The signed-in account; there is at most one.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Account {
    /// Always 1.
    pub id: i64,
    /// Bare address.
    pub address: Address,
    /// Resource of this installation.
    pub resource: Text,
    /// How to find the server, as JSON.
    pub server: Text,
    /// What proves the account to the server, in the SDK's form.
    pub credential: Secret,
}

/// What an account consists of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// Bare address.
    pub address: Address,
    /// Resource of this installation.
    pub resource: Text,
    /// How to find the server, as JSON.
    pub server: Text,
    /// What proves the account to the server, in the SDK's form.
    pub credential: Secret,
}

/// The account.
///
/// # Errors
/// What reading failed with.
pub async fn get(tx: &impl Reads) -> Result<Option<Account>, StoreError> {
    sql::first(tx.db(), "SELECT * FROM account", vec![]).await
}

/// Stores the account in place of the one that was there.
///
/// # Errors
/// What writing failed with.
pub async fn put(tx: &WriteTx, account: NewAccount) -> Result<(), StoreError> {
    const PUT: &str =
        "INSERT OR REPLACE INTO account (id, address, resource, server, credential) VALUES (1, ?, ?, ?, ?)";
    let NewAccount {
        address,
        resource,
        server,
        credential,
    } = account;
    sql::execute(
        tx.db(),
        PUT,
        vec![address.into(), resource.into(), server.into(), credential.into()],
    )
    .await?;
    Ok(())
}

/// Stores what proves the account from now on.
///
/// # Errors
/// [`StoreError::NotFound`] if nobody is signed in.
pub async fn set_credential(tx: &WriteTx, credential: Secret) -> Result<(), StoreError> {
    sql::change(tx.db(), "UPDATE account SET credential = ?", vec![credential.into()]).await
}

/// Forgets the account; its messages stay.
///
/// # Errors
/// What writing failed with.
pub async fn remove(tx: &WriteTx) -> Result<(), StoreError> {
    sql::execute(tx.db(), "DELETE FROM account", vec![]).await?;
    Ok(())
}
