//! Names that are taken for another one (UTS 39 section 4): "Аna" with a Cyrillic letter, "lsla" for "Isla".

use unicode_normalization::UnicodeNormalization;
use unicode_security::confusable_detection::skeleton;

use super::cost::step;
use super::display::label;
use super::folded::folded;
use super::names::plain;

/// Longest name that is compared, in characters: nobody takes in more at a glance.
const LONGEST: usize = 120;

/// What a name looks like: two that have one of these in common are taken for each other. Order, titles, case, accents and
/// spaces do not tell names apart either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looks {
    as_written: String,
    in_lower_case: String,
}

impl Looks {
    /// How a name looks. `None`: it has no letters.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        let name = label(name, LONGEST)?;
        let plain: String = plain(&name).nfkc().collect();
        let look = |text: &str| folded(&skeleton(text).inspect(|_| step()).collect::<String>());
        let sorted = |look: &dyn Fn(&str) -> String| {
            let mut words: Vec<String> = plain.split_whitespace().map(look).collect();
            words.sort_unstable();
            words.concat()
        };
        let looks = Self {
            as_written: sorted(&look),
            in_lower_case: sorted(&|word| look(&folded(word))),
        };
        (!looks.as_written.is_empty()).then_some(looks)
    }

    /// Keys under which it is found by a name that looks the same.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let lower = Some(self.in_lower_case.as_str()).filter(|lower| *lower != self.as_written);
        [self.as_written.as_str()].into_iter().chain(lower)
    }
}

#[cfg(test)]
mod tests {
    use super::super::cost::assert_linear;
    use super::*;

    fn look_alike(one: &str, other: &str) -> bool {
        let (one, other) = (Looks::of(one).unwrap(), Looks::of(other).unwrap());
        one.keys().any(|key| other.keys().any(|theirs| key == theirs))
    }

    #[test]
    fn letters_of_other_scripts_and_digits_are_taken_for_latin_ones() {
        for (one, other) in [
            ("Ana Silva", "Аna Silva"),
            ("Ana Silva", "Ana Sílva"),
            ("Ana Silva", "ANA SILVA"),
            ("Ana Silva", "Silva, Ana"),
            ("Ana Silva", "Dr Ana Silva"),
            ("Ana Silva", "Ana\u{200b} Silva\u{202c}"),
            ("Ana Silva", "AnaSilva"),
            ("Isla Brown", "lsla Brown"),
            ("Isla Brown", "1sla Brown"),
            ("Tom Okafor", "T0m Okafor"),
            ("Tom Okafor", "Tоm Оkаfоr"),
            ("Marta Kern", "Marta Kem"),
            ("Ana Silva", "𝐀𝐧𝐚 Silva"),
        ] {
            assert!(look_alike(one, other), "{one}, {other}");
        }
    }

    #[test]
    fn other_names_are_not() {
        for (one, other) in [
            ("Ana Silva", "Anna Silva"),
            ("Ana Silva", "Ana Silvia"),
            ("Sam Lee", "Sam Law"),
        ] {
            assert!(!look_alike(one, other), "{one}, {other}");
        }
        assert_eq!(Looks::of("\u{200b}…"), None);
    }

    #[test]
    fn the_cost_grows_with_the_text() {
        for pattern in ["a", "m ", "\u{301}", "Аb"] {
            assert_linear("looks", pattern, |text| drop(Looks::of(text)));
        }
    }
}
