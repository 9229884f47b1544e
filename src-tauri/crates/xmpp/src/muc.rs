//! Joining team chats (XEP-0045) and remembering them (XEP-0402, XEP-0048).

use thiserror::Error;
use tokio::sync::oneshot;
use xmpp_parsers::jid::BareJid;
use xmpp_parsers::minidom::Element;

use crate::ns;
use crate::session::{Command, RequestError, RequestKind, Session, StanzaCondition};
use crate::xml::{Build, element};

/// Most members of a room that are believed.
const MOST_MEMBERS: usize = 10_000;

/// A remembered room.
#[derive(Clone, PartialEq, Eq)]
pub struct Bookmark {
    /// The room.
    pub room: BareJid,
    /// Its name, as remembered.
    pub name: Option<String>,
    /// Own name in it.
    pub nick: Option<String>,
    /// Whether to join it by itself.
    pub autojoin: Autojoin,
}

/// Whether a room is to be joined by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Autojoin {
    /// Join at sign-in.
    Yes,
    /// Only when asked.
    No,
}

/// A room has been entered.
#[derive(Clone, PartialEq, Eq)]
pub struct Joined {
    /// Own name in it; the room may have changed the one asked for.
    pub nick: String,
    /// Status codes of the own presence.
    pub codes: Vec<u16>,
}

/// Why a room was not entered.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum JoinError {
    /// There is no connection.
    #[error("offline")]
    Offline,
    /// The session ended meanwhile.
    #[error("session lost")]
    SessionLost,
    /// The room did not answer in time.
    #[error("no answer in time")]
    TimedOut,
    /// Somebody else has this name in the room; on some servers one's own other device.
    #[error("name taken")]
    NickTaken,
    /// Members only, and one is none.
    #[error("members only")]
    MembersOnly,
    /// Banned.
    #[error("banned")]
    Banned,
    /// A password is needed.
    #[error("password needed")]
    PasswordNeeded,
    /// As many are inside as may be, or the service is down: servers say the same of both.
    #[error("unavailable")]
    Unavailable,
    /// Not allowed for another reason.
    #[error("not allowed")]
    NotAllowed,
    /// No such room (any more), and no right to make it.
    #[error("no such room")]
    NoSuchRoom,
    /// The name is not one that a room can give.
    #[error("name malformed")]
    NickMalformed,
    /// Refused for another reason.
    #[error("refused: {0}")]
    Refused(StanzaCondition),
}

/// Whether a room has one inside, by its own word (XEP-0410).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Inside.
    Inside,
    /// Not any more: what is said there does not come, and what one says bounces.
    Outside,
    /// There was no answer that says so.
    Unknown,
}

impl Session {
    /// The name that one has in a room, where it has been entered.
    #[must_use]
    pub fn own_nick(&self, room: &BareJid) -> Option<String> {
        self.knowledge().own_nicks.get(room).cloned()
    }

    /// Asks a room whether it still has one inside: servers forget occupants, for example while a connection is broken.
    pub async fn muc_standing(&self, room: &BareJid) -> Standing {
        let Some(nick) = self.own_nick(room) else {
            return Standing::Outside;
        };
        let Ok(occupant) = room.with_resource_str(&nick) else {
            return Standing::Unknown;
        };
        let ping = element("ping", ns::PING);
        match self.request(Some(occupant.into()), RequestKind::Get, ping).await {
            Ok(_) => Standing::Inside,
            // XEP-0410 section 3.2.
            Err(RequestError::Refused(StanzaCondition::NotAcceptable)) => Standing::Outside,
            Err(RequestError::Refused(
                StanzaCondition::ServiceUnavailable
                | StanzaCondition::FeatureNotImplemented
                | StanzaCondition::ItemNotFound,
            )) => Standing::Inside,
            Err(_) => Standing::Unknown,
        }
    }

