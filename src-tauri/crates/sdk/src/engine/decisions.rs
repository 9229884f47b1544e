//! What a person decides about a conversation: kept at the top, muted, put aside, marked as unread.
//!
//! A decision holds here at once. Other own devices hear of it by the server's inbox, which keeps all but what is at the top, and by a
//! private node, which keeps all. It is noted in the same transaction that it is to be told, and the note goes when the server has
//! it: until then nothing that another device decided before overrules it.

use std::collections::HashMap;

use uuid::Uuid;
use wardline_store::conversations::{self, Conversation};
use wardline_store::{
    Address, ConversationBox as StoredBox, ConversationId, ConversationKind, Reads, StoreError, Text, WriteTx, settings,
};
use wardline_xmpp::decisions::{Decision, Muted};
use wardline_xmpp::features::{Feature, ServerFeatures};
use wardline_xmpp::ids::Timestamp;
use wardline_xmpp::inbox::{InboxBox, InboxChange, Reading};
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::session::RequestError;

use super::Engine;
use super::changes::Changes;
use super::errands::Errand;
use super::jobs::Done;
use crate::view::{CommandError, ConversationBox, ConversationChange, MUTED_FOR_EVER, ReadThrough};

/// The longest time that a conversation is muted for on the server, in seconds: ten years, which is for ever.
const LONGEST_MUTE: u32 = 315_360_000;

/// Under names that begin like this it is noted that the server has not heard what was decided, by conversation; a new value each
/// time that something is decided.
const NOTE: &str = "decided/";

fn note(conversation: ConversationId) -> String {
    format!("{NOTE}{}", conversation.0)
}

/// Whether something was decided about a conversation that the server has not heard of.
pub(super) async fn is_untold(tx: &impl Reads, conversation: ConversationId) -> Result<bool, StoreError> {
    Ok(settings::get(tx, &note(conversation)).await?.is_some())
}

/// Whether the server keeps decisions for the own account alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Keeping {
    /// It promises to.
    Private,
    /// It does not, or there has been no session to ask in.
    #[default]
    Absent,
}

/// State of the exchange of decisions in one session.
#[derive(Debug, Default)]
pub(super) struct Decisions {
    node: Keeping,
    /// What was decided about conversations that are not here yet.
    unknown: HashMap<BareJid, Decision>,
}

/// Notes that something was decided about a conversation that the server has not heard of.
pub(super) async fn note_untold(tx: &WriteTx, conversation: ConversationId) -> Result<(), StoreError> {
    settings::set(tx, &note(conversation), &Text(Uuid::new_v4().to_string())).await
}

/// A decision on its way to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    conversation: ConversationId,
    /// The note's value when it left: another one by now means another decision.
    noted: Text,
}

impl Engine {
    /// A new session: what was decided elsewhere meanwhile is asked for, and what was decided here is told.
    pub(super) async fn begin_decisions(&mut self, features: &ServerFeatures) -> Result<(), StoreError> {
        self.decisions = Decisions {
            node: if features.has(Feature::PublishOptions) {
                Keeping::Private
            } else {
                Keeping::Absent
            },
            unknown: HashMap::new(),
        };
        if features.has(Feature::PersonalEventing) {
            self.spawn_decisions();
        }
        self.tell_decisions().await
    }

    pub(super) fn spawn_decisions(&mut self) {
        let session = self.session.clone();
        self.jobs
            .spawn(async move { Done::Decisions(session.decisions().await) });
    }

    /// What the node held at sign-in.
    pub(super) async fn take_decisions(
        &mut self,
        decisions: Result<Vec<Decision>, RequestError>,
    ) -> Result<(), StoreError> {
        match decisions {
            Ok(decisions) => self.apply_decisions(decisions).await,
            Err(RequestError::Offline) => {
                self.errands.put_off(Errand::Decisions);
                Ok(())
            }
            Err(error) => {
                tracing::info!(%error, "decisions not fetched");
                Ok(())
            }
        }
    }

    /// Another device of one's own has decided. What was decided here and is not told yet is newer.
    pub(super) async fn apply_decisions(&mut self, decisions: Vec<Decision>) -> Result<(), StoreError> {
        // Where the server has an inbox, box, mute and mark are kept there.
        let pins_alone = self.server_inbox.is_offered();
        let mut changes = Changes::default();
        let tx = self.store.begin().await?;
        for decision in decisions {
            let address = Address(decision.with.to_string());
            let with = match conversations::by_address(&tx, &address).await? {
                Some(with) => with,
                // Its messages have not come yet, or it is a room that has not been entered.
                None => {
                    self.decisions.unknown.insert(decision.with.clone(), decision);
                    continue;
                }
            };
            if is_untold(&tx, with.id).await? {
                continue;
            }
            conversations::set_pinned(&tx, with.id, decision.pinned).await?;
            if !pins_alone {
                let muted = decision.muted.map(|muted| match muted {
                    Muted::Until(until) => until.0,
                    Muted::ForEver => i64::MAX,
                });
                conversations::set_muted(&tx, with.id, muted).await?;
                conversations::set_marked_unread(&tx, with.id, decision.marked_unread).await?;
                match (decision.aside, with.shown_in) {
                    // A team that was left.
                    (Some(_), StoredBox::Hidden) if with.kind == ConversationKind::Team => {}
                    (Some(Timestamp(through)), _) => {
                        conversations::put_aside(&tx, with.id, through).await?;
                        conversations::refresh(&tx, &[with.id]).await?;
                    }
                    (None, StoredBox::Archive) => conversations::set_box(&tx, with.id, StoredBox::Inbox).await?,
                    (None, StoredBox::Inbox | StoredBox::Hidden) => {}
                }
            }
            changes.row(with.id);
        }
        tx.commit().await?;
        self.committed(changes).await
    }

