//! The database key while nobody is signed in: sealed with the account's password.
//!
//! At sign-in the password is at hand for a moment. Argon2id makes a pad of it and of the account's address, over which the key is
//! laid; the pad has a salt of its own, so it is used once. The seal is kept beside the key in the keyring. At sign-out the
//! key leaves the keyring and the seal takes its place in `profile.json`: from then on only the password opens the messages.
//!
//! Its limits: the seal is as strong as the password, for somebody who copies the disk and guesses; and a password that
//! was changed while nobody was signed in opens it no more.

use serde::{Deserialize, Serialize};
use wardline_store::DatabaseKey;
use zeroize::Zeroizing;

use super::ProfileError;
use super::passphrase::{self, PassphraseLock, from_base64, to_base64};

/// Whose password seals a key.
#[derive(Clone)]
pub struct Credentials {
    /// The account's address, so that the same password of somebody else opens nothing.
    address: String,
    password: Zeroizing<String>,
}

impl Credentials {
    /// Those of an account that a server has just accepted.
    #[must_use]
    pub fn new(address: &str, password: &str) -> Self {
        Self {
            address: address.to_owned(),
            password: Zeroizing::new(password.to_owned()),
        }
    }

    /// Neither part can be taken for a piece of the other: an address holds no zero byte.
    fn secret(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{}\0{}", self.address, self.password.as_str()))
    }
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials(..)")
    }
}

/// A sealed key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Seal {
    lock: PassphraseLock,
    #[serde(serialize_with = "to_base64", deserialize_with = "from_base64")]
    sealed: [u8; 32],
}

impl Seal {
    /// Seals a key.
    pub(super) async fn close(key: &DatabaseKey, credentials: &Credentials) -> Result<Self, ProfileError> {
        let (pad, lock) = passphrase::create_of_any_length(credentials.secret()).await?;
        Ok(Self {
            lock,
            sealed: overlaid(key.bytes(), &pad),
        })
    }

    /// The key, if these are the credentials.
    ///
    /// # Errors
    /// [`ProfileError::PassphraseWrong`].
    pub(super) async fn open(self, credentials: &Credentials) -> Result<DatabaseKey, ProfileError> {
        let pad = passphrase::open(self.lock, credentials.secret()).await?;
        let key = Zeroizing::new(overlaid(&self.sealed, &pad));
        Ok(DatabaseKey::new(*key))
    }

    /// Whether its parameters are such as this app writes.
    pub(super) fn is_sane(&self) -> bool {
        self.lock.is_sane()
    }
}

fn overlaid(bytes: &[u8; 32], pad: &DatabaseKey) -> [u8; 32] {
    let mut overlaid = *bytes;
    for (byte, pad) in overlaid.iter_mut().zip(pad.bytes()) {
        *byte ^= pad;
    }
    overlaid
}
