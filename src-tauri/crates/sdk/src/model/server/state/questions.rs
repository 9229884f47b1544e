//! What the client asks, and the answers: features, the roster, rooms, the time, pages of archives.

use std::time::Duration;

use tokio::sync::mpsc;
use wardline_xmpp::Element;

use super::{DESK, Delivered, OWN, State, stamp};
use crate::model::schedule::Chat;
use crate::model::server::archive::{Archived, Query};

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
        let answer = match (payload.name(), payload.ns().as_str(), to) {
            ("query", "http://jabber.org/protocol/disco#info", Some(OWN)) => Some(
                "<query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:mam:2'/>\
                 <feature var='urn:xmpp:sid:0'/></query>"
                    .to_owned(),
            ),
            ("query", "http://jabber.org/protocol/disco#info", _) => Some(
                "<query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:ping'/></query>"
                    .to_owned(),
            ),
            ("query", "http://jabber.org/protocol/disco#items", _) => {
                Some("<query xmlns='http://jabber.org/protocol/disco#items'/>".to_owned())
            }
            ("enable", "urn:xmpp:carbons:2", _) | ("ping", _, _) => Some(String::new()),
            ("query", "jabber:iq:roster", _) => Some(
                "<query xmlns='jabber:iq:roster'><item jid='bob@ward.example' subscription='both'/></query>".to_owned(),
            ),
            ("pubsub", _, _)
                if payload
                    .children()
                    .any(|items| items.attr("node") == Some("urn:xmpp:bookmarks:1")) =>
            {
                Some(format!(
                    "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:bookmarks:1'><item id='{}'>\
                     <conference xmlns='urn:xmpp:bookmarks:1' autojoin='true'><nick>alice</nick></conference></item></items></pubsub>",
                    Chat::Ward.address()
                ))
            }
            ("time", "urn:xmpp:time", _) => Some(format!(
                "<time xmlns='urn:xmpp:time'><tzo>+00:00</tzo><utc>{}</utc></time>",
                stamp(self.now())
            )),
            ("query", "urn:xmpp:mam:2", _) => {
                let archive = if to.is_some() { &self.room } else { &self.own };
                let query = Query::read(payload);
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
        };
        stanzas.push(match answer {
            Some(answer) => format!("<iq xmlns='jabber:client' type='result' id='{id}' {from}>{answer}</iq>"),
            None => format!(
                "<iq xmlns='jabber:client' type='error' id='{id}' {from}><error type='cancel'>\
                 <item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>"
            ),
        });
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
