//! Pages that nobody asked for, for fuzzing.

use wardline_store::StoreError;
use wardline_xmpp::archive::ArchivePage;
use wardline_xmpp::ids::ArchiveId as WireId;

use super::cursor::Cursor;
use super::{PageRequest, Purpose, Urgency};
use crate::engine::Engine;
use crate::engine::ingest;

impl Engine {
    /// Takes a page as the next one of the run.
    pub(in crate::engine) async fn feed_run(&mut self, page: ArchivePage) -> Result<(), StoreError> {
        let Some(id) = WireId::new("cursor") else { return Ok(()) };
        let from = Cursor { id: Some(id), stamp: 0 };
        let request = self.fed(Purpose::Run { from: from.clone() });
        self.ran(&request, &from, page).await
    }

    /// Takes a page as the newest one of the conversation that its first message belongs to.
    pub(in crate::engine) async fn feed_newest(&mut self, mut page: ArchivePage) -> Result<(), StoreError> {
        let Some(first) = page.messages.first() else {
            return Ok(());
        };
        let with = first.conversation.clone();
        let tx = self.store.begin().await?;
        let target = ingest::target(&tx, self.own_archive, first).await?;
        tx.commit().await?;
        let Some(target) = target else { return Ok(()) };
        // The server was asked for messages with this person.
        page.messages.retain(|message| message.conversation == with);
        let request = self.fed(Purpose::Latest { target });
        self.paged(request, page).await
    }

    fn fed(&self, purpose: Purpose) -> PageRequest {
        PageRequest {
            session: self.sync.session,
            archive: self.own_archive,
            room: None,
            with: None,
            purpose,
            urgency: Urgency::Background,
        }
    }
}
