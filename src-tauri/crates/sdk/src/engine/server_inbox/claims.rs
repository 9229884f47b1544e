//! How far a conversation has been read, told by how much of it the server counts as unread.
//!
//! The server counts every message that it archives of others since the last reading: texts, corrections, reactions, retractions.
//! Going back as many of them from the newest leads to what has been read. That can be done once they are all here.

use wardline_store::conversations::{self, Conversation};
use wardline_store::counted::{self, UpTo};
use wardline_store::messages::{self, NewAlias};
use wardline_store::{Address, ConversationId, StoreError, WriteTx, aliases, segments};
use wardline_xmpp::ids::ArchiveId as ArchivedId;
use wardline_xmpp::inbox::InboxEntry;
use wardline_xmpp::message::{Direction as Way, MarkerKind, ReceivedMessage};

use super::ServerInbox;
use crate::engine::Engine;
use crate::engine::decisions::{self, Matter};
use crate::engine::ingest::{self, Content, Target};
use crate::engine::read_pointer;
use crate::engine::sync::Urgency;
use crate::engine::transaction::Tx;

/// The server's word on one conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Claim {
    /// What has not been read, as the server counts.
    pub(super) unread: u32,
    /// When its last message was archived, Unix microseconds; what came later is not in the number.
    pub(super) at: i64,
    pub(super) last: Last,
    pub(super) source: Source,
}

/// What a claim is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// An entry of the inbox.
    Entry,
    /// That there is no entry among the unread ones.
    Absence,
}

impl Claim {
    /// What an entry says, whose last message was archived at that time.
    pub(super) fn of(entry: &InboxEntry, at: i64) -> Self {
        let (unread, last) = match ingest::content(&entry.last) {
            // An app of one's own has confirmed it by itself, and asked for that to be archived: the server takes it for an answer. Nobody
            // need have read anything, so that at least the last message is unread unless it is known better here.
            _ if is_receipt(&entry.last) => (entry.unread.saturating_add(2), Last::Other),
            Content::Text => (entry.unread, Last::Message(entry.last.archive_id.clone())),
            _ => (entry.unread, Last::Other),
        };
        Self {
            unread,
            at,
            last,
            source: Source::Entry,
        }
    }
}

/// Whether a device of one's own says that a message has come.
fn is_receipt(message: &ReceivedMessage) -> bool {
    let has_come = message
        .marker
        .as_ref()
        .is_some_and(|marker| marker.kind == MarkerKind::Received);
    message.direction == Way::Outgoing && message.body.is_none() && (message.receipt.is_some() || has_come)
}

/// What the server took for the last thing said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Last {
    /// A message, by its id in the archive where the server said it: of one's own messages it does not.
    Message(Option<ArchivedId>),
    /// A reaction, a correction, or nothing that is known.
    Other,
}

/// In microseconds.
const SECOND: i64 = 1_000_000;

/// Most pages that are fetched for one claim: who has more unread than that is told that it is many.
const MOST_LOOKED: u8 = 4;

impl ServerInbox {
    /// Whether one more page may be asked for to settle a claim.
    fn may_look(&self, conversation: ConversationId) -> bool {
        self.looked
            .get(&conversation)
            .is_none_or(|looked| *looked < MOST_LOOKED)
    }
}

/// What a claim led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    /// Another number of unread messages.
    Moved,
    /// The number that there was.
    Nothing,
    /// It counts more than is here.
    Short,
}

