//! Windows of open threads: where they are opened, how they grow towards either side, what lies beyond their edges.
//!
//! A window is made of what the store holds. At a gap that can be filled it ends: going on there asks the server first, and the
//! window grows when the page is here, so that nobody reads over a hole without being told. Without a connection the window
//! goes on beyond the gap, which is shown.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use wardline_store::gaps::PlacedGap;
use wardline_store::messages::{Message, Place};
use wardline_store::{ConversationId, GapState, MessageId, Reads, StoreError, conversations, gaps, messages, segments};

use super::{Engine, rows};
use crate::timeline::{Placed, Region, Timeline};
use crate::view::{TimelineDiff, TimelineEnd, TimelineStart, UnreadLine};

/// Messages that are loaded at once.
const PAGE: u32 = 50;
/// Most unread mentions that the line above the first unread message knows of.
const MOST_MENTIONS: u32 = 50;
/// Messages before the one that a window is made for.
const CONTEXT: u32 = 20;

/// A side of a window, or of a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Older,
    Newer,
}

/// What a window is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Focus {
    Newest,
    /// This message is among the items, with others around it.
    Message(Place),
}

/// Whether a window goes on behind a gap that could be filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AtGaps {
    Stop,
    GoOn,
}

/// Puts changed messages where they belong now, and takes out those that are not in the window any more. One that moved out of
/// it stays if it only moved past its neighbour outside.
pub(super) async fn take(
    tx: &impl Reads,
    timeline: &mut Timeline,
    changed: Vec<Message>,
    shown: impl Fn(Message) -> Placed,
    diffs: &mut Vec<TimelineDiff>,
) -> Result<(), StoreError> {
    let (mut inside, mut before, mut after) = (Vec::new(), Vec::new(), Vec::new());
    for message in changed {
        let held = timeline.holds(message.id.into());
        match timeline.region(message.position) {
            Region::Inside => inside.push(shown(message)),
            Region::Before if held => before.push(message),
            Region::After if held => after.push(message),
            Region::Before | Region::After => {}
        }
    }
    timeline.put(inside, diffs);
    // From the window outwards: whether one stays depends on the one before it.
    before.sort_unstable_by_key(|message| Reverse(message.place()));
    after.sort_unstable_by_key(Message::place);
    for (message, inwards) in before
        .into_iter()
        .map(|message| (message, Side::Newer))
        .chain(after.into_iter().map(|message| (message, Side::Older)))
    {
        let neighbour = match inwards {
            Side::Older => messages::before(tx, message.conversation_id, message.place(), 1).await?,
            Side::Newer => messages::after(tx, message.conversation_id, message.place(), 1).await?,
        };
        if neighbour.iter().all(|neighbour| timeline.holds(neighbour.id.into())) {
            timeline.put(vec![shown(message)], diffs);
        } else {
            remove(timeline, &BTreeSet::from([message.id]), diffs);
        }
    }
    Ok(())
}

/// Takes messages out of the window.
pub(super) fn remove(timeline: &mut Timeline, gone: &BTreeSet<MessageId>, diffs: &mut Vec<TimelineDiff>) {
    if !gone.is_empty() {
        timeline.remove(|item| item.id().is_some_and(|id| gone.contains(&id.into())), diffs);
    }
}

/// The messages of the store right outside a window.
struct Outside {
    before: Option<i64>,
    after: Option<i64>,
}

impl Outside {
    async fn of(tx: &impl Reads, conversation: ConversationId, timeline: &Timeline) -> Result<Self, StoreError> {
        let before = match timeline.oldest_message().map(place) {
            Some(oldest) => messages::before(tx, conversation, oldest, 1).await?,
            None => Vec::new(),
        };
        let after = match timeline.newest_message().map(place) {
            Some(newest) => messages::after(tx, conversation, newest, 1).await?,
            None => Vec::new(),
        };
        Ok(Self {
            before: before.first().map(|message| message.position),
            after: after.first().map(|message| message.position),
        })
    }

    /// Whether a gap is inside the window or right at one of its edges.
    fn shows(&self, gap: &PlacedGap) -> bool {
        self.before.is_none_or(|before| before <= gap.after_position)
            && self.after.is_none_or(|after| gap.before_position <= after)
    }
}

