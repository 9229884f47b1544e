//! The engine without a network, fed by hand, for fuzzing: what a session tells and what an archive answers goes into a store, and
//! what is in the store afterwards must hold together.

use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::Arc;

use wardline_store::messages::{self, PENDING_BASE};
use wardline_store::{
    Address, ConversationKind, Direction, Reads, Store, StoreError, Text, accounts, conversations, gaps, segments,
};
use wardline_xmpp::archive::ArchivePage;
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::session::{
    Authentication, Connection, ServerLocation, Session, SessionConfig, SessionError, SessionEvent, Timing, Transport,
};

use super::Engine;
use crate::events::EventSender;
use crate::view::CommandError;
use crate::wall_clock::WallClock;

/// An engine that is never online.
pub struct Fed {
    engine: Engine,
    store: Store,
}

impl Fed {
    /// The engine of this account over a store, which may be new. Must be made inside a tokio runtime's reach.
    ///
    /// # Errors
    /// What the store failed with.
    pub async fn new(store: Store, own: BareJid) -> Result<Self, CommandError> {
        let tx = store.begin().await?;
        let account = accounts::NewAccount {
            address: Address(own.to_string()),
            resource: Text("desk".to_owned()),
            server: Text(String::new()),
            credential: "PLAIN$pencil".into(),
        };
        accounts::put(&tx, account).await?;
        tx.commit().await?;
        let config = SessionConfig {
            address: own,
            authentication: Authentication::with_password("pencil".to_owned()).allowing_plain(),
            resource: "desk".to_owned(),
            server: ServerLocation::Discover,
            extra_ca: Vec::new(),
            timing: Timing::default(),
        };
        let (session, _) = Session::start_over(config, Arc::new(Nowhere));
        let (engine, _) = Engine::new(store.clone(), session, EventSender::new(), WallClock::default()).await?;
        Ok(Self { engine, store })
    }

    /// Takes what a session tells.
    ///
    /// # Errors
    /// What the store failed with.
    pub async fn take(&mut self, events: Vec<SessionEvent>) -> Result<(), StoreError> {
        self.engine.take_events(events).await
    }

    /// Takes a page of the own archive, first as the newest one of a conversation and then as one of the run, as happens when both
    /// meet.
    ///
    /// # Errors
    /// What the store failed with.
    pub async fn page(&mut self, page: ArchivePage) -> Result<(), StoreError> {
        self.engine.feed_newest(page.clone()).await?;
        self.engine.feed_run(page).await
    }

    /// What does not hold together in the store; nothing, if all is well.
    ///
    /// # Errors
    /// What the store failed with.
    pub async fn faults(&self) -> Result<Vec<&'static str>, StoreError> {
        let tx = self.store.read().await?;
        let mut faults = Vec::new();
        for conversation in conversations::list(&tx).await? {
            self.thread(&tx, &conversation, &mut faults).await?;
            let held = segments::list(&tx, conversation.id).await?;
            if held
                .iter()
                .any(|segment| segment.first_position > segment.last_position)
            {
                faults.push("a segment that ends before it begins");
            }
            for gap in gaps::list(&tx, conversation.id).await? {
                if gap.older_segment == gap.newer_segment {
                    faults.push("a gap inside a segment");
                }
            }
        }
        Ok(faults)
    }

    /// Every message was said by somebody who may say it there, and is counted.
    async fn thread(
        &self,
        tx: &impl Reads,
        conversation: &conversations::Conversation,
        faults: &mut Vec<&'static str>,
    ) -> Result<(), StoreError> {
        let own = self.engine.own.to_string();
        let thread = messages::newest(tx, conversation.id, u32::MAX).await?;
        for message in &thread {
            let sender = message.sender_address.as_str();
            let rightful = match (conversation.kind, message.direction) {
                (_, Direction::Outgoing) => sender == own,
                (ConversationKind::Person, Direction::Incoming) => sender == conversation.address.as_str(),
                (ConversationKind::Team, Direction::Incoming) => !sender.is_empty(),
                // A room speaks of itself under its own address, and whoever has changed it under theirs.
                (kind, Direction::Neither) => {
                    let by_room = message.sender_nick.is_none();
                    kind == ConversationKind::Team && (!by_room || sender == conversation.address.as_str())
                }
            };
            if !rightful {
                faults.push("a message of somebody who cannot have sent it");
            }
            if message.position >= PENDING_BASE {
                faults.push("a message among the local echoes");
            }
        }
        let last = thread.iter().rfind(|message| message.direction != Direction::Neither);
        if conversation.last_message_id != last.map(|message| message.id) {
            faults.push("the list shows another message than the last one");
        }
        let after = conversation.read_position.unwrap_or(i64::MIN);
        let unread = thread
            .iter()
            .filter(|message| message.direction == Direction::Incoming && message.position > after)
            .count();
        if usize::try_from(conversation.unread).ok() != Some(unread) {
            faults.push("unread messages counted wrong");
        }
        Ok(())
    }
}

/// A network on which nobody ever answers.
struct Nowhere;

impl Transport for Nowhere {
    fn connect<'a>(
        &'a self,
        _: &'a SessionConfig,
    ) -> Pin<Box<dyn Future<Output = Result<Connection, SessionError>> + Send + 'a>> {
        Box::pin(pending())
    }
}
