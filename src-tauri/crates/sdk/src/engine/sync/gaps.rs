//! Filling gaps in the background: which one is next follows from the gaps in the store alone, so that it goes on after a kill
//! where it stopped.
//!
//! Conversations on screen come first, then those with unread messages, then the most recent ones. In a conversation on screen
//! the gap nearest to what is read is filled first, beginning on the side that is nearer.

use std::time::Duration;

use tokio::time::Instant;
use wardline_store::gaps::{self, PlacedGap, WithGaps};
use wardline_store::{ArchiveId, ConversationId, ConversationKind, GapState, StoreError, conversations, segments};
use wardline_xmpp::ids::ArchiveId as WireId;

use super::request::{PageRequest, Urgency};
use super::{BACKGROUND, Purpose, Reached, Sync};
use crate::engine::Engine;
use crate::engine::ingest::Target;
use crate::engine::window::Side;
use crate::timeline::Timeline;

/// Detached conversations that are looked at in one go.
const MOST_DETACHED: u32 = 16;

impl Sync {
    /// Leaves the gaps of a conversation alone for a while.
    pub(super) fn rest(&mut self, conversation: ConversationId, time: Duration) {
        self.resting.insert(conversation, Instant::now() + time);
    }

    /// Whether the run has been to the end of the archive: it closes most gaps by itself.
    fn run_is_done(&self, kind: ConversationKind, archive: ArchiveId) -> bool {
        let reached = match kind {
            ConversationKind::Person => Some(&self.own),
            ConversationKind::Team => self.rooms.get(&archive),
        };
        reached.is_some_and(Reached::is_at_end)
    }

    /// Whether enough pages that nobody waits for are wanted already.
    fn is_busy(&self) -> bool {
        let background = |request: &&PageRequest| request.urgency == Urgency::Background;
        self.under_way + self.queue.iter().filter(background).count() >= BACKGROUND
    }
}

impl Engine {
    /// Wants the next pages of gaps, as many as may be under way.
    pub(super) async fn fill_gaps(&mut self) -> Result<(), StoreError> {
        if !self.online() || self.sync.is_busy() {
            return Ok(());
        }
        self.reattach().await?;
        let mut wanted = gaps::conversations(&self.store.read().await?).await?;
        // Stable: the order of the store is the order among those on screen, and among those that are not.
        wanted.sort_by_key(|with| !self.open.contains_key(&with.conversation));
        for with in wanted {
            if self.sync.is_busy() {
                break;
            }
            let left_alone =
                self.sync.is_paging(with.conversation) || self.sync.resting.contains_key(&with.conversation);
            if !left_alone && self.sync.run_is_done(with.kind, with.archive) {
                self.fill_nearest(with).await?;
            }
        }
        Ok(())
    }

    /// Wants the newest page of conversations that the first sync of a new cursor has not come to.
    async fn reattach(&mut self) -> Result<(), StoreError> {
        if !self.sync.own.is_at_end() {
            return Ok(());
        }
        let tx = self.store.read().await?;
        let detached = segments::detached(&tx, MOST_DETACHED).await?;
        let mut targets = Vec::new();
        for conversation in detached {
            targets.extend(conversations::get(&tx, conversation).await?.map(|with| Target {
                conversation,
                archive: with.archive_id,
                kind: with.kind,
            }));
        }
        drop(tx);
        for target in targets {
            let conversation = target.conversation;
            let left_alone = self.sync.is_paging(conversation) || self.sync.resting.contains_key(&conversation);
            if !left_alone && !self.sync.is_busy() {
                self.want_latest(target, Urgency::Background).await?;
            }
        }
        Ok(())
    }

    async fn fill_nearest(&mut self, with: WithGaps) -> Result<(), StoreError> {
        let viewed = self.open.get(&with.conversation).and_then(Timeline::viewed);
        let held = gaps::list(&self.store.read().await?, with.conversation).await?;
        let open = held.into_iter().filter(|gap| gap.state == GapState::Open);
        let Some((gap, side)) = nearest(open, viewed.unwrap_or(i64::MAX)) else {
            return Ok(());
        };
        let target = Target {
            conversation: with.conversation,
            archive: with.archive,
            kind: with.kind,
        };
        self.want_gap(target, &gap, side, Urgency::Background).await
    }

    /// Whether gaps of a conversation are filled now.
    pub(in crate::engine) fn fills_gaps(&self, conversation: ConversationId) -> bool {
        self.online() && !self.sync.resting.contains_key(&conversation)
    }

    /// Somebody reads up to a gap: its next page is wanted at once. `false`: it cannot be had now.
    pub(in crate::engine) async fn want_visible_gap(
        &mut self,
        target: Target,
        gap: &PlacedGap,
        edge_of_window: Side,
    ) -> Result<bool, StoreError> {
        if !self.fills_gaps(target.conversation) {
            return Ok(false);
        }
        // The older edge of a window is at the newer side of the gap.
        let side = match edge_of_window {
            Side::Older => Side::Newer,
            Side::Newer => Side::Older,
        };
        self.want_gap(target, gap, side, Urgency::Visible).await?;
        Ok(true)
    }

    /// Wants the page at one side of a gap.
    async fn want_gap(
        &mut self,
        target: Target,
        gap: &PlacedGap,
        side: Side,
        urgency: Urgency,
    ) -> Result<(), StoreError> {
        let tx = self.store.read().await?;
        let older = segments::get(&tx, gap.older_segment).await?;
        let newer = segments::get(&tx, gap.newer_segment).await?;
        drop(tx);
        // Without an archive id at its end, the older side says nothing certain about where to go on.
        let after = older
            .filter(|_| side == Side::Older)
            .and_then(|older| Some((older.id, WireId::new(older.last_archive_id?)?)));
        match (after, newer) {
            (Some((segment, after)), _) => {
                let purpose = Purpose::Newer { target, segment, after };
                self.want_page(target, purpose, urgency).await
            }
            (None, Some(newer)) => self.want_before(target, &newer, urgency).await,
            (None, None) => Ok(()),
        }
    }
}

/// The gap nearest to a position, and the side of it that is nearer.
fn nearest(gaps: impl Iterator<Item = PlacedGap>, position: i64) -> Option<(PlacedGap, Side)> {
    let sides = gaps.flat_map(|gap| [(gap.clone(), Side::Older), (gap, Side::Newer)]);
    sides.min_by_key(|(gap, side)| {
        let edge = match side {
            Side::Older => gap.after_position,
            Side::Newer => gap.before_position,
        };
        edge.abs_diff(position)
    })
}

#[cfg(test)]
mod tests {
    use wardline_store::{GapId, SegmentId};

    use super::*;

    fn gap(id: i64, after_position: i64, before_position: i64) -> PlacedGap {
        PlacedGap {
            id: GapId(id),
            state: GapState::Open,
            older_segment: SegmentId(id),
            newer_segment: SegmentId(id + 1),
            after_position,
            before_position,
        }
    }

    #[test]
    fn the_gap_next_to_the_reader_is_filled_from_the_readers_side() {
        let gaps = [gap(1, 10, 20), gap(2, 50, 90)];
        let chosen = |position| nearest(gaps.clone().into_iter(), position).map(|(gap, side)| (gap.id.0, side));
        assert_eq!(chosen(0), Some((1, Side::Older)));
        assert_eq!(chosen(25), Some((1, Side::Newer)));
        assert_eq!(chosen(48), Some((2, Side::Older)));
        assert_eq!(chosen(i64::MAX), Some((2, Side::Newer)));
    }
}
