//! What can go wrong with the local data, before the database is open.

use wardline_store::StoreError;

use crate::view::{CommandError, FolderProblem};

/// Why local data could not be opened, made or destroyed. Carries no path, key or passphrase.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// There is no keyring: no D-Bus session, no program that offers one.
    #[error("no keyring")]
    KeyringMissing,
    /// The keyring is there but refuses: it is locked, and was not unlocked when asked.
    #[error("keyring is locked")]
    KeyringLocked,
    /// The keyring did not answer in time. It may be waiting for the user in a window of its own.
    #[error("keyring does not answer")]
    KeyringSilent,
    /// The keyring works and does not have the key of this database.
    #[error("keyring has no such key")]
    KeyMissing,
    /// The keyring gave something that is no key, or did not give back what it was given.
    #[error("keyring gave an unusable key")]
    KeyUnusable,
    /// The passphrase has fewer than 8 characters.
    #[error("passphrase is too short")]
    PassphraseTooShort,
    /// The passphrase is not the one that was chosen.
    #[error("passphrase is wrong")]
    PassphraseWrong,
    /// What is there is protected by a passphrase, and none was given.
    #[error("passphrase is needed")]
    PassphraseNeeded,
    /// There is no local data that a passphrase could unlock.
    #[error("nothing to unlock")]
    NotThere,
    /// Another process of the app uses this folder.
    #[error("local data is in use")]
    InUse,
    /// The local data was written by a newer version of the app.
    #[error("local data is of a newer version")]
    Newer,
    /// The folder or a file in it cannot be read or written.
    #[error("local files cannot be used ({kind})")]
    Io {
        /// What the operating system says.
        kind: std::io::ErrorKind,
    },
    /// The operating system gives no random numbers.
    #[error("no random numbers")]
    NoRandomness,
    /// The computer lacks the memory to derive the key, or a thread could not be started.
    #[error("key derivation failed")]
    Derivation,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<std::io::Error> for ProfileError {
    fn from(error: std::io::Error) -> Self {
        Self::Io { kind: error.kind() }
    }
}

impl From<ProfileError> for CommandError {
    fn from(error: ProfileError) -> Self {
        match error {
            ProfileError::KeyringMissing
            | ProfileError::KeyringLocked
            | ProfileError::KeyringSilent
            | ProfileError::KeyUnusable => Self::KeyringUnavailable,
            ProfileError::KeyMissing => Self::KeyMissing,
            ProfileError::PassphraseTooShort => Self::PassphraseTooShort,
            ProfileError::PassphraseWrong | ProfileError::PassphraseNeeded => Self::PassphraseWrong,
            ProfileError::NotThere => Self::NotSignedIn,
            ProfileError::InUse | ProfileError::Store(StoreError::Busy) => Self::StoreInUse,
            ProfileError::Newer | ProfileError::Store(StoreError::Newer { .. }) => Self::StoreNewer,
            ProfileError::Io { kind } => Self::FolderUnusable { problem: kind.into() },
            ProfileError::Store(StoreError::Full) => Self::FolderUnusable {
                problem: FolderProblem::Full,
            },
            ProfileError::Store(StoreError::Io { .. }) => Self::FolderUnusable {
                problem: FolderProblem::NotWritable,
            },
            ProfileError::Store(_) => Self::StoreUnavailable,
            ProfileError::NoRandomness => Self::Internal {
                reference: "profile-random".into(),
            },
            ProfileError::Derivation => Self::Internal {
                reference: "profile-derivation".into(),
            },
        }
    }
}
