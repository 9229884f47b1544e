//! The handle of a session: commands and requests of the rest of the app go through it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;
use xmpp_parsers::jid::{BareJid, Jid};
use xmpp_parsers::minidom::Element;

use super::asker::Asker;
use super::command::{Command, Control, Phase, RequestKind};
#[cfg(doc)]
use super::config::Timing;
use super::error::{RequestError, SendError};
use super::knowledge::Knowledge;
use super::link::Link;
use super::receipt::Receipt;
use super::state::{SessionNumber, SessionState};
use crate::auth::Authentication;
#[cfg(doc)]
use crate::message::MAX_STANZA_BYTES;
use crate::message::Stanza;
use crate::ns;
use crate::xml::element;

/// A running session. Cheap to clone; all clones share the session. When the last one is dropped, the session
/// ends, politely if it can.
#[derive(Clone)]
pub struct Session {
    pub(super) commands: mpsc::Sender<Command>,
    pub(super) control: Arc<watch::Sender<Control>>,
    pub(super) state: watch::Receiver<SessionState>,
    pub(super) link: watch::Receiver<Option<Link>>,
    pub(super) authentication: watch::Receiver<Authentication>,
    pub(super) knowledge: watch::Receiver<Knowledge>,
    pub(super) own: BareJid,
}

impl Session {
    /// The account's address.
    #[must_use]
    pub fn address(&self) -> &BareJid {
        &self.own
    }

    pub(crate) fn knowledge(&self) -> Knowledge {
        self.knowledge.borrow().clone()
    }

    /// Whether we are in a room: it was [joined](Self::muc_join) and has not removed us since.
    #[must_use]
    pub fn is_inside(&self, room: &BareJid) -> bool {
        self.nick_in(room).is_some()
    }

    /// Our nickname in a room that was joined.
    pub(crate) fn nick_in(&self, room: &BareJid) -> Option<String> {
        self.knowledge.borrow().occupants.get(room).map(|us| us.nick.clone())
    }

    pub(crate) async fn command(&self, command: Command) -> Result<(), SendError> {
        self.commands.send(command).await.map_err(|_| SendError::Offline)
    }

    pub(crate) fn asker(&self, phase: Phase) -> Asker {
        Asker {
            commands: self.commands.clone(),
            phase,
        }
    }

    /// The state of the session, now and whenever it changes.
    #[must_use]
    pub fn state(&self) -> watch::Receiver<SessionState> {
        self.state.clone()
    }

    /// The present connection; `None` while there is none.
    #[must_use]
    pub fn link(&self) -> Option<Link> {
        self.link.borrow().clone()
    }

    /// The credential in use and the facts known of the server. Store it with the account whenever it changes.
    /// A password is replaced by keys once the server has accepted it.
    #[must_use]
    pub fn authentication(&self) -> watch::Receiver<Authentication> {
        self.authentication.clone()
    }

    /// Bytes of the largest stanza that the session sends: the limit that the server announces (XEP-0478) or showed,
    /// and never more than [`MAX_STANZA_BYTES`].
    #[must_use]
    pub fn stanza_limit(&self) -> usize {
        self.knowledge.borrow().stanza_limit
    }

    /// Time that the server takes to answer a ping (XEP-0199). An error is an answer, too.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn round_trip(&self) -> Result<Duration, RequestError> {
        let asked = Instant::now();
        let server = BareJid::from_parts(None, self.own.domain());
        match self
            .request(Some(server.into()), RequestKind::Get, element("ping", ns::PING))
            .await
        {
            Ok(_) | Err(RequestError::Refused(_)) => Ok(asked.elapsed()),
            Err(error) => Err(error),
        }
    }

    /// Sends a message. Messages leave in the order of these calls. The receipt resolves to its fate.
    ///
    /// # Errors
    /// [`SendError::Offline`] unless the session is online, [`SendError::TooLarge`] over the
    /// [limit](Self::stanza_limit), [`SendError::Unacceptable`] if the server ended the connection over it twice;
    /// nothing is sent in any of these cases.
    pub async fn send(&self, stanza: Stanza) -> Result<Receipt, SendError> {
        self.send_in(None, stanza).await
    }

    /// Sends a message as [`send`](Self::send) does, but only in the session with this number. When that session ends,
    /// the caller must settle the fate of messages in flight before later ones leave.
    ///
    /// # Errors
    /// As for [`send`](Self::send); [`SendError::Offline`] in another session.
    pub async fn send_within(&self, number: SessionNumber, stanza: Stanza) -> Result<Receipt, SendError> {
        self.send_in(Some(number), stanza).await
    }

    async fn send_in(&self, within: Option<SessionNumber>, stanza: Stanza) -> Result<Receipt, SendError> {
        match stanza.size() {
            0 => return Err(SendError::Unencodable),
            size if size > self.stanza_limit() => return Err(SendError::TooLarge),
            _ => {}
        }
        let (accepted, was_accepted) = oneshot::channel();
        let (proof, answer) = oneshot::channel();
        self.commands
            .send(Command::Send {
                within,
                stanza,
                accepted,
                proof,
            })
            .await
            .map_err(|_| SendError::Offline)?;
        was_accepted.await.map_err(|_| SendError::Offline)??;
        Ok(Receipt { answer })
    }

    /// Sends a request to `to` (`None`: the own account on its server) and waits for the answer. Only an answer from
    /// there counts.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub async fn request(
        &self,
        to: Option<Jid>,
        kind: RequestKind,
        payload: Element,
    ) -> Result<Option<Element>, RequestError> {
        self.asker(Phase::Open).ask(to, kind, payload).await
    }

    /// Ends a back-off, or probes a connection that may be half open with a short deadline: for a computer that woke
    /// up, or whose network is back. Does nothing after [`SessionState::Failed`].
    pub fn reconnect_now(&self) {
        self.control
            .send_modify(|control| control.wake = control.wake.wrapping_add(1));
    }

    /// Ends the session: says goodbye if there is a connection, within [`Timing::close`]. Safe in every state, more
    /// than once, and from several places.
    pub async fn close(&self) {
        self.control.send_modify(|control| control.close = true);
        let mut state = self.state.clone();
        // The task drops its end when it is done.
        while state.changed().await.is_ok() {}
    }
}

crate::redact::redacted_debug!(Session);
