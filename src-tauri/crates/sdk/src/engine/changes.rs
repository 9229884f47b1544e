//! What a transaction changed: ids only. After the commit they are read back from the store and told as diffs, so that what
//! is shown can only ever be what is stored.

use std::collections::{BTreeMap, BTreeSet};

use wardline_store::{ConversationId, MessageId};

/// Changed rows of one or more transactions.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    rows: BTreeSet<ConversationId>,
    threads: BTreeMap<ConversationId, ThreadChanges>,
    arrived: Vec<(ConversationId, MessageId)>,
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

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.threads.is_empty() && self.arrived.is_empty()
    }
}
