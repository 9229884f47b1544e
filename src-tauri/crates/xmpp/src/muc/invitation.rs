//! Invitations into rooms: directly (XEP-0249), or through the room (XEP-0045 section 7.8.2).

use xmpp_parsers::jid::{BareJid, Jid};
use xmpp_parsers::message::{Message, MessageType};
use xmpp_parsers::minidom::Element;
use xso::{AsXml, FromXml};

use crate::features::{ChatService, ChatServiceKind};
use crate::message::Stanza;
use crate::ns;
use crate::xml::{Build, element};

/// Most characters of a reason that are read.
const MOST_CHARACTERS: usize = 1_000;

/// An invitation into a room.
#[derive(Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The room.
    pub room: BareJid,
    /// Who asks. Whom a room names that is not on a service of the own server, nobody has checked: then it is the host
    /// that the room is on.
    pub by: BareJid,
    /// The reason given with it.
    pub reason: Option<String>,
}

/// `<x/>` of XEP-0249. What it says of passwords and threads beside this is not used.
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::DIRECT_INVITATION, name = "x", on_unknown_attribute = Discard, on_unknown_child = Discard)]
struct Direct {
    #[xml(attribute)]
    jid: BareJid,
    #[xml(attribute(default))]
    reason: Option<String>,
}

/// `<invite/>` of XEP-0045 section 7.8.2, as the room passes it on.
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::MUC_USER, name = "invite", on_unknown_attribute = Discard, on_unknown_child = Discard)]
struct Mediated {
    #[xml(attribute)]
    from: Jid,
    #[xml(extract(default, fields(text(type_ = String))))]
    reason: Option<String>,
}

fn reason(text: Option<String>) -> Option<String> {
    text.map(|text| text.chars().take(MOST_CHARACTERS).collect::<String>())
        .filter(|text| !text.is_empty())
}

/// Reads `<x xmlns='jabber:x:conference'/>` in a message of somebody's.
pub(crate) fn direct(x: &Element, from: &Jid) -> Option<Invitation> {
    let direct = Direct::try_from(x.clone()).ok()?;
    Some(Invitation {
        room: direct.jid,
        by: from.to_bare(),
        reason: reason(direct.reason),
    })
}

/// Reads the children of `<x xmlns='…muc#user'/>` in a message from a room.
pub(crate) fn mediated(content: &[Element], from: &Jid) -> Option<Invitation> {
    let invite = content.iter().find(|child| child.is("invite", ns::MUC_USER))?;
    let invite = Mediated::try_from(invite.clone()).ok()?;
    Some(Invitation {
        room: from.to_bare(),
        by: invite.from.into_bare(),
        reason: reason(invite.reason),
    })
}

/// The invitation that a message is, of what stands in it: `direct` in its sender's name, `mediated` in the name of
/// somebody whom a room has heard. Rooms write both forms beside each other. Whom rooms of foreign hosts name is theirs
/// to make up.
pub(crate) fn asked(
    direct: Option<Invitation>,
    mediated: Option<Invitation>,
    from: &Jid,
    services: &[ChatService],
) -> Option<Invitation> {
    let is_own = |room: &BareJid| {
        let mut rooms = services.iter().filter(|service| service.kind == ChatServiceKind::Muc);
        rooms.any(|service| service.jid.domain() == room.domain())
    };
    match (direct, mediated) {
        // Rooms that hide addresses name an occupant, by the room's own address.
        (_, Some(mediated)) if from.is_bare() && from.node().is_some() => Some(match is_own(&mediated.room) {
            true if mediated.by != mediated.room => mediated,
            _ => Invitation {
                by: BareJid::from_parts(None, mediated.room.domain()),
                ..mediated
            },
        }),
        (direct, _) => direct.filter(|direct| direct.by != direct.room && direct.by.node().is_some()),
    }
}

/// Asks a person into a room, who gets it whether or not they are there. `thread`: none of the room's words.
#[must_use]
pub fn invite(person: BareJid, room: &BareJid, reason: Option<&str>) -> Stanza {
    let x = Direct {
        jid: room.clone(),
        reason: reason.map(str::to_owned),
    };
    let mut message = Message::new_with_type(MessageType::Normal, Jid::from(person));
    message.payloads = vec![x.into(), element("store", ns::HINTS)];
    Stanza::from(message)
}

/// Declines an invitation through the room.
#[must_use]
pub fn decline(room: BareJid, to: &BareJid) -> Stanza {
    let decline = element("decline", ns::MUC_USER).with_attr("to", to.as_str());
    let mut message = Message::new_with_type(MessageType::Normal, Jid::from(room));
    message.payloads = vec![element("x", ns::MUC_USER).with_child(decline)];
    Stanza::from(message)
}

crate::redact::redacted_debug!(Invitation);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_kinds_of_invitation_are_read() {
        let room = BareJid::new("ward@rooms.example").unwrap();
        let bob = BareJid::new("bob@ward.example").unwrap();
        let asked = Invitation {
            room: room.clone(),
            by: bob.clone(),
            reason: Some("Join us".into()),
        };
        let sent = invite(BareJid::new("alice@ward.example").unwrap(), &room, Some("Join us"));
        let x = sent.element().get_child("x", ns::DIRECT_INVITATION).unwrap();
        let from = Jid::new("bob@ward.example/desk").unwrap();
        assert!(direct(x, &from) == Some(asked.clone()));
        let x: Element = "<x xmlns='http://jabber.org/protocol/muc#user'><invite from='bob@ward.example/desk'>\
            <reason>Join us</reason></invite></x>"
            .parse()
            .unwrap();
        let content: Vec<Element> = x.children().cloned().collect();
        assert!(mediated(&content, &Jid::from(room)) == Some(asked));
    }

    #[test]
    fn an_invitation_to_nowhere_is_none() {
        let from = Jid::new("bob@ward.example/desk").unwrap();
        let x: Element = "<x xmlns='jabber:x:conference' jid='@'/>".parse().unwrap();
        assert!(direct(&x, &from).is_none());
        assert!(mediated(&[], &from).is_none());
    }
}
