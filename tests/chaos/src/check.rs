//! Compares what devices show with what the server keeps. No clock, no network: the rules alone.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;

use crate::archive::Transcript;
use crate::schedule::{DEVICES, Downfall, PEOPLE, Start, To};
use crate::talk::{Progress, Report, Shown, Thread};

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wrong {
    /// A message is missing: on a device, or it was taken and is not on the server.
    Lost,
    /// A message is there more than once.
    Doubled,
    /// A message is shown that the server does not have.
    Invented,
    /// Messages are in another order than on the server, or than they were written in.
    Misordered,
    /// The number of unread messages.
    Unread,
    /// A message is shown as somebody else's.
    Author,
    /// A message failed.
    Failed,
    /// A message still waits to be sent.
    Waiting,
    /// A thread does not reach back to its beginning, or has a gap.
    Incomplete,
    /// A device is not connected and up to date.
    NotOnline,
}

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What kind of thing.
    pub wrong: Wrong,
    /// How many messages it concerns.
    pub count: usize,
    /// In words.
    pub what: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} ({}): {}", self.wrong, self.count, self.what)
    }
}

/// A message that a device was told to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Index in [`DEVICES`].
    pub device: usize,
    /// To whom.
    pub to: To,
    /// Its text.
    pub text: String,
    /// What the device said.
    pub fate: Fate,
}

/// What a device said of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Nothing yet.
    Open,
    /// It is taken.
    Accepted,
    /// It is not taken.
    Refused,
    /// The device was killed before it said anything.
    Unknown,
}

/// What the devices are measured by.
#[derive(Debug, Default)]
pub struct Truth {
    /// One-to-one conversations: whose archive, with whom.
    pub talks: BTreeMap<(usize, usize), Transcript>,
    /// The team chat.
    pub room: Transcript,
}

/// What the schedule says about what is to be expected.
#[derive(Debug, Clone, Copy)]
pub struct Rules {
    /// How it began.
    pub start: Start,
    /// Whether the server went down.
    pub outage: Option<Downfall>,
}

/// What is wrong, and what the server alone is to blame for.
#[derive(Debug, Default)]
pub struct Verdict {
    /// What is wrong.
    pub differences: Vec<Difference>,
    /// Messages that a server which went down took, put into the sender's archive, and never brought to the recipient's.
    pub dropped_by_server: usize,
}

/// The name that a conversation has on a device: people are called by their address' first part.
pub type Names = [String; PEOPLE.len()];

/// Compares.
#[must_use]
pub fn judge(truth: &Truth, reports: &[Report], written: &[Written], names: &Names, rules: Rules) -> Verdict {
    let mut verdict = Verdict::default();
    let writers: HashMap<&str, usize> = written
        .iter()
        .map(|written| (written.text.as_str(), written.device))
        .collect();
    archived(truth, written, rules, &mut verdict);
    for ((device, owner), report) in DEVICES.iter().zip(reports) {
        let mut wrong = |wrong, count, what: String| {
            verdict.differences.push(Difference { wrong, count, what });
        };
        if !report.online {
            wrong(Wrong::NotOnline, 1, format!("{device} is {}", report.connection));
        }
        let own = |text: &str| {
            writers
                .get(text)
                .is_some_and(|writer| DEVICES.get(*writer).is_some_and(|it| it.1 == *owner))
        };
        for (with, name) in names.iter().enumerate().filter(|(with, _)| with != owner) {
            let empty = Transcript::default();
            let transcript = truth.talks.get(&(*owner, with)).unwrap_or(&empty);
            let thread = report
                .threads
                .iter()
                .find(|thread| !thread.team && thread.name == *name);
            let expected = Expected {
                name: format!("{device} with {name}"),
                transcript,
                unarchived: unarchived(truth, *owner, with, rules),
                unread: unread(&transcript.texts, &own, None),
            };
            compare(&expected, thread, &own, &mut wrong);
        }
        let thread = report.threads.iter().find(|thread| thread.team);
        let expected = Expected {
            name: format!("{device} in the room"),
            transcript: &truth.room,
            unarchived: HashSet::new(),
            unread: unread(&truth.room.texts, &own, Some(rules.start)),
        };
        compare(&expected, thread, &own, &mut wrong);
    }
    verdict
}

