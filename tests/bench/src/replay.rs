//! A server in memory that signs in whoever comes, hands out an archive, page by page, as Prosody writes it, and passes on what is said. It spares the
//! network, TLS and the server's own time; everything of the SDK is real.

mod archive;
mod inbound;

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};
use tokio::sync::broadcast;
use wardline_test_support::servers::{Account, ArchivedStanza};
use wardline_xmpp::Element;
use wardline_xmpp::session::{Connection, SessionConfig, SessionError, Transport};

use self::archive::{Archive, Query};
use self::inbound::{Inbound, Sent};

/// Bytes that may be under way in one direction.
const PIPE: usize = 1 << 20;

/// Stanzas that may wait to be sent.
const LIVE: usize = 4_096;

/// The server; also the way to it.
#[derive(Clone)]
pub(crate) struct Replay {
    address: String,
    archive: Arc<RwLock<Archive>>,
    live: broadcast::Sender<String>,
}

impl Replay {
    /// The server of this account, with an empty archive.
    pub(crate) fn of(account: &Account) -> Self {
        Self {
            address: account.address.clone(),
            archive: Arc::default(),
            live: broadcast::channel(LIVE).0,
        }
    }

    /// Says something to whoever is connected.
    pub(crate) fn say(&self, stanza: String) {
        // Nobody needs to be there.
        let _listeners = self.live.send(stanza);
    }

    /// Puts messages behind what the archive holds.
    pub(crate) fn add(&self, stanzas: &[ArchivedStanza]) {
        let mut archive = self.archive.write().unwrap_or_else(PoisonError::into_inner);
        stanzas.iter().for_each(|stanza| archive.add(stanza));
    }

    fn header(&self, signed_in: bool) -> String {
        let features = if signed_in {
            "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"
        } else {
            "<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>"
        };
        format!(
            "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' \
             version='1.0' id='replay'><stream:features>{features}</stream:features>"
        )
    }

    /// What is said to a question.
    fn answer(&self, iq: &Element) -> String {
        let id = iq.attr("id").unwrap_or_default();
        let result = |payload: &str| format!("<iq type='result' id='{id}'{}>{payload}</iq>", from(iq));
        let Some(payload) = iq.children().next() else {
            return String::new();
        };
        match (payload.name(), payload.ns().as_str()) {
            ("bind", _) => result(&format!(
                "<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{}/replay</jid></bind>",
                self.address
            )),
            ("query", "http://jabber.org/protocol/disco#info") => result(
                "<query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:xmpp:mam:2'/>\
                 <feature var='urn:xmpp:sid:0'/></query>",
            ),
            ("query", "jabber:iq:roster") => result("<query xmlns='jabber:iq:roster'/>"),
            ("query", "urn:xmpp:mam:2") => {
                let archive = self.archive.read().unwrap_or_else(PoisonError::into_inner);
                archive.page(id, &Query::read(payload))
            }
            _ => format!(
                "<iq type='error' id='{id}'{}><error type='cancel'><service-unavailable \
                 xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>",
                from(iq)
            ),
        }
    }

    async fn serve(self, mut io: DuplexStream) -> std::io::Result<()> {
        let mut live = self.live.subscribe();
        let mut inbound = Inbound::default();
        let mut buffer = vec![0; 64 << 10];
        let mut signed_in = false;
        loop {
            let read = tokio::select! {
                read = io.read(&mut buffer) => read?,
                said = live.recv() => match said {
                    Ok(said) => {
                        io.write_all(said.as_bytes()).await?;
                        continue;
                    }
                    Err(_) => return Ok(()),
                },
            };
            if read == 0 {
                return Ok(());
            }
            inbound.push(buffer.get(..read).unwrap_or_default());
            while let Some(sent) = inbound.next() {
                let said = match sent {
                    Sent::End => return Ok(()),
                    Sent::Header => self.header(signed_in),
                    Sent::Element(element) if element.name() == "auth" => {
                        signed_in = true;
                        "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>".to_owned()
                    }
                    Sent::Element(element) if element.name() == "iq" => self.answer(&element),
                    Sent::Element(_) => String::new(),
                };
                io.write_all(said.as_bytes()).await?;
            }
        }
    }
}

/// Whoever was asked is who answers.
fn from(iq: &Element) -> String {
    iq.attr("to").map_or(String::new(), |to| format!(" from='{to}'"))
}

impl Transport for Replay {
    fn connect<'a>(
        &'a self,
        _: &'a SessionConfig,
    ) -> Pin<Box<dyn Future<Output = Result<Connection, SessionError>> + Send + 'a>> {
        Box::pin(async {
            let (client, server) = tokio::io::duplex(PIPE);
            tokio::spawn(self.clone().serve(server));
            Ok(Connection {
                io: Box::new(client),
                exporter: None,
                secured: None,
            })
        })
    }
}
