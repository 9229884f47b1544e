//! What handles ask of the session.

use bytes::BytesMut;
use tokio::time::Instant;
use uuid::Uuid;
use xmpp_parsers::jid::Jid;

use super::{Core, Gate};
use crate::ns;
use crate::session::command::{Command, Phase, Request, RequestKind};
use crate::session::error::{RequestError, SendError};
use crate::session::stanza::iq;
use crate::xml::{Build, element, encoded};

impl Core {
    /// Whether more commands can be taken now.
    pub(in crate::session) fn takes_commands(&self) -> bool {
        match self.suspects.is_cautious() {
            true => self.outbound.len() == 0,
            false => !self.outbound.is_full(),
        }
    }

    pub(in crate::session) fn obey(&mut self, command: Command, out: &mut BytesMut) {
        if self.gate == Gate::Opening && !matches!(&command, Command::Request(r) if r.phase == Phase::Opening) {
            return command.refuse();
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
                let bytes = encoded(stanza.element());
                if bytes.len() > self.stanza_limit() {
                    let _ = taken.send(Err(SendError::TooLarge));
                } else if self.suspects.is_condemned(&bytes) {
                    let _ = taken.send(Err(SendError::Unacceptable));
                } else if taken.send(Ok(())).is_ok() {
                    self.send_bytes(bytes, Some(proof), out);
                }
                // Whoever gave up meanwhile will not hear of it, so it was not sent.
            }
            Command::Request(request) => self.ask(*request, out),
            Command::Join { room, nick, answer } => {
                let deadline = Instant::now() + self.timing.request;
                if let Some(presence) = self.rooms.enter(room.clone(), nick, deadline, answer) {
                    self.ask_what_it_is_like(room.into(), out);
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

    /// What a room says of itself decides what is believed of its messages, and comes before the first of them.
    fn ask_what_it_is_like(&mut self, room: Jid, out: &mut BytesMut) {
        let question = iq("get", &Uuid::new_v4().to_string(), Some(&room));
        self.send(&question.with_child(element("query", ns::DISCO_INFO)), out);
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
        // One that was just made could not say before what it is like.
        let configured = to.clone().filter(|_| payload.is("query", ns::MUC_OWNER));
        let bytes = encoded(&iq(kind, &id, to.as_ref()).with_child(payload));
        if bytes.is_empty() || bytes.len() > self.stanza_limit() {
            let _ = answer.send(Err(RequestError::TooLarge));
            return;
        }
        if self.suspects.is_condemned(&bytes) {
            let _ = answer.send(Err(RequestError::Unacceptable));
            return;
        }
        self.send_bytes(bytes, None, out);
        if let Some(room) = configured {
            self.ask_what_it_is_like(room, out);
        }
        self.requests
            .insert(id, to, Instant::now() + self.timing.request, collect, answer);
    }
}
