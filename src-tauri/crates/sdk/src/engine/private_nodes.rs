//! Whether the server keeps nodes of personal eventing private, with an item for each conversation. Read positions, settings of
//! conversations and bookmarks are kept in such nodes, and elsewhere where it does not.
//!
//! It says so, and some that say so cannot: MongooseIM keeps one item to a node, and refuses every other number. Where there is an inbox
//! it is not even asked; what another server has refused is remembered for a week, or until it announces something else.

use serde::{Deserialize, Serialize};
use wardline_store::{StoreError, Text};
use wardline_xmpp::features::{Discovery, Feature, ServerFeatures};
use wardline_xmpp::session::StanzaCondition;

use super::Engine;

use crate::setting_keys::PRIVATE_NODE_REFUSAL;

/// How long a refusal is believed, in microseconds: a week.
const BELIEVED: i64 = 604_800_000_000;

/// A refusal, as it is kept.
#[derive(Debug, Serialize, Deserialize)]
struct Refusal {
    until: i64,
    announced: String,
}

/// See the module.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum PrivateNodes {
    /// There has been no session to ask in, or the server has not said what it is.
    #[default]
    Unknown,
    /// It says so.
    Kept,
    /// It does not say so, or has refused.
    Absent,
}

impl PrivateNodes {
    fn announced(features: &ServerFeatures) -> Self {
        match features.has(Feature::PublishOptions) && !features.has(Feature::Inbox) {
            // An inbox that has not been heard of may be there.
            true if features.discovery == Discovery::Partial => Self::Unknown,
            true => Self::Kept,
            false => Self::Absent,
        }
    }
}

/// Whether a refusal is about what the server can do at all, and not about how it is at the moment.
fn is_lasting(condition: StanzaCondition) -> bool {
    matches!(
        condition,
        StanzaCondition::BadRequest
            | StanzaCondition::Conflict
            | StanzaCondition::FeatureNotImplemented
            | StanzaCondition::Forbidden
            | StanzaCondition::ItemNotFound
            | StanzaCondition::NotAcceptable
            | StanzaCondition::NotAllowed
            | StanzaCondition::ServiceUnavailable
    )
}

impl Engine {
    /// A new session: what the server announces, and what it has refused although it announced the same.
    pub(super) async fn know_private_nodes(&mut self) -> Result<(), StoreError> {
        let features = self.remembered.features();
        let announced = PrivateNodes::announced(features);
        let refused = PRIVATE_NODE_REFUSAL.get(&self.store.read().await?).await?;
        let refused = refused.and_then(|refused| serde_json::from_str::<Refusal>(refused.as_str()).ok());
        let now = self.clock.now();
        let has_refused =
            refused.is_some_and(|refused| refused.until > now && refused.announced == features.fingerprint());
        self.private_nodes = match announced {
            PrivateNodes::Kept if has_refused => PrivateNodes::Absent,
            announced => announced,
        };
        Ok(())
    }

    /// The server has refused to keep something in a private node.
    pub(super) async fn private_node_refused(&mut self, condition: StanzaCondition) -> Result<(), StoreError> {
        tracing::info!(%condition, "the server keeps no private nodes");
        self.private_nodes = PrivateNodes::Absent;
        if !is_lasting(condition) {
            return Ok(());
        }
        let refusal = Refusal {
            until: self.clock.now().saturating_add(BELIEVED),
            announced: self.remembered.features().fingerprint(),
        };
        let Ok(refusal) = serde_json::to_string(&refusal) else {
            return Ok(());
        };
        let tx = self.store.begin().await?;
        PRIVATE_NODE_REFUSAL.set(&tx, &Text(refusal)).await?;
        tx.commit().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn announced(features: &[Feature], discovery: Discovery) -> PrivateNodes {
        let mut all = ServerFeatures::default();
        all.discovery = discovery;
        features.iter().for_each(|feature| all.insert(*feature));
        PrivateNodes::announced(&all)
    }

    #[test]
    fn a_server_with_an_inbox_is_not_even_asked() {
        let options = [Feature::PublishOptions];
        let inbox = [Feature::PublishOptions, Feature::Inbox];
        assert_eq!(announced(&options, Discovery::Complete), PrivateNodes::Kept);
        assert_eq!(announced(&inbox, Discovery::Complete), PrivateNodes::Absent);
        assert_eq!(announced(&[], Discovery::Complete), PrivateNodes::Absent);
    }

    #[test]
    fn nothing_is_known_of_a_server_that_has_not_said_what_it_is() {
        assert_eq!(
            announced(&[Feature::PublishOptions], Discovery::Partial),
            PrivateNodes::Unknown
        );
    }
}
