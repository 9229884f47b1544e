//! What a transaction changed: ids only. After the commit they are read back from the store and told as diffs, so that what
//! is shown can only ever be what is stored.

use std::collections::{BTreeMap, BTreeSet};

use wardline_store::{ArchiveId, ConversationId, MessageId};

/// Changed rows of one or more transactions.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    rows: BTreeSet<ConversationId>,
    threads: BTreeMap<ConversationId, ThreadChanges>,
    arrived: Vec<(ConversationId, MessageId)>,
    missed: Vec<Missed>,
    teams: BTreeSet<ConversationId>,
}

/// A message from somebody else that was said while this computer was away.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Missed {
    /// The archive that tells whether it has been read elsewhere.
    pub(crate) archive: ArchiveId,
    pub(crate) conversation: ConversationId,
    pub(crate) message: MessageId,
    /// When it was said, Unix microseconds.
    pub(crate) stamp: i64,
}

/// Changes of one thread.
#[derive(Debug, Default)]
pub(crate) struct ThreadChanges {
    /// New or changed messages.
    pub(crate) messages: BTreeSet<MessageId>,
    /// Messages that are gone.
    pub(crate) removed: BTreeSet<MessageId>,
    /// Whether gaps or the beginning changed.
    pub(crate) edges: Edges,
}

/// Whether the gaps of a thread or its beginning changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Edges {
    #[default]
    Same,
    Changed,
}

impl Changes {
    /// The chat list's row of a conversation changed.
    pub(crate) fn row(&mut self, conversation: ConversationId) {
        self.rows.insert(conversation);
    }

    /// Something changed that the details of a team show.
    pub(crate) fn team(&mut self, conversation: ConversationId) {
        self.teams.insert(conversation);
    }

    /// A message is new or changed. The row may show it.
    pub(crate) fn message(&mut self, conversation: ConversationId, message: MessageId) {
        self.rows.insert(conversation);
        self.threads.entry(conversation).or_default().messages.insert(message);
    }

    /// A message is gone.
    pub(crate) fn removed(&mut self, conversation: ConversationId, message: MessageId) {
        self.rows.insert(conversation);
        self.threads.entry(conversation).or_default().removed.insert(message);
    }

    /// Gaps of a thread or its beginning changed.
    pub(crate) fn edges(&mut self, conversation: ConversationId) {
        self.threads.entry(conversation).or_default().edges = Edges::Changed;
    }

    /// A message from somebody else arrived live.
    pub(crate) fn arrived(&mut self, conversation: ConversationId, message: MessageId) {
        self.arrived.push((conversation, message));
    }

    /// A message from somebody else was said while this computer was away; the newest of its conversation comes last.
    pub(crate) fn missed(&mut self, missed: Missed) {
        self.missed.push(missed);
    }

    pub(crate) fn rows(&self) -> impl Iterator<Item = ConversationId> {
        self.rows.iter().copied()
    }

    pub(crate) fn threads(&self) -> impl Iterator<Item = (ConversationId, &ThreadChanges)> {
        self.threads
            .iter()
            .map(|(conversation, changes)| (*conversation, changes))
    }

    pub(crate) fn arrivals(&self) -> &[(ConversationId, MessageId)] {
        &self.arrived
    }

    pub(crate) fn all_missed(&self) -> &[Missed] {
        &self.missed
    }

    pub(crate) fn teams(&self) -> impl Iterator<Item = ConversationId> {
        self.teams.iter().copied()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
            && self.threads.is_empty()
            && self.arrived.is_empty()
            && self.missed.is_empty()
            && self.teams.is_empty()
    }
}
