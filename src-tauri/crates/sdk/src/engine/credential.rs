//! What proves the account, and what is known of its server, are kept as the session learns them.

use wardline_store::{Secret, StoreError, accounts};

use super::Engine;
use crate::known_server;

impl Engine {
    /// Keeps what the session has learnt. Nothing, where nobody is signed in any more.
    pub(super) async fn keep_credential(&mut self) -> Result<(), StoreError> {
        let learnt = self.session.authentication().borrow().clone();
        let tx = self.store.begin().await?;
        let Some(account) = accounts::get(&tx).await? else {
            return Ok(());
        };
        let credential = Secret::from(learnt.credential.to_text());
        if account.credential != credential {
            accounts::set_credential(&tx, credential).await?;
        }
        known_server::set(&tx, learnt.known).await?;
        tx.commit().await
    }
}
