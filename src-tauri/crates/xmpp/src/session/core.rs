//! What a session knows, independent of the connection that carries it at the moment.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};
use tokio::sync::{oneshot, watch};
use tokio::time::Instant;
use uuid::Uuid;
use xmpp_parsers::jid::{BareJid, FullJid, Jid};
use xmpp_parsers::minidom::Element;
use xmpp_parsers::sm;

use super::acknowledge::{MOST_UNACKNOWLEDGED, Management, Outbound, ResumePoint};
use super::config::Timing;
use super::error::{ProtocolError, SessionError};
use super::event::SessionEvent;
use super::events::{EventSender, Weighed};
use super::handed_over::HandedOver;
use super::identity;
use super::knowledge::Knowledge;
use super::receipt::{Proof, Refusal};
use super::requests::Requests;
use super::rooms::Rooms;
use super::stanza::iq;
use super::state::SessionNumber;
use super::suspects::{Suspects, is_large};
use crate::features::ServerFeatures;
use crate::message::MAX_STANZA_BYTES;
use crate::ns;
use crate::xml::{Build, element, encoded};

mod commands;
mod received;

/// Events that may wait inside the session before it stops reading. Far above what a burst brings, so that answers to
/// requests get through even if whoever asked is the one who should be taking events.
pub(super) const MOST_BACKLOG: usize = 4096;

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
    /// The count that the server was told last did not cover all that it had sent.
    owes_count: bool,
    /// A question for the server's count is under way.
    question: Option<Question>,
    events: EventSender,
    /// Events that wait for room, each with the number of its stanza.
    backlog: VecDeque<(Option<u32>, Weighed)>,
    /// Events that whoever listens works with.
    handed_over: HandedOver,
    /// Bytes of the stanza that is being worked on.
    current: usize,
    suspects: Suspects,
    /// Bytes of the largest stanza that the server takes, where it says so.
    announced_limit: Option<usize>,
}

/// A question for what the server has, and when it was asked.
struct Question {
    asked: Instant,
    form: QuestionForm,
}

/// How the server was asked what it has.
enum QuestionForm {
    Request,
    /// A ping with this id, and the number of stanzas that its answer proves.
    Ping {
        id: String,
        covers: usize,
    },
}

impl Core {
    pub(super) fn new(
        own: BareJid,
        timing: Timing,
        events: EventSender,
        knowledge: watch::Sender<Knowledge>,
        learnt_limit: Option<usize>,
    ) -> Self {
        Self {
            requests: Requests::new(own.clone()),
            timing,
            number: SessionNumber::default(),
            address: None,
            features: ServerFeatures::default(),
            outbound: Outbound::default(),
            rooms: Rooms::new(own.clone()),
            own,
            gate: Gate::Opening,
            knowledge,
            management: Management::Absent,
            received: 0,
            told: 0,
            asked_for_count: false,
            owes_count: false,
            question: None,
            events,
            backlog: VecDeque::new(),
            handed_over: HandedOver::default(),
            current: 0,
            suspects: Suspects::with_limit(learnt_limit),
            announced_limit: None,
        }
    }

    /// A connection is there, whose server says what it takes, or does not.
    pub(super) fn connected(&mut self, announced_limit: Option<usize>) {
        self.announced_limit = announced_limit;
        self.publish();
    }

    /// Bytes of the largest stanza that is sent.
    fn stanza_limit(&self) -> usize {
        // What a server says today counts more than what happened once.
        let limit = self.announced_limit.or(self.suspects.limit());
        limit.map_or(MAX_STANZA_BYTES, |limit| limit.min(MAX_STANZA_BYTES))
    }

    /// What was learnt of the server's limit without being told.
    pub(super) fn learnt_limit(&self) -> Option<usize> {
        self.suspects.limit().filter(|_| self.announced_limit.is_none())
    }

    /// The connection was lost. Whether a stanza is given up over it: then the session cannot go on, as it would be sent again.
    pub(super) fn blame(&mut self, error: SessionError) -> bool {
        let Some(culprit) = self.suspects.blame(error, self.outbound.waiting()) else {
            return false;
        };
        tracing::warn!(
            bytes = culprit.len(),
            "a stanza over which the server ended the connection twice is given up"
        );
        let refusal = match is_large(&culprit) {
            true => Refusal::TooLarge,
            false => Refusal::Unacceptable,
        };
        self.outbound.refuse(&culprit, refusal);
        self.publish();
        true
    }

