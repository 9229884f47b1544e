//! How an account is proven to its server.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::keys::ScramKeys;
use super::known::KnownServer;

/// What the account is proven with. Copies share one place in memory, which is wiped when the last of them goes.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    /// The password itself.
    Password(Arc<Zeroizing<String>>),
    /// What SCRAM derived from it.
    Keys(Arc<ScramKeys>),
}

/// Marks a stored password.
const PASSWORD: &str = "PLAIN$";

impl Credential {
    /// As text to be stored.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        match self {
            Self::Password(password) => Zeroizing::new(format!("{PASSWORD}{}", password.as_str())),
            Self::Keys(keys) => keys.to_text(),
        }
    }

    /// Reads what [`to_text`](Self::to_text) wrote.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        match text.strip_prefix(PASSWORD) {
            Some(password) => Some(Self::Password(Arc::new(Zeroizing::new(password.to_owned())))),
            None => ScramKeys::from_text(text).map(|keys| Self::Keys(Arc::new(keys))),
        }
    }
}

/// Whether the password itself may be given to the server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum PlainSignIn {
    /// Never: without SCRAM there is no session.
    #[default]
    Refused,
    /// Inside TLS, to a server that has never offered better. Somebody decided so.
    Allowed,
}

/// How an account is proven to its server, and what is known of that server.
#[derive(Clone, PartialEq, Eq)]
pub struct Authentication {
    /// What the account is proven with. A session replaces a password by keys once the server has accepted it by SCRAM.
    pub credential: Credential,
    /// Whether the password itself may be given to the server.
    pub plain: PlainSignIn,
    /// What the server has shown of itself.
    pub known: KnownServer,
}

impl Authentication {
    /// By a password, to a server that nothing is known of, and not by PLAIN.
    #[must_use]
    pub fn with_password(password: impl Into<Zeroizing<String>>) -> Self {
        Self {
            credential: Credential::Password(Arc::new(password.into())),
            plain: PlainSignIn::Refused,
            known: KnownServer::default(),
        }
    }

    /// The same, by PLAIN, too.
    #[must_use]
    pub fn allowing_plain(mut self) -> Self {
        self.plain = PlainSignIn::Allowed;
        self
    }
}

crate::redact::redacted_debug!(Credential);
crate::redact::redacted_debug!(Authentication);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_password_is_read_as_it_was_written_whatever_it_is() {
        for password in ["pencil", "", "PLAIN$", "SCRAM-SHA-1$4096:a$b:c"] {
            let credential = Authentication::with_password(password.to_owned()).credential;
            assert!(Credential::from_text(&credential.to_text()) == Some(credential));
        }
        assert!(Credential::from_text("pencil").is_none());
    }

    #[test]
    fn nothing_that_proves_an_account_prints_itself() {
        let authentication = Authentication::with_password("pencil".to_owned());
        let printed = format!("{authentication:?} {:?}", authentication.credential);
        assert!(!printed.contains("pencil"), "{printed}");
    }
}
