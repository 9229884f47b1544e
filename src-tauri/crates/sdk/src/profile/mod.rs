//! The folder of one person's local data on this computer: where the encrypted database is and how to get its key.
//!
//! ```text
//! profile.json        which database, and where its key comes from; no secret, no name, no address
//! <random id>.db      the encrypted database (with -wal and -shm while open)
//! profile.lock        held while the app runs
//! ```
//!
//! The key is 32 random bytes in the operating system's keyring, or derived (Argon2id) from a passphrase that is asked
//! for at each start. There is no third way: without either, nothing is stored.
//!
//! Nothing here is ever deleted but by [`Profile::wipe`]. A database that cannot be read is moved aside under another
//! name; a profile whose key is lost keeps its files under `profile-<id>.json` and `<id>.db`.
//!
//! The lock matters where "one app at a time" cannot be enforced otherwise (a Linux session without D-Bus): two
//! processes on one database would each believe to be the only writer.

mod description;
mod error;
mod folder;
mod keyring;
mod passphrase;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;
use wardline_store::{DatabaseKey, Store, StoreError};
use zeroize::Zeroizing;

use self::description::{Description, KeySource};
use self::folder::Folder;
use self::keyring::Keyring;
use crate::view::{KeyProtection, Notice};

pub use self::error::ProfileError;

/// The folder of local data. Cheap to clone; all clones share the lock, which is released with the last of them.
#[derive(Debug, Clone)]
pub struct Profile {
    folder: Arc<Folder>,
    keyring: Keyring,
    /// The key that a passphrase opened, for a sign-in after a sign-out: asking again would add nothing, since only the
    /// end of the process makes the memory unreadable to whoever could read it now.
    unlocked: Arc<Mutex<Option<(Uuid, DatabaseKey)>>>,
}

/// What [`Profile::open`] found.
#[derive(Debug)]
pub enum Found {
    /// No local data.
    Nothing {
        /// Something that happened to the local data and must be said.
        notice: Option<Notice>,
    },
    /// Local data protected by a passphrase: [`Profile::unlock`] is next.
    Locked,
    /// The database is open.
    Open(OpenProfile),
}

/// An open database.
#[derive(Debug)]
pub struct OpenProfile {
    /// The database.
    pub store: Store,
    /// Something that happened to the local data and must be said.
    pub notice: Option<Notice>,
}

/// Whether a profile could be protected like that, as far as can be told without trying: for a form that is checked
/// before a server is asked.
///
/// # Errors
/// [`ProfileError::PassphraseTooShort`].
pub fn check(protection: &KeyProtection) -> Result<(), ProfileError> {
    match protection {
        KeyProtection::Keyring => Ok(()),
        KeyProtection::Passphrase { passphrase } => passphrase::check_length(passphrase),
    }
}

