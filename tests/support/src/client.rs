//! A second real client: what the app sends must arrive here, and what it shows must have been sent from here.

use std::collections::VecDeque;
use std::fs;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::time::{Instant, timeout_at};
use wardline_xmpp::decisions::{Decided, Decision, KeptIn};
use wardline_xmpp::features::Feature;
use wardline_xmpp::ids::MessageId;
use wardline_xmpp::message::{
    ChatState, Keeping, Marker, MarkerKind, MessageKind, OutgoingMessage, ReceivedMessage, Stanza, chat_state, marker,
    receipt,
};
use wardline_xmpp::muc::JoinError;
use wardline_xmpp::presence::{PresenceUpdate, SubscriptionRequest, subscription};
pub use wardline_xmpp::session::RequestKind;
use wardline_xmpp::session::{
    Authentication, Events, Opened, Proof, RequestError, Security, SendError, ServerLocation, Session, SessionConfig,
    SessionError, SessionEvent, SessionState, Timing,
};
use wardline_xmpp::{BareJid, CertificateDer, Jid};
use xmpp_parsers::message::Message;
use xmpp_parsers::minidom::Element;

use crate::servers::{Account, Endpoint, TlsMode};

/// How long anything that is waited for may take: generous, for machines busy with other tests.
const PATIENCE: Duration = Duration::from_secs(60);

