//! `@Name` in a text (XEP-0372, and the plain text for those who have nothing better).

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use unicode_normalization::char::is_combining_mark;

use super::address::shown_local;
use super::cost::step;
use super::display::{is_format, label};
use super::folded::{Part, TABLE, fold, is_joint};
use super::names::{plain, same_name};
use super::tokens::blocks;
use crate::view::Mentioned;

/// What means everyone in a team, without its `@`.
pub const EVERYONE: &str = "everyone";
/// Most mentions of one text that are looked at: what is more is noise or malice.
const MOST: usize = 64;
/// So many `@` of a text are looked at.
const LOOKED_AT: usize = 256;
/// How far behind an `@` a name may reach, in characters.
const LONGEST: usize = 160;

/// Where a mention stands in a text, in characters, and whom it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The first character, `@` included.
    pub begin: usize,
    /// Behind the last one.
    pub end: usize,
    /// Whom.
    pub whom: Mentioned,
}

/// A name found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found<T> {
    /// The first character, `@` included.
    pub begin: usize,
    /// Behind the last one.
    pub end: usize,
    /// Whose name it is.
    pub whose: T,
}

/// A name that may be written behind an `@`.
#[derive(Debug, Clone)]
pub struct Handle<T> {
    /// As it is written.
    written: String,
    /// Its letters, and whether a word begins with each.
    letters: Vec<(char, bool)>,
    whose: T,
}

impl<T: Copy> Handle<T> {
    /// Just this name.
    #[must_use]
    pub fn new(name: &str, whose: T) -> Self {
        let letters = units(name.chars())
            .into_iter()
            .map(|unit| (unit.letter, unit.gap != Gap::None))
            .collect();
        Self {
            written: name.to_lowercase(),
            letters,
            whose,
        }
    }

    /// The ways to write a name: as it is, and in the order in which it is spoken, without titles and brackets.
    pub fn of(name: &str, whose: T) -> impl Iterator<Item = Self> {
        let name = label(name, LONGEST).unwrap_or_default();
        let plain = Some(plain(&name)).filter(|plain| *plain != name);
        [Some(name), plain]
            .into_iter()
            .flatten()
            .map(move |name| Self::new(&name, whose))
    }
}

/// How a name is written in the composer by which one of these people is meant: the name; and where another of them has the same, the
/// name with the part of their address before the `@`.
#[must_use]
pub fn handles<'a>(people: &[(&str, &'a str)]) -> Vec<(String, &'a str)> {
    let mut shared: HashMap<String, u32> = HashMap::new();
    for (name, _) in people {
        *shared.entry(same_name(name)).or_default() += 1;
    }
    let handle = |(name, address): &(&str, &'a str)| {
        let is_shared = shared.get(&same_name(name)).is_some_and(|people| *people > 1);
        let handle = match is_shared {
            true => format!("{name} ({})", shown_local(address)),
            false => (*name).to_owned(),
        };
        (handle, *address)
    };
    people.iter().map(handle).collect()
}

/// Finds `@Name` for these names: case, accents, apostrophes and dashes do not matter. Of several that fit the longest counts, and
/// of those of one length the one that is spelled like the text; a name that several people have is found for each. An `@` inside a
/// word, as in an address, begins no mention, and a name ends where a word does. Blocks of code mention nobody.
pub fn find<T: Copy>(text: &str, names: &[Handle<T>]) -> Vec<Found<T>> {
    let chars: Vec<char> = text.chars().collect();
    let code = code(text);
    let mut found = Vec::new();
    let (mut at, mut looked_at) = (0, 0);
    while let Some(c) = chars.get(at) {
        step();
        let is_mention = matches!(c, '@' | '＠')
            && !inside_word(&chars, at)
            && !code.iter().any(|(from, to)| (*from..*to).contains(&at));
        if !is_mention {
            at += 1;
            continue;
        }
        looked_at += 1;
        let fitting = fitting(&chars, at + 1, names);
        let Some(best) = fitting.iter().map(|(fit, _)| *fit).max() else {
            if looked_at == LOOKED_AT {
                break;
            }
            at += 1;
            continue;
        };
        let end = fitting
            .iter()
            .filter(|(fit, _)| *fit == best)
            .map(|(fit, _)| fit.end)
            .max()
            .unwrap_or(at + 1);
        for (_, whose) in fitting.into_iter().filter(|(fit, _)| *fit == best) {
            found.push(Found { begin: at, end, whose });
        }
        if found.len() >= MOST || looked_at == LOOKED_AT {
            break;
        }
        at = end;
    }
    found
}