impl Engine {
    /// Moves read pointers to where the server's claims put them, as far as what they count is here. How many moved. A claim
    /// holds until its archive has been caught up with a second time, as it may be written late; one that counts more than is here
    /// then, until so many older pages have come.
    pub(in crate::engine) async fn settle_claims(&mut self) -> Result<u32, StoreError> {
        if self.server_inbox.claims.is_empty() {
            return Ok(0);
        }
        let mut moved = 0_u32;
        let mut settled = Vec::new();
        let mut short = Vec::new();
        let tx = self.begin().await?;
        for (&id, claim) in &self.server_inbox.claims {
            let Some(with) = conversations::get(&tx, id).await? else {
                settled.push(id);
                continue;
            };
            if self.sync.is_paging(id) || claim.source == Source::Absence && self.is_outside(&with) {
                continue;
            }
            let found = self.settle_claim(&tx, &with, claim).await?;
            moved = moved.saturating_add(u32::from(found == Found::Moved));
            if !self.sync.is_at_end(self.own_archive, with.archive_id) {
                continue;
            }
            if found == Found::Short && self.server_inbox.may_look(id) {
                short.push(Target::of(&with));
            } else if self.sync.is_proven(self.own_archive, with.archive_id) {
                settled.push(id);
            }
        }
        let committed = tx.commit().await?;
        for id in settled {
            self.server_inbox.claims.remove(&id);
        }
        self.publish(committed).await?;
        for target in short {
            self.want_claimed(target).await?;
        }
        Ok(moved)
    }

    /// Wants what a claim counts and is not here, a page at a time.
    pub(in crate::engine) async fn want_claimed(&mut self, target: Target) -> Result<(), StoreError> {
        let id = target.conversation;
        let claimed = self.server_inbox.claims.contains_key(&id);
        let complete = self.sync.is_at_end(self.own_archive, target.archive);
        if !claimed || !complete || !self.server_inbox.may_look(id) {
            return Ok(());
        }
        let looked = self.server_inbox.looked.entry(id).or_default();
        *looked = looked.saturating_add(1);
        self.want_older(target, Urgency::Background).await?;
        Ok(())
    }

    /// Nothing of these conversations is unread by the server's word, which holds for what is here whatever is missing before it.
    pub(super) async fn settle_read(&mut self, conversations: Vec<ConversationId>) -> Result<(), StoreError> {
        let tx = self.begin().await?;
        for id in conversations {
            self.settle_claim_of(&tx, id).await?;
        }
        self.commit(tx).await
    }

    /// A page of a conversation is being stored: what the server claims of it may be here now.
    pub(in crate::engine) async fn settle_claim_of(&mut self, tx: &Tx, id: ConversationId) -> Result<(), StoreError> {
        let Some(claim) = self.server_inbox.claims.get(&id) else {
            return Ok(());
        };
        let Some(with) = conversations::get(tx, id).await? else {
            return Ok(());
        };
        // The entry of a room that is no more, or that one has been taken out of, is gone or in the bin. Nobody need have read it.
        if claim.source == Source::Absence && self.is_outside(&with) {
            return Ok(());
        }
        let found = self.settle_claim(tx, &with, claim).await?;
        let goes_on = found == Found::Short && self.server_inbox.may_look(id);
        if !goes_on && self.sync.is_proven(self.own_archive, with.archive_id) {
            self.server_inbox.claims.remove(&id);
        }
        Ok(())
    }

    async fn settle_claim(&self, tx: &Tx, with: &Conversation, claim: &Claim) -> Result<Found, StoreError> {
        let id = with.id;
        let complete = self.sync.is_at_end(self.own_archive, with.archive_id);
        let Some(position) = self.read_up_to(tx, with, claim, complete).await? else {
            let held = segments::list(tx, id).await?;
            let whole = held.first().is_some_and(|oldest| oldest.reaches_start);
            return Ok(if whole || claim.unread == 0 {
                Found::Nothing
            } else {
                Found::Short
            });
        };
        // What was read or marked since the session began the server may not have heard of when it said so.
        let stale = self.server_inbox.is_touched(id) || decisions::is_pending(tx, id, Matter::Mark).await?;
        if !stale && let Some(marked) = marked(claim, with, position).filter(|marked| *marked != with.marked_unread) {
            match marked {
                true => conversations::set_marked_unread(tx, id, true).await?,
                false => drop(read_pointer::unmark(tx, id).await?),
            }
            tx.row(id);
        }
        if !conversations::advance_read(tx, id, position, None).await? {
            return Ok(Found::Nothing);
        }
        read_pointer::refresh(tx, id).await?;
        let now = conversations::get(tx, id)
            .await?
            .map_or(with.unread, |with| with.unread);
        Ok(if now == with.unread {
            Found::Nothing
        } else {
            Found::Moved
        })
    }

