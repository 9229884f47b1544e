//! What some servers do and others don't, and what a story lets happen that no schedule does: offline queues, history on entering
//! a room, ends of archives that are not told, messages that are refused or forged.

use wardline_xmpp::Element;

use super::state::{DESK, State, Voice, stamp};
use crate::model::schedule::Chat;

/// How this server behaves beyond what it must do.
#[derive(Default)]
pub(super) struct Manners {
    /// Whether messages to somebody who is away are kept for them beside the archive (XEP-0160), and those that are.
    offline: Option<Vec<String>>,
    /// How many messages are told to whoever enters the room, wanted or not.
    room_history: usize,
    /// The end of an archive is told with an empty page only.
    pub(super) unsure: bool,
    /// The condition with which the next text of this computer is refused.
    refusal: Option<String>,
}

impl State {
    pub(in crate::model) fn keep_an_offline_queue(&mut self) {
        self.manners.offline = Some(Vec::new());
    }

    pub(in crate::model) fn tell_room_history(&mut self, count: usize) {
        self.manners.room_history = count;
    }

    pub(in crate::model) fn never_sure_of_the_end(&mut self) {
        self.manners.unsure = true;
    }

    pub(in crate::model) fn refuse_next(&mut self, condition: &str) {
        self.manners.refusal = Some(condition.to_owned());
    }

    /// Whatever anybody may get a server to pass on.
    pub(in crate::model) fn pass_on(&mut self, stanza: &str) {
        self.deliver(stanza.to_owned());
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

    /// The text that was corrected reads like this from now on.
    pub(in crate::model) fn now_reads(&mut self, id: &str, text: &str) {
        if let Some(said) = self.said.iter_mut().find(|said| said.id == id) {
            text.clone_into(&mut said.reads);
        }
    }

    pub(super) fn keep_offline(&mut self, message: &str) {
        let at = stamp(self.now());
        if let Some(kept) = &mut self.manners.offline {
            kept.push(delayed(message, "ward.example", &at));
        }
    }

    pub(super) fn deliver_kept(&mut self) {
        for message in self.manners.offline.as_mut().map(std::mem::take).unwrap_or_default() {
            self.deliver(message);
        }
    }

    pub(super) fn deliver_room_history(&mut self) {
        let room = Chat::Ward.address();
        let told = self.room.newest(self.manners.room_history).iter();
        let told: Vec<String> = told
            .map(|archived| {
                let id = format!("<stanza-id xmlns='urn:xmpp:sid:0' by='{room}' id='{}'/>", archived.id);
                delayed(&with(&archived.message, &id), room, &stamp(archived.stamp))
            })
            .collect();
        for message in told {
            self.deliver(message);
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
        self.deliver(format!(
            "<message xmlns='jabber:client' type='error' from='{from}' to='{DESK}' id='{id}'><error type='cancel'>\
             <{condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>"
        ));
        true
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
