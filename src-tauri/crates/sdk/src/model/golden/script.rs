//! The script of a story: one thing that happens a line.
//!
//! `bob`, `carol` and the `phone` speak from anywhere else, the `desk` is this computer. `in bob`, `in carol` and `in ward` say in which
//! conversation; Bob and Carol speak in their own unless told otherwise. A text is named by how it begins, in quotes.

use std::time::Duration;

use crate::model::schedule::{Chat, Killed, Out, Stamps, Step};

/// Who does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Actor {
    Bob,
    Carol,
    /// Another device of Alice's.
    Phone,
    /// This computer.
    Desk,
}

/// What somebody says about a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum About {
    Corrects(String),
    TakesBack,
    Reacts(String),
    HasReceived,
    HasSeen,
}

/// Something that happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Act {
    /// Before anything else: how finely the server stamps.
    Stamps(Stamps),
    /// Before this computer signs in: how many seconds its clock is ahead.
    Clock(i32),
    /// So many texts, one a minute.
    History(Actor, Chat, u32),
    Says(Actor, Chat, String),
    About(Actor, Chat, String, About),
    /// This computer signs in for the first time.
    SignsIn,
    /// The app is closed, or started again.
    App(bool),
    /// Alice goes to where a text was said.
    Jumps(Chat, String),
    /// Alice looks at the thread as it is now.
    Shows(Chat),
    Waits(Duration),
    /// Before anything else: messages to somebody who is away are kept for them beside the archive.
    OfflineQueue,
    RoomHistory(usize),
    /// Before anything else: there are rooms of both kinds, and Alice is in the one of MUC Light or not.
    Rooms(bool),
    UnsureOfTheEnd,
    Refuses(String),
    /// From now on questions to the account's archive wait.
    HoldsArchive,
    /// So many of them are answered; `None`: all, and those to come.
    Answers(Option<usize>),
    /// What the server keeps of a text is deleted.
    Deletes(Chat, String),
    PassesOn(String),
    /// What the model's schedules can do as well.
    Step(Step),
}

