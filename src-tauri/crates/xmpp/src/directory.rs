//! Searching the hospital's directory of people (XEP-0055, as ejabberd and MongooseIM offer it over business cards).
//!
//! Such a directory finds by the beginning of one field, where an asterisk follows. Several fields at once would have
//! to fit all of them, so each is asked for by itself, at the same time.
//!
//! By hand: the names of a search's elements are those of the fields that the server offers, and a malformed result
//! must cost itself only.

use std::collections::HashSet;

use futures::future::join_all;
use xmpp_parsers::jid::{BareJid, Jid};
use xmpp_parsers::minidom::Element;

use crate::form::Form;
use crate::ns;
use crate::session::{RequestError, RequestKind, Session};
use crate::xml::{Build, element};

/// Fields in which people are looked for, those that are asked for first come first.
const SEARCHED: [&str; 7] = ["fn", "last", "first", "nick", "user", "orgunit", "username"];
/// Those of them that hold names: other spellings are only asked for in these.
const NAMES: [&str; 3] = ["fn", "last", "first"];
/// Most other spellings that are asked for.
const MOST_SPELLINGS: usize = 6;
/// Most people that are read.
const MOST: usize = 200;
/// Most characters of a name or ward that are read.
const LONGEST: usize = 200;

/// A person in the directory.
#[derive(Clone, PartialEq, Eq)]
pub struct Listing {
    /// Their address.
    pub jid: BareJid,
    /// Full name, else first and last name, else nickname.
    pub name: Option<String>,
    /// Ward or department.
    pub unit: Option<String>,
}

impl Session {
    /// People of a directory in whom some field begins like the first of these terms, and those in whom a name begins
    /// like one of the others and who are wanted. The directory's address is one of
    /// [`ServerFeatures::directory`](crate::features::ServerFeatures::directory).
    ///
    /// # Errors
    /// See [`RequestError`]; if any of the requests is answered, there is no error.
    pub async fn search_directory(
        &self,
        directory: &Jid,
        terms: &[String],
        is_wanted: impl Fn(&Listing) -> bool,
    ) -> Result<Vec<Listing>, RequestError> {
        let offered = self
            .request(Some(directory.clone()), RequestKind::Get, element("query", ns::SEARCH))
            .await?
            .ok_or(RequestError::Malformed)?;
        let fields = fields(&offered);
        let Some((text, spellings)) = terms.split_first() else {
            return Ok(Vec::new());
        };
        let names = fields.iter().filter(|field| NAMES.contains(field));
        let others = spellings
            .iter()
            .take(MOST_SPELLINGS)
            .flat_map(|text| names.clone().map(move |field| (field, text)));
        let asked: Vec<(&&str, &String)> = fields.iter().map(|field| (field, text)).chain(others).collect();
        let questions = asked.iter().map(|(field, text)| {
            let question = question(&offered, field, text);
            self.request(Some(directory.clone()), RequestKind::Set, question)
        });
        let mut found: Vec<Listing> = Vec::new();
        let mut known: HashSet<BareJid> = HashSet::new();
        let mut failed = None;
        let mut answered = false;
        for (number, answer) in join_all(questions).await.into_iter().enumerate() {
            match answer {
                Ok(answer) => {
                    answered = true;
                    let is_other = number >= fields.len();
                    for listing in answer.iter().flat_map(listings) {
                        let is_fit = !is_other || is_wanted(&listing);
                        if found.len() < MOST && is_fit && known.insert(listing.jid.clone()) {
                            found.push(listing);
                        }
                    }
                }
                Err(error) => failed = Some(error),
            }
        }
        match failed {
            Some(error) if !answered => Err(error),
            _ => Ok(found),
        }
    }
}

/// Which of the fields that are looked in a directory has.
fn fields(offered: &Element) -> Vec<&'static str> {
    let has = |field: &str| match offered.get_child("x", ns::DATA_FORMS) {
        Some(form) => form
            .children()
            .any(|child| child.is("field", ns::DATA_FORMS) && child.attr("var") == Some(field)),
        None => offered.has_child(field, ns::SEARCH),
    };
    SEARCHED.into_iter().filter(|field| has(field)).collect()
}

