//! Presence of people and of rooms (RFC 6121 section 4, XEP-0045, XEP-0153).
//!
//! By hand: `xmpp_parsers::presence` refuses a presence for an unknown `<show/>` or a malformed priority, and then
//! somebody would stay online who has left.

use std::borrow::Cow;
use std::collections::HashSet;

use xmpp_parsers::jid::{BareJid, Jid};
use xmpp_parsers::minidom::Element;
use xso::AsXmlText;
use xso::error::Error;

use crate::message::Sole;
use crate::message::Stanza;
use crate::ns;
use crate::session::{StanzaCondition, condition_of};
use crate::xml::{Build, element};

/// Longest occupant id that is read, in bytes (XEP-0421 section 3.2).
pub(crate) const LONGEST_OCCUPANT_ID: usize = 128;

/// Whether somebody can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Availability {
    /// Connected.
    Available,
    /// Connected and eager to talk.
    FreeToChat,
    /// Connected and away.
    Away,
    /// Connected and away for long.
    ExtendedAway,
    /// Connected and asks not to be disturbed.
    DoNotDisturb,
    /// Not connected (any more).
    Unavailable,
    /// The presence bounced.
    Error(StanzaCondition),
}

/// The picture in the sender's vCard, by a presence (XEP-0153).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AvatarHint {
    /// Nothing.
    Silent,
    /// There is none.
    NoPicture,
    /// SHA-1 of the picture, 40 lower-case hexadecimal digits.
    Sha1(String),
}

/// A request about subscriptions (RFC 6121 section 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SubscriptionRequest {
    /// Asks to see our presence.
    Subscribe,
    /// Lets us see theirs.
    Subscribed,
    /// Does not want to see ours any more.
    Unsubscribe,
    /// Does not let us see theirs (any more).
    Unsubscribed,
}

/// A presence that asks for, gives, refuses or gives up a subscription (RFC 6121 section 3).
#[must_use]
pub fn subscription(to: &BareJid, request: SubscriptionRequest) -> Stanza {
    let kind = match request {
        SubscriptionRequest::Subscribe => "subscribe",
        SubscriptionRequest::Subscribed => "subscribed",
        SubscriptionRequest::Unsubscribe => "unsubscribe",
        SubscriptionRequest::Unsubscribed => "unsubscribed",
    };
    let presence = element("presence", ns::JABBER_CLIENT)
        .with_attr("type", kind)
        .with_attr("to", to.as_str());
    Stanza::from(presence)
}

/// The kind of a presence.
#[derive(Clone, PartialEq, Eq)]
pub enum PresenceKind {
    /// Somebody's availability.
    Person(Availability),
    /// A request about subscriptions.
    Subscription(SubscriptionRequest),
    /// An occupant of a room.
    Occupant(Occupant),
}

/// Relation of an occupant to a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Affiliation {
    /// Owner.
    Owner,
    /// Administrator.
    Admin,
    /// Member.
    Member,
    /// None.
    None,
    /// Banned.
    Outcast,
}

impl Affiliation {
    /// The affiliation in an `<item/>` (XEP-0045).
    pub(crate) fn of(item: &Element) -> Option<Self> {
        match item.attr("affiliation")? {
            "owner" => Some(Self::Owner),
            "admin" => Some(Self::Admin),
            "member" => Some(Self::Member),
            "outcast" => Some(Self::Outcast),
            "none" => Some(Self::None),
            _ => None,
        }
    }
}

impl AsXmlText for Affiliation {
    fn as_xml_text(&self) -> Result<Cow<'_, str>, Error> {
        Ok(Cow::Borrowed(match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Member => "member",
            Self::None => "none",
            Self::Outcast => "outcast",
        }))
    }
}

/// The role of an occupant in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Moderate it, and see who everybody is.
    Moderator,
    /// Something less, or nothing is said.
    Other,
}

/// An occupant of a room.
#[derive(Clone, PartialEq, Eq)]
pub struct Occupant {
    /// The room.
    pub room: BareJid,
    /// Name in the room.
    pub nick: String,
    /// There, or gone.
    pub availability: Availability,
    /// Own presence or somebody else's.
    pub whose: Whose,
    /// Relation to the room, where given.
    pub affiliation: Option<Affiliation>,
    /// Their role.
    pub role: Role,
    /// Real address, where the room shows it.
    pub real_jid: Option<Jid>,
    /// The occupant id (XEP-0421), which outlasts a change of nickname. Opaque. A room without support relays the id
    /// that an occupant made up.
    pub occupant_id: Option<String>,
    /// New name, when `availability` is unavailable because of a change of name.
    pub new_nick: Option<String>,
    /// Status codes, such as 110 (own), 170 (logged), 201 (created), 301 (banned), 307 (kicked).
    pub codes: Vec<u16>,
    /// Whether there still is a room.
    pub existence: Existence,
}

/// Whether a room still exists (XEP-0045 section 10.9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Existence {
    /// The room has not said otherwise.
    Exists,
    /// Somebody has destroyed it.
    Destroyed,
}

