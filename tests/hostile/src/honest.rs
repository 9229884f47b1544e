//! What an honest server answers: the ground that a probe's one lie stands on.

use xmpp_parsers::minidom::Element;

use crate::room::Room;
use crate::ward::{ALICE, BOB, DOMAIN};

/// What the server does about an element of the client's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Sends this.
    Send(String),
    /// Nothing.
    Silence,
    /// Closes the connection.
    Close,
}

/// A lie: what is answered to an element, where it does not let honesty answer.
pub type Hook = Box<dyn FnMut(&Element) -> Option<Answer> + Send>;

/// An honest server with one account.
pub struct Honest {
    /// Features that the server announces beside its archive.
    pub features: Vec<&'static str>,
    /// Alice's contacts, as items of the roster (RFC 6121 section 2).
    pub roster: String,
    /// Alice's archive, oldest first.
    pub archive: Vec<Archived>,
    /// Rooms that alice can enter.
    pub rooms: Vec<Room>,
    /// Whether acknowledgements are given (XEP-0198).
    pub acknowledges: bool,
    /// Everything that was asked, in order.
    pub asked: Vec<Element>,
    /// What is asked before honesty is.
    pub hook: Option<Hook>,
}

/// A message in an archive.
#[derive(Debug, Clone)]
pub struct Archived {
    /// Its id there.
    pub id: String,
    /// When it was archived.
    pub stamp: String,
    /// Whom it was exchanged with, bare.
    pub with: String,
    /// The message, as XML.
    pub message: String,
}

/// A message from bob or to him for alice's archive, `minutes` after seven in the morning of a day long ago.
#[must_use]
pub fn archived(id: &str, minutes: u32, message: &str) -> Archived {
    Archived {
        id: id.to_owned(),
        stamp: format!("2026-01-05T{:02}:{:02}:00Z", 7 + minutes / 60, minutes % 60),
        with: BOB.to_owned(),
        message: message.to_owned(),
    }
}

impl Default for Honest {
    fn default() -> Self {
        Self {
            features: vec!["urn:xmpp:sid:0", "urn:xmpp:ping", "urn:xmpp:blocking"],
            roster: format!("<item jid='{BOB}' name='Bob' subscription='both'/>"),
            archive: Vec::new(),
            rooms: Vec::new(),
            acknowledges: true,
            asked: Vec::new(),
            hook: None,
        }
    }
}

impl Honest {
    /// What is asked first of this hook, and only then of honesty.
    #[must_use]
    pub fn but(mut self, hook: impl FnMut(&Element) -> Option<Answer> + Send + 'static) -> Self {
        self.lie(hook);
        self
    }

    /// The same, in the middle of a session.
    pub fn lie(&mut self, hook: impl FnMut(&Element) -> Option<Answer> + Send + 'static) {
        self.hook = Some(Box::new(hook));
    }

    /// The questions that were asked with a payload of this name and namespace.
    pub fn asked_for<'a>(&'a self, name: &'a str, namespace: &'a str) -> impl Iterator<Item = &'a Element> {
        self.asked.iter().filter(move |iq| iq.has_child(name, namespace))
    }

    pub(crate) fn answer(&mut self, element: &Element) -> Answer {
        self.asked.push(element.clone());
        if let Some(answer) = self.hook.as_mut().and_then(|hook| hook(element)) {
            return answer;
        }
        match element.name() {
            "iq" if matches!(element.attr("type"), Some("get" | "set")) => Answer::Send(self.result(element)),
            "presence" | "message" => {
                let texts: Vec<String> = self.rooms.iter_mut().filter_map(|room| room.answer(element)).collect();
                if texts.is_empty() {
                    Answer::Silence
                } else {
                    Answer::Send(texts.concat())
                }
            }
            _ => Answer::Silence,
        }
    }

    fn result(&self, iq: &Element) -> String {
        let to = iq.attr("to");
        let payload = iq.children().next().map(|child| (child.name(), child.ns()));
        let (name, ns) = payload.unwrap_or(("", String::new()));
        let room = self.rooms.iter().find(|room| to == Some(room.address.as_str()));
        let answer = match (name, ns.as_str()) {
            ("query", "http://jabber.org/protocol/disco#info") => match (to, room) {
                (_, Some(room)) => room.info(),
                (Some(to), _) if to == format!("rooms.{DOMAIN}") => {
                    "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='conference' type='text'/>\
                     <feature var='http://jabber.org/protocol/muc'/></query>"
                        .to_owned()
                }
                _ => self.info(),
            },
            ("query", "http://jabber.org/protocol/disco#items") if to == Some(DOMAIN) => {
                format!("<query xmlns='http://jabber.org/protocol/disco#items'><item jid='rooms.{DOMAIN}'/></query>")
            }
            ("query", "jabber:iq:roster") => format!("<query xmlns='jabber:iq:roster'>{}</query>", self.roster),
            ("blocklist", _) => "<blocklist xmlns='urn:xmpp:blocking'/>".to_owned(),
            ("query", "urn:xmpp:mam:2") => {
                let held = room.map_or(&self.archive, |room| &room.archive);
                return page(iq, held);
            }
            // Private storage keeps nothing for longer than it is asked to.
            ("query", "jabber:iq:private") if iq.attr("type") == Some("set") => String::new(),
            ("query", "jabber:iq:private") => {
                let asked = iq.children().next().map(String::from).unwrap_or_default();
                asked.replace("xmlns='jabber:client' ", "")
            }
            ("enable", "urn:xmpp:carbons:2") | ("ping", _) | ("query", "http://jabber.org/protocol/muc#admin") => {
                String::new()
            }
            _ => {
                return reply(
                    iq,
                    "error",
                    "<error type='cancel'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
                );
            }
        };
        reply(iq, "result", &answer)
    }

    fn info(&self) -> String {
        let features: String = self
            .features
            .iter()
            .map(|feature| format!("<feature var='{feature}'/>"))
            .collect();
        format!(
            "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='server' type='im'/>\
             <feature var='urn:xmpp:mam:2'/>{features}</query>"
        )
    }
}