    /// A new session begins.
    pub(super) fn begin(&mut self, address: FullJid, management: Management) {
        self.abandon();
        self.number = SessionNumber(self.number.0.wrapping_add(1));
        self.address = Some(address);
        self.management = management;
        self.received = 0;
        self.told = 0;
        self.owes_count = false;
        self.backlog.iter_mut().for_each(|(stanza, _)| *stanza = None);
        self.handed_over.forget_stanzas();
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
            rooms: self.rooms.traits(),
            services: self.features.chat_services.clone(),
            stanza_limit: self.stanza_limit(),
        };
        self.knowledge.send_replace(knowledge);
    }

    // ---- events ----

    pub(super) fn tell(&mut self, event: SessionEvent) {
        let weighed = self.events.weigh(event, 0);
        self.backlog.push_back((None, weighed));
    }

    fn tell_of_stanza(&mut self, event: SessionEvent) {
        // What came before counting began is no stanza of the count.
        let stanza = (self.received != 0).then_some(self.received);
        let weighed = self.events.weigh(event, self.current);
        self.backlog.push_back((stanza, weighed));
    }

    pub(super) fn next_event(&mut self) -> Option<Weighed> {
        let (stanza, event) = self.backlog.pop_front()?;
        self.handed_over.push(stanza);
        Some(event)
    }

    /// Whoever listens has handled so many events by now.
    pub(super) fn events_handled(&mut self, handled: u64) {
        self.handed_over.handled(handled);
    }

    /// Whether every stanza that has come is handled.
    pub(super) fn is_settled(&self) -> bool {
        self.handled() == self.received
    }

    pub(super) fn backlog(&self) -> usize {
        self.backlog.len()
    }

    /// Stanzas that have been handled completely: only these are acknowledged.
    fn handled(&self) -> u32 {
        let waiting = || self.backlog.iter().find_map(|(stanza, _)| *stanza);
        let waiting = self.handed_over.oldest().or_else(waiting);
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
        if self.suspects.is_condemned(&bytes) {
            return;
        }
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
            let covers = self.outbound.len();
            self.ask_in(QuestionForm::Ping { id, covers });
        } else {
            out.extend_from_slice(&encoded(&sm::R.into()));
            self.ask_in(QuestionForm::Request);
        }
    }

    fn ask_in(&mut self, form: QuestionForm) {
        // One that is open already is not forgiven by another.
        let asked = self
            .question
            .as_ref()
            .map_or_else(Instant::now, |question| question.asked);
        self.question = Some(Question { asked, form });
    }

    /// Since when the server owes an answer.
    pub(super) fn asked(&self) -> Option<Instant> {
        self.question.as_ref().map(|question| question.asked)
    }

    /// Nothing was read for a while for a reason of our own: no answer comes late.
    pub(super) fn excuse(&mut self) {
        if let Some(question) = &mut self.question {
            question.asked = Instant::now();
        }
    }

    /// Writes the counts that are due.
    pub(super) fn settle(&mut self, out: &mut BytesMut) {
        let handled = self.handled();
        let managed = self.management != Management::Absent;
        // Unasked, too, once what was held back has been handled.
        let is_rest_due = self.owes_count && handled == self.received;
        if managed && (self.asked_for_count || is_rest_due || handled.wrapping_sub(self.told) >= 50) {
            out.extend_from_slice(&encoded(&sm::A::new(handled).into()));
            self.told = handled;
            self.owes_count = handled != self.received;
            self.asked_for_count = false;
        }
        let is_held_up = self.suspects.is_cautious() && self.outbound.len() > 0;
        let awaited = self.outbound.is_awaited() || self.outbound.len() > MOST_UNACKNOWLEDGED / 4 || is_held_up;
        if self.question.is_none() && awaited {
            self.ask_for_life(out);
        }
    }

    /// Writes the count for the last time (XEP-0198 section 4): the server keeps, or hands to somebody else, what is not in it.
    pub(super) fn settle_for_good(&mut self, out: &mut BytesMut) {
        self.asked_for_count |= self.handled() != self.told;
        self.settle(out);
    }

    /// The server has handled so many in all.
    pub(super) fn acknowledge(&mut self, handled: u32) -> Result<(), SessionError> {
        self.acknowledge_next(self.outbound.newly_handled(handled))
    }

    fn acknowledge_next(&mut self, count: usize) -> Result<(), SessionError> {
        let handled = self.outbound.waiting().take(count);
        self.suspects.acquit(handled.map(|(stanza, _)| stanza));
        self.outbound
            .acknowledge_next(count)
            .map_err(|_| SessionError::Protocol(ProtocolError::Acknowledgement))
    }
}

/// Whether the stream goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Goes,
    Ended,
}
