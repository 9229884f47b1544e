//! Who is signed in, how the connection is, and what a sign-in needs.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use zeroize::Zeroizing;

use super::{CommandError, InboxSnapshot, Person};

/// How to find the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum ServerLocation {
    /// By DNS SRV records of the address's domain (RFC 6120, XEP-0368), else the domain itself.
    Automatic,
    /// A named host, for networks without such records.
    #[serde(rename_all = "camelCase")]
    Explicit {
        /// Host name or IP address.
        host: String,
        /// TCP port.
        port: u16,
        /// How TLS begins.
        security: ServerSecurity,
    },
}

/// How TLS begins on a connection to a named host. There is no plaintext choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum ServerSecurity {
    /// From the first byte (XEP-0368).
    DirectTls,
    /// By STARTTLS (RFC 6120 section 5), required.
    StartTls,
}

/// Where the key of the local database is kept.
#[derive(Clone, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum KeyProtection {
    /// In the operating system's keyring.
    Keyring,
    /// Derived (Argon2id) from a passphrase that is asked for at each start.
    Passphrase {
        /// The passphrase.
        #[ts(type = "string")]
        passphrase: Zeroizing<String>,
    },
}

impl std::fmt::Debug for KeyProtection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Keyring => "Keyring",
            Self::Passphrase { .. } => "Passphrase",
        })
    }
}

/// Whether a server may be given the password itself (SASL PLAIN), inside TLS.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum PlainSignIn {
    /// Never.
    #[default]
    Refused,
    /// If it offers nothing better, and never has. The password is then kept in the encrypted database.
    Allowed,
}

/// What the sign-in form holds.
#[derive(Clone, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct SignIn {
    /// `user@hospital.example`.
    pub address: String,
    /// The password.
    #[ts(type = "string")]
    pub password: Zeroizing<String>,
    /// How to find the server.
    pub server: ServerLocation,
    /// Path of a PEM file with certificates to trust besides the operating system's.
    pub extra_ca_file: Option<String>,
    /// Whether the server may be given the password itself, if it offers nothing better and never has.
    #[serde(default)]
    pub plain: PlainSignIn,
    /// Where the key of the local database is kept.
    pub key_protection: KeyProtection,
}

impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn").finish_non_exhaustive()
    }
}

/// What is left behind by signing out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum LocalData {
    /// The encrypted messages stay, for the next sign-in of the same person.
    Keep,
    /// Database and key are destroyed.
    Wipe,
}

/// The account that is signed in.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct AccountView {
    /// `user@hospital.example`.
    pub address: String,
    /// The person, as colleagues see them.
    pub person: Person,
}

/// What the app shows first, all from the local store.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum FirstScreen {
    /// Nobody is signed in.
    #[serde(rename_all = "camelCase")]
    SignedOut {
        /// Something that happened to the local data and must be said, such as a damaged file moved aside.
        notice: Option<Notice>,
    },
    /// The local database is protected by a passphrase, which is asked for now.
    Locked,
    /// The local database could not be opened; nothing was changed.
    #[serde(rename_all = "camelCase")]
    Blocked {
        /// Why.
        error: CommandError,
    },
    /// Signed in; the list is complete as of the last time.
    SignedIn(Box<SignedIn>),
}

/// A running account, as handed over when it starts.
#[derive(Debug, Clone, PartialEq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub struct SignedIn {
    /// Who.
    pub account: AccountView,
    /// The chat list.
    pub inbox: InboxSnapshot,
    /// The connection.
    pub connection: ConnectionView,
    /// The server's time, Unix milliseconds, as far as it is known.
    pub now: i64,
    /// Longest text of a message: bytes of UTF-8, where `&` counts as five and `<` and `>` as four.
    pub text_limit: u32,
    /// Something that happened to the local data and must be said.
    pub notice: Option<Notice>,
}

/// Something that happened to the local data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum Notice {
    /// The database was damaged; it was moved aside, and everything is fetched from the server again.
    DatabaseMovedAside,
    /// Messages that were kept at a sign-out belong to another account, or to a former password of this one. They stay sealed
    /// aside; what the server keeps is fetched again.
    FormerMessagesSealed,
}

/// State of the connection, in the user's terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum ConnectionView {
    /// Not connected and not trying (signed out, closing).
    Offline,
    /// Connecting, authenticating or resuming.
    Connecting,
    /// Connected, and catching up with what happened meanwhile.
    Syncing,
    /// Connected, and new on this computer: the newest messages of each chat are being fetched.
    Fetching {
        /// Chats whose newest messages are here.
        done: u32,
        /// Chats known so far; 0 while the server has not said whom there are chats with.
        of: u32,
    },
    /// Connected and up to date.
    Online,
    /// The last try failed; the next one comes by itself.
    #[serde(rename_all = "camelCase")]
    Waiting {
        /// When, Unix milliseconds by the server's clock.
        retry_at: i64,
        /// Why the last try failed.
        error: CommandError,
    },
    /// Nothing can be saved on this computer: there is no connection, nothing is fetched or sent, and what is shown is what was
    /// saved before. It goes on by itself when the file can be written to.
    #[serde(rename_all = "camelCase")]
    CannotSave {
        /// When that is tried again, Unix milliseconds by the server's clock.
        retry_at: i64,
        /// Why.
        cause: StorageFailure,
    },
    /// Gave up: only the user can mend it (wrong password, locked account, certificate, conflict).
    #[serde(rename_all = "camelCase")]
    Failed {
        /// What is wrong.
        error: CommandError,
    },
}

/// Why nothing can be saved on this computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
#[serde(rename_all = "camelCase")]
pub enum StorageFailure {
    /// The disk is full.
    Full,
    /// Another program holds the file, such as a backup or a virus scanner.
    Busy,
    /// The file is damaged or gone: it is being begun anew.
    Damaged,
    /// The file cannot be read or written for another reason, such as missing permission.
    Unusable,
}
