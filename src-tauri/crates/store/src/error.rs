//! What can go wrong, without a word of what was being stored.

use sea_orm::sqlx;
use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr};

/// Why a store could not be opened, read or written. Carries codes only: never SQL, values, paths or keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The file does not open with this key: the key is another, or the first page is damaged. The two cannot be told
    /// apart.
    #[error("wrong key or damaged database")]
    NotADatabase,
    /// The database is damaged, or holds something that this version cannot have written.
    #[error("database is damaged")]
    Damaged,
    /// The disk is full.
    #[error("disk is full")]
    Full,
    /// Reading or writing the file failed, or it may not be opened or written (SQLite's extended result code, or 0).
    #[error("database file cannot be used (code {code})")]
    Io {
        /// SQLite's extended result code; 0 where the operating system failed before SQLite.
        code: i32,
    },
    /// The file is not where it was any more: what is written would be lost.
    #[error("database file is gone")]
    Gone,
    /// Another process holds the database.
    #[error("database is in use")]
    Busy,
    /// The database was written by a newer version of the app.
    #[error("database has schema {found}, this version knows {known}")]
    Newer {
        /// Version of the database.
        found: i64,
        /// Newest version known.
        known: i64,
    },
    /// This build of SQLite cannot encrypt. Nothing was written.
    #[error("database would not be encrypted")]
    NotEncrypting,
    /// A row refers to one that does not exist, or exists already.
    #[error("constraint violated (code {code})")]
    Constraint {
        /// SQLite's extended result code.
        code: i32,
    },
    /// A row that must be there is not.
    #[error("row not found")]
    NotFound,
    /// The store is closed.
    #[error("store is closed")]
    Closed,
    /// Anything else; a defect (SQLite's extended result code, or 0).
    #[error("database failed (code {code})")]
    Internal {
        /// SQLite's extended result code, or 0.
        code: i32,
    },
}

impl StoreError {
    /// Whether the file failed, and not what was asked of it: nothing that was not committed before can be relied on.
    #[must_use]
    pub fn is_failure(self) -> bool {
        match self {
            Self::NotADatabase
            | Self::Damaged
            | Self::Full
            | Self::Io { .. }
            | Self::Gone
            | Self::Busy
            | Self::Internal { .. } => true,
            Self::Newer { .. } | Self::NotEncrypting | Self::Constraint { .. } | Self::NotFound | Self::Closed => false,
        }
    }

    /// Whether what the file holds is lost, so that waiting does not help: only another file does.
    #[must_use]
    pub fn is_loss(self) -> bool {
        matches!(self, Self::NotADatabase | Self::Damaged | Self::Gone)
    }

    fn from_code(code: i32) -> Self {
        // The low byte is the primary result code (https://www.sqlite.org/rescode.html).
        match code & 0xff {
            5 | 6 => Self::Busy,
            8 | 10 | 14 => Self::Io { code },
            11 => Self::Damaged,
            13 => Self::Full,
            19 => Self::Constraint { code },
            26 => Self::NotADatabase,
            _ => Self::Internal { code },
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::from(&error)
    }
}

impl From<&sqlx::Error> for StoreError {
    fn from(error: &sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(error) => {
                Self::from_code(error.code().and_then(|code| code.parse().ok()).unwrap_or_default())
            }
            sqlx::Error::PoolClosed => Self::Closed,
            sqlx::Error::PoolTimedOut => Self::Busy,
            sqlx::Error::Io(_) => Self::Io { code: 0 },
            sqlx::Error::RowNotFound => Self::NotFound,
            // STRICT tables and one writer: a value of another type was not written by this app.
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => Self::Damaged,
            _ => Self::Internal { code: 0 },
        }
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match &error {
            DbErr::Conn(RuntimeErr::SqlxError(error))
            | DbErr::Exec(RuntimeErr::SqlxError(error))
            | DbErr::Query(RuntimeErr::SqlxError(error)) => Self::from(error.as_ref()),
            DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed) => Self::Closed,
            DbErr::ConnectionAcquire(ConnAcquireErr::Timeout) => Self::Busy,
            DbErr::RecordNotFound(_) | DbErr::RecordNotUpdated => Self::NotFound,
            DbErr::Type(_) | DbErr::TryIntoErr { .. } => Self::Damaged,
            _ => Self::Internal { code: 0 },
        }
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull => Self::Full,
            _ => Self::Io { code: 0 },
        }
    }
}
