//! The server's end of one connection.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use tokio::io::{AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::server::TlsStream;
use xmpp_parsers::minidom::Element;

use crate::honest::{Answer, Honest};
use crate::reader::{Incoming, Reader};
use crate::scram::Scram;
use crate::ward::DOMAIN;

/// Longest that a client's next step may take, with room for a busy machine.
const PATIENCE: Duration = Duration::from_secs(40);

const SASL: &str = "urn:ietf:params:xml:ns:xmpp-sasl";
/// Stream management, as a feature.
const SM: &str = "<sm xmlns='urn:xmpp:sm:3'/>";

/// The server's end of one connection.
pub struct Peer {
    input: ReadHalf<TlsStream<TcpStream>>,
    output: WriteHalf<TlsStream<TcpStream>>,
    reader: Reader,
    /// Stanzas of the client that an acknowledgement would count.
    handled: u32,
    counts: bool,
}

impl Peer {
    pub(crate) fn new(stream: TlsStream<TcpStream>) -> Self {
        let (input, output) = tokio::io::split(stream);
        Self {
            input,
            output,
            reader: Reader::new(),
            handled: 0,
            counts: false,
        }
    }

    /// Sends bytes as they are. A client that has hung up is no error: the probe says what it expects of it.
    pub async fn send(&mut self, text: &str) {
        let _client_may_be_gone = self.output.write_all(text.as_bytes()).await;
        let _client_may_be_gone = self.output.flush().await;
    }

    /// Closes the connection.
    pub async fn close(mut self) {
        let _client_may_be_gone = self.output.shutdown().await;
    }

    /// The client's next element; `None`: it has hung up.
    pub async fn element(&mut self) -> Option<Element> {
        loop {
            let next = timeout(PATIENCE, self.reader.next(&mut self.input));
            match next.await.expect("the client goes on") {
                Incoming::Header => {}
                Incoming::Element(element) => {
                    if self.counts && matches!(element.name(), "message" | "presence" | "iq") {
                        self.handled = self.handled.wrapping_add(1);
                    }
                    return Some(element);
                }
                Incoming::End => return None,
            }
        }
    }

    /// The client's next element of that name; what comes before it is let pass.
    pub async fn element_named(&mut self, name: &str) -> Element {
        loop {
            let element = self.element().await;
            let element = element.unwrap_or_else(|| panic!("the client hung up instead of sending <{name}/>"));
            if element.name() == name {
                return element;
            }
        }
    }

    /// Waits until the client hangs up. What it still says is returned.
    pub async fn hang_up(&mut self) -> Vec<Element> {
        let mut said = Vec::new();
        while let Some(element) = self.element().await {
            said.push(element);
        }
        said
    }

    /// Opens the server's half of a stream with these features.
    pub async fn stream(&mut self, features: &str) {
        self.reader.restart();
        let header = timeout(PATIENCE, self.reader.next(&mut self.input)).await;
        assert!(matches!(header, Ok(Incoming::Header)), "the client opens a stream");
        self.send(&format!(
            "<?xml version='1.0'?><stream:stream xmlns='jabber:client' version='1.0' from='{DOMAIN}' id='x' \
             xmlns:stream='http://etherx.jabber.org/streams'><stream:features>{features}</stream:features>"
        ))
        .await;
    }

    /// Opens a stream that offers these mechanisms.
    pub async fn offer(&mut self, mechanisms: &[&str]) {
        let list: String = mechanisms
            .iter()
            .map(|name| format!("<mechanism>{name}</mechanism>"))
            .collect();
        self.stream(&format!("<mechanisms xmlns='{SASL}'>{list}</mechanisms>"))
            .await;
    }

    /// Sends an element of SASL with this content, in clear.
    pub async fn sasl(&mut self, name: &str, content: &str) {
        let content = if content.is_empty() || content.starts_with('<') {
            content.to_owned()
        } else {
            BASE64.encode(content)
        };
        self.send(&format!("<{name} xmlns='{SASL}'>{content}</{name}>")).await;
    }

    /// What an element of SASL carries.
    #[must_use]
    pub fn carried(element: &Element) -> String {
        String::from_utf8(BASE64.decode(element.text()).unwrap_or_default()).unwrap_or_default()
    }

