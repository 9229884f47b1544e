//! How far others have read, by the server's word (MongooseIM's smart markers): what markers said while this computer was away, which
//! no archive may keep. Asked once in each session for each conversation that is opened.
//!
//! MongooseIM answers without announcing them, so it is asked wherever there is an inbox. One that does not know the question need not be
//! asked again in the session.

use std::collections::HashSet;

use wardline_store::{Address, ConversationId, StoreError, conversations};
use wardline_xmpp::features::Feature;
use wardline_xmpp::message::MarkerKind;
use wardline_xmpp::session::{RequestError, StanzaCondition};
use wardline_xmpp::smart_markers::SmartMarker;

use super::ingest::Target;
use super::{Engine, references};

/// Of which conversations it has been asked in this session.
#[derive(Debug, Default)]
pub(super) struct SmartMarkers {
    asked: HashSet<ConversationId>,
    /// The server does not know the question.
    are_absent: bool,
}

impl SmartMarkers {
    /// A new session: more may have been read since it was asked.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }
}

impl Engine {
    /// The same in every open thread.
    pub(super) async fn request_open_smart_markers(&mut self) -> Result<(), StoreError> {
        for conversation in self.open.keys().copied().collect::<Vec<_>>() {
            self.ask_markers(conversation).await?;
        }
        Ok(())
    }

    /// Asks how far others have read in a conversation that has been opened.
    pub(super) async fn ask_markers(&mut self, conversation: ConversationId) -> Result<(), StoreError> {
        let features = self.remembered.features();
        let may_be_there = features.has(Feature::SmartMarkers) || features.has(Feature::Inbox);
        if !may_be_there || self.smart_markers.are_absent || !self.online() {
            return Ok(());
        }
        let Some((_, with)) = self.correspondent(conversation).await? else {
            return Ok(());
        };
        if self.smart_markers.asked.insert(conversation) {
            self.request(
                |session| async move { session.smart_markers(&with, None).await },
                move |engine, markers| Box::pin(engine.on_smart_markers(conversation, markers)),
            );
        }
        Ok(())
    }

    /// How far others have read. They may go back on the server; here nobody does.
    async fn on_smart_markers(
        &mut self,
        conversation: ConversationId,
        markers: Result<Vec<SmartMarker>, RequestError>,
    ) -> Result<(), StoreError> {
        let markers = match markers {
            Ok(markers) => markers,
            Err(RequestError::Refused(
                condition @ (StanzaCondition::ServiceUnavailable | StanzaCondition::FeatureNotImplemented),
            )) => {
                tracing::info!(%condition, "the server does not tell how far others have read");
                self.smart_markers.are_absent = true;
                return Ok(());
            }
            // Of this conversation it will not tell.
            Err(RequestError::Refused(condition)) => {
                tracing::info!(%condition, "how far others have read was not told");
                return Ok(());
            }
            Err(error) => {
                tracing::info!(%error, "how far others have read was not told");
                self.smart_markers.asked.remove(&conversation);
                return Ok(());
            }
        };
        let tx = self.begin().await?;
        let Some(with) = conversations::get(&tx, conversation).await? else {
            return Ok(());
        };
        let target = Target::of(&with);
        let others = markers
            .iter()
            .filter(|marker| marker.kind != MarkerKind::Received && marker.from != self.own);
        for marker in others {
            let person = Address(marker.from.to_string());
            references::displayed(&tx, &self.own, target, &person, (&marker.id, marker.at.0)).await?;
        }
        self.commit(tx).await
    }
}
