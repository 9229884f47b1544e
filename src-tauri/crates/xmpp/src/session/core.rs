//! What a session knows, independent of the connection that carries it at the moment.

use std::collections::{HashMap, VecDeque};

use bytes::{Bytes, BytesMut};
use tokio::sync::{oneshot, watch};
use tokio::time::Instant;
use uuid::Uuid;
use xmpp_parsers::jid::{BareJid, FullJid, Jid};
use xmpp_parsers::minidom::Element;

use super::acknowledge::{MOST_UNACKNOWLEDGED, Outbound};
use super::command::{Command, Phase, Request};
use super::handle::{Proof, RequestKind};
use super::negotiate::{Management, ResumePoint};
use super::requests::Requests;
use super::rooms::Rooms;
use super::{
    ProtocolError, RequestError, SendError, SessionError, SessionEvent, SessionNumber, Timing, answers, identity, iq,
    is_stanza, refusal, stream_error,
};
use crate::features::{ChatService, Feature, ServerFeatures};
use crate::message::{Context, MAX_STANZA_BYTES, OwnOccupant, StanzaIds, live};
use crate::muc::JoinError;
use crate::xml::{Build, Incoming, element, encoded};
use crate::{decisions, displayed, inbox, muc, ns, presence};

/// Events that may wait inside the session before it stops reading. Far above what a burst brings, so that answers to
/// requests get through even if whoever asked is the one who should be taking events.
pub(super) const MOST_BACKLOG: usize = 4096;

/// What decoding needs outside the session's task.
#[derive(Debug, Clone, Default)]
pub(crate) struct Knowledge {
    pub(crate) occupants: HashMap<BareJid, OwnOccupant>,
    pub(crate) services: Vec<ChatService>,
}

/// Whether ordinary commands are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gate {
    /// Only what belongs to opening the session.
    Opening,
    /// All.
    Open,
}

/// See the module.
pub(super) struct Core {
    own: BareJid,
    timing: Timing,
    /// Which session it is.
    pub(super) number: SessionNumber,
    pub(super) address: Option<FullJid>,
    pub(super) features: ServerFeatures,
    pub(super) requests: Requests,
    pub(super) outbound: Outbound,
    pub(super) rooms: Rooms,
    pub(super) gate: Gate,
    knowledge: watch::Sender<Knowledge>,
    management: Management,
    /// Stanzas received since counting began; wraps.
    received: u32,
    /// Last count told to the server.
    told: u32,
    /// The server asked for our count.
    asked_for_count: bool,
    /// A question for the server's count is under way.
    question: Option<Question>,
    /// Events that wait for room, each with the number of its stanza.
    backlog: VecDeque<(Option<u32>, SessionEvent)>,
}

/// How the server was asked what it has.
enum Question {
    Request,
    /// A ping with this id, and the number of stanzas that its answer proves.
    Ping {
        id: String,
        covers: usize,
    },
}

impl Core {
    pub(super) fn new(own: BareJid, timing: Timing, knowledge: watch::Sender<Knowledge>) -> Self {
        Self {
            requests: Requests::new(own.clone()),
            own,
            timing,
            number: SessionNumber::default(),
            address: None,
            features: ServerFeatures::default(),
            outbound: Outbound::default(),
            rooms: Rooms::default(),
            gate: Gate::Opening,
            knowledge,
            management: Management::Absent,
            received: 0,
            told: 0,
            asked_for_count: false,
            question: None,
            backlog: VecDeque::new(),
        }
    }

    /// A new session begins.
    pub(super) fn begin(&mut self, address: FullJid, management: Management) {
        self.abandon();
        self.number = SessionNumber(self.number.0.wrapping_add(1));
        self.address = Some(address);
        self.management = management;
        self.received = 0;
        self.told = 0;
        self.outbound.restart();
    }

    /// The old session goes on over a new connection: what is not acknowledged goes out again.
    pub(super) fn resume(&mut self, handled: u32, out: &mut BytesMut) -> Result<(), SessionError> {
        self.question = None;
        self.acknowledge(handled)?;
        for bytes in self.outbound.resend() {
            out.extend_from_slice(bytes);
        }
        Ok(())
    }

    /// The session is over, for good.
    pub(super) fn abandon(&mut self) {
        self.management = Management::Absent;
        self.question = None;
        self.asked_for_count = false;
        self.outbound.abandon();
        self.requests.abandon();
        self.rooms.abandon();
        self.publish();
    }

    /// Where the session can be taken up again, if it can.
    pub(super) fn resume_point(&self) -> Option<ResumePoint> {
        match &self.management {
            Management::Enabled { resume: Some(id) } => Some(ResumePoint {
                id: id.clone(),
                handled: self.handled(),
            }),
            _ => None,
        }
    }

    /// Tells the session's handles what they need for decoding.
    pub(super) fn publish(&self) {
        let knowledge = Knowledge {
            occupants: self.rooms.occupants(),
            services: self.features.chat_services.clone(),
        };
        self.knowledge.send_replace(knowledge);
    }

