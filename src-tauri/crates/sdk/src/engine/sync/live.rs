//! Which segment a live message belongs to (sync.md R3).

use wardline_store::segments::{self, Edge, NewSegment};
use wardline_store::{SegmentId, SegmentKind, StoreError, WriteTx, gaps};

use super::Sync;
use crate::engine::ingest::Target;

impl Sync {
    /// Whether what is held of an archive reaches up to the live messages without a hole.
    fn is_connected(&self, target: Target) -> bool {
        self.rooms.get(&target.archive).unwrap_or(&self.own).is_at_end()
    }

    /// The segment of a live message at `position`: the newest one where the run has reached the end, else one of the live
    /// messages alone, with a gap before it until the run proves that there is none.
    pub(in crate::engine) async fn live_segment(
        &self,
        tx: &WriteTx,
        target: Target,
        position: i64,
    ) -> Result<SegmentId, StoreError> {
        let newest = segments::list(tx, target.conversation).await?.pop();
        match newest {
            Some(newest)
                if newest.kind == SegmentKind::Live
                    || (newest.kind == SegmentKind::Archived && self.is_connected(target)) =>
            {
                if position > newest.last_position {
                    segments::extend_newer(
                        tx,
                        newest.id,
                        Edge {
                            archive_id: None,
                            position,
                        },
                    )
                    .await?;
                }
                Ok(newest.id)
            }
            newest => {
                let live = segments::insert(
                    tx,
                    NewSegment {
                        conversation_id: target.conversation,
                        kind: SegmentKind::Live,
                        first_archive_id: None,
                        last_archive_id: None,
                        first_position: position,
                        last_position: position,
                        reaches_start: false,
                    },
                )
                .await?;
                if let Some(older) = newest {
                    gaps::insert(tx, target.conversation, older.id, live).await?;
                }
                Ok(live)
            }
        }
    }
}