/// Why the test client could not do something.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// An address is not one.
    #[error("not an address: {0}")]
    Address(String),
    /// The server's description lacks a port or its authority can't be read.
    #[error("the server's description is unusable: {0}")]
    Endpoint(String),
    /// The session gave up.
    #[error("the session failed: {0}")]
    Failed(SessionError),
    /// What was waited for did not come.
    #[error("{0} did not come in time")]
    TimedOut(&'static str),
    /// The session ended.
    #[error("the session ended")]
    Ended,
    /// A message was refused before it left.
    #[error("not sent: {0}")]
    Send(#[from] SendError),
    /// The server did not acknowledge a message.
    #[error("the server did not acknowledge the message")]
    Unproven,
    /// What was to be sent is no XML, or of another kind.
    #[error("not a stanza")]
    Malformed,
    /// A request was refused.
    #[error("refused: {0}")]
    Refused(RequestError),
    /// A room was not entered.
    #[error("room not entered: {0}")]
    Join(#[from] JoinError),
}

/// A signed-in client with a mailbox. Messages that arrive while something else is waited for are kept, in order.
pub struct TestClient {
    session: Session,
    events: Events,
    messages: VecDeque<ReceivedMessage>,
    presences: VecDeque<PresenceUpdate>,
    opened: Opened,
}

impl TestClient {
    /// Signs in as `account` and waits until the session is open.
    ///
    /// # Errors
    /// [`ClientError::Failed`] if the server refuses, [`ClientError::TimedOut`] if it does not answer.
    pub async fn connect(endpoint: &Endpoint, account: &Account) -> Result<Self, ClientError> {
        Self::connect_as(endpoint, account, "test").await
    }

    /// The same with a resource of one's own, for a second device of one account.
    ///
    /// # Errors
    /// As for [`TestClient::connect`].
    pub async fn connect_as(endpoint: &Endpoint, account: &Account, resource: &str) -> Result<Self, ClientError> {
        Self::start(session_config(endpoint, account, resource)?).await
    }

    /// Signs in with a configuration of one's own and waits until the session is open.
    ///
    /// # Errors
    /// As for [`TestClient::connect`].
    pub async fn start(config: SessionConfig) -> Result<Self, ClientError> {
        let (session, mut events) = Session::start(config);
        let mut state = session.state();
        let opened = async {
            loop {
                tokio::select! {
                    event = events.recv() => match event {
                        Some(SessionEvent::Opened(opened)) => return Ok(*opened),
                        Some(_) => {}
                        None => return Err(ClientError::Ended),
                    },
                    failed = state.wait_for(|state| matches!(state, SessionState::Failed { .. })) => {
                        return Err(match failed.map(|state| *state) {
                            Ok(SessionState::Failed { reason }) => ClientError::Failed(reason),
                            _ => ClientError::Ended,
                        });
                    }
                }
            }
        };
        let opened = timeout_at(Instant::now() + PATIENCE, opened).await;
        let opened = opened.map_err(|_| ClientError::TimedOut("the session"))??;
        // The event comes just before the initial presence; what is sent from now on may rely on Online.
        let mut state = session.state();
        let online = state.wait_for(|state| matches!(state, SessionState::Online));
        timeout_at(Instant::now() + PATIENCE, online)
            .await
            .map_err(|_| ClientError::TimedOut("the session"))?
            .map_err(|_| ClientError::Ended)?;
        drop(state);
        // The server handles the initial presence before this request; until then it would store messages for this client.
        session.round_trip().await.map_err(ClientError::Refused)?;
        Ok(Self {
            session,
            events,
            messages: VecDeque::new(),
            presences: VecDeque::new(),
            opened,
        })
    }

    /// The session itself, for everything that this type has no word for.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// What the server said when the session was opened.
    #[must_use]
    pub fn opened(&self) -> &Opened {
        &self.opened
    }

    /// Whether the server can keep a node of personal eventing for the account alone: some say so and cannot.
    ///
    /// # Errors
    /// [`ClientError::Refused`] without a connection.
    pub async fn keeps_nodes_private(&self) -> Result<bool, ClientError> {
        if !self.opened.features.has(Feature::PublishOptions) {
            return Ok(false);
        }
        let nothing = Decision {
            with: self.session.address().clone(),
            what: Decided::Pinned(false),
        };
        match self.session.publish_decisions(&[nothing], KeptIn::Node).await {
            Ok(()) => Ok(true),
            Err(RequestError::Refused(_)) => Ok(false),
            Err(error) => Err(ClientError::Refused(error)),
        }
    }

    /// Sends text to a person, and waits until the server has it; the message's id.
    ///
    /// # Errors
    /// [`ClientError::Send`] or [`ClientError::Unproven`].
    pub async fn send_text(&self, to: &str, text: &str) -> Result<MessageId, ClientError> {
        let to = bare(to)?;
        self.send(|id| OutgoingMessage::to_person(to, id, text)).await
    }

    /// Sends texts to a person one right after the other, without waiting in between, then waits until the server has
    /// all of them.
    ///
    /// # Errors
    /// [`ClientError::Send`] or [`ClientError::Unproven`].
    pub async fn send_texts(&self, to: &str, texts: &[String]) -> Result<(), ClientError> {
        let to = bare(to)?;
        let mut receipts = Vec::with_capacity(texts.len());
        for text in texts {
            let id = MessageId::new(uuid::Uuid::new_v4().to_string()).ok_or(ClientError::Unproven)?;
            let message = OutgoingMessage::to_person(to.clone(), id, text);
            receipts.push(self.session.send(message.build()).await?);
        }
        for receipt in receipts {
            match timeout_at(Instant::now() + PATIENCE, receipt).await {
                Ok(Proof::Acknowledged) => {}
                Ok(Proof::Unproven | Proof::Refused(_)) => return Err(ClientError::Unproven),
                Err(_) => return Err(ClientError::TimedOut("the acknowledgement")),
            }
        }
        Ok(())
    }

    /// Sends text to a team chat that was joined, and waits until the server has it.
    ///
    /// # Errors
    /// [`ClientError::Send`] or [`ClientError::Unproven`].
    pub async fn send_to_room(&self, room: &str, text: &str) -> Result<MessageId, ClientError> {
        let room = bare(room)?;
        self.send(|id| OutgoingMessage::to_room(room, id, text)).await
    }

    async fn send(&self, message: impl FnOnce(MessageId) -> OutgoingMessage) -> Result<MessageId, ClientError> {
        let id = MessageId::new(uuid::Uuid::new_v4().to_string()).ok_or(ClientError::Unproven)?;
        let receipt = self.session.send(message(id.clone()).build()).await?;
        match timeout_at(Instant::now() + PATIENCE, receipt).await {
            Ok(Proof::Acknowledged) => Ok(id),
            Ok(Proof::Unproven | Proof::Refused(_)) => Err(ClientError::Unproven),
            Err(_) => Err(ClientError::TimedOut("the acknowledgement")),
        }
    }

    /// Sends a message as it stands, whatever it claims.
    ///
    /// # Errors
    /// [`ClientError::Malformed`] if it is no message; [`ClientError::Send`] or [`ClientError::Unproven`].
    pub async fn send_raw(&self, xml: &str) -> Result<(), ClientError> {
        let element: Element = xml.parse().map_err(|_| ClientError::Malformed)?;
        let message = Message::try_from(element).map_err(|_| ClientError::Malformed)?;
        let receipt = self.session.send(Stanza::from(message)).await?;
        match timeout_at(Instant::now() + PATIENCE, receipt).await {
            Ok(Proof::Acknowledged) => Ok(()),
            Ok(Proof::Unproven | Proof::Refused(_)) => Err(ClientError::Unproven),
            Err(_) => Err(ClientError::TimedOut("the acknowledgement")),
        }
    }

    /// Asks somebody to be a contact (RFC 6121 section 3.1).
    ///
    /// # Errors
    /// [`ClientError::Send`] or [`ClientError::Unproven`].
    pub async fn ask_to_be_a_contact(&self, of: &BareJid) -> Result<(), ClientError> {
        let asked = subscription(of, SubscriptionRequest::Subscribe);
        let receipt = self.session.send(asked).await?;
        match receipt.await {
            Proof::Acknowledged => Ok(()),
            Proof::Unproven | Proof::Refused(_) => Err(ClientError::Unproven),
        }
    }

    /// Asks or tells as it stands; the answer's content.
    ///
    /// # Errors
    /// [`ClientError::Malformed`] if it is no element; [`ClientError::Refused`].
    pub async fn ask_raw(
        &self,
        to: Option<&str>,
        kind: RequestKind,
        xml: &str,
    ) -> Result<Option<Element>, ClientError> {
        let payload: Element = xml.parse().map_err(|_| ClientError::Malformed)?;
        let to = to.map(jid).transpose()?;
        self.session
            .request(to, kind, payload)
            .await
            .map_err(ClientError::Refused)
    }

    /// Says in a team chat that everything up to a message was read.
    ///
    /// # Errors
    /// [`ClientError::Send`] when offline.
    pub async fn mark_displayed_in_room(&self, room: &str, id: MessageId) -> Result<(), ClientError> {
        drop(
            self.session
                .send(marker(
                    jid(room)?,
                    MessageKind::GroupChat,
                    MarkerKind::Displayed,
                    id,
                    Keeping::Archived,
                ))
                .await?,
        );
        Ok(())
    }

    /// Shows the other side what this one is doing.
    ///
    /// # Errors
    /// [`ClientError::Send`] when offline.
    pub async fn show(&self, to: &str, state: ChatState) -> Result<(), ClientError> {
        // Nobody waits for the fate of a typing notice.
        drop(
            self.session
                .send(chat_state(jid(to)?, MessageKind::Chat, state))
                .await?,
        );
        Ok(())
    }

    /// Says that this client has the message.
    ///
    /// # Errors
    /// [`ClientError::Send`] when offline.
    pub async fn confirm(&self, to: &str, id: MessageId) -> Result<(), ClientError> {
        drop(self.session.send(receipt(jid(to)?, id, Keeping::Archived)).await?);
        Ok(())
    }

    /// Says that the message was read.
    ///
    /// # Errors
    /// [`ClientError::Send`] when offline.
    pub async fn mark_displayed(&self, to: &str, id: MessageId) -> Result<(), ClientError> {
        drop(
            self.session
                .send(marker(
                    jid(to)?,
                    MessageKind::Chat,
                    MarkerKind::Displayed,
                    id,
                    Keeping::Archived,
                ))
                .await?,
        );
        Ok(())
    }

    /// Enters a team chat.
    ///
    /// # Errors
    /// [`ClientError::Join`].
    pub async fn join_room(&self, room: &str, nick: &str) -> Result<(), ClientError> {
        self.session.muc_join(bare(room)?, nick).await?;
        Ok(())
    }

    /// Changes what somebody is in a room that one runs (XEP-0045 section 9.5).
    ///
    /// # Errors
    /// [`ClientError`] if the room refuses, or the session is gone.
    pub async fn affiliate(&self, room: &str, who: &str, affiliation: &str) -> Result<(), ClientError> {
        let change = format!(
            "<query xmlns='http://jabber.org/protocol/muc#admin'><item jid='{who}' affiliation='{affiliation}'/></query>"
        );
        self.ask_raw(Some(room), RequestKind::Set, &change).await.map(drop)
    }

    /// Waits for a message that `wanted` accepts, among those that came already and those to come. Others are kept.
    ///
    /// # Errors
    /// [`ClientError::TimedOut`] if none comes, [`ClientError::Ended`] if none can come any more.
    pub async fn expect_message(
        &mut self,
        wanted: impl Fn(&ReceivedMessage) -> bool,
    ) -> Result<ReceivedMessage, ClientError> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(place) = self.messages.iter().position(&wanted)
                && let Some(message) = self.messages.remove(place)
            {
                return Ok(message);
            }
            self.take_event(deadline, "the message").await?;
        }
    }

    /// Waits for a message with this text.
    ///
    /// # Errors
    /// As for [`TestClient::expect_message`].
    pub async fn expect_text(&mut self, text: &str) -> Result<ReceivedMessage, ClientError> {
        self.expect_message(|message| message.body.as_deref() == Some(text))
            .await
    }

    /// Waits until the other side says that it has read `id`.
    ///
    /// # Errors
    /// As for [`TestClient::expect_message`].
    pub async fn expect_displayed(&mut self, id: &MessageId) -> Result<ReceivedMessage, ClientError> {
        let read = |marker: &Marker| marker.kind == MarkerKind::Displayed && marker.id == *id;
        self.expect_message(|message| message.marker.as_ref().is_some_and(read))
            .await
    }

    /// Waits until the other side says that it has read anything.
    ///
    /// # Errors
    /// As for [`TestClient::expect_message`].
    pub async fn expect_any_displayed(&mut self) -> Result<ReceivedMessage, ClientError> {
        let read = |marker: &Marker| marker.kind == MarkerKind::Displayed;
        self.expect_message(|message| message.marker.as_ref().is_some_and(read))
            .await
    }

    /// Waits for a presence that `wanted` accepts.
    ///
    /// # Errors
    /// As for [`TestClient::expect_message`].
    pub async fn expect_presence(
        &mut self,
        wanted: impl Fn(&PresenceUpdate) -> bool,
    ) -> Result<PresenceUpdate, ClientError> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(place) = self.presences.iter().position(&wanted)
                && let Some(presence) = self.presences.remove(place)
            {
                return Ok(presence);
            }
            self.take_event(deadline, "the presence").await?;
        }
    }

    /// The next message, whatever it is; waits for ever.
    ///
    /// # Errors
    /// [`ClientError::Ended`].
    pub async fn next_message(&mut self) -> Result<ReceivedMessage, ClientError> {
        loop {
            if let Some(message) = self.messages.pop_front() {
                return Ok(message);
            }
            let event = self.events.recv().await.ok_or(ClientError::Ended)?;
            self.keep(event);
        }
    }

    /// Signs off, with all that has come taken: what is not, the server keeps for somebody else.
    pub async fn close(mut self) {
        while self.events.try_recv().is_ok() {}
        self.events.handled();
        self.session.close().await;
    }

    async fn take_event(&mut self, deadline: Instant, what: &'static str) -> Result<(), ClientError> {
        match timeout_at(deadline, self.events.recv()).await {
            Ok(Some(event)) => self.keep(event),
            Ok(None) => return Err(ClientError::Ended),
            Err(_) => return Err(ClientError::TimedOut(what)),
        }
        Ok(())
    }

    fn keep(&mut self, event: SessionEvent) {
        match event {
            SessionEvent::Message(message) => self.messages.push_back(*message),
            SessionEvent::Presence(presence) => self.presences.push_back(*presence),
            SessionEvent::Opened(opened) => self.opened = *opened,
            _ => {}
        }
    }
}