    async fn read_up_to(
        &self,
        tx: &WriteTx,
        with: &Conversation,
        claim: &Claim,
        complete: bool,
    ) -> Result<Option<i64>, StoreError> {
        let named = match &claim.last {
            Last::Message(Some(last)) => {
                let alias = NewAlias::stanza_id(last.as_str());
                match aliases::find(tx, with.archive_id, &alias).await? {
                    Some(id) => messages::get(tx, id).await?,
                    None => None,
                }
            }
            Last::Message(None) | Last::Other => None,
        };
        // Where it cannot be told what was said before or after: better one too many unread than one too few.
        let (up_to, unread) = match (&claim.last, named) {
            (_, Some(last)) => {
                let up_to = UpTo {
                    message: last.position,
                    else_us: last.stamp_us.saturating_sub(1),
                };
                (up_to, claim.unread)
            }
            (Last::Message(Some(_)), None) if !complete => return Ok(None),
            // One's own last message says itself that all before it was read.
            (Last::Message(_), None) => {
                let up_to = before_second(claim.at);
                let up_to = UpTo {
                    message: up_to,
                    else_us: up_to,
                };
                (up_to, claim.unread)
            }
            // What came last is one of those that are counted, and archives may date it by the second. What the archive itself dates
            // before it is counted, however short a time ago that was.
            (Last::Other, None) => {
                let archived = messages::last_archived_up_to(tx, with.id, claim.at).await?;
                let up_to = UpTo {
                    message: claim.at.min(self.surely_counted()).max(archived.unwrap_or_default()),
                    else_us: before_second(claim.at),
                };
                (up_to, claim.unread.saturating_sub(1))
            }
        };
        // What came live is dated by a clock that may be late: what the server does not count yet must not pass for what it counts, or
        // something would look read that nobody has seen.
        let up_to = UpTo {
            else_us: up_to.else_us.min(self.surely_counted()),
            ..up_to
        };
        if unread == 0 {
            return messages::last_position_up_to(tx, with.id, up_to.message).await;
        }
        let own = Address(self.own.to_string());
        let oldest = counted::nth_from_end(tx, with.id, &own, up_to, unread).await?;
        Ok(oldest.map(|at| at.saturating_sub(1)))
    }

    /// What is dated before this came from the archive, with the archive's time.
    fn surely_counted(&self) -> i64 {
        self.server_inbox.began.saturating_sub(2 * SECOND)
    }

    /// The pass over what is unread is over: conversations of the inbox that it has not named have been read elsewhere.
    pub(super) async fn read_elsewhere(&mut self) -> Result<(), StoreError> {
        let began = before_second(self.server_inbox.began);
        let named = std::mem::take(&mut self.server_inbox.unread);
        let tx = self.store.read().await?;
        let unread = conversations::listed_unread(&tx).await?;
        drop(tx);
        for id in unread.into_iter().filter(|id| !named.contains(id)) {
            let claim = Claim {
                unread: 0,
                at: began,
                last: Last::Other,
                source: Source::Absence,
            };
            self.server_inbox.claims.entry(id).or_insert(claim);
        }
        Ok(())
    }
}

/// The last moment that is surely earlier in an archive that dates by the second.
fn before_second(at: i64) -> i64 {
    at.saturating_sub(at.rem_euclid(SECOND)).saturating_sub(1)
}

/// Whether a claim says that somebody has marked a conversation as unread, or that nobody has; `None`: it cannot be told.
fn marked(claim: &Claim, with: &Conversation, position: i64) -> Option<bool> {
    // All has been read, and the server says otherwise.
    let read = with.unread == 0 && with.read_position.is_some_and(|read| position < read);
    match claim.unread {
        0 => Some(false),
        // A reaction that came last is what is counted.
        1 if read && claim.last != Last::Other => Some(true),
        _ => None,
    }
}
