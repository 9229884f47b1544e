//! Which segment a live message belongs to (sync.md R3).

use tokio::time::Instant;
use wardline_store::segments::{self, Edge, NewSegment};
use wardline_store::{ArchiveId, SegmentId, SegmentKind, StoreError, WriteTx, gaps};

use super::catch_up::{PROVE_AFTER, cursor};
use super::{Reached, Sync};
use crate::engine::Engine;
use crate::engine::ingest::Target;

impl Sync {
    /// Whether what is held of an archive reaches up to the live messages without a hole.
    fn is_connected(&self, target: Target) -> bool {
        let reached = self.rooms.get(&target.archive).unwrap_or(&self.own);
        matches!(reached, Reached::Proving(_) | Reached::Proven)
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
            Some(newest) if newest.kind == SegmentKind::Live || self.is_connected(target) => {
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
                        tail_proven_us: None,
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

impl Engine {
    /// A live message brought a time of its own. A contact can write such a time as well as a server can: the archive is
    /// asked once more, and its stamp counts.
    pub(in crate::engine) async fn check_times(&mut self, archive: ArchiveId) -> Result<(), StoreError> {
        // An own archive that was empty has no cursor yet, and is read from its beginning; a room without one has none to read.
        let own = archive == self.own_archive;
        let readable = own || cursor(&self.store.read().await?, archive).await?.is_some();
        let reached = self.sync.reached(self.own_archive, archive);
        if readable && matches!(reached, Reached::Proving(_) | Reached::Proven) {
            *reached = Reached::Proving(Instant::now() + PROVE_AFTER);
        }
        Ok(())
    }
}
