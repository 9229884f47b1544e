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
    (0xf0_c8_a4, 0x6b_3a_22, Hair::Short),
    (0x7a_4a_2e, 0x2a_21_20, Hair::Curls),
    (0xd0_9a_6e, 0x2a_21_20, Hair::Long),
    (0xf6_d3_bd, 0xd9_b0_62, Hair::Bob),
    (0xa8_6b_45, 0x3f_51_8c, Hair::Scarf),
    (0xf0_c8_a4, 0x9a_9a_9e, Hair::Quiff),
];
const SCRUBS: [u32; 5] = [0x1a_8a_8c, 0x1f_3f_77, 0x3c_8a_5a, 0x6d_3f_78, 0x2f_7f_c9];

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
