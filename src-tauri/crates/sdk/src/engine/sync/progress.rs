//! How far the sync is, in the user's terms; and when an archive was last proven to hold nothing newer.

use std::collections::HashMap;

use wardline_store::{ArchiveId, Reads, StoreError, Text, WriteTx};

use super::{Reached, Sync};
use crate::engine::Engine;
use crate::engine::connection::CaughtUp;
use crate::setting_keys::TAIL_CONFIRMED_AT;
use crate::view::ArchiveState;

impl Sync {
    pub(in crate::engine) fn caught_up(&self) -> CaughtUp {
        match &self.own {
            Reached::Proving(_) | Reached::Looking | Reached::Proven | Reached::Closed => CaughtUp::Yes,
            Reached::First(first) => {
                // A team is entered first, and its newest page comes then.
                let rooms_to_come = self
                    .rooms
                    .values()
                    .filter(|room| matches!(room, Reached::Nothing))
                    .count();
                let (done, of) = first.progress();
                CaughtUp::Fetching {
                    done: counted(done + self.rooms.len() - rooms_to_come),
                    of: counted(of + self.rooms.len()),
                }
            }
            Reached::Nothing | Reached::Running | Reached::Paused(_) => CaughtUp::NotYet,
        }
    }
}

impl Reached {
    fn state(&self) -> ArchiveState {
        match self {
            Self::Nothing => ArchiveState::NotAsked,
            Self::First(_) => ArchiveState::FirstSync,
            Self::Running => ArchiveState::CatchingUp,
            Self::Paused(_) => ArchiveState::Paused,
            Self::Proving(_) => ArchiveState::Proving,
            Self::Looking => ArchiveState::Proving,
            Self::Proven => ArchiveState::Proven,
            Self::Closed => ArchiveState::None,
        }
    }
}

impl Engine {
    /// How far each archive has been read in this session.
    pub(in crate::engine) fn archive_states(&self) -> HashMap<ArchiveId, ArchiveState> {
        let own = self.sync.own.state();
        let rooms = self
            .sync
            .rooms
            .iter()
            .map(|(archive, reached)| (*archive, reached.state()));
        rooms.chain([(self.own_archive, own)]).collect()
    }

    /// Notes that an archive holds nothing newer than what is here.
    pub(super) async fn note_proven(&self, archive: ArchiveId) -> Result<(), StoreError> {
        let tx = self.store.begin().await?;
        set_proven(&tx, archive, self.clock.now()).await?;
        tx.commit().await
    }
}

async fn set_proven(tx: &WriteTx, archive: ArchiveId, at: i64) -> Result<(), StoreError> {
    TAIL_CONFIRMED_AT.of(archive).set(tx, &Text(at.to_string())).await
}

/// When an archive was last proven to hold nothing newer than what is here, Unix microseconds.
pub(crate) async fn proven_at(tx: &impl Reads, archive: ArchiveId) -> Result<Option<i64>, StoreError> {
    let stored = TAIL_CONFIRMED_AT.of(archive).get(tx).await?;
    Ok(stored.and_then(|text| text.as_str().parse().ok()))
}

fn counted(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
