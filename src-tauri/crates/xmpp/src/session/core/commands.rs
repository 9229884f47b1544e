//! Commands of handles.

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
    /// Whether more commands can be accepted now.
    pub(in crate::session) fn takes_commands(&self) -> bool {
        match self.suspects.is_cautious() {
            true => self.outbound.len() == 0,
            false => !self.outbound.is_full(),
        }
    }

    pub(in crate::session) fn handle_command(&mut self, command: Command, out: &mut BytesMut) {
        if self.gate == Gate::Opening && !matches!(&command, Command::Request(r) if r.phase == Phase::Opening) {
            return command.refuse();
        }
        match command {
            Command::Send {
                within: Some(number),
                accepted,
                ..
            } if number != self.number => {
                let _ = accepted.send(Err(SendError::Offline));
            }
            Command::Send {
                stanza,
                accepted,
                proof,
                ..
            } => {
                let bytes = encoded(stanza.element());
                if bytes.len() > self.stanza_limit() {
                    let _ = accepted.send(Err(SendError::TooLarge));
                } else if self.suspects.is_condemned(&bytes) {
                    let _ = accepted.send(Err(SendError::Unacceptable));
                } else if accepted.send(Ok(())).is_ok() {
                    self.send_bytes(bytes, Some(proof), out);
                }
                // A sender that gave up meanwhile learns no outcome, so the message must not be sent.
            }
            Command::Request(request) => self.send_request(*request, out),
            Command::Join { room, nick, answer } => {
                let deadline = Instant::now() + self.timing.request;
                if let Some(presence) = self.rooms.enter(room.clone(), nick, deadline, answer) {
                    self.request_room_info(room.into(), out);
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

    /// Asks a room for its traits, on which decoding its messages depends; its answer comes before the first of them.
    fn request_room_info(&mut self, room: Jid, out: &mut BytesMut) {
        let question = iq("get", &Uuid::new_v4().to_string(), Some(&room));
        self.send(&question.with_child(element("query", ns::DISCO_INFO)), out);
    }

    fn send_request(&mut self, request: Request, out: &mut BytesMut) {
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
        // A new room answers with its traits only once it is configured.
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
            self.request_room_info(room, out);
        }
        self.requests
            .insert(id, to, Instant::now() + self.timing.request, collect, answer);
    }
}
