//! What somebody says they have changed about a room, in a message without text, one thing in each; Wardline's own
//! (`urn:wardline:team:0`). A room after XEP-0045 tells those inside who belongs to it, and keeps nothing of that:
//! whoever comes later finds no word of it in the archive.

use xmpp_parsers::jid::BareJid;
use xso::{AsXml, FromXml};

use crate::ns;
use crate::presence::Affiliation;

/// Most people that one message names: a stanza has a largest size.
pub const MOST_ANNOUNCED: usize = 200;
/// Most characters of a name or purpose that are read.
const MOST_CHARACTERS: usize = 1_000;

/// Something that somebody has changed about a room, or says so.
#[derive(Clone, PartialEq, Eq, FromXml, AsXml)]
#[xml(namespace = ns::TEAM)]
pub enum Announced {
    /// They have made it.
    #[xml(name = "created")]
    Made {
        /// With these in it.
        #[xml(extract(n = .., name = "person", fields(attribute(name = "jid", type_ = BareJid))))]
        with: Vec<BareJid>,
    },
    /// They have taken people in.
    #[xml(name = "added")]
    Added {
        /// Whom. (Each list has a name of its own: the derived parsers of one enum share theirs.)
        #[xml(extract(n = .., name = "person", fields(attribute(name = "jid", type_ = BareJid))))]
        newcomers: Vec<BareJid>,
    },
    /// They have taken people out.
    #[xml(name = "removed")]
    Removed {
        /// Whom.
        #[xml(extract(n = .., name = "person", fields(attribute(name = "jid", type_ = BareJid))))]
        people: Vec<BareJid>,
    },
    /// They have made somebody else its owner.
    #[xml(name = "owner")]
    HandedOver {
        /// Whom.
        #[xml(attribute(name = "jid"))]
        to: BareJid,
    },
    /// They have come in by themselves.
    #[xml(name = "joined")]
    Joined,
    /// They leave it.
    #[xml(name = "left")]
    Left,
    /// They have given it another name.
    #[xml(name = "name")]
    Renamed {
        /// Which.
        #[xml(text)]
        name: String,
    },
    /// They have given it another purpose.
    #[xml(name = "purpose")]
    Purpose {
        /// Which; empty: none any more.
        #[xml(text)]
        text: String,
    },
}

impl Announced {
    /// Whether somebody with this relation to the room can have done it (XEP-0045 section 5.2); `None`: the room does
    /// not say what they were to it when they said so, as archives of some servers.
    pub(crate) fn is_credible(&self, affiliation: Option<Affiliation>) -> bool {
        match affiliation {
            None | Some(Affiliation::Owner | Affiliation::Admin) => true,
            Some(Affiliation::Member | Affiliation::None | Affiliation::Outcast) => {
                matches!(self, Self::Joined | Self::Left)
            }
        }
    }

    /// Whether it says anything that can be shown.
    pub(crate) fn is_sensible(&self) -> bool {
        let is_short = |text: &str| text.chars().nth(MOST_CHARACTERS).is_none();
        match self {
            Self::Made { with } => with.len() <= MOST_ANNOUNCED,
            Self::Added { newcomers: people } | Self::Removed { people } => {
                !people.is_empty() && people.len() <= MOST_ANNOUNCED
            }
            Self::HandedOver { .. } | Self::Joined | Self::Left => true,
            Self::Renamed { name } => !name.trim().is_empty() && is_short(name),
            Self::Purpose { text } => is_short(text),
        }
    }
}

crate::redact::redacted_debug!(Announced);

#[cfg(test)]
mod tests {
    use xmpp_parsers::minidom::Element;

    use super::*;
    use crate::message::announcement;

    fn jid(jid: &str) -> BareJid {
        jid.parse().unwrap()
    }

    fn all() -> Vec<Announced> {
        let bob = jid("bob@ward.example");
        vec![
            Announced::Made {
                with: vec![bob.clone(), jid("carol@ward.example")],
            },
            Announced::Made { with: Vec::new() },
            Announced::Added {
                newcomers: vec![bob.clone()],
            },
            Announced::Removed {
                people: vec![bob.clone()],
            },
            Announced::HandedOver { to: bob },
            Announced::Joined,
            Announced::Left,
            Announced::Renamed {
                name: "Take <A&E>".to_owned(),
            },
            Announced::Purpose { text: String::new() },
        ]
    }

    #[test]
    fn what_is_told_is_read_again_and_asks_to_be_kept() {
        for change in all() {
            let told = announcement(jid("ward@rooms.example"), change.clone());
            let message = told.element();
            assert_eq!(message.attr("type"), Some("groupchat"));
            assert!(message.has_child("store", ns::HINTS));
            assert!(!message.has_child("body", ns::JABBER_CLIENT));
            let payload = message.children().find(|child| child.has_ns(ns::TEAM)).unwrap();
            let read = Announced::try_from(payload.clone()).unwrap();
            assert!(read.is_sensible() && read == change);
        }
    }

    #[test]
    fn what_makes_no_sense_is_nothing() {
        let read = |payload: &str| {
            let payload = payload.replacen('>', " xmlns='urn:wardline:team:0'>", 1);
            let payload: Element = payload.parse().unwrap();
            Announced::try_from(payload).ok().filter(Announced::is_sensible)
        };
        assert!(read("<left></left>") == Some(Announced::Left));
        let person = "<person jid='bob@ward.example'/>";
        for odd in [
            "<added></added>",
            "<added><person jid='@@'/></added>",
            "<owner></owner>",
            "<name> </name>",
            "<dissolved></dissolved>",
            &format!("<removed>{}</removed>", person.repeat(MOST_ANNOUNCED + 1)),
            &format!("<purpose>{}</purpose>", "x".repeat(MOST_CHARACTERS + 1)),
        ] {
            assert!(read(odd).is_none(), "{odd}");
        }
    }

    #[test]
    fn whoever_may_not_change_a_room_can_only_have_come_and_gone() {
        for change in all() {
            assert!(change.is_credible(Some(Affiliation::Owner)) && change.is_credible(Some(Affiliation::Admin)));
            for affiliation in [Affiliation::Member, Affiliation::None, Affiliation::Outcast] {
                let is_own = matches!(change, Announced::Joined | Announced::Left);
                assert_eq!(change.is_credible(Some(affiliation)), is_own);
            }
        }
    }
}
