//! Elements of MUC Light.

use std::borrow::Cow;

use xmpp_parsers::jid::{BareJid, Jid};
use xmpp_parsers::minidom::Element;
use xmpp_parsers::rsm::{SetQuery, SetResult};
use xso::error::Error;
use xso::{AsXml, AsXmlText, FromXml, FromXmlText};

use super::room::{Affiliation, Invitations, Occupant, Version};
use crate::ns;

/// `<query/>` that makes a room.
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::MUC_LIGHT_CREATE, name = "query")]
pub(super) struct Create {
    #[xml(child)]
    pub(super) configuration: CreateConfiguration,
    #[xml(child(default))]
    pub(super) occupants: Option<CreateOccupants>,
}

#[derive(FromXml, AsXml)]
#[xml(namespace = ns::MUC_LIGHT_CREATE, name = "configuration")]
pub(super) struct CreateConfiguration {
    #[xml(element(n = ..))]
    pub(super) fields: Vec<Element>,
}

#[derive(FromXml, AsXml)]
#[xml(namespace = ns::MUC_LIGHT_CREATE, name = "occupants")]
pub(super) struct CreateOccupants {
    #[xml(extract(n = .., name = "user", fields(attribute(name = "affiliation", type_ = Affiliation), text(type_ = BareJid))))]
    pub(super) users: Vec<(Affiliation, BareJid)>,
}

/// `<query/>` about name and subject: a question, a change, or the answer.
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::MUC_LIGHT_CONFIGURATION, name = "query")]
pub(super) struct ConfigurationQuery {
    #[xml(extract(default, fields(text(type_ = String))))]
    pub(super) version: Option<String>,
    #[xml(element(n = ..))]
    pub(super) fields: Vec<Element>,
}

/// `<query/>` about who is in a room: a question, a change, or the answer.
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::MUC_LIGHT_AFFILIATIONS, name = "query")]
pub(super) struct AffiliationsQuery {
    #[xml(extract(default, fields(text(type_ = String))))]
    pub(super) version: Option<String>,
    #[xml(extract(n = .., name = "user", fields(attribute(name = "affiliation", type_ = Affiliation), text(type_ = BareJid))))]
    pub(super) users: Vec<(Affiliation, BareJid)>,
}

/// `<query/>` about both at once: a question, or the answer.
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::MUC_LIGHT_INFO, name = "query")]
pub(super) struct InfoQuery {
    #[xml(extract(default, fields(text(type_ = String))))]
    pub(super) version: Option<String>,
    #[xml(child(default))]
    pub(super) configuration: Option<InfoConfiguration>,
    #[xml(child(default))]
    pub(super) occupants: Option<InfoOccupants>,
}

#[derive(FromXml, AsXml)]
#[xml(namespace = ns::MUC_LIGHT_INFO, name = "configuration")]
pub(super) struct InfoConfiguration {
    #[xml(element(n = ..))]
    pub(super) fields: Vec<Element>,
}

#[derive(FromXml, AsXml)]
#[xml(namespace = ns::MUC_LIGHT_INFO, name = "occupants")]
pub(super) struct InfoOccupants {
    #[xml(extract(n = .., name = "user", fields(attribute(name = "affiliation", type_ = Affiliation), text(type_ = BareJid))))]
    pub(super) users: Vec<(Affiliation, BareJid)>,
}

/// `<query/>` that ends a room.
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::MUC_LIGHT_DESTROY, name = "query")]
pub(super) struct Destroy;

/// `<query/>` about whose invitations are refused: a question, a change, or the answer.
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::MUC_LIGHT_BLOCKING, name = "query")]
pub(super) struct Blocking {
    #[xml(child(n = ..))]
    pub(super) rules: Vec<BlockingRule>,
}

/// A rule.
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::MUC_LIGHT_BLOCKING)]
pub(super) enum BlockingRule {
    #[xml(name = "user")]
    User {
        #[xml(attribute)]
        action: Invitations,
        #[xml(text)]
        jid: BareJid,
    },
    #[xml(name = "room")]
    Room {
        #[xml(attribute)]
        action: Invitations,
        #[xml(text)]
        jid: BareJid,
    },
}

