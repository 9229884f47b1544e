//! A conversation as text: what this computer holds of it, what it shows of that, and what it claims to know.
//!
//! A row is `segment, time, sender, text · marks`, in the order of the thread. Between rows stand days, gaps, where the read pointer is, the
//! unread line and the ends of the window on screen. Runs of numbered texts are shortened.

use std::fmt::Write as _;

use chrono::DateTime;
use wardline_store::members::Member;
use wardline_store::messages::{Message, PENDING_BASE};
use wardline_store::outbox::Outgoing;
use wardline_store::reactions::Reaction;
use wardline_store::readers::Reader;
use wardline_store::segments::Segment;
use wardline_store::{
    AliasKind, ConversationId, DeliveryState, Direction, GapState, Membership, MessageId, Reads, SegmentKind, aliases,
    conversations, gaps, members, outbox, reactions, readers, segments,
};

use super::rows::{Line, shortened};
use crate::engine::Command;
use crate::model::gate::Hold;
use crate::model::schedule::Chat;
use crate::model::server::Said;
use crate::model::world::World;
use crate::setting_keys::ARCHIVE_CURSOR;
use crate::view::{ConversationRow, TimelineEnd, TimelineItem, TimelineSnapshot, TimelineStart};

/// What the store holds of a conversation.
struct Held {
    rows: Vec<Message>,
    segments: Vec<Segment>,
    gaps: Vec<gaps::PlacedGap>,
    with: conversations::Conversation,
    outbox: Vec<Outgoing>,
    reactions: Vec<Reaction>,
    readers: Vec<Reader>,
    members: Vec<Member>,
    /// Archive id of the cursor.
    cursor: Option<String>,
}

impl Held {
    async fn read(world: &World, id: ConversationId) -> Self {
        let rows = world.drawn(id).await;
        let _hold = Hold::clock();
        let tx = world.store().read().await.unwrap();
        let ids: Vec<MessageId> = rows.iter().map(|row| row.id).collect();
        let with = conversations::get(&tx, id).await.unwrap().unwrap();
        Self {
            segments: segments::list(&tx, id).await.unwrap(),
            gaps: gaps::list(&tx, id).await.unwrap(),
            outbox: outbox::of_conversation(&tx, id).await.unwrap(),
            reactions: reactions::of_messages(&tx, &ids).await.unwrap(),
            readers: readers::list(&tx, id).await.unwrap(),
            members: members::list(&tx, id).await.unwrap(),
            cursor: cursor(&tx, &with).await,
            rows,
            with,
        }
    }

    fn letter(&self, segment: &Segment) -> char {
        let at = self.segments.iter().position(|held| held.id == segment.id);
        char::from(b'A' + u8::try_from(at.unwrap_or_default()).expect("few segments"))
    }

    fn segment_of(&self, row: &Message) -> char {
        let held = self.segments.iter().find(|held| Some(held.id) == row.segment_id);
        held.map_or('-', |segment| self.letter(segment))
    }
}

async fn cursor(tx: &impl Reads, with: &conversations::Conversation) -> Option<String> {
    let stored = ARCHIVE_CURSOR.of(with.archive_id).get(tx).await.unwrap()?;
    let cursor: serde_json::Value = serde_json::from_str(&stored).unwrap();
    cursor["id"].as_str().map(str::to_owned)
}

/// The row of a text on this computer.
pub(super) async fn row_of(world: &World, chat: Chat, said: &Said) -> Option<MessageId> {
    let id = world.conversation(chat).await?;
    let _hold = Hold::clock();
    let tx = world.store().read().await.unwrap();
    let with = conversations::get(&tx, id).await.unwrap()?;
    for kind in [AliasKind::MessageId, AliasKind::OriginId] {
        let found = aliases::find_by_anyone(&tx, with.archive_id, kind, &said.id)
            .await
            .unwrap();
        if let Some(alias) = found.first() {
            return Some(alias.message_id);
        }
    }
    None
}

/// A conversation as text.
pub(super) async fn conversation(world: &mut World, chat: Chat) -> String {
    let name = name(chat);
    let Some(id) = world.conversation(chat).await else {
        return format!("{name}: not known here\n");
    };
    let held = Held::read(world, id).await;
    let shown = world.ask(chat, Command::Timeline).await.and_then(Result::ok);
    let list = world.chat_list().await.expect("a list");
    let mut text = head(world, name, &held, &list.rows);
    text.push_str(&team(&held));
    let mut lines = Vec::new();
    for (at, row) in held.rows.iter().enumerate() {
        before_row(&held, at, shown.as_ref(), &mut lines);
        lines.push(line(&held, row, name, shown.as_ref()));
        after_row(&held, at, shown.as_ref(), &mut lines);
    }
    text.push_str(&shortened(lines));
    if let Some(shown) = &shown {
        text.push_str(&mismatch(&held, shown));
    }
    foot(world, chat, &held, &mut text);
    text
}

