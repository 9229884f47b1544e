//! Running hand-written SQL, with every value bound.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, FromQueryResult, Statement, TryGetable, Value};

use crate::StoreError;

fn statement(sql: &str, values: Vec<Value>) -> Statement {
    Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)
}

/// Runs a statement; how many rows it changed.
pub(crate) async fn execute(db: &DatabaseTransaction, sql: &str, values: Vec<Value>) -> Result<u64, StoreError> {
    Ok(db.execute_raw(statement(sql, values)).await?.rows_affected())
}

/// Runs a statement that changes one row; [`StoreError::NotFound`] where there is none.
pub(crate) async fn change(db: &DatabaseTransaction, sql: &str, values: Vec<Value>) -> Result<(), StoreError> {
    match execute(db, sql, values).await? {
        0 => Err(StoreError::NotFound),
        _ => Ok(()),
    }
}

/// All rows.
pub(crate) async fn all<T: FromQueryResult>(
    db: &DatabaseTransaction,
    sql: &str,
    values: Vec<Value>,
) -> Result<Vec<T>, StoreError> {
    let rows = db.query_all_raw(statement(sql, values)).await?;
    rows.iter()
        .map(|row| T::from_query_result(row, "").map_err(StoreError::from))
        .collect()
}

/// The first row.
pub(crate) async fn first<T: FromQueryResult>(
    db: &DatabaseTransaction,
    sql: &str,
    values: Vec<Value>,
) -> Result<Option<T>, StoreError> {
    match db.query_one_raw(statement(sql, values)).await? {
        Some(row) => Ok(Some(T::from_query_result(&row, "")?)),
        None => Ok(None),
    }
}

/// The first column of the first row.
pub(crate) async fn value<T: TryGetable>(
    db: &DatabaseTransaction,
    sql: &str,
    values: Vec<Value>,
) -> Result<Option<T>, StoreError> {
    match db.query_one_raw(statement(sql, values)).await? {
        Some(row) => Ok(Some(row.try_get_by_index(0)?)),
        None => Ok(None),
    }
}

/// The first column of every row.
pub(crate) async fn values<T: TryGetable>(
    db: &DatabaseTransaction,
    sql: &str,
    values: Vec<Value>,
) -> Result<Vec<T>, StoreError> {
    let rows = db.query_all_raw(statement(sql, values)).await?;
    rows.iter()
        .map(|row| row.try_get_by_index(0).map_err(StoreError::from))
        .collect()
}

/// `?, ?, ?` for so many values.
pub(crate) fn marks(count: usize) -> String {
    vec!["?"; count].join(", ")
}
