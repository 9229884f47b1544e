//! The schema's versions. `PRAGMA user_version` counts the migrations that a database has seen; each runs once, in one
//! transaction with the count. A migration that was ever released is never edited: add another.

use sea_orm::sqlx::{self, Executor, SqlitePool};

use crate::{Origin, StoreError};

const MIGRATIONS: &[&str] = &[include_str!("../migrations/0001_initial.sql")];

/// The version that this app reads and writes.
pub(crate) const KNOWN: i64 = MIGRATIONS.len() as i64;

pub(crate) async fn migrate(pool: &SqlitePool) -> Result<Origin, StoreError> {
    let found: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(pool).await?;
    if found > KNOWN {
        return Err(StoreError::Newer { found, known: KNOWN });
    }
    let done = usize::try_from(found).map_err(|_| StoreError::Damaged)?;
    for (version, migration) in (1i64..).zip(MIGRATIONS).skip(done) {
        let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
        transaction.execute(*migration).await?;
        transaction
            .execute(sqlx::AssertSqlSafe(format!("PRAGMA user_version = {version}")))
            .await?;
        transaction.commit().await?;
    }
    Ok(match found {
        0 => Origin::Created,
        KNOWN => Origin::Existing,
        from => Origin::Migrated { from },
    })
}
