//! More people than anybody would write down, for measuring.

use super::portrait::{Hair, Look};
use super::staff::Person;

const GIVEN: [&str; 16] = [
    "Amara", "Callum", "Deepa", "Ewan", "Farah", "Gareth", "Hannah", "Ibrahim", "Jade", "Kofi", "Leila", "Marcus",
    "Niamh", "Oscar", "Rosa", "Yusuf",
];
const FAMILY: [&str; 16] = [
    "Ahmed", "Bennett", "Clarke", "Doyle", "Evans", "Foster", "Gupta", "Hughes", "Iqbal", "Jones", "Kaur", "Lewis",
    "Murphy", "Novak", "Osei", "Patel",
];
const ROLES: [&str; 6] = [
    "Staff nurse",
    "Junior doctor",
    "Healthcare assistant",
    "Occupational therapist",
    "Dietitian",
    "Consultant",
];
const LOOKS: [(u32, u32, Hair); 6] = [
    (0xf0c8a4, 0x6b3a22, Hair::Short),
    (0x7a4a2e, 0x2a2120, Hair::Curls),
    (0xd09a6e, 0x2a2120, Hair::Long),
    (0xf6d3bd, 0xd9b062, Hair::Bob),
    (0xa86b45, 0x3f518c, Hair::Scarf),
    (0xf0c8a4, 0x9a9a9e, Hair::Quiff),
];
const SCRUBS: [u32; 5] = [0x1a8a8c, 0x1f3f77, 0x3c8a5a, 0x6d3f78, 0x2f7fc9];

/// `count` people, each with a name of their own.
pub(super) fn more(count: usize) -> Vec<Person> {
    (0..count)
        .map(|number| {
            let given = pick(&GIVEN, number);
            let family = pick(&FAMILY, number / GIVEN.len() + number);
            let (skin, hair_colour, hair) = pick(&LOOKS, number);
            let round = number / (GIVEN.len() * FAMILY.len());
            let numeral = if round == 0 {
                String::new()
            } else {
                format!(" {}", round + 1)
            };
            Person {
                name: format!("staff{number:04}"),
                full_name: format!("{given} {family}{numeral}"),
                role: pick(&ROLES, number).to_owned(),
                ward: format!("Ward {}", number % 24 + 1),
                look: Look::plain(skin, hair_colour, hair, pick(&SCRUBS, number)),
            }
        })
        .collect()
}

fn pick<T: Copy + Default>(from: &[T], number: usize) -> T {
    from.get(number % from.len().max(1)).copied().unwrap_or_default()
}
