//! What the server knows: archives, sessions, who is in the room; and what was said in truth.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;
use wardline_xmpp::Element;

use super::archive::Archive;
use super::manners::Manners;
use super::rooms::Rooms;
use crate::model::schedule::{Chat, Offline, Stamps};

mod questions;
mod stream;

use self::questions::Later;
use self::stream::Stream;

pub(super) const OWN: &str = "alice@ward.example";
pub(super) const DESK: &str = "alice@ward.example/desk";
const PHONE: &str = "alice@ward.example/phone";
/// Where the server's time begins, Unix microseconds.
const EPOCH: i64 = 1_760_000_000_000_000;

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::model) enum Author {
    Alice,
    Other,
    /// Nobody: a team says it of itself.
    Team,
}

/// Who says something from anywhere but this computer, and where.
#[derive(Debug, Clone, Copy)]
pub(in crate::model) struct Voice {
    pub(in crate::model) chat: Chat,
    pub(in crate::model) author: Author,
    /// Name in the team, of somebody else.
    pub(in crate::model) nick: &'static str,
}

impl Voice {
    pub(super) fn usual(chat: Chat, author: Author) -> Self {
        Self {
            chat,
            author,
            nick: "Bob",
        }
    }
}

/// A text that was said, in the order in which the server got it.
#[derive(Debug, Clone)]
pub(in crate::model) struct Said {
    pub(in crate::model) chat: Chat,
    pub(in crate::model) author: Author,
    /// The id that its author gave it.
    pub(in crate::model) id: String,
    /// As first sent, unlike any other: one that is like another says beside that which it is.
    pub(in crate::model) text: String,
    /// As it reads now.
    pub(in crate::model) reads: String,
    /// Under which id the last change of its wording was archived.
    pub(in crate::model) changed: Option<String>,
    /// Under which ids it was archived.
    pub(in crate::model) archived: Vec<String>,
    /// Unix microseconds.
    pub(in crate::model) stamp: i64,
}

pub(in crate::model) struct State {
    began: Instant,
    stamps: Stamps,
    pub(super) own: Archive,
    pub(super) rooms: Rooms,
    said: Vec<Said>,
    /// How much had been said in a room when the newest page of its archive was asked for last.
    newest_told: HashMap<Chat, usize>,
    /// Texts that this computer sent although the server had them.
    pub(in crate::model) sent_twice: Vec<String>,
    /// Seconds.
    desk_ahead: i32,
    count: u32,
    late: Duration,
    answers_late: Duration,
    twice: bool,
    /// What the next text is called, though it has the id of another.
    repeats: Option<String>,
    most: usize,
    pub(super) manners: Manners,
    stream: Option<Stream>,
    /// What others said while nobody was there, where the server keeps it beside the archive.
    offline: Option<Vec<String>>,
    /// Texts that a room did not take: their id, and when it said so.
    bounced: Vec<(String, String, Instant)>,
    /// Those of them of which a session need not have heard before it ended.
    bounced_unheard: Vec<String>,
    /// The connection that carries the session now.
    line: Option<mpsc::UnboundedSender<String>>,
    /// When a connection of this computer's began last, Unix microseconds.
    connected: i64,
}

impl State {
    pub(super) fn new(stamps: Stamps, ahead: i32, offline: Offline) -> Self {
        Self {
            began: Instant::now(),
            desk_ahead: ahead,
            stamps,
            own: Archive::default(),
            rooms: Rooms::default(),
            said: Vec::new(),
            newest_told: HashMap::new(),
            sent_twice: Vec::new(),
            count: 0,
            late: Duration::ZERO,
            answers_late: Duration::ZERO,
            twice: false,
            repeats: None,
            most: 50,
            manners: Manners::default(),
            stream: None,
            offline: (offline == Offline::Kept).then(Vec::new),
            bounced: Vec::new(),
            bounced_unheard: Vec::new(),
            line: None,
            connected: i64::MIN,
        }
    }

    pub(super) fn now(&self) -> i64 {
        let passed = i64::try_from(self.began.elapsed().as_micros()).expect("a short run");
        EPOCH + passed
    }

    pub(in crate::model) fn set_desk_clock(&mut self, ahead: i32) {
        self.desk_ahead = ahead;
    }