fn question(offered: &Element, field: &'static str, text: &str) -> Element {
    let wanted = format!("{text}*");
    let query = element("query", ns::SEARCH);
    if offered.has_child("x", ns::DATA_FORMS) {
        query.with_child(Form::submission(ns::SEARCH).with(field, wanted).into())
    } else {
        query.with_child(element(field, ns::SEARCH).with_text(wanted))
    }
}

/// Reads results one by one: a malformed one must cost itself only.
fn listings(answer: &Element) -> Vec<Listing> {
    let items: Vec<&Element> = match answer.get_child("x", ns::DATA_FORMS) {
        Some(form) => form
            .children()
            .filter(|child| child.is("item", ns::DATA_FORMS))
            .collect(),
        None => answer.children().filter(|child| child.is("item", ns::SEARCH)).collect(),
    };
    items.into_iter().take(MOST).filter_map(listing).collect()
}

fn listing(item: &Element) -> Option<Listing> {
    let text = |name: &str| {
        let of_form = item
            .children()
            .find(|field| field.attr("var") == Some(name))
            .and_then(|field| field.get_child("value", ns::DATA_FORMS));
        let value = of_form.or_else(|| item.get_child(name, ns::SEARCH))?.text();
        let value: String = value.trim().chars().take(LONGEST).collect();
        (!value.is_empty()).then_some(value)
    };
    let jid = item.attr("jid").map(str::to_owned).or_else(|| text("jid"))?;
    let jid = BareJid::new(&jid).ok().filter(|jid| jid.node().is_some())?;
    let both = match (text("first"), text("last")) {
        (Some(first), Some(last)) => Some(format!("{first} {last}")),
        (first, last) => first.or(last),
    };
    Some(Listing {
        jid,
        name: text("fn").or(both).or_else(|| text("nick")),
        unit: text("orgunit"),
    })
}

crate::redact::redacted_debug!(Listing);

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(xml: &str) -> Element {
        xml.parse().unwrap()
    }

    #[test]
    fn a_directory_is_asked_in_the_form_that_it_offers_and_by_fields_that_it_has() {
        let with_form = parsed(
            "<query xmlns='jabber:iq:search'><x xmlns='jabber:x:data' type='form'>\
             <field type='text-single' var='user'/><field type='text-single' var='fn'/>\
             <field type='text-single' var='bday'/></x></query>",
        );
        assert_eq!(fields(&with_form), ["fn", "user"]);
        let asked = String::from_utf8(crate::xml::encoded(&question(&with_form, "fn", "ash"))).unwrap();
        assert!(asked.contains("submit") && asked.contains("ash*"), "{asked}");
        let plain = parsed("<query xmlns='jabber:iq:search'><first/><last/><email/></query>");
        assert_eq!(fields(&plain), ["last", "first"]);
        let asked = question(&plain, "last", "ver");
        assert_eq!(asked.get_child("last", ns::SEARCH).unwrap().text(), "ver*");
    }

    #[test]
    fn results_of_both_kinds_are_read_and_odd_ones_left_out() {
        let with_form = parsed(
            "<query xmlns='jabber:iq:search'><x xmlns='jabber:x:data' type='result'><reported/>\
             <item><field var='jid'><value>asha@ward.example</value></field><field var='fn'><value> Asha Verma </value></field>\
             <field var='orgunit'><value>Cardiology</value></field></item>\
             <item><field var='jid'><value>@</value></field></item>\
             <item><field var='jid'><value>ward.example</value></field></item></x></query>",
        );
        let found = listings(&with_form);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].name.as_deref(), Some("Asha Verma"));
        assert_eq!(found[0].unit.as_deref(), Some("Cardiology"));
        let plain = parsed(
            "<query xmlns='jabber:iq:search'><item jid='ben@ward.example'><first>Ben</first><last>Ode</last></item></query>",
        );
        assert_eq!(listings(&plain)[0].name.as_deref(), Some("Ben Ode"));
    }
}