fn place((position, id): (i64, crate::view::MessageId)) -> Place {
    Place {
        position,
        id: id.into(),
    }
}

/// Shows the gaps that are inside the window or at its edges, and no others.
pub(super) async fn show_gaps(
    tx: &impl Reads,
    conversation: ConversationId,
    timeline: &mut Timeline,
    diffs: &mut Vec<TimelineDiff>,
) -> Result<(), StoreError> {
    let held = gaps::list(tx, conversation).await?;
    let shown = if held.is_empty() {
        Vec::new()
    } else {
        let outside = Outside::of(tx, conversation, timeline).await?;
        held.iter().filter(|gap| outside.shows(gap)).map(rows::gap).collect()
    };
    timeline.show_gaps(shown, diffs);
    Ok(())
}

/// The gap right at an edge of the window, if it is one.
async fn gap_at(
    tx: &impl Reads,
    conversation: ConversationId,
    timeline: &Timeline,
    side: Side,
) -> Result<Option<PlacedGap>, StoreError> {
    let held = gaps::list(tx, conversation).await?;
    if held.is_empty() {
        return Ok(None);
    }
    let outside = Outside::of(tx, conversation, timeline).await?;
    let (oldest, newest) = (timeline.oldest_message(), timeline.newest_message());
    Ok(held.into_iter().find(|gap| {
        let beyond = match side {
            Side::Older => oldest.is_some_and(|(oldest, _)| gap.before_position <= oldest),
            Side::Newer => newest.is_some_and(|(newest, _)| newest <= gap.after_position),
        };
        beyond && outside.shows(gap)
    }))
}

/// The part of a page that has no gap to be filled between it and its window.
fn up_to_gap(mut page: Vec<Message>, gaps: &[PlacedGap], side: Side) -> Vec<Message> {
    let open = gaps.iter().filter(|gap| gap.state == GapState::Open);
    let (Some(first), Some(last)) = (page.first(), page.last()) else {
        return page;
    };
    let within = |gap: &&PlacedGap| first.position <= gap.after_position && gap.before_position <= last.position;
    match side {
        Side::Older => {
            let edge = open.filter(within).map(|gap| gap.before_position).max();
            page.retain(|message| edge.is_none_or(|edge| message.position >= edge));
        }
        Side::Newer => {
            let edge = open.filter(within).map(|gap| gap.after_position).min();
            page.retain(|message| edge.is_none_or(|edge| message.position <= edge));
        }
    }
    page
}

impl Engine {
    /// The window of a thread as it is opened, and what it is made for: the first unread message, or the newest ones.
    pub(super) async fn opening_window(
        &self,
        conversation: ConversationId,
    ) -> Result<(Timeline, Option<MessageId>), StoreError> {
        let tx = self.store.read().await?;
        let with = conversations::get(&tx, conversation).await?;
        let pointer = with.as_ref().filter(|with| with.unread > 0);
        let first_unread = match pointer.and_then(|with| with.read_position) {
            Some(read) => messages::first_unread(&tx, conversation, read).await?,
            None => None,
        };
        let mentions = match pointer.filter(|with| with.mentions > 0) {
            Some(with) => {
                let after = with.read_position.unwrap_or(i64::MIN);
                messages::mentions_after(&tx, conversation, after, MOST_MENTIONS).await?
            }
            None => Vec::new(),
        };
        let count = with.map_or(0, |with| u32::try_from(with.unread).unwrap_or(u32::MAX));
        let line = first_unread.map(|before| UnreadLine {
            before: before.into(),
            count,
            mentions: mentions.into_iter().map(Into::into).collect(),
        });
        let mut timeline = self.window(&tx, conversation, Focus::Newest, AtGaps::GoOn).await?;
        if let Some(first) = first_unread
            && !timeline.holds(first.into())
            && let Some(first) = messages::get(&tx, first).await?
        {
            let focus = Focus::Message(first.place());
            timeline = self.window(&tx, conversation, focus, AtGaps::GoOn).await?;
        }
        Ok((timeline.with_unread(line), first_unread))
    }

