//! The client's end of an account that runs.

use std::sync::Arc;

use tokio::sync::{Notify, mpsc, oneshot, watch};
use wardline_store::{Store, StoreError, accounts};
use wardline_xmpp::session::{SessionError, SessionState};

use crate::engine::{self, Command, Current};
use crate::view::{CommandError, SignedIn};

/// An account that is running.
#[derive(Debug)]
pub(super) struct Running {
    /// What it runs on.
    pub(super) current: watch::Receiver<Current>,
    pub(super) commands: mpsc::Sender<Command>,
    /// Tries the file again, where it cannot be written to.
    pub(super) retry: Arc<Notify>,
}

impl Running {
    pub(super) fn store(&self) -> Store {
        self.current.borrow().store.clone()
    }

    pub(super) async fn signed_in(&self) -> Result<SignedIn, CommandError> {
        engine::ask(&self.commands, Command::SignedIn).await
    }

    /// Whether the server has refused the account's password.
    pub(super) fn is_refused(&self) -> bool {
        matches!(
            *self.current.borrow().session.state().borrow(),
            SessionState::Failed {
                reason: SessionError::NotAuthorized
            }
        )
    }

    pub(super) async fn stop(&self) {
        let (done, stopped) = oneshot::channel();
        if self.commands.send(Command::Stop(done)).await.is_ok() {
            let _engine_gone = stopped.await;
        }
    }

    /// Nobody is signed in any more at the next start.
    pub(super) async fn forget_account(&self) -> Result<(), StoreError> {
        let tx = self.store().begin().await?;
        accounts::remove(&tx).await?;
        tx.commit().await
    }

    /// What is committed stays, however this ends.
    pub(super) async fn close_store(&self) {
        if let Err(error) = self.store().close().await {
            tracing::warn!(%error, "store not closed cleanly");
        }
    }
}
