//! What a person decides about a conversation: kept at the top, muted, put aside, marked as unread.
//!
//! A decision holds here at once. Other own devices hear of it by the server's inbox, which keeps all but what is at the top, and by a
//! private node or private storage, which keep all. It is noted in the same transaction that it is to be told, and the note goes when the server has
//! it ([`untold`]): until then nothing that another device decided of the same matter before overrules it. In a new session what
//! others decided is heard before anything is told, as what is kept there holds all matters of its conversation.

mod untold;

use std::collections::{HashMap, HashSet};

use wardline_store::conversations::{self, Conversation};
use wardline_store::{Address, ConversationBox as StoredBox, ConversationId, ConversationKind, StoreError, WriteTx};
pub(super) use wardline_xmpp::decisions::Matter;
use wardline_xmpp::decisions::{Decided, Decision, Muted, Place};
use wardline_xmpp::features::{Feature, ServerFeatures};
use wardline_xmpp::ids::Timestamp;
use wardline_xmpp::inbox::{InboxBox, InboxChange, Reading};
use wardline_xmpp::jid::BareJid;
use wardline_xmpp::session::RequestError;

use self::untold::Notes;
pub(super) use self::untold::{is_untold, note_untold};
use super::Engine;
use super::changes::Changes;
use super::errands::Errand;
use super::jobs::Done;
use crate::view::{CommandError, ConversationBox, ConversationChange, MUTED_FOR_EVER, ReadThrough};

/// The longest time that a conversation is muted for on the server, in seconds: ten years, which is for ever.
const LONGEST_MUTE: u32 = 315_360_000;

/// When a decision of another device was heard of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heard {
    /// It was made before the session, or its conversation was not known until now.
    AtFirst,
    /// It has just been made.
    Now,
}

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
    place: Option<Place>,
    hearing: Hearing,
    /// What was decided about conversations that are not here yet.
    unknown: HashMap<(BareJid, Matter), Decision>,
    /// Conversations that had been marked as unread, as far as the server's inbox has not confirmed it yet.
    marked: HashSet<ConversationId>,
    /// Conversations of which the server is being told: one thing after the other.
    telling: HashSet<ConversationId>,
}

impl Decisions {
    /// Whether the server is being told of something.
    pub(super) fn is_telling(&self) -> bool {
        !self.telling.is_empty()
    }
}

/// What became of decisions that the server was told of.
#[derive(Debug)]
pub(super) struct Told {
    conversation: ConversationId,
    notes: Notes,
    /// Where they are kept.
    kept: Result<(), (Place, RequestError)>,
    in_inbox: Result<(), RequestError>,
}

