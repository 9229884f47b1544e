//! One page of an archive, one transaction: messages, what they say about others, and the edges of segments (sync.md R2).

use std::collections::BTreeSet;

use wardline_store::revisions::Order;
use wardline_store::segments::{self, Edge, NewSegment, Segment};
use wardline_store::{
    Direction, MessageId, SegmentId, SegmentKind, StoreError, WriteTx, conversations, gaps, messages,
};
use wardline_xmpp::message::ReceivedMessage;

use super::insert_page::{InsertedPage, PageMessage};
use super::whole_seconds;
use crate::archive::positions::{Placing, place_page};
use crate::engine::changes::Missed;
use crate::engine::ingest::{self, Target};
use crate::engine::read_pointer::{Moved, Spoken};
use crate::engine::transaction::Tx;
use crate::engine::{Engine, read_pointer, references};

/// Where a page lies next to what is held.
#[derive(Debug, Clone, Copy)]
pub(super) enum Adjacent {
    /// Behind the message at this position of this segment: at its newer end, or, where the run reads again what the server may have
    /// written late, inside it.
    After(SegmentId, i64),
    /// Right before this segment.
    Before(SegmentId),
    /// At the newest end of the archive; next to nothing that is known.
    Newest,
    /// Inside a segment, or at its older edge: right before the message at this position.
    Within(SegmentId, i64),
    /// Somewhere: the first of its conversation that a run meets.
    Alone,
    /// The first one from a time on, with more behind it.
    Since,
}

impl Adjacent {
    /// Whether what it lies beside was read before it, though it is newer.
    pub(super) fn is_backward(self) -> bool {
        matches!(self, Self::Before(_) | Self::Within(..))
    }
}

/// What a page tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tells {
    /// What may be news to this computer.
    News,
    /// What was said long ago, or is compared: nobody is to read it for that.
    Past,
}

/// Messages of one conversation from one page, oldest first, with the page's edges.
#[derive(Debug)]
pub(super) struct PagePart<'a> {
    pub(super) target: Target,
    pub(super) adjacent: Adjacent,
    pub(super) tells: Tells,
    pub(super) messages: Vec<&'a ReceivedMessage>,
    /// The segments of the conversation, oldest first.
    pub(super) held: Vec<Segment>,
    /// Archive ids of the first and last result, whether or not it could be read.
    pub(super) first: Option<String>,
    pub(super) last: Option<String>,
}

/// What a part that was stored has passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Overtook {
    Nothing,
    /// Live messages of which the archive has not told yet, while it told something new: which of them come first only the
    /// archive can say.
    Live,
}

/// Where a part is now.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stored {
    /// The segment that holds it.
    pub(super) segment: SegmentId,
    pub(super) overtook: Overtook,
}

impl Engine {
    /// Stores a part. Where it is now; `None` for an empty one next to nothing.
    pub(super) async fn store_part(&self, tx: &Tx, part: PagePart<'_>) -> Result<Option<Stored>, StoreError> {
        let stored = self.store_parts(tx, vec![part]).await?;
        Ok(stored.into_iter().next().flatten())
    }

    /// Stores parts of different conversations. Where each is now, as for [`store_part`](Self::store_part).
    pub(super) async fn store_parts(
        &self,
        tx: &Tx,
        parts: Vec<PagePart<'_>>,
    ) -> Result<Vec<Option<Stored>>, StoreError> {
        let inserted = self.insert_page(tx, &parts).await?;
        let mut stored = Vec::with_capacity(parts.len());
        let mut changed = Vec::with_capacity(parts.len());
        for (part, texts) in parts.into_iter().zip(&inserted.parts) {
            if !part.is_empty() {
                changed.push(part.target.conversation);
            }
            stored.push(self.settle_part(tx, part, texts, &inserted).await?);
        }
        conversations::refresh(tx, &changed).await?;
        Ok(stored)
    }

