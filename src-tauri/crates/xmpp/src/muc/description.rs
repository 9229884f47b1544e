//! A room's name and description by its own answer to service discovery (XEP-0045 section 6.4).
//!
//! Read by hand: `xmpp_parsers::disco` refuses the whole answer for one form that it cannot read.

use xmpp_parsers::jid::BareJid;
use xmpp_parsers::minidom::Element;

use crate::form::Form;
use crate::ns;

/// Most characters of a room's name or description that are kept.
const MOST_CHARACTERS: usize = 1_000;

/// The name and purpose of a room.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct RoomDescription {
    /// Its name.
    pub name: Option<String>,
    /// Its description.
    pub description: Option<String>,
    /// Whether the address says that it is a room.
    pub kind: AddressKind,
}

/// The kind of an address, by its own answer (XEP-0030).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AddressKind {
    /// A room.
    Room,
    /// Something else, or not known.
    #[default]
    Other,
}

/// A name or a description as it is kept.
pub(super) fn shortened(text: &str) -> String {
    text.chars().take(MOST_CHARACTERS).collect()
}

/// Reads a room's answer to service discovery (XEP-0045 section 6.4). MongooseIM and ejabberd give a room without a
/// name its local part, which is no name.
pub(crate) fn read_description(info: &Element, room: &BareJid) -> RoomDescription {
    let identities = || info.children().filter(|e| e.is("identity", ns::DISCO_INFO));
    let is_local_part = |name: &&str| room.node().is_some_and(|node| node.as_str().eq_ignore_ascii_case(name));
    let name = identities()
        .find_map(|e| e.attr("name"))
        .filter(|name| !is_local_part(name));
    let told = info
        .children()
        .filter(|child| child.is("x", ns::DATA_FORMS))
        .filter_map(|form| Form::try_from(form.clone()).ok())
        .find_map(|form| form.answer("muc#roominfo_description").map(shortened));
    RoomDescription {
        name: name.map(shortened).filter(|name| !name.is_empty()),
        description: told.filter(|text| !text.is_empty()),
        kind: match identities().any(|e| e.attr("category") == Some("conference")) {
            true => AddressKind::Room,
            false => AddressKind::Other,
        },
    }
}

crate::redact::redacted_debug!(RoomDescription);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_says_what_it_is_called_and_what_it_is_for() {
        let info: Element = "<query xmlns='http://jabber.org/protocol/disco#info'>\
            <identity category='conference' type='text' name='Ward 7'/><x xmlns='jabber:x:data' type='result'>\
            <field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/muc#roominfo</value></field>\
            <field var='muc#roominfo_description'><value>Handover</value></field></x></query>"
            .parse()
            .unwrap();
        let about = read_description(&info, &"ward@rooms.example".parse().unwrap());
        assert_eq!(about.name.as_deref(), Some("Ward 7"));
        assert_eq!(about.description.as_deref(), Some("Handover"));
        assert_eq!(about.kind, AddressKind::Room);
    }

    #[test]
    fn the_local_part_of_a_room_is_no_name() {
        let info: Element = "<query xmlns='http://jabber.org/protocol/disco#info'>\
            <identity category='conference' type='text' name='round-7'/></query>"
            .parse()
            .unwrap();
        let about = read_description(&info, &"round-7@rooms.example".parse().unwrap());
        assert_eq!(about.name, None);
    }
}
