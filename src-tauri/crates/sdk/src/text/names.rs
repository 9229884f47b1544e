//! What people are called: the name without titles, its short form, and who fits what somebody looks for.

use super::cost::step;
use super::folded::{TABLE, Words, folded};

/// Longest question that is looked at, in words; nobody has a longer name.
const MOST_WORDS: usize = 12;

/// How well somebody fits what is looked for; more is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// A word of the role, the ward or the address begins so.
    About,
    /// A word of the name begins so.
    Name,
    /// The name begins so.
    Beginning,
}

/// What somebody looks for, folded once.
#[derive(Debug, Clone)]
pub struct Query {
    words: Words,
    /// Of each word, whether somebody fits without it: a title, or in brackets.
    optional: Vec<bool>,
}

impl Query {
    /// Reads what was typed.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let words = Words::of(text);
        let bracketed = Words::of(&unbracketed(text)).len();
        let count = words.len().min(MOST_WORDS);
        // Words in brackets come last in what anybody writes; elsewhere they count.
        let mut optional: Vec<bool> = (0..count)
            .map(|word| word >= bracketed || TABLE.titles.contains(words.between(word, word + 1)))
            .collect();
        if optional.iter().all(|optional| *optional) {
            optional.fill(false);
        }
        Self { words, optional }
    }

    /// Whether nothing is looked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.optional.is_empty()
    }

    /// How well somebody fits; `None` if a word fits nothing of them. Words fit by their beginnings, in any order, and several in a row
    /// may be one word of the name, or the other way round. Nothing looked for fits everybody.
    #[must_use]
    pub fn fit(&self, name: &str, about: &[Option<&str>]) -> Option<Fit> {
        let words = Words::of(name);
        let about = Words::of(&about.iter().flatten().copied().collect::<Vec<_>>().join(" "));
        match self.grade(&words, &about)? {
            // A title in front, or the family name, is not how the name begins.
            Fit::Name => self.grade(&Words::of(&plain(name)), &about).max(Some(Fit::Name)),
            fit => Some(fit),
        }
    }

    fn grade(&self, name: &Words, about: &Words) -> Option<Fit> {
        let grade = |letters: &str| {
            if name.letters().starts_with(letters) {
                Some(Fit::Beginning)
            } else if name.begin(letters) {
                Some(Fit::Name)
            } else if about.begin(letters) {
                Some(Fit::About)
            } else {
                None
            }
        };
        // How well the words from each on fit, last first.
        let mut best = vec![Some(Fit::Beginning)];
        for (from, optional) in self.optional.iter().enumerate().rev() {
            let behind = |to: usize| best.iter().rev().nth(to - from - 1).copied().flatten();
            let groups = (from + 1..=self.optional.len()).filter_map(|to| {
                step();
                Some(grade(self.words.between(from, to))?.min(behind(to)?))
            });
            let without = if *optional { behind(from + 1) } else { None };
            let fit = groups.max().max(without);
            best.push(fit);
        }
        best.last().copied().flatten()
    }
}

/// What two people have in common who are called the same, whatever their titles and the order of their names.
#[must_use]
pub fn same_name(name: &str) -> String {
    folded(&plain(name))
}

/// The name in the order in which it is spoken, without titles, degrees and what stands in brackets. What consists of nothing else stays.
#[must_use]
pub fn plain(name: &str) -> String {
    let spoken = spoken(&unbracketed(name));
    match folded(&spoken).is_empty() {
        true => name.trim().to_owned(),
        false => spoken,
    }
}

/// What somebody is called in few letters: the given name, or what tells as much. The first that no other of these names has in common
/// with it: the given name, the name without titles, the whole.
#[must_use]
pub fn short<'a>(name: &str, others: impl Iterator<Item = &'a str> + Clone) -> String {
    let same = |mine: &str, theirs: fn(&str) -> String| {
        let mine = folded(mine);
        others.clone().any(|other| folded(&theirs(other)) == mine)
    };
    let given = given(name);
    if !same(&given, self::given) {
        return given;
    }
    let plain = plain(name);
    match same(&plain, self::plain) {
        true => name.trim().to_owned(),
        false => plain,
    }
}

/// The given name, where the name shows it; else the name without titles.
fn given(name: &str) -> String {
    let plain = plain(name);
    let words: Vec<&str> = plain.split_whitespace().collect();
    let is_function = words.iter().any(|word| {
        let word = folded(word);
        TABLE.functions.contains(&word) || word.chars().any(char::is_numeric)
    });
    let is_initial = |word: &str| folded(word).chars().count() < 2;
    let starts = words.first().map(|word| folded(word)).unwrap_or_default();
    if is_function || TABLE.particles.contains(&starts) {
        return plain;
    }
    if TABLE.joined.contains(&starts) {
        return words.get(..2).unwrap_or(&words).join(" ");
    }
    let before_last = words.len().saturating_sub(1).max(1);
    let given = words.iter().take(before_last).find(|word| !is_initial(word));
    given.map_or(plain.clone(), |given| {
        given.trim_end_matches(['.', ',', ';']).to_owned()
    })
}

/// First letters of the given and the last name.
#[must_use]
pub fn initials(name: &str) -> String {
    let plain = plain(name);
    let words: Vec<&str> = plain
        .split(|c: char| c.is_whitespace() || matches!(c, '.' | '-' | '_' | '‐' | '‑'))
        .filter(|word| word.chars().next().is_some_and(char::is_alphanumeric))
        .collect();
    let last = if words.len() > 1 { words.last() } else { None };
    words
        .first()
        .into_iter()
        .chain(last)
        .filter_map(|word| word.chars().next())
        .flat_map(char::to_uppercase)
        .collect()
}