    /// What this computer's clock shows, Unix microseconds.
    pub(super) fn desk_micros(&self) -> i64 {
        self.now() + i64::from(self.desk_ahead) * 1_000_000
    }

    /// The time as the server stamps it.
    fn stamp(&self) -> i64 {
        match self.stamps {
            Stamps::Microseconds => self.now(),
            Stamps::Seconds => self.now() / 1_000_000 * 1_000_000,
        }
    }

    /// A number that was not used before.
    pub(super) fn number(&mut self) -> u32 {
        self.count += 1;
        self.count
    }

    // ---- what the schedule does ----

    pub(in crate::model) fn said(&self, chat: Chat) -> impl DoubleEndedIterator<Item = &Said> {
        self.said.iter().filter(move |said| said.chat == chat)
    }

    /// How much had been said in a room when the newest page of its archive was asked for last.
    pub(in crate::model) fn newest_told(&self, chat: Chat) -> usize {
        self.newest_told.get(&chat).copied().unwrap_or_default()
    }

    /// What people said.
    pub(in crate::model) fn texts(&self, chat: Chat) -> impl DoubleEndedIterator<Item = &Said> {
        self.said(chat).filter(|said| said.author != Author::Team)
    }

    pub(in crate::model) fn write_late(&mut self, late: Duration) {
        self.late = late;
    }

    pub(in crate::model) fn answer_late(&mut self, late: Duration) {
        self.answers_late = late;
    }

    pub(in crate::model) fn archive_twice(&mut self) {
        self.twice = true;
    }

    pub(in crate::model) fn pages_of(&mut self, most: usize) {
        self.most = most;
    }

    /// The oldest messages of the archive that a conversation is kept in expire.
    pub(in crate::model) fn expire(&mut self, of: Chat, count: usize) {
        let room = self.rooms.of_mut(of).map(|room| &mut room.archive);
        let archive = room.unwrap_or(&mut self.own);
        archive.expire(count);
        // What was archived again goes with the first of it: where it would stand without that is nobody's to say.
        let kept: HashSet<String> = archive.ids().map(str::to_owned).collect();
        let is_in_it = |said: &&Said| said.chat == of || !said.chat.is_team() && !of.is_team();
        for said in self.said.iter().filter(is_in_it) {
            if said.archived.first().is_some_and(|first| !kept.contains(first)) {
                archive.forget(&said.archived);
            }
        }
    }

    /// Whether a message is still in its archive.
    pub(in crate::model) fn keeps(&self, said: &Said) -> bool {
        said.archived.iter().any(|id| self.has_archived(said.chat, id))
    }

    /// Whether the archive still tells how a text reads now.
    pub(in crate::model) fn tells_wording(&self, said: &Said) -> bool {
        let changed = said.changed.as_deref();
        changed.is_none_or(|changed| self.has_archived(said.chat, changed))
    }

    /// Whether something is in the archive that a conversation is kept in.
    pub(in crate::model) fn has_archived(&self, chat: Chat, id: &str) -> bool {
        self.archive_of(chat).ids().any(|held| held == id)
    }

    /// The archive that a conversation is kept in.
    pub(super) fn archive_of(&self, chat: Chat) -> &Archive {
        self.rooms.of(chat).map_or(&self.own, |room| &room.archive)
    }

    /// The archive that a conversation is kept in.
    pub(super) fn archive_of_mut(&mut self, chat: Chat) -> &mut Archive {
        match self.rooms.of_mut(chat) {
            Some(room) => &mut room.archive,
            None => &mut self.own,
        }
    }

    pub(in crate::model) fn restart(&mut self) {
        self.stream = None;
        self.rooms.is_inside = false;
        self.line = None;
    }

    /// Whether nothing need ever have told this computer when the server got a message of its own: the archive no longer keeps it, and
    /// it may have been confirmed by a connection that began later.
    pub(in crate::model) fn is_dated_by_nobody(&self, said: &Said) -> bool {
        !self.keeps(said) && said.stamp < self.connected
    }

