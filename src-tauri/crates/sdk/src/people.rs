//! How somebody is drawn before a picture is known: initials and a colour that are the same on every device.

use sha1::{Digest, Sha1};

use crate::text::address::shown_local;
use crate::text::display::label;
use crate::text::initials;
use crate::view::{Avatar, Person};

/// Number of background colours that the interface has for avatars.
pub const AVATAR_COLOURS: u16 = 12;
/// Longest name, role or ward that is kept and shown, in characters.
pub const LABEL_LIMIT: usize = 120;

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

/// The person as shown. The name is never empty, and holds nothing that is not seen.
#[must_use]
pub fn person(known: Known<'_>) -> Person {
    let line = |text: &str| label(text, LABEL_LIMIT);
    let name = known.name.and_then(line).unwrap_or_else(|| local_part(known.address));
    Person {
        avatar: avatar(known.address, &name, known.picture),
        name,
        role: known.role.and_then(line),
        ward: known.ward.and_then(line),
        resembles: None,
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

/// The part before the `@` as people read it, or all of it where there is none.
#[must_use]
pub fn local_part(address: &str) -> String {
    let local = shown_local(address);
    label(&local, LABEL_LIMIT).unwrap_or(local)
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

    fn named(address: &str, name: &str) -> String {
        let known = Known {
            address,
            name: Some(name),
            ..Known::default()
        };
        person(known).name
    }

    #[test]
    fn a_nameless_person_is_called_by_the_address() {
        for blank in [" ", "\u{202e}", "\u{3164}\u{200b}"] {
            assert_eq!(named("asha@ward.example", blank), "asha");
        }
        assert_eq!(named(r"o\27brien@ward.example", ""), "o'brien");
    }

    #[test]
    fn a_name_holds_nothing_that_is_not_seen() {
        assert_eq!(
            named("a@ward.example", "\u{202e}Ana\u{200b} Sil\u{2066}va"),
            "Ana Silva"
        );
        let known = Known {
            address: "a@ward.example",
            role: Some("\u{202e}Nurse"),
            ward: Some("\u{200b}"),
            ..Known::default()
        };
        let shown = person(known);
        assert_eq!((shown.role.as_deref(), shown.ward), (Some("Nurse"), None));
    }

    #[test]
    fn the_colour_is_that_of_the_published_examples() {
        // XEP-0392 section 13.2: "Romeo" has hue 327.25°, "juliet@capulet.lit" 209.41°.
        assert_eq!(colour("Romeo"), (327.25_f32 / 360.0 * 12.0) as u8);
        assert_eq!(colour("juliet@capulet.lit"), (209.41_f32 / 360.0 * 12.0) as u8);
    }
}
