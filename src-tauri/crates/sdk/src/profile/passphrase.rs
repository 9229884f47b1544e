//! A key from a passphrase: Argon2id (RFC 9106).
//!
//! 64 bytes are derived. The first half is the key; of the second half eight bytes are kept, to tell a wrong passphrase
//! from a damaged database, which look alike to SQLCipher. They help nobody who guesses: each guess costs the same
//! derivation, and the database itself would confirm it as well.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use wardline_store::DatabaseKey;
use zeroize::Zeroizing;

use super::ProfileError;

/// Shortest passphrase that can be chosen, in characters.
const SHORTEST: usize = 8;
/// Memory, in KiB: what RFC 9106 section 4 names for constrained environments.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 1;
/// What a description may ask for at most; more would only come from a damaged or forged file.
const MEMORY_KIB_LIMIT: u32 = 1024 * 1024;
const PASSES_LIMIT: u32 = 64;
const LANES_LIMIT: u32 = 16;

/// What is kept of a passphrase: how to derive the key from it, and how to tell that it is the right one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PassphraseLock {
    #[serde(serialize_with = "to_base64", deserialize_with = "from_base64")]
    salt: [u8; 16],
    #[serde(serialize_with = "to_base64", deserialize_with = "from_base64")]
    check: [u8; 8],
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl PassphraseLock {
    /// Whether the parameters are such as this app writes, now or later.
    pub(super) fn is_sane(&self) -> bool {
        self.memory_kib <= MEMORY_KIB_LIMIT && self.passes <= PASSES_LIMIT && self.lanes <= LANES_LIMIT && {
            Params::new(self.memory_kib, self.passes, self.lanes, Some(64)).is_ok()
        }
    }

    fn derive(&self, passphrase: &str) -> Result<(DatabaseKey, [u8; 8]), ProfileError> {
        let params =
            Params::new(self.memory_kib, self.passes, self.lanes, Some(64)).map_err(|_| ProfileError::Derivation)?;
        let mut derived = Zeroizing::new([0; 64]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.as_bytes(), &self.salt, derived.as_mut_slice())
            .map_err(|_| ProfileError::Derivation)?;
        let key = derived.first_chunk::<32>().ok_or(ProfileError::Derivation)?;
        let check = derived.last_chunk::<8>().ok_or(ProfileError::Derivation)?;
        Ok((DatabaseKey::new(*key), *check))
    }
}

pub(super) fn check_length(passphrase: &str) -> Result<(), ProfileError> {
    if passphrase.chars().count() < SHORTEST {
        Err(ProfileError::PassphraseTooShort)
    } else {
        Ok(())
    }
}

/// A new lock for this passphrase, and the key.
pub(super) async fn create(passphrase: Zeroizing<String>) -> Result<(DatabaseKey, PassphraseLock), ProfileError> {
    check_length(&passphrase)?;
    create_of_any_length(passphrase).await
}

/// The same for a secret that was chosen elsewhere.
pub(super) async fn create_of_any_length(
    passphrase: Zeroizing<String>,
) -> Result<(DatabaseKey, PassphraseLock), ProfileError> {
    on_blocking_pool(move || {
        let mut lock = PassphraseLock {
            salt: [0; 16],
            check: [0; 8],
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            lanes: LANES,
        };
        getrandom::fill(&mut lock.salt).map_err(|_| ProfileError::NoRandomness)?;
        let (key, check) = lock.derive(&passphrase)?;
        lock.check = check;
        Ok((key, lock))
    })
    .await
}

/// The key, if this is the passphrase.
pub(super) async fn open(lock: PassphraseLock, passphrase: Zeroizing<String>) -> Result<DatabaseKey, ProfileError> {
    on_blocking_pool(move || {
        let (key, check) = lock.derive(&passphrase)?;
        if check == lock.check {
            Ok(key)
        } else {
            Err(ProfileError::PassphraseWrong)
        }
    })
    .await
}

async fn on_blocking_pool<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ProfileError> + Send + 'static,
) -> Result<T, ProfileError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| ProfileError::Derivation)?
}

pub(super) fn to_base64<S: Serializer, const N: usize>(bytes: &[u8; N], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(bytes))
}

pub(super) fn from_base64<'de, D: Deserializer<'de>, const N: usize>(deserializer: D) -> Result<[u8; N], D::Error> {
    let text = String::deserialize(deserializer)?;
    let bytes = STANDARD.decode(text).map_err(|_| D::Error::custom("not base64"))?;
    bytes.try_into().map_err(|_| D::Error::custom("wrong length"))
}
