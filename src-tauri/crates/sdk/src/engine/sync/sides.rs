//! Live messages of which the archive has not told yet, beside a page that tells of others.

use std::collections::{BTreeSet, HashSet};

use wardline_store::{StoreError, messages, segments};

use super::insert_page::PageMessage;
use crate::engine::Engine;
use crate::engine::ingest::Target;
use crate::engine::read_pointer::Moved;
use crate::engine::transaction::Tx;

impl Engine {
    /// Keeps live messages, of which the archive has not told yet, on the side of the page's live messages on which they came, and before
    /// what was written here after they were here. They would change sides only because their time is of a clock, or of
    /// a line, that was late. What was delivered late came on no side.
    pub(super) async fn keep_sides(
        &self,
        tx: &Tx,
        target: Target,
        page: &[PageMessage<'_>],
        positions: &[i64],
        moved: &mut Vec<Moved>,
    ) -> Result<(), StoreError> {
        let Some(end) = positions.last().copied() else {
            return Ok(());
        };
        let mut shifts = Vec::new();
        let on_page = |message: &messages::Message| page.iter().any(|text| text.id == message.id);
        let live = |moved: &&Moved| {
            page.iter()
                .any(|text| text.id == moved.message && text.before.segment.is_some())
        };
        let mut forward: Vec<(i64, i64)> = moved.iter().filter(live).map(|moved| (moved.from, moved.to)).collect();
        for (from, to) in &forward {
            let unplaced = messages::unplaced_between(tx, target.conversation, *to, from.saturating_sub(1)).await?;
            let earlier = unplaced.into_iter().rev().filter(|message| !on_page(message));
            shifts.extend(
                earlier
                    .zip(1..)
                    .map(|(message, back)| (message, to.saturating_sub(back))),
            );
        }
        let echoes = page.iter().zip(positions);
        let mut echoes = echoes.filter(|(text, _)| text.before.position >= messages::PENDING_BASE);
        if let Some((echo, to)) = echoes.next() {
            let up_to = messages::PENDING_BASE.saturating_sub(1);
            let unplaced = messages::unplaced_between(tx, target.conversation, *to, up_to).await?;
            // Both have their ids by the clock, when they came and when it was written.
            let was_here = |message: &messages::Message| !on_page(message) && message.id < echo.id;
            let earlier = unplaced.into_iter().rev().filter(was_here);
            shifts.extend(
                earlier
                    .zip(1..)
                    .map(|(message, back)| (message, to.saturating_sub(back))),
            );
        }
        forward.sort_unstable();
        // What came after the last of them came after the whole page.
        if let Some((_, to)) = forward.last_mut() {
            *to = end;
        }
        for (from, to) in forward.into_iter().rev() {
            let unplaced = messages::unplaced_between(tx, target.conversation, from, to).await?;
            let later = unplaced.into_iter().filter(|message| !on_page(message));
            shifts.extend(later.zip(1..).map(|(message, on)| (message, to.saturating_add(on))));
        }

        let mut around = BTreeSet::new();
        let mut shifted = HashSet::new();
        for (message, position) in shifts {
            if !shifted.insert(message.id) {
                continue;
            }
            messages::shift(tx, message.id, position).await?;
            moved.push(Moved {
                message: message.id,
                direction: message.direction,
                from: message.position,
                to: position,
            });
            around.extend(message.segment_id);
            tx.message(target.conversation, message.id);
        }
        for segment in around {
            segments::fit(tx, segment).await?;
        }
        Ok(())
    }
}
