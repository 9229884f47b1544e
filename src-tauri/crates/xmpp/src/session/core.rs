//! The state of a session that outlives a connection: takes what came in, and says what goes out.

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

/// Events that may wait inside the session before it stops reading. Far above a burst, so that answers get through even
/// if the asker is the receiver that lags.
pub(super) const MOST_BACKLOG: usize = 4096;

/// Which commands the session accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gate {
    /// Only those that open the session.
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
    /// Last count sent to the server.
    sent_count: u32,
    /// The server asked for our count.
    asked_for_count: bool,
    /// The last count did not cover all stanzas that had come.
    owes_count: bool,
    /// A request for the server's count is under way.
    question: Option<Question>,
    events: EventSender,
    /// Events that wait for room, each with the number of its stanza.
    backlog: VecDeque<(Option<u32>, Weighed)>,
    /// Events that the receiver works with.
    handed_over: HandedOver,
    /// Bytes of the present stanza.
    current: usize,
    suspects: Suspects,
    /// The size limit that the server announces.
    announced_limit: Option<usize>,
}

/// A request for the server's count, and when it was sent.
struct Question {
    asked: Instant,
    form: QuestionForm,
}

/// The form of a request for the server's count.
enum QuestionForm {
    Request,
    /// A ping with this id, and the number of stanzas that its answer acknowledges.
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
            sent_count: 0,
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

    /// A connection is there, with the size limit that its server announces.
    pub(super) fn connected(&mut self, announced_limit: Option<usize>) {
        self.announced_limit = announced_limit;
        self.publish();
    }

    /// Bytes of the largest stanza that the session sends.
    fn stanza_limit(&self) -> usize {
        // Today's announcement counts more than an old failure.
        let limit = self.announced_limit.or(self.suspects.limit());
        limit.map_or(MAX_STANZA_BYTES, |limit| limit.min(MAX_STANZA_BYTES))
    }

    /// The size limit that the session found, where the server announces none.
    pub(super) fn learnt_limit(&self) -> Option<usize> {
        self.suspects.limit().filter(|_| self.announced_limit.is_none())
    }

    /// The connection was lost. Whether that gives up a stanza: then the session must not be resumed, which would send
    /// it again.
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
        self.sent_count = 0;
        self.owes_count = false;
        self.backlog.iter_mut().for_each(|(stanza, _)| *stanza = None);
        self.handed_over.forget_stanzas();
        self.outbound.restart();
    }

    /// The server resumed the session: sends unacknowledged stanzas again.
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

    /// Where the session can be resumed, if it can.
    pub(super) fn resume_point(&self) -> Option<ResumePoint> {
        match &self.management {
            Management::Enabled { resume: Some(id) } => Some(ResumePoint {
                id: id.clone(),
                handled: self.handled(),
            }),
            _ => None,
        }
    }

    /// Publishes the state that handles need for decoding.
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

    pub(super) fn emit(&mut self, event: SessionEvent) {
        let weighed = self.events.weigh(event, 0);
        self.backlog.push_back((None, weighed));
    }

    fn emit_from_stanza(&mut self, event: SessionEvent) {
        // A stanza that came before counting began has no number.
        let stanza = (self.received != 0).then_some(self.received);
        let weighed = self.events.weigh(event, self.current);
        self.backlog.push_back((stanza, weighed));
    }

    pub(super) fn next_event(&mut self) -> Option<Weighed> {
        let (stanza, event) = self.backlog.pop_front()?;
        self.handed_over.push(stanza);
        Some(event)
    }

    /// Takes note of the number of events that the receiver has handled.
    pub(super) fn on_events_handled(&mut self, handled: u64) {
        self.handed_over.handled(handled);
    }

    /// Whether the receiver has handled every stanza that came.
    pub(super) fn is_everything_handled(&self) -> bool {
        self.handled() == self.received
    }

    pub(super) fn backlog(&self) -> usize {
        self.backlog.len()
    }

    /// Stanzas that have been handled completely: the session acknowledges only these.
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

    /// Sends initial presence: from now on messages come.
    pub(super) fn send_initial_presence(&mut self, out: &mut BytesMut) {
        let presence = element("presence", ns::JABBER_CLIENT).with_child(identity::capabilities());
        self.send(&presence, out);
    }

    /// Asks for the server's count, which also asks for a sign of life.
    pub(super) fn probe_server(&mut self, out: &mut BytesMut) {
        if self.management == Management::Absent {
            let id = Uuid::new_v4().to_string();
            let server = Jid::from(BareJid::from_parts(None, self.own.domain()));
            out.extend_from_slice(&encoded(
                &iq("get", &id, Some(&server)).with_child(element("ping", ns::PING)),
            ));
            let covers = self.outbound.len();
            self.start_probe(QuestionForm::Ping { id, covers });
        } else {
            out.extend_from_slice(&encoded(&sm::R.into()));
            self.start_probe(QuestionForm::Request);
        }
    }

    fn start_probe(&mut self, form: QuestionForm) {
        // A new probe does not extend the deadline of an open one.
        let asked = self
            .question
            .as_ref()
            .map_or_else(Instant::now, |question| question.asked);
        self.question = Some(Question { asked, form });
    }

    /// Since when an answer of the server is due.
    pub(super) fn asked(&self) -> Option<Instant> {
        self.question.as_ref().map(|question| question.asked)
    }

    /// Restarts the deadline of a probe, as the session itself has not been reading.
    pub(super) fn restart_probe(&mut self) {
        if let Some(question) = &mut self.question {
            question.asked = Instant::now();
        }
    }

    /// Sends the counts and requests for counts that are due.
    pub(super) fn send_counts(&mut self, out: &mut BytesMut) {
        let handled = self.handled();
        let managed = self.management != Management::Absent;
        // Unasked, too, once the stanzas are handled that the last count left out.
        let is_rest_due = self.owes_count && handled == self.received;
        if managed && (self.asked_for_count || is_rest_due || handled.wrapping_sub(self.sent_count) >= 50) {
            out.extend_from_slice(&encoded(&sm::A::new(handled).into()));
            self.sent_count = handled;
            self.owes_count = handled != self.received;
            self.asked_for_count = false;
        }
        let is_held_up = self.suspects.is_cautious() && self.outbound.len() > 0;
        let awaited = self.outbound.is_awaited() || self.outbound.len() > MOST_UNACKNOWLEDGED / 4 || is_held_up;
        if self.question.is_none() && awaited {
            self.probe_server(out);
        }
    }

    /// Sends the count for the last time (XEP-0198 section 4): the server stores, or gives to another device, stanzas
    /// beyond it.
    pub(super) fn send_last_count(&mut self, out: &mut BytesMut) {
        self.asked_for_count |= self.handled() != self.sent_count;
        self.send_counts(out);
    }

    /// Takes note of the server's count.
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