    /// Gives the texts of a part, which are in the store, their place and what was said about them.
    async fn settle_part(
        &self,
        tx: &Tx,
        part: PagePart<'_>,
        texts: &[PageMessage<'_>],
        inserted: &InsertedPage<'_>,
    ) -> Result<Option<Stored>, StoreError> {
        let (ground, is_empty) = (part.ground(), part.is_empty());
        let PagePart {
            target,
            adjacent,
            tells,
            messages: page,
            held,
            first,
            last,
        } = part;
        let neighbour = match adjacent {
            Adjacent::After(id, _) | Adjacent::Before(id) | Adjacent::Within(id, _) => {
                held.iter().find(|segment| segment.id == id)
            }
            Adjacent::Newest | Adjacent::Alone | Adjacent::Since => None,
        };
        if is_empty {
            return Ok(neighbour.map(|segment| Stored {
                segment: segment.id,
                overtook: Overtook::Nothing,
            }));
        }
        let now = self.clock.now();
        // Only what was here before can move, and the read pointer with it; only before what came live can an earlier beginning be.
        let has_unplaced = inserted.unplaced.contains(&target.conversation);
        let begins = tells == Tells::News && (has_unplaced || matches!(adjacent, Adjacent::Alone | Adjacent::Newest));
        let pointer = if begins || texts.iter().any(|text| !text.is_new) {
            let new: Vec<MessageId> = texts.iter().filter(|text| text.is_new).map(|text| text.id).collect();
            read_pointer::standing(tx, target.conversation, &new).await?
        } else {
            None
        };
        let (positions, met, moved) = self
            .place_part(tx, target, (adjacent, neighbour), texts, has_unplaced, ground)
            .await?;
        let mut moved = moved;
        self.keep_sides(tx, target, texts, &positions, &mut moved).await?;
        if let Some(pointer) = pointer {
            read_pointer::follow(tx, target.conversation, pointer, &moved).await?;
            if let Some(first) = positions.first()
                && tells == Tells::News
            {
                let spoken = match texts.iter().any(PageMessage::is_ours) {
                    true => Spoken::ByUs,
                    false => Spoken::ByOthers,
                };
                read_pointer::begin_earlier(tx, target, pointer, *first, spoken).await?;
            }
        }

        let stamps: Vec<i64> = page.iter().map(|message| ingest::stamp(message, now).0).collect();
        let span = Span::of(&positions, &stamps, neighbour, adjacent);
        let segment = self
            .settle(tx, target, adjacent, &held, met, span, (first, last))
            .await?;
        // A page's messages are proven to lie in its segment, whichever segment they came in by.
        let elsewhere = |text: &&PageMessage<'_>| !text.is_new || ground != Some(segment);
        let elsewhere: Vec<MessageId> = texts.iter().filter(elsewhere).map(|text| text.id).collect();
        messages::set_segment(tx, &elsewhere, segment).await?;

        let mut own = None;
        for (text, position) in texts.iter().zip(&positions).filter(|(text, _)| text.is_new) {
            if inserted.is_awaited(text.message) {
                references::apply_kept(tx, &self.own, target, text.id).await?;
            }
            if text.is_ours() {
                own = Some((*position, text.id));
                let to = &text.message.conversation;
                self.accept_by_writing(tx, to, target.conversation).await?;
            }
            tx.message(target.conversation, text.id);
        }
        // They stand in the order of the page: whoever has written the last one has seen the others.
        if let Some((position, id)) = own {
            conversations::advance_read(tx, target.conversation, position, Some(id)).await?;
        }
        let order = match adjacent.is_backward() {
            true => Order::Backward,
            false => Order::Forward,
        };
        let mut references = page.clone();
        if order == Order::Backward {
            references.reverse();
        }
        for message in references {
            let (at, _) = ingest::stamp(message, now);
            let mentions = self.mentions_in(tx, target.conversation, message).await?;
            references::apply(tx, &self.own, target, message, &mentions, (at, order)).await?;
        }
        if let Some(first) = positions
            .first()
            .filter(|_| inserted.without_pointer.contains(&target.conversation))
        {
            read_pointer::begin(tx, target, *first, read_pointer::Came::Archived).await?;
        }
        tx.row(target.conversation);
        let has_new = texts.iter().any(|text| text.is_new);
        // A first page of a conversation tells of the past, whatever is in it.
        if tells == Tells::News && !matches!(adjacent, Adjacent::Newest) {
            let mut newest = texts
                .iter()
                .filter(|text| text.is_new && text.before.direction == Direction::Incoming);
            if let Some(text) = newest.next_back() {
                tx.missed(Missed {
                    archive: target.archive,
                    conversation: target.conversation,
                    message: text.id,
                    stamp: text.stamp.0,
                });
            }
        }
        // By the stamp, as a message of whole seconds may have been put behind live ones.
        let overtook = match positions.first().min(stamps.first()) {
            Some(first)
                if has_new
                    && has_unplaced
                    && !adjacent.is_backward()
                    && messages::is_unplaced_after(tx, target.conversation, *first).await? =>
            {
                Overtook::Live
            }
            _ => Overtook::Nothing,
        };
        Ok(Some(Stored { segment, overtook }))
    }

    /// Gives every message of a part its place. Returns the places, the segments that some of them were in already, and what
    /// was held elsewhere before.
    #[allow(clippy::too_many_arguments, reason = "one step of `store_part`, split for reading")]
    async fn place_part(
        &self,
        tx: &Tx,
        target: Target,
        (adjacent, neighbour): (Adjacent, Option<&Segment>),
        texts: &[PageMessage<'_>],
        has_unplaced: bool,
        ground: Option<SegmentId>,
    ) -> Result<(Vec<i64>, BTreeSet<SegmentId>, Vec<Moved>), StoreError> {
        let mut moved = Vec::new();
        let met: BTreeSet<SegmentId> = texts.iter().filter_map(PageMessage::meets).collect();
        let mut placing: Vec<Placing> = texts
            .iter()
            .map(|text| match text.has_place() {
                true => Placing::Held(text.before.position),
                false => Placing::Stamped(text.stamp.0),
            })
            .collect();
        if has_unplaced && !adjacent.is_backward() {
            whole_seconds::room_for_live(tx, target, texts, &mut placing).await?;
            whole_seconds::behind_unplaced(tx, target, texts, &mut placing).await?;
        }
        let (after, before) = match (adjacent, neighbour) {
            (Adjacent::After(_, after), Some(_)) => (Some(after), None),
            (Adjacent::Before(_), Some(segment)) => (None, Some(segment.first_position)),
            (Adjacent::Within(_, before), Some(_)) => (None, Some(before)),
            (Adjacent::Since, _) => (None, whole_seconds::held_behind(tx, target, texts).await?),
            _ => (whole_seconds::kept_before(tx, target, texts).await?, None),
        };
        let after = match adjacent.is_backward() {
            true => after,
            false => after.max(whole_seconds::delivered_before(tx, target, texts).await?),
        };
        // A page that was asked for by a time may reach into the segment that it comes before: there every message has its place.
        let inside = match adjacent {
            Adjacent::Before(segment) => texts
                .iter()
                .position(|text| text.before.segment == Some(segment) && text.has_place()),
            _ => None,
        };
        let (head, tail) = placing.split_at(inside.unwrap_or(placing.len()));
        let mut positions = place_page(head, after, before);
        positions.extend(place_page(tail, None, None));
        for (text, position) in texts.iter().zip(&positions) {
            let PageMessage { id, is_new, before, .. } = *text;
            if before.position == *position && before.archived_us.is_some() {
                continue;
            }
            let (stamp_us, stamp_source) = text.stamp;
            let placement = messages::Placement {
                position: *position,
                stamp_us,
                stamp_source,
                archived_us: Some(stamp_us),
                segment_id: ground.filter(|_| is_new),
            };
            if is_new {
                messages::place(tx, id, placement).await?;
                continue;
            }
            // What the user has read is not asked of local echoes.
            if before.position < messages::PENDING_BASE {
                moved.push(Moved {
                    message: id,
                    direction: before.direction,
                    from: before.position,
                    to: *position,
                });
            }
            self.arrived_on_server(tx, target.conversation, id).await?;
            messages::place(tx, id, placement).await?;
            if before.position >= messages::PENDING_BASE {
                references::apply_kept(tx, &self.own, target, id).await?;
            }
            tx.message(target.conversation, id);
        }
        Ok((positions, met, moved))
    }

    /// Makes the segments say what the page has proven: the page and its neighbour are one, and so is every segment that
    /// the page met.
    #[allow(clippy::too_many_arguments, reason = "one step of `store_part`, split for reading")]
    async fn settle(
        &self,
        tx: &WriteTx,
        target: Target,
        adjacent: Adjacent,
        held: &[Segment],
        met: BTreeSet<SegmentId>,
        span: Span,
        (first, last): (Option<String>, Option<String>),
    ) -> Result<SegmentId, StoreError> {
        let mut parts = met;
        if let Adjacent::After(id, _) | Adjacent::Before(id) | Adjacent::Within(id, _) = adjacent {
            parts.insert(id);
        }
        // What lies within the page is known by it, and what a segment spans is known: a page within one that tells of none of its
        // messages, as a page of markers alone, belongs to it.
        let within = |segment: &Segment| span.first <= segment.first_position && segment.last_position <= span.last;
        let around = |segment: &&Segment| segment.first_position <= span.first && span.last <= segment.last_position;
        let mut parts = held
            .iter()
            .filter(|segment| parts.contains(&segment.id) || within(segment));
        let Some(oldest) = parts.next().or_else(|| held.iter().find(around)) else {
            return self.new_segment(tx, target, held, span, (first, last)).await;
        };
        let mut whole = oldest.id;
        let mut newest = oldest;
        for next in parts {
            whole = self.join_run(tx, held, newest, next, whole).await?;
            newest = next;
        }
        // In order of their ends; one may lie within another.
        let up_to = held.iter().skip_while(|segment| segment.id != oldest.id);
        let joined = up_to.take_while(|segment| segment.last_position <= newest.last_position);
        let earliest = joined.min_by_key(|segment| segment.first_position).unwrap_or(oldest);
        if span.first < earliest.first_position
            || (first.is_some() && matches!(adjacent, Adjacent::Before(id) if id == earliest.id))
        {
            let position = span.first.min(earliest.first_position);
            segments::extend_older(
                tx,
                whole,
                Edge {
                    archive_id: first,
                    position,
                },
            )
            .await?;
        }
        if span.last >= newest.last_position {
            segments::extend_newer(
                tx,
                whole,
                Edge {
                    archive_id: last,
                    position: span.last,
                },
            )
            .await?;
        }
        let is_detached = held.iter().any(|segment| segment.kind == SegmentKind::Detached);
        if is_detached && matches!(adjacent, Adjacent::After(..) | Adjacent::Newest) {
            segments::attach(tx, whole).await?;
        }
        Ok(whole)
    }

    /// Joins two segments and whatever lies between them: a page that touches both covers it.
    async fn join_run(
        &self,
        tx: &WriteTx,
        held: &[Segment],
        older: &Segment,
        newer: &Segment,
        into: SegmentId,
    ) -> Result<SegmentId, StoreError> {
        let between = held.iter().skip_while(|segment| segment.id != older.id).skip(1);
        let mut whole = into;
        for segment in between {
            whole = segments::join(tx, whole, segment.id).await?;
            if segment.id == newer.id {
                break;
            }
        }
        Ok(whole)
    }

    async fn new_segment(
        &self,
        tx: &WriteTx,
        target: Target,
        held: &[Segment],
        span: Span,
        (first, last): (Option<String>, Option<String>),
    ) -> Result<SegmentId, StoreError> {
        let new = segments::insert(
            tx,
            NewSegment {
                conversation_id: target.conversation,
                kind: SegmentKind::Archived,
                first_archive_id: first,
                last_archive_id: last,
                first_position: span.first,
                last_position: span.last,
                reaches_start: false,
            },
        )
        .await?;
        // It cuts the gap that it lies in, if any, in two; and has a gap to each neighbour.
        let at = held.partition_point(|segment| segment.first_position < span.first);
        let older = at.checked_sub(1).and_then(|at| held.get(at));
        let newer = held.get(at);
        if let (Some(older), Some(newer)) = (older, newer) {
            let cut = gaps::list(tx, target.conversation).await?;
            for gap in cut
                .iter()
                .filter(|gap| gap.older_segment == older.id && gap.newer_segment == newer.id)
            {
                gaps::remove(tx, gap.id).await?;
            }
        }
        if let Some(older) = older {
            gaps::insert(tx, target.conversation, older.id, new).await?;
        }
        if let Some(newer) = newer {
            gaps::insert(tx, target.conversation, new, newer.id).await?;
        }
        Ok(new)
    }
}

/// First and last position of a page.
#[derive(Debug, Clone, Copy)]
struct Span {
    first: i64,
    last: i64,
}

impl Span {
    /// A page without texts lies where its neighbour ends, or, next to nothing, where the rest of it was stamped.
    fn of(positions: &[i64], stamps: &[i64], neighbour: Option<&Segment>, adjacent: Adjacent) -> Self {
        let edge = match (neighbour, adjacent) {
            (Some(segment), Adjacent::Before(_)) => Some(segment.first_position),
            (_, Adjacent::Within(_, before)) => Some(before),
            (_, Adjacent::After(_, after)) => Some(after),
            (Some(segment), _) => Some(segment.last_position),
            (None, _) => None,
        };
        let first = positions.first().copied().or(edge).or(stamps.first().copied());
        let last = positions.last().copied().or(edge).or(stamps.last().copied());
        let (first, last) = (first.unwrap_or_default(), last.unwrap_or_default());
        // Stamps come as a server has written them: nothing says that they are in order.
        Self {
            first: first.min(last),
            last: first.max(last),
        }
    }
}