/// A text without what stands in brackets.
fn unbracketed(text: &str) -> String {
    let mut depth = 0_usize;
    let mut kept = String::with_capacity(text.len());
    for c in text.chars() {
        step();
        match c {
            '(' | '[' | '{' | '<' | '（' | '【' | '「' => {
                depth += 1;
                kept.push(' ');
            }
            ')' | ']' | '}' | '>' | '）' | '】' | '」' => depth = depth.saturating_sub(1),
            c if depth == 0 => kept.push(c),
            _ => {}
        }
    }
    kept
}

/// Puts the parts of a name in the order in which they are spoken: "SURNAME, Given" and "SURNAME Given" turned, titles and degrees
/// left out.
fn spoken(name: &str) -> String {
    let parts: Vec<Vec<&str>> = name
        .split([',', '，', '、', ';'])
        .map(|part| untitled(words_of(part)))
        .filter(|part| !part.is_empty())
        .collect();
    let Some((first, rest)) = parts.split_first() else {
        return String::new();
    };
    let family = unsuffixed(first.clone());
    // Behind the comma stands the given name, a degree, or where somebody works.
    let given = rest.iter().find(|part| !part.iter().all(|word| is_suffix(word)));
    let given = given.filter(|part| {
        let is_function = part.iter().any(|word| TABLE.functions.contains(&folded(word)));
        let is_family =
            family.len() == 1 || family.iter().all(|word| is_capitals(word)) || starts_with_particle(&family);
        !is_function && (is_family || part.len() == 1)
    });
    let words = match given {
        Some(given) => unsuffixed(given.clone()).into_iter().chain(family).collect(),
        None => turned(family),
    };
    words.join(" ")
}

/// The words of a part; a title is one of its own although no space follows its dot.
fn words_of(part: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for mut word in part.split_whitespace() {
        while let Some((title, name)) = word.split_once('.').filter(|(_, name)| !name.is_empty()) {
            step();
            if !TABLE.titles.contains(&folded(title)) {
                break;
            }
            words.push(title);
            word = name;
        }
        words.push(word);
    }
    words
}

/// Without the titles in front, as long as something is left.
fn untitled(words: Vec<&str>) -> Vec<&str> {
    let (mut titles, mut titled) = (0, false);
    let folded: Vec<String> = words.iter().map(|word| folded(word)).collect();
    while let Some(word) = folded.get(titles) {
        step();
        // "Dr.-Ing." is one word with two titles.
        let is_title = |word: &str| TABLE.titles.contains(word);
        let qualified = folded.iter().skip(titles).take(3).position(|word| is_title(word));
        let qualifies = |count: usize| {
            folded
                .iter()
                .skip(titles)
                .take(count)
                .all(|word| TABLE.qualifiers.contains(word))
        };
        if word.is_empty() || is_title(word) || titled && is_after_title(&folded, titles) {
            titled |= !word.is_empty();
            titles += 1;
        } else if let Some(count) = qualified.filter(|count| qualifies(*count)) {
            titled = true;
            titles += count + 1;
        } else {
            break;
        }
    }
    match words.get(titles..) {
        Some(rest) if !rest.is_empty() => rest.to_vec(),
        _ => words,
    }
}

/// Whether a word belongs to the title before it: "med", "in charge", "h. c.".
fn is_after_title(folded: &[String], at: usize) -> bool {
    let word = |at: usize| folded.get(at).map_or("", String::as_str);
    let of_honour = (word(at) == "h" && word(at + 1) == "c")
        || at
            .checked_sub(1)
            .is_some_and(|before| word(before) == "h" && word(at) == "c");
    of_honour || TABLE.after_titles.contains(word(at))
}

/// Without the degrees behind, as long as a name is left.
fn unsuffixed(mut words: Vec<&str>) -> Vec<&str> {
    while words.len() > 2 && words.last().is_some_and(|word| is_suffix(word)) {
        words.pop();
    }
    words
}

/// Whether a word is a degree, or "Jr": in capitals or with a dot where a name could be spelled so.
fn is_suffix(word: &str) -> bool {
    let letters = folded(word);
    let capitals = word.chars().filter(|c| c.is_uppercase()).count();
    TABLE.suffixes.contains(&letters)
        && (capitals > 1 || word.ends_with('.') || matches!(&*letters, "jr" | "jnr" | "sr" | "snr" | "esq"))
}

/// "MÜLLER Benedict" and "DE SOUZA Ana" turned.
fn turned(mut words: Vec<&str>) -> Vec<&str> {
    let family = words.iter().take_while(|word| is_capitals(word)).count();
    let is_given = words.get(family).is_some_and(|word| folded(word).chars().count() > 1);
    if is_given && !words.iter().any(|word| TABLE.functions.contains(&folded(word))) {
        words.rotate_left(family);
    }
    words
}

/// Whether a word is written in capitals, at least two of them.
fn is_capitals(word: &str) -> bool {
    word.chars().filter(|c| c.is_uppercase()).count() > 1 && !word.chars().any(char::is_lowercase)
}

fn starts_with_particle(words: &[&str]) -> bool {
    words
        .first()
        .is_some_and(|word| TABLE.particles.contains(&folded(word)))
}

#[cfg(test)]
mod tests;
