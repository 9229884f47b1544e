//! Read positions shared with the user's other devices (XEP-0490), beside the markers that they receive as carbons: a device that
//! was offline, or is new, learns what was read elsewhere without a person reading it again.
//!
//! The transaction that moves the read pointer also stores a pending row ([`pending_sync`]); the engine publishes it when there is a
//! connection and removes it when the server has confirmed it. So a position read offline is published later, and none is published
//! twice. If the server cannot keep the positions private, the engine publishes none.

use std::collections::HashMap;

use wardline_store::messages::{self, NewAlias};
use wardline_store::pending_sync::{self, PendingSync};
use wardline_store::{
    Address, ConversationId, ConversationKind, PendingSyncKind, StoreError, Text, WriteTx, aliases, conversations,
};
use wardline_xmpp::displayed::ReadUpTo;
use wardline_xmpp::features::{Feature, ServerFeatures};
use wardline_xmpp::ids::ArchiveId as WireId;
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::session::RequestError;

use super::private_nodes::PrivateNodes;
use super::requests::{Handling, Repeat};
use super::{Engine, read_pointer, references};

/// Whether the server keeps read positions for the own account alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Keeping {
    /// There has been no session to ask in.
    #[default]
    Unknown,
    /// It says so.
    Private,
    /// It does not, or refused.
    Absent,
}

/// A read position that is being published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Published {
    conversation: ConversationId,
    position: i64,
}

/// State of the exchange of read positions.
#[derive(Debug, Default)]
pub(super) struct Displayed {
    keeping: Keeping,
    /// What the node holds of conversations that are not known here yet.
    unknown: HashMap<BareJid, ReadUpTo>,
    /// What is being published.
    publishing: Option<Published>,
}

impl Displayed {
    /// Whether the server is being told of something.
    pub(super) fn is_telling(&self) -> bool {
        self.publishing.is_some()
    }
}

/// The row of a read position that the server does not have yet.
fn pending(conversation_id: ConversationId, position: i64) -> PendingSync {
    PendingSync {
        conversation_id,
        kind: PendingSyncKind::ReadPosition,
        value: Text(position.to_string()),
    }
}

impl Engine {
    /// A new session: what was read elsewhere meanwhile is asked for first.
    pub(super) fn begin_displayed(&mut self, features: &ServerFeatures) {
        self.displayed = Displayed {
            keeping: match self.private_nodes {
                PrivateNodes::Kept => Keeping::Private,
                PrivateNodes::Absent => Keeping::Absent,
                PrivateNodes::Unknown => Keeping::Unknown,
            },
            ..Displayed::default()
        };
        // Where there is an inbox, that says what was read elsewhere.
        if features.has(Feature::PersonalEventing) && !features.has(Feature::Inbox) {
            self.request_displayed();
        }
    }

    fn request_displayed(&mut self) {
        self.request_repeatedly(
            Repeat::Unsent,
            |session| async move { session.displayed().await },
            Self::request_displayed,
            |engine, positions| Box::pin(engine.on_displayed(positions)),
        );
    }

    /// What the node held at sign-in.
    async fn on_displayed(&mut self, positions: Result<Vec<ReadUpTo>, RequestError>) -> Result<(), StoreError> {
        match positions {
            Ok(positions) => self.apply_displayed(positions).await?,
            Err(error) => tracing::info!(%error, "read positions not fetched"),
        }
        self.publish_displayed().await
    }

    /// Another device of one's own has just read up to there.
    pub(super) async fn heard_displayed(&mut self, positions: Vec<ReadUpTo>) -> Result<(), StoreError> {
        let tx = self.store.read().await?;
        for position in &positions {
            let with = conversations::by_address(&tx, &Address(position.with.to_string())).await?;
            if let Some(with) = with {
                self.server_inbox.note_read(with.id);
            }
        }
        drop(tx);
        self.apply_displayed(positions).await
    }

