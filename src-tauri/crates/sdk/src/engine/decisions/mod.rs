//! What a person decides about a conversation: kept at the top, muted, put aside, marked as unread, told of mentions alone.
//!
//! A decision holds here at once. Other own devices hear of it by the server's inbox, which keeps all but what is at the top, and by a
//! private node or private storage, which keep the rest. It is noted in the same transaction that it is to be told, and the note goes when
//! the server has it ([`pending`]): until then nothing that another device decided of the same matter before overrules it. In a new
//! session what others decided is heard ([`hearing`]) before anything is told ([`telling`]).

mod hearing;
mod pending;
mod telling;

use std::collections::{HashMap, HashSet};

use wardline_store::{ConversationBox as StoredBox, ConversationId, StoreError, conversations};
pub(super) use wardline_xmpp::decisions::Matter;
use wardline_xmpp::decisions::{Decision, KeptIn};
use wardline_xmpp::jid::BareJid;

pub(super) use self::hearing::Heard;
pub(super) use self::pending::{is_pending, set_pending};
use super::Engine;
use super::private_nodes::PrivateNodes;
use crate::engine::transaction::{Effect, Tx};
use crate::view::{CommandError, ConversationBox, ConversationChange, MUTED_FOR_EVER, ReadThrough};

/// Whether it is known what other devices have decided.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Hearing {
    /// It has been asked for.
    #[default]
    UnderWay,
    Over,
}

/// State of the exchange of decisions in one session.
#[derive(Debug, Default)]
pub(super) struct Decisions {
    /// Where the server keeps them for the own account alone; `None`: nowhere, or there has been no session to ask in.
    place: Option<KeptIn>,
    hearing: Hearing,
    /// What was decided about conversations that are not here yet.
    unknown: HashMap<(BareJid, Matter), Decision>,
    /// Conversations that had been marked as unread, as far as the server's inbox has not confirmed it yet.
    marked: HashSet<ConversationId>,
    /// The conversation of which the server is being told: one thing after the other, as what is in storage is changed as a whole.
    telling: Option<ConversationId>,
}

impl Decisions {
    /// Whether the server is being told of something.
    pub(super) fn is_telling(&self) -> bool {
        self.telling.is_some()
    }
}

impl Engine {
    /// A new session: what was decided elsewhere meanwhile is asked for, then what was decided here is told.
    pub(super) fn begin_decisions(&mut self) {
        self.decisions = Decisions {
            place: match self.private_nodes {
                PrivateNodes::Kept => Some(KeptIn::Node),
                PrivateNodes::Absent => Some(KeptIn::Storage),
                // What is put into the wrong place contradicts the other one. The note stays for the next session.
                PrivateNodes::Unknown => None,
            },
            ..Decisions::default()
        };
        self.request_decisions();
    }

    /// Something is said in a conversation that may have been put aside. Other devices hear that it is back only where one that was
    /// off could not tell whether this was said before or after. A server with an inbox takes it back by itself, unless it hears only
    /// after this that it was put aside.
    pub(super) async fn bring_back(&self, tx: &Tx, conversation: ConversationId) -> Result<(), StoreError> {
        if !conversations::unarchive(tx, conversation).await? {
            return Ok(());
        }
        if !self.server_inbox.is_offered() || is_pending(tx, conversation, Matter::Place).await? {
            set_pending(tx, conversation, Matter::Place).await?;
            tx.after(Effect::SyncSettings);
        }
        Ok(())
    }

    /// Decides something about a conversation.
    pub(super) async fn decide(
        &mut self,
        conversation: ConversationId,
        change: ConversationChange,
    ) -> Result<(), CommandError> {
        let matter = match change {
            ConversationChange::Accept => return self.accept_person(conversation).await,
            ConversationChange::Decline => return self.decline_person(conversation).await,
            ConversationChange::Pin { .. } => Matter::Pin,
            ConversationChange::Mute { .. } => Matter::Mute,
            ConversationChange::Move { .. } => Matter::Place,
            ConversationChange::MarkUnread => Matter::Mark,
        };
        let tx = self.begin().await?;
        match change {
            ConversationChange::Pin { pinned } => {
                conversations::set_pinned(&tx, conversation, pinned).await?;
            }
            ConversationChange::Mute { until } => {
                conversations::set_muted(&tx, conversation, until.map(end_of_mute)).await?;
            }
            ConversationChange::Move { to } => {
                conversations::set_box(&tx, conversation, stored(to)).await?;
            }
            ConversationChange::MarkUnread => {
                conversations::set_marked_unread(&tx, conversation, true).await?;
            }
            ConversationChange::Accept | ConversationChange::Decline => {}
        }
        set_pending(&tx, conversation, matter).await?;
        tx.row(conversation);
        tx.after(Effect::SyncSettings);
        let committed = tx.commit().await?;
        if matter == Matter::Mark {
            self.server_inbox.note_marked(conversation);
        }
        Ok(self.publish(committed).await?)
    }

    /// Marks conversations as read, each up to a message. One that is gone meanwhile stops nothing.
    pub(super) async fn mark_all_read(&mut self, through: Vec<ReadThrough>) -> Result<(), CommandError> {
        for ReadThrough { conversation, message } in through {
            match self.mark_read(conversation.into(), message.into()).await {
                Ok(()) | Err(CommandError::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Microseconds of the time at which a conversation is no longer muted.
fn end_of_mute(millis: i64) -> i64 {
    if millis >= MUTED_FOR_EVER {
        i64::MAX
    } else {
        millis.saturating_mul(1_000)
    }
}

fn stored(shown_in: ConversationBox) -> StoredBox {
    match shown_in {
        ConversationBox::Inbox => StoredBox::Inbox,
        ConversationBox::Archive => StoredBox::Archive,
    }
}