/// The account's own or another occupant's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Whose {
    /// The account's own.
    Own,
    /// Another occupant's.
    Other,
}

/// A presence that arrived.
#[derive(Clone, PartialEq, Eq)]
pub struct PresenceUpdate {
    /// The sender: a full address for a device, a bare one for requests.
    pub from: Jid,
    /// The kind.
    pub kind: PresenceKind,
    /// Status text.
    pub status: Option<String>,
    /// The sender's picture.
    pub avatar: AvatarHint,
}

/// Reads a presence. `knows_room`: whether an address is that of a room we are in or join; `whose`: whose presence it
/// is, by nickname and status codes. `None`: malformed, or of a type that clients do not receive.
pub(crate) fn read(
    presence: &Element,
    own: &BareJid,
    knows_room: impl Fn(&BareJid) -> bool,
    whose: impl Fn(&BareJid, &str, &[u16]) -> Whose,
) -> Option<PresenceUpdate> {
    let from = match presence.attr("from") {
        Some(from) => Jid::new(from).ok()?,
        None => own.clone().into(),
    };
    let request = match presence.attr("type") {
        Some("subscribe") => Some(SubscriptionRequest::Subscribe),
        Some("subscribed") => Some(SubscriptionRequest::Subscribed),
        Some("unsubscribe") => Some(SubscriptionRequest::Unsubscribe),
        Some("unsubscribed") => Some(SubscriptionRequest::Unsubscribed),
        None | Some("unavailable" | "error") => None,
        Some(_) => return None,
    };
    let child = |name: &str| presence.get_child(name, ns::JABBER_CLIENT).map(Element::text);
    let availability = match presence.attr("type") {
        Some("unavailable") => Availability::Unavailable,
        Some("error") => Availability::Error(condition_of(presence)),
        _ => match child("show").as_deref().map(str::trim) {
            Some("away") => Availability::Away,
            Some("xa") => Availability::ExtendedAway,
            Some("dnd") => Availability::DoNotDisturb,
            Some("chat") => Availability::FreeToChat,
            _ => Availability::Available,
        },
    };
    let room = from.to_bare();
    let kind = match (request, from.resource()) {
        (Some(request), _) => PresenceKind::Subscription(request),
        (None, Some(nick)) if knows_room(&room) => PresenceKind::Occupant(Occupant {
            occupant_id: occupant_id(presence),
            ..occupant(room, nick.as_str(), availability, by_room(presence), whose)
        }),
        _ => PresenceKind::Person(availability),
    };
    Some(PresenceUpdate {
        from,
        kind,
        status: child("status").filter(|s| !s.is_empty()),
        avatar: avatar(presence),
    })
}

/// The room's element about an occupant. MongooseIM before 6.4 sends it in the namespace of a join. Rooms relay
/// elements that occupants put into their presence themselves, so several are ambiguous.
fn by_room(presence: &Element) -> Option<&Element> {
    let all = |namespace: &'static str| presence.children().filter(move |child| child.is("x", namespace));
    match all(ns::MUC_USER).collect() {
        Sole::One(x) => Some(x),
        Sole::Several => None,
        Sole::Absent => all(ns::MUC).collect::<Sole<_>>().get(),
    }
}

fn occupant(
    room: BareJid,
    nick: &str,
    availability: Availability,
    x: Option<&Element>,
    whose: impl Fn(&BareJid, &str, &[u16]) -> Whose,
) -> Occupant {
    let parts = || x.into_iter().flat_map(Element::children);
    let codes: Vec<u16> = parts()
        .filter(|e| e.name() == "status")
        .filter_map(|e| e.attr("code")?.parse().ok())
        .collect();
    // Prosody sends an item for each device of a person under the same nickname.
    let item = parts().find(|e| e.name() == "item");
    let addresses = parts().filter(|e| e.name() == "item").map(|item| item.attr("jid"));
    let addresses: HashSet<Option<BareJid>> = addresses.map(|jid| Some(Jid::new(jid?).ok()?.into_bare())).collect();
    Occupant {
        whose: whose(&room, nick, &codes),
        room,
        nick: nick.to_owned(),
        availability,
        affiliation: item.and_then(Affiliation::of),
        role: match item.and_then(|item| item.attr("role")) {
            Some("moderator") => Role::Moderator,
            _ => Role::Other,
        },
        real_jid: item
            .filter(|_| addresses.len() == 1)
            .and_then(|item| Jid::new(item.attr("jid")?).ok()),
        occupant_id: None,
        new_nick: item
            .filter(|_| codes.contains(&303))
            .and_then(|item| item.attr("nick"))
            .map(str::to_owned),
        codes,
        existence: match parts().any(|e| e.name() == "destroy") {
            true => Existence::Destroyed,
            false => Existence::Exists,
        },
    }
}

fn occupant_id(presence: &Element) -> Option<String> {
    let ids = presence.children().filter(|child| child.is("occupant-id", ns::OID));
    let id = ids.collect::<Sole<_>>().get()?.attr("id")?;
    (!id.is_empty() && id.len() <= LONGEST_OCCUPANT_ID).then(|| id.to_owned())
}

