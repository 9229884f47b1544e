//! A server that does what a test says, for what real servers cannot be made to do. It speaks bytes over a pipe.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncWriteExt, DuplexStream};
use tokio::sync::mpsc;
use tokio::time::timeout;
use xmpp_parsers::jid::BareJid;
use xmpp_parsers::minidom::Element;

use super::{
    Authentication, Connection, Events, ServerLocation, Session, SessionConfig, SessionError, SessionEvent,
    SessionState, Timing, Transport,
};
use crate::xml::{Incoming, Input, Limits};

/// Longest that anything in these tests takes, with room for a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

pub(super) const SM: &str = "<sm xmlns='urn:xmpp:sm:3'/>";

/// Hands the server's end of each connection to the test.
struct Pipes(mpsc::UnboundedSender<DuplexStream>);

impl Transport for Pipes {
    fn connect<'a>(
        &'a self,
        _: &'a SessionConfig,
    ) -> Pin<Box<dyn Future<Output = Result<Connection, SessionError>> + Send + 'a>> {
        Box::pin(async {
            let (client, server) = tokio::io::duplex(1 << 20);
            self.0.send(server).map_err(|_| SessionError::Unreachable)?;
            Ok(Connection {
                io: Box::new(client),
                exporter: None,
                secured: None,
            })
        })
    }
}

/// A session of alice's, and the servers that it connects to.
pub(super) struct Stage {
    pub(super) session: Session,
    pub(super) events: Events,
    connections: mpsc::UnboundedReceiver<DuplexStream>,
}

pub(super) fn timing() -> Timing {
    Timing {
        backoff_base: Duration::from_millis(10),
        discovery: Duration::from_secs(5),
        ..Timing::default()
    }
}

pub(super) fn config(timing: Timing) -> SessionConfig {
    SessionConfig {
        address: BareJid::new("alice@ward.example").unwrap(),
        authentication: Authentication::with_password("pencil".to_owned()).allowing_plain(),
        resource: "desk".into(),
        server: ServerLocation::Discover,
        extra_ca: Vec::new(),
        timing,
    }
}

impl Stage {
    pub(super) fn new(timing: Timing) -> Self {
        Self::with(config(timing))
    }

    pub(super) fn with(config: SessionConfig) -> Self {
        let (sender, connections) = mpsc::unbounded_channel();
        let (session, events) = Session::start_over(config, Arc::new(Pipes(sender)));
        Self {
            session,
            events,
            connections,
        }
    }

    /// The server's end of the next connection.
    pub(super) async fn connection(&mut self) -> Server {
        let io = timeout(PATIENCE, self.connections.recv())
            .await
            .expect("the client connects")
            .unwrap();
        Server {
            io,
            input: Input::new(Limits::default()),
        }
    }

    /// Whether the client has connected once more by now.
    pub(super) fn has_connected_again(&mut self) -> bool {
        self.connections.try_recv().is_ok()
    }

    /// A session that is open, with or without stream management.
    pub(super) async fn open(&mut self, features: &str) -> Server {
        let mut server = self.connection().await;
        server.sign_in(features).await;
        server.bind(features.contains("urn:xmpp:sm:3")).await;
        server.discovery().await;
        let SessionEvent::Opened(_) = self.event().await else {
            panic!("opened comes first")
        };
        let presence = server.element().await;
        assert_eq!(presence.name(), "presence");
        server
    }

    pub(super) async fn event(&mut self) -> SessionEvent {
        timeout(PATIENCE, self.events.recv())
            .await
            .expect("an event comes")
            .expect("the session lives")
    }

    pub(super) async fn state(&self, wanted: impl FnMut(&SessionState) -> bool) -> SessionState {
        let mut state = self.session.state();
        *timeout(PATIENCE, state.wait_for(wanted))
            .await
            .expect("the state comes")
            .unwrap()
    }

    pub(super) async fn failure(&self) -> SessionError {
        match self.state(|state| matches!(state, SessionState::Failed { .. })).await {
            SessionState::Failed { reason } => reason,
            _ => unreachable!(),
        }
    }
}

/// The server's end of a connection.
pub(super) struct Server {
    io: DuplexStream,
    input: Input,
}

impl Server {
    pub(super) async fn send(&mut self, text: &str) {
        self.io.write_all(text.as_bytes()).await.unwrap();
    }

    /// Sends, if the other end is still there.
    pub(super) async fn try_send(&mut self, text: &str) -> bool {
        self.io.write_all(text.as_bytes()).await.is_ok()
    }

    /// Lets pass what the client has sent by now.
    pub(super) async fn drain(&mut self) {
        while let Ok(Ok(_)) = timeout(Duration::from_micros(1), self.input.next(&mut self.io)).await {}
    }

