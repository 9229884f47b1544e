//! Commands from handles to the task that owns the session.

use tokio::sync::oneshot;
use xmpp_parsers::jid::{BareJid, Jid};
use xmpp_parsers::minidom::Element;

use super::error::{RequestError, SendError};
use super::receipt::Proof;
use super::state::SessionNumber;
use crate::message::Stanza;
use crate::muc::{JoinError, Joined};

/// The type of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequestKind {
    /// Reads.
    Get,
    /// Changes.
    Set,
}

/// Results that come before the answer to an archive query, and the answer.
#[derive(Default)]
pub(crate) struct Collected {
    /// `<result/>` elements in the order of their arrival.
    pub(crate) results: Vec<Element>,
    /// Payload of the answer.
    pub(crate) answer: Option<Element>,
}

/// A running archive query.
pub(crate) struct Collect {
    /// The archive. The session drops results from other senders.
    pub(crate) archive: BareJid,
    /// Results carry this id.
    pub(crate) query_id: String,
    /// Most results that are accepted.
    pub(crate) limit: usize,
}

/// An `<iq/>` of type get or set.
pub(crate) struct Request {
    pub(crate) to: Option<Jid>,
    pub(crate) kind: RequestKind,
    pub(crate) payload: Element,
    /// Set for archive queries.
    pub(crate) collect: Option<Collect>,
    pub(crate) answer: oneshot::Sender<Result<Collected, RequestError>>,
    /// Whether it may go out before discovery is done.
    pub(crate) phase: Phase,
}

/// When something may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// As part of opening the session.
    Opening,
    /// Once the session is open.
    Open,
}

/// A command.
pub(crate) enum Command {
    Send {
        /// Only in this session.
        within: Option<SessionNumber>,
        stanza: Stanza,
        accepted: oneshot::Sender<Result<(), SendError>>,
        proof: oneshot::Sender<Proof>,
    },
    Request(Box<Request>),
    Join {
        room: BareJid,
        nick: String,
        answer: oneshot::Sender<Result<Joined, JoinError>>,
    },
    Leave {
        room: BareJid,
    },
}

impl Command {
    /// Fails it, as there is no session.
    pub(super) fn refuse(self) {
        match self {
            Self::Send { accepted, .. } => {
                let _ = accepted.send(Err(SendError::Offline));
            }
            Self::Request(request) => {
                let _ = request.answer.send(Err(RequestError::Offline));
            }
            Self::Join { answer, .. } => {
                let _ = answer.send(Err(JoinError::Offline));
            }
            Self::Leave { .. } => {}
        }
    }
}

/// Signals that the task notices at once, whatever it waits for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Control {
    /// The user or the system wants the session to end.
    pub(crate) close: bool,
    /// Counts hints that the network has changed.
    pub(crate) wake: u64,
}