    /// An archive has been caught up with: conversations may be here now of which something was decided elsewhere.
    pub(super) async fn apply_unknown_decisions(&mut self) -> Result<(), StoreError> {
        let decisions = std::mem::take(&mut self.decisions.unknown);
        if decisions.is_empty() {
            return Ok(());
        }
        self.apply_decisions(decisions.into_values().collect()).await
    }

    /// Tells the server what was decided and not told yet.
    pub(super) async fn tell_decisions(&mut self) -> Result<(), StoreError> {
        let (inbox, node) = (self.server_inbox.is_offered(), self.decisions.node == Keeping::Private);
        if !self.online() || !(inbox || node) {
            return Ok(());
        }
        let now = self.clock.now();
        let tx = self.store.read().await?;
        for name in settings::names(&tx, NOTE).await? {
            let Some(id) = name
                .strip_prefix(NOTE)
                .and_then(|id| id.parse().ok())
                .map(ConversationId)
            else {
                continue;
            };
            let (Some(noted), Some(with)) = (settings::get(&tx, &name).await?, conversations::get(&tx, id).await?)
            else {
                continue;
            };
            let Ok(address) = with.address.parse::<BareJid>() else {
                continue;
            };
            let properties = inbox.then(|| properties(&with, now));
            let decision = node.then(|| decision(&with, address.clone()));
            let session = self.session.clone();
            let told = Told {
                conversation: id,
                noted,
            };
            self.jobs.spawn(async move {
                let mut outcome = Ok(());
                if let Some(decision) = decision {
                    outcome = session.publish_decision(&decision).await;
                }
                if let Some(properties) = properties {
                    let of_inbox = session.set_inbox_properties(&address, &properties).await;
                    outcome = outcome.and(of_inbox);
                }
                Done::Decided(told, outcome)
            });
        }
        Ok(())
    }

    /// The server has heard of a decision, or not.
    pub(super) async fn take_decided(
        &mut self,
        told: Told,
        outcome: Result<(), RequestError>,
    ) -> Result<(), StoreError> {
        match outcome {
            Ok(()) => {}
            // What was decided holds on this computer.
            Err(RequestError::Refused(condition)) => tracing::info!(%condition, "decision not taken by the server"),
            // The note stays for the next session.
            Err(_) => return Ok(()),
        }
        let tx = self.store.begin().await?;
        let name = note(told.conversation);
        if settings::get(&tx, &name).await?.as_ref() == Some(&told.noted) {
            settings::remove(&tx, &name).await?;
        }
        tx.commit().await
    }

    /// Decides something about a conversation.
    pub(super) async fn decide(
        &mut self,
        conversation: ConversationId,
        change: ConversationChange,
    ) -> Result<(), CommandError> {
        let tx = self.store.begin().await?;
        match change {
            ConversationChange::Pin { pinned } => conversations::set_pinned(&tx, conversation, pinned).await?,
            ConversationChange::Mute { until } => {
                conversations::set_muted(&tx, conversation, until.map(end_of_mute)).await?;
            }
            ConversationChange::Move { to } => conversations::set_box(&tx, conversation, stored(to)).await?,
            ConversationChange::MarkUnread => conversations::set_marked_unread(&tx, conversation, true).await?,
        }
        note_untold(&tx, conversation).await?;
        tx.commit().await?;
        let mut changes = Changes::default();
        changes.row(conversation);
        self.committed(changes).await?;
        self.tell_decisions().await?;
        Ok(())
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

/// What other devices are told of a conversation.
fn decision(with: &Conversation, address: BareJid) -> Decision {
    Decision {
        with: address,
        pinned: with.pinned,
        aside: (with.shown_in == StoredBox::Archive).then(|| Timestamp(with.aside_us.unwrap_or(with.sort_us))),
        marked_unread: with.marked_unread,
        muted: with.muted_until_us.map(|until| match until {
            i64::MAX => Muted::ForEver,
            until => Muted::Until(Timestamp(until)),
        }),
    }
}

/// What the server's inbox is told of a conversation.
fn properties(with: &Conversation, now: i64) -> Vec<InboxChange> {
    let in_box = match with.shown_in {
        StoredBox::Inbox => InboxBox::Inbox,
        StoredBox::Archive => InboxBox::Archive,
        StoredBox::Hidden => InboxBox::Bin,
    };
    let seconds = with.muted_until_us.map_or(0, |until| {
        let left = until.saturating_sub(now).max(0) / 1_000_000;
        u32::try_from(left).unwrap_or(LONGEST_MUTE).min(LONGEST_MUTE)
    });
    let mut changes = vec![InboxChange::Move(in_box), InboxChange::Mute { seconds }];
    if with.marked_unread {
        changes.push(InboxChange::Reading(Reading::Unread));
    }
    changes
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
