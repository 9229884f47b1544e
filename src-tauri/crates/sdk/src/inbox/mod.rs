//! The chat list in memory: rows in order, changed one at a time, each change told as a diff.
//!
//! Order: what is put aside comes last; pinned first, then by the newest message, newest first; ties by address, as on
//! every other device. The order is total, so that a row's place can be found by binary search: changing one row costs O(log n)
//! comparisons whatever the list's length.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::view::{
    ConversationBox, ConversationId, ConversationRow, InboxDiff, InboxSnapshot, MUTED_FOR_EVER, Revision,
};

/// What a row is sorted by; smaller is higher.
type Rank = (bool, Reverse<bool>, Reverse<i64>, Arc<str>, ConversationId);

/// A row with what it is sorted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ranked {
    /// Place of the newest message; 0 where there is none.
    pub(crate) newest: i64,
    /// The conversation's address: what is of one time stands in the same order on every device.
    pub(crate) address: Arc<str>,
    /// The row.
    pub(crate) row: ConversationRow,
}

impl Ranked {
    fn rank(&self) -> Rank {
        let aside = self.row.shown_in == ConversationBox::Archive;
        (
            aside,
            Reverse(self.row.pinned),
            Reverse(self.newest),
            Arc::clone(&self.address),
            self.row.id,
        )
    }
}

/// The list.
#[derive(Debug, Default)]
pub(crate) struct Inbox {
    revision: Revision,
    order: Vec<Rank>,
    rows: HashMap<ConversationId, Ranked>,
    unread: u64,
    told: Option<u32>,
    /// Conversations that are muted for a time, by its end.
    muted: BTreeSet<(i64, ConversationId)>,
}

impl Inbox {
    /// The list of these rows, in whatever order they come.
    pub(crate) fn new(rows: Vec<Ranked>) -> Self {
        let rows: HashMap<_, _> = rows.into_iter().map(|ranked| (ranked.row.id, ranked)).collect();
        let mut order: Vec<Rank> = rows.values().map(Ranked::rank).collect();
        order.sort_unstable();
        let unread = rows.values().map(|ranked| counted(&ranked.row)).sum();
        let muted = rows.values().filter_map(|ranked| end_of_mute(&ranked.row)).collect();
        Self {
            revision: Revision::default(),
            order,
            rows,
            unread,
            told: None,
            muted,
        }
    }

    /// Takes the place of another list, whose revisions go on.
    pub(crate) fn follow(&mut self, former: &Self) {
        self.revision = former.revision.next();
    }

    /// Everything, in order.
    pub(crate) fn snapshot(&self) -> InboxSnapshot {
        let rows = self
            .order
            .iter()
            .filter_map(|(.., id)| self.rows.get(id))
            .map(|ranked| ranked.row.clone())
            .collect();
        InboxSnapshot {
            revision: self.revision,
            rows,
            unread: self.unread(),
        }
    }

    fn unread(&self) -> u32 {
        u32::try_from(self.unread).unwrap_or(u32::MAX)
    }

    /// The row of a conversation.
    pub(crate) fn row(&self, id: ConversationId) -> Option<&ConversationRow> {
        self.rows.get(&id).map(|ranked| &ranked.row)
    }

    /// The number of unread messages in conversations that are neither muted nor put aside, unless this has been answered
    /// before.
    pub(crate) fn untold_unread(&mut self) -> Option<u32> {
        let total = self.unread();
        let is_news = self.told != Some(total);
        self.told = Some(total);
        is_news.then_some(total)
    }

    /// When the next conversation is no longer muted, Unix milliseconds.
    pub(crate) fn next_unmuting(&self) -> Option<i64> {
        self.muted.first().map(|(until, _)| *until)
    }

    /// Conversations that were muted until then, or until some time before.
    pub(crate) fn unmuted(&self, now: i64) -> Vec<ConversationId> {
        let over = self.muted.iter().take_while(|(until, _)| *until <= now);
        over.map(|(_, id)| *id).collect()
    }

    fn count(&mut self, before: Option<&ConversationRow>, after: Option<&ConversationRow>) {
        let (lost, gained) = (before.map_or(0, counted), after.map_or(0, counted));
        self.unread = self.unread.saturating_add(gained).saturating_sub(lost);
        if let Some(muted) = before.and_then(end_of_mute) {
            self.muted.remove(&muted);
        }
        self.muted.extend(after.and_then(end_of_mute));
    }

    /// Counts one batch of diffs and returns the revision that it leads to.
    pub(crate) fn advance(&mut self) -> Revision {
        self.revision = self.revision.next();
        self.revision
    }

    /// Puts a row where it belongs. Appends what changed to `diffs`: nothing where nothing did.
    pub(crate) fn put(&mut self, ranked: Ranked, diffs: &mut Vec<InboxDiff>) {
        let id = ranked.row.id;
        let rank = ranked.rank();
        let Some(before) = self.rows.get(&id) else {
            let at = self.insert_rank(rank);
            diffs.push(InboxDiff::Insert {
                index: index(at),
                row: Box::new(ranked.row.clone()),
            });
            self.count(None, Some(&ranked.row));
            self.rows.insert(id, ranked);
            return;
        };
        if *before == ranked {
            return;
        }
        let old_rank = before.rank();
        let row_changed = before.row != ranked.row;
        let mut at = self.order.binary_search(&old_rank).unwrap_or_else(|at| at);
        if old_rank != rank {
            self.order.remove(at);
            let to = self.insert_rank(rank);
            if to != at {
                diffs.push(InboxDiff::Move {
                    from: index(at),
                    to: index(to),
                });
            }
            at = to;
        }
        if row_changed {
            diffs.push(InboxDiff::Update {
                index: index(at),
                row: Box::new(ranked.row.clone()),
            });
        }
        let before = self.rows.insert(id, ranked.clone());
        self.count(before.as_ref().map(|before| &before.row), Some(&ranked.row));
    }

    /// Takes a row out, if it is there.
    pub(crate) fn remove(&mut self, id: ConversationId, diffs: &mut Vec<InboxDiff>) {
        let Some(gone) = self.rows.remove(&id) else {
            return;
        };
        self.count(Some(&gone.row), None);
        if let Ok(at) = self.order.binary_search(&gone.rank()) {
            self.order.remove(at);
            diffs.push(InboxDiff::Remove { index: index(at) });
        }
    }

    fn insert_rank(&mut self, rank: Rank) -> usize {
        let at = self.order.binary_search(&rank).unwrap_or_else(|at| at);
        self.order.insert(at, rank);
        at
    }
}

/// What a row adds to the number of unread messages.
fn counted(row: &ConversationRow) -> u64 {
    match (row.shown_in, row.muted_until) {
        (ConversationBox::Inbox, None) => u64::from(row.unread),
        _ => 0,
    }
}

fn end_of_mute(row: &ConversationRow) -> Option<(i64, ConversationId)> {
    let until = row.muted_until.filter(|until| *until < MUTED_FOR_EVER)?;
    // Milliseconds were cut off the time at which it ends.
    Some((until.saturating_add(1), row.id))
}

fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
