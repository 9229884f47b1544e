//! Messages put straight into a stopped server's archive: thousands a second, with the stamps that the test wants.

use std::path::Path;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, Database, DatabaseBackend, DatabaseConnection, Statement, TransactionTrait, Value};

use super::ServerError;

/// Whose archive a stanza lies in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArchiveOwner {
    /// A person's own archive, by the name before the `@`.
    Person(String),
    /// A team chat's archive, by the name before the `@`.
    Room(String),
}

/// One archived message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivedStanza {
    /// Whose archive.
    pub owner: ArchiveOwner,
    /// The archive id, unique within the archive.
    pub id: String,
    /// When the server received it.
    pub at: DateTime<Utc>,
    /// The other side's bare address; unused in a team chat's archive.
    pub with: String,
    /// The `<message/>`, serialised, in the namespace `jabber:client`.
    pub stanza: String,
    /// The text in it, for servers whose archive search has a column of its own.
    pub text: String,
}

/// Rows a statement: as many as fit under SQLite's 32,766 parameters, eight columns each.
const ROWS: usize = 1000;

/// Runs `sql` (one or several statements) on the database in `file`, which is made if it is not there.
pub(super) async fn execute(file: &Path, sql: &str) -> Result<(), ServerError> {
    let connection = open(file).await?;
    connection.execute_unprepared(sql).await?;
    connection.close().await?;
    Ok(())
}

async fn open(file: &Path) -> Result<DatabaseConnection, ServerError> {
    Ok(Database::connect(format!("sqlite://{}?mode=rwc", file.display())).await?)
}

/// Inserts `rows` by statements of many rows each, all in one transaction.
pub(super) async fn insert(database: &Path, into: &str, rows: Vec<Vec<Value>>) -> Result<(), ServerError> {
    let connection = open(database).await?;
    let transaction = connection.begin().await?;
    for chunk in rows.chunks(ROWS) {
        let width = chunk.first().map_or(0, Vec::len);
        let row = format!("({})", vec!["?"; width].join(","));
        let sql = format!("INSERT INTO {into} VALUES {}", vec![row; chunk.len()].join(","));
        let values: Vec<Value> = chunk.iter().flatten().cloned().collect();
        transaction
            .execute_raw(Statement::from_sql_and_values(DatabaseBackend::Sqlite, sql, values))
            .await?;
    }
    transaction.commit().await?;
    connection.close().await?;
    Ok(())
}
