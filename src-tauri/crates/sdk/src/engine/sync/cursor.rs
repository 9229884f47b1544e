//! How far an archive has been read.
//!
//! Servers write their archives late, and one that is made of several machines also out of order: what is older than the newest
//! message by less than that delay may have siblings that cannot be read yet. So there are two places. The *cursor* is kept in
//! the store and stays behind what may be incomplete; every session, and every second look (R6), begins there and reads a
//! few messages again. A *run* goes on from where its last page ended, whatever the cursor is.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use wardline_store::{ArchiveId, Reads, StoreError, Text, WriteTx};
use wardline_xmpp::archive::{ArchivePage, Reach};
use wardline_xmpp::ids::ArchiveId as WireId;

use crate::setting_keys::ARCHIVE_CURSOR;

/// More than servers have waiting to be written (MongooseIM: 30).
const WRITTEN_BEHIND: usize = 50;

/// Later than servers take to write (MongooseIM: 2 s). By the server's own stamps; no clock of this computer has a part in it.
const WRITTEN_AFTER: Duration = Duration::from_secs(3);

/// A place in an archive up to which it has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::engine) struct Cursor {
    /// Archive id of the last message read; `None`: nothing, it stands before the first message.
    pub(super) id: Option<WireId>,
    /// The newest stamp up to there, to tell which segments begin before it. Unix microseconds.
    pub(super) stamp: i64,
}

/// A cursor as it is kept.
#[derive(Serialize, Deserialize)]
struct Stored {
    id: Option<String>,
    stamp: i64,
}

impl Cursor {
    /// From which time on an archive tells everything with this page, the first one of a run from here. A cursor that the server knows has
    /// not expired; before the first message it is not known what has. `None`: it tells nothing.
    pub(super) fn told_since(&self, page: &ArchivePage) -> Option<i64> {
        match &self.id {
            Some(_) => Some(self.stamp),
            None => results(page).map(|(_, stamp)| stamp).min(),
        }
    }

    /// The end of a page that was read from here; `None` if the page leads nowhere.
    pub(super) fn at_end_of(&self, page: &ArchivePage) -> Option<Self> {
        Some(Self {
            id: Some(page.last.clone().filter(|last| Some(last) != self.id.as_ref())?),
            stamp: results(page).fold(self.stamp, |newest, (_, stamp)| newest.max(stamp)),
        })
    }
}

/// The cursor of an archive; `None` where it has not been read yet.
///
/// # Errors
/// What reading failed with.
pub(super) async fn get(tx: &impl Reads, archive: ArchiveId) -> Result<Option<Cursor>, StoreError> {
    let stored = ARCHIVE_CURSOR.of(archive).get(tx).await?;
    Ok(stored.and_then(|text| {
        let Stored { id, stamp } = serde_json::from_str(&text).ok()?;
        let id = id.and_then(WireId::new);
        Some(Cursor { id, stamp })
    }))
}

/// Keeps the cursor of an archive.
///
/// # Errors
/// What writing failed with.
pub(super) async fn set(tx: &WriteTx, archive: ArchiveId, cursor: &Cursor) -> Result<(), StoreError> {
    let stored = Stored {
        id: cursor.id.clone().map(WireId::into_string),
        stamp: cursor.stamp,
    };
    match serde_json::to_string(&stored) {
        Ok(text) => ARCHIVE_CURSOR.of(archive).set(tx, &Text(text)).await,
        Err(_) => Err(StoreError::Internal { code: 0 }),
    }
}

/// Forgets the cursor of an archive: the server no longer knows it.
///
/// # Errors
/// What writing failed with.
pub(super) async fn remove(tx: &WriteTx, archive: ArchiveId) -> Result<(), StoreError> {
    ARCHIVE_CURSOR.of(archive).remove(tx).await
}

/// The last message of a page before which everything has been written; `None` if there is none on it.
pub(super) fn written_by(page: &ArchivePage) -> Option<Cursor> {
    let stamps: Vec<i64> = results(page).map(|(_, stamp)| stamp).collect();
    let (id, stamp) = results(page).nth(last_written(&stamps)?)?;
    Some(Cursor {
        id: Some(id.clone()),
        stamp,
    })
}

/// Where the first run of an archive begins, whose newest page this is.
pub(super) fn first_cursor(page: &ArchivePage) -> Cursor {
    let otherwise = || match page.reach {
        // All that there is, and it is very young, or there is nothing at all: more may be on its way.
        Reach::Complete => Cursor {
            id: None,
            stamp: i64::MIN,
        },
        Reach::More => Cursor {
            id: page.first.clone(),
            stamp: results(page).map(|(_, stamp)| stamp).min().unwrap_or(i64::MIN),
        },
    };
    written_by(page).unwrap_or_else(otherwise)
}

/// Ids and stamps of the messages of a page.
pub(super) fn results(page: &ArchivePage) -> impl Iterator<Item = (&WireId, i64)> {
    page.messages
        .iter()
        .filter_map(|message| Some((message.archive_id.as_ref()?, message.stamp?.at.0)))
}

/// Which of a page's messages, given by their stamps, is the last one that nothing can come before any more.
fn last_written(stamps: &[i64]) -> Option<usize> {
    let delay = i64::try_from(WRITTEN_AFTER.as_micros()).unwrap_or(i64::MAX);
    let until = stamps.iter().max()?.saturating_sub(delay);
    let written = stamps.iter().take_while(|stamp| **stamp <= until).count();
    written.max(stamps.len().saturating_sub(WRITTEN_BEHIND)).checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    #[test]
    fn the_cursor_stays_behind_the_newest_three_seconds() {
        let stamps = [1, 5, 7, 8, 10].map(|second| second * SECOND);
        assert_eq!(last_written(&stamps), Some(2));
        assert_eq!(last_written(&[8 * SECOND, 10 * SECOND]), None);
        assert_eq!(last_written(&[]), None);
    }

    #[test]
    fn many_in_one_second_do_not_hold_it_up() {
        assert_eq!(last_written(&[SECOND; 50]), None);
        assert_eq!(last_written(&[SECOND; 53]), Some(2));
    }

    #[test]
    fn a_stamp_out_of_order_stops_it() {
        let stamps = [1, 9, 2, 10].map(|second| second * SECOND);
        assert_eq!(last_written(&stamps), Some(0));
    }
}