fn name(chat: Chat) -> &'static str {
    match chat {
        Chat::Bob => "Bob",
        Chat::Carol => "Carol",
        Chat::Ward => "Ward",
        Chat::Night => "Night",
    }
}

fn head(world: &World, name: &str, held: &Held, list: &[ConversationRow]) -> String {
    let connection = if world.is_online() { "online" } else { "offline" };
    let mut text = format!("{name}: {} unread, {connection}; ", held.with.unread);
    let listed = list.iter().position(|row| row.id == held.with.id.into());
    match listed.and_then(|at| Some((at, list.get(at)?))) {
        Some((at, row)) => {
            let preview = row.preview.as_ref();
            let _ = write!(
                text,
                "in the list at {}, {} unread: {:?}",
                at + 1,
                row.unread,
                preview.map_or("", |preview| preview.text.as_str())
            );
        }
        None => text.push_str("not in the list"),
    }
    text.push('\n');
    text
}

/// How Alice stands with a team, where she is not in it, and who is, where that is known.
fn team(held: &Held) -> String {
    let mut text = String::new();
    if held.with.membership != Membership::Member {
        let _ = writeln!(text, "Alice's standing: {:?}", held.with.membership);
    }
    if !held.members.is_empty() {
        let members: Vec<String> = held
            .members
            .iter()
            .map(|member| person(member.address.as_str()))
            .collect();
        let _ = writeln!(text, "in it: {}", members.join(", "));
    }
    text
}

fn before_row(held: &Held, at: usize, shown: Option<&TimelineSnapshot>, lines: &mut Vec<Line>) {
    let row = &held.rows[at];
    let before = at.checked_sub(1).map(|at| &held.rows[at]);
    let after = before.map_or(i64::MIN, |before| before.position);
    for gap in &held.gaps {
        if after < gap.before_position && gap.before_position <= row.position {
            let state = match gap.state {
                GapState::Open => "open",
                GapState::Expired => "no longer on the server",
            };
            lines.push(Line::mark(format!("  ~~~ gap, {state} ~~~")));
        }
    }
    let day = day(row.stamp_us);
    if before.map(|before| self::day(before.stamp_us)).as_ref() != Some(&day) {
        lines.push(Line::mark(format!("  ----- {day} -----")));
    }
    let Some(shown) = shown else { return };
    if ids(shown).first() == Some(&row.id.into()) {
        let start = match shown.start {
            TimelineStart::More => "more before",
            TimelineStart::Loading => "loading what is before",
            TimelineStart::Beginning => "the beginning",
            TimelineStart::Offline => "more before, offline",
        };
        lines.push(Line::mark(format!("  [[ window: {start}")));
    }
    if let Some(unread) = shown.unread.as_ref().filter(|unread| unread.before == row.id.into()) {
        lines.push(Line::mark(format!("  ===== {} unread =====", unread.count)));
    }
}

fn after_row(held: &Held, at: usize, shown: Option<&TimelineSnapshot>, lines: &mut Vec<Line>) {
    let row = &held.rows[at];
    let next = held.rows.get(at + 1).map_or(i64::MAX, |next| next.position);
    if shown.is_some_and(|shown| ids(shown).last() == Some(&row.id.into())) {
        let end = match shown.map(|shown| shown.end) {
            Some(TimelineEnd::More) => "more after",
            Some(TimelineEnd::Loading) => "loading what is after",
            Some(TimelineEnd::Newest) | None => "the newest",
        };
        lines.push(Line::mark(format!("  ]] window: {end}")));
    }
    let read = held.with.read_position;
    if read.is_some_and(|read| row.position <= read && read < next) {
        lines.push(Line::mark("  ^^^ read up to here".to_owned()));
    }
}

