//! How far an archive has been read.
//!
//! Servers write their archives late, and one that is made of several machines also out of order: what is older than the newest
//! message by less than that delay may have siblings that cannot be read yet. So there are two places. The *cursor* is kept in
//! the store and stays behind what may be incomplete; every session, and every second look (R6), begins there and reads a
//! few messages again. A *run* goes on from where its last page ended, whatever the cursor is.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use wardline_store::{ArchiveId, Reads, StoreError, Text, WriteTx, settings};
use wardline_xmpp::archive::ArchivePage;
use wardline_xmpp::ids::ArchiveId as WireId;

/// Later than servers take to write (MongooseIM: 2 s). By the server's own stamps; no clock of this computer has a part in it.
const WRITTEN_AFTER: Duration = Duration::from_secs(3);

/// A place in an archive up to which it has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::engine) struct Cursor {
    /// Archive id of the last message read.
    pub(super) id: WireId,
    /// The newest stamp up to there, to tell which segments begin before it. Unix microseconds.
    pub(super) stamp: i64,
}

/// A cursor as it is kept.
#[derive(Serialize, Deserialize)]
struct Stored {
    id: String,
    stamp: i64,
}

impl Cursor {
    /// The end of a page that was read from here; `None` for a page without end, which is empty.
    pub(super) fn at_end_of(&self, page: &ArchivePage) -> Option<Self> {
        Some(Self {
            id: page.last.clone()?,
            stamp: newest(page).map_or(self.stamp, |newest| newest.max(self.stamp)),
        })
    }
}

fn key(archive: ArchiveId) -> String {
    format!("cursor/{}", archive.0)
}

/// The cursor of an archive; `None` where it has not been read yet.
///
/// # Errors
/// What reading failed with.
pub(super) async fn get(tx: &impl Reads, archive: ArchiveId) -> Result<Option<Cursor>, StoreError> {
    let stored = settings::get(tx, &key(archive)).await?;
    Ok(stored.and_then(|text| {
        let Stored { id, stamp } = serde_json::from_str(&text).ok()?;
        Some(Cursor {
            id: WireId::new(id)?,
            stamp,
        })
    }))
}

/// Keeps the cursor of an archive.
///
/// # Errors
/// What writing failed with.
pub(super) async fn set(tx: &WriteTx, archive: ArchiveId, cursor: &Cursor) -> Result<(), StoreError> {
    let stored = Stored {
        id: cursor.id.as_str().to_owned(),
        stamp: cursor.stamp,
    };
    match serde_json::to_string(&stored) {
        Ok(text) => settings::set(tx, &key(archive), &Text(text)).await,
        Err(_) => Err(StoreError::Internal { code: 0 }),
    }
}

/// Forgets the cursor of an archive: the server no longer knows it.
///
/// # Errors
/// What writing failed with.
pub(super) async fn remove(tx: &WriteTx, archive: ArchiveId) -> Result<(), StoreError> {
    settings::remove(tx, &key(archive)).await
}

/// The last message of a page before which everything has been written; `None` if there is none on it.
pub(super) fn written_by(page: &ArchivePage) -> Option<Cursor> {
    let delay = i64::try_from(WRITTEN_AFTER.as_micros()).unwrap_or(i64::MAX);
    let until = newest(page)?.saturating_sub(delay);
    let mut cursor = None;
    for message in &page.messages {
        let (Some(id), Some(stamp)) = (&message.archive_id, message.stamp) else {
            continue;
        };
        if stamp.at.0 > until {
            break;
        }
        cursor = Some(Cursor {
            id: id.clone(),
            stamp: stamp.at.0,
        });
    }
    cursor
}

/// Where the first run of an archive begins, whose newest page this is.
pub(super) fn first_cursor(page: &ArchivePage) -> Option<Cursor> {
    let first = || {
        Some(Cursor {
            id: page.first.clone()?,
            stamp: oldest(page).unwrap_or(i64::MIN),
        })
    };
    written_by(page).or_else(first)
}

fn stamps(page: &ArchivePage) -> impl Iterator<Item = i64> {
    page.messages.iter().filter_map(|message| Some(message.stamp?.at.0))
}

fn newest(page: &ArchivePage) -> Option<i64> {
    stamps(page).max()
}

fn oldest(page: &ArchivePage) -> Option<i64> {
    stamps(page).min()
}
