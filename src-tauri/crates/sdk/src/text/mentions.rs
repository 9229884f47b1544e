//! `@Name` in a text (XEP-0372, and the plain text for those who have nothing better).

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::people::local_part;
use crate::text::folded;
use crate::view::Mentioned;

/// What means everyone in a team, without its `@`.
pub const EVERYONE: &str = "everyone";
/// Most mentions of one text that are looked at: what is more is noise or malice.
const MOST: usize = 64;

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

/// What people may be called by whose names and addresses are given: their names; and those whose name another of them has, too, by
/// their name with the part of their address before the `@`, as the completion of the interface writes it.
pub fn handles<'a>(people: &[(&str, &'a str)]) -> Vec<(String, &'a str)> {
    let mut shared: HashMap<String, u32> = HashMap::new();
    for (name, _) in people {
        *shared.entry(folded(name)).or_default() += 1;
    }
    let mut handles = Vec::with_capacity(people.len());
    for (name, address) in people {
        handles.push(((*name).to_owned(), *address));
        if shared.get(&folded(name)).is_some_and(|people| *people > 1) {
            handles.push((format!("{name} ({})", local_part(address)), *address));
        }
    }
    handles
}

/// Finds `@Name` for these names, in whatever case; of two that fit the longer one. A name that several people have is found for each.
/// An `@` inside a word, as in an address, begins no mention, and a name ends where a word does.
pub fn find<T: Copy>(text: &str, names: &[(&str, T)]) -> Vec<Found<T>> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(here) = chars.get(at..).filter(|rest| !rest.is_empty()) {
        let inside_word = at
            .checked_sub(1)
            .and_then(|before| chars.get(before))
            .is_some_and(|c| c.is_alphanumeric());
        let after = here.get(1..).filter(|_| here.first() == Some(&'@') && !inside_word);
        let fitting = after.into_iter().flat_map(|after| {
            names
                .iter()
                .filter_map(move |(name, whose)| Some((length(after, name)?, *whose)))
        });
        let fitting: Vec<(usize, T)> = fitting.collect();
        let Some(longest) = fitting.iter().map(|(length, _)| *length).max() else {
            at += 1;
            continue;
        };
        let end = at + 1 + longest;
        for (_, whose) in fitting.into_iter().filter(|(length, _)| *length == longest) {
            found.push(Found { begin: at, end, whose });
        }
        if found.len() >= MOST {
            break;
        }
        at = end;
    }
    found
}

/// How many characters of `text` are this name, if it begins with it and a word ends there.
fn length(text: &[char], name: &str) -> Option<usize> {
    let mut count = 0;
    for wanted in name.chars() {
        let is = text.get(count)?;
        if !is.to_lowercase().eq(wanted.to_lowercase()) {
            return None;
        }
        count += 1;
    }
    let ends = text.get(count).is_none_or(|next| !next.is_alphanumeric());
    (count > 0 && ends).then_some(count)
}

/// The places in order, without those that overlap an earlier one or lie outside a text of so many characters. Of those at the same
/// place the one that means more to the reader stays.
pub fn in_order(mut places: Vec<Place>, characters: usize) -> Vec<Place> {
    places.retain(|place| place.begin < place.end && place.end <= characters);
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
mod tests {
    use super::*;

    fn found(text: &str, names: &[(&str, u8)]) -> Vec<(usize, usize, u8)> {
        find(text, names)
            .into_iter()
            .map(|found| (found.begin, found.end, found.whose))
            .collect()
    }

    #[test]
    fn a_name_is_found_in_any_case_and_the_longer_one_counts() {
        let names = [("Asha", 1), ("Asha Patel", 2), ("Bén", 3)];
        assert_eq!(
            found("@asha patel and @BÉN, @Asha", &names),
            [(0, 11, 2), (16, 20, 3), (22, 27, 1)]
        );
    }

    #[test]
    fn addresses_and_parts_of_words_are_no_mentions() {
        let names = [("asha", 1)];
        assert_eq!(found("mail x@asha or @ashas, @ asha", &names), []);
        assert_eq!(found("(@Asha)", &names), [(1, 6, 1)]);
    }

    #[test]
    fn two_people_of_one_name_are_both_meant() {
        assert_eq!(found("@Asha", &[("Asha", 1), ("asha", 2)]), [(0, 5, 1), (0, 5, 2)]);
    }

    #[test]
    fn one_of_two_people_of_one_name_is_meant_by_name_and_address() {
        let people = [
            ("Sam Lee", "sam@w.example"),
            ("Sam lee", "s.lee2@w.example"),
            ("Bob", "bob@w.example"),
        ];
        let handles = handles(&people);
        let names: Vec<(&str, &str)> = handles.iter().map(|(name, whose)| (name.as_str(), *whose)).collect();
        let whose = |text: &str| {
            find(text, &names)
                .into_iter()
                .map(|found| found.whose)
                .collect::<Vec<_>>()
        };
        assert_eq!(whose("@Sam Lee (s.lee2), please"), ["s.lee2@w.example"]);
        assert_eq!(whose("@sam lee (sam) and @Bob"), ["sam@w.example", "bob@w.example"]);
        assert_eq!(whose("@Sam Lee!"), ["sam@w.example", "s.lee2@w.example"]);
        assert!(
            !names.iter().any(|(name, _)| *name == "Bob (bob)"),
            "nobody else is called so"
        );
    }

    #[test]
    fn places_that_overlap_or_lie_outside_are_left_out() {
        let place = |begin, end, whom| Place { begin, end, whom };
        let ordered = in_order(
            vec![
                place(6, 9, Mentioned::Other),
                place(0, 5, Mentioned::Other),
                place(0, 5, Mentioned::Me),
                place(4, 7, Mentioned::Me),
                place(9, 99, Mentioned::Me),
                place(3, 3, Mentioned::Me),
            ],
            10,
        );
        assert_eq!(ordered, [place(0, 5, Mentioned::Me), place(6, 9, Mentioned::Other)]);
    }
}