/// How well a name fits: the longer, then the closer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Fit {
    end: usize,
    is_exact: bool,
}

/// The names that a text goes on with, with or without titles in front.
fn fitting<T: Copy>(chars: &[char], begin: usize, names: &[Handle<T>]) -> Vec<(Fit, T)> {
    let window = chars.get(begin..chars.len().min(begin + LONGEST)).unwrap_or_default();
    if window.first().is_none_or(|c| c.is_whitespace()) {
        return Vec::new();
    }
    let all = units(window.iter().copied());
    let mut starts = vec![0];
    starts.extend(behind_titles(&all));
    let fits = names.iter().filter_map(|name| {
        let fit = |start: &usize| {
            step();
            let units = all.get(*start..)?;
            let end = length(window, units, name)?;
            let written = window.get(..end).unwrap_or_default();
            let is_exact = *start == 0 && written.iter().flat_map(|c| c.to_lowercase()).eq(name.written.chars());
            Some(Fit {
                end: begin + end,
                is_exact,
            })
        };
        Some((starts.iter().filter_map(fit).max()?, name.whose))
    });
    fits.collect()
}

/// What stands between two letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    None,
    Joint,
    Break,
}

/// A folded letter of a text.
struct Unit {
    letter: char,
    gap: Gap,
    /// Behind the character that it comes from; `None`: more letters come from it.
    end: Option<usize>,
}

/// The letters of a text. A line break ends it: no name goes over two lines.
fn units(chars: impl Iterator<Item = char>) -> Vec<Unit> {
    let (mut units, mut gap, mut letters) = (Vec::new(), Gap::None, String::new());
    for (at, c) in chars.take_while(|c| *c != '\n').enumerate() {
        letters.clear();
        match fold(c, &mut letters) {
            Part::Letters => {
                for letter in letters.chars() {
                    units.push(Unit { letter, gap, end: None });
                    gap = Gap::None;
                }
                if let Some(last) = units.last_mut() {
                    last.end = Some(at + 1);
                }
            }
            Part::Joint if gap == Gap::None => gap = Gap::Joint,
            Part::Joint | Part::Nothing => {}
            Part::Break => gap = Gap::Break,
        }
    }
    units
}

/// Where a name may begin behind titles: "Dr Asha".
fn behind_titles(units: &[Unit]) -> Vec<usize> {
    let mut starts = Vec::new();
    let (mut word, mut at) = (String::new(), 0);
    while let Some(unit) = units.get(at).filter(|_| starts.len() < 3) {
        if at > 0 && unit.gap != Gap::None {
            if !TABLE.titles.contains(&word) && !TABLE.qualifiers.contains(&word) {
                break;
            }
            if TABLE.titles.contains(&word) {
                starts.push(at);
            }
            word.clear();
        }
        word.push(unit.letter);
        at += 1;
    }
    starts
}

/// How many characters of `window` are this name, if the letters begin with it and a word ends there.
fn length<T>(window: &[char], units: &[Unit], name: &Handle<T>) -> Option<usize> {
    if name.letters.is_empty() {
        return literal(window, &name.written);
    }
    for (index, (letter, begins)) in name.letters.iter().enumerate() {
        step();
        let unit = units.get(index)?;
        // A space where the name has none parts two people: "@Ann a question".
        let is_apart = index > 0 && !begins && unit.gap == Gap::Break;
        if unit.letter != *letter || is_apart {
            return None;
        }
    }
    let last = units.get(name.letters.len() - 1)?;
    let mut end = last.end?;
    // Accents and what is not seen; a mark that makes another letter is a letter.
    while window
        .get(end)
        .is_some_and(|c| fold(*c, &mut String::new()) == Part::Nothing)
    {
        end += 1;
    }
    if name.written.ends_with(')') && window.get(end) == Some(&')') {
        end += 1;
    }
    ends(
        window,
        end,
        name.letters.iter().filter(|(_, begins)| *begins).count() > 0,
    )
    .then_some(end)
}