    /// Opens the server's half of a stream, with this in the place of the features, if the other end is still there.
    pub(super) async fn try_stream(&mut self, instead: &str) {
        self.input.restart(Limits::default());
        assert!(matches!(self.incoming().await, Incoming::Header(_)));
        self.try_send(
            "<?xml version='1.0'?><stream:stream xmlns='jabber:client' version='1.0' from='ward.example' id='x' \
             xmlns:stream='http://etherx.jabber.org/streams'>",
        )
        .await;
        self.try_send(instead).await;
    }

    pub(super) async fn incoming(&mut self) -> Incoming {
        timeout(PATIENCE, self.input.next(&mut self.io))
            .await
            .expect("the client sends")
            .unwrap()
    }

    pub(super) async fn element(&mut self) -> Element {
        match self.incoming().await {
            Incoming::Element(element) => element,
            other => panic!("{other:?}"),
        }
    }

    /// The next element of that name; what comes before it is let pass.
    pub(super) async fn element_named(&mut self, name: &str) -> Element {
        loop {
            let element = self.element().await;
            if element.name() == name {
                return element;
            }
        }
    }

    /// Opens the server's half of a stream.
    pub(super) async fn stream(&mut self, features: &str) {
        self.input.restart(Limits::default());
        assert!(matches!(self.incoming().await, Incoming::Header(_)));
        self.send(&format!(
            "<?xml version='1.0'?><stream:stream xmlns='jabber:client' version='1.0' from='ward.example' id='x' \
             xmlns:stream='http://etherx.jabber.org/streams'><stream:features>{features}</stream:features>"
        ))
        .await;
    }

    pub(super) async fn offer(&mut self, mechanisms: &[&str]) {
        let list: String = mechanisms
            .iter()
            .map(|name| format!("<mechanism>{name}</mechanism>"))
            .collect();
        self.stream(&format!(
            "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{list}</mechanisms>"
        ))
        .await;
    }

    pub(super) async fn sasl(&mut self, name: &str, content: &str) {
        self.send(&format!(
            "<{name} xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{content}</{name}>"
        ))
        .await;
    }

    /// Whether the client has ended its stream, or hung up, without another word.
    pub(super) async fn has_been_left(&mut self) -> bool {
        let next = timeout(PATIENCE, self.input.next(&mut self.io)).await;
        matches!(next.expect("the client leaves"), Ok(Incoming::End) | Err(_))
    }

    /// What the client says last, if anything.
    pub(super) async fn leaving(&mut self) -> Option<Incoming> {
        let next = timeout(PATIENCE, self.input.next(&mut self.io)).await;
        next.expect("the client leaves").ok()
    }

    /// The other end is gone: as [`drop`], with what was sent before it still to be read.
    pub(super) async fn hang_up(mut self) {
        self.io.shutdown().await.unwrap();
    }

    /// The features after the client has signed in.
    pub(super) async fn signed_in(&mut self, features: &str) {
        self.stream(&format!("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>{features}"))
            .await;
    }

    /// Signs the client in, up to the features after that.
    pub(super) async fn sign_in(&mut self, features: &str) {
        self.offer(&["PLAIN"]).await;
        self.element_named("auth").await;
        self.sasl("success", "").await;
        self.signed_in(features).await;
    }

    pub(super) async fn bind(&mut self, managed: bool) {
        let iq = self.element().await;
        self.bound(&iq, managed).await;
    }

    /// Answers the question for binding.
    pub(super) async fn bound(&mut self, iq: &Element, managed: bool) {
        assert!(iq.has_child("bind", "urn:ietf:params:xml:ns:xmpp-bind"), "{iq:?}");
        self.result(
            iq,
            "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>alice@ward.example/desk</jid></bind>",
        )
        .await;
        if managed {
            assert_eq!(self.element().await.name(), "enable");
            self.send("<enabled xmlns='urn:xmpp:sm:3' id='point' resume='true'/>")
                .await;
        }
    }

    pub(super) async fn result(&mut self, iq: &Element, payload: &str) {
        let id = iq.attr("id").unwrap();
        let from = iq.attr("to").map(|to| format!("from='{to}'")).unwrap_or_default();
        self.send(&format!("<iq type='result' id='{id}' {from}>{payload}</iq>"))
            .await;
    }

    /// Answers the five questions of discovery: there is nothing.
    pub(super) async fn discovery(&mut self) {
        for _ in 0..5 {
            let iq = self.element_named("iq").await;
            self.result(&iq, "").await;
        }
    }

    /// Answers discovery: there is `service` for MUC Light, and nothing else.
    pub(super) async fn discovery_with_muc_light(&mut self, service: &str) {
        for _ in 0..6 {
            let iq = self.element_named("iq").await;
            let answer = if iq.attr("to") == Some(service) {
                "<query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:muclight:0'/></query>"
                    .to_owned()
            } else if iq.has_child("query", "http://jabber.org/protocol/disco#items") {
                // MongooseIM names the service with a node.
                format!(
                    "<query xmlns='http://jabber.org/protocol/disco#items'>\
                     <item jid='{service}' node='urn:xmpp:muclight:0'/></query>"
                )
            } else {
                String::new()
            };
            self.result(&iq, &answer).await;
        }
    }
}
