//! One page of an archive, one transaction: messages, what they say about others, and the edges of segments (sync.md R2).

use std::collections::BTreeSet;

use wardline_store::pages;
use wardline_store::segments::{self, Edge, NewSegment, Segment};
use wardline_store::{MessageId, SegmentId, SegmentKind, StoreError, WriteTx, conversations, gaps, messages};
use wardline_xmpp::message::ReceivedMessage;

use crate::archive::positions::{Placing, place_page};
use crate::engine::changes::Changes;
use crate::engine::ingest::{self, Content, Target};
use crate::engine::{Engine, read_pointer, references};

/// Where a page lies next to what is held.
#[derive(Debug, Clone, Copy)]
pub(super) enum Adjacent {
    /// Right after this segment.
    After(SegmentId),
    /// Right before this segment.
    Before(SegmentId),
    /// At the newest end of the archive; next to nothing that is known.
    Newest,
    /// Inside a segment, or at its older edge: right before the message at this position.
    Within(SegmentId, i64),
    /// Somewhere: the first of its conversation that a run meets.
    Alone,
}

/// Messages of one conversation from one page, oldest first, with the page's edges.
#[derive(Debug)]
pub(super) struct Leaf<'a> {
    pub(super) target: Target,
    pub(super) adjacent: Adjacent,
    pub(super) messages: Vec<&'a ReceivedMessage>,
    /// Archive ids of the first and last result, whether or not it could be read.
    pub(super) first: Option<String>,
    pub(super) last: Option<String>,
}

impl Engine {
    /// Stores a leaf. Returns the segment that holds it now; `None` for an empty one next to nothing.
    pub(super) async fn store_leaf(
        &self,
        tx: &WriteTx,
        leaf: Leaf<'_>,
        changes: &mut Changes,
    ) -> Result<Option<SegmentId>, StoreError> {
        let Leaf {
            target,
            adjacent,
            messages: page,
            first,
            last,
        } = leaf;
        let held = segments::list(tx, target.conversation).await?;
        let neighbour = match adjacent {
            Adjacent::After(id) | Adjacent::Before(id) | Adjacent::Within(id, _) => {
                held.iter().find(|segment| segment.id == id)
            }
            Adjacent::Newest | Adjacent::Alone => None,
        };
        if page.is_empty() && first.is_none() {
            return Ok(neighbour.map(|segment| segment.id));
        }
        let texts: Vec<&ReceivedMessage> = page
            .iter()
            .copied()
            .filter(|message| ingest::content(message) != Content::Reference)
            .collect();
        let now = self.clock.now();
        let rows = texts
            .iter()
            .map(|message| {
                let (stamp, _) = ingest::stamp(message, now);
                ingest::row(&self.own, target, message, None, stamp, now)
            })
            .collect();
        let outcomes = pages::insert(tx, target.archive, rows).await?;
        let ids: Vec<MessageId> = outcomes.iter().map(|outcome| outcome.id()).collect();
        let (positions, met) = self
            .place_leaf(tx, target, adjacent, neighbour, &texts, &ids, changes)
            .await?;

        let span = Span::of(&positions, neighbour, adjacent);
        let segment = self
            .settle(tx, target, adjacent, &held, met, span, (first, last))
            .await?;
        // A page's messages are proven to lie in its segment, whichever segment they came in by.
        messages::set_segment(tx, &ids, segment).await?;

        for (outcome, (message, position)) in outcomes.iter().zip(texts.iter().zip(&positions)) {
            if let pages::Outcome::Inserted(id) = outcome {
                references::apply_kept(tx, &self.own, target, *id, changes).await?;
                if references::is_own(message) {
                    conversations::advance_read(tx, target.conversation, *position, Some(*id)).await?;
                }
                changes.message(target.conversation, *id);
            }
        }
        for message in &page {
            let (at, _) = ingest::stamp(message, now);
            references::apply(tx, &self.own, target, message, at, changes).await?;
        }
        if let Some(first) = positions.first() {
            read_pointer::begin(tx, target, *first).await?;
        }
        read_pointer::refresh(tx, target.conversation, changes).await?;
        Ok(Some(segment))
    }

