//! Running hand-written SQL, with every value bound.

use sea_orm::{DbBackend, FromQueryResult, Statement, TryGetable, Value};

use crate::StoreError;
use crate::connection::Connection;

fn statement(sql: &str, values: Vec<Value>) -> Statement {
    Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)
}

/// Runs a statement; how many rows it changed.
pub(crate) async fn execute(db: &Connection, sql: &str, values: Vec<Value>) -> Result<u64, StoreError> {
    Ok(db.execute(statement(sql, values)).await?.rows_affected())
}

/// Runs a statement that changes one row; [`StoreError::NotFound`] where there is none.
pub(crate) async fn change(db: &Connection, sql: &str, values: Vec<Value>) -> Result<(), StoreError> {
    match execute(db, sql, values).await? {
        0 => Err(StoreError::NotFound),
        _ => Ok(()),
    }
}

/// All rows.
pub(crate) async fn all<T: FromQueryResult>(
    db: &Connection,
    sql: &str,
    values: Vec<Value>,
) -> Result<Vec<T>, StoreError> {
    let rows = db.all(statement(sql, values)).await?;
    rows.iter()
        .map(|row| db.decoded(T::from_query_result(row, "")))
        .collect()
}

/// The first row.
pub(crate) async fn first<T: FromQueryResult>(
    db: &Connection,
    sql: &str,
    values: Vec<Value>,
) -> Result<Option<T>, StoreError> {
    match db.first(statement(sql, values)).await? {
        Some(row) => Ok(Some(db.decoded(T::from_query_result(&row, ""))?)),
        None => Ok(None),
    }
}

/// The first column of the first row.
pub(crate) async fn value<T: TryGetable>(
    db: &Connection,
    sql: &str,
    values: Vec<Value>,
) -> Result<Option<T>, StoreError> {
    match db.first(statement(sql, values)).await? {
        Some(row) => Ok(Some(db.decoded(row.try_get_by_index(0))?)),
        None => Ok(None),
    }
}

/// The first column of every row.
pub(crate) async fn values<T: TryGetable>(
    db: &Connection,
    sql: &str,
    values: Vec<Value>,
) -> Result<Vec<T>, StoreError> {
    let rows = db.all(statement(sql, values)).await?;
    rows.iter().map(|row| db.decoded(row.try_get_by_index(0))).collect()
}

/// Rows of one statement at most: far below SQLite's limit of 32,766 values, and enough to make the statement's own cost vanish.
const MOST_ROWS: usize = 256;

/// Rows in parts of 256, then 128, 64 and so on: a page of any size is made of the same few statements, which are prepared once and
/// not for each page.
pub(crate) fn batches<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let size = rows.len().min(MOST_ROWS);
        let (batch, rest) = rows.split_at_checked(1 << size.checked_ilog2()?)?;
        rows = rest;
        Some(batch)
    })
}

/// `?3, ?4, ?5` for so many values, the first of this number: sqlx counts numbered marks and plain ones apart, so that a statement with
/// some numbered marks needs numbers everywhere.
pub(crate) fn numbered_marks(first: usize, count: usize) -> String {
    let marks: Vec<String> = (first..first.saturating_add(count))
        .map(|number| format!("?{number}"))
        .collect();
    marks.join(", ")
}

/// `?, ?, ?` for so many values.
pub(crate) fn marks(count: usize) -> String {
    vec!["?"; count].join(", ")
}

#[cfg(test)]
mod tests {
    use super::batches;

    #[test]
    fn every_row_is_in_one_batch_and_few_sizes_do_for_all() {
        for length in [0, 1, 2, 3, 255, 256, 257, 750] {
            let rows: Vec<usize> = (0..length).collect();
            let parts: Vec<&[usize]> = batches(&rows).collect();
            assert_eq!(parts.concat(), rows);
            assert!(
                parts
                    .iter()
                    .all(|part| part.len().is_power_of_two() && part.len() <= 256)
            );
        }
    }
}