    /// Somebody else says something, or Alice does on her phone. What was said, where they could.
    pub(in crate::model) fn say(&mut self, chat: Chat, author: Author) -> Option<String> {
        if !self.may_speak(chat, author) {
            return None;
        }
        let number = self.number();
        let whom = match number % 8 {
            3 if chat.is_team() => "@alice ",
            6 if chat.is_team() => "@everyone ",
            _ => "",
        };
        let (id, text) = (format!("m{number}"), format!("{whom}text {number}"));
        let payload = format!("<body>{text}</body><origin-id xmlns='urn:xmpp:sid:0' id='{id}'/>");
        self.remote(Voice::usual(chat, author), &id, &payload, Some(&text));
        Some(text)
    }

    pub(in crate::model) fn correct(&mut self, chat: Chat, back: usize) {
        let number = self.number();
        let text = format!("text {number}, corrected");
        let Some(target) = self.others_text(chat, back) else {
            return;
        };
        target.reads.clone_from(&text);
        let id = target.id.clone();
        let payload = format!("<body>{text}</body><replace xmlns='urn:xmpp:message-correct:0' id='{id}'/>");
        self.change(chat, &id, &payload, number);
    }

    pub(in crate::model) fn send_again(&mut self, chat: Chat, back: usize) {
        let said = self.texts(chat).rev().nth(back).cloned();
        // Long before it expires.
        let Some(said) = said.filter(|said| self.keeps(said) && self.may_speak(chat, said.author)) else {
            return;
        };
        if self.is_repeated(chat, &said.id) {
            return;
        }
        let (id, text) = (&said.id, &said.text);
        let payload = format!("<body>{text}</body><origin-id xmlns='urn:xmpp:sid:0' id='{id}'/>");
        // Of the words of this computer the id shows it, of those of others the server.
        let first = (!is_random(id)).then_some(said.stamp);
        let again = self.resent(Voice::usual(chat, said.author), id, &payload, None, first);
        if let Some(said) = self.said.iter_mut().find(|held| held.chat == chat && held.id == *id) {
            said.archived.push(again);
        }
    }

    /// Somebody else says what they said before, under the same id: another message.
    pub(in crate::model) fn repeat(&mut self, chat: Chat, back: usize) {
        let texts = self.texts(chat).rev();
        let said = texts.filter(|said| said.author == Author::Other).nth(back).cloned();
        let said = said.filter(|said| said.changed.is_none() && said.archived.len() == 1);
        let Some(said) = said.filter(|_| self.may_speak(chat, Author::Other)) else {
            return;
        };
        let number = self.number();
        self.repeats = Some(format!("{} (again, {number})", said.reads));
        let (id, text) = (&said.id, &said.reads);
        let payload = format!("<body>{text}</body><origin-id xmlns='urn:xmpp:sid:0' id='{id}'/>");
        self.remote(Voice::usual(chat, Author::Other), id, &payload, Some(text));
    }

    /// Whether an id means several texts.
    fn is_repeated(&self, chat: Chat, id: &str) -> bool {
        self.said(chat).filter(|said| said.id == id).count() > 1
    }

    pub(in crate::model) fn take_back(&mut self, chat: Chat, back: usize) {
        let number = self.number();
        let Some(target) = self.others_text(chat, back) else {
            return;
        };
        target.reads.clear();
        let id = target.id.clone();
        let payload = format!("<retract xmlns='urn:xmpp:message-retract:1' id='{id}'/>");
        self.change(chat, &id, &payload, number);
    }

    /// Whoever wrote a text changes its wording.
    fn change(&mut self, chat: Chat, id: &str, payload: &str, number: u32) {
        let archived = self.remote(Voice::usual(chat, Author::Other), &format!("m{number}"), payload, None);
        let changed = self.said.iter_mut().find(|said| said.chat == chat && said.id == id);
        if let Some(said) = changed {
            said.changed = Some(archived);
        }
    }

    /// The n-th last text of others, unless it was taken back.
    fn others_text(&mut self, chat: Chat, back: usize) -> Option<&mut Said> {
        if !self.may_speak(chat, Author::Other) {
            return None;
        }
        let mut texts = self.said.iter_mut().rev();
        let found = texts
            .by_ref()
            .filter(|said| said.chat == chat && said.author == Author::Other)
            .nth(back);
        let found = found.filter(|said| !said.reads.is_empty())?;
        let id = found.id.clone();
        // Of which of several texts something is said, the stories tell.
        if self.is_repeated(chat, &id) {
            return None;
        }
        self.said.iter_mut().find(|said| said.chat == chat && said.id == id)
    }

