//! What is known of the account's server, as kept beside the account. It outlives a sign-out, so that signing in again does not
//! make the server any less bound by what it has shown.

use serde::{Deserialize, Serialize};
use wardline_store::{Reads, StoreError, Text, WriteTx};
use wardline_xmpp::session::{BindingSeen, KnownServer, Mechanism, UnboundFlag};

use crate::setting_keys::KNOWN_SERVER;

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    strongest: Option<String>,
    binding: StoredBinding,
    flag: StoredFlag,
    salt_changes: u32,
    stanza_limit: Option<usize>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum StoredBinding {
    NotOffered,
    Offered,
    Used,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum StoredFlag {
    Untried,
    Accepted,
    Refused,
}

impl From<KnownServer> for Stored {
    fn from(known: KnownServer) -> Self {
        Self {
            strongest: known.strongest.map(|mechanism| mechanism.name().to_owned()),
            binding: match known.binding {
                BindingSeen::NotOffered => StoredBinding::NotOffered,
                BindingSeen::Offered => StoredBinding::Offered,
                BindingSeen::Used => StoredBinding::Used,
            },
            flag: match known.unbound_flag {
                // A doubt is settled by the next sign-in.
                UnboundFlag::Untried | UnboundFlag::InDoubt => StoredFlag::Untried,
                UnboundFlag::Accepted => StoredFlag::Accepted,
                UnboundFlag::Refused => StoredFlag::Refused,
            },
            salt_changes: known.salt_changes,
            stanza_limit: known.stanza_limit,
        }
    }
}

impl From<Stored> for KnownServer {
    fn from(stored: Stored) -> Self {
        Self {
            strongest: stored.strongest.as_deref().and_then(Mechanism::from_name),
            binding: match stored.binding {
                StoredBinding::NotOffered => BindingSeen::NotOffered,
                StoredBinding::Offered => BindingSeen::Offered,
                StoredBinding::Used => BindingSeen::Used,
            },
            unbound_flag: match stored.flag {
                StoredFlag::Untried => UnboundFlag::Untried,
                StoredFlag::Accepted => UnboundFlag::Accepted,
                StoredFlag::Refused => UnboundFlag::Refused,
            },
            salt_changes: stored.salt_changes,
            stanza_limit: stored.stanza_limit,
        }
    }
}

/// What is known; nothing of a server that was never signed in to.
pub(crate) async fn get(tx: &impl Reads) -> Result<KnownServer, StoreError> {
    let stored = KNOWN_SERVER.get(tx).await?;
    let stored = stored.and_then(|text| serde_json::from_str::<Stored>(&text).ok());
    Ok(stored.map(KnownServer::from).unwrap_or_default())
}

/// Keeps what is known.
pub(crate) async fn set(tx: &WriteTx, known: KnownServer) -> Result<(), StoreError> {
    match serde_json::to_string(&Stored::from(known)) {
        Ok(text) => KNOWN_SERVER.set(tx, &Text(text)).await,
        // Names and numbers can always be written.
        Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use wardline_xmpp::session::ScramHash;

    use super::*;

    #[test]
    fn what_is_known_is_read_as_it_was_written() {
        let known = KnownServer {
            strongest: Some(Mechanism::Scram(ScramHash::Sha256)),
            binding: BindingSeen::Used,
            unbound_flag: UnboundFlag::Refused,
            salt_changes: 1,
            stanza_limit: Some(18_000),
        };
        let text = serde_json::to_string(&Stored::from(known)).unwrap();
        let read: Stored = serde_json::from_str(&text).unwrap();
        assert_eq!(KnownServer::from(read), known);
    }
}
