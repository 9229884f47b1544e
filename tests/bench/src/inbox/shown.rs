//! The list as an interface shows it, and how much of it is right.

use std::collections::HashSet;
use std::time::Duration;

use wardline_sdk::view::{ConnectionView, ConversationId, ConversationRow, Event, InboxDiff, SignedIn};
use wardline_sdk::{Client, EventReceiver};

use super::wanted::Wanted;
use crate::BenchError;

/// The list, followed by its diffs.
pub(super) struct Shown<'a> {
    wanted: &'a Wanted,
    rows: Vec<ConversationRow>,
    right: HashSet<ConversationId>,
    connection: ConnectionView,
}

impl<'a> Shown<'a> {
    pub(super) fn new(signed_in: SignedIn, wanted: &'a Wanted) -> Self {
        let mut shown = Self {
            wanted,
            rows: Vec::new(),
            right: HashSet::new(),
            connection: signed_in.connection,
        };
        shown.begin(signed_in.inbox.rows);
        shown
    }

    fn begin(&mut self, rows: Vec<ConversationRow>) {
        self.right.clear();
        rows.iter().for_each(|row| self.look(row));
        self.rows = rows;
    }

    fn look(&mut self, row: &ConversationRow) {
        if self.wanted.is_right(row) {
            self.right.insert(row.id);
        } else {
            self.right.remove(&row.id);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Whether every conversation is shown with what was said last and with what is unread.
    pub(super) fn is_right(&self) -> bool {
        self.right.len() == self.wanted.len() && self.rows.len() == self.wanted.len()
    }

    /// Whether nine conversations in ten are shown so.
    pub(super) fn is_nearly_right(&self) -> bool {
        self.right.len() * 10 >= self.wanted.len() * 9
    }

    pub(super) fn is_online(&self) -> bool {
        self.connection == ConnectionView::Online
    }

    /// What is not right, for the message of a bench that failed.
    pub(super) fn wrong(&self) -> String {
        let wrong = self.rows.iter().filter(|row| !self.right.contains(&row.id));
        let unread = wrong.clone().map(|row| row.unread).sum::<u32>();
        format!(
            "{} rows of {}, {} of them wrong, {unread} unread in these",
            self.rows.len(),
            self.wanted.len(),
            wrong.count()
        )
    }

    /// Lets an event change what is shown.
    pub(super) async fn apply(&mut self, client: &Client, event: Event) -> Result<(), BenchError> {
        match event {
            Event::Connection { state } => self.connection = state,
            Event::Inbox { diffs, .. } => diffs.into_iter().for_each(|diff| self.apply_row(diff)),
            Event::Reload => {
                self.begin(client.inbox().await?.rows);
                self.connection = client.diagnostics().await?.connection.state;
            }
            _ => {}
        }
        Ok(())
    }

    /// Takes everything that has been told already.
    pub(super) async fn take_ready(&mut self, client: &Client, events: &mut EventReceiver) -> Result<(), BenchError> {
        while let Ok(Some(event)) = tokio::time::timeout(Duration::from_millis(100), events.recv()).await {
            self.apply(client, event).await?;
        }
        Ok(())
    }

    fn apply_row(&mut self, diff: InboxDiff) {
        match diff {
            InboxDiff::Insert { index, row } => {
                self.look(&row);
                self.rows.insert(at(index), *row);
            }
            InboxDiff::Move { from, to } => {
                let row = self.rows.remove(at(from));
                self.rows.insert(at(to), row);
            }
            InboxDiff::Remove { index } => {
                let row = self.rows.remove(at(index));
                self.right.remove(&row.id);
            }
            InboxDiff::Update { index, row } => {
                self.look(&row);
                if let Some(shown) = self.rows.get_mut(at(index)) {
                    *shown = *row;
                }
            }
        }
    }
}

fn at(index: u32) -> usize {
    usize::try_from(index).unwrap_or(usize::MAX)
}
