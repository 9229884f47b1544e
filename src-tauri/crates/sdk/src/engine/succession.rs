//! An engine in the place of another one that the file has failed: it shows what is stored, and goes on with what was open.

use tokio::time::Instant;
use wardline_store::StoreError;
use wardline_xmpp::session::Session;

use super::{Engine, connection};
use crate::events::EventSender;
use crate::inbox::Inbox;
use crate::view::{CommandError, ConversationRow, Event};
use crate::wall_clock::WallClock;

/// Whether the file can be written to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Storage {
    #[default]
    Works,
    Fails {
        error: StoreError,
        /// When it is tried again.
        until: Instant,
    },
}

impl Engine {
    /// An engine over the same store with another session. Whoever draws is told to ask for everything again.
    ///
    /// # Errors
    /// As for [`Engine::new`].
    pub(crate) async fn succeeding(
        former: &mut Self,
        session: Session,
        events: EventSender,
        wall: WallClock,
    ) -> Result<Self, CommandError> {
        let (mut next, _) = Self::new(former.store.clone(), session, events, wall).await?;
        next.inbox.follow(&former.inbox);
        next.newest_revision = former.newest_revision;
        for (conversation, shown) in &former.open {
            let (timeline, _) = next.opening_window(*conversation).await?;
            next.open.insert(*conversation, timeline.following(shown));
            next.find_edges(*conversation, &mut Vec::new()).await?;
        }
        next.news = std::mem::take(&mut former.news);
        for row in no_news_any_more(&former.inbox, &next.inbox) {
            next.news.forget(row.id.into());
            next.events.send(Event::Read { conversation: row.id });
        }
        next.events.send(Event::Reload);
        next.events.send(Event::Connection {
            state: next.connection.clone(),
        });
        Ok(next)
    }

    /// Nothing can be saved; it is tried again at `until`.
    pub(super) fn show_failure(&mut self, error: StoreError, until: Instant) {
        self.storage = Storage::Fails { error, until };
        self.show_connection();
    }

    /// What is shown of the connection now.
    pub(super) fn connection_now(&self) -> crate::view::ConnectionView {
        match self.storage {
            Storage::Works => {
                let state = *self.session.state().borrow();
                connection::view(state, self.sync.caught_up(), self.clock.now())
            }
            Storage::Fails { error, until } => connection::failing(error, until, self.clock.now()),
        }
    }
}

/// Rows of which there was news before, and is none now.
fn no_news_any_more(before: &Inbox, now: &Inbox) -> Vec<ConversationRow> {
    let has_news = |row: &ConversationRow| row.unread > 0 || row.is_invitation();
    let rows = before.snapshot().rows.into_iter();
    rows.filter(has_news)
        .filter(|row| !now.row(row.id).is_some_and(has_news))
        .collect()
}