fn line(held: &Held, row: &Message, name: &str, shown: Option<&TimelineSnapshot>) -> Line {
    let sender = match (row.direction, &row.sender_nick) {
        (Direction::Outgoing, _) => "Alice",
        (Direction::Incoming, Some(nick)) => nick.as_str(),
        (Direction::Incoming, None) => name,
        (Direction::Neither, Some(nick)) => nick.as_str(),
        (Direction::Neither, None) => "The team",
    };
    let body = match (row.retracted_us, &row.room_event) {
        (Some(_), _) => "(taken back)",
        (None, Some(notice)) => notice.as_str(),
        (None, None) => row.body.as_str(),
    };
    let mut marks = String::new();
    if row.edited_us.is_some() {
        marks.push_str(" · edited");
    }
    for reaction in held.reactions.iter().filter(|reaction| reaction.message_id == row.id) {
        let who = person(reaction.sender_address.as_str());
        let _ = write!(marks, " · {} {who}", reaction.emoji.as_str());
    }
    if let Some(delivery) = row.delivery {
        let state = match delivery {
            DeliveryState::Waiting => "waiting",
            DeliveryState::Sent => "sent",
            DeliveryState::Delivered => "delivered",
            DeliveryState::Read => "seen",
            DeliveryState::Failed => "failed",
        };
        let _ = write!(marks, " · {state}");
    }
    if let Some(failure) = row.failure {
        let _ = write!(marks, " ({failure:?})");
    }
    let item = shown.and_then(|shown| {
        shown.items.iter().find_map(|item| match item {
            TimelineItem::Message(message) if message.id == row.id.into() => Some(message),
            _ => None,
        })
    });
    if let Some(by) = item.and_then(|item| item.read_by).filter(|by| by.count > 0) {
        let _ = write!(marks, " · seen by {}", by.count);
    }
    if row.position >= PENDING_BASE {
        marks.push_str(" · at the end until it has a place");
    } else if row.archived_us.is_none() {
        marks.push_str(" · not told by the archive yet");
    }
    let time = time(row.stamp_us);
    Line::row(held.segment_of(row), &time, sender, body, &marks)
}

/// Says so where the window on screen is not what the store holds between its ends.
fn mismatch(held: &Held, shown: &TimelineSnapshot) -> String {
    let shown = ids(shown);
    let held: Vec<crate::view::MessageId> = held.rows.iter().map(|row| row.id.into()).collect();
    let from = shown.first().and_then(|first| held.iter().position(|id| id == first));
    let inside = from.and_then(|from| held.get(from..from + shown.len()));
    if shown.is_empty() || inside == Some(&shown[..]) {
        String::new()
    } else {
        "!!! the window shows something else than the store holds\n".to_owned()
    }
}

fn foot(world: &World, chat: Chat, held: &Held, text: &mut String) {
    let named = |id: Option<&String>| id.map_or_else(|| "nothing of the archive".to_owned(), |id| archived(world, id));
    for segment in &held.segments {
        let kind = match segment.kind {
            SegmentKind::Archived => "archived",
            SegmentKind::Live => "live",
            SegmentKind::Detached => "detached",
        };
        let start = if segment.reaches_start {
            ", from the beginning"
        } else {
            ""
        };
        let _ = writeln!(
            text,
            "segment {}: {kind}{start}, from {} to {}",
            held.letter(segment),
            named(segment.first_archive_id.as_ref()),
            named(segment.last_archive_id.as_ref())
        );
    }
    let whose = if chat.is_team() { "the room's" } else { "the account's" };
    let _ = writeln!(text, "cursor of {whose} archive: {}", named(held.cursor.as_ref()));
    for reader in &held.readers {
        let seen = held.rows.iter().rfind(|row| row.position <= reader.position);
        let _ = writeln!(
            text,
            "{} has seen all up to {:?}",
            person(reader.address.as_str()),
            seen.map_or("", |row| row.body.as_str())
        );
    }
    for twice in &world.server.state().sent_twice {
        let _ = writeln!(text, "!!! sent to the server twice: {twice:?}");
    }
    for sending in &held.outbox {
        let _ = writeln!(
            text,
            "outbox: {:?}, {:?}, handed over {} times",
            sending.payload.as_str(),
            sending.state,
            sending.attempts
        );
    }
}

/// What the server keeps under an id.
fn archived(world: &World, id: &str) -> String {
    let state = world.server.state();
    let mut texts = Chat::ALL.into_iter().flat_map(|chat| state.said(chat));
    match texts.find(|said| said.archived.iter().any(|held| held == id)) {
        Some(said) => format!("{:?}", said.text),
        None => "what is said about a text".to_owned(),
    }
}

/// The messages of a window.
fn ids(shown: &TimelineSnapshot) -> Vec<crate::view::MessageId> {
    shown.items.iter().filter_map(TimelineItem::id).collect()
}

/// `bob@ward.example` is Bob, and so is `ward@rooms.example/Bob`.
fn person(address: &str) -> String {
    let name = address.split_once('/').map_or(address, |(_, nick)| nick);
    let name = name.split('@').next().unwrap_or_default();
    let (first, rest) = name.split_at(1.min(name.len()));
    first.to_uppercase() + rest
}

fn day(micros: i64) -> String {
    format_time(micros, "%A %-d %B %Y")
}

fn time(micros: i64) -> String {
    format_time(micros, "%H:%M:%S")
}

fn format_time(micros: i64, format: &str) -> String {
    let time = DateTime::from_timestamp_micros(micros).expect("a time of this era");
    time.format(format).to_string()
}
