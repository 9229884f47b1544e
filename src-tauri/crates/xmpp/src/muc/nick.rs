//! Names in rooms. A room gives each name to one person, some (MongooseIM) to one device of theirs: whoever comes
//! second takes the name with a number in brackets behind it.

/// A name beside `nick`, which somebody else has.
#[must_use]
pub fn nick_beside(nick: &str, number: u16) -> String {
    format!("{} ({number:04x})", plain(nick))
}

/// Whether two names may be those of one person's devices.
#[must_use]
pub fn are_nicks_alike(one: &str, other: &str) -> bool {
    plain(one) == plain(other)
}

/// A name without the number behind it.
fn plain(nick: &str) -> &str {
    match nick.strip_suffix(')').and_then(|open| open.rsplit_once(" (")) {
        Some((name, number)) if number.len() == 4 && number.bytes().all(|byte| byte.is_ascii_hexdigit()) => name,
        _ => nick,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_name_is_ones_own_with_a_number_behind_it_and_never_with_two() {
        assert_eq!(nick_beside("Inês O'Neill", 0xc80a), "Inês O'Neill (c80a)");
        assert_eq!(nick_beside("Inês O'Neill (c80a)", 7), "Inês O'Neill (0007)");
        assert_eq!(nick_beside("Emil (ICU)", 7), "Emil (ICU) (0007)");
    }

    #[test]
    fn names_are_alike_but_for_the_number() {
        assert!(are_nicks_alike("bob", "bob (c80a)") && are_nicks_alike("bob (0001)", "bob (c80a)"));
        assert!(!are_nicks_alike("bob", "bob (ICU)") && !are_nicks_alike("bob", "rob (c80a)"));
    }
}