/// What a server that went down took and put into the archive of one side only: the other side may have got it live.
fn unarchived(truth: &Truth, owner: usize, with: usize, rules: Rules) -> HashSet<&str> {
    let of = |owner, with| truth.talks.get(&(owner, with)).map(texts).unwrap_or_default();
    let (here, there) = (of(owner, with), of(with, owner));
    let mut only_there: HashSet<&str> = there.into_keys().collect();
    only_there.retain(|text| rules.outage.is_some() && !here.contains_key(text));
    only_there
}

/// What was taken must be in the archives, once, and in the order of writing.
fn archived(truth: &Truth, written: &[Written], rules: Rules, verdict: &mut Verdict) {
    let mut wrong = |wrong, count, what: String| {
        verdict.differences.push(Difference { wrong, count, what });
    };
    let archives = truth.talks.iter().map(|((owner, with), transcript)| {
        let names = (PEOPLE.get(*owner), PEOPLE.get(*with));
        (format!("archive of {names:?}"), transcript)
    });
    for (name, transcript) in archives.chain([("archive of the room".to_owned(), &truth.room)]) {
        let texts: Vec<&str> = transcript.texts.iter().map(String::as_str).collect();
        let twice = repeated(texts.iter().copied());
        if !twice.is_empty() {
            wrong(
                Wrong::Doubled,
                twice.len(),
                format!("{name} holds under two message ids: {twice:?}"),
            );
        }
    }
    for (device, (name, owner)) in DEVICES.iter().enumerate() {
        let places = (0..PEOPLE.len()).map(To::Person).chain([To::Room]);
        for place in places {
            let mine: Vec<&Written> = written
                .iter()
                .filter(|written| written.device == device && written.to == place)
                .collect();
            let empty = Transcript::default();
            let (sent, received) = match place {
                To::Person(to) => (truth.talks.get(&(*owner, to)), truth.talks.get(&(to, *owner))),
                To::Room => (Some(&truth.room), None),
            };
            let sent = texts(sent.unwrap_or(&empty));
            let taken = mine.iter().filter(|written| written.fate == Fate::Accepted);
            let missing: Vec<&str> = taken
                .clone()
                .map(|written| written.text.as_str())
                .filter(|text| !sent.contains_key(text))
                .collect();
            if !missing.is_empty() {
                wrong(
                    Wrong::Lost,
                    missing.len(),
                    format!("{name} took for {place:?}, not in the archive: {missing:?}"),
                );
            }
            if let Some(received) = received.map(texts) {
                let dropped: Vec<&str> = sent
                    .keys()
                    .copied()
                    .filter(|text| mine.iter().any(|written| written.text == *text) && !received.contains_key(text))
                    .collect();
                if rules.outage.is_some() {
                    verdict.dropped_by_server += dropped.len();
                } else if !dropped.is_empty() {
                    wrong(
                        Wrong::Lost,
                        dropped.len(),
                        format!("of {name} to {place:?}, not in the recipient's archive: {dropped:?}"),
                    );
                }
            }
            let order: Vec<(usize, &str)> = mine
                .iter()
                .filter_map(|written| Some((*sent.get(written.text.as_str())?, written.text.as_str())))
                .collect();
            let swapped: Vec<&str> = order
                .windows(2)
                .filter_map(|pair| match pair {
                    [before, after] if before.0 > after.0 => Some(after.1),
                    _ => None,
                })
                .collect();
            if !swapped.is_empty() {
                wrong(
                    Wrong::Misordered,
                    swapped.len(),
                    format!("of {name} to {place:?}, archived before what was written earlier: {swapped:?}"),
                );
            }
        }
    }
}

/// Where each text stands.
fn texts(transcript: &Transcript) -> HashMap<&str, usize> {
    let texts = transcript.texts.iter().enumerate();
    texts.map(|(at, text)| (text.as_str(), at)).collect()
}

fn repeated<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = HashSet::new();
    texts.filter(|text| !seen.insert(*text)).collect()
}

/// How many unread messages a device may show, at least and at most.
///
/// Who never wrote has as many as came. Writing reads what was there before; how much of that the device had at that moment, only
/// the device knows. In a team chat that somebody sees for the first time, what was said before counts as read.
fn unread(texts: &[String], own: &impl Fn(&str) -> bool, room: Option<Start>) -> (usize, usize) {
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let last_own = texts.iter().rposition(|text| own(text));
    let after = texts.iter().skip(last_own.map_or(0, |at| at + 1)).count();
    let others = texts.iter().filter(|text| !own(text)).count();
    match room {
        None if last_own.is_none() => (others, others),
        None => (after, others),
        Some(Start::AtOnce) => (0, others),
        // Everybody has read how the room was opened.
        Some(Start::Settled) => {
            let opening = usize::from(
                texts
                    .iter()
                    .position(|text| *text == OPENING)
                    .is_some_and(|at| !own_at(&texts, at, own)),
            );
            let others = others.saturating_sub(opening);
            let only_opening = last_own.is_none();
            (if only_opening { others } else { after }, others)
        }
    }
}

