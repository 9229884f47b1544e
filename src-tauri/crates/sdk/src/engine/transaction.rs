//! A write transaction of the engine, and what follows its commit.
//!
//! Whoever writes notes on the transaction which conversations and messages changed and what must be done [afterwards](Effect).
//! Nothing of that happens before the commit, and nothing if it fails: the diffs are then published, and the effects run once the
//! step that caused them is over.

use std::collections::VecDeque;
use std::ops::Deref;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use wardline_store::{ArchiveId, ConversationId, MessageId, StoreError, WriteTx};
use wardline_xmpp::jid::BareJid;

use super::Engine;
use super::changes::{Changes, Missed};

/// Something that another part of the engine must do after a commit. It carries ids, no state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Effect {
    /// Conversation settings are to be synchronised with the server.
    SyncSettings,
    /// Messages may be ready to be sent.
    DrainOutbox,
    /// An archive may hold more than it told.
    CatchUp(ArchiveId),
    /// A room does not have us inside, whatever the session believes; it is entered again after a pause.
    LeaveRoom {
        /// The room.
        room: BareJid,
        /// How long to wait.
        pause: Duration,
    },
}

/// A write transaction, with what it changes.
#[derive(Debug)]
pub(super) struct Tx {
    db: WriteTx,
    // Locked for single calls only: functions that write share the transaction.
    noted: Mutex<Noted>,
}

#[derive(Debug, Default)]
struct Noted {
    changes: Changes,
    effects: Vec<Effect>,
}

/// What a committed transaction leaves to be done: to be handed to [`Engine::publish`].
#[must_use]
#[derive(Debug, Default)]
pub(super) struct Committed {
    changes: Changes,
    effects: Vec<Effect>,
}

impl Deref for Tx {
    type Target = WriteTx;

    fn deref(&self) -> &WriteTx {
        &self.db
    }
}

impl Tx {
    fn note<T>(&self, note: impl FnOnce(&mut Noted) -> T) -> T {
        note(&mut self.noted.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// See [`Changes::row`].
    pub(super) fn row(&self, conversation: ConversationId) {
        self.note(|noted| noted.changes.row(conversation));
    }

    /// See [`Changes::team`].
    pub(super) fn team(&self, conversation: ConversationId) {
        self.note(|noted| noted.changes.team(conversation));
    }

    /// See [`Changes::message`].
    pub(super) fn message(&self, conversation: ConversationId, message: MessageId) {
        self.note(|noted| noted.changes.message(conversation, message));
    }

    /// See [`Changes::removed`].
    pub(super) fn removed(&self, conversation: ConversationId, message: MessageId) {
        self.note(|noted| noted.changes.removed(conversation, message));
    }

    /// See [`Changes::edges`].
    pub(super) fn edges(&self, conversation: ConversationId) {
        self.note(|noted| noted.changes.edges(conversation));
    }

    /// See [`Changes::arrived`].
    pub(super) fn arrived(&self, conversation: ConversationId, message: MessageId) {
        self.note(|noted| noted.changes.arrived(conversation, message));
    }

    /// See [`Changes::missed`].
    pub(super) fn missed(&self, missed: Missed) {
        self.note(|noted| noted.changes.missed(missed));
    }

    /// Has something done after the commit, once however often it is noted.
    pub(super) fn after(&self, effect: Effect) {
        self.note(|noted| {
            if !noted.effects.contains(&effect) {
                noted.effects.push(effect);
            }
        });
    }

    /// Commits. What follows from it is to be [published](Engine::publish).
    pub(super) async fn commit(self) -> Result<Committed, StoreError> {
        self.db.commit().await?;
        let Noted { changes, effects } = self.noted.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(Committed { changes, effects })
    }
}

/// Effects that have not run yet, in the order in which they were noted.
#[derive(Debug, Default)]
pub(super) struct Effects(VecDeque<Effect>);

impl Effects {
    /// Has something done once the step under way is over.
    pub(super) fn push(&mut self, effect: Effect) {
        if !self.0.contains(&effect) {
            self.0.push_back(effect);
        }
    }
}

impl Engine {
    /// Begins a write transaction.
    pub(super) async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(Tx {
            db: self.store.begin().await?,
            noted: Mutex::default(),
        })
    }

    /// Commits, and publishes what changed.
    pub(super) async fn commit(&mut self, tx: Tx) -> Result<(), StoreError> {
        let committed = tx.commit().await?;
        self.publish(committed).await
    }

    /// Publishes what a transaction changed. Its effects run when the step under way is over.
    pub(super) async fn publish(&mut self, committed: Committed) -> Result<(), StoreError> {
        for effect in committed.effects {
            self.effects.push(effect);
        }
        self.show(committed.changes).await
    }

    /// Runs the effects of the step that is over, and theirs.
    pub(super) async fn run_effects(&mut self) -> Result<(), StoreError> {
        while let Some(effect) = self.effects.0.pop_front() {
            match effect {
                Effect::SyncSettings => self.tell_decisions().await?,
                Effect::DrainOutbox => self.drain_outbox().await?,
                Effect::CatchUp(archive) => self.sync.look_again(self.own_archive, archive),
                Effect::LeaveRoom { room, pause } => self.not_inside(room, pause).await,
            }
        }
        Ok(())
    }
}
