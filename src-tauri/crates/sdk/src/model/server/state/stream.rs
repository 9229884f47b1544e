//! What is handed to this computer's session, confirmed by it, and handed on again (XEP-0198).

use std::collections::VecDeque;

use tokio::sync::mpsc;
use wardline_xmpp::Element;

use super::State;

/// A stanza that the client may not have got.
pub(super) struct Delivered {
    pub(super) stanza: String,
    /// What becomes of it when the session is lost: delivered later, with its time (XEP-0160, XEP-0203). `None`: nothing.
    pub(super) offline: Option<String>,
}

/// Stream management of one session (XEP-0198).
pub(super) struct Stream {
    pub(super) id: String,
    /// Stanzas of the client that have been handled.
    pub(super) handled: u32,
    /// Stanzas that the client has confirmed.
    confirmed: u32,
    pub(super) unconfirmed: VecDeque<Delivered>,
    pub(super) available: bool,
}

impl Stream {
    pub(super) fn new(id: String) -> Self {
        Self {
            id,
            handled: 0,
            confirmed: 0,
            unconfirmed: VecDeque::new(),
            available: false,
        }
    }
}

impl State {
    /// Hands a stanza to this computer's session, if there is one.
    pub(in crate::model::server) fn deliver(&mut self, stanza: String, offline: Option<String>) {
        let Some(stream) = self.stream.as_mut().filter(|stream| stream.available) else {
            if let (Some(kept), Some(message)) = (&mut self.offline, offline) {
                kept.push(message);
            }
            return;
        };
        stream.unconfirmed.push_back(Delivered {
            stanza: stanza.clone(),
            offline,
        });
        self.write(stanza);
        self.write("<r xmlns='urn:xmpp:sm:3'/>".to_owned());
    }

    pub(super) fn write(&self, bytes: String) {
        if let Some(line) = &self.line {
            // A connection that has just ended hears nothing more.
            let _gone = line.send(bytes);
        }
    }

    pub(super) fn confirm(&mut self, element: &Element) {
        let confirmed: u32 = element.attr("h").and_then(|h| h.parse().ok()).expect("a count");
        let Some(stream) = &mut self.stream else { return };
        while stream.confirmed < confirmed {
            assert!(
                stream.unconfirmed.pop_front().is_some(),
                "more was confirmed than was sent"
            );
            stream.confirmed += 1;
        }
    }

    pub(super) fn resume(&mut self, element: &Element, line: &mpsc::UnboundedSender<String>) {
        let known = self
            .stream
            .as_ref()
            .is_some_and(|stream| element.attr("previd") == Some(&stream.id));
        if !known {
            drop(line.send(
                "<failed xmlns='urn:xmpp:sm:3'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>"
                    .to_owned(),
            ));
            return;
        }
        self.confirm(element);
        self.connected = self.now();
        self.line = Some(line.clone());
        let Some(stream) = &self.stream else { return };
        let (id, handled) = (&stream.id, stream.handled);
        let again: Vec<String> = stream.unconfirmed.iter().map(|sent| sent.stanza.clone()).collect();
        self.write(format!("<resumed xmlns='urn:xmpp:sm:3' previd='{id}' h='{handled}'/>"));
        for stanza in again {
            self.write(stanza);
        }
        self.write("<r xmlns='urn:xmpp:sm:3'/>".to_owned());
    }

    /// A new session: what was not confirmed of the old one is in the archive, and with what was said while nobody was there.
    pub(in crate::model::server) fn bound(&mut self) {
        self.connected = self.now();
        self.forget_bounces();
        let mut unconfirmed = self.stream.iter().flat_map(|stream| &stream.unconfirmed);
        let is_under_way = self.stream.is_none() || unconfirmed.any(|sent| sent.stanza.contains("status code='110'"));
        self.rooms.ward.forget_let_in(is_under_way);
        if let (Some(kept), Some(stream)) = (&mut self.offline, self.stream.take()) {
            kept.extend(stream.unconfirmed.into_iter().filter_map(|sent| sent.offline));
        }
        self.restart();
    }
}
