//! How far a conversation has been read, told by how much of it the server counts as unread.
//!
//! The server counts every message that it archives of others since the last reading: texts, corrections, reactions, retractions.
//! Going back as many of them from the newest leads to what has been read. That can be done once they are all here.

use wardline_store::{ConversationId, StoreError, WriteTx, conversations, counted, messages};

use crate::engine::Engine;
use crate::engine::changes::Changes;
use crate::engine::decisions;
use crate::engine::read_pointer;

/// The server's word on one conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Claim {
    /// What has not been read, as the server counts.
    pub(super) unread: u32,
    /// When its last message was archived, Unix microseconds; what came later is not in the number.
    pub(super) at: i64,
    /// How far had been read here when it came.
    pub(super) read: Option<i64>,
}

/// The inbox and the archive of some servers date a message by two clocks, this far apart at most, in microseconds.
const APART: i64 = 100_000;

impl Engine {
    /// Moves read pointers to where the server's claims put them, as far as what they count is here. How many moved. A claim
    /// holds until its archive has been caught up with.
    pub(super) async fn settle_claims(&mut self) -> Result<u32, StoreError> {
        if self.server_inbox.claims.is_empty() {
            return Ok(0);
        }
        let mut moved = 0_u32;
        let mut changes = Changes::default();
        let mut settled = Vec::new();
        let tx = self.store.begin().await?;
        for (&id, &claim) in &self.server_inbox.claims {
            let Some(with) = conversations::get(&tx, id).await? else {
                settled.push(id);
                continue;
            };
            if self.sync.is_paging(id) {
                continue;
            }
            if self.sync.is_at_end(self.own_archive, with.archive_id) {
                settled.push(id);
            }
            let Some(position) = self.read_up_to(&tx, id, claim).await? else {
                continue;
            };
            // All had been read and the server says otherwise: somebody has marked it as unread. What was read here since the session began
            // the server may not have heard of when it said so.
            let read = claim.read.is_some_and(|read| position < read) && with.unread == 0;
            let marked = claim.unread == 1 && read && !self.server_inbox.read_here.contains(&id);
            if marked && !with.marked_unread && !decisions::is_untold(&tx, id).await? {
                conversations::set_marked_unread(&tx, id, true).await?;
                changes.row(id);
            }
            if conversations::advance_read(&tx, id, position, None).await? {
                read_pointer::refresh(&tx, id, &mut changes).await?;
                let now = conversations::get(&tx, id)
                    .await?
                    .map_or(with.unread, |with| with.unread);
                moved = moved.saturating_add(u32::from(now != with.unread));
            }
        }
        tx.commit().await?;
        for id in settled {
            self.server_inbox.claims.remove(&id);
        }
        self.committed(changes).await?;
        Ok(moved)
    }

    async fn read_up_to(&self, tx: &WriteTx, id: ConversationId, claim: Claim) -> Result<Option<i64>, StoreError> {
        let up_to = claim.at.saturating_add(APART);
        if claim.unread == 0 {
            return messages::last_position_up_to(tx, id, up_to).await;
        }
        let own = wardline_store::Address(self.own.to_string());
        let oldest = counted::nth_from_end(tx, id, &own, up_to, claim.unread).await?;
        Ok(oldest.map(|at| at.saturating_sub(1)))
    }

    /// The pass over what is unread is over: conversations of the inbox that it has not named have been read elsewhere.
    pub(super) async fn read_elsewhere(&mut self) -> Result<(), StoreError> {
        let began = self.server_inbox.began;
        let named = std::mem::take(&mut self.server_inbox.unread);
        let tx = self.store.read().await?;
        let unread = conversations::listed_unread(&tx).await?;
        drop(tx);
        for id in unread.into_iter().filter(|id| !named.contains(id)) {
            let claim = Claim {
                unread: 0,
                at: began,
                read: None,
            };
            self.server_inbox.claims.entry(id).or_insert(claim);
        }
        Ok(())
    }
}