    /// Enters a room without asking for its history, and waits until the room says so. To be done again after every
    /// [`Continuity::New`](crate::session::Continuity::New). Entering a room that one is in already succeeds.
    ///
    /// # Errors
    /// See [`JoinError`].
    pub async fn muc_join(&self, room: BareJid, nick: &str) -> Result<Joined, JoinError> {
        let (answer, answered) = oneshot::channel();
        let join = Command::Join {
            room,
            nick: nick.to_owned(),
            answer,
        };
        self.command(join).await.map_err(|_| JoinError::Offline)?;
        answered.await.map_err(|_| JoinError::SessionLost)?
    }

    /// Leaves a room. Does nothing offline, where leaving happens by itself.
    pub async fn muc_leave(&self, room: BareJid) {
        // Without a session there is nothing to leave.
        let _ = self.command(Command::Leave { room }).await;
    }

    /// The remembered rooms: of personal eventing (XEP-0402) and of the older private storage (XEP-0048 in XEP-0049),
    /// each room once.
    ///
    /// # Errors
    /// See [`RequestError`]; a server that has neither gives an empty list.
    pub async fn bookmarks(&self) -> Result<Vec<Bookmark>, RequestError> {
        let items = element("items", ns::PUBSUB).with_attr("node", ns::BOOKMARKS2);
        let eventing = element("pubsub", ns::PUBSUB).with_child(items);
        let private = element("query", ns::PRIVATE).with_child(element("storage", ns::BOOKMARKS));
        let (eventing, private) = tokio::join!(
            self.request(None, RequestKind::Get, eventing),
            self.request(None, RequestKind::Get, private),
        );
        let mut bookmarks = read_eventing(&unless_refused(eventing)?);
        for older in read_private(&unless_refused(private)?) {
            if bookmarks.iter().all(|bookmark| bookmark.room != older.room) {
                bookmarks.push(older);
            }
        }
        Ok(bookmarks)
    }

    /// Name of a room as the room itself gives it (XEP-0030). `None`: it gives none.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn room_name(&self, room: BareJid) -> Result<Option<String>, RequestError> {
        let info = self
            .request(Some(room.into()), RequestKind::Get, element("query", ns::DISCO_INFO))
            .await?;
        let info = info.ok_or(RequestError::Malformed)?;
        let name = info
            .children()
            .filter(|e| e.is("identity", ns::DISCO_INFO))
            .find_map(|e| e.attr("name"));
        Ok(name.filter(|name| !name.is_empty()).map(str::to_owned))
    }

    /// Bare addresses of everybody who belongs to a room (XEP-0045 section 9.5): owners, administrators and members.
    ///
    /// # Errors
    /// See [`RequestError`]; many rooms refuse this to those who do not run them.
    pub async fn room_members(&self, room: BareJid) -> Result<Vec<BareJid>, RequestError> {
        let list = |affiliation: &'static str| {
            let item = element("item", ns::MUC_ADMIN).with_attr("affiliation", affiliation);
            let query = element("query", ns::MUC_ADMIN).with_child(item);
            self.request(Some(room.clone().into()), RequestKind::Get, query)
        };
        let (owners, admins, members) = tokio::try_join!(list("owner"), list("admin"), list("member"))?;
        let mut people: Vec<BareJid> = [owners, admins, members]
            .iter()
            .flatten()
            .flat_map(Element::children)
            .filter(|item| item.is("item", ns::MUC_ADMIN))
            .filter_map(|item| BareJid::new(item.attr("jid")?).ok())
            .take(MOST_MEMBERS)
            .collect();
        people.sort_unstable();
        people.dedup();
        Ok(people)
    }

    /// Addresses of the rooms that a service lists openly (XEP-0045 section 6.3): the first page, where it has pages.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn rooms(&self, service: BareJid) -> Result<Vec<BareJid>, RequestError> {
        let items = self
            .request(
                Some(service.into()),
                RequestKind::Get,
                element("query", ns::DISCO_ITEMS),
            )
            .await?;
        let items = items.ok_or(RequestError::Malformed)?;
        let items = items.children().filter(|e| e.is("item", ns::DISCO_ITEMS));
        Ok(items.filter_map(|e| BareJid::new(e.attr("jid")?).ok()).collect())
    }
}

/// A refusal means that the server does not have such a place; everything else is passed on.
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

crate::redact::redacted_debug!(Bookmark, Joined);

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
