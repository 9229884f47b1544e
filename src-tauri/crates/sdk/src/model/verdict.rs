//! What must be true of this computer's store when all has come to rest: its view is the server's view less the gaps that it declares,
//! in order, each message once; unread is right; nothing waits to be sent.

use std::collections::HashMap;
use std::fmt::Write as _;

use wardline_store::conversations::{self, Conversation};
use wardline_store::gaps::PlacedGap;
use wardline_store::messages::Message;
use wardline_store::segments::Segment;
use wardline_store::{ConversationId, Direction, GapState, gaps, segments};

use super::gate::Hold;
use super::schedule::{Begins, Chat};
use super::server::{Author, Said};
use super::standing;
use super::world::World;

/// How much is to be here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// What the segments cover.
    Segments,
    /// Everything that the server keeps.
    Everything,
}

/// What is wrong; empty where nothing is.
pub(super) async fn faults(world: &World, extent: Extent) -> String {
    let mut faults = String::new();
    for text in &world.server.state().sent_twice {
        let _ = writeln!(faults, "sent twice: {text}");
    }
    for (chat, text) in &world.accepted {
        // What a team did not take is looked at where it is held.
        let was_out = world.server.state().was_out(*chat);
        if !was_out && !world.server.state().said(*chat).any(|said| said.text == *text) {
            let _ = writeln!(faults, "{chat:?}: accepted and never sent: {text}");
        }
    }
    {
        let _hold = Hold::clock();
        if world.is_sending().await {
            let _ = writeln!(faults, "the outbox is not empty");
        }
    }
    for chat in Chat::ALL {
        match world.conversation(chat).await {
            Some(conversation) => conversation_faults(world, chat, conversation, extent, &mut faults).await,
            None => {
                let server = world.server.state();
                let kept = server.said(chat).find(|said| server.keeps(said));
                if let Some(said) = kept.filter(|_| !chat.is_team()) {
                    let _ = writeln!(faults, "{chat:?}: not here at all: {}", said.text);
                }
            }
        }
    }
    faults
}

/// A message as this computer has it, beside what was said in truth.
struct Held {
    message: Message,
    /// Which of the server's messages it is, counted in its order.
    said: usize,
}

/// What was said again under one id, and is not in the archive yet, is all taken for the last: the rows of it are in the order in which
/// it was said, and one alone is what was said nearest to its time.
fn in_order_of_saying(said: &[Said], held: &mut [Held]) {
    for at in (0..held.len()).rev() {
        let (place, stamp) = (held[at].said, held[at].message.stamp_us);
        let is_free =
            |before: &usize| said[*before].id == said[place].id && held.iter().all(|held| held.said != *before);
        let Some(before) = (0..place).rev().find(is_free) else {
            continue;
        };
        let apart = |at: usize| said[at].stamp.abs_diff(stamp);
        let is_taken = held[at + 1..].iter().any(|later| later.said == place);
        if is_taken || apart(before) < apart(place) {
            held[at].said = before;
        }
    }
}

