//! Read positions shared with one's own other devices (XEP-0490), beside the markers that they get as carbons: a device that
//! was off, or is new, learns what was read elsewhere without reading it all again.
//!
//! What was read here is noted in the transaction that moves the pointer and published when there is a connection; the note
//! goes when the server has it. So what was read without a connection is published later, and nothing is published twice.
//! Where the server cannot keep the positions private, none is published.

use std::collections::HashMap;

use wardline_store::messages::{self, NewAlias};
use wardline_store::{
    Address, ConversationId, ConversationKind, StoreError, Text, WriteTx, aliases, conversations, settings,
};
use wardline_xmpp::displayed::ReadUpTo;
use wardline_xmpp::features::{Feature, ServerFeatures};
use wardline_xmpp::ids::ArchiveId as WireId;
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::session::RequestError;

use super::private_nodes::PrivateNodes;
use super::requests::{Handling, Repeat};
use super::{Engine, read_pointer, references};

/// Under names that begin like this it is noted what is to be published: the read position, by conversation.
const NOTE: &str = "displayed/";

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

fn note(conversation: ConversationId) -> String {
    format!("{NOTE}{}", conversation.0)
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
        settings::set(tx, &note(conversation), &Text(position.to_string())).await
    }

    /// Publishes the next noted position, one at a time.
    pub(super) async fn publish_displayed(&mut self) -> Result<(), StoreError> {
        if self.displayed.keeping != Keeping::Private || self.displayed.publishing.is_some() || !self.online() {
            return Ok(());
        }
        let tx = self.store.read().await?;
        for name in settings::names(&tx, NOTE).await? {
            let number = name.strip_prefix(NOTE).and_then(|number| number.parse().ok());
            let Some(conversation) = number.map(ConversationId) else {
                continue;
            };
            let noted = settings::get(&tx, &name).await?;
            let Some(position) = noted.and_then(|noted| noted.as_str().parse::<i64>().ok()) else {
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
                    let name = note(what.conversation);
                    let noted = settings::get(&tx, &name).await?;
                    // More may have been read meanwhile.
                    if noted.is_some_and(|noted| noted.as_str() == what.position.to_string()) {
                        settings::remove(&tx, &name).await?;
                    }
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
