//! Personal cards (XEP-0054) with portraits.

use std::io;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use xmpp_parsers::minidom::Element;

use super::portrait;
use super::staff::Person;
use super::teams::Team;
use crate::servers::escaped;

/// A member of staff's card: name, role, ward, portrait.
pub(super) fn of_person(person: &Person) -> io::Result<Element> {
    let (given, family) = person.full_name.rsplit_once(' ').unwrap_or((&person.full_name, ""));
    parse(format!(
        "<vCard xmlns='vcard-temp'><FN>{full}</FN><N><FAMILY>{family}</FAMILY><GIVEN>{given}</GIVEN></N>\
         <TITLE>{role}</TITLE><ROLE>{role}</ROLE>\
         <ORG><ORGNAME>Northgate General Hospital</ORGNAME><ORGUNIT>{ward}</ORGUNIT></ORG>{photo}</vCard>",
        full = escaped(&person.full_name),
        family = escaped(family),
        given = escaped(given),
        role = escaped(&person.role),
        ward = escaped(&person.ward),
        photo = photo(&portrait::person(&person.look)?),
    ))
}

/// A team's card: name and picture.
pub(super) fn of_team(team: &Team) -> io::Result<Element> {
    let (name, photo) = (escaped(&team.name), photo(&portrait::team(team.emblem)?));
    parse(format!("<vCard xmlns='vcard-temp'><FN>{name}</FN>{photo}</vCard>"))
}

fn photo(png: &[u8]) -> String {
    format!(
        "<PHOTO><TYPE>image/png</TYPE><BINVAL>{}</BINVAL></PHOTO>",
        STANDARD.encode(png)
    )
}

fn parse(text: String) -> io::Result<Element> {
    text.parse().map_err(io::Error::other)
}
