//! `profile.json`: which database there is and where its key comes from.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::ProfileError;
use super::passphrase::PassphraseLock;
use super::seal::Seal;

const VERSION: u32 = 1;

/// What `profile.json` says. Neither who the person is nor anything secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Description {
    /// Random; names the database file and the keyring's entry.
    pub(super) id: Uuid,
    /// Where the key comes from.
    pub(super) key: KeySource,
}

/// Where the key of the database comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub(super) enum KeySource {
    /// The operating system's keyring.
    Keyring,
    /// A passphrase.
    Passphrase(PassphraseLock),
    /// Nobody is signed in: the account's password opens it.
    Sealed(Seal),
}

/// The file is not one that this or any later version wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unreadable;

/// Read first: a later version may mean something else by the rest.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

#[derive(Serialize, Deserialize)]
struct Written {
    version: u32,
    id: Uuid,
    key: KeySource,
}

impl Description {
    pub(super) fn to_json(&self) -> Result<Vec<u8>, ProfileError> {
        let written = Written {
            version: VERSION,
            id: self.id,
            key: self.key.clone(),
        };
        serde_json::to_vec_pretty(&written).map_err(|_| ProfileError::Io {
            kind: std::io::ErrorKind::InvalidData,
        })
    }

    /// # Errors
    /// [`ProfileError::Newer`]. A file that makes no sense is `Ok(Err(Unreadable))`: that one is moved aside.
    pub(super) fn from_json(json: &[u8]) -> Result<Result<Self, Unreadable>, ProfileError> {
        let Ok(Versioned { version }) = serde_json::from_slice(json) else {
            return Ok(Err(Unreadable));
        };
        if version > VERSION {
            return Err(ProfileError::Newer);
        }
        let Ok(written) = serde_json::from_slice::<Written>(json) else {
            return Ok(Err(Unreadable));
        };
        match &written.key {
            KeySource::Passphrase(lock) if !lock.is_sane() => Ok(Err(Unreadable)),
            KeySource::Sealed(seal) if !seal.is_sane() => Ok(Err(Unreadable)),
            _ => Ok(Ok(Self {
                id: written.id,
                key: written.key,
            })),
        }
    }
}
