//! The texts of a page become rows of the store, in a few statements for the whole page however many conversations it is of. What
//! they are to their threads is settled afterwards, conversation by conversation ([`page`](super::page)).

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet};

use wardline_store::messages::{self, Message, NewMessage};
use wardline_store::pages::{self, Outcome};
use wardline_store::{
    ArchiveId, ConversationId, Direction, MessageId, SegmentId, StampSource, StoreError, WriteTx, conversations,
    pending,
};
use wardline_xmpp::message::ReceivedMessage;

use super::page::{Adjacent, Leaf};
use crate::engine::Engine;
use crate::engine::ingest::{self, Content};

/// A text of a page, as it was found or put into the store.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken<'page> {
    pub(super) message: &'page ReceivedMessage,
    pub(super) id: MessageId,
    /// Whether this page has brought it.
    pub(super) came: Came,
    /// When it was said, Unix microseconds, and who says so.
    pub(super) stamp: (i64, StampSource),
    /// Where it stood before this page gives it its place.
    pub(super) stood: Stood,
}

impl Taken<'_> {
    /// Whether it is a text of ours: that one has changed something about a team does not show that one has read it.
    pub(super) fn is_ours(&self) -> bool {
        ingest::direction(self.message) == Direction::Outgoing
    }

    /// Whether it stands where the archive has it, and other pages count on that.
    pub(super) fn has_place(&self) -> bool {
        self.stood.segment.is_some()
            && self.stood.archived_us.is_some()
            && self.stood.told_again(self.stamp.0) != Some(Again::Earlier)
    }

    /// The segment that it lies in, and so the page with it. One whose copy had been told of before leaves the copy's segment, which
    /// is somewhere else.
    pub(super) fn meets(&self) -> Option<SegmentId> {
        let is_copy = self.stood.told_again(self.stamp.0) == Some(Again::Earlier);
        self.stood.segment.filter(|_| !is_copy)
    }
}

/// A text that the archive has told of before, at another time: servers keep what is sent again after a resumption twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Again {
    Earlier,
    Later,
}

/// Whether a text was in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Came {
    Now,
    Before,
}

/// Where a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stood {
    pub(super) position: i64,
    /// The segment that it lies in; for one that has just come, none.
    pub(super) segment: Option<SegmentId>,
    /// The archive's stamp of it, where that is known.
    pub(super) archived_us: Option<i64>,
    pub(super) direction: Direction,
}

impl Stood {
    fn of(row: &Message) -> Self {
        Self {
            position: row.position,
            segment: row.segment_id,
            archived_us: row.archived_us,
            direction: row.direction,
        }
    }
}

impl Stood {
    /// Whether it is told again, with this stamp.
    fn told_again(&self, stamp: i64) -> Option<Again> {
        let told = self.archived_us.filter(|_| self.segment.is_some())?;
        match stamp.cmp(&told) {
            Ordering::Less => Some(Again::Earlier),
            Ordering::Equal => None,
            Ordering::Greater => Some(Again::Later),
        }
    }
}

/// What a page has brought.
#[derive(Debug)]
pub(super) struct Intake<'page> {
    /// The texts of each leaf, each once, where it was archived first.
    pub(super) leaves: Vec<Vec<Taken<'page>>>,
    /// Ids for which something is kept that was said about them before.
    pub(super) awaited: HashSet<String>,
    /// Conversations of the page with messages whose place in the archive is not known yet.
    pub(super) unplaced: HashSet<ConversationId>,
    /// Conversations of the page of which nothing is known to have been read.
    pub(super) without_pointer: HashSet<ConversationId>,
}

impl Intake<'_> {
    /// Whether something is kept for a text.
    pub(super) fn is_awaited(&self, message: &ReceivedMessage) -> bool {
        !self.awaited.is_empty() && ids(message).any(|id| self.awaited.contains(id))
    }
}

fn ids(message: &ReceivedMessage) -> impl Iterator<Item = &str> {
    let archived = message.archive_id.as_ref().map(|id| id.as_str());
    let origin = message.origin_id.as_ref().map(|id| id.as_str());
    let own = message.id.as_ref().map(|id| id.as_str());
    archived.into_iter().chain(origin).chain(own)
}