/// Reads a line.
pub(super) fn act(line: &str) -> Act {
    if let Some(stanza) = line.strip_prefix("server passes on ") {
        return Act::PassesOn(stanza.to_owned());
    }
    if let Some((who, text)) = line.split_once(" says ") {
        let (actor, chat) = speaker(who);
        return Act::Says(actor, chat, text.to_owned());
    }
    if let Some(act) = about(line) {
        return act;
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    match words.as_slice() {
        ["server", "stamps", "whole", "seconds"] => Act::Stamps(Stamps::Seconds),
        ["desk", "clock", "is", time, "ahead"] => Act::Clock(seconds(time)),
        ["desk", "clock", "is", time, "behind"] => Act::Clock(-seconds(time)),
        ["history", "of", count, "by", actor] => {
            let (actor, chat) = speaker(actor);
            Act::History(actor, chat, number(count))
        }
        ["history", "of", count, "by", actor, "in", name] => {
            let (actor, _) = speaker(&format!("{actor} in {name}"));
            Act::History(actor, chat(name), number(count))
        }
        ["desk", "signs", "in"] => Act::SignsIn,
        ["desk", "closes", "the", "app"] => Act::App(false),
        ["desk", "starts", "the", "app"] => Act::App(true),
        ["alice", "is", "in", "night"] => Act::Rooms(true),
        ["alice", "is", "not", "in", "night"] => Act::Rooms(false),
        ["bob", "takes", "alice", "into", name] => Act::Step(Step::Admits(chat(name))),
        ["bob", "puts", "alice", "out", "of", name] => Act::Step(Step::PutsOut(chat(name), Out::Removed)),
        ["bob", "ends", name] => Act::Step(Step::PutsOut(chat(name), Out::Ended)),
        ["something", "changes", "in", name] => Act::Step(Step::MembersChange(chat(name))),
        ["phone", "forgets", "ward"] => Act::Step(Step::PhoneForgets),
        ["desk", "opens", name] => Act::Step(Step::Opens(chat(name))),
        ["desk", "closes", name] => Act::Step(Step::Closes(chat(name))),
        ["desk", "pages", "back", "in", name] => Act::Step(Step::PagesBack(chat(name))),
        ["desk", "has", "seen", "all", "in", name] => Act::Step(Step::DeskReads(chat(name))),
        ["desk", "dies", "after", count, "transactions"] => {
            Act::Step(Step::Killed(Killed::After, count.parse().expect("a count")))
        }
        ["show", name] => Act::Shows(chat(name)),
        ["wait", time] => Act::Waits(duration(time)),
        ["connection", "is", "cut"] => Act::Step(Step::Cut),
        ["connection", "swallows", "what", "goes", "up"] => Act::Step(Step::Swallows { up: true, down: false }),
        ["connection", "swallows", "what", "comes", "down"] => Act::Step(Step::Swallows { up: false, down: true }),
        ["network", "is", "down"] => Act::Step(Step::Network(false)),
        ["network", "is", "up"] => Act::Step(Step::Network(true)),
        ["server", "restarts"] => Act::Step(Step::Restarts),
        ["server", "archives", time, "late"] => {
            Act::Step(Step::WritesLate(duration(time).as_millis().try_into().expect("short")))
        }
        ["server", "archives", "the", "next", "twice"] => Act::Step(Step::ArchivesTwice),
        ["bob", "repeats", "his", "last", "text"] => Act::Step(Step::Repeats(Chat::Bob, 0)),
        ["server", "forgets", "the", "oldest", count, "of", name] => Act::Step(Step::Expires {
            of: chat(name),
            count: count.parse().expect("a count"),
        }),
        ["server", "has", "pages", "of", count] => Act::Step(Step::Pages(count.parse().expect("a count"))),
        ["server", "keeps", "an", "offline", "queue"] => Act::OfflineQueue,
        ["server", "tells", count, "on", "entering"] => Act::RoomHistory(count.parse().expect("a count")),
        ["server", "is", "never", "sure", "of", "the", "end"] => Act::UnsureOfTheEnd,
        ["server", "refuses", "the", "next", "with", condition] => Act::Refuses((*condition).to_owned()),
        ["server", "holds", "back", "its", "archive"] => Act::HoldsArchive,
        ["server", "answers", "all"] => Act::Answers(None),
        ["server", "answers", count] => Act::Answers(Some(count.parse().expect("a count"))),
        _ => panic!("not understood: {line}"),
    }
}

/// What is said about a text, or done with it, that stands in quotes.
fn about(line: &str) -> Option<Act> {
    let (before, rest) = line.split_once(" \"")?;
    let (target, after) = rest.split_once('"')?;
    let target = target.to_owned();
    if let Some(who) = before.strip_suffix(" jumps to") {
        return Some(Act::Jumps(speaker(who).1, target));
    }
    if let Some(place) = before.strip_prefix("server deletes in ") {
        return Some(Act::Deletes(chat(place), target));
    }
    let says = |who: &str, about| {
        let (actor, chat) = speaker(who);
        Some(Act::About(actor, chat, target.clone(), about))
    };
    let after = after.trim_start();
    match (before.rsplit_once(' ')?, before) {
        ((who, "corrects"), _) => says(who, About::Corrects(after.strip_prefix("to ")?.to_owned())),
        ((who, "to"), _) if who.ends_with(" reacts") => says(
            who.strip_suffix(" reacts")?,
            About::Reacts(after.strip_prefix("with ")?.to_owned()),
        ),
        (_, before) => {
            let ends = [
                (" takes back", About::TakesBack),
                (" has received", About::HasReceived),
                (" has seen", About::HasSeen),
            ];
            let found = ends
                .into_iter()
                .find_map(|(end, about)| Some((before.strip_suffix(end)?, about)));
            found.and_then(|(who, about)| says(who, about))
        }
    }
}

/// Who speaks, and where.
fn speaker(words: &str) -> (Actor, Chat) {
    let (name, place) = match words.split_once(" in ") {
        Some((name, place)) => (name, Some(chat(place))),
        None => (words, None),
    };
    let (actor, own) = match name {
        "bob" => (Actor::Bob, Some(Chat::Bob)),
        "carol" => (Actor::Carol, Some(Chat::Carol)),
        "phone" => (Actor::Phone, None),
        "desk" => (Actor::Desk, None),
        _ => panic!("who is {name}?"),
    };
    (
        actor,
        place.or(own).unwrap_or_else(|| panic!("where does {name} speak?")),
    )
}

fn chat(name: &str) -> Chat {
    match name {
        "bob" => Chat::Bob,
        "carol" => Chat::Carol,
        "ward" => Chat::Ward,
        "night" => Chat::Night,
        _ => panic!("there is no conversation {name}"),
    }
}

fn number(word: &str) -> u32 {
    word.parse().unwrap_or_else(|_| panic!("{word} is no number"))
}

fn seconds(time: &str) -> i32 {
    duration(time).as_secs().try_into().expect("a time of some days")
}

/// `20ms`, `3s`, `5m`, `2h`, `3d`.
fn duration(time: &str) -> Duration {
    let digits = time.trim_end_matches(char::is_alphabetic);
    let number = u64::from(number(digits));
    match &time[digits.len()..] {
        "ms" => Duration::from_millis(number),
        "s" => Duration::from_secs(number),
        "m" => Duration::from_secs(number * 60),
        "h" => Duration::from_secs(number * 3_600),
        "d" => Duration::from_secs(number * 86_400),
        _ => panic!("{time} is no time"),
    }
}
