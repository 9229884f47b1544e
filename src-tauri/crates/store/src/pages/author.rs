//! Whose a message is, as far as its ids depend on that.

use crate::messages::NewMessage;
use crate::{Address, Text};

/// How somebody is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KnownBy {
    /// By their bare address.
    Address,
    /// By the id that a room has given them (XEP-0421), written behind the room's address and a question mark.
    OccupantId,
    /// By an occupant's address in a room: a name, which may pass to somebody else.
    Name,
}

impl KnownBy {
    fn of(address: &Address) -> Self {
        // A local part may have a question mark in it, a domain has none.
        let domain = address.as_str().split_once('@').map_or("", |(_, domain)| domain);
        match domain.find(['?', '/']).and_then(|at| domain.as_bytes().get(at)) {
            Some(b'?') => Self::OccupantId,
            Some(_) => Self::Name,
            None => Self::Address,
        }
    }
}

/// Whose a message is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Author<'a> {
    pub(super) address: &'a Address,
    pub(super) nick: Option<&'a Text>,
}

impl<'a> Author<'a> {
    pub(super) fn of(message: &'a NewMessage) -> Self {
        Self {
            address: &message.sender_address,
            nick: message.sender_nick.as_ref(),
        }
    }

    /// Whether both may be one person. Names decide where the two are not known in the same way.
    pub(super) fn may_be(self, other: Self) -> bool {
        let are_known_alike = KnownBy::of(self.address) == KnownBy::of(other.address);
        let have_one_name = self.nick.zip(other.nick).is_none_or(|(one, another)| one == another);
        self.address == other.address || !are_known_alike && have_one_name
    }
}

/// Whether an id is unique to no more than a name.
pub(super) fn is_name(owner: &Address) -> bool {
    KnownBy::of(owner) == KnownBy::Name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may_be(one: (&str, Option<&str>), other: (&str, Option<&str>)) -> bool {
        let addresses = [Address::from(one.0), Address::from(other.0)];
        let nicks = [one.1.map(Text::from), other.1.map(Text::from)];
        let author = |at: usize| Author {
            address: &addresses[at],
            nick: nicks[at].as_ref(),
        };
        author(0).may_be(author(1))
    }

    #[test]
    fn whoever_is_known_by_a_name_may_be_anybody_of_that_name() {
        let (ana, mallory) = ("ana@ward.example", "mallory@ward.example");
        let name = "icu@rooms.example/Ana";
        assert!(may_be((ana, Some("Ana")), (name, Some("Ana"))));
        assert!(!may_be(
            (ana, Some("Ana")),
            ("icu@rooms.example/Mallory", Some("Mallory"))
        ));
        assert!(
            !may_be((ana, Some("Ana")), (mallory, Some("Ana"))),
            "two people under one name"
        );
        assert!(may_be((ana, Some("Ana")), ("icu@rooms.example?7/f", Some("Ana"))));
        assert!(!may_be(
            ("icu@rooms.example?7/f", Some("Ana")),
            ("icu@rooms.example?80", Some("Ana"))
        ));
        assert!(!may_be((name, Some("Ana")), ("icu@rooms.example/Bob", Some("Bob"))));
        assert!(may_be((ana, None), (name, Some("Ana"))), "an echo has no name yet");
    }

    #[test]
    fn a_question_mark_in_a_local_part_or_a_name_means_nothing() {
        assert_eq!(KnownBy::of(&"wh?at@ward.example".into()), KnownBy::Address);
        assert_eq!(KnownBy::of(&"wh?at@rooms.example/An?a".into()), KnownBy::Name);
        assert_eq!(KnownBy::of(&"icu@rooms.example?a/b@c".into()), KnownBy::OccupantId);
        assert_eq!(KnownBy::of(&"ward.example".into()), KnownBy::Address);
    }
}