    /// Gives every message of a leaf its place. Returns the places and the segments that some of them were in already.
    #[allow(clippy::too_many_arguments, reason = "one step of `store_leaf`, split for reading")]
    async fn place_leaf(
        &self,
        tx: &WriteTx,
        target: Target,
        adjacent: Adjacent,
        neighbour: Option<&Segment>,
        texts: &[&ReceivedMessage],
        ids: &[MessageId],
        changes: &mut Changes,
    ) -> Result<(Vec<i64>, BTreeSet<SegmentId>), StoreError> {
        let now = self.clock.now();
        let stored = messages::get_many(tx, ids).await?;
        let find = |id: MessageId| stored.iter().find(|message| message.id == id);
        let mut met = BTreeSet::new();
        let mut placing = Vec::with_capacity(ids.len());
        for (id, message) in ids.iter().zip(texts) {
            let (stamp, _) = ingest::stamp(message, now);
            let row = find(*id);
            met.extend(row.and_then(|row| row.segment_id));
            placing.push(match row {
                Some(row) if row.segment_id.is_some() && row.archived_us.is_some() => Placing::Held(row.position),
                _ => Placing::Stamped(stamp),
            });
        }
        let (after, before) = match (adjacent, neighbour) {
            (Adjacent::After(_), Some(segment)) => (Some(segment.last_position), None),
            (Adjacent::Before(_), Some(segment)) => (None, Some(segment.first_position)),
            (Adjacent::Within(_, before), Some(_)) => (None, Some(before)),
            _ => (None, None),
        };
        let after = match (after, ids.first().and_then(|first| find(*first))) {
            (None, Some(first)) => predecessor(tx, first, ids).await?,
            (after, _) => after,
        };
        let positions = place_page(&placing, after, before);
        for ((id, message), position) in ids.iter().zip(texts).zip(&positions) {
            let (stamp_us, stamp_source) = ingest::stamp(message, now);
            let Some(row) = find(*id) else { continue };
            if row.position == *position && row.archived_us.is_some() {
                continue;
            }
            // What the user has read is not asked of messages that this page brought, nor of local echoes.
            if row.segment_id.is_some() && row.position < messages::PENDING_BASE {
                read_pointer::follow(tx, target.conversation, *id, row.position, *position).await?;
            }
            self.arrived_on_server(tx, target.conversation, *id, changes).await?;
            let placement = messages::Placement {
                position: *position,
                stamp_us,
                stamp_source,
                archived_us: Some(stamp_us),
                segment_id: None,
            };
            messages::place(tx, *id, placement).await?;
            changes.message(target.conversation, *id);
        }
        Ok((positions, met))
    }

    /// Makes the segments say what the page has proven: the page and its neighbour are one, and so is every segment that
    /// the page met.
    #[allow(clippy::too_many_arguments, reason = "one step of `store_leaf`, split for reading")]
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
        if let Adjacent::After(id) | Adjacent::Before(id) | Adjacent::Within(id, _) = adjacent {
            parts.insert(id);
        }
        let mut parts = held.iter().filter(|segment| parts.contains(&segment.id));
        let Some(oldest) = parts.next() else {
            return self.new_segment(tx, target, held, span, (first, last)).await;
        };
        let mut whole = oldest.id;
        let mut newest = oldest;
        for next in parts {
            whole = self.join_run(tx, held, newest, next, whole).await?;
            newest = next;
        }
        if span.first < oldest.first_position
            || (first.is_some() && matches!(adjacent, Adjacent::Before(id) if id == oldest.id))
        {
            let position = span.first.min(oldest.first_position);
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
        if span.last > newest.last_position || matches!(adjacent, Adjacent::After(id) if id == newest.id) {
            let position = span.last.max(newest.last_position);
            segments::extend_newer(
                tx,
                whole,
                Edge {
                    archive_id: last,
                    position,
                },
            )
            .await?;
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
                tail_proven_us: None,
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

/// The position of the message right before the first one of a page, where both are held in one segment: what came live stands
/// by this app's estimate of the server's clock, and a server that stamps by the second would put what follows before it.
async fn predecessor(tx: &WriteTx, first: &messages::Message, page: &[MessageId]) -> Result<Option<i64>, StoreError> {
    let before = messages::before(tx, first.conversation_id, first.place(), 1).await?;
    let held_together =
        |row: &&messages::Message| row.segment_id.is_some() && row.segment_id == first.segment_id && !page.contains(&row.id);
    Ok(before.first().filter(held_together).map(|row| row.position))
}

/// First and last position of a page.
#[derive(Debug, Clone, Copy)]
struct Span {
    first: i64,
    last: i64,
}

impl Span {
    /// A page without texts lies where its neighbour ends.
    fn of(positions: &[i64], neighbour: Option<&Segment>, adjacent: Adjacent) -> Self {
        let edge = match (neighbour, adjacent) {
            (Some(segment), Adjacent::Before(_)) => segment.first_position,
            (_, Adjacent::Within(_, before)) => before,
            (Some(segment), _) => segment.last_position,
            (None, _) => 0,
        };
        Self {
            first: positions.first().copied().unwrap_or(edge),
            last: positions.last().copied().unwrap_or(edge),
        }
    }
}
