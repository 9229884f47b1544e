//! Room administration: description, affiliations, destruction (XEP-0045 sections 9 and 10).

use xmpp_parsers::jid::BareJid;
use xmpp_parsers::minidom::Element;
use xso::AsXml;

use super::description::{RoomDescription, read_description, shortened};
use crate::form::Form;
use crate::ns;
use crate::presence::Affiliation;
use crate::session::{RequestError, RequestKind, Session};
use crate::xml::{Build, element};

/// Most members of a room that are read.
const MOST_MEMBERS: usize = 10_000;
/// Most rooms of a service that are listed.
const MOST_ROOMS: usize = 1_000;
/// The form by which a room is configured.
const ROOM_CONFIG: &str = "http://jabber.org/protocol/muc#roomconfig";

/// A person and their affiliation with a room.
#[derive(Clone, PartialEq, Eq)]
pub struct Affiliated {
    /// Their address.
    pub jid: BareJid,
    /// Their affiliation.
    pub affiliation: Affiliation,
}

/// A room that a service lists openly.
#[derive(Clone, PartialEq, Eq)]
pub struct ListedRoom {
    /// Its address.
    pub room: BareJid,
    /// Its name, as the service gives it.
    pub name: Option<String>,
}

/// `<query/>` of a room's owner or administrator: a request for a list, or a change. Answers are read by hand, item by
/// item: a malformed one must cost itself only.
#[derive(AsXml)]
#[xml(namespace = ns::MUC_ADMIN, name = "query")]
struct AdminQuery {
    #[xml(child)]
    item: AdminItem,
}

#[derive(AsXml)]
#[xml(namespace = ns::MUC_ADMIN, name = "item")]
struct AdminItem {
    #[xml(attribute)]
    affiliation: Affiliation,
    #[xml(attribute(default))]
    jid: Option<BareJid>,
}

impl AdminQuery {
    fn of(affiliation: Affiliation, jid: Option<BareJid>) -> Self {
        let item = AdminItem { affiliation, jid };
        Self { item }
    }
}

impl Session {
    /// Name and description of a room as the room itself gives them (XEP-0045 section 6.4).
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn room_description(&self, room: BareJid) -> Result<RoomDescription, RequestError> {
        let question = element("query", ns::DISCO_INFO);
        let info = self
            .request(Some(room.clone().into()), RequestKind::Get, question)
            .await?;
        Ok(read_description(&info.ok_or(RequestError::Malformed)?, &room))
    }