fn avatar(presence: &Element) -> AvatarHint {
    let Some(photo) = presence
        .get_child("x", ns::VCARD_UPDATE)
        .and_then(|x| x.get_child("photo", ns::VCARD_UPDATE))
    else {
        return AvatarHint::Silent;
    };
    let hash = photo.text().trim().to_ascii_lowercase();
    if hash.is_empty() {
        AvatarHint::NoPicture
    } else if hash.len() == 40 && hash.bytes().all(|b| b.is_ascii_hexdigit()) {
        AvatarHint::Sha1(hash)
    } else {
        AvatarHint::Silent
    }
}

crate::redact::redacted_debug!(PresenceKind, Occupant, PresenceUpdate);

#[cfg(test)]
mod tests {
    use super::*;

    fn read_one(text: &str) -> Option<PresenceUpdate> {
        let own = BareJid::new("alice@ward.example").unwrap();
        let whose = |_: &BareJid, nick: &str, codes: &[u16]| {
            if codes.contains(&110) || nick == "Alice" {
                Whose::Own
            } else {
                Whose::Other
            }
        };
        read(
            &text.parse().unwrap(),
            &own,
            |room| room.as_str() == "cardio@rooms.example",
            whose,
        )
    }

    #[test]
    fn availability_and_picture_of_a_person_are_read() {
        let hash = "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709";
        let update = read_one(&format!(
            "<presence xmlns='jabber:client' from='bob@ward.example/desk'><show>dnd</show><status>In theatre</status>\
             <x xmlns='vcard-temp:x:update'><photo>{hash}</photo></x></presence>"
        ))
        .unwrap();
        assert!(update.kind == PresenceKind::Person(Availability::DoNotDisturb));
        assert_eq!(update.avatar, AvatarHint::Sha1(hash.to_lowercase()));
        assert_eq!(update.status.as_deref(), Some("In theatre"));
    }

    #[test]
    fn a_hash_that_is_none_and_a_kind_that_is_none_are_ignored() {
        let odd = "<presence xmlns='jabber:client' from='b@c/d'><x xmlns='vcard-temp:x:update'><photo>../x</photo></x>\
                   </presence>";
        assert_eq!(read_one(odd).unwrap().avatar, AvatarHint::Silent);
        assert!(read_one("<presence xmlns='jabber:client' from='b@c' type='probe'/>").is_none());
        assert!(read_one("<presence xmlns='jabber:client' from='@'/>").is_none());
    }

    #[test]
    fn an_occupant_is_told_from_a_person_and_oneself_from_others() {
        let presence = |nick: &str, code: &str| {
            let text = format!(
                "<presence xmlns='jabber:client' from='cardio@rooms.example/{nick}'>\
                 <x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='member' jid='x@ward.example/1'/>{code}\
                 </x></presence>"
            );
            match read_one(&text).unwrap().kind {
                PresenceKind::Occupant(occupant) => occupant,
                _ => panic!(),
            }
        };
        assert_eq!(presence("Bob", "").whose, Whose::Other);
        assert_eq!(presence("Bob", "").affiliation, Some(Affiliation::Member));
        assert_eq!(presence("Bob", "<status code='110'/>").whose, Whose::Own);
        assert_eq!(presence("Alice", "").whose, Whose::Own);
    }

    fn item(namespace: &str, who: &str) -> String {
        format!("<x xmlns='{namespace}'><item affiliation='member' jid='{who}@ward.example/1'/></x>")
    }

    fn shown(content: &str) -> Option<String> {
        let text = format!("<presence xmlns='jabber:client' from='cardio@rooms.example/Bob'>{content}</presence>");
        match read_one(&text).unwrap().kind {
            PresenceKind::Occupant(occupant) => occupant.real_jid.map(|real| real.to_bare().to_string()),
            _ => panic!(),
        }
    }

    #[test]
    fn a_room_says_who_somebody_is_in_either_form_and_once() {
        let bob = Some("bob@ward.example".to_owned());
        assert_eq!(shown(&item(ns::MUC_USER, "bob")), bob);
        assert_eq!(shown(&item(ns::MUC, "bob")), bob, "MongooseIM before 6.4");
        let relayed = item(ns::MUC, "carol") + &item(ns::MUC_USER, "bob");
        assert_eq!(shown(&relayed), bob, "what somebody writes into their own presence");
        assert_eq!(shown(&(item(ns::MUC_USER, "carol") + &item(ns::MUC_USER, "bob"))), None);
        let items = |second: &str| {
            let first = "<item jid='bob@ward.example/1'/>";
            format!(
                "<x xmlns='{}'>{first}<item jid='{second}@ward.example/2'/></x>",
                ns::MUC_USER
            )
        };
        assert_eq!(shown(&items("bob")), bob, "two devices under one name");
        assert_eq!(shown(&items("carol")), None);
    }
}