impl Engine {
    /// A new session: what was decided elsewhere meanwhile is asked for, then what was decided here is told.
    pub(super) fn begin_decisions(&mut self, features: &ServerFeatures) {
        // MongooseIM says that publications may carry conditions, and keeps no node private.
        let node = features.has(Feature::PublishOptions) && !features.has(Feature::Inbox);
        self.decisions = Decisions {
            place: Some(if node { Place::Node } else { Place::Storage }),
            ..Decisions::default()
        };
        self.spawn_decisions();
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
            Ok(decisions) => self.apply_decisions(decisions, Heard::AtFirst).await?,
            Err(RequestError::Offline) => {
                self.errands.put_off(Errand::Decisions);
                return Ok(());
            }
            Err(error) => tracing::info!(%error, "decisions not fetched"),
        }
        self.decisions.hearing = Hearing::Over;
        self.tell_decisions().await
    }

    /// Another device of one's own has decided. What was decided here of the same matter and is not told yet is newer.
    pub(super) async fn apply_decisions(&mut self, decisions: Vec<Decision>, heard: Heard) -> Result<(), StoreError> {
        let mut changes = Changes::default();
        let tx = self.store.begin().await?;
        for decision in decisions {
            let address = Address(decision.with.to_string());
            match conversations::by_address(&tx, &address).await? {
                Some(with) => {
                    self.apply_decision(&tx, &with, &decision, heard).await?;
                    changes.row(with.id);
                }
                // Its messages have not come yet, or it is a room that has not been entered.
                None => {
                    let matter = (decision.with.clone(), decision.matter());
                    self.decisions.unknown.insert(matter, decision);
                }
            }
        }
        tx.commit().await?;
        self.committed(changes).await?;
        self.apply_marks().await
    }

    /// What the node says was marked before the session is so as long as the server's inbox counts something there: an app that knows
    /// the inbox alone may have read it since.
    pub(super) async fn apply_marks(&mut self) -> Result<(), StoreError> {
        let (marked, rest) = std::mem::take(&mut self.decisions.marked)
            .into_iter()
            .partition(|id| self.server_inbox.counts(*id));
        self.decisions.marked = rest;
        let marked: HashSet<ConversationId> = marked;
        if marked.is_empty() {
            return Ok(());
        }
        let mut changes = Changes::default();
        let tx = self.store.begin().await?;
        for id in marked {
            if !self.server_inbox.is_touched(id) && !is_untold(&tx, id, Matter::Mark).await? {
                conversations::set_marked_unread(&tx, id, true).await?;
                changes.row(id);
            }
        }
        tx.commit().await?;
        self.committed(changes).await
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
        let untold = is_untold(tx, with.id, decision.matter()).await?;
        match decision.what {
            Decided::Unread(true) if inbox && heard == Heard::AtFirst => {
                self.decisions.marked.insert(with.id);
            }
            Decided::Unread(false) if inbox && heard == Heard::AtFirst => {}
            Decided::Muted(_) | Decided::Aside(_) if inbox => {}
            _ if untold => {}
            Decided::Pinned(pinned) => conversations::set_pinned(tx, with.id, pinned).await?,
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
                conversations::put_aside(tx, with.id, through).await?;
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
    pub(super) async fn apply_unknown_decisions(&mut self) -> Result<(), StoreError> {
        let decisions = std::mem::take(&mut self.decisions.unknown);
        if decisions.is_empty() {
            return Ok(());
        }
        self.apply_decisions(decisions.into_values().collect(), Heard::AtFirst)
            .await
    }

    /// Tells the server what was decided and not told yet.
    pub(super) async fn tell_decisions(&mut self) -> Result<(), StoreError> {
        let (inbox, place) = (self.server_inbox.is_offered(), self.decisions.place);
        if !self.online() || !(inbox || place.is_some()) || self.decisions.hearing == Hearing::UnderWay {
            return Ok(());
        }
        let now = self.clock.now();
        let tx = self.store.read().await?;
        for (conversation, notes) in untold::all(&tx).await? {
            let Some(with) = conversations::get(&tx, conversation).await? else {
                continue;
            };
            let Ok(address) = with.address.parse::<BareJid>() else {
                continue;
            };
            if !self.decisions.telling.insert(conversation) {
                continue;
            }
            let properties = match inbox {
                true => properties(&with, &notes, now),
                false => Vec::new(),
            };
            let decisions = decisions(&with, &address, &notes, inbox);
            let session = self.session.clone();
            self.jobs.spawn(async move {
                let mut told = Told {
                    conversation,
                    notes,
                    kept: Ok(()),
                    in_inbox: Ok(()),
                };
                if !properties.is_empty() {
                    told.in_inbox = session.set_inbox_properties(&address, &properties).await;
                }
                if let Some(place) = place {
                    told.kept = session
                        .publish_decisions(&decisions, place)
                        .await
                        .map_err(|error| (place, error));
                }
                Done::Decided(told)
            });
        }
        Ok(())
    }

    /// The server has heard of a decision, or not.
    pub(super) async fn take_decided(&mut self, told: Told) -> Result<(), StoreError> {
        self.decisions.telling.remove(&told.conversation);
        match told.kept {
            Ok(()) => {}
            Err((place, RequestError::Refused(condition))) => {
                tracing::info!(%condition, ?place, "decisions are not kept there");
                if self.decisions.place == Some(place) {
                    self.decisions.place = (place == Place::Node).then_some(Place::Storage);
                }
                // The note stays: it is told again, elsewhere.
                return self.tell_decisions().await;
            }
            // The note stays for the next session.
            Err(_) => return Ok(()),
        }
        match told.in_inbox {
            Ok(()) => {}
            // What was decided holds on this computer.
            Err(RequestError::Refused(condition)) => tracing::info!(%condition, "decision not taken by the inbox"),
            Err(_) => return Ok(()),
        }
        let tx = self.store.begin().await?;
        untold::told(&tx, told.conversation, told.notes).await?;
        tx.commit().await?;
        // More may have been decided meanwhile.
        self.tell_decisions().await
    }

    /// Something is said in a conversation that may have been put aside. Whether other devices are to hear that it is back: one that was
    /// off could not tell whether this was said before or after. A server with an inbox takes it back by itself, unless it hears only
    /// after this that it was put aside.
    pub(super) async fn bring_back(&self, tx: &WriteTx, conversation: ConversationId) -> Result<bool, StoreError> {
        if !conversations::bring_back(tx, conversation).await? {
            return Ok(false);
        }
        let tell = !self.server_inbox.is_offered() || is_untold(tx, conversation, Matter::Place).await?;
        if tell {
            note_untold(tx, conversation, Matter::Place).await?;
        }
        Ok(tell)
    }

    /// Decides something about a conversation.
    pub(super) async fn decide(
        &mut self,
        conversation: ConversationId,
        change: ConversationChange,
    ) -> Result<(), CommandError> {
        let tx = self.store.begin().await?;
        let matter = match change {
            ConversationChange::Pin { pinned } => {
                conversations::set_pinned(&tx, conversation, pinned).await?;
                Matter::Pin
            }
            ConversationChange::Mute { until } => {
                conversations::set_muted(&tx, conversation, until.map(end_of_mute)).await?;
                Matter::Mute
            }
            ConversationChange::Move { to } => {
                conversations::set_box(&tx, conversation, stored(to)).await?;
                Matter::Place
            }
            ConversationChange::MarkUnread => {
                conversations::set_marked_unread(&tx, conversation, true).await?;
                self.server_inbox.note_marked(conversation);
                Matter::Mark
            }
        };
        note_untold(&tx, conversation, matter).await?;
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

/// What other devices are told of a conversation, beside what they hear from the server's inbox if there is one.
fn decisions(with: &Conversation, address: &BareJid, notes: &Notes, inbox: bool) -> Vec<Decision> {
    let decided = |matter| match matter {
        Matter::Mute | Matter::Place if inbox => None,
        Matter::Pin => Some(Decided::Pinned(with.pinned)),
        Matter::Mark => Some(Decided::Unread(with.marked_unread)),
        Matter::Place => {
            let aside = with.shown_in == StoredBox::Archive;
            let through = with.aside_us.unwrap_or(with.sort_us);
            Some(Decided::Aside(aside.then_some(Timestamp(through))))
        }
        Matter::Mute => Some(Decided::Muted(with.muted_until_us.map(|until| match until {
            i64::MAX => Muted::ForEver,
            until => Muted::Until(Timestamp(until)),
        }))),
    };
    let decision = |what| Decision {
        with: address.clone(),
        what,
    };
    notes.matters().filter_map(decided).map(decision).collect()
}

/// What the server's inbox is told of a conversation. It keeps no pins, and hears of reading by markers.
fn properties(with: &Conversation, notes: &Notes, now: i64) -> Vec<InboxChange> {
    let change = |matter| match matter {
        Matter::Pin => None,
        Matter::Mute => {
            let seconds = with.muted_until_us.map_or(0, |until| {
                let left = until.saturating_sub(now).max(0) / 1_000_000;
                u32::try_from(left).unwrap_or(LONGEST_MUTE).min(LONGEST_MUTE)
            });
            Some(InboxChange::Mute { seconds })
        }
        Matter::Place => Some(InboxChange::Move(match with.shown_in {
            StoredBox::Inbox => InboxBox::Inbox,
            StoredBox::Archive => InboxBox::Archive,
            StoredBox::Hidden => InboxBox::Bin,
        })),
        Matter::Mark => with.marked_unread.then_some(InboxChange::Reading(Reading::Unread)),
    };
    notes.matters().filter_map(change).collect()
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
