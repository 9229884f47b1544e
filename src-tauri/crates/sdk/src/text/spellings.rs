//! Other spellings of what is looked for, for a directory that compares letter by letter.

use super::folded::folded;

/// Shortest word that is looked for by itself.
const SHORTEST: usize = 2;
/// Letters that keyboards lack, by what is typed in their place; the likelier first.
const LETTERS: [(&str, &str); 12] = [
    ("l", "ł"),
    ("o", "ø"),
    ("ss", "ß"),
    ("ue", "ü"),
    ("oe", "ö"),
    ("ae", "æ"),
    ("u", "ü"),
    ("o", "ö"),
    ("d", "đ"),
    ("th", "þ"),
    ("a", "å"),
    ("e", "é"),
];

/// What somebody typed, and behind it how else the name may be spelled, the likelier first: with other apostrophes, without accents,
/// each word by itself, with letters that the keyboard lacks.
#[must_use]
pub fn spellings(text: &str) -> Vec<String> {
    let text = text.to_lowercase();
    let straight = text.replace(['’', '‘', 'ʼ', '`', '´'], "'");
    let words: Vec<&str> = straight.split_whitespace().collect();
    let mut spellings = vec![
        text.clone(),
        straight.clone(),
        straight.replace('\'', "’"),
        straight.replace('\'', ""),
    ];
    let mut unaccented: Vec<String> = words.iter().map(|word| folded(word)).collect();
    spellings.push(unaccented.join(" "));
    if words.len() > 1 {
        spellings.extend(words.iter().rev().map(|word| (*word).to_owned()));
        spellings.push(straight.replace(' ', "-"));
        spellings.push(straight.replace(' ', "'"));
    }
    if let Some(rest) = straight
        .strip_prefix('o')
        .filter(|rest| rest.len() > 3 && !rest.starts_with('\''))
    {
        spellings.push(format!("o'{}", rest.trim_start()));
        spellings.push(format!("o’{}", rest.trim_start()));
    }
    let plain = unaccented
        .pop()
        .filter(|_| unaccented.is_empty())
        .unwrap_or_else(|| straight.clone());
    for (typed, letter) in LETTERS {
        spellings.push(plain.replace(typed, letter));
    }
    let mut seen = std::collections::HashSet::new();
    spellings.retain(|spelling| spelling.chars().count() >= SHORTEST && seen.insert(spelling.clone()));
    if spellings.is_empty() {
        spellings.push(text);
    }
    spellings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_comes_first_and_other_spellings_follow() {
        for (text, other) in [
            ("o’brien", "o'brien"),
            ("o'brien", "o’brien"),
            ("obrien", "o'brien"),
            ("o brien", "o'brien"),
            ("watson parker", "watson-parker"),
            ("verma asha", "asha"),
            ("lukasz", "łukasz"),
            ("soren", "søren"),
            ("strauss", "strauß"),
            ("mueller", "müller"),
            ("łukasz", "lukasz"),
        ] {
            let spellings = spellings(text);
            assert_eq!(spellings[0], text);
            assert!(
                spellings[1..7.min(spellings.len())]
                    .iter()
                    .any(|spelling| spelling == other),
                "{text}: {spellings:?}"
            );
        }
        assert_eq!(spellings("a")[0], "a");
    }
}
