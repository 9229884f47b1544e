//! A jump to a date that is not here: the messages from then on become an island, and whoever asked is answered when they have
//! come, or are not going to.

use wardline_store::{ConversationId, StoreError};
use wardline_xmpp::archive::{ArchiveError, ArchivePage};
use wardline_xmpp::ids::Timestamp;

use super::Sync;
use super::request::{PageRequest, Purpose, Urgency};
use crate::engine::Engine;
use crate::engine::command::Answer;
use crate::engine::ingest::Target;
use crate::view::{CommandError, TimelineSnapshot};

/// A jump to a date.
#[derive(Debug)]
pub(in crate::engine) struct Jump {
    /// The date, Unix microseconds.
    pub(in crate::engine) at: i64,
    /// Who waits for it.
    pub(in crate::engine) answer: Answer<TimelineSnapshot>,
}

impl Sync {
    /// Keeps a jump until its page has come.
    pub(in crate::engine) fn await_jump(&mut self, conversation: ConversationId, jump: Jump) {
        self.jumps.insert(conversation, jump);
    }

    /// Another window was asked for meanwhile.
    pub(in crate::engine) fn forget_jump(&mut self, conversation: ConversationId) {
        if let Some(jump) = self.jumps.remove(&conversation) {
            drop(jump.answer.send(Err(CommandError::NotFound)));
        }
    }
}

impl Engine {
    /// Wants what was said from a time on.
    pub(in crate::engine) async fn want_from(&mut self, target: Target, at: Timestamp) -> Result<(), StoreError> {
        self.want_page(target, Purpose::From { target, at }, Urgency::Visible)
            .await
    }

    /// The page of a jump has come, or is not going to: what is nearest to its date now is shown.
    pub(super) async fn take_island(
        &mut self,
        target: Target,
        request: &PageRequest,
        answer: Result<ArchivePage, ArchiveError>,
    ) -> Result<(), StoreError> {
        match answer {
            Ok(page) => self.paged(request.clone(), page).await?,
            Err(error) => tracing::info!(%error, "no page for a jump"),
        }
        match self.sync.jumps.remove(&target.conversation) {
            Some(jump) => self.land(target.conversation, jump).await,
            None => Ok(()),
        }
    }

    /// The session is over: nothing more will come for these jumps.
    pub(super) async fn land_all(&mut self) -> Result<(), StoreError> {
        for (conversation, jump) in std::mem::take(&mut self.sync.jumps) {
            self.land(conversation, jump).await?;
        }
        Ok(())
    }
}