async fn conversation_faults(world: &World, chat: Chat, id: ConversationId, extent: Extent, faults: &mut String) {
    let said: Vec<Said> = world.server.state().said(chat).cloned().collect();
    let rows = world.drawn(id).await;
    let (held_segments, held_gaps, with) = {
        let _hold = Hold::clock();
        let tx = world.store().read().await.unwrap();
        (
            segments::list(&tx, id).await.unwrap(),
            gaps::list(&tx, id).await.unwrap(),
            conversations::get(&tx, id).await.unwrap().unwrap(),
        )
    };
    // Of a team that Alice is not in there is no more than was heard.
    let hears = world.server.state().hears(chat);
    let extent = if hears { extent } else { Extent::Segments };
    let mut held = Vec::new();
    for message in rows {
        if standing::has_failed(world, chat, &message) {
            continue;
        }
        let text = world.original(chat, &message).await.unwrap_or_default();
        match said.iter().position(|said| said.text == text) {
            Some(at) => held.push(Held { message, said: at }),
            None => {
                let _ = writeln!(faults, "{chat:?}: nobody said {text:?}");
            }
        }
    }
    in_order_of_saying(&said, &mut held);
    let mut times: HashMap<usize, u32> = HashMap::new();
    for row in &held {
        *times.entry(row.said).or_default() += 1;
    }
    for (at, times) in &times {
        if *times > 1 {
            let _ = writeln!(faults, "{chat:?}: {} is here {times} times", said[*at].text);
        }
    }
    // One that was sent again may be here from its second time on, until the past is read.
    let told_once = |row: &&Held| extent == Extent::Everything || said[row.said].archived.len() < 2;
    let ordered: Vec<&Held> = held.iter().filter(told_once).collect();
    for pair in ordered.windows(2) {
        // Only the archive knows where what came live stands beside what was said while one was out of a team, and it may tell no more.
        let is_alike = said[pair[0].said].stamp == said[pair[1].said].stamp;
        let is_untold = pair.iter().any(|row| {
            let state = world.server.state();
            let is_gone = state.was_out(chat) && !state.keeps(&said[row.said]);
            row.message.archived_us.is_none() && (is_gone || !hears && is_alike)
        });
        // Its own words may have been confirmed long after the server had them, and only the archive said when that was.
        let is_own = |row: &Held| row.message.delivery.is_some() && said[row.said].text.starts_with("desk ");
        let is_undated = pair.iter().any(|row| {
            let is_dated = row.message.archived_us.is_some();
            !is_dated && is_own(row) && world.server.state().is_dated_by_nobody(&said[row.said])
        });
        let is_undated = is_undated && !(is_own(pair[0]) && is_own(pair[1]));
        if pair[0].said > pair[1].said && !is_untold && !is_undated {
            let (before, after) = (&said[pair[0].said].text, &said[pair[1].said].text);
            let places = (pair[0].message.position, pair[1].message.position);
            let _ = writeln!(faults, "{chat:?}: {before} stands before {after} {places:?}");
        }
    }
    for row in &held {
        let truth = &said[row.said];
        // A change that expired before this computer heard of it is not known to anybody any more.
        let reads = row.message.body.as_str();
        if hears && reads != truth.reads && world.server.state().tells_wording(truth) {
            let _ = writeln!(
                faults,
                "{chat:?}: {} reads {:?} here, not {:?}",
                truth.text, reads, truth.reads
            );
        }
        let side = match truth.author {
            Author::Alice => Direction::Outgoing,
            Author::Other => Direction::Incoming,
            Author::Team => Direction::Neither,
        };
        if row.message.direction != side {
            let _ = writeln!(faults, "{chat:?}: {} is ascribed to the wrong side", truth.text);
        }
    }
    missing(world, chat, &said, &held, &held_segments, extent, faults);
    for pair in held_segments.windows(2) {
        let gap_between = |gap: &PlacedGap| gap.older_segment == pair[0].id && gap.newer_segment == pair[1].id;
        if !held_gaps.iter().any(gap_between) {
            let _ = writeln!(
                faults,
                "{chat:?}: nothing says that there may be more between two segments"
            );
        }
    }
    if hears && held_gaps.iter().any(|gap| gap.state == GapState::Open) {
        let _ = writeln!(faults, "{chat:?}: a gap is still open");
    }
    // What was said in a team before it was seen for the first time counts as read, and when that was is chance here. What was seen and
    // has expired before that tells nothing.
    let tells = |text: &String| {
        let place = said.iter().position(|said| said.text == *text);
        place.is_some_and(|at| held.iter().any(|row| row.said == at) || world.server.state().keeps(&said[at]))
    };
    let is_told = world.seen.get(&chat).is_some_and(|seen| seen.iter().any(tells));
    // So is, where a first sync could not be stored, what of that time is taken for the past.
    let unclear = world.begins == Begins::AtOnce && (world.has_failed || chat.is_team() && !is_told);
    let is_all = extent == Extent::Everything || !hears;
    if is_all && !unclear {
        unread(world, chat, &said, &held, &with, faults);
    }
}

