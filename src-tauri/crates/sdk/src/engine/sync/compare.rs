//! One page of a comparison, one transaction: what is missing is stored, what stands wrong is put right, what the server does
//! not have is counted.

use std::collections::HashSet;

use wardline_store::gaps::PlacedGap;
use wardline_store::messages::{self, Mentions, Message, NewAlias, NewMessage, PENDING_BASE, Placement};
use wardline_store::segments::{self, Segment};
use wardline_store::{MessageId, StoreError, WriteTx, aliases, gaps, local_data, pages};
use wardline_xmpp::archive::{ArchivePage, Reach};
use wardline_xmpp::ids::ArchiveId as WireId;
use wardline_xmpp::message::ReceivedMessage;

use super::check::{self, Check, Comparison, Until};
use super::page::{Adjacent, PagePart, Tells};
use crate::archive::order::misplaced;
use crate::archive::positions::{Placing, place_page};
use crate::engine::ingest::{self, Content, Target};
use crate::engine::read_pointer::Moved;
use crate::engine::transaction::Tx;
use crate::engine::{Engine, read_pointer};

/// A message that is newer than the server's newest one, and younger than this, may only not be written yet. Microseconds.
const WRITTEN_BY: i64 = 60_000_000;

impl Engine {
    /// Compares a page, and repairs what can be.
    pub(super) async fn compare(&mut self, check: &mut Check, page: &ArchivePage) -> Result<Comparison, StoreError> {
        let target = check.target;
        let tx = self.begin().await?;
        let known = self.known(&tx, target, &page.messages).await?;
        let from = first_wanted(&check.until, page, &known);
        let wanted = page.messages.get(from.unwrap_or(0)..).unwrap_or_default();
        let known = known.get(from.unwrap_or(0)..).unwrap_or_default();
        let ended = from.is_some() || page.reach == Reach::Complete;

        check.found.moved += self.put_in_order(&tx, check, known).await?;
        let holes = gaps::list(&tx, target.conversation).await?;
        let stored = self.store_compared(&tx, check, page, wanted, from).await?;
        let before: HashSet<MessageId> = known.iter().flatten().map(|row| row.id).collect();
        for row in stored.iter().filter(|row| !before.contains(&row.id)) {
            if lies_in_one_of(&holes, row.position) {
                check.found.filled += 1;
            } else {
                check.found.fetched += 1;
            }
        }
        check.found.compared += counted(stored.len());
        check.found.gone += self.gone(&tx, check, &stored).await?;
        if page.reach == Reach::Complete && from.is_none() {
            self.compare_beginning(&tx, check, &stored).await?;
        }
        if let Some(oldest) = stored.first() {
            check.reached = oldest.segment_id.map(|segment| (segment, oldest.position));
        }
        tx.edges(target.conversation);
        self.commit(tx).await?;
        match check::next(check, page) {
            Some(next) if !ended => {
                check.before = Some(next);
                Ok(Comparison::GoesOn)
            }
            _ => Ok(Comparison::Ends),
        }
    }

    /// The row of each message of a page, where there is one, as it is before the page is stored.
    async fn known(
        &self,
        tx: &WriteTx,
        target: Target,
        page: &[ReceivedMessage],
    ) -> Result<Vec<Option<Message>>, StoreError> {
        let now = self.clock.now();
        let copies: Vec<NewMessage> = page
            .iter()
            .map(|message| {
                let dated = ingest::stamp(message, now);
                ingest::row(&self.own, target, message, None, dated.0, Mentions::default(), dated)
            })
            .collect();
        let found = pages::recognise(tx, target.archive, &copies).await?;
        let wanted: Vec<MessageId> = found.iter().flatten().copied().collect();
        let rows = messages::get_many(tx, &wanted).await?;
        let row = |id: Option<MessageId>| rows.iter().find(|row| Some(row.id) == id);
        let row = |id| {
            row(id)
                .filter(|row| row.conversation_id == target.conversation)
                .cloned()
        };
        Ok(found.into_iter().map(row).collect())
    }

    /// Puts held messages into the order of the archive, moving as few as possible; how many.
    async fn put_in_order(&self, tx: &Tx, check: &Check, known: &[Option<Message>]) -> Result<u32, StoreError> {
        let mut seen = HashSet::new();
        // A message that was archived twice counts where it comes first. What no page has placed yet is placed by this one.
        let rows: Vec<&Message> = known
            .iter()
            .flatten()
            .filter(|row| row.segment_id.is_some() && row.archived_us.is_some() && seen.insert(row.id))
            .collect();
        let positions: Vec<i64> = rows.iter().map(|row| row.position).collect();
        let ceiling = check.reached.map(|(_, position)| position);
        let wrong = misplaced(&positions, ceiling);
        if wrong.is_empty() {
            return Ok(0);
        }
        let placing: Vec<Placing> = rows
            .iter()
            .enumerate()
            .map(|(index, row)| match row.archived_us {
                Some(stamp) if wrong.contains(&index) => Placing::Stamped(stamp),
                _ => Placing::Held(row.position),
            })
            .collect();
        let conversation = check.target.conversation;
        let pointer = read_pointer::standing(tx, conversation, &[]).await?;
        let mut moved = Vec::new();
        for (row, position) in rows.iter().zip(place_page(&placing, None, ceiling)) {
            if row.position == position {
                continue;
            }
            moved.push(Moved {
                direction: row.direction,
                message: row.id,
                from: row.position,
                to: position,
            });
            let placement = Placement {
                position,
                stamp_us: row.stamp_us,
                stamp_source: row.stamp_source,
                archived_us: row.archived_us,
                segment_id: row.segment_id,
            };
            messages::place(tx, row.id, placement).await?;
            tx.message(conversation, row.id);
        }
        if let Some(pointer) = pointer {
            read_pointer::follow(tx, conversation, pointer, &moved).await?;
        }
        Ok(counted(wrong.len()))
    }

