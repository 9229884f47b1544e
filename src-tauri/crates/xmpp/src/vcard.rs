//! Business cards (XEP-0054), for names, roles and pictures.
//!
//! Read by hand: people's apps repeat fields and leave others out, and a derived decoder would refuse the whole card
//! for that.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use xmpp_parsers::jid::BareJid;
use xmpp_parsers::minidom::Element;

use crate::ns;
use crate::session::{RequestError, RequestKind, Session, StanzaCondition};
use crate::xml::element;

/// The fields of a vCard that Wardline reads. Empty fields are `None`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct VCard {
    /// `FN`: full name.
    pub full_name: Option<String>,
    /// `NICKNAME`.
    pub nickname: Option<String>,
    /// `TITLE`: job title.
    pub title: Option<String>,
    /// `ROLE`.
    pub role: Option<String>,
    /// `ORG/ORGNAME`.
    pub organisation: Option<String>,
    /// `ORG/ORGUNIT`, such as ward or department, in order.
    pub units: Vec<String>,
    /// `PHOTO`.
    pub photo: Option<Photo>,
}

/// A picture inside a vCard.
#[derive(Clone, PartialEq, Eq)]
pub struct Photo {
    /// Media type as the card claims it. Code that draws the picture must not rely on it.
    pub media_type: Option<String>,
    /// The bytes.
    pub data: Vec<u8>,
}

impl Session {
    /// Somebody's (or a room's) business card. `None`: there is none.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn vcard(&self, of: BareJid) -> Result<Option<VCard>, RequestError> {
        // RFC 6120 section 8.1.2.1: a request for the own card has no address.
        let to = (of != *self.address()).then(|| of.into());
        match self.request(to, RequestKind::Get, element("vCard", ns::VCARD)).await {
            Ok(card) => Ok(card.filter(|card| card.is("vCard", ns::VCARD)).map(|card| read(&card))),
            Err(RequestError::Refused(StanzaCondition::ItemNotFound)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn read(card: &Element) -> VCard {
    let field = |parent: &Element, name: &str| {
        let text = parent.get_child(name, ns::VCARD)?.text();
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    let organisation = card.get_child("ORG", ns::VCARD);
    let units = organisation
        .into_iter()
        .flat_map(|org| org.children().filter(|e| e.is("ORGUNIT", ns::VCARD)));
    VCard {
        full_name: field(card, "FN"),
        nickname: field(card, "NICKNAME"),
        title: field(card, "TITLE"),
        role: field(card, "ROLE"),
        organisation: organisation.and_then(|org| field(org, "ORGNAME")),
        units: units
            .map(|unit| unit.text().trim().to_owned())
            .filter(|unit| !unit.is_empty())
            .collect(),
        photo: card.get_child("PHOTO", ns::VCARD).and_then(|photo| {
            let mut text = photo.get_child("BINVAL", ns::VCARD)?.text();
            text.retain(|c| !c.is_ascii_whitespace());
            let data = BASE64.decode(text).ok().filter(|data| !data.is_empty())?;
            Some(Photo {
                media_type: field(photo, "TYPE"),
                data,
            })
        }),
    }
}

crate::redact::redacted_debug!(VCard, Photo);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_read_and_what_makes_no_sense_is_left_out() {
        let card: Element = "<vCard xmlns='vcard-temp'><FN> Dr Ada Okafor </FN><TITLE/><ROLE>Registrar</ROLE>\
            <ORG><ORGNAME>St Elsewhere</ORGNAME><ORGUNIT>Cardiology</ORGUNIT><ORGUNIT>Ward 4</ORGUNIT></ORG>\
            <PHOTO><TYPE>image/png</TYPE><BINVAL>aGVs\n bG8=</BINVAL></PHOTO><FN>other</FN></vCard>"
            .parse()
            .unwrap();
        let read = read(&card);
        assert_eq!(read.full_name.as_deref(), Some("Dr Ada Okafor"));
        assert_eq!((read.title, read.role.as_deref()), (None, Some("Registrar")));
        assert_eq!(read.units, ["Cardiology", "Ward 4"]);
        assert_eq!(read.photo.unwrap().data, b"hello");
        let broken: Element = "<vCard xmlns='vcard-temp'><PHOTO><BINVAL>!!</BINVAL></PHOTO></vCard>"
            .parse()
            .unwrap();
        assert!(super::read(&broken) == VCard::default());
    }
}