    /// The window of a jump: nothing but what is known to be one piece around its target.
    pub(super) async fn jump_window(&self, conversation: ConversationId, focus: Focus) -> Result<Timeline, StoreError> {
        let at_gaps = match focus {
            Focus::Newest => AtGaps::GoOn,
            Focus::Message(_) => AtGaps::Stop,
        };
        self.window(&self.store.read().await?, conversation, focus, at_gaps)
            .await
    }

    async fn window(
        &self,
        tx: &impl Reads,
        conversation: ConversationId,
        focus: Focus,
        at_gaps: AtGaps,
    ) -> Result<Timeline, StoreError> {
        let (page, end) = match focus {
            Focus::Newest => (messages::newest(tx, conversation, PAGE).await?, TimelineEnd::Newest),
            Focus::Message(at) => {
                // Ids are whole numbers: this is right before the message itself.
                let before_it = Place {
                    position: at.position,
                    id: MessageId(at.id.0.saturating_sub(1)),
                };
                let mut older = messages::before(tx, conversation, at, CONTEXT).await?;
                let mut page = messages::after(tx, conversation, before_it, PAGE).await?;
                if at_gaps == AtGaps::Stop {
                    let held = gaps::list(tx, conversation).await?;
                    // The gap right beside the message lies between the two parts.
                    older.extend(page.first().cloned());
                    older = up_to_gap(older, &held, Side::Older);
                    older.pop();
                    page = up_to_gap(page, &held, Side::Newer);
                }
                let end = match page.last().map(Message::place) {
                    Some(last) if !messages::after(tx, conversation, last, 1).await?.is_empty() => TimelineEnd::More,
                    _ => TimelineEnd::Newest,
                };
                older.extend(page);
                (older, end)
            }
        };
        let readers = self.team_readers(tx, conversation).await?;
        let drawing = self.drawing(readers.as_ref());
        let mut timeline = Timeline::new(page.into_iter().map(|message| drawing.placed(message)).collect(), end);
        if let Focus::Message(at) = focus {
            timeline.view(at.id.into());
        }
        show_gaps(tx, conversation, &mut timeline, &mut Vec::new()).await?;
        Ok(timeline)
    }

    /// The gap at an edge of the window, if it is one that the server may still fill.
    pub(super) async fn open_gap_at(
        &self,
        conversation: ConversationId,
        side: Side,
    ) -> Result<Option<PlacedGap>, StoreError> {
        let Some(timeline) = self.open.get(&conversation) else {
            return Ok(None);
        };
        let found = gap_at(&self.store.read().await?, conversation, timeline, side).await?;
        Ok(found.filter(|gap| gap.state == GapState::Open))
    }

    /// Grows the window of an open thread from the store, up to the next gap; by how many messages.
    pub(super) async fn load(&mut self, conversation: ConversationId, side: Side) -> Result<usize, StoreError> {
        let tx = self.store.read().await?;
        let readers = self.team_readers(&tx, conversation).await?;
        let drawing = rows::Drawing {
            own: &self.own,
            contacts: &self.contacts,
            readers: readers.as_ref(),
        };
        let Some(timeline) = self.open.get_mut(&conversation) else {
            return Ok(0);
        };
        let page = match (side, timeline.oldest_message(), timeline.newest_message()) {
            (Side::Older, Some(oldest), _) => messages::before(&tx, conversation, place(oldest), PAGE).await?,
            (Side::Newer, _, Some(newest)) => messages::after(&tx, conversation, place(newest), PAGE).await?,
            (_, None, _) | (_, _, None) => messages::newest(&tx, conversation, PAGE).await?,
        };
        let page = up_to_gap(page, &gaps::list(&tx, conversation).await?, side);
        let loaded = page.len();
        let edge = match side {
            Side::Older => page.first(),
            Side::Newer => page.last(),
        };
        // Whoever loads older messages reads there.
        edge.into_iter().for_each(|edge| timeline.view(edge.id.into()));
        let mut diffs = Vec::new();
        let page = page.into_iter().map(|message| drawing.placed(message)).collect();
        timeline.put(page, &mut diffs);
        timeline.trim(&mut diffs);
        show_gaps(&tx, conversation, timeline, &mut diffs).await?;
        drop(tx);
        self.find_edges(conversation, &mut diffs).await?;
        self.send_timeline(conversation, diffs);
        Ok(loaded)
    }