impl Profile {
    /// The profile in `folder`, which need not exist. Touches nothing.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: Arc::new(Folder::new(folder.into())),
            keyring: Keyring::default(),
            unlocked: Arc::default(),
        }
    }

    /// Where it is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Opens what is there without asking anything. A database that cannot be read is moved aside and made anew.
    ///
    /// # Errors
    /// Any [`ProfileError`] but those about passphrases; nothing was changed then.
    pub async fn open(&self) -> Result<Found, ProfileError> {
        let Some(found) = self.folder.find().await? else {
            return Ok(Found::Nothing { notice: None });
        };
        let description = match found {
            Ok(description) => description,
            Err(description::Unreadable) => {
                self.folder.move_description_aside().await?;
                return Ok(Found::Nothing {
                    notice: Some(Notice::DatabaseMovedAside),
                });
            }
        };
        match &description.key {
            KeySource::Keyring => {
                let key = self.keyring.get(description.id).await?;
                Ok(Found::Open(self.open_store(description.id, &key).await?))
            }
            KeySource::Passphrase(_) => Ok(Found::Locked),
        }
    }

    /// Opens local data that is protected by a passphrase.
    ///
    /// # Errors
    /// [`ProfileError::PassphraseWrong`], [`ProfileError::NotThere`] if there is nothing to unlock, and those of the
    /// database.
    pub async fn unlock(&self, passphrase: Zeroizing<String>) -> Result<OpenProfile, ProfileError> {
        let Some(Ok(description)) = self.folder.find().await? else {
            return Err(ProfileError::NotThere);
        };
        let KeySource::Passphrase(lock) = description.key else {
            return Err(ProfileError::NotThere);
        };
        let key = passphrase::open(lock, passphrase).await?;
        self.remember(Some((description.id, key.clone())));
        self.open_store(description.id, &key).await
    }

    /// For a sign-in: opens what is there, or makes a new profile under this protection.
    ///
    /// What is there stays in use if its key can be had that way. Where its key is lost, or it is protected by the
    /// keyring while a passphrase is chosen now (the choice of somebody whose keyring does not work), it is kept aside
    /// and a new one takes its place, with a notice.
    ///
    /// # Errors
    /// Any [`ProfileError`]. [`ProfileError::PassphraseNeeded`] if what is there needs a passphrase that was not given
    /// since the process began, and the keyring is chosen: [`unlock`](Self::unlock) first, or [`wipe`](Self::wipe).
    pub async fn open_or_create(&self, protection: &KeyProtection) -> Result<OpenProfile, ProfileError> {
        let mut notice = None;
        match self.folder.find().await? {
            None => {}
            Some(Err(description::Unreadable)) => notice = Some(Notice::DatabaseMovedAside),
            Some(Ok(description)) => match (description.key, protection) {
                (KeySource::Passphrase(lock), KeyProtection::Passphrase { passphrase }) => {
                    let key = passphrase::open(lock, passphrase.clone()).await?;
                    return self.open_store(description.id, &key).await;
                }
                (KeySource::Passphrase(_), KeyProtection::Keyring) => {
                    let key = self.remembered(description.id).ok_or(ProfileError::PassphraseNeeded)?;
                    return self.open_store(description.id, &key).await;
                }
                (KeySource::Keyring, KeyProtection::Keyring) => match self.keyring.get(description.id).await {
                    Ok(key) => return self.open_store(description.id, &key).await,
                    Err(ProfileError::KeyMissing) => notice = Some(Notice::DatabaseMovedAside),
                    Err(error) => return Err(error),
                },
                (KeySource::Keyring, KeyProtection::Passphrase { .. }) => notice = Some(Notice::DatabaseMovedAside),
            },
        }
        let mut open = self.replace(protection).await?;
        open.notice = notice;
        Ok(open)
    }

    /// Keeps what is there aside, still encrypted under its own key, and makes a new profile: for the sign-in of somebody
    /// else. The store must be closed.
    ///
    /// # Errors
    /// Any [`ProfileError`]. What was there is still the profile if the new protection is not to be had.
    pub async fn replace(&self, protection: &KeyProtection) -> Result<OpenProfile, ProfileError> {
        // First of all the lock: nothing is done in a folder that is in use.
        let former = self.folder.find().await?;
        let id = Uuid::new_v4();
        let (key, source) = self.protect(id, protection).await?;
        self.remember(None);
        match former {
            Some(Ok(description)) => self.folder.set_description_aside(description.id).await?,
            Some(Err(description::Unreadable)) => self.folder.move_description_aside().await?,
            None => {}
        }
        self.describe_and_open(id, key, source).await
    }

    /// Destroys the local data: the database, everything that was ever moved aside, and the keys. The store must be
    /// closed.
    ///
    /// The databases go first. If a key cannot be removed from the keyring, the description stays behind, so that wiping
    /// again finishes the work.
    ///
    /// # Errors
    /// [`ProfileError::Io`] if a file cannot be removed; the keyring's errors if a key is left in it; then all messages
    /// are gone nevertheless.
    pub async fn wipe(&self) -> Result<(), ProfileError> {
        self.remember(None);
        for described in self.folder.remove_databases().await? {
            if described.in_keyring {
                self.keyring.delete(described.id).await?;
            }
        }
        self.folder.remove_descriptions().await
    }

    async fn protect(&self, id: Uuid, protection: &KeyProtection) -> Result<(DatabaseKey, KeySource), ProfileError> {
        match protection {
            KeyProtection::Keyring => Ok((self.keyring.create(id).await?, KeySource::Keyring)),
            KeyProtection::Passphrase { passphrase } => {
                let (key, lock) = passphrase::create(passphrase.clone()).await?;
                Ok((key, KeySource::Passphrase(lock)))
            }
        }
    }

    /// After the key is safe: a crash in between leaves a key without a database, not a database without a key.
    async fn describe_and_open(
        &self,
        id: Uuid,
        key: DatabaseKey,
        source: KeySource,
    ) -> Result<OpenProfile, ProfileError> {
        let by_passphrase = matches!(source, KeySource::Passphrase(_));
        self.folder.describe(Description { id, key: source }).await?;
        self.remember(by_passphrase.then(|| (id, key.clone())));
        self.open_store(id, &key).await
    }

    fn remember(&self, unlocked: Option<(Uuid, DatabaseKey)>) {
        *self.unlocked.lock().unwrap_or_else(PoisonError::into_inner) = unlocked;
    }

    fn remembered(&self, profile: Uuid) -> Option<DatabaseKey> {
        let unlocked = self.unlocked.lock().unwrap_or_else(PoisonError::into_inner);
        unlocked
            .as_ref()
            .filter(|(id, _)| *id == profile)
            .map(|(_, key)| key.clone())
    }

    async fn open_store(&self, id: Uuid, key: &DatabaseKey) -> Result<OpenProfile, ProfileError> {
        let path = self.folder.database(id);
        match Store::open(&path, key).await {
            Ok(opened) => Ok(OpenProfile {
                store: opened.store,
                notice: None,
            }),
            Err(error @ (StoreError::NotADatabase | StoreError::Damaged)) => {
                tracing::error!(code = %error, "database moved aside");
                Store::move_aside(&path).await?;
                let opened = Store::open(&path, key).await?;
                Ok(OpenProfile {
                    store: opened.store,
                    notice: Some(Notice::DatabaseMovedAside),
                })
            }
            Err(error) => Err(error.into()),
        }
    }
}
