//! The operating system's keyring: one entry per profile, service "wardline", user = the profile's random id. The secret is the
//! key, 32 bytes, and behind it the same key [sealed](super::seal), as JSON, from the first sign-in on.
//!
//! `keyring` is the door on every system. On Linux the entry is made from a freshly connected
//! `zbus-secret-service-keyring-store` instead of `keyring`'s process-wide default, for two reasons: that default is
//! connected once, and a first failure is kept until the process ends, so "unlock your keyring and try again" could
//! never work; and all calls through it share one mutex, so a single call that hangs would hang all later ones.
//!
//! Calls block: on D-Bus, and on a locked keyring until the user has answered its dialogue, without a limit. Each runs
//! on a thread of its own rather than on the runtime's blocking pool, because one that never returns would keep the
//! runtime from shutting down; the wait has a limit of its own. On a worker thread of the runtime the calls would panic
//! (the D-Bus client starts a runtime within the runtime).

use std::time::Duration;

use ::keyring::Entry;
use uuid::Uuid;
use wardline_store::DatabaseKey;
use zeroize::Zeroizing;

use super::ProfileError;
use super::seal::Seal;

const SERVICE: &str = "wardline";
/// Length of a key.
const KEY: usize = 32;
/// Long enough for a keyring that is started by the first call, short enough to offer another way.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, Copy)]
pub(super) struct Keyring {
    patience: Duration,
}

impl Default for Keyring {
    fn default() -> Self {
        Self { patience: PATIENCE }
    }
}

impl Keyring {
    #[cfg(test)]
    pub(super) fn with_patience(patience: Duration) -> Self {
        Self { patience }
    }

    pub(super) async fn get(self, id: Uuid) -> Result<DatabaseKey, ProfileError> {
        self.call(move || read(&entry(id)?)).await
    }

    /// Makes a random key, stores it and reads it back: a keyring that forgets is found out before anything depends on it.
    pub(super) async fn create(self, id: Uuid) -> Result<DatabaseKey, ProfileError> {
        self.call(move || {
            let mut bytes = Zeroizing::new([0; 32]);
            getrandom::fill(bytes.as_mut_slice()).map_err(|_| ProfileError::NoRandomness)?;
            let entry = entry(id)?;
            entry.set_secret(bytes.as_slice()).map_err(from_keyring)?;
            let stored = Zeroizing::new(entry.get_secret().map_err(from_keyring)?);
            if stored.as_slice() != bytes.as_slice() {
                return Err(ProfileError::KeyUnusable);
            }
            Ok(DatabaseKey::new(*bytes))
        })
        .await
    }

    /// Stores a key and its seal in place of what is there.
    pub(super) async fn put(self, id: Uuid, key: DatabaseKey, seal: Option<Seal>) -> Result<(), ProfileError> {
        self.call(move || {
            let mut secret = Zeroizing::new(key.bytes().to_vec());
            if let Some(seal) = seal {
                let seal = serde_json::to_vec(&seal).map_err(|_| ProfileError::KeyUnusable)?;
                // In two steps the first would leave a copy of the key behind in memory.
                let mut whole = Zeroizing::new(Vec::with_capacity(secret.len() + seal.len()));
                whole.extend_from_slice(&secret);
                whole.extend_from_slice(&seal);
                secret = whole;
            }
            entry(id)?.set_secret(&secret).map_err(from_keyring)
        })
        .await
    }

    /// The sealed key beside the key; `None` if there is none.
    pub(super) async fn seal(self, id: Uuid) -> Result<Option<Seal>, ProfileError> {
        self.call(move || {
            let secret = Zeroizing::new(entry(id)?.get_secret().map_err(from_keyring)?);
            let seal = secret.get(KEY..).unwrap_or_default();
            Ok(serde_json::from_slice(seal).ok())
        })
        .await
    }

    /// Removes the key; one that is not there is as good as removed.
    pub(super) async fn delete(self, id: Uuid) -> Result<(), ProfileError> {
        self.call(move || match entry(id)?.delete_credential() {
            Ok(()) | Err(::keyring::Error::NoEntry) => Ok(()),
            Err(error) => Err(from_keyring(error)),
        })
        .await
    }

    async fn call<T: Send + 'static>(
        self,
        work: impl FnOnce() -> Result<T, ProfileError> + Send + 'static,
    ) -> Result<T, ProfileError> {
        let (answer, answered) = tokio::sync::oneshot::channel();
        std::thread::Builder::new().name("keyring".into()).spawn(move || {
            // Nobody waits any more if the patience has run out.
            let _late = answer.send(work());
        })?;
        match tokio::time::timeout(self.patience, answered).await {
            Ok(Ok(result)) => result,
            // The thread panicked: the store crates do so where they do not expect an answer.
            Ok(Err(_)) => Err(ProfileError::KeyringMissing),
            Err(_) => Err(ProfileError::KeyringSilent),
        }
    }
}

fn read(entry: &Entry) -> Result<DatabaseKey, ProfileError> {
    let secret = Zeroizing::new(entry.get_secret().map_err(from_keyring)?);
    let bytes = secret.first_chunk::<KEY>().ok_or(ProfileError::KeyUnusable)?;
    Ok(DatabaseKey::new(*bytes))
}

#[cfg(all(unix, not(target_os = "macos")))]
fn entry(id: Uuid) -> Result<Entry, ProfileError> {
    use keyring_core::api::CredentialStoreApi;

    let store = zbus_secret_service_keyring_store::Store::new().map_err(from_keyring)?;
    let inner = store.build(SERVICE, &id.to_string(), None).map_err(from_keyring)?;
    Ok(Entry { inner })
}

#[cfg(any(windows, target_os = "macos"))]
fn entry(id: Uuid) -> Result<Entry, ProfileError> {
    Entry::new(SERVICE, &id.to_string()).map_err(from_keyring)
}

/// The inner errors are dropped: some carry the secret itself.
fn from_keyring(error: ::keyring::Error) -> ProfileError {
    match error {
        ::keyring::Error::NoEntry => ProfileError::KeyMissing,
        ::keyring::Error::NoStorageAccess(_) => ProfileError::KeyringLocked,
        ::keyring::Error::BadEncoding(_) | ::keyring::Error::BadDataFormat(..) | ::keyring::Error::Ambiguous(_) => {
            ProfileError::KeyUnusable
        }
        _ => ProfileError::KeyringMissing,
    }
}
