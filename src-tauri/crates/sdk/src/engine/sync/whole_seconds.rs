//! Some archives stamp whole seconds, as Prosody's does: of several messages of one second their order is known from the page that
//! holds them. Of two in different places it has to be found out.

use wardline_store::messages::Outermost;
use wardline_store::{MessageId, StoreError, WriteTx, messages};

use super::insert_page::PageMessage;
use crate::archive::positions::Placing;
use crate::engine::ingest::Target;

/// In microseconds.
const SECOND: i64 = 1_000_000;

/// Where a page begins that lies beside nothing, or is the newest: what is held of its first second and not on it has expired on
/// the server, or lies on the page before, so it is older.
pub(super) async fn kept_before(
    tx: &WriteTx,
    target: Target,
    page: &[PageMessage<'_>],
) -> Result<Option<i64>, StoreError> {
    let Some(first) = page
        .first()
        .map(|text| text.stamp.0)
        .filter(|stamp| stamp % SECOND == 0)
    else {
        return Ok(None);
    };
    let page: Vec<MessageId> = page.iter().map(|text| text.id).collect();
    messages::stamped(tx, target.conversation, first, &page, Outermost::Last).await
}

/// What a page that begins at a time, and behind which there is more, comes before: what is held of its last second and not on it.
pub(super) async fn held_behind(
    tx: &WriteTx,
    target: Target,
    page: &[PageMessage<'_>],
) -> Result<Option<i64>, StoreError> {
    let Some(last) = page.last().map(|text| text.stamp.0).filter(|stamp| stamp % SECOND == 0) else {
        return Ok(None);
    };
    let page: Vec<MessageId> = page.iter().map(|text| text.id).collect();
    messages::stamped(tx, target.conversation, last, &page, Outermost::First).await
}

/// What of the first second of a page that goes on with the archive was kept for this computer, came before the page's first, and is
/// not on it: they came in the archive's order, which no longer keeps them.
pub(super) async fn delivered_before(
    tx: &WriteTx,
    target: Target,
    page: &[PageMessage<'_>],
) -> Result<Option<i64>, StoreError> {
    let Some(first) = page.first().filter(|first| first.stamp.0 % SECOND == 0) else {
        return Ok(None);
    };
    let is_unplaced = first.before.archived_us.is_none() && first.before.position < messages::PENDING_BASE;
    if first.is_new || !is_unplaced {
        return Ok(None);
    }
    messages::last_delivered(tx, target.conversation, first.stamp.0, first.before.position).await
}

/// Live messages of which the archive has not told stay on the side of a page's live messages on which they came. Within one second there
/// must be room for them, before the first of the page and between two of it: at one place with something that was read they would
/// look read, too.
pub(super) async fn room_for_live(
    tx: &WriteTx,
    target: Target,
    page: &[PageMessage<'_>],
    placing: &mut [Placing],
) -> Result<(), StoreError> {
    let mut seen = i64::MIN;
    for (text, placing) in page.iter().zip(placing) {
        let came_live = text.before.segment.is_some() && text.before.position < messages::PENDING_BASE;
        let (true, Placing::Stamped(stamp)) = (came_live, *placing) else {
            continue;
        };
        let (after, before) = (seen.max(stamp.saturating_sub(1)), text.before.position);
        seen = seen.max(before);
        if text.stamp.0 % SECOND != 0 {
            continue;
        }
        let between = messages::unplaced_between(tx, target.conversation, after, before.saturating_sub(1)).await?;
        let between = between.iter().filter(|live| page.iter().all(|text| text.id != live.id));
        let between = i64::try_from(between.count()).unwrap_or(i64::MAX);
        if between > 0 {
            *placing = Placing::Behind(stamp, between);
        }
    }
    Ok(())
}

/// Where an archive's stamps are whole seconds, a message of it may have come before or after a live one of the same second
/// of which the archive has not told. It told of everything older that it keeps, so the live one is taken to be older, unless it came
/// live behind that message; when the archive does tell of it, it gets its place.
pub(super) async fn behind_unplaced(
    tx: &WriteTx,
    target: Target,
    page: &[PageMessage<'_>],
    placing: &mut [Placing],
) -> Result<(), StoreError> {
    let free = placing
        .iter()
        .rev()
        .take_while(|placing| !matches!(placing, Placing::Held(_)));
    let held = placing.len().saturating_sub(free.count());
    let mut whole: Vec<Whole<'_>> = placing
        .iter_mut()
        .zip(page)
        .skip(held)
        .filter_map(|(placing, text)| {
            let (stamp, room) = match placing {
                Placing::Stamped(stamp) => (stamp, 0),
                Placing::Behind(stamp, live) => (stamp, *live),
                Placing::Held(_) => return None,
            };
            let came_live = text.before.segment.is_some() && text.before.position < messages::PENDING_BASE;
            (*stamp % SECOND == 0).then_some(Whole {
                stamp,
                room,
                came_at: came_live.then_some(text.before.position),
            })
        })
        .collect();
    let (Some(first), Some(last)) = (
        whole.first().map(|whole| *whole.stamp),
        whole.last().map(|whole| *whole.stamp),
    ) else {
        return Ok(());
    };
    let (first, last) = (first.saturating_sub(1), last.saturating_add(SECOND));
    let unplaced = messages::unplaced_between(tx, target.conversation, first, last).await?;
    for live in unplaced
        .iter()
        .filter(|live| page.iter().all(|text| text.id != live.id))
    {
        for Whole { stamp, room, came_at } in &mut whole {
            let came_before = came_at.is_some_and(|at| at < live.position);
            if **stamp / SECOND == live.position / SECOND && !came_before {
                **stamp = live.position.saturating_add(1).saturating_add(*room).max(**stamp);
            }
        }
    }
    Ok(())
}

/// A message of a page that is stamped by the second.
struct Whole<'a> {
    stamp: &'a mut i64,
    /// How many live messages need a place right before it.
    room: i64,
    /// Where it stood as a live message, if it came so.
    came_at: Option<i64>,
}