/// `<x/>` in a message of the room's own.
#[derive(FromXml, AsXml)]
#[xml()]
pub(super) enum System {
    #[xml(transparent)]
    Affiliations(AffiliationsChanged),
    #[xml(transparent)]
    Configuration(ConfigurationChanged),
    #[xml(namespace = ns::MUC_LIGHT_DESTROY, name = "x")]
    Destroyed,
}

#[derive(FromXml, AsXml)]
#[xml(namespace = ns::MUC_LIGHT_AFFILIATIONS, name = "x")]
pub(super) struct AffiliationsChanged {
    #[xml(extract(default, name = "prev-version", fields(text(type_ = String))))]
    pub(super) previous: Option<String>,
    #[xml(extract(default, fields(text(type_ = String))))]
    pub(super) version: Option<String>,
    #[xml(extract(n = .., name = "user", fields(attribute(name = "affiliation", type_ = Affiliation), text(type_ = BareJid))))]
    pub(super) users: Vec<(Affiliation, BareJid)>,
}

#[derive(FromXml, AsXml)]
#[xml(namespace = ns::MUC_LIGHT_CONFIGURATION, name = "x")]
pub(super) struct ConfigurationChanged {
    #[xml(extract(default, name = "prev-version", fields(text(type_ = String))))]
    pub(super) previous: Option<String>,
    #[xml(extract(default, fields(text(type_ = String))))]
    pub(super) version: Option<String>,
    #[xml(element(n = ..))]
    pub(super) fields: Vec<Element>,
}

/// `<query/>` of XEP-0030 for the own rooms of a service, and the answer.
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::DISCO_ITEMS, name = "query")]
pub(super) struct RoomsQuery {
    #[xml(child(default))]
    pub(super) set: Option<SetQuery>,
}

/// The answer to [`RoomsQuery`].
#[derive(FromXml, AsXml)]
#[xml(namespace = ns::DISCO_ITEMS, name = "query")]
pub(super) struct Rooms {
    #[xml(child(default))]
    pub(super) set: Option<SetResult>,
    #[xml(child(n = ..))]
    pub(super) items: Vec<RoomItem>,
}

#[derive(FromXml, AsXml)]
#[xml(namespace = ns::DISCO_ITEMS, name = "item")]
pub(super) struct RoomItem {
    #[xml(attribute)]
    pub(super) jid: Jid,
    #[xml(attribute(default))]
    pub(super) name: Option<String>,
    #[xml(attribute(default))]
    pub(super) version: Option<String>,
}

impl FromXmlText for Affiliation {
    fn from_xml_text(text: String) -> Result<Self, Error> {
        match text.as_str() {
            "owner" => Ok(Self::Owner),
            "member" => Ok(Self::Member),
            "none" => Ok(Self::None),
            _ => Err(Error::Other("unknown affiliation")),
        }
    }
}

impl AsXmlText for Affiliation {
    fn as_xml_text(&self) -> Result<Cow<'_, str>, Error> {
        Ok(Cow::Borrowed(match self {
            Self::Owner => "owner",
            Self::Member => "member",
            Self::None => "none",
        }))
    }
}

impl FromXmlText for Invitations {
    fn from_xml_text(text: String) -> Result<Self, Error> {
        match text.as_str() {
            "allow" => Ok(Self::Accepted),
            "deny" => Ok(Self::Refused),
            _ => Err(Error::Other("unknown action")),
        }
    }
}

impl AsXmlText for Invitations {
    fn as_xml_text(&self) -> Result<Cow<'_, str>, Error> {
        Ok(Cow::Borrowed(match self {
            Self::Accepted => "allow",
            Self::Refused => "deny",
        }))
    }
}

/// Occupants as pairs for the wire.
pub(super) fn users(occupants: &[Occupant]) -> Vec<(Affiliation, BareJid)> {
    occupants
        .iter()
        .map(|occupant| (occupant.affiliation, occupant.jid.clone()))
        .collect()
}

/// The version of a request: the stored one; an empty one asks for everything.
pub(super) fn held(version: Option<&Version>) -> Option<String> {
    Some(version.map(|version| version.as_str().to_owned()).unwrap_or_default())
}
