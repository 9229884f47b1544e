//! What is carried over from a database that is lost: who is signed in, and what is known of the server, which a server must not
//! be able to make us forget. Everything else is on it.

use std::time::Duration;

use wardline_store::accounts::{self, Account, NewAccount};
use wardline_store::{Store, StoreError, Text};
use wardline_xmpp::session::KnownServer;

use crate::known_server;
use crate::setting_keys::DATABASE_OWNER;

/// How often who is signed in is read before it is given up.
const TRIES: u8 = 5;
const PAUSE: Duration = Duration::from_millis(100);

/// What could be read of databases that are lost.
#[derive(Default)]
pub(crate) struct Salvaged {
    account: Option<NewAccount>,
    owner: Option<Text>,
    known: Option<KnownServer>,
}

impl Salvaged {
    /// Reads what can be read.
    pub(crate) async fn add(&mut self, store: &Store) {
        for _ in 0..TRIES {
            if let Ok(tx) = store.read().await
                && let Ok(Some(account)) = accounts::get(&tx).await
            {
                self.account = Some(as_new(account));
                break;
            }
            // The connections that can still read may be in use.
            tokio::time::sleep(PAUSE).await;
        }
        if let Ok(tx) = store.read().await
            && let Ok(Some(owner)) = DATABASE_OWNER.get(&tx).await
        {
            self.owner = Some(owner);
        }
        if let Ok(tx) = store.read().await
            && let Ok(known) = known_server::get(&tx).await
        {
            self.known = Some(known);
        }
    }

    /// Puts it into another database.
    ///
    /// # Errors
    /// What writing failed with.
    pub(crate) async fn put(&self, store: &Store) -> Result<(), StoreError> {
        let tx = store.begin().await?;
        if let Some(account) = &self.account {
            accounts::put(&tx, account.clone()).await?;
        }
        if let Some(owner) = &self.owner {
            DATABASE_OWNER.set(&tx, owner).await?;
        }
        if let Some(known) = self.known {
            known_server::set(&tx, known).await?;
        }
        tx.commit().await
    }
}

/// The account as it is to be stored.
fn as_new(account: Account) -> NewAccount {
    NewAccount {
        address: account.address,
        resource: account.resource,
        server: account.server,
        credential: account.credential,
    }
}