    /// A page came, or did not, for an open thread that waits for one at its edges.
    pub(super) async fn extend_open(&mut self, conversation: ConversationId) -> Result<(), StoreError> {
        let Some(timeline) = self.open.get(&conversation) else {
            return Ok(());
        };
        let older = (timeline.start() == TimelineStart::Loading).then_some(Side::Older);
        let newer = (timeline.end() == TimelineEnd::Loading).then_some(Side::Newer);
        for side in [older, newer].into_iter().flatten() {
            // A page of the other side of the gap leaves the window at its edge of it.
            let at_gap = self.fills_gaps(conversation) && self.open_gap_at(conversation, side).await?.is_some();
            if !at_gap {
                self.load(conversation, side).await?;
            }
        }
        self.refresh_edges(conversation).await
    }

    /// What lies beyond the first and the last item of an open thread may have changed.
    pub(super) async fn refresh_edges(&mut self, conversation: ConversationId) -> Result<(), StoreError> {
        let mut diffs = Vec::new();
        self.find_edges(conversation, &mut diffs).await?;
        self.send_timeline(conversation, diffs);
        Ok(())
    }

    /// The connection came or went: what lies beyond the edges may be loadable now, or not any more.
    pub(super) async fn refresh_all_edges(&mut self) -> Result<(), StoreError> {
        let open: Vec<ConversationId> = self.open.keys().copied().collect();
        for conversation in open {
            self.refresh_edges(conversation).await?;
        }
        Ok(())
    }

    pub(super) async fn find_edges(
        &mut self,
        conversation: ConversationId,
        diffs: &mut Vec<TimelineDiff>,
    ) -> Result<(), StoreError> {
        let start = self.start_of(conversation).await?;
        let end = self.end_of(conversation).await?;
        if let Some(timeline) = self.open.get_mut(&conversation) {
            timeline.set_start(start, diffs);
            timeline.set_end(end, diffs);
        }
        Ok(())
    }

    /// What lies before the first loaded item of an open thread.
    async fn start_of(&self, conversation: ConversationId) -> Result<TimelineStart, StoreError> {
        let loading = self.online() && self.sync.is_paging(conversation);
        if self.open_gap_at(conversation, Side::Older).await?.is_some() {
            return Ok(if loading {
                TimelineStart::Loading
            } else {
                TimelineStart::More
            });
        }
        let tx = self.store.read().await?;
        if let Some(oldest) = self.open.get(&conversation).and_then(Timeline::oldest_message)
            && !messages::before(&tx, conversation, place(oldest), 1).await?.is_empty()
        {
            return Ok(TimelineStart::More);
        }
        let oldest = segments::list(&tx, conversation).await?.into_iter().next();
        Ok(match oldest {
            Some(segment) if segment.reaches_start => TimelineStart::Beginning,
            _ if !self.online() => TimelineStart::Offline,
            _ if loading => TimelineStart::Loading,
            _ => TimelineStart::More,
        })
    }

    /// What lies after the last loaded item of an open thread. The end, once reached, stays reached.
    async fn end_of(&self, conversation: ConversationId) -> Result<TimelineEnd, StoreError> {
        let timeline = self.open.get(&conversation);
        let Some(newest) = timeline.and_then(Timeline::newest_message).map(place) else {
            return Ok(TimelineEnd::Newest);
        };
        if timeline.is_some_and(|timeline| timeline.end() == TimelineEnd::Newest) {
            return Ok(TimelineEnd::Newest);
        }
        let tx = self.store.read().await?;
        if messages::after(&tx, conversation, newest, 1).await?.is_empty() {
            return Ok(TimelineEnd::Newest);
        }
        drop(tx);
        let at_gap = self.open_gap_at(conversation, Side::Newer).await?.is_some();
        Ok(if at_gap && self.online() && self.sync.is_paging(conversation) {
            TimelineEnd::Loading
        } else {
            TimelineEnd::More
        })
    }
}