    /// One's own devices have read up to there.
    async fn apply_displayed(&mut self, positions: Vec<ReadUpTo>) -> Result<(), StoreError> {
        let now = self.clock.now();
        let own = Address(self.own.to_string());
        let tx = self.begin().await?;
        for position in positions {
            let with = conversations::by_address(&tx, &Address(position.with.to_string())).await?;
            let archive = match &with {
                Some(with) => with.archive_id,
                // The archive that its messages will be found in.
                None if position.archive == self.own => self.own_archive,
                None => {
                    self.displayed.unknown.insert(position.with.clone(), position);
                    continue;
                }
            };
            let kept_here = position.archive == self.own;
            if with
                .as_ref()
                .is_some_and(|with| (with.kind == ConversationKind::Person) != kept_here)
            {
                continue;
            }
            let alias = NewAlias::stanza_id(position.message.as_str());
            let message = match aliases::find(&tx, archive, &alias).await? {
                Some(id) => messages::get(&tx, id).await?,
                None => None,
            };
            match (with, message) {
                (Some(with), Some(read)) if read.conversation_id == with.id => {
                    if conversations::advance_read(&tx, with.id, read.position, Some(read.id)).await? {
                        read_pointer::refresh(&tx, with.id).await?;
                    }
                }
                (_, Some(_)) => {}
                (_, None) => references::keep_displayed(&tx, archive, position.message.as_str(), &own, now).await?,
            }
        }
        self.commit(tx).await
    }

    /// A conversation is known now: what other devices said of it counts.
    pub(super) async fn apply_unknown_displayed(&mut self, with: &BareJid) -> Result<(), StoreError> {
        match self.displayed.unknown.remove(with) {
            Some(position) => self.apply_displayed(vec![position]).await,
            None => Ok(()),
        }
    }

    /// Notes that a read position is to be published.
    pub(super) async fn note_displayed(
        &self,
        tx: &WriteTx,
        conversation: ConversationId,
        position: i64,
    ) -> Result<(), StoreError> {
        if self.displayed.keeping == Keeping::Absent {
            return Ok(());
        }
        pending_sync::put(tx, pending(conversation, position)).await
    }

    /// Publishes the next noted position, one at a time.
    pub(super) async fn publish_displayed(&mut self) -> Result<(), StoreError> {
        if self.displayed.keeping != Keeping::Private || self.displayed.publishing.is_some() || !self.online() {
            return Ok(());
        }
        let tx = self.store.read().await?;
        for PendingSync {
            conversation_id: conversation,
            value,
            ..
        } in pending_sync::list(&tx, &[PendingSyncKind::ReadPosition]).await?
        {
            let Ok(position) = value.as_str().parse::<i64>() else {
                continue;
            };
            let Some(with) = conversations::get(&tx, conversation).await? else {
                continue;
            };
            // A message that came live may not have the archive's id yet: its neighbour must do, and the rest comes later.
            let archived = aliases::archived_up_to(&tx, conversation, position).await?;
            let (Some(message), Ok(address)) = (archived.and_then(WireId::new), with.address.parse::<BareJid>()) else {
                continue;
            };
            let archive = match with.kind {
                ConversationKind::Person => self.own.clone(),
                ConversationKind::Team => address.clone(),
            };
            let read = ReadUpTo {
                with: address,
                archive,
                message,
            };
            let what = Published { conversation, position };
            self.displayed.publishing = Some(what);
            self.request(
                |session| async move { session.publish_displayed(&read).await },
                move |engine, outcome| Box::pin(engine.on_displayed_published(what, outcome)),
            );
            return Ok(());
        }
        Ok(())
    }

    /// What became of a publication.
    fn on_displayed_published(&mut self, what: Published, outcome: Result<(), RequestError>) -> Handling<'_> {
        Box::pin(async move {
            if self.displayed.publishing == Some(what) {
                self.displayed.publishing = None;
            }
            match outcome {
                Ok(()) => {
                    let tx = self.store.begin().await?;
                    pending_sync::remove_unchanged(&tx, &pending(what.conversation, what.position)).await?;
                    tx.commit().await?;
                    self.publish_displayed().await
                }
                Err(RequestError::Refused(condition)) => {
                    self.displayed.keeping = Keeping::Absent;
                    self.private_node_refused(condition).await
                }
                // The note stays for the next session.
                Err(_) => Ok(()),
            }
        })
    }
}