/// How a session signs in as `account` at `endpoint`, trusting the endpoint's authority.
///
/// # Errors
/// [`ClientError::Address`] or [`ClientError::Endpoint`].
pub fn session_config(endpoint: &Endpoint, account: &Account, resource: &str) -> Result<SessionConfig, ClientError> {
    let (port, tls) = endpoint
        .preferred()
        .ok_or_else(|| ClientError::Endpoint("it has no port".to_owned()))?;
    let security = match tls {
        TlsMode::Direct => Security::DirectTls,
        TlsMode::StartTls => Security::StartTls,
    };
    Ok(SessionConfig {
        address: bare(&account.address)?,
        authentication: Authentication::with_password(account.password.clone()),
        resource: resource.to_owned(),
        server: ServerLocation::Explicit {
            host: endpoint.host.clone(),
            port,
            security,
        },
        extra_ca: authorities(endpoint)?,
        timing: Timing::default(),
    })
}

/// The certificates in the endpoint's PEM file.
fn authorities(endpoint: &Endpoint) -> Result<Vec<CertificateDer<'static>>, ClientError> {
    let Some(file) = &endpoint.authority else {
        return Ok(Vec::new());
    };
    let text = fs::read_to_string(file).map_err(|error| ClientError::Endpoint(error.to_string()))?;
    let sections = text.split("-----BEGIN CERTIFICATE-----").skip(1);
    sections
        .map(|section| {
            let encoded: String = section
                .split("-----END")
                .next()
                .unwrap_or_default()
                .split_whitespace()
                .collect();
            let der = STANDARD
                .decode(encoded)
                .map_err(|error| ClientError::Endpoint(error.to_string()))?;
            Ok(CertificateDer::from(der))
        })
        .collect()
}

fn bare(address: &str) -> Result<BareJid, ClientError> {
    BareJid::new(address).map_err(|_| ClientError::Address(address.to_owned()))
}

fn jid(address: &str) -> Result<Jid, ClientError> {
    Jid::new(address).map_err(|_| ClientError::Address(address.to_owned()))
}
