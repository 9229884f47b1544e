//! Bookmarked rooms: in personal eventing (XEP-0402), and in the older private storage (XEP-0048 in XEP-0049).
//!
//! `<conference/>` is written and read by hand: it is the same element in two namespaces, and a malformed bookmark must
//! cost itself only.

use xmpp_parsers::jid::{BareJid, Jid};
use xmpp_parsers::minidom::Element;

use crate::decisions::KeptIn;
use crate::ns;
use crate::private_node::PrivateNode;
use crate::private_storage::PrivateStorage;
use crate::session::{RequestError, RequestKind, Session};
use crate::xml::{Build, element};

const NODE: PrivateNode = PrivateNode(ns::BOOKMARKS2);
const STORAGE: PrivateStorage = PrivateStorage {
    name: "storage",
    namespace: ns::BOOKMARKS,
};
/// Most changes of an event that are read.
const MOST_NEWS: usize = 1_000;

/// A bookmarked room.
#[derive(Clone, PartialEq, Eq)]
pub struct Bookmark {
    /// The room.
    pub room: BareJid,
    /// Its name in the bookmark.
    pub name: Option<String>,
    /// Our nickname in it.
    pub nick: Option<String>,
    /// Whether to join it at sign-in.
    pub autojoin: Autojoin,
}

/// Whether to join a room at sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Autojoin {
    /// Join it.
    Yes,
    /// Join it only when the user asks.
    No,
}

/// A change of a bookmark by another device of the account.
#[derive(Clone, PartialEq, Eq)]
pub enum BookmarkNews {
    /// The bookmark is this.
    Kept(Bookmark),
    /// The bookmark of this room is gone.
    Gone(BareJid),
}

impl Session {
    /// The bookmarks from both places, each room once. `None`: the server has neither place.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn bookmarks(&self) -> Result<Option<Vec<Bookmark>>, RequestError> {
        let items = element("items", ns::PUBSUB).with_attr("node", ns::BOOKMARKS2);
        let eventing = element("pubsub", ns::PUBSUB).with_child(items);
        let private = element("query", ns::PRIVATE).with_child(element("storage", ns::BOOKMARKS));
        let (eventing, private) = tokio::join!(
            self.request(None, RequestKind::Get, eventing),
            self.request(None, RequestKind::Get, private),
        );
        let (eventing, private) = (unless_refused(eventing)?, unless_refused(private)?);
        if eventing.is_none() && private.is_none() {
            return Ok(None);
        }
        let mut bookmarks = read_eventing(&eventing);
        for older in read_private(&private) {
            if bookmarks.iter().all(|bookmark| bookmark.room != older.room) {
                bookmarks.push(older);
            }
        }
        Ok(Some(bookmarks))
    }

    /// Bookmarks a room, for all devices of the account.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn remember_room(&self, bookmark: &Bookmark, place: KeptIn) -> Result<(), RequestError> {
        match place {
            KeptIn::Node => {
                let conference = conference(bookmark, ns::BOOKMARKS2);
                NODE.publish(self, bookmark.room.as_str(), conference).await
            }
            KeptIn::Storage => {
                let mut kept = STORAGE.read(self).await?;
                kept.retain(|kept| kept.attr("jid") != Some(bookmark.room.as_str()));
                let conference = conference(bookmark, ns::BOOKMARKS);
                kept.push(conference.with_attr("jid", bookmark.room.as_str()));
                STORAGE.write(self, kept).await
            }
        }
    }

    /// Removes the bookmark of a room from both places.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn forget_room(&self, room: &BareJid, place: KeptIn) -> Result<(), RequestError> {
        if place == KeptIn::Node {
            // ejabberd sends other devices no event for a retracted item: this bookmark makes them leave the room.
            let left = Bookmark {
                room: room.clone(),
                name: None,
                nick: None,
                autojoin: Autojoin::No,
            };
            self.remember_room(&left, place).await?;
        }
        let item = element("item", ns::PUBSUB).with_attr("id", room.as_str());
        let retract = element("retract", ns::PUBSUB)
            .with_attr("node", ns::BOOKMARKS2)
            .with_attr("notify", "true");
        let retract = element("pubsub", ns::PUBSUB).with_child(retract.with_child(item));
        // The bookmark may not be in this place.
        unless_refused(self.request(None, RequestKind::Set, retract).await)?;
        let mut kept = STORAGE.read(self).await?;
        let before = kept.len();
        kept.retain(|kept| kept.attr("jid") != Some(room.as_str()));
        if kept.len() < before {
            STORAGE.write(self, kept).await?;
        }
        Ok(())
    }
}

