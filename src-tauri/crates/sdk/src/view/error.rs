//! Errors at the boundary to the user interface: a stable code with parameters. The words belong to the interface.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Why a command failed or a connection is down. Never carries message text, names, addresses or secrets, except where a
/// parameter says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[ts(export)]
#[serde(tag = "code", rename_all = "camelCase")]
pub enum CommandError {
    /// The address is not of the form `user@domain`.
    #[error("address is malformed")]
    AddressMalformed,
    /// The password is empty.
    #[error("password is empty")]
    PasswordEmpty,
    /// The passphrase is too short (under 8 characters).
    #[error("passphrase is too short")]
    PassphraseTooShort,
    /// The passphrase does not open the local database.
    #[error("passphrase is wrong")]
    PassphraseWrong,
    /// The server does not know this user, or the password is wrong.
    #[error("not authorised")]
    NotAuthorised,
    /// The account is disabled or locked on the server.
    #[error("account is disabled")]
    AccountDisabled,
    /// The domain has no such name in DNS.
    #[error("server not found")]
    ServerNotFound,
    /// The server could not be reached (refused, no route, no answer in time).
    #[error("server unreachable")]
    ServerUnreachable,
    /// The computer has no network.
    #[error("no network")]
    NoNetwork,
    /// The server's certificate is not trusted: unknown issuer.
    #[error("certificate issuer unknown")]
    CertificateUnknownIssuer,
    /// The server's certificate has expired or is not valid yet.
    #[error("certificate expired")]
    CertificateExpired,
    /// The server's certificate belongs to another name.
    #[error("certificate for another name")]
    CertificateWrongName,
    /// TLS failed for another reason, or the server offers none.
    #[error("no secure connection")]
    NotSecure,
    /// The extra certificate file cannot be read or holds no certificate.
    #[error("extra certificate file unusable")]
    ExtraCaUnusable,
    /// The server could not prove that it knows the password: it may be an impostor.
    #[error("server failed to authenticate itself")]
    ServerImpostor,
    /// The server offers no way of signing in that this app accepts.
    #[error("no acceptable sign-in mechanism")]
    NoMechanism,
    /// The server wants the password itself, and nobody has allowed that. Nothing was sent to it.
    #[error("server asks for the password itself")]
    OnlyPlain,
    /// The server offers a weaker way of signing in than it has had before: it may be an impostor. Nothing was sent to it.
    #[error("weaker sign-in than before")]
    WeakerSignIn,
    /// The password is needed again: it was changed, or the server's settings were. Everything here stays.
    #[error("password needed")]
    PasswordNeeded,
    /// The same account signed in elsewhere under the same resource and took over.
    #[error("replaced by another sign-in")]
    Conflict,
    /// The server broke the protocol or ended the connection with an error.
    #[error("server error")]
    ServerError,
    /// The operating system's keyring is missing, locked or did not answer.
    #[error("keyring unavailable")]
    KeyringUnavailable,
    /// The keyring has no key for the local database any more.
    #[error("key missing")]
    KeyMissing,
    /// The local database cannot be opened or written (disk full, permissions).
    #[error("local database unavailable")]
    StoreUnavailable,
    /// Another process of the app holds the local data.
    #[error("local data are in use")]
    StoreInUse,
    /// The local data were written by a newer version of the app.
    #[error("local data are of a newer version")]
    StoreNewer,
    /// The folder of local data cannot be used.
    #[error("local folder unusable: {problem}")]
    #[serde(rename_all = "camelCase")]
    FolderUnusable {
        /// What is wrong with it.
        problem: FolderProblem,
    },
    /// Nobody is signed in.
    #[error("not signed in")]
    NotSignedIn,
    /// The conversation, message or person is not there (any more).
    #[error("not found")]
    NotFound,
    /// The message is empty.
    #[error("message is empty")]
    MessageEmpty,
    /// The message is too long to send.
    #[error("message is too long")]
    #[serde(rename_all = "camelCase")]
    MessageTooLong {
        /// Longest text that can be sent, in bytes of UTF-8.
        limit_bytes: u32,
    },
    /// The message may have left already: it cannot be changed or taken back any more.
    #[error("already sent")]
    AlreadySent,
    /// The server has no service for team chats.
    #[error("no team chats")]
    TeamsNotOffered,
    /// The team needs a name.
    #[error("name is empty")]
    NameEmpty,
    /// The name or purpose is too long.
    #[error("name is too long")]
    NameTooLong,
    /// Only those who run the team may do this.
    #[error("not allowed")]
    NotAllowed,
    /// The user gave it up.
    #[error("cancelled")]
    Cancelled,
    /// A defect of the app; the log holds more under `reference`.
    #[error("internal error {reference}")]
    Internal {
        /// Opaque number to find it in the log.
        reference: String,
    },
}

/// What is wrong with the folder of local data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum FolderProblem {
    /// It may not be written: its permissions, or a file system that only reads.
    #[error("not writable")]
    NotWritable,
    /// The disk, or this person's share of it, is full.
    #[error("full")]
    Full,
    /// A file stands in its place, or in that of a folder above it.
    #[error("not a folder")]
    NotAFolder,
    /// It cannot be reached: a disk that fails, or a network drive that is away.
    #[error("unreachable")]
    Unreachable,
}

impl From<std::io::ErrorKind> for FolderProblem {
    fn from(kind: std::io::ErrorKind) -> Self {
        use std::io::ErrorKind;

        match kind {
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => Self::NotWritable,
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => Self::Full,
            ErrorKind::NotADirectory | ErrorKind::IsADirectory | ErrorKind::AlreadyExists => Self::NotAFolder,
            _ => Self::Unreachable,
        }
    }
}

impl From<wardline_store::StoreError> for CommandError {
    fn from(error: wardline_store::StoreError) -> Self {
        match error {
            wardline_store::StoreError::NotFound => Self::NotFound,
            wardline_store::StoreError::Closed => Self::NotSignedIn,
            _ => Self::StoreUnavailable,
        }
    }
}