    /// Proves the client by SCRAM; whether it knew the password. `None`: it hung up instead.
    pub async fn scram(&mut self, scram: Scram) -> Option<bool> {
        let auth = self.element().await?;
        assert_eq!(
            (auth.name(), auth.attr("mechanism")),
            ("auth", Some(scram.mechanism)),
            "the mechanism"
        );
        let exchange = scram.first(&Self::carried(&auth));
        self.sasl("challenge", &exchange.challenge).await;
        let response = self.element().await?;
        match exchange.finish(&Self::carried(&response)) {
            Some(proof) => self.sasl("success", &proof).await,
            None => {
                self.sasl("failure", "<not-authorized/>").await;
                return Some(false);
            }
        }
        Some(true)
    }

    /// Binds the client, enables stream management where it asks, and counts from then on.
    pub async fn bind(&mut self, address: &str) {
        let iq = self.element_named("iq").await;
        let id = iq.attr("id").unwrap_or_default().to_owned();
        self.send(&format!(
            "<iq type='result' id='{id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>{address}</jid></bind></iq>"
        ))
        .await;
    }

    /// The whole of signing in as an honest server does it, up to the bound stream.
    pub async fn sign_in(&mut self, scram: Scram) {
        self.offer(&[scram.mechanism]).await;
        assert_eq!(self.scram(scram).await, Some(true), "alice signs in");
        self.stream(&format!("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>{SM}"))
            .await;
        self.bind(&format!("{}/desk", crate::ward::ALICE)).await;
    }

    /// Answers everything that comes as `honest` says, in the background, until the connection ends.
    #[must_use]
    pub fn serve(mut self, honest: Honest) -> Serving {
        let (raw, mut outgoing) = mpsc::channel::<String>(1024);
        let honest = Arc::new(Mutex::new(honest));
        let shared = Arc::clone(&honest);
        let task = tokio::spawn(async move {
            loop {
                let element = tokio::select! {
                    text = outgoing.recv() => match text {
                        Some(text) => {
                            self.send(&text).await;
                            continue;
                        }
                        None => return self.close().await,
                    },
                    element = self.reader.next(&mut self.input) => match element {
                        Incoming::Element(element) => element,
                        Incoming::Header => continue,
                        Incoming::End => return,
                    },
                };
                if self.counts && matches!(element.name(), "message" | "presence" | "iq") {
                    self.handled = self.handled.wrapping_add(1);
                }
                match (element.name(), element.ns().as_str()) {
                    ("enable", "urn:xmpp:sm:3") => {
                        self.counts = true;
                        self.handled = 0;
                        self.send("<enabled xmlns='urn:xmpp:sm:3' id='point' resume='true'/>")
                            .await;
                        continue;
                    }
                    ("r", "urn:xmpp:sm:3") if shared.lock().unwrap().acknowledges => {
                        let answer = format!("<a xmlns='urn:xmpp:sm:3' h='{}'/>", self.handled);
                        self.send(&answer).await;
                        continue;
                    }
                    _ => {}
                }
                let answer = shared.lock().unwrap().answer(&element);
                match answer {
                    Answer::Send(text) => self.send(&text).await,
                    Answer::Silence => {}
                    Answer::Close => return self.close().await,
                }
            }
        });
        Serving { raw, honest, task }
    }
}

/// A connection that is being served.
pub struct Serving {
    raw: mpsc::Sender<String>,
    honest: Arc<Mutex<Honest>>,
    task: JoinHandle<()>,
}

impl Serving {
    /// Sends bytes as they are.
    pub async fn send(&self, text: &str) {
        let _client_may_be_gone = self.raw.send(text.to_owned()).await;
    }

    /// Lets a probe change what is answered from now on, or look at what has been asked.
    pub fn with<T>(&self, change: impl FnOnce(&mut Honest) -> T) -> T {
        change(&mut self.honest.lock().unwrap())
    }

    /// Waits until the connection has ended.
    pub async fn ended(&mut self) {
        timeout(PATIENCE, &mut self.task)
            .await
            .expect("the connection ends")
            .unwrap();
    }

    /// Cuts the connection.
    pub fn cut(self) {
        self.task.abort();
    }
}