    /// Alice has seen the newest text on her phone. Which one that was.
    pub(in crate::model) fn phone_reads(&mut self, chat: Chat) -> Option<String> {
        let target = self.texts(chat).next_back()?.clone();
        if !self.may_speak(chat, Author::Alice) || self.is_repeated(chat, &target.id) {
            return None;
        }
        let number = self.number();
        let payload = format!("<displayed xmlns='urn:xmpp:chat-markers:0' id='{}'/>", target.id);
        self.remote(Voice::usual(chat, Author::Alice), &format!("m{number}"), &payload, None);
        Some(target.text)
    }

    /// A message from anywhere but this computer: archived, and handed to this computer if it is there. The id under which it is
    /// archived.
    pub(super) fn remote(&mut self, voice: Voice, id: &str, payload: &str, text: Option<&str>) -> String {
        self.resent(voice, id, payload, text, None)
    }

    /// As [`remote`](Self::remote). `first`: when the server got it first, where it says that it sends it again.
    fn resent(&mut self, voice: Voice, id: &str, payload: &str, text: Option<&str>, first: Option<i64>) -> String {
        let again = first.map(delayed).unwrap_or_default();
        let payload = &format!("{payload}{again}");
        let Voice { chat, author, nick } = voice;
        let peer = chat.address();
        let (kind, from, to) = match (chat, author) {
            (Chat::Ward, Author::Other) => ("groupchat", format!("{peer}/{nick}"), OWN.to_owned()),
            (Chat::Ward, Author::Alice) => ("groupchat", format!("{peer}/alice"), OWN.to_owned()),
            (Chat::Night, Author::Other) => {
                let who = nick.to_lowercase();
                ("groupchat", format!("{peer}/{who}@ward.example"), OWN.to_owned())
            }
            (Chat::Night, Author::Alice) => ("groupchat", format!("{peer}/{OWN}"), OWN.to_owned()),
            (_, Author::Alice) => ("chat", PHONE.to_owned(), peer.to_owned()),
            (_, Author::Other | Author::Team) => ("chat", format!("{peer}/desk"), OWN.to_owned()),
        };
        if chat == Chat::Night && payload.starts_with("<displayed") {
            // A service of MUC Light does not archive markers.
            if self.hears(chat) {
                self.deliver(message(kind, &from, &to, id, payload), None);
            }
            return String::new();
        }
        let occupant = if author == Author::Alice { "alice" } else { nick };
        let kept = format!("{payload}{}", self.occupant_item(chat, occupant));
        let archive_id = self.archive(chat, author, id, &from, &to, &kept, text);
        let by = if chat.is_team() { peer } else { OWN };
        let mark = format!("<stanza-id xmlns='urn:xmpp:sid:0' by='{by}' id='{archive_id}'/>");
        // What is sent again has lost its mark.
        let marked = format!("{payload}{}", if first.is_some() { "" } else { &mark });
        let message = message(kind, &from, &to, id, &marked);
        match (chat, author) {
            (Chat::Ward | Chat::Night, _) if !self.hears(chat) => {}
            (Chat::Bob | Chat::Carol, Author::Alice) => self.deliver(format!(
                "<message xmlns='jabber:client' from='{OWN}' to='{DESK}' type='chat'><sent xmlns='urn:xmpp:carbons:2'>\
                 <forwarded xmlns='urn:xmpp:forward:0'>{message}</forwarded></sent></message>"
            ), None),
            (Chat::Ward, _) if first.is_some() => self.deliver(message.replace(OWN, DESK), None),
            (Chat::Ward, _) => self.deliver_in_room(&from, id, payload, &archive_id),
            (Chat::Night, _) => self.deliver(message, None),
            _ => {
                // Which comes later than it was sent again keeps the time at which it was sent first.
                let delay = if first.is_some() { String::new() } else { self.delay() };
                let later = self::message(kind, &from, &to, id, &format!("{marked}{delay}"));
                self.deliver(message, Some(later));
            }
        }
        archive_id
    }

