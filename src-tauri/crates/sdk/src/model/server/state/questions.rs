//! What the client asks, and the answers: features, the roster, rooms, the time, pages of archives.

use std::time::Duration;

use tokio::sync::mpsc;
use wardline_xmpp::Element;

use super::stream::Delivered;
use super::{DESK, OWN, State, stamp};
use crate::model::schedule::Chat;
use crate::model::server::archive::{Archived, Query};
use crate::model::server::light::SERVICE;

/// An answer that comes late.
pub(in crate::model::server) struct Later {
    pub(in crate::model::server) after: Duration,
    /// The session that asked.
    stream: String,
    stanzas: Vec<String>,
}

impl State {
    pub(super) fn iq(&mut self, element: &Element, line: &mpsc::UnboundedSender<String>) -> Option<Later> {
        if self.holds(element, line) {
            return None;
        }
        self.reply(element, line)
    }

    pub(in crate::model::server) fn reply(
        &mut self,
        element: &Element,
        line: &mpsc::UnboundedSender<String>,
    ) -> Option<Later> {
        let payload = element.children().next()?;
        let id = element.attr("id").unwrap_or_default();
        let to = element.attr("to");
        let from = to.map(|to| format!("from='{to}'")).unwrap_or_default();
        let mut stanzas = Vec::new();
        let is_set = element.attr("type") == Some("set");
        let answer = match to.and_then(|to| self.ask_room(payload, to, is_set)) {
            Some(answer) => answer,
            None => self
                .ask_server(payload, (to, is_set), &mut stanzas)
                .ok_or("item-not-found"),
        };
        stanzas.push(reply(id, &from, answer));
        let is_page = payload.is("query", "urn:xmpp:mam:2");
        match &self.stream {
            Some(stream) if is_page && !self.answers_late.is_zero() => {
                return Some(Later {
                    after: self.answers_late,
                    stream: stream.id.clone(),
                    stanzas,
                });
            }
            Some(_) => self.answer(stanzas),
            None => stanzas.into_iter().for_each(|stanza| drop(line.send(stanza))),
        }
        None
    }

    /// What the server, the account or an archive answers; the messages of a page go before that.
    fn ask_server(
        &mut self,
        payload: &Element,
        (to, is_set): (Option<&str>, bool),
        stanzas: &mut Vec<String>,
    ) -> Option<String> {
        match (payload.name(), payload.ns().as_str(), to) {
            ("query", "http://jabber.org/protocol/disco#info", Some(OWN)) => {
                let eventing = match self.manners.eventing {
                    true => "<feature var='http://jabber.org/protocol/pubsub#publish-options'/>",
                    false => "",
                };
                Some(format!(
                    "<query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:mam:2'/>\
                     <feature var='urn:xmpp:sid:0'/>{eventing}</query>"
                ))
            }
            ("query", "http://jabber.org/protocol/disco#info", _) => {
                let inbox = match self.manners.inbox {
                    true => "<feature var='erlang-solutions.com:xmpp:inbox:0'/>",
                    false => "",
                };
                Some(format!(
                    "<query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:ping'/>{inbox}</query>"
                ))
            }
            ("query", "http://jabber.org/protocol/disco#items", _) => {
                let light = if self.rooms.are_told {
                    format!("<item jid='{SERVICE}' node='urn:xmpp:muclight:0'/>")
                } else {
                    String::new()
                };
                Some(format!(
                    "<query xmlns='http://jabber.org/protocol/disco#items'>{light}</query>"
                ))
            }
            ("enable", "urn:xmpp:carbons:2", _) | ("ping", _, _) => Some(String::new()),
            ("query", "jabber:iq:roster", _) => Some(
                "<query xmlns='jabber:iq:roster'><item jid='bob@ward.example' subscription='both'/></query>".to_owned(),
            ),
            ("pubsub", _, _)
                if payload
                    .children()
                    .any(|items| items.name() == "items" && items.attr("node") == Some("urn:xmpp:bookmarks:1")) =>
            {
                Some(self.node_of_bookmarks())
            }
            ("pubsub", _, _) if payload.children().any(is_retraction) => Some(self.retract_bookmark()),
            ("query", "jabber:iq:private", _) if self.rooms.are_told => payload
                .get_child("storage", "storage:bookmarks")
                .map(|storage| self.stored_bookmarks(storage, is_set)),
            ("pubsub", _, _) if self.manners.eventing && is_set => {
                self.manners.publications += 1;
                None
            }
            ("time", "urn:xmpp:time", _) => {
                stanzas.extend(self.take_early());
                Some(format!(
                    "<time xmlns='urn:xmpp:time'><tzo>+00:00</tzo><utc>{}</utc></time>",
                    stamp(self.now())
                ))
            }
            ("query", "urn:xmpp:mam:2", _) => {
                let query = Query::read(payload);
                let room = Self::asked(to);
                self.note_newest(room, &query);
                let archive = room.map_or(&self.own, |room| self.archive_of(room));
                archive.page(&query, self.most).map(|page| {
                    let by = to.unwrap_or(OWN);
                    stanzas.extend(page.messages.iter().map(|archived| {
                        format!(
                            "<message xmlns='jabber:client' from='{by}' to='{DESK}'><result xmlns='urn:xmpp:mam:2' queryid='{}' id='{}'>\
                             <forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='{}'/>{}</forwarded></result></message>",
                            query.query_id, archived.id, stamp(archived.stamp), archived.message
                        )
                    }));
                    let edge = |name: &str, archived: Option<&&Archived>| {
                        archived.map(|archived| format!("<{name}>{}</{name}>", archived.id)).unwrap_or_default()
                    };
                    format!(
                        "<fin xmlns='urn:xmpp:mam:2' queryid='{}' complete='{}'><set xmlns='http://jabber.org/protocol/rsm'>{}{}</set></fin>",
                        query.query_id,
                        page.complete && (!self.manners.unsure || page.messages.is_empty()),
                        edge("first", page.messages.first()),
                        edge("last", page.messages.last())
                    )
                })
            }
            _ => None,
        }
    }