/// `<conference/>`, without the room's address, whose place differs.
fn conference(bookmark: &Bookmark, namespace: &'static str) -> Element {
    let autojoin = match bookmark.autojoin {
        Autojoin::Yes => "true",
        Autojoin::No => "false",
    };
    let conference = element("conference", namespace)
        .with_attr("autojoin", autojoin)
        .with_attr_opt("name", bookmark.name.as_deref());
    match &bookmark.nick {
        Some(nick) => conference.with_child(element("nick", namespace).with_text(nick)),
        None => conference,
    }
}

/// Reads an event about bookmarks. `None`: the message holds none, or a forged one.
pub(crate) fn read_event(message: &Element, own: &BareJid) -> Option<Vec<BookmarkNews>> {
    let items = message
        .get_child("event", ns::PUBSUB_EVENT)?
        .get_child("items", ns::PUBSUB_EVENT)?;
    if items.attr("node") != Some(ns::BOOKMARKS2) {
        return None;
    }
    let from = message.attr("from").map(Jid::new).transpose().ok()?;
    if from.is_some_and(|from| from != *own) {
        tracing::warn!("a forged event about bookmarks was dropped");
        return None;
    }
    let news = items.children().filter_map(|item| {
        let room = item.attr("id")?;
        match item.name() {
            "retract" => Some(BookmarkNews::Gone(BareJid::new(room).ok()?)),
            _ => {
                let conference = item.get_child("conference", ns::BOOKMARKS2)?;
                read_conference(conference, room, ns::BOOKMARKS2).map(BookmarkNews::Kept)
            }
        }
    });
    Some(news.take(MOST_NEWS).collect())
}

/// A refusal means that the server does not have the place.
fn unless_refused(answer: Result<Option<Element>, RequestError>) -> Result<Option<Element>, RequestError> {
    match answer {
        Err(RequestError::Refused(_)) => Ok(None),
        other => other,
    }
}

fn read_eventing(answer: &Option<Element>) -> Vec<Bookmark> {
    let items = answer
        .iter()
        .flat_map(|pubsub| pubsub.get_child("items", ns::PUBSUB))
        .flat_map(Element::children);
    items
        .filter_map(|item| {
            let conference = item.get_child("conference", ns::BOOKMARKS2)?;
            read_conference(conference, item.attr("id")?, ns::BOOKMARKS2)
        })
        .collect()
}

fn read_private(answer: &Option<Element>) -> Vec<Bookmark> {
    let storage = answer
        .iter()
        .flat_map(|query| query.get_child("storage", ns::BOOKMARKS))
        .flat_map(Element::children);
    storage
        .filter(|child| child.is("conference", ns::BOOKMARKS))
        .filter_map(|conference| read_conference(conference, conference.attr("jid")?, ns::BOOKMARKS))
        .collect()
}

fn read_conference(conference: &Element, room: &str, namespace: &'static str) -> Option<Bookmark> {
    let nick = conference.get_child("nick", namespace).map(Element::text);
    Some(Bookmark {
        room: BareJid::new(room).ok()?,
        name: conference
            .attr("name")
            .filter(|name| !name.is_empty())
            .map(str::to_owned),
        nick: nick.filter(|nick| !nick.is_empty()),
        autojoin: match conference.attr("autojoin") {
            Some("true" | "1") => Autojoin::Yes,
            _ => Autojoin::No,
        },
    })
}

crate::redact::redacted_debug!(Bookmark, BookmarkNews);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bookmarks_of_both_kinds_are_read() {
        let new: Element = "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:bookmarks:1'>\
            <item id='cardio@rooms.example'><conference xmlns='urn:xmpp:bookmarks:1' name='Cardiology' autojoin='1'>\
            <nick>Ada</nick></conference></item><item id='@'><conference xmlns='urn:xmpp:bookmarks:1'/></item>\
            </items></pubsub>"
            .parse()
            .unwrap();
        let old: Element = "<query xmlns='jabber:iq:private'><storage xmlns='storage:bookmarks'>\
            <conference jid='night@rooms.example' name='' autojoin='false'/><url url='x'/></storage></query>"
            .parse()
            .unwrap();
        let new = read_eventing(&Some(new));
        let ada = Bookmark {
            room: BareJid::new("cardio@rooms.example").unwrap(),
            name: Some("Cardiology".into()),
            nick: Some("Ada".into()),
            autojoin: Autojoin::Yes,
        };
        assert!(new == [ada]);
        let old = read_private(&Some(old));
        let night = BareJid::new("night@rooms.example").unwrap();
        assert!(
            old == [Bookmark {
                room: night,
                name: None,
                nick: None,
                autojoin: Autojoin::No
            }]
        );
    }
}