    /// Keeps a message; the id under which.
    #[allow(clippy::too_many_arguments, reason = "the parts of a message")]
    pub(super) fn archive(
        &mut self,
        chat: Chat,
        author: Author,
        id: &str,
        from: &str,
        to: &str,
        payload: &str,
        text: Option<&str>,
    ) -> String {
        let kind = if chat.is_team() { "groupchat" } else { "chat" };
        let stamp = self.stamp();
        // What nobody sent is not sent again.
        let copies = if author != Author::Team && std::mem::take(&mut self.twice) {
            2
        } else {
            1
        };
        let mut ids = Vec::new();
        for _ in 0..copies {
            // In no order: ids say nothing of it.
            let archive_id = format!("{:08x}", self.number().wrapping_mul(2_654_435_761));
            // A message that says already when it came first is not given another date.
            let is_dated = is_random(id) || payload.contains("urn:xmpp:delay");
            let again = ids.first().filter(|_| !is_dated).map(|_: &String| delayed(stamp));
            let payload = format!("{payload}{}", again.unwrap_or_default());
            let (late, kept) = (self.late, message(kind, from, to, id, &payload));
            let archive = self.archive_of_mut(chat);
            archive.append(archive_id.clone(), chat.address(), stamp, late, kept);
            ids.push(archive_id);
        }
        let first = ids.first().cloned().unwrap_or_default();
        if let Some(text) = text {
            let repeats = self.repeats.take();
            let before = self.said(chat).find(|said| said.id == id);
            // Where the archive does not keep it any more, nothing tells it from what never arrived.
            let is_told = before.is_some_and(|said| self.keeps(said));
            match self.said.iter_mut().find(|said| said.chat == chat && said.id == id) {
                Some(said) if repeats.is_none() => {
                    said.archived.extend(ids);
                    self.sent_twice.extend(is_told.then(|| text.to_owned()));
                }
                _ => self.said.push(Said {
                    chat,
                    author,
                    id: id.to_owned(),
                    text: repeats.unwrap_or_else(|| text.to_owned()),
                    reads: if author == Author::Team {
                        String::new()
                    } else {
                        text.to_owned()
                    },
                    changed: None,
                    archived: ids,
                    stamp,
                }),
            }
        }
        first
    }

    /// Hands on what was said in the room. The next session gets what this one does not confirm, though it is not in the room yet
    /// and the room's mark has been lost.
    pub(super) fn deliver_in_room(&mut self, from: &str, id: &str, payload: &str, archive_id: &str) {
        let by = Chat::Ward.address();
        let marked = format!("{payload}<stanza-id xmlns='urn:xmpp:sid:0' by='{by}' id='{archive_id}'/>");
        let later = format!("{payload}{}", self.delay());
        let [now, later] = [marked, later].map(|payload| message("groupchat", from, DESK, id, &payload));
        self.deliver(now, Some(later));
    }

    /// Says that what it stands in is sent later than it was said.
    fn delay(&mut self) -> String {
        delayed(self.stamp())
    }

    // ---- what the client asks ----

    /// Takes an element of a signed-in client. What is to be said goes to `line`, its connection; what is to be said later is the answer.
    pub(super) fn take(&mut self, element: &Element, line: &mpsc::UnboundedSender<String>) -> Option<Later> {
        let say = |bytes: String| drop(line.send(bytes));
        match element.name() {
            "enable" => {
                let id = format!("stream-{}", self.number());
                say(format!("<enabled xmlns='urn:xmpp:sm:3' id='{id}' resume='true'/>"));
                self.stream = Some(Stream::new(id));
                self.line = Some(line.clone());
            }
            "resume" => self.resume(element, line),
            "r" => {
                let handled = self.stream.as_ref().map_or(0, |stream| stream.handled);
                say(format!("<a xmlns='urn:xmpp:sm:3' h='{handled}'/>"));
            }
            "a" => self.confirm(element),
            name => {
                if let Some(stream) = &mut self.stream {
                    stream.handled += 1;
                }
                match name {
                    "iq" => return self.iq(element, line),
                    "message" => self.message(element),
                    _ => self.presence(element),
                }
            }
        }
        None
    }

    /// What came back to a session that is no more, nobody tells again; the process may have been killed over what has just come.
    fn forget_bounces(&mut self) {
        for (id, text, at) in std::mem::take(&mut self.bounced) {
            let mut unconfirmed = self.stream.iter().flat_map(|stream| &stream.unconfirmed);
            let is_under_way = unconfirmed.any(|sent| sent.stanza.contains(&id));
            if self.stream.is_none() || is_under_way || at.elapsed() < Duration::from_secs(1) {
                self.bounced_unheard.push(text);
            }
        }
    }