    /// Makes a room that was just made and is still locked a team's: for its members alone, who see who is who, kept
    /// when nobody is inside, with an archive, and listed nowhere.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn make_private(&self, room: &BareJid, about: &RoomDescription) -> Result<(), RequestError> {
        self.configure(room, |form| {
            describe(form, about)
                .answering("muc#roomconfig_persistentroom", "1")
                .answering("muc#roomconfig_membersonly", "1")
                .answering("muc#roomconfig_publicroom", "0")
                .answering("muc#roomconfig_whois", "anyone")
                .answering("muc#roomconfig_moderatedroom", "0")
                .answering("muc#roomconfig_enablearchiving", "1")
                // ejabberd's names.
                .answering("mam", "1")
                .answering("public_list", "0")
                .answering("muc#roomconfig_allowpm", "anyone")
        })
        .await
    }

    /// Gives a room another name and description. Owners may.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn describe_room(&self, room: &BareJid, about: &RoomDescription) -> Result<(), RequestError> {
        self.configure(room, |form| describe(form, about)).await
    }

    /// Fills in a room's form: fields without an answer keep their values.
    async fn configure(&self, room: &BareJid, answer: impl FnOnce(Form) -> Form) -> Result<(), RequestError> {
        let form = self
            .request(
                Some(room.clone().into()),
                RequestKind::Get,
                element("query", ns::MUC_OWNER),
            )
            .await?;
        let form = form.as_ref().and_then(|query| query.get_child("x", ns::DATA_FORMS));
        let form = Form::try_from(form.ok_or(RequestError::Malformed)?.clone()).map_err(|_| RequestError::Malformed)?;
        let answered = answer(form.kept(ROOM_CONFIG));
        let query = element("query", ns::MUC_OWNER).with_child(answered.into());
        self.request(Some(room.clone().into()), RequestKind::Set, query)
            .await
            .map(drop)
    }

    /// Everybody who belongs to a room (XEP-0045 section 9.5): owners, administrators and members, by bare address.
    ///
    /// # Errors
    /// See [`RequestError`]; many rooms refuse this to those who do not run them.
    pub async fn room_members(&self, room: BareJid) -> Result<Vec<Affiliated>, RequestError> {
        let list = |affiliation| {
            let query = AdminQuery::of(affiliation, None);
            self.request(Some(room.clone().into()), RequestKind::Get, query.into())
        };
        let (owners, admins, members) = tokio::try_join!(
            list(Affiliation::Owner),
            list(Affiliation::Admin),
            list(Affiliation::Member)
        )?;
        let lists = [
            (owners, Affiliation::Owner),
            (admins, Affiliation::Admin),
            (members, Affiliation::Member),
        ];
        let mut people: Vec<Affiliated> = Vec::new();
        for (list, affiliation) in lists {
            let items = list.iter().flat_map(Element::children);
            let listed = items
                .filter(|item| item.is("item", ns::MUC_ADMIN))
                .filter_map(|item| BareJid::new(item.attr("jid")?).ok());
            for jid in listed {
                if people.len() < MOST_MEMBERS {
                    people.push(Affiliated { jid, affiliation });
                }
            }
        }
        // For a person on two lists the first one counts.
        let mut seen = std::collections::HashSet::new();
        people.retain(|person| seen.insert(person.jid.clone()));
        Ok(people)
    }

    /// Changes the affiliations of people with a room, one request each: some services accept only one at a time.
    ///
    /// # Errors
    /// See [`RequestError`]; the changes before the refused one have been made.
    pub async fn affiliate(&self, room: &BareJid, people: &[Affiliated]) -> Result<(), RequestError> {
        for person in people {
            let query = AdminQuery::of(person.affiliation, Some(person.jid.clone()));
            self.request(Some(room.clone().into()), RequestKind::Set, query.into())
                .await?;
        }
        Ok(())
    }

    /// Gives up the membership of a room (the reverse of XEP-0045 section 7.10).
    ///
    /// # Errors
    /// See [`RequestError`]; not every service supports this.
    pub async fn unregister(&self, room: &BareJid) -> Result<(), RequestError> {
        let query = element("query", ns::REGISTER).with_child(element("remove", ns::REGISTER));
        self.request(Some(room.clone().into()), RequestKind::Set, query)
            .await
            .map(drop)
    }

    /// Destroys a room. Owners may.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn destroy_room(&self, room: &BareJid) -> Result<(), RequestError> {
        let query = element("query", ns::MUC_OWNER).with_child(element("destroy", ns::MUC_OWNER));
        self.request(Some(room.clone().into()), RequestKind::Set, query)
            .await
            .map(drop)
    }

    /// The rooms that a service lists openly (XEP-0045 section 6.3): the first page, where it has pages.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn rooms(&self, service: BareJid) -> Result<Vec<ListedRoom>, RequestError> {
        let items = self
            .request(
                Some(service.into()),
                RequestKind::Get,
                element("query", ns::DISCO_ITEMS),
            )
            .await?;
        let items = items.ok_or(RequestError::Malformed)?;
        let items = items.children().filter(|e| e.is("item", ns::DISCO_ITEMS));
        let rooms = items.filter_map(|item| {
            Some(ListedRoom {
                room: BareJid::new(item.attr("jid")?).ok()?,
                name: item.attr("name").map(shortened).filter(|name| !name.is_empty()),
            })
        });
        Ok(rooms.take(MOST_ROOMS).collect())
    }
}

fn describe(form: Form, about: &RoomDescription) -> Form {
    let answers = [
        ("muc#roomconfig_roomname", &about.name),
        ("muc#roomconfig_roomdesc", &about.description),
    ];
    answers.into_iter().fold(form, |form, (var, answer)| match answer {
        Some(answer) => form.answering(var, answer),
        None => form,
    })
}

crate::redact::redacted_debug!(Affiliated, ListedRoom);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_sent_back_as_it_is_but_for_what_is_answered() {
        let form: Element = "<x xmlns='jabber:x:data' type='form'><title>Room</title>\
            <field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/muc#roomconfig</value></field>\
            <field type='fixed'><value>Heading</value></field>\
            <field var='muc#roomconfig_roomname' type='text-single'><value>Old</value></field>\
            <field var='muc#roomconfig_lang' type='text-single'><value>en</value></field></x>"
            .parse()
            .unwrap();
        let about = RoomDescription {
            name: Some("New".into()),
            description: Some("Not asked".into()),
            ..RoomDescription::default()
        };
        let sent = describe(Form::try_from(form).unwrap().kept(ROOM_CONFIG), &about);
        assert_eq!(sent.answer("muc#roomconfig_roomname"), Some("New"));
        assert_eq!(sent.answer("muc#roomconfig_lang"), Some("en"));
        assert_eq!(sent.answer("muc#roomconfig_roomdesc"), None);
        let sent = Element::from(sent);
        assert_eq!(sent.attr("type"), Some("submit"));
        assert_eq!(sent.children().count(), 3);
    }
}
