//! Letters without what does not matter when somebody looks for a name: the one notion of "the same name" begins here. The interface
//! does the same with the same table (`names.json`), and both are tried on the same cases (`cases.json`).

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;
use unicode_normalization::char::{decompose_compatible, is_combining_mark};

use super::cost::step;
use super::display::is_format;

/// What is known of letters and of the words in names, shared with the interface.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Table {
    /// Letters that no decomposition makes plain.
    letters: HashMap<char, String>,
    /// Apostrophes, dashes and dots: a break in a name, or nothing.
    joints: String,
    /// What stands before a name and is none, such as "dr".
    pub(super) titles: HashSet<String>,
    /// What stands before a title, such as "charge".
    pub(super) qualifiers: HashSet<String>,
    /// What stands between a title and a name, such as "med".
    pub(super) after_titles: HashSet<String>,
    /// What stands behind a name, such as "frcp".
    pub(super) suffixes: HashSet<String>,
    /// What begins a family name of several words, such as "van".
    pub(super) particles: HashSet<String>,
    /// First halves of given names, such as "abd".
    pub(super) joined: HashSet<String>,
    /// Words that a person is not called by, but a desk or a team.
    pub(super) functions: HashSet<String>,
}

/// The table. That it can be read is tested; without it letters would only lose their accents.
pub(super) static TABLE: LazyLock<Table> =
    LazyLock::new(|| serde_json::from_str(include_str!("names.json")).unwrap_or_default());

/// What a character is in a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// Letters or digits, in their folded form.
    Letters,
    /// An apostrophe, dash or dot: a break, or nothing.
    Joint,
    /// Anything else that parts words.
    Break,
    /// An accent or format character: nothing at all.
    Nothing,
}

/// Appends the folded form of a character: lower case, without accents and width, special letters spelled out.
pub(crate) fn fold(c: char, folded: &mut String) -> Part {
    step();
    if is_accent(c) || is_format(c) {
        return Part::Nothing;
    }
    if c.is_ascii_alphanumeric() {
        folded.push(c.to_ascii_lowercase());
        return Part::Letters;
    }
    if is_joint(c) {
        return Part::Joint;
    }
    let mut part = Part::Break;
    decompose_compatible(c, |plain| {
        for lower in plain.to_lowercase() {
            match TABLE.letters.get(&lower) {
                Some(letters) => folded.push_str(letters),
                None if is_accent(lower) => continue,
                None if lower.is_alphanumeric() || is_combining_mark(lower) => folded.push(lower),
                None => continue,
            }
            part = Part::Letters;
        }
    });
    part
}

/// Whether a character is an apostrophe, dash or dot.
pub(crate) fn is_joint(c: char) -> bool {
    TABLE.joints.contains(c)
}

/// Marks that only colour a letter: accents, Hebrew and Arabic points. Vowels of Indic scripts and voicing marks of kana make another
/// letter, and stay.
fn is_accent(c: char) -> bool {
    matches!(c,
        '\u{300}'..='\u{36f}' | '\u{483}'..='\u{487}' | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}'
        | '\u{5c5}' | '\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6dc}'
        | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// The letters of a text and nothing else.
#[must_use]
pub fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        fold(c, &mut folded);
    }
    folded
}

/// What names are sorted by: their words as letters, parted by spaces.
#[must_use]
pub fn sorting(name: &str) -> String {
    let words = Words::of(name);
    let word = |word| words.between(word, word + 1);
    (0..words.len()).map(word).collect::<Vec<_>>().join(" ")
}

/// A text as its letters, and where words begin in them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Words {
    letters: String,
    starts: Vec<usize>,
}

impl Words {
    pub(crate) fn of(text: &str) -> Self {
        let mut words = Self::default();
        let mut inside = false;
        for c in text.chars() {
            let before = words.letters.len();
            match fold(c, &mut words.letters) {
                Part::Letters => {
                    if !inside {
                        words.starts.push(before);
                    }
                    inside = true;
                }
                Part::Joint | Part::Break => inside = false,
                Part::Nothing => {}
            }
        }
        words
    }

    pub(crate) fn len(&self) -> usize {
        self.starts.len()
    }

    /// All letters, without breaks.
    pub(crate) fn letters(&self) -> &str {
        &self.letters
    }

    /// The letters of some words in a row.
    pub(crate) fn between(&self, from: usize, to: usize) -> &str {
        let place = |word: usize| self.starts.get(word).copied().unwrap_or(self.letters.len());
        self.letters.get(place(from)..place(to)).unwrap_or_default()
    }

    /// Whether these letters stand at the beginning of a word, or run over several.
    pub(crate) fn begin(&self, letters: &str) -> bool {
        self.starts.iter().any(|start| {
            step();
            self.letters.get(*start..).is_some_and(|rest| rest.starts_with(letters))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::cost::assert_linear;
    use super::*;

    #[test]
    fn the_table_can_be_read() {
        assert!(TABLE.titles.contains("dr") && TABLE.letters.contains_key(&'ł') && is_joint('’'));
    }

    #[test]
    fn letters_lose_case_accents_and_width() {
        for (text, letters) in [
            ("INÊS", "ines"),
            ("Ine\u{302}s", "ines"),
            ("Łukasz Wałęsa", "lukaszwalesa"),
            ("Søren Ørsted", "sorenorsted"),
            ("STRAUẞ Strauß", "straussstrauss"),
            ("Đặng Ðorður Işıl İpek", "dangdordurisilipek"),
            ("Þórr Æsa Œdipe", "thorraesaoedipe"),
            ("Ａｎａ ﬁ", "anafi"),
            (
                "O'Neill O’Neill OʼNeill O`Neill O´Neill",
                "oneilloneilloneilloneilloneill",
            ),
            ("Σίσυφος", "σισυφοσ"),
            ("a\u{200d}n\u{ad}a", "ana"),
        ] {
            assert_eq!(folded(text), letters, "{text}");
        }
    }

    #[test]
    fn marks_that_make_another_letter_stay() {
        for (one, other) in [("कमल", "कमला"), ("か", "が"), ("ราม", "รามา")] {
            assert_ne!(folded(one), folded(other));
        }
    }

    #[test]
    fn a_joint_is_a_break_or_nothing() {
        let words = Words::of("Siobhán O'Brien");
        for begins in ["siobhan", "o", "obrien", "brien", "siobhanobrien"] {
            assert!(words.begin(begins), "{begins}");
        }
        assert!(!words.begin("rien"));
        assert_eq!((words.len(), words.between(1, 3)), (3, "obrien"));
    }

    #[test]
    fn the_cost_grows_with_the_text() {
        for pattern in ["a", "\u{301}", "ß ", "' ", "ﷺ"] {
            assert_linear("words", pattern, |text| drop(Words::of(text)));
            assert_linear("begin", pattern, |text| assert!(!Words::of(text).begin("zz")));
        }
    }
}
