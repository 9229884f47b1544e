//! The loaded window of one thread in memory: items in order, each change told as a diff.
//!
//! The window reaches from its first loaded item to the newest message; what lies before is loaded page by page. Items
//! are ordered by their [`Place`], which comes from the store. The window knows nothing of where messages come from.

use wardline_store::messages::PENDING_BASE;

use crate::view::{MessageId, Revision, TimelineDiff, TimelineItem, TimelineStart};

/// Where an item stands: the store's position, then whether it is a gap (which stands before the message at the same
/// position), then its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    position: i64,
    layer: Layer,
    id: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Layer {
    Gap,
    Message,
}

/// An item and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Placed {
    position: i64,
    item: TimelineItem,
}

impl Placed {
    /// `position` is that of the message, or of the first message after the gap.
    pub(crate) fn new(position: i64, item: TimelineItem) -> Self {
        Self { position, item }
    }

    /// Where it stands.
    pub(crate) fn position(&self) -> i64 {
        self.position
    }

    /// Whether `item` is this one, in whatever state.
    pub(crate) fn is_same_item(&self, item: &TimelineItem) -> bool {
        key(&self.item) == key(item)
    }

    fn place(&self) -> Place {
        let (layer, id) = key(&self.item);
        Place {
            position: self.position,
            layer,
            id,
        }
    }
}

fn key(item: &TimelineItem) -> (Layer, i64) {
    match item {
        TimelineItem::Gap { id, .. } => (Layer::Gap, id.0),
        TimelineItem::Message(message) => (Layer::Message, message.id.0),
    }
}

/// The window of an open thread.
#[derive(Debug)]
pub(crate) struct Timeline {
    revision: Revision,
    start: TimelineStart,
    items: Vec<Placed>,
    first_unread: Option<MessageId>,
}

impl Timeline {
    /// A window of these items, in whatever order they come.
    pub(crate) fn new(mut items: Vec<Placed>, start: TimelineStart, first_unread: Option<MessageId>) -> Self {
        items.sort_unstable_by_key(Placed::place);
        Self {
            revision: Revision::default(),
            start,
            items,
            first_unread,
        }
    }

    pub(crate) fn revision(&self) -> Revision {
        self.revision
    }

    pub(crate) fn start(&self) -> TimelineStart {
        self.start
    }

    pub(crate) fn first_unread(&self) -> Option<MessageId> {
        self.first_unread
    }

    /// Items, oldest first.
    pub(crate) fn items(&self) -> Vec<TimelineItem> {
        self.items.iter().map(|placed| placed.item.clone()).collect()
    }

    /// Position and id of the oldest loaded message: where the page before begins.
    pub(crate) fn oldest_message(&self) -> Option<(i64, MessageId)> {
        self.items.iter().find_map(|placed| match &placed.item {
            TimelineItem::Message(message) => Some((placed.position, message.id)),
            TimelineItem::Gap { .. } => None,
        })
    }

    /// Counts one batch of diffs and returns the revision that it leads to.
    pub(crate) fn advance(&mut self) -> Revision {
        self.revision = self.revision.next();
        self.revision
    }

    /// Whether a message at `position` is within the window: older ones are seen when their page is loaded. Local echoes
    /// say nothing about where the window begins: they stand at the end until they get their place.
    pub(crate) fn covers(&self, position: i64) -> bool {
        let settled = self.items.iter().find(|placed| placed.position < PENDING_BASE);
        settled.is_none_or(|first| position >= first.position) || self.start == TimelineStart::Beginning
    }

    /// Puts items where they belong, moving and updating those that are there. Runs of new neighbours become one diff.
    pub(crate) fn put(&mut self, mut placed: Vec<Placed>, diffs: &mut Vec<TimelineDiff>) {
        placed.sort_unstable_by_key(Placed::place);
        let mut run: Option<(usize, Vec<TimelineItem>)> = None;
        for new in placed {
            match self.find(&new.item) {
                Some(at) if self.items.get(at) == Some(&new) => continue,
                Some(at) if self.items.get(at).map(Placed::place) == Some(new.place()) => {
                    flush(&mut run, diffs);
                    diffs.push(TimelineDiff::Update {
                        index: index(at),
                        item: new.item.clone(),
                    });
                    if let Some(slot) = self.items.get_mut(at) {
                        *slot = new;
                    }
                    continue;
                }
                Some(at) => {
                    flush(&mut run, diffs);
                    self.items.remove(at);
                    diffs.push(TimelineDiff::Remove {
                        index: index(at),
                        count: 1,
                    });
                }
                None => {}
            }
            let at = self.items.partition_point(|held| held.place() < new.place());
            match &mut run {
                Some((from, items)) if *from + items.len() == at => items.push(new.item.clone()),
                _ => {
                    flush(&mut run, diffs);
                    run = Some((at, vec![new.item.clone()]));
                }
            }
            self.items.insert(at, new);
        }
        flush(&mut run, diffs);
    }

    /// Takes out the items for which `gone` says so.
    pub(crate) fn remove(&mut self, gone: impl Fn(&TimelineItem) -> bool, diffs: &mut Vec<TimelineDiff>) {
        let mut at = 0;
        while let Some(placed) = self.items.get(at) {
            if gone(&placed.item) {
                self.items.remove(at);
                diffs.push(TimelineDiff::Remove {
                    index: index(at),
                    count: 1,
                });
            } else {
                at += 1;
            }
        }
    }

    /// Says what lies before the first item.
    pub(crate) fn set_start(&mut self, start: TimelineStart, diffs: &mut Vec<TimelineDiff>) {
        if self.start != start {
            self.start = start;
            diffs.push(TimelineDiff::Start { start });
        }
    }

    /// The index of the item with the same identity. Looked for from the end, where almost every change is.
    fn find(&self, item: &TimelineItem) -> Option<usize> {
        let wanted = key(item);
        self.items.iter().rposition(|held| key(&held.item) == wanted)
    }
}

fn flush(run: &mut Option<(usize, Vec<TimelineItem>)>, diffs: &mut Vec<TimelineDiff>) {
    if let Some((at, items)) = run.take() {
        diffs.push(TimelineDiff::Insert {
            index: index(at),
            items,
        });
    }
}

fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
