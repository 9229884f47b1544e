//! The folder of one person's local data on this computer: where the encrypted database is and how to get its key.
//!
//! ```text
//! profile.json        which database, and where its key comes from; no secret, no name, no address
//! <random id>.db      the encrypted database (with -wal and -shm while open)
//! profile.lock        held while the app runs
//! ```
//!
//! The key is 32 random bytes in the operating system's keyring, or derived (Argon2id) from a passphrase that is asked
//! for at each start. There is no third way: without either, nothing is stored. After a sign-out that keeps the messages the
//! key is not in the keyring any more, but [sealed](seal) with the account's password.
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
mod seal;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;
use wardline_store::{DatabaseKey, Origin, Store, StoreError};
use zeroize::Zeroizing;

use self::description::{Description, KeySource};
use self::folder::Folder;
use self::keyring::Keyring;
use self::seal::Seal;
use crate::view::{KeyProtection, Notice};

pub use self::error::ProfileError;
pub use self::seal::Credentials;

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
            KeySource::Sealed(_) => Ok(Found::Nothing { notice: None }),
        }
    }

    /// For a sign-in, before [`open_or_create`](Self::open_or_create): where the key is sealed, these credentials put it back into
    /// the keyring. Those of another account, or a password that was changed since, do not: the profile stays sealed.
    ///
    /// # Errors
    /// Any [`ProfileError`] but those about passphrases.
    pub async fn unseal(&self, credentials: &Credentials) -> Result<(), ProfileError> {
        let Some(Ok(Description {
            id,
            key: KeySource::Sealed(seal),
        })) = self.folder.find().await?
        else {
            return Ok(());
        };
        let key = match seal.open(credentials).await {
            Ok(key) => key,
            Err(ProfileError::PassphraseWrong) => return Ok(()),
            Err(error) => return Err(error),
        };
        self.keyring.put(id, key, None).await?;
        let key = KeySource::Keyring;
        self.folder.describe(Description { id, key }).await
    }

    /// After a sign-in: keeps a sealed key beside the one in the keyring, for [`seal`](Self::seal).
    ///
    /// # Errors
    /// Any [`ProfileError`]; the keyring is as before.
    pub async fn prepare_seal(&self, credentials: &Credentials) -> Result<(), ProfileError> {
        let Some(id) = self.in_keyring().await? else {
            return Ok(());
        };
        let key = self.keyring.get(id).await?;
        let seal = Seal::close(&key, credentials).await?;
        self.keyring.put(id, key, Some(seal)).await
    }

    /// After a sign-out that keeps the messages: takes the key out of the keyring. The store must be closed.
    ///
    /// # Errors
    /// [`ProfileError::KeyMissing`] if no sealed key was prepared: then the key stays where it is. Any other [`ProfileError`].
    pub async fn seal(&self) -> Result<(), ProfileError> {
        let Some(id) = self.in_keyring().await? else {
            return Ok(());
        };
        let seal = self.keyring.seal(id).await?.ok_or(ProfileError::KeyMissing)?;
        // In this order: a computer that stops in between has a key too many, not one too few.
        let key = KeySource::Sealed(seal);
        self.folder.describe(Description { id, key }).await?;
        self.keyring.delete(id).await
    }

    /// The current profile, if its key is in the keyring.
    async fn in_keyring(&self) -> Result<Option<Uuid>, ProfileError> {
        Ok(match self.folder.find().await? {
            Some(Ok(Description {
                id,
                key: KeySource::Keyring,
            })) => Some(id),
            _ => None,
        })
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
                (KeySource::Sealed(_), _) => notice = Some(Notice::FormerMessagesSealed),
            },
        }
        let mut open = self.replace(protection).await?;
        open.notice = notice;
        Ok(open)
    }

    /// Opens the database that is there, for a look, if it can be opened that way. Changes nothing, whatever is there.
    pub(crate) async fn peek(&self, protection: &KeyProtection, credentials: &Credentials) -> Option<Store> {
        if !self.folder.has_profile().await {
            return None;
        }
        let description = self.folder.find().await.ok()??.ok()?;
        let key = match (description.key, protection) {
            (KeySource::Passphrase(lock), KeyProtection::Passphrase { passphrase }) => {
                passphrase::open(lock, passphrase.clone()).await.ok()?
            }
            (KeySource::Passphrase(_), KeyProtection::Keyring) => self.remembered(description.id)?,
            (KeySource::Keyring, KeyProtection::Keyring) => self.keyring.get(description.id).await.ok()?,
            (KeySource::Sealed(seal), KeyProtection::Keyring) => seal.open(credentials).await.ok()?,
            (KeySource::Keyring | KeySource::Sealed(_), KeyProtection::Passphrase { .. }) => return None,
        };
        let opened = Store::open(&self.folder.database(description.id), &key).await.ok()?;
        Some(opened.store)
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
        self.new_store(id, &key).await
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

    /// Opens the database of a profile that was there before. One that is gone, empty or damaged is begun anew, and that is said.
    pub(crate) async fn open_store(&self, id: Uuid, key: &DatabaseKey) -> Result<OpenProfile, ProfileError> {
        let path = self.folder.database(id);
        if tokio::fs::metadata(&path).await.is_ok_and(|found| found.is_dir()) {
            tracing::error!("a folder in place of the database moved aside");
            Store::quarantine(&path).await?;
        }
        match Store::open(&path, key).await {
            Ok(opened) => Ok(OpenProfile {
                store: opened.store,
                notice: (opened.origin == Origin::Created).then_some(Notice::DatabaseMovedAside),
            }),
            Err(error) if is_damaged(&path, key, error).await => {
                tracing::error!(%error, "database moved aside");
                Store::quarantine(&path).await?;
                let mut anew = self.new_store(id, key).await?;
                anew.notice = Some(Notice::DatabaseMovedAside);
                Ok(anew)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Makes the database of a new profile.
    async fn new_store(&self, id: Uuid, key: &DatabaseKey) -> Result<OpenProfile, ProfileError> {
        let opened = Store::open(&self.folder.database(id), key).await?;
        Ok(OpenProfile {
            store: opened.store,
            notice: None,
        })
    }
}

/// Whether a database that does not open is damaged. Whatever it failed with leads to a look at it; what cannot be used for another
/// reason, such as a full disk or missing permission, stays as it is.
async fn is_damaged(path: &Path, key: &DatabaseKey, error: StoreError) -> bool {
    match error {
        StoreError::Newer { .. } | StoreError::NotEncrypting | StoreError::Full | StoreError::Busy => false,
        error if error.is_loss() => true,
        _ => Store::check_at(path, key).await.is_err_and(StoreError::is_loss),
    }
}
