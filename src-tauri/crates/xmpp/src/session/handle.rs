//! The handle by which everything is asked of a session.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;
use xmpp_parsers::jid::{BareJid, Jid};
use xmpp_parsers::minidom::Element;

use super::asker::Asker;
use super::backoff::Backoff;
use super::command::{Command, Control, Phase};
use super::events::{self, Events};
use super::knowledge::Knowledge;
use super::worker::Worker;
use super::{Link, RequestError, SendError, SessionConfig, SessionNumber, SessionState};
use crate::auth::Authentication;
#[cfg(doc)]
use crate::message::MAX_STANZA_BYTES;
use crate::message::Stanza;
use crate::net::{NetworkTransport, Transport};
use crate::ns;
use crate::xml::element;

/// What is known about a message that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Proof {
    /// The server has it.
    Acknowledged,
    /// The session ended before the server said so. It may or may not have arrived: look in the archive before sending
    /// it again. The session itself never sends it again.
    Unproven,
    /// The server does not take it: it has ended the connection over it, twice. It has not arrived, and will not.
    Refused(Refusal),
}

/// Why a server does not take a stanza.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// It is larger than what every server must take (RFC 6120 section 13.12), so that it is most likely too large.
    TooLarge,
    /// It is small: something else about it.
    Unacceptable,
}

/// Resolves when the fate of a sent message is known. Dropping it changes nothing about the message.
#[derive(Debug)]
#[must_use = "without it nobody learns whether the message arrived"]
pub struct Receipt {
    pub(super) answer: oneshot::Receiver<Proof>,
}

impl Future for Receipt {
    type Output = Proof;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Proof> {
        // A session that is gone without an answer has not proven anything.
        Pin::new(&mut self.answer)
            .poll(cx)
            .map(|answer| answer.unwrap_or(Proof::Unproven))
    }
}

/// What a request does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequestKind {
    /// Reads.
    Get,
    /// Changes.
    Set,
}

/// Commands that wait to be taken before those who give them wait, too.
const COMMANDS: usize = 64;

/// A running session. Cheap to clone; all clones speak of the same session. When the last one is dropped, the session
/// ends, politely if it can.
#[derive(Clone)]
pub struct Session {
    commands: mpsc::Sender<Command>,
    control: Arc<watch::Sender<Control>>,
    state: watch::Receiver<SessionState>,
    link: watch::Receiver<Option<Link>>,
    authentication: watch::Receiver<Authentication>,
    knowledge: watch::Receiver<Knowledge>,
    own: BareJid,
}

impl Session {
    /// Starts a session, which connects at once and keeps itself connected. Events must be drained: acknowledgements to
    /// the server count only what has been [handled](Events::recv).
    #[must_use]
    pub fn start(config: SessionConfig) -> (Self, Events) {
        Self::start_over(config, Arc::new(NetworkTransport::default()))
    }

    /// Like [`start`](Self::start), over another transport than DNS, TCP and TLS.
    #[must_use]
    pub fn start_over(mut config: SessionConfig, transport: Arc<dyn Transport>) -> (Self, Events) {
        let (commands, taken) = mpsc::channel(COMMANDS);
        let (events, received, handled) = events::channel();
        let (control, controlled) = watch::channel(Control::default());
        let (state, observed) = watch::channel(SessionState::Offline);
        let (link, linked) = watch::channel(None);
        let (knowledge, known) = watch::channel(Knowledge::default());
        // In one place from now on: what proves the account changes while the session runs.
        let emptied = Authentication::with_password(String::new());
        let (authentication, learnt) = watch::channel(std::mem::replace(&mut config.authentication, emptied));
        let own = config.address.clone();
        let worker = Worker {
            core: Worker::core(&config, events.clone(), knowledge, learnt.borrow().known.stanza_limit),
            authentication,
            config: Arc::new(config),
            transport,
            loopback: commands.downgrade(),
            commands: taken,
            control: controlled,
            events,
            handled,
            state,
            link,
            backoff: Backoff::default(),
            left_behind: None,
        };
        tokio::spawn(worker.run());
        (
            Self {
                commands,
                control: Arc::new(control),
                state: observed,
                link: linked,
                authentication: learnt,
                knowledge: known,
                own,
            },
            received,
        )
    }

    /// The account's address.
    #[must_use]
    pub fn address(&self) -> &BareJid {
        &self.own
    }

    pub(crate) fn knowledge(&self) -> Knowledge {
        self.knowledge.borrow().clone()
    }

    /// Whether a room that was [entered](Self::muc_join) has not put us out since.
    #[must_use]
    pub fn is_inside(&self, room: &BareJid) -> bool {
        self.nick_in(room).is_some()
    }

    /// The name that one has in a room, where it has been entered.
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

    /// Where the session stands, now and whenever it changes.
    #[must_use]
    pub fn state(&self) -> watch::Receiver<SessionState> {
        self.state.clone()
    }

    /// What carries the session now; `None` while there is no connection.
    #[must_use]
    pub fn link(&self) -> Option<Link> {
        self.link.borrow().clone()
    }

    /// How the account is proven now, and what is known of the server; whenever it changes, it is to be kept with the account.
    /// A password is replaced by keys once the server has accepted it.
    #[must_use]
    pub fn authentication(&self) -> watch::Receiver<Authentication> {
        self.authentication.clone()
    }

    /// Bytes of the largest stanza that is sent: what the server announces (XEP-0478) or was learnt of it, and never more than
    /// [`MAX_STANZA_BYTES`].
    #[must_use]
    pub fn stanza_limit(&self) -> usize {
        self.knowledge.borrow().stanza_limit
    }

    /// How long the server takes to answer (XEP-0199). A server that does not know the question answers too.
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

    /// Sends a message. Messages leave in the order of these calls. The receipt tells what became of it.
    ///
    /// # Errors
    /// [`SendError::Offline`] unless the session is online, [`SendError::TooLarge`] over the
    /// [limit](Self::stanza_limit), [`SendError::Unacceptable`] if the server ended the connection over it twice; nothing is
    /// sent in any of these cases.
    pub async fn send(&self, stanza: Stanza) -> Result<Receipt, SendError> {
        self.send_in(None, stanza).await
    }

    /// Sends a message as [`send`](Self::send) does, but only in the session with this number: what was in flight when that ended
    /// must be accounted for before anything that was written later leaves.
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
        let (taken, was_taken) = oneshot::channel();
        let (proof, answer) = oneshot::channel();
        self.commands
            .send(Command::Send {
                within,
                stanza,
                taken,
                proof,
            })
            .await
            .map_err(|_| SendError::Offline)?;
        was_taken.await.map_err(|_| SendError::Offline)??;
        Ok(Receipt { answer })
    }

    /// Asks `to` (`None`: the own account on its server) and waits for the answer. Only an answer from there counts.
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

    /// The network is back, or the computer woke up: ends a back-off, or asks a connection that may be half open for a
    /// sign of life with a short deadline. Does nothing after [`SessionState::Failed`].
    pub fn reconnect_now(&self) {
        self.control
            .send_modify(|control| control.wake = control.wake.wrapping_add(1));
    }

    /// Ends the session: says goodbye if there is a connection, within [`Timing::close`]. Safe in every state, more than
    /// once, and from several places.
    pub async fn close(&self) {
        self.control.send_modify(|control| control.close = true);
        let mut state = self.state.clone();
        // The task drops its end when it is done.
        while state.changed().await.is_ok() {}
    }
}

crate::redact::redacted_debug!(Session);
