//! What some servers do and others don't, and what a story lets happen that no schedule does: offline queues, history on entering
//! a room, ends of archives that are not told, messages that are refused or forged.

use std::collections::VecDeque;

use tokio::sync::mpsc;
use wardline_xmpp::Element;

use super::state::{DESK, Said, State, Voice, stamp};
use crate::model::schedule::Chat;

/// Where what is said to a client goes.
type Line = mpsc::UnboundedSender<String>;

/// How this server behaves beyond what it must do.
#[derive(Default)]
pub(super) struct Manners {
    /// How many messages are told to whoever enters the room, wanted or not.
    room_history: usize,
    /// The end of an archive is told with an empty page only.
    pub(super) unsure: bool,
    /// The condition with which the next text of this computer is refused.
    refusal: Option<String>,
    /// What is to be said of a refused text: that it was taken is told first.
    refused: Option<String>,
    /// It keeps MongooseIM's inbox, or says so: it refuses to be asked about it.
    pub(super) inbox: bool,
    /// It says that it knows conditions of publications, and refuses every one.
    pub(super) eventing: bool,
    /// How many publications and configurations of nodes were asked for.
    pub(super) publications: usize,
    /// What is handed on to a new session just before the last of its first questions is answered.
    early: Option<String>,
    /// Receipts of this computer.
    receipts: Vec<Element>,
    /// Questions to the account's archive that wait for an answer, and where it goes; `None`: each is answered at once.
    held: Option<VecDeque<(Element, Line)>>,
}

impl State {
    pub(in crate::model) fn tell_room_history(&mut self, count: usize) {
        self.manners.room_history = count;
    }

    pub(in crate::model) fn never_sure_of_the_end(&mut self) {
        self.manners.unsure = true;
    }

    pub(in crate::model) fn keep_inbox(&mut self) {
        self.manners.inbox = true;
    }

    pub(in crate::model) fn refuse_publications(&mut self) {
        self.manners.eventing = true;
    }

    /// How many publications and configurations of nodes were asked for, and refused.
    pub(in crate::model) fn publications(&self) -> usize {
        self.manners.publications
    }

    /// Hands a message on to the next session before that knows what there is.
    pub(in crate::model) fn hand_on_early(&mut self, stanza: &str) {
        self.manners.early = Some(stanza.to_owned());
    }

    pub(super) fn take_early(&mut self) -> Option<String> {
        self.manners.early.take()
    }

    /// Receipts of this computer, in their order.
    pub(in crate::model) fn receipts(&self) -> &[Element] {
        &self.manners.receipts
    }

    pub(super) fn note_receipt(&mut self, message: &Element) {
        if message.has_child("received", "urn:xmpp:receipts") {
            self.manners.receipts.push(message.clone());
        }
    }

    pub(in crate::model) fn refuse_next(&mut self, condition: &str) {
        self.manners.refusal = Some(condition.to_owned());
    }

    pub(in crate::model) fn hold_archive(&mut self) {
        self.manners.held = Some(VecDeque::new());
    }

    /// Answers so many of the questions to the archive that wait.
    pub(in crate::model) fn answer_held(&mut self, count: usize) {
        for _ in 0..count {
            let held = self.manners.held.as_mut().and_then(VecDeque::pop_front);
            let (question, line) = held.expect("a question waits");
            drop(self.reply(&question, &line));
        }
    }

    /// Answers all questions to the archive, those that wait and those to come.
    pub(in crate::model) fn answer_all(&mut self) {
        for (question, line) in self.manners.held.take().unwrap_or_default() {
            drop(self.reply(&question, &line));
        }
    }

    /// Whether a question is kept waiting.
    pub(super) fn holds(&mut self, question: &Element, line: &Line) -> bool {
        let of_archive = question.attr("to").is_none() && question.has_child("query", "urn:xmpp:mam:2");
        match &mut self.manners.held {
            Some(held) if of_archive => {
                held.push_back((question.clone(), line.clone()));
                true
            }
            _ => false,
        }
    }

    /// What is kept of a text is deleted.
    pub(in crate::model) fn delete(&mut self, said: &Said) {
        for id in &said.archived {
            self.archive_of_mut(said.chat).delete(id);
        }
    }

    /// Whatever anybody may get a server to pass on.
    pub(in crate::model) fn pass_on(&mut self, stanza: &str) {
        self.deliver(stanza.to_owned(), None);
    }

    /// Somebody says something of their own words; the id that it got.
    pub(in crate::model) fn voice(&mut self, voice: Voice, text: &str) {
        let id = format!("m{}", self.number());
        let payload = format!("<body>{text}</body><origin-id xmlns='urn:xmpp:sid:0' id='{id}'/>");
        self.remote(voice, &id, &payload, Some(text));
    }

    /// Somebody says something about a message.
    pub(in crate::model) fn voice_about(&mut self, voice: Voice, payload: &str) {
        let id = format!("m{}", self.number());
        self.remote(voice, &id, payload, None);
    }

    pub(super) fn deliver_room_history(&mut self) {
        let room = Chat::Ward.address();
        let told = self.rooms.ward.archive.newest(self.manners.room_history).iter();
        let told: Vec<String> = told
            .map(|archived| {
                let id = format!("<stanza-id xmlns='urn:xmpp:sid:0' by='{room}' id='{}'/>", archived.id);
                delayed(&with(&archived.message, &id), room, &stamp(archived.stamp))
            })
            .collect();
        for message in told {
            self.deliver(message, None);
        }
    }

    /// Whether a text of this computer is refused.
    pub(super) fn refuses(&mut self, message: &Element, id: &str) -> bool {
        if !message.has_child("body", "jabber:client") {
            return false;
        }
        let Some(condition) = self.manners.refusal.take() else {
            return false;
        };
        let from = message.attr("to").unwrap_or_default();
        self.manners.refused = Some(format!(
            "<message xmlns='jabber:client' type='error' from='{from}' to='{DESK}' id='{id}'><error type='cancel'>\
             <{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
        ));
        true
    }

    /// A refused text comes back; whether there was one.
    pub(in crate::model) fn send_back(&mut self) -> bool {
        let refused = self.manners.refused.take();
        refused.map(|refused| self.deliver(refused, None)).is_some()
    }
}

/// A message with one more child.
fn with(message: &str, child: &str) -> String {
    let open = message.strip_suffix("</message>").expect("a message with children");
    format!("{open}{child}</message>")
}

fn delayed(message: &str, by: &str, at: &str) -> String {
    with(
        message,
        &format!("<delay xmlns='urn:xmpp:delay' from='{by}' stamp='{at}'/>"),
    )
}
