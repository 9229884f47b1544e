//! What one's other devices have decided.

use std::collections::HashSet;

use wardline_store::conversations::{self, Conversation};
use wardline_store::{Address, ConversationBox as StoredBox, ConversationId, ConversationKind, StoreError, WriteTx};
use wardline_xmpp::decisions::{Decided, Decision, Muted};
use wardline_xmpp::ids::Timestamp;
use wardline_xmpp::session::RequestError;

use super::{Hearing, Matter, is_pending};
use crate::engine::Engine;
use crate::engine::requests::Repeat;
use crate::engine::transaction::Effect;

/// When a decision of another device was heard of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Heard {
    /// It was made before the session, or its conversation was not known until now.
    AtFirst,
    /// It has just been made.
    Now,
}

impl Engine {
    pub(in crate::engine) fn request_decisions(&mut self) {
        self.request_repeatedly(
            Repeat::Unsent,
            |session| async move { session.decisions().await },
            Self::request_decisions,
            |engine, decisions| Box::pin(engine.on_decisions(decisions)),
        );
    }

    /// What the node held at sign-in.
    async fn on_decisions(&mut self, decisions: Result<Vec<Decision>, RequestError>) -> Result<(), StoreError> {
        match decisions {
            Ok(decisions) => self.apply_decisions(decisions, Heard::AtFirst).await?,
            Err(error) => tracing::info!(%error, "decisions not fetched"),
        }
        self.decisions.hearing = Hearing::Over;
        self.effects.push(Effect::SyncSettings);
        Ok(())
    }

    /// Another device of one's own has decided. What was decided here of the same matter and is not told yet is newer.
    pub(in crate::engine) async fn apply_decisions(
        &mut self,
        decisions: Vec<Decision>,
        heard: Heard,
    ) -> Result<(), StoreError> {
        let tx = self.begin().await?;
        for decision in decisions {
            let address = Address(decision.with.to_string());
            match conversations::by_address(&tx, &address).await? {
                Some(with) => {
                    self.apply_decision(&tx, &with, &decision, heard).await?;
                    tx.row(with.id);
                }
                // Its messages have not come yet, or it is a room that has not been entered.
                None => {
                    let matter = (decision.with.clone(), decision.matter());
                    self.decisions.unknown.insert(matter, decision);
                }
            }
        }
        self.commit(tx).await?;
        self.apply_marks().await
    }

    /// What the node says was marked before the session is so as long as the server's inbox counts something there: an app that knows
    /// the inbox alone may have read it since.
    pub(in crate::engine) async fn apply_marks(&mut self) -> Result<(), StoreError> {
        let (marked, rest) = std::mem::take(&mut self.decisions.marked)
            .into_iter()
            .partition(|id| self.server_inbox.counts(*id));
        self.decisions.marked = rest;
        let marked: HashSet<ConversationId> = marked;
        if marked.is_empty() {
            return Ok(());
        }
        let tx = self.begin().await?;
        for id in marked {
            if !self.server_inbox.is_touched(id) && !is_pending(&tx, id, Matter::Mark).await? {
                conversations::set_marked_unread(&tx, id, true).await?;
                tx.row(id);
            }
        }
        self.commit(tx).await
    }

    async fn apply_decision(
        &mut self,
        tx: &WriteTx,
        with: &Conversation,
        decision: &Decision,
        heard: Heard,
    ) -> Result<(), StoreError> {
        // Where the server has an inbox, places and mutes are kept there, and marks as far as they can be told from what it counts.
        let inbox = self.server_inbox.is_offered();
        let untold = is_pending(tx, with.id, decision.matter()).await?;
        match decision.what {
            Decided::Unread(true) if inbox && heard == Heard::AtFirst => {
                self.decisions.marked.insert(with.id);
            }
            // What another app marked, the inbox tells again.
            Decided::Unread(false) if inbox && heard == Heard::AtFirst && self.server_inbox.is_touched(with.id) => {}
            Decided::Muted(_) | Decided::Aside(_) if inbox => {}
            _ if untold => {}
            Decided::Pinned(pinned) => conversations::set_pinned(tx, with.id, pinned).await?,
            Decided::MentionsOnly(only) => conversations::set_mentions_only(tx, with.id, only).await?,
            Decided::Unread(marked) => conversations::set_marked_unread(tx, with.id, marked).await?,
            Decided::Muted(muted) => {
                let until = muted.map(|muted| match muted {
                    Muted::Until(until) => until.0,
                    Muted::ForEver => i64::MAX,
                });
                conversations::set_muted(tx, with.id, until).await?;
            }
            // A team that was left stays so.
            Decided::Aside(Some(_)) if with.shown_in == StoredBox::Hidden && with.kind == ConversationKind::Team => {}
            Decided::Aside(Some(Timestamp(through))) => {
                conversations::archive(tx, with.id, through).await?;
                conversations::refresh(tx, &[with.id]).await?;
            }
            Decided::Aside(None) if with.shown_in == StoredBox::Archive => {
                conversations::set_box(tx, with.id, StoredBox::Inbox).await?;
            }
            Decided::Aside(None) => {}
        }
        Ok(())
    }

    /// An archive has been caught up with: conversations may be here now of which something was decided elsewhere.
    pub(in crate::engine) async fn apply_unknown_decisions(&mut self) -> Result<(), StoreError> {
        let decisions = std::mem::take(&mut self.decisions.unknown);
        if decisions.is_empty() {
            return Ok(());
        }
        self.apply_decisions(decisions.into_values().collect(), Heard::AtFirst)
            .await
    }
}
