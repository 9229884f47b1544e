//! How somebody is drawn before a picture is known: initials and a colour that are the same on every device.

use sha1::{Digest, Sha1};

use crate::view::{Avatar, Person};

/// Number of background colours that the interface has for avatars.
pub const AVATAR_COLOURS: u16 = 12;

/// What is known of somebody, as read from the store.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// Bare address: the fallback for a name, and what the colour comes from.
    pub address: &'a str,
    /// Name from the roster or the vCard.
    pub name: Option<&'a str>,
    /// Role from the vCard.
    pub role: Option<&'a str>,
    /// Ward or department from the vCard.
    pub ward: Option<&'a str>,
    /// Hash of the picture, if its bytes are held.
    pub picture: Option<&'a str>,
}

/// The person as shown. The name is never empty.
#[must_use]
pub fn person(known: Known<'_>) -> Person {
    let name = known
        .name
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| local_part(known.address));
    Person {
        name: name.to_owned(),
        role: known.role.map(str::to_owned),
        ward: known.ward.map(str::to_owned),
        avatar: avatar(known.address, name, known.picture),
    }
}

/// The avatar of an address.
#[must_use]
pub fn avatar(address: &str, name: &str, picture: Option<&str>) -> Avatar {
    Avatar {
        initials: initials(name),
        colour: colour(address),
        picture: picture.map(str::to_owned),
    }
}

/// The part before the `@`, or all of it where there is none.
#[must_use]
pub fn local_part(address: &str) -> &str {
    address.split_once('@').map_or(address, |(local, _)| local)
}

/// First letters of the first and the last word; titles such as "Dr" don't count.
fn initials(name: &str) -> String {
    const TITLES: [&str; 8] = ["dr", "prof", "mr", "mrs", "ms", "miss", "sr", "sister"];
    let words: Vec<&str> = name
        .split(|c: char| c.is_whitespace() || c == '.' || c == '-' || c == '_')
        .filter(|word| word.chars().next().is_some_and(char::is_alphanumeric))
        .collect();
    let mut named: Vec<&str> = words
        .iter()
        .copied()
        .filter(|word| !TITLES.contains(&word.to_lowercase().as_str()))
        .collect();
    if named.is_empty() {
        named = words;
    }
    let last = if named.len() > 1 { named.last() } else { None };
    named
        .first()
        .into_iter()
        .chain(last)
        .filter_map(|word| word.chars().next())
        .flat_map(char::to_uppercase)
        .collect()
}

/// Hue angle of XEP-0392 section 5.1, as an index into the interface's colours.
fn colour(address: &str) -> u8 {
    let digest = Sha1::digest(address.as_bytes());
    let hue = digest
        .iter()
        .take(2)
        .rev()
        .fold(0_u32, |hue, byte| (hue << 8) | u32::from(*byte));
    u8::try_from(hue * u32::from(AVATAR_COLOURS) / 65_536).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_name_not_the_title() {
        assert_eq!(initials("Dr Asha Verma"), "AV");
        assert_eq!(initials("Ben"), "B");
        assert_eq!(initials("Mary Jane Watson-Parker"), "MP");
        assert_eq!(initials("Sister"), "S");
        assert_eq!(initials("…"), "");
    }

    #[test]
    fn a_nameless_person_is_called_by_the_address() {
        assert_eq!(
            person(Known {
                address: "asha@ward.example",
                name: Some(" "),
                ..Known::default()
            })
            .name,
            "asha"
        );
    }

    #[test]
    fn the_colour_is_that_of_the_published_examples() {
        // XEP-0392 section 13.2: "Romeo" has hue 327.25°, "juliet@capulet.lit" 209.41°.
        assert_eq!(colour("Romeo"), (327.25_f32 / 360.0 * 12.0) as u8);
        assert_eq!(colour("juliet@capulet.lit"), (209.41_f32 / 360.0 * 12.0) as u8);
    }
}