fn reply(iq: &Element, kind: &str, payload: &str) -> String {
    let from = iq.attr("to").map(|to| format!(" from='{to}'")).unwrap_or_default();
    let id = iq.attr("id").unwrap_or_default();
    format!("<iq type='{kind}' id='{id}'{from}>{payload}</iq>")
}

/// One result of an archive (XEP-0313 section 4.2), from `by`.
fn result(by: &str, query: &str, archived: &Archived) -> String {
    format!(
        "<message from='{by}' to='{ALICE}/desk'><result xmlns='urn:xmpp:mam:2' queryid='{query}' id='{}'>\
         <forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='{}'/>{}</forwarded></result></message>",
        archived.id, archived.stamp, archived.message
    )
}

/// The end of a page: which ids it spans, and whether that was all.
#[must_use]
pub fn archive_end(iq: &Element, first_and_last: Option<(&str, &str)>, is_complete: bool) -> String {
    let set = first_and_last.map_or_else(
        || "<set xmlns='http://jabber.org/protocol/rsm'><count>0</count></set>".to_owned(),
        |(first, last)| {
            format!("<set xmlns='http://jabber.org/protocol/rsm'><first>{first}</first><last>{last}</last></set>")
        },
    );
    reply(
        iq,
        "result",
        &format!("<fin xmlns='urn:xmpp:mam:2' complete='{is_complete}'>{set}</fin>"),
    )
}

/// The page of an archive that `iq` asks for: its results and its end.
#[must_use]
pub fn page(iq: &Element, archive: &[Archived]) -> String {
    let by = iq.attr("to").unwrap_or(ALICE).to_owned();
    let query = iq.children().next().expect("a query");
    let field = |name: &str| {
        let form = query.get_child("x", "jabber:x:data")?;
        let field = form.children().find(|field| field.attr("var") == Some(name))?;
        Some(field.get_child("value", "jabber:x:data")?.text())
    };
    let set = query.get_child("set", "http://jabber.org/protocol/rsm");
    let bound = |name: &str| Some(set?.get_child(name, "http://jabber.org/protocol/rsm")?.text());
    let most: usize = bound("max").and_then(|max| max.parse().ok()).unwrap_or(50);
    let with = field("with");
    let (start, end) = (field("start"), field("end"));
    let listed: Vec<&Archived> = archive
        .iter()
        .filter(|held| with.as_ref().is_none_or(|with| *with == held.with))
        .filter(|held| start.as_ref().is_none_or(|start| held.stamp.as_str() >= start.as_str()))
        .filter(|held| end.as_ref().is_none_or(|end| held.stamp.as_str() <= end.as_str()))
        .collect();
    let position = |id: &str| listed.iter().position(|held| held.id == id);
    let after = bound("after").filter(|id| !id.is_empty());
    let before = bound("before");
    let from = after.and_then(|id| position(&id)).map_or(0, |at| at + 1);
    let to = before
        .as_deref()
        .filter(|id| !id.is_empty())
        .and_then(position)
        .unwrap_or(listed.len());
    let inside = listed.get(from..to.max(from)).unwrap_or_default();
    let (page, is_complete) = if before.is_some() {
        let begin = inside.len().saturating_sub(most);
        (inside.get(begin..).unwrap_or_default(), begin == 0)
    } else {
        (
            inside.get(..most.min(inside.len())).unwrap_or_default(),
            inside.len() <= most,
        )
    };
    let id = query.attr("queryid").unwrap_or_default();
    let results: String = page.iter().map(|held| result(&by, id, held)).collect();
    let ends = page.first().zip(page.last());
    let ends = ends.map(|(first, last)| (first.id.as_str(), last.id.as_str()));
    format!("{results}{}", archive_end(iq, ends, is_complete))
}