    /// Stores the wanted part of a page; its rows in the archive's order, each once.
    async fn store_compared(
        &self,
        tx: &Tx,
        check: &Check,
        page: &ArchivePage,
        wanted: &[ReceivedMessage],
        cut: Option<usize>,
    ) -> Result<Vec<Message>, StoreError> {
        let target = check.target;
        let held = segments::list(tx, target.conversation).await?;
        let adjacent = adjacent(check, &held);
        let is_text = |message: &&ReceivedMessage| ingest::content(message) != Content::Reference;
        // A page without a text says nothing about where it lies, unless that is known.
        if wanted.iter().any(|message| is_text(&message)) || matches!(adjacent, Adjacent::Within(..)) {
            let first = match cut {
                None => page.first.clone(),
                Some(_) => wanted.first().and_then(|message| message.archive_id.clone()),
            };
            let part = PagePart {
                target,
                adjacent,
                tells: Tells::Past,
                messages: wanted.iter().collect(),
                held: segments::list(tx, target.conversation).await?,
                first: first.map(WireId::into_string),
                last: page.last.clone().map(WireId::into_string),
            };
            self.store_part(tx, part).await?;
        }
        let ids = wanted
            .iter()
            .filter(is_text)
            .filter_map(|text| text.archive_id.as_ref());
        let ids: Vec<NewAlias> = ids.map(|id| NewAlias::stanza_id(id.as_str())).collect();
        let found = aliases::find_many(tx, target.archive, &ids).await?;
        let mut rows: Vec<MessageId> = found.into_values().flatten().collect();
        rows.sort_unstable();
        rows.dedup();
        messages::get_many(tx, &rows).await
    }

    /// How many messages are held in the span of a page without being in it.
    async fn gone(&self, tx: &WriteTx, check: &Check, stored: &[Message]) -> Result<u32, StoreError> {
        let (Some(first), Some(last)) = (stored.first(), stored.last()) else {
            return Ok(0);
        };
        let conversation = check.target.conversation;
        let up_to = check.reached.map_or(PENDING_BASE, |(_, position)| position);
        let held = local_data::settled_between(tx, conversation, first.position, up_to).await?;
        let there: HashSet<MessageId> = stored.iter().map(|row| row.id).collect();
        let young = self.clock.now().saturating_sub(WRITTEN_BY);
        let gone = held
            .iter()
            .filter(|held| !there.contains(&held.id))
            .filter(|held| held.position <= last.position || held.position < young);
        Ok(counted(gone.count()))
    }

    /// The archive begins here: what is held as older was expired by the server.
    async fn compare_beginning(&self, tx: &WriteTx, check: &mut Check, stored: &[Message]) -> Result<(), StoreError> {
        let conversation = check.target.conversation;
        let begins = stored.first().map(|row| row.position);
        let begins = begins
            .or(check.reached.map(|(_, position)| position))
            .unwrap_or(PENDING_BASE);
        let older = local_data::count_settled_before(tx, conversation, begins).await?;
        check.found.gone += u32::try_from(older).unwrap_or(u32::MAX);
        let segment = stored.first().and_then(|row| row.segment_id);
        match segment.or(check.reached.map(|(segment, _)| segment)) {
            Some(segment) if segments::get(tx, segment).await?.is_some() => {
                self.reaches_start(tx, conversation, segment).await
            }
            _ => Ok(()),
        }
    }
}

/// Where the next page of a comparison lies: right before what was compared last, wherever that is by now.
fn adjacent(check: &Check, held: &[Segment]) -> Adjacent {
    let Some((segment, position)) = check.reached else {
        return Adjacent::Newest;
    };
    let around = held.iter().find(|held| held.id == segment).or_else(|| {
        held.iter()
            .find(|held| held.first_position <= position && position <= held.last_position)
    });
    around.map_or(Adjacent::Alone, |held| Adjacent::Within(held.id, position))
}

/// The first message of a page that is to be compared, if the page goes beyond where what is held begins.
fn first_wanted(until: &Until, page: &ArchivePage, known: &[Option<Message>]) -> Option<usize> {
    let Until::Message { archive_id, position } = until else {
        return None;
    };
    if *position == i64::MAX {
        // Nothing was held: this page is all that is wanted.
        return Some(0);
    }
    let is_edge = |message: &ReceivedMessage| {
        let id = message.archive_id.as_ref().map(WireId::as_str);
        id.is_some() && id == archive_id.as_deref()
    };
    let edge = page.messages.iter().position(is_edge);
    let oldest_held = || {
        let older = |row: &Option<Message>| row.as_ref().is_some_and(|row| row.position <= *position);
        known.iter().position(older)
    };
    let by_time = || {
        let older = |message: &ReceivedMessage| message.stamp.is_some_and(|stamp| stamp.at.0 < *position);
        let younger = page.messages.iter().position(|message| !older(message));
        match younger {
            Some(0) => None,
            Some(index) => Some(index),
            None if page.messages.is_empty() => None,
            None => Some(page.messages.len()),
        }
    };
    edge.or_else(oldest_held).or_else(by_time)
}

fn lies_in_one_of(gaps: &[PlacedGap], position: i64) -> bool {
    gaps.iter()
        .any(|gap| gap.after_position < position && position < gap.before_position)
}

fn counted(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
