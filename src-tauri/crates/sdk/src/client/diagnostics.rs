//! What a client tells of itself to whoever has to find out why something does not work.

use std::sync::PoisonError;
use std::time::Duration;

use wardline_store::Store;
use wardline_xmpp::session::{RequestError, Session};

use super::Client;
use crate::diagnostics;
use crate::engine::{Command, Current, EngineState};
use crate::view::{CommandError, ConversationId, Diagnostics, HeldPage, HeldQuery, WebViewSandbox};

/// How long the report waits for the server to answer.
const REPORT_PATIENCE: Duration = Duration::from_secs(3);

impl Client {
    /// The state of the whole, at once: nothing is asked of the server.
    ///
    /// # Errors
    /// [`CommandError::NotSignedIn`], [`CommandError::StoreUnavailable`].
    pub async fn diagnostics(&self) -> Result<Diagnostics, CommandError> {
        let (store, session, state) = self.parts().await?;
        self.diagnose(&store, &session, &state).await
    }

    /// Whoever shows the interface says how its web view is kept apart, for [`diagnostics`](Self::diagnostics).
    pub fn set_web_view_sandbox(&self, sandbox: WebViewSandbox) {
        *self.shared.web_view.lock().unwrap_or_else(PoisonError::into_inner) = sandbox;
    }

    async fn diagnose(
        &self,
        store: &Store,
        session: &Session,
        state: &EngineState,
    ) -> Result<Diagnostics, CommandError> {
        let mut whole = diagnostics::diagnose(store, state, session.link()).await?;
        whole.program.web_view = *self.shared.web_view.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(whole)
    }

    /// How long the server takes to answer, in milliseconds.
    ///
    /// # Errors
    /// [`CommandError::NotSignedIn`]; [`CommandError::ServerUnreachable`] without a connection or an answer.
    pub async fn round_trip(&self) -> Result<u32, CommandError> {
        let (_, session, _) = self.parts().await?;
        match session.round_trip().await {
            Ok(time) => Ok(millis(time)),
            Err(RequestError::Offline | RequestError::SessionLost | RequestError::TimedOut) => {
                Err(CommandError::ServerUnreachable)
            }
            Err(_) => Err(CommandError::ServerError),
        }
    }

    /// What is held of conversations, a page at a time: those that need attention first. Costs the messages of that page.
    ///
    /// # Errors
    /// As for [`Client::diagnostics`].
    pub async fn held(&self, query: HeldQuery) -> Result<HeldPage, CommandError> {
        let (store, _, state) = self.parts().await?;
        Ok(diagnostics::held_page(&store, &state, &query).await?)
    }

    /// Begins to compare a conversation with the server's archive, and repairs what can be; how far it is, and what it found,
    /// follows as events. Waits for a connection where there is none.
    ///
    /// # Errors
    /// [`CommandError::NotFound`], and as for [`Client::diagnostics`].
    pub async fn check_conversation(&self, conversation: ConversationId) -> Result<(), CommandError> {
        self.ask(|answer| Command::Check(conversation, answer)).await
    }

    /// Gives up a comparison. What it repaired stays repaired.
    ///
    /// # Errors
    /// [`CommandError::NotSignedIn`].
    pub async fn stop_check(&self, conversation: ConversationId) -> Result<(), CommandError> {
        self.ask(|answer| Command::StopCheck(conversation, answer)).await
    }

    /// A report to hand on: counts, states, features, versions and opaque ids. Nobody's name, address or text is in it.
    ///
    /// # Errors
    /// As for [`Client::diagnostics`].
    pub async fn diagnostics_report(&self) -> Result<String, CommandError> {
        let (store, session, state) = self.parts().await?;
        let whole = self.diagnose(&store, &session, &state).await?;
        let answer = tokio::time::timeout(REPORT_PATIENCE, session.round_trip()).await;
        let round_trip = answer.ok().and_then(Result::ok).map(millis);
        Ok(diagnostics::report(&store, &state, &whole, round_trip).await?)
    }

    async fn parts(&self) -> Result<(Store, Session, EngineState), CommandError> {
        let state = self.ask(Command::State).await?;
        match &*self.shared.running.lock().await {
            Some(running) => {
                let Current { store, session } = running.current.borrow().clone();
                Ok((store, session, state))
            }
            None => Err(CommandError::NotSignedIn),
        }
    }
}

fn millis(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}
