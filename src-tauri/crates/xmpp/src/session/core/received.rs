//! Elements from the server.

use bytes::BytesMut;
use xmpp_parsers::jid::{BareJid, Jid};
use xmpp_parsers::minidom::Element;

use super::{Core, Flow, QuestionForm};
use crate::features::Feature;
use crate::message::{Context, RealAddresses, Sole, StanzaIds, live};
use crate::session::answers;
use crate::session::error::{Loss, ProtocolError, SessionError};
use crate::session::event::SessionEvent;
use crate::session::stanza::{is_stanza, refusal, stream_error};
use crate::xml::Incoming;
use crate::{decisions, displayed, inbox, muc, ns, presence};

impl Core {
    /// Handles an element of so many bytes. An error ends the connection.
    pub(in crate::session) fn on_incoming(
        &mut self,
        incoming: Incoming,
        bytes: usize,
        out: &mut BytesMut,
    ) -> Result<Flow, SessionError> {
        self.current = bytes;
        if self.outbound.is_overfull() {
            // The server sends requests and acknowledges no answer.
            return Err(SessionError::Lost(Loss::Silent));
        }
        match incoming {
            Incoming::Element(element) if is_stanza(&element) => {
                self.received = self.received.wrapping_add(1);
                self.on_stanza(element, out);
            }
            Incoming::Element(element) if element.is("error", ns::STREAM) => return Err(stream_error(&element)),
            Incoming::Element(element) if element.has_ns(ns::SM) => match element.name() {
                "r" => self.asked_for_count = true,
                "a" => {
                    self.question = None;
                    // Without a count it acknowledges nothing.
                    if let Some(handled) = element.attr("h").and_then(|h| h.parse().ok()) {
                        self.acknowledge(handled)?;
                    }
                }
                _ => {}
            },
            // Another element beside stanzas belongs to an extension that we do not speak.
            Incoming::Element(_) => {}
            Incoming::Bad(opening) if is_stanza(&opening) => {
                tracing::warn!("a stanza over the limits was left out");
                self.received = self.received.wrapping_add(1);
                if opening.name() == "iq" {
                    if matches!(opening.attr("type"), Some("get" | "set")) {
                        self.send(&refusal(&opening, "modify", "policy-violation"), out);
                    } else {
                        self.requests.spoil(opening);
                    }
                }
            }
            Incoming::Bad(_) => {}
            Incoming::Header(_) => return Err(SessionError::Protocol(ProtocolError::Header)),
            Incoming::End => return Ok(Flow::Ended),
        }
        Ok(Flow::Goes)
    }

    /// Handles a stanza that came before counting began.
    pub(in crate::session) fn on_early_stanza(&mut self, element: Element, out: &mut BytesMut) {
        self.current = 0;
        self.on_stanza(element, out);
    }

    fn on_stanza(&mut self, element: Element, out: &mut BytesMut) {
        match element.name() {
            "message" => self.on_message(element),
            "presence" => self.on_presence(&element),
            _ => self.on_iq(element, out),
        }
    }

    fn on_message(&mut self, mut message: Element) {
        for namespace in [ns::MAM, ns::INBOX] {
            let results: Sole<Element> = std::iter::from_fn(|| message.remove_child("result", namespace)).collect();
            let result = match results {
                Sole::Absent => continue,
                Sole::One(result) => result,
                Sole::Several => {
                    tracing::warn!("several results in one message were dropped");
                    return;
                }
            };
            let from = message.attr("from").map(Jid::new).transpose();
            if !from.is_ok_and(|from| self.requests.gather(from.as_ref(), result)) {
                tracing::warn!("a result that nobody asked for was dropped");
            }
            return;
        }
        if let Some(changed) = inbox::read_changed(&mut message, &self.own) {
            self.emit_from_stanza(SessionEvent::Inbox(Box::new(changed)));
            return;
        }
        if let Some(positions) = displayed::read_event(&message, &self.own) {
            self.emit_from_stanza(SessionEvent::Displayed(positions));
            return;
        }
        if let Some(bookmarks) = muc::read_event(&message, &self.own) {
            self.emit_from_stanza(SessionEvent::Bookmarks(bookmarks));
            return;
        }
        if let Some(decisions) = decisions::read_event(&message, &self.own) {
            self.emit_from_stanza(SessionEvent::Decisions(decisions));
            return;
        }
        let announced = self.features.has(Feature::StanzaIds);
        let context = Context {
            own: &self.own,
            stanza_ids: if announced {
                StanzaIds::Announced
            } else {
                StanzaIds::Unannounced
            },
            own_occupant: &|room| self.rooms.us(room),
            // For live messages, presence has the addresses.
            real_addresses: &|_| RealAddresses::Hidden,
            occupant: &|room, nick| self.rooms.occupant(room, nick),
            services: &self.features.chat_services,
        };
        match live(message, &context) {
            Ok(message) => self.emit_from_stanza(SessionEvent::Message(Box::new(message))),
            Err(reason) => tracing::warn!(%reason, "a message was dropped"),
        }
    }

    fn on_presence(&mut self, element: &Element) {
        let rooms = &self.rooms;
        let update = presence::read(
            element,
            &self.own,
            |room| rooms.knows(room),
            |room, nick, codes| rooms.whose(room, nick, codes),
        );
        let Some(update) = update else { return };
        if let presence::PresenceKind::Occupant(occupant) = &update.kind {
            self.rooms.apply(occupant);
            let is_ours = occupant
                .real_jid
                .as_ref()
                .is_some_and(|real| real.to_bare() == self.own);
            if occupant.whose == presence::Whose::Own || is_ours {
                self.publish();
            }
        }
        self.emit_from_stanza(SessionEvent::Presence(Box::new(update)));
    }

    /// The number of stanzas that an answer to our ping acknowledges; `None`: it answers something else, or does not
    /// come from the server.
    fn answered_ping(&self, answer: &Element) -> Option<usize> {
        let QuestionForm::Ping { id, covers } = &self.question.as_ref()?.form else {
            return None;
        };
        let from = answer.attr("from").map(Jid::new).transpose().ok()?;
        let is_ours = |from: &Jid| from.node().is_none() && from.domain() == self.own.domain() || *from == self.own;
        (answer.attr("id") == Some(id) && from.as_ref().is_none_or(is_ours)).then_some(*covers)
    }

    fn on_iq(&mut self, element: Element, out: &mut BytesMut) {
        match element.attr("type") {
            Some("result" | "error") => {
                if let Some(covers) = self.answered_ping(&element) {
                    // An error is as good: the server has handled all stanzas before the ping.
                    let _ = self.acknowledge_next(covers);
                    self.question = None;
                    return;
                }
                if let (Some(from), Some(info)) = (element.attr("from"), element.get_child("query", ns::DISCO_INFO))
                    && element.attr("type") == Some("result")
                    && let Ok(room) = BareJid::new(from)
                    && (self.rooms.knows(&room) || self.requests.awaits(&element))
                {
                    self.rooms.learn(room, info);
                    self.publish();
                }
                self.requests.resolve(element);
            }
            _ => {
                let reaction = answers::answer(&element, &self.own);
                if let Some(push) = reaction.push {
                    self.emit_from_stanza(match push {
                        answers::Push::Roster(push) => SessionEvent::Roster(push),
                        answers::Push::Blocking(push) => SessionEvent::Blocking(push),
                    });
                }
                self.send(&reaction.answer, out);
            }
        }
    }
}