/// Every message between two that one segment holds must be here, and everything after the newest segment's beginning.
fn missing(
    world: &World,
    chat: Chat,
    said: &[Said],
    held: &[Held],
    held_segments: &[Segment],
    extent: Extent,
    faults: &mut String,
) {
    let hears = world.server.state().hears(chat);
    let here = |at: usize| held.iter().any(|row| row.said == at);
    let kept = |at: usize| {
        let state = world.server.state();
        state.keeps(&said[at]) && state.was_settled(&said[at])
    };
    let newest = held_segments.last().map(|segment| segment.id);
    let mut covered = vec![false; said.len()];
    for segment in held_segments {
        // One that was sent again may stand where its copy does: it says nothing about where the segment begins.
        let inside = held
            .iter()
            .filter(|row| row.message.segment_id == Some(segment.id) && said[row.said].archived.len() < 2)
            .map(|row| row.said);
        let (first, last) = inside.fold((usize::MAX, 0), |(first, last), at| (first.min(at), last.max(at)));
        let from = if segment.reaches_start {
            0
        } else {
            first.min(said.len())
        };
        let to = if newest == Some(segment.id) && hears {
            said.len()
        } else if first == usize::MAX && !hears {
            0
        } else {
            (last + 1).min(said.len())
        };
        for covered in covered.iter_mut().take(to).skip(from) {
            *covered = true;
        }
    }
    for (at, text) in said.iter().enumerate() {
        let wanted = match extent {
            Extent::Segments => covered[at],
            Extent::Everything => true,
        };
        if wanted && kept(at) && !here(at) {
            let _ = writeln!(faults, "{chat:?}: {} is missing", text.text);
        }
    }
}

/// Unread is what others said after the newest message that Alice is known to have seen. Where that message expired before this
/// computer could read it, nothing here tells of it: then the newest one that is here decides, or any between the two. Unread mentions
/// are those among them.
fn unread(world: &World, chat: Chat, said: &[Said], held: &[Held], with: &Conversation, faults: &mut String) {
    let place = |text: &String| said.iter().position(|said| said.text == *text);
    let seen = || world.seen.get(&chat).into_iter().flatten().filter_map(place);
    let told = |at: &usize| held.iter().any(|row| row.said == *at) || world.server.state().keeps(&said[*at]);
    let unread = |row: &&Held, pointer: Option<usize>| {
        row.said >= pointer.map_or(0, |pointer| pointer + 1) && said[row.said].author == Author::Other
    };
    let count = |pointer| held.iter().filter(|row| unread(row, pointer)).count();
    let mentions = |pointer| {
        let mentions = |row: &&Held| {
            let text = row.message.body.as_str();
            text.contains("@alice") || text.contains("@everyone")
        };
        let unread = held.iter().filter(|row| unread(row, pointer));
        unread.filter(mentions).count()
    };
    let latest = seen().max();
    // What Alice has seen where this computer need not have heard of it, and, where it came into a team later than others, all that
    // was said before it knew the team.
    let perhaps = world
        .perhaps_seen
        .get(&chat)
        .into_iter()
        .flatten()
        .filter_map(place)
        .max();
    let before = world.server.state().newest_told(chat).checked_sub(1);
    let before = before.filter(|_| world.server.state().was_out(chat));
    // A marker names an id: of what was said again under one, nothing tells which was seen.
    let last_of = |seen: usize| said.iter().rposition(|again| again.id == said[seen].id);
    let again = seen().filter_map(last_of).max();
    let furthest = latest.max(perhaps).max(before).max(again);
    let mut pointers = vec![seen().filter(told).max()];
    // Of what is stamped alike it cannot know the order before the archive tells: then the pointer may stand on any that was seen.
    let alike = seen().filter(|at| latest.is_some_and(|latest| said[*at].stamp == said[latest].stamp));
    pointers.extend(alike.map(Some));
    // Own words that were sent again read all before them when they came; once they are known to be older, nothing tells how far.
    let again = said
        .iter()
        .any(|said| said.author == Author::Alice && said.archived.len() > 1);
    // Of what she saw on her phone while she was out of a team here nothing was heard.
    if again || !world.server.state().hears(chat) {
        pointers.push(None);
    }
    for (what, number, count) in [
        ("unread", with.unread, &count as &dyn Fn(Option<usize>) -> usize),
        ("mentions", with.mentions, &mentions),
    ] {
        let least = count(furthest);
        let most = pointers.iter().map(|pointer| count(*pointer)).max().unwrap_or_default();
        if !usize::try_from(number).is_ok_and(|number| (least..=most).contains(&number)) {
            let _ = writeln!(
                faults,
                "{chat:?}: {number} {what}, not {least} to {most}; read up to {:?}, {:?}",
                with.read_position, with.read_message_id
            );
            for row in held.iter().rev().take(most.max(5)).rev() {
                let _ = writeln!(faults, "  {} at {}", said[row.said].text, row.message.position);
            }
        }
    }
}
