//! Inserts the texts of a page into the store, in few statements for the whole page however many conversations it spans. The merge into
//! each thread follows, conversation by conversation ([`page`](super::page)).

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet};

use wardline_store::messages::{self, Message, NewMessage};
use wardline_store::pages::{self, Outcome};
use wardline_store::{
    ArchiveId, ConversationId, Direction, MessageId, SegmentId, StampSource, StoreError, WriteTx, conversations,
    pending,
};
use wardline_xmpp::message::ReceivedMessage;

use super::page::{Adjacent, PagePart};
use crate::engine::Engine;
use crate::engine::ingest::{self, Content};

/// A text of a page, found in the store or inserted.
#[derive(Debug, Clone, Copy)]
pub(super) struct PageMessage<'page> {
    pub(super) message: &'page ReceivedMessage,
    pub(super) id: MessageId,
    /// Whether this page inserted it.
    pub(super) is_new: bool,
    /// When it was said, Unix microseconds, and who says so.
    pub(super) stamp: (i64, StampSource),
    /// Its place before the page is merged.
    pub(super) before: StoredPlace,
}

impl PageMessage<'_> {
    /// Whether it is the user's own text. A room event of their own does not count: changing a team is not reading it.
    pub(super) fn is_ours(&self) -> bool {
        ingest::direction(self.message) == Direction::Outgoing
    }

    /// Whether it already has its place in the archive, which other pages rely on.
    pub(super) fn has_place(&self) -> bool {
        self.before.segment.is_some()
            && self.before.archived_us.is_some()
            && self.before.archived_again(self.stamp.0) != Some(Again::Earlier)
    }

    /// Its segment, which the page meets therefore. A text whose later copy was archived before leaves the segment of that copy.
    pub(super) fn meets(&self) -> Option<SegmentId> {
        let is_copy = self.before.archived_again(self.stamp.0) == Some(Again::Earlier);
        self.before.segment.filter(|_| !is_copy)
    }
}

/// A text that the archive lists twice: servers archive a stanza again that was retransmitted after a resumption.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Again {
    Earlier,
    Later,
}

/// Place of a row in its thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StoredPlace {
    pub(super) position: i64,
    /// Its segment; `None` for a new row.
    pub(super) segment: Option<SegmentId>,
    /// Its stamp in the archive, where known.
    pub(super) archived_us: Option<i64>,
    pub(super) direction: Direction,
}

impl StoredPlace {
    fn of(row: &Message) -> Self {
        Self {
            position: row.position,
            segment: row.segment_id,
            archived_us: row.archived_us,
            direction: row.direction,
        }
    }
}

impl StoredPlace {
    /// Whether the archive lists it a second time, with this stamp, and which listing is the earlier.
    fn archived_again(&self, stamp: i64) -> Option<Again> {
        let told = self.archived_us.filter(|_| self.segment.is_some())?;
        match stamp.cmp(&told) {
            Ordering::Less => Some(Again::Earlier),
            Ordering::Equal => None,
            Ordering::Greater => Some(Again::Later),
        }
    }
}

/// The rows of an inserted page.
#[derive(Debug)]
pub(super) struct InsertedPage<'page> {
    /// The texts of each part, each once, where it was archived first.
    pub(super) parts: Vec<Vec<PageMessage<'page>>>,
    /// Ids with a pending reference.
    pub(super) awaited: HashSet<String>,
    /// Conversations of the page with messages that have no place in the archive yet.
    pub(super) unplaced: HashSet<ConversationId>,
    /// Conversations of the page without a read pointer.
    pub(super) without_pointer: HashSet<ConversationId>,
}

impl InsertedPage<'_> {
    /// Whether a pending reference waits for a text.
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

impl PagePart<'_> {
    /// Whether the page has nothing of its conversation.
    pub(super) fn is_empty(&self) -> bool {
        self.messages.is_empty() && self.first.is_none()
    }

    /// The segment of all new texts of this part, where it is known beforehand.
    pub(super) fn ground(&self) -> Option<SegmentId> {
        match self.adjacent {
            Adjacent::After(id, _) => self.held.iter().any(|segment| segment.id == id).then_some(id),
            Adjacent::Before(_) | Adjacent::Newest | Adjacent::Within(..) | Adjacent::Alone | Adjacent::Since => None,
        }
    }
}

/// A text before it is a row.
struct Text<'page> {
    part: usize,
    message: &'page ReceivedMessage,
    stamp: (i64, StampSource),
}

impl Engine {
    /// Inserts the texts of all parts that are not stored yet.
    pub(super) async fn insert_page<'page>(
        &self,
        tx: &WriteTx,
        parts: &[PagePart<'page>],
    ) -> Result<InsertedPage<'page>, StoreError> {
        let now = self.clock.now();
        let mut by_archive: BTreeMap<ArchiveId, (Vec<Text<'page>>, Vec<NewMessage>)> = BTreeMap::new();
        for (number, part) in parts.iter().enumerate() {
            let (texts, rows) = by_archive.entry(part.target.archive).or_default();
            let ground = part.ground();
            for message in part.messages.iter().copied() {
                if ingest::content(message) == Content::Reference {
                    continue;
                }
                let stamp = ingest::stamp(message, now);
                let mentions = self.mentions_in(tx, part.target.conversation, message).await?;
                rows.push(ingest::row(
                    &self.own,
                    part.target,
                    message,
                    ground,
                    stamp.0,
                    mentions,
                    stamp,
                ));
                texts.push(Text {
                    part: number,
                    message,
                    stamp,
                });
            }
        }
        let mut inserted = InsertedPage {
            parts: parts
                .iter()
                .map(|part| Vec::with_capacity(part.messages.len()))
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
            let known: HashMap<MessageId, StoredPlace> =
                known.iter().map(|row| (row.id, StoredPlace::of(row))).collect();
            inserted
                .awaited
                .extend(pending::awaited(tx, archive, texts.iter().flat_map(|text| ids(text.message))).await?);
            let mut seen = HashSet::new();
            for (outcome, text) in outcomes.into_iter().zip(texts) {
                let id = outcome.id();
                let Some(part) = inserted
                    .parts
                    .get_mut(text.part)
                    .filter(|_| seen.insert((text.part, id)))
                else {
                    continue;
                };
                let (stamp, source) = text.stamp;
                let (is_new, before) = match (outcome, known.get(&id)) {
                    (Outcome::Known(_), Some(before)) => (false, *before),
                    _ => {
                        let before = StoredPlace {
                            position: stamp,
                            segment: None,
                            archived_us: (source == StampSource::Archive).then_some(stamp),
                            direction: ingest::direction(text.message),
                        };
                        (true, before)
                    }
                };
                // A second listing keeps the place of the first.
                let backward = parts.get(text.part).is_some_and(|part| part.adjacent.is_backward());
                if !backward && before.archived_again(stamp) == Some(Again::Later) {
                    continue;
                }
                part.push(PageMessage {
                    message: text.message,
                    id,
                    is_new,
                    stamp: text.stamp,
                    before,
                });
            }
        }
        let ids: Vec<ConversationId> = parts.iter().map(|part| part.target.conversation).collect();
        inserted.unplaced = messages::with_unplaced(tx, &ids).await?;
        inserted.without_pointer = conversations::without_pointer(tx, &ids).await?;
        Ok(inserted)
    }
}