    // ---- events ----

    pub(super) fn tell(&mut self, event: SessionEvent) {
        self.backlog.push_back((None, event));
    }

    fn tell_of_stanza(&mut self, event: SessionEvent) {
        self.backlog.push_back((Some(self.received), event));
    }

    pub(super) fn next_event(&mut self) -> Option<SessionEvent> {
        self.backlog.pop_front().map(|(_, event)| event)
    }

    pub(super) fn backlog(&self) -> usize {
        self.backlog.len()
    }

    /// Stanzas that have been handed over completely: only these are acknowledged.
    fn handled(&self) -> u32 {
        let waiting = self.backlog.iter().find_map(|(stanza, _)| *stanza);
        waiting.map_or(self.received, |stanza| stanza.wrapping_sub(1))
    }

    // ---- deadlines ----

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        [self.requests.next_deadline(), self.rooms.next_deadline()]
            .into_iter()
            .flatten()
            .min()
    }

    pub(super) fn expire(&mut self, now: Instant) {
        self.requests.expire(now);
        self.rooms.expire(now);
    }

    // ---- sending ----

    fn send(&mut self, stanza: &Element, out: &mut BytesMut) {
        self.send_bytes(encoded(stanza), None, out);
    }

    fn send_bytes(&mut self, bytes: Vec<u8>, proof: Option<oneshot::Sender<Proof>>, out: &mut BytesMut) {
        out.extend_from_slice(&bytes);
        self.outbound.push(Bytes::from(bytes), proof);
    }

    /// Initial presence: from now on messages come.
    pub(super) fn announce(&mut self, out: &mut BytesMut) {
        let presence = element("presence", ns::JABBER_CLIENT).with_child(identity::capabilities());
        self.send(&presence, out);
    }

    /// Asks the server what it has, which is also a question for a sign of life.
    pub(super) fn ask_for_life(&mut self, out: &mut BytesMut) {
        if self.management == Management::Absent {
            let id = Uuid::new_v4().to_string();
            let server = Jid::from(BareJid::from_parts(None, self.own.domain()));
            out.extend_from_slice(&encoded(
                &iq("get", &id, Some(&server)).with_child(element("ping", ns::PING)),
            ));
            self.question = Some(Question::Ping {
                id,
                covers: self.outbound.len(),
            });
        } else {
            out.extend_from_slice(&encoded(&element("r", ns::SM)));
            self.question = Some(Question::Request);
        }
    }

    /// Writes the counts that are due.
    pub(super) fn settle(&mut self, out: &mut BytesMut) {
        let handled = self.handled();
        let managed = self.management != Management::Absent;
        // Unasked, too, once what was held back has been handed over.
        if managed && (self.asked_for_count || handled.wrapping_sub(self.told) >= 50) {
            out.extend_from_slice(&encoded(&element("a", ns::SM).with_attr("h", handled.to_string())));
            self.told = handled;
            self.asked_for_count = false;
        }
        let awaited = self.outbound.is_awaited() || self.outbound.len() > MOST_UNACKNOWLEDGED / 4;
        if self.question.is_none() && awaited {
            self.ask_for_life(out);
        }
    }

    fn acknowledge(&mut self, handled: u32) -> Result<(), SessionError> {
        self.outbound
            .acknowledge(handled)
            .map_err(|_| SessionError::Protocol(ProtocolError::Acknowledgement))
    }

    // ---- commands ----

    /// Whether more commands can be taken now.
    pub(super) fn takes_commands(&self) -> bool {
        self.outbound.len() < MOST_UNACKNOWLEDGED
    }

    pub(super) fn obey(&mut self, command: Command, out: &mut BytesMut) {
        if self.gate == Gate::Opening && !matches!(&command, Command::Request(r) if r.phase == Phase::Opening) {
            return refuse(command);
        }
        match command {
            Command::Send {
                within: Some(number),
                taken,
                ..
            } if number != self.number => {
                let _ = taken.send(Err(SendError::Offline));
            }
            Command::Send {
                stanza, taken, proof, ..
            } => {
                // Whoever gave up meanwhile will not hear of it, so it must not be sent.
                if taken.send(Ok(())).is_ok() {
                    self.send_bytes(encoded(stanza.element()), Some(proof), out);
                }
            }
            Command::Request(request) => self.ask(*request, out),
            Command::Join { room, nick, answer } => {
                let deadline = Instant::now() + self.timing.request;
                if let Some(presence) = self.rooms.enter(room, nick, deadline, answer) {
                    self.send(&presence, out);
                }
                self.publish();
            }
            Command::Leave { room } => {
                if let Some(presence) = self.rooms.leave(&room) {
                    self.send(&presence, out);
                }
                self.publish();
            }
        }
    }

    fn ask(&mut self, request: Request, out: &mut BytesMut) {
        let Request {
            to,
            kind,
            payload,
            collect,
            answer,
            ..
        } = request;
        if answer.is_closed() {
            return;
        }
        let id = Uuid::new_v4().to_string();
        let kind = match kind {
            RequestKind::Get => "get",
            RequestKind::Set => "set",
        };
        let bytes = encoded(&iq(kind, &id, to.as_ref()).with_child(payload));
        if bytes.is_empty() || bytes.len() > MAX_STANZA_BYTES {
            let _ = answer.send(Err(RequestError::TooLarge));
            return;
        }
        self.send_bytes(bytes, None, out);
        self.requests
            .insert(id, to, Instant::now() + self.timing.request, collect, answer);
    }

    // ---- receiving ----

    /// Takes what came. An error ends the connection.
    pub(super) fn take(&mut self, incoming: Incoming, out: &mut BytesMut) -> Result<Flow, SessionError> {
        match incoming {
            Incoming::Element(element) if is_stanza(&element) => {
                self.received = self.received.wrapping_add(1);
                self.stanza(element, out);
            }
            Incoming::Element(element) if element.is("error", ns::STREAM) => return Err(stream_error(&element)),
            Incoming::Element(element) if element.has_ns(ns::SM) => match element.name() {
                "r" => self.asked_for_count = true,
                "a" => {
                    self.question = None;
                    // Without a number it says nothing.
                    if let Some(handled) = element.attr("h").and_then(|h| h.parse().ok()) {
                        self.acknowledge(handled)?;
                    }
                }
                _ => {}
            },
            // Anything else beside stanzas is of an extension that is not spoken here.
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

    /// Takes a stanza that came before counting began.
    pub(super) fn take_early(&mut self, element: Element, out: &mut BytesMut) {
        self.stanza(element, out);
    }

    fn stanza(&mut self, element: Element, out: &mut BytesMut) {
        match element.name() {
            "message" => self.message(element),
            "presence" => self.presence(&element),
            _ => self.iq(element, out),
        }
    }

    fn message(&mut self, mut message: Element) {
        for namespace in [ns::MAM, ns::INBOX] {
            let Some(result) = message.remove_child("result", namespace) else {
                continue;
            };
            let from = message.attr("from").map(Jid::new).transpose();
            if !from.is_ok_and(|from| self.requests.gather(from.as_ref(), result)) {
                tracing::warn!("a result that nobody asked for was dropped");
            }
            return;
        }
        if let Some(changed) = inbox::take_changed(&mut message, &self.own) {
            self.tell_of_stanza(SessionEvent::Inbox(Box::new(changed)));
            return;
        }
        if let Some(positions) = displayed::take_news(&message, &self.own) {
            self.tell_of_stanza(SessionEvent::Displayed(positions));
            return;
        }
        if let Some(bookmarks) = muc::take_news(&message, &self.own) {
            self.tell_of_stanza(SessionEvent::Bookmarks(bookmarks));
            return;
        }
        if let Some(decisions) = decisions::take_news(&message, &self.own) {
            self.tell_of_stanza(SessionEvent::Decisions(decisions));
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
            occupant: &|room, nick| self.rooms.occupant(room, nick),
            services: &self.features.chat_services,
        };
        match live(message, &context) {
            Ok(message) => self.tell_of_stanza(SessionEvent::Message(Box::new(message))),
            Err(reason) => tracing::warn!(%reason, "a message was dropped"),
        }
    }

    fn presence(&mut self, element: &Element) {
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
            if occupant.whose == presence::Whose::Own {
                self.publish();
            }
        }
        self.tell_of_stanza(SessionEvent::Presence(Box::new(update)));
    }

    fn iq(&mut self, element: Element, out: &mut BytesMut) {
        match element.attr("type") {
            Some("result" | "error") => {
                if let Some(Question::Ping { id, covers }) = &self.question
                    && element.attr("id") == Some(id)
                {
                    // An error is as good: the server has worked through all that came before.
                    let _ = self.outbound.acknowledge_next(*covers);
                    self.question = None;
                    return;
                }
                self.requests.resolve(element);
            }
            _ => {
                let reaction = answers::answer(&element, &self.own);
                if let Some(push) = reaction.push {
                    self.tell_of_stanza(match push {
                        answers::Push::Roster(push) => SessionEvent::Roster(push),
                        answers::Push::Blocking(push) => SessionEvent::Blocking(push),
                    });
                }
                self.send(&reaction.answer, out);
            }
        }
    }
}

/// Whether the stream goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Goes,
    Ended,
}

/// Says no to a command for want of a session.
pub(super) fn refuse(command: Command) {
    match command {
        Command::Send { taken, .. } => {
            let _ = taken.send(Err(SendError::Offline));
        }
        Command::Request(request) => {
            let _ = request.answer.send(Err(RequestError::Offline));
        }
        Command::Join { answer, .. } => {
            let _ = answer.send(Err(JoinError::Offline));
        }
        Command::Leave { .. } => {}
    }
}