    /// What a room or a service of rooms answers; `None`: it is asked for something else.
    fn ask_room(&mut self, payload: &Element, to: &str, is_set: bool) -> Option<Result<String, &'static str>> {
        if to.starts_with(Chat::Ward.address()) {
            if payload.is("query", "urn:xmpp:mam:2") && !self.rooms.ward.has_alice() {
                return Some(Err("forbidden"));
            }
            return self.ask_ward(payload, to);
        }
        self.ask_light(payload, to, is_set)
    }

    /// The conversation of the room whose archive is asked; `None`: the account's own.
    fn asked(to: Option<&str>) -> Option<Chat> {
        let mut rooms = Chat::ALL.into_iter().filter(|chat| chat.is_team());
        rooms.find(|chat| Some(chat.address()) == to)
    }

    /// Notes how much had been said when the newest page was asked for.
    fn note_newest(&mut self, room: Option<Chat>, query: &Query) {
        if let Some(room) = room.filter(|_| query.is_newest()) {
            let told = self.said(room).count();
            self.newest_told.insert(room, told);
        }
    }

    /// Says what was to be said later, unless the session has ended meanwhile.
    pub(in crate::model::server) fn say_late(&mut self, later: Later) {
        if self.stream.as_ref().is_some_and(|stream| stream.id == later.stream) {
            self.answer(later.stanzas);
        }
    }

    fn answer(&mut self, stanzas: Vec<String>) {
        for stanza in stanzas {
            if let Some(stream) = &mut self.stream {
                stream.unconfirmed.push_back(Delivered {
                    stanza: stanza.clone(),
                    offline: None,
                });
            }
            self.write(stanza);
        }
    }
}

fn is_retraction(child: &Element) -> bool {
    child.name() == "retract" && child.attr("node") == Some("urn:xmpp:bookmarks:1")
}

/// An answer, or the condition by which it is refused.
fn reply(id: &str, from: &str, answer: Result<String, &str>) -> String {
    match answer {
        Ok(answer) => format!("<iq xmlns='jabber:client' type='result' id='{id}' {from}>{answer}</iq>"),
        Err(condition) => format!(
            "<iq xmlns='jabber:client' type='error' id='{id}' {from}><error type='cancel'>\
             <{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
        ),
    }
}