    /// Whether this computer need not know that a room did not take a text.
    pub(in crate::model) fn bounced_unheard(&self, text: &str) -> bool {
        self.bounced_unheard.iter().any(|unheard| unheard == text)
    }

    fn presence(&mut self, element: &Element) {
        match element.attr("to") {
            None => {
                if let Some(stream) = &mut self.stream {
                    stream.available = true;
                }
                let kept = self.offline.as_mut().map(std::mem::take).unwrap_or_default();
                for message in kept {
                    self.deliver(message.clone(), Some(message));
                }
            }
            Some(to) if to.starts_with(Chat::Ward.address()) => self.room_presence(element, to),
            Some(to) => self.deliver(
                format!(
                    "<presence xmlns='jabber:client' type='error' from='{to}' to='{DESK}'><error type='modify'>\
                     <bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>"
                ),
                None,
            ),
        }
    }

    /// This computer says something.
    fn message(&mut self, element: &Element) {
        self.note_receipt(element);
        let to = element.attr("to").unwrap_or_default();
        let Some(chat) = Chat::ALL.into_iter().find(|chat| chat.address() == to) else {
            return;
        };
        let id = element.attr("id").unwrap_or_default().to_owned();
        if self.refuses(element, &id) {
            return;
        }
        let text = element.get_child("body", "jabber:client").map(Element::text);
        let marker = element.get_child("displayed", "urn:xmpp:chat-markers:0");
        let payload = match (&text, marker) {
            (Some(text), _) => {
                format!("<body>{text}</body><origin-id xmlns='urn:xmpp:sid:0' id='{id}'/>")
            }
            (None, Some(marker)) => format!(
                "<displayed xmlns='urn:xmpp:chat-markers:0' id='{}'/>",
                marker.attr("id").unwrap_or_default()
            ),
            // Typing and receipts are nobody's business here.
            (None, None) => return,
        };
        if !self.hears(chat) {
            self.bounce(chat, &id, text);
            return;
        }
        match chat {
            Chat::Ward => {
                let from = self.desk_occupant();
                let payload_kept = format!("{payload}{}", self.occupant_item(chat, super::rooms::PHONE_NICK));
                let archive_id = self.archive(chat, Author::Alice, &id, &from, OWN, &payload_kept, text.as_deref());
                self.deliver_in_room(&from, &id, &payload, &archive_id);
            }
            Chat::Night => drop(self.remote(Voice::usual(chat, Author::Alice), &id, &payload, text.as_deref())),
            Chat::Bob | Chat::Carol => {
                self.archive(chat, Author::Alice, &id, DESK, to, &payload, text.as_deref());
            }
        }
    }

    /// A room does not take the words of those who are not in it.
    fn bounce(&mut self, chat: Chat, id: &str, text: Option<String>) {
        let text = text.map(|text| (id.to_owned(), text, Instant::now()));
        self.bounced.extend(text);
        let room = chat.address();
        let condition = if chat == Chat::Ward {
            "not-acceptable"
        } else {
            "item-not-found"
        };
        self.deliver(
            format!(
                "<message xmlns='jabber:client' type='error' from='{room}' to='{DESK}' id='{id}'><error type='cancel'>\
                 <{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
            ),
            None,
        );
    }
}

pub(super) fn message(kind: &str, from: &str, to: &str, id: &str, payload: &str) -> String {
    format!("<message xmlns='jabber:client' type='{kind}' from='{from}' to='{to}' id='{id}'>{payload}</message>")
}

fn delayed(at: i64) -> String {
    let at = stamp(at);
    format!("<delay xmlns='urn:xmpp:delay' from='ward.example' stamp='{at}'/>")
}

/// Whether an id is one that this app makes.
fn is_random(id: &str) -> bool {
    uuid::Uuid::parse_str(id).is_ok()
}

pub(super) fn stamp(micros: i64) -> String {
    chrono::DateTime::from_timestamp_micros(micros)
        .expect("a time of this era")
        .to_rfc3339_opts(chrono::SecondsFormat::Micros, true)
}
