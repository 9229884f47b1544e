//! The loaded window of one thread in memory: items in order, each change told as a diff.
//!
//! The window holds every message of the store between its first and its last one. It may lie anywhere in the thread: what is
//! before and after it is loaded page by page. A window whose [end](TimelineEnd) is the newest message takes in what is
//! appended. Items are ordered by their [`Place`], which comes from the store. The window knows nothing of where messages
//! come from.

use wardline_store::messages::PENDING_BASE;

use crate::view::{Author, MessageId, Revision, TimelineDiff, TimelineEnd, TimelineItem, TimelineStart, UnreadLine};

/// A window with more items than this is cut down, so that a reader of years costs no more than a reader of a day.
const MOST: usize = 800;
/// How many items are left of it.
const KEPT: usize = 400;

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

    /// Position and id of a message or notice; `None` for a gap.
    fn message(&self) -> Option<(i64, MessageId)> {
        Some((self.position, self.item.id()?))
    }

    /// Whether `item` is this one, in whatever state.
    fn is_same_item(&self, item: &TimelineItem) -> bool {
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
        TimelineItem::Notice(notice) => (Layer::Message, notice.id.0),
    }
}

/// Where something lies beside a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Region {
    Before,
    Inside,
    After,
}

/// The window of an open thread.
#[derive(Debug)]
pub(crate) struct Timeline {
    revision: Revision,
    start: TimelineStart,
    end: TimelineEnd,
    items: Vec<Placed>,
    unread: Option<UnreadLine>,
    /// The message that the reader has before them, as far as was told.
    viewed: Option<MessageId>,
}

impl Timeline {
    /// A window of these items, in whatever order they come.
    pub(crate) fn new(mut items: Vec<Placed>, end: TimelineEnd) -> Self {
        items.sort_unstable_by_key(Placed::place);
        Self {
            revision: Revision::default(),
            start: TimelineStart::More,
            end,
            items,
            unread: None,
            viewed: None,
        }
    }

    /// The same window, with the line above the first unread message.
    pub(crate) fn with_unread(self, unread: Option<UnreadLine>) -> Self {
        Self { unread, ..self }
    }

    /// The same window, whose revisions begin here: above those of every window before it, so that an event of an earlier one is never
    /// taken for one of this.
    pub(crate) fn beginning_at(self, revision: Revision) -> Self {
        Self { revision, ..self }
    }

    /// Takes the place of another window of the same thread, whose revisions go on.
    pub(crate) fn following(self, former: &Self) -> Self {
        Self {
            revision: former.revision.next(),
            unread: former.unread.clone(),
            ..self
        }
    }

    pub(crate) fn revision(&self) -> Revision {
        self.revision
    }

    pub(crate) fn start(&self) -> TimelineStart {
        self.start
    }

    pub(crate) fn end(&self) -> TimelineEnd {
        self.end
    }

    pub(crate) fn unread(&self) -> Option<UnreadLine> {
        self.unread.clone()
    }

    /// Items, oldest first.
    pub(crate) fn items(&self) -> Vec<TimelineItem> {
        self.items.iter().map(|placed| placed.item.clone()).collect()
    }

    /// Position and id of the oldest loaded message: where the page before begins.
    pub(crate) fn oldest_message(&self) -> Option<(i64, MessageId)> {
        self.items.iter().find_map(Placed::message)
    }

    /// Position and id of the newest loaded message: where the page after begins.
    pub(crate) fn newest_message(&self) -> Option<(i64, MessageId)> {
        self.items.iter().rev().find_map(Placed::message)
    }

    /// Whether a message is loaded.
    pub(crate) fn holds(&self, message: MessageId) -> bool {
        self.position_of(message).is_some()
    }

    /// The loaded messages of one's own.
    pub(crate) fn own_messages(&self) -> Vec<MessageId> {
        let own = self.items.iter().filter_map(|placed| match &placed.item {
            TimelineItem::Message(message) if message.author == Author::Me => Some(message.id),
            _ => None,
        });
        own.collect()
    }

    /// The reader has this message before them.
    pub(crate) fn view(&mut self, message: MessageId) {
        self.viewed = Some(message);
    }

    /// The position of what the reader has before them; `None`: not known, or the newest.
    pub(crate) fn viewed(&self) -> Option<i64> {
        self.position_of(self.viewed?)
    }

    fn position_of(&self, message: MessageId) -> Option<i64> {
        let found = self.items.iter().rev().filter_map(Placed::message);
        found
            .filter(|(_, id)| *id == message)
            .map(|(position, _)| position)
            .next()
    }

    /// Counts one batch of diffs and returns the revision that it leads to.
    pub(crate) fn advance(&mut self) -> Revision {
        self.revision = self.revision.next();
        self.revision
    }

    /// Where a position lies beside the window: what is outside is seen when its page is loaded. Local echoes say nothing about
    /// where the window begins: they stand at the end until they get their place.
    pub(crate) fn region(&self, position: i64) -> Region {
        let settled = |(position, _): &(i64, MessageId)| *position < PENDING_BASE;
        let first = self.items.iter().filter_map(Placed::message).find(settled);
        let last = self.items.iter().rev().filter_map(Placed::message).find(settled);
        if self.start != TimelineStart::Beginning && first.is_some_and(|(first, _)| position < first) {
            Region::Before
        } else if self.end != TimelineEnd::Newest && last.is_some_and(|(last, _)| position > last) {
            Region::After
        } else {
            Region::Inside
        }
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

    /// Shows exactly these gaps.
    pub(crate) fn show_gaps(&mut self, gaps: Vec<Placed>, diffs: &mut Vec<TimelineDiff>) {
        self.remove(
            |item| matches!(item, TimelineItem::Gap { .. }) && !gaps.iter().any(|gap| gap.is_same_item(item)),
            diffs,
        );
        self.put(gaps, diffs);
    }

    /// Says what lies before the first item.
    pub(crate) fn set_start(&mut self, start: TimelineStart, diffs: &mut Vec<TimelineDiff>) {
        if self.start != start {
            self.start = start;
            diffs.push(TimelineDiff::Start { start });
        }
    }

    /// Says what lies after the last item.
    pub(crate) fn set_end(&mut self, end: TimelineEnd, diffs: &mut Vec<TimelineDiff>) {
        if self.end != end {
            self.end = end;
            diffs.push(TimelineDiff::End { end });
        }
    }

    /// Cuts a window that has grown too long down to what lies around the reader.
    pub(crate) fn trim(&mut self, diffs: &mut Vec<TimelineDiff>) {
        if self.items.len() <= MOST {
            return;
        }
        let viewed = self.viewed.and_then(|viewed| {
            let at = |placed: &Placed| placed.message().is_some_and(|(_, id)| id == viewed);
            self.items.iter().rposition(at)
        });
        let last = self.items.len() - KEPT;
        let from = viewed.map_or(last, |at| at.saturating_sub(KEPT / 2).min(last));
        let after = last - from;
        if after > 0 {
            self.items.truncate(from + KEPT);
            diffs.push(TimelineDiff::Remove {
                index: index(from + KEPT),
                count: index(after),
            });
            self.set_end(TimelineEnd::More, diffs);
        }
        if from > 0 {
            self.items.drain(..from);
            diffs.push(TimelineDiff::Remove {
                index: 0,
                count: index(from),
            });
            self.set_start(TimelineStart::More, diffs);
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