/// A name without letters, such as one of pictures.
fn literal(window: &[char], name: &str) -> Option<usize> {
    let mut count = 0;
    for wanted in name.chars() {
        step();
        if window.get(count)? != &wanted {
            return None;
        }
        count += 1;
    }
    let is_cut = window.get(count).is_some_and(|c| belongs(*c) || c.is_alphanumeric());
    (count > 0 && !is_cut).then_some(count)
}

/// Whether a character belongs to the one before it (UAX 29).
fn belongs(c: char) -> bool {
    is_combining_mark(c) || is_format(c) || matches!(c, '\u{1f3fb}'..='\u{1f3ff}')
}

/// Whether a word ends here. `is_full`: the name before has several words.
fn ends(window: &[char], at: usize, is_full: bool) -> bool {
    let (here, next) = (window.get(at), window.get(at + 1));
    let goes_on = next.is_some_and(|next| next.is_alphanumeric() || is_combining_mark(*next));
    match here {
        None => true,
        Some(c) if c.is_alphanumeric() || is_combining_mark(*c) => false,
        Some('@' | '_') => !goes_on,
        // The next sentence, or the rest of an address.
        Some('.' | '．' | '·') => !goes_on || is_full && next.is_some_and(|next| next.is_uppercase()),
        // "Ana's", but neither "O'Neill" nor "Ana-Maria".
        Some('—' | '―') => true,
        Some(c) if is_joint(*c) => {
            let behind = window.get(at + 2);
            let is_possessive = matches!(next, Some('s' | 'S')) && !behind.is_some_and(|c| c.is_alphanumeric());
            !goes_on || is_possessive && !matches!(c, '-' | '‐' | '‑' | '–' | '−')
        }
        Some(_) => true,
    }
}

fn inside_word(chars: &[char], at: usize) -> bool {
    let before = chars.get(..at).unwrap_or_default().iter().rev().take(8);
    before
        .copied()
        .find(|c| !belongs(*c))
        .is_some_and(char::is_alphanumeric)
}

/// The blocks of code in a text, in characters.
fn code(text: &str) -> Vec<(usize, usize)> {
    let mut at = 0;
    let mut code = Vec::new();
    for (begin, end, is_code) in blocks(text) {
        let length = text.get(begin..end).unwrap_or_default().chars().count();
        if is_code {
            code.push((at, at + length));
        }
        at += length;
    }
    code.truncate(MOST);
    code
}

/// The places in order, without those that overlap an earlier one or lie outside the text; those that another app has put into the
/// middle of a character as it is drawn take in the whole. Of those at the same place the one that means more to the reader stays.
pub fn in_order(mut places: Vec<Place>, text: &str) -> Vec<Place> {
    if places.is_empty() {
        return places;
    }
    let chars: Vec<char> = text.chars().collect();
    places.retain(|place| place.begin < place.end && place.end <= chars.len());
    places.truncate(MOST * 2);
    let belongs_at = |at: usize| chars.get(at).is_some_and(|c| belongs(*c));
    for place in &mut places {
        // Some apps put no more marks on a letter than that.
        for _ in 0..MOST {
            step();
            place.begin -= usize::from(place.begin > 0 && belongs_at(place.begin));
            place.end += usize::from(belongs_at(place.end));
        }
    }
    places.sort_unstable_by_key(|place| (place.begin, std::cmp::Reverse(place.whom)));
    let mut end = 0;
    places.retain(|place| {
        let apart = place.begin >= end;
        if apart {
            end = place.end;
        }
        apart
    });
    places.truncate(MOST);
    places
}

#[cfg(test)]
mod tests;