impl Leaf<'_> {
    /// Whether the page has nothing of its conversation.
    pub(super) fn is_empty(&self) -> bool {
        self.messages.is_empty() && self.first.is_none()
    }

    /// The segment that everything of this leaf which is new will lie in, where that is known beforehand.
    pub(super) fn ground(&self) -> Option<SegmentId> {
        match self.adjacent {
            Adjacent::After(id, _) => self.held.iter().any(|segment| segment.id == id).then_some(id),
            Adjacent::Before(_) | Adjacent::Newest | Adjacent::Within(..) | Adjacent::Alone | Adjacent::Since => None,
        }
    }
}

/// A text before it is a row.
struct Text<'page> {
    leaf: usize,
    message: &'page ReceivedMessage,
    stamp: (i64, StampSource),
}

impl Engine {
    /// Stores the texts of leaves that are not known yet.
    pub(super) async fn take_in<'page>(
        &self,
        tx: &WriteTx,
        leaves: &[Leaf<'page>],
    ) -> Result<Intake<'page>, StoreError> {
        let now = self.clock.now();
        let mut by_archive: BTreeMap<ArchiveId, (Vec<Text<'page>>, Vec<NewMessage>)> = BTreeMap::new();
        for (number, leaf) in leaves.iter().enumerate() {
            let (texts, rows) = by_archive.entry(leaf.target.archive).or_default();
            let ground = leaf.ground();
            for message in leaf.messages.iter().copied() {
                if ingest::content(message) == Content::Reference {
                    continue;
                }
                let stamp = ingest::stamp(message, now);
                let mentions = self.mentions_in(tx, leaf.target.conversation, message).await?;
                rows.push(ingest::row(
                    &self.own,
                    leaf.target,
                    message,
                    ground,
                    stamp.0,
                    mentions,
                    stamp,
                ));
                texts.push(Text {
                    leaf: number,
                    message,
                    stamp,
                });
            }
        }
        let mut intake = Intake {
            leaves: leaves
                .iter()
                .map(|leaf| Vec::with_capacity(leaf.messages.len()))
                .collect(),
            awaited: HashSet::new(),
            unplaced: HashSet::new(),
            without_pointer: HashSet::new(),
        };
        for (archive, (texts, rows)) in by_archive {
            if texts.is_empty() {
                continue;
            }
            let outcomes = pages::insert(tx, archive, rows).await?;
            let known: Vec<MessageId> = outcomes
                .iter()
                .filter(|outcome| matches!(outcome, Outcome::Known(_)))
                .map(|outcome| outcome.id())
                .collect();
            let known = messages::get_many(tx, &known).await?;
            let known: HashMap<MessageId, Stood> = known.iter().map(|row| (row.id, Stood::of(row))).collect();
            intake
                .awaited
                .extend(pending::awaited(tx, archive, texts.iter().flat_map(|text| ids(text.message))).await?);
            let mut seen = HashSet::new();
            for (outcome, text) in outcomes.into_iter().zip(texts) {
                let id = outcome.id();
                let Some(leaf) = intake
                    .leaves
                    .get_mut(text.leaf)
                    .filter(|_| seen.insert((text.leaf, id)))
                else {
                    continue;
                };
                let (stamp, source) = text.stamp;
                let (came, stood) = match (outcome, known.get(&id)) {
                    (Outcome::Known(_), Some(stood)) => (Came::Before, *stood),
                    _ => {
                        let stood = Stood {
                            position: stamp,
                            segment: None,
                            archived_us: (source == StampSource::Archive).then_some(stamp),
                            direction: ingest::direction(text.message),
                        };
                        (Came::Now, stood)
                    }
                };
                // What is told again stands where it was archived first.
                let backward = leaves.get(text.leaf).is_some_and(|leaf| leaf.adjacent.is_backward());
                if !backward && stood.told_again(stamp) == Some(Again::Later) {
                    continue;
                }
                leaf.push(Taken {
                    message: text.message,
                    id,
                    came,
                    stamp: text.stamp,
                    stood,
                });
            }
        }
        let ids: Vec<ConversationId> = leaves.iter().map(|leaf| leaf.target.conversation).collect();
        intake.unplaced = messages::with_unplaced(tx, &ids).await?;
        intake.without_pointer = conversations::without_pointer(tx, &ids).await?;
        Ok(intake)
    }
}