/// The first words in the team chat.
pub const OPENING: &str = "the room is open";

fn own_at(texts: &[&str], at: usize, own: &impl Fn(&str) -> bool) -> bool {
    texts.get(at).is_some_and(|text| own(text))
}

/// What a device should show of a conversation.
struct Expected<'a> {
    name: String,
    transcript: &'a Transcript,
    /// What may be shown beside it.
    unarchived: HashSet<&'a str>,
    /// How many messages may be unread, at least and at most.
    unread: (usize, usize),
}

fn compare(
    expected: &Expected<'_>,
    thread: Option<&Thread>,
    own: &impl Fn(&str) -> bool,
    wrong: &mut impl FnMut(Wrong, usize, String),
) {
    let Expected {
        name,
        transcript,
        unarchived,
        unread: (least, most),
    } = expected;
    let Some(thread) = thread else {
        if !transcript.texts.is_empty() {
            wrong(
                Wrong::Lost,
                transcript.texts.len(),
                format!("{name}: there is no such conversation"),
            );
        }
        return;
    };
    let in_state = |state| thread.messages.iter().filter(move |shown| shown.progress == state);
    for (state, kind) in [(Progress::Waiting, Wrong::Waiting), (Progress::Failed, Wrong::Failed)] {
        let stuck: Vec<&str> = in_state(state).map(|shown| shown.text.as_str()).collect();
        if !stuck.is_empty() {
            wrong(kind, stuck.len(), format!("{name}: {stuck:?}"));
        }
    }
    if !thread.from_beginning || thread.gaps > 0 {
        let beginning = if thread.from_beginning {
            "from the beginning"
        } else {
            "not from the beginning"
        };
        wrong(
            Wrong::Incomplete,
            1,
            format!("{name}: {beginning}, {} gaps", thread.gaps),
        );
    }
    let settled: Vec<&str> = thread
        .messages
        .iter()
        .filter(|shown| shown.progress != Progress::Waiting)
        .map(|shown| shown.text.as_str())
        .filter(|text| !unarchived.contains(text))
        .collect();
    let kept: Vec<&str> = transcript.texts.iter().map(String::as_str).collect();
    let twice = repeated(settled.iter().copied());
    if !twice.is_empty() {
        wrong(Wrong::Doubled, twice.len(), format!("{name}: {twice:?}"));
    }
    let only = |these: &[&str], others: &[&str]| -> Vec<String> {
        let missing = these.iter().filter(|text| !others.contains(text));
        missing.map(|text| (*text).to_owned()).collect()
    };
    let lost = only(&kept, &settled);
    if !lost.is_empty() {
        wrong(Wrong::Lost, lost.len(), format!("{name}: {lost:?}"));
    }
    let invented = only(&settled, &kept);
    if !invented.is_empty() {
        wrong(Wrong::Invented, invented.len(), format!("{name}: {invented:?}"));
    }
    if lost.is_empty() && invented.is_empty() && twice.is_empty() && settled != kept {
        let moved = settled.iter().zip(&kept).filter(|(shown, kept)| shown != kept).count();
        wrong(
            Wrong::Misordered,
            moved,
            format!("{name}: shown {settled:?}, archived {kept:?}"),
        );
    }
    let strange: Vec<&Shown> = thread
        .messages
        .iter()
        .filter(|shown| shown.own != own(&shown.text))
        .collect();
    if !strange.is_empty() {
        wrong(Wrong::Author, strange.len(), format!("{name}: {strange:?}"));
    }
    let shown = usize::try_from(thread.unread).unwrap_or(usize::MAX);
    let beside = thread
        .messages
        .iter()
        .filter(|shown| unarchived.contains(shown.text.as_str()));
    let (least, most) = (*least, most + beside.count());
    if !(least..=most).contains(&shown) {
        let off = if shown < least { least - shown } else { shown - most };
        wrong(
            Wrong::Unread,
            off,
            format!("{name}: {shown} unread, of {least} to {most}"),
        );
    }
}

#[cfg(test)]
mod tests;
