//! The reference: a socket that signs in and pages an archive as fast as the server lets it. It looks for the end of each page and
//! understands nothing else.

use std::collections::VecDeque;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};
use sasl::client::Mechanism;
use sasl::client::mechanisms::Scram;
use sasl::common::ChannelBinding;
use sasl::common::scram::Sha256;
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use wardline_test_support::servers::{Account, Endpoint};

use crate::BenchError;

/// Bytes asked of the operating system at once.
const CHUNK: usize = 64 << 10;
/// How long the server may be silent.
const PATIENCE: Duration = Duration::from_secs(60);
/// The end of the answer that ends a page.
const PAGE_END: &[u8] = b"</fin></iq>";

/// Pages that follow one another: each begins where the one before ended.
#[derive(Debug, Clone)]
pub(crate) struct Walk {
    /// Messages with this person only.
    pub(crate) with: Option<String>,
    /// Where it begins and which way it goes.
    pub(crate) from: From,
    /// Messages to its first page.
    pub(crate) first: u16,
    /// Messages to each page after that; 0: there is only one.
    pub(crate) then: u16,
}

/// Where a page lies.
#[derive(Debug, Clone)]
pub(crate) enum From {
    /// At the newest end; goes backwards.
    Newest,
    /// Before this message; goes backwards.
    Before(String),
    /// After this message; goes forwards.
    After(String),
}

/// What was pulled.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Pulled {
    /// Pages.
    pub(crate) pages: usize,
    /// Bytes of them, as the server wrote them.
    pub(crate) bytes: usize,
    /// How long it took, signing in included.
    pub(crate) time: Duration,
}

/// Signs in and walks these walks, so many of them at a time.
pub(crate) fn pull(
    endpoint: &Endpoint,
    account: &Account,
    walks: Vec<Walk>,
    at_once: usize,
) -> Result<Pulled, BenchError> {
    let began = Instant::now();
    let mut socket = Socket::sign_in(endpoint, account)?;
    let mut waiting: VecDeque<Walk> = walks.into();
    let mut asked: VecDeque<Walk> = VecDeque::new();
    let mut pulled = Pulled::default();
    loop {
        while asked.len() < at_once
            && let Some(walk) = waiting.pop_front()
        {
            socket.write(&query(&walk))?;
            asked.push_back(walk);
        }
        // Answers come in the order of the questions.
        let Some(walk) = asked.pop_front() else { break };
        let page = socket.until(PAGE_END)?;
        pulled.pages += 1;
        pulled.bytes += page.len();
        if let Some(next) = next(walk, &page)? {
            socket.write(&query(&next))?;
            asked.push_back(next);
        }
    }
    pulled.time = began.elapsed();
    Ok(pulled)
}

/// Signs in and reads the server's inbox (MongooseIM) from its beginning to its end, so many conversations to a page. Also how
/// long it took until the first page was there.
pub(crate) fn list(endpoint: &Endpoint, account: &Account, max: u16) -> Result<(Duration, Pulled), BenchError> {
    let began = Instant::now();
    let mut socket = Socket::sign_in(endpoint, account)?;
    let (mut first, mut pulled) = (Duration::ZERO, Pulled::default());
    let mut after = String::new();
    loop {
        socket.write(&format!(
            "<iq type='set' id='page'><inbox xmlns='erlang-solutions.com:xmpp:inbox:0' queryid='page'>\
             <set xmlns='http://jabber.org/protocol/rsm'><max>{max}</max>{after}</set></inbox></iq>"
        ))?;
        let page = socket.until(PAGE_END)?;
        pulled.pages += 1;
        pulled.bytes += page.len();
        if pulled.pages == 1 {
            first = began.elapsed();
        }
        // Only an empty page is surely the last: a server may make its pages smaller than asked for.
        let Some(last) = between(end_of(&page)?, "<last>", "</last>") else {
            pulled.time = began.elapsed();
            return Ok((first, pulled));
        };
        after = format!("<after>{last}</after>");
    }
}

fn query(walk: &Walk) -> String {
    let with = walk.with.as_ref().map_or(String::new(), |with| {
        format!(
            "<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value>\
             </field><field var='with'><value>{with}</value></field></x>"
        )
    });
    let place = match &walk.from {
        From::Newest => "<before/>".to_owned(),
        From::Before(id) => format!("<before>{id}</before>"),
        From::After(id) => format!("<after>{id}</after>"),
    };
    format!(
        "<iq type='set' id='page'><query xmlns='urn:xmpp:mam:2' queryid='page'>{with}\
         <set xmlns='http://jabber.org/protocol/rsm'><max>{}</max>{place}</set></query></iq>",
        walk.first
    )
}

/// What is to be asked after a page.
fn next(walk: Walk, page: &[u8]) -> Result<Option<Walk>, BenchError> {
    let end = end_of(page)?;
    if walk.then == 0 || end.contains("complete='true'") || end.contains("complete=\"true\"") {
        return Ok(None);
    }
    let from = match walk.from {
        From::After(_) => between(end, "<last>", "</last>").map(|id| From::After(id.to_owned())),
        From::Newest | From::Before(_) => between(end, "<first", "</first>")
            .and_then(|first| first.split_once('>'))
            .map(|(_, id)| From::Before(id.to_owned())),
    };
    Ok(from.map(|from| Walk {
        from,
        first: walk.then,
        ..walk
    }))
}

/// The end of a page, which tells what comes next.
fn end_of(page: &[u8]) -> Result<&str, BenchError> {
    let at = find(page, b"<fin").ok_or(BenchError::Bare("a page without its end"))?;
    std::str::from_utf8(page.get(at..).unwrap_or_default()).map_err(|_| BenchError::Bare("not UTF-8"))
}

fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(open)?;
    rest.split_once(close).map(|(inside, _)| inside)
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// A TCP socket that confirms what it reads at once. Otherwise each page would wait some 40 ms for that: the server holds back
/// the end of a page until its beginning is confirmed (Nagle), and the system holds back the confirmation.
struct Prompt(TcpStream);

impl Read for Prompt {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        // The system forgets it with each read.
        #[cfg(target_os = "linux")]
        socket2::SockRef::from(&self.0).set_tcp_quickack(true)?;
        self.0.read(buffer)
    }
}

impl Write for Prompt {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

struct Socket {
    stream: StreamOwned<ClientConnection, Prompt>,
    read: Vec<u8>,
}

impl Socket {
    fn sign_in(endpoint: &Endpoint, account: &Account) -> Result<Self, BenchError> {
        let port = endpoint.direct_tls_port.ok_or(BenchError::Bare("no port"))?;
        let tcp = TcpStream::connect((endpoint.host.as_str(), port))?;
        tcp.set_nodelay(true)?;
        tcp.set_read_timeout(Some(PATIENCE))?;
        let mut roots = RootCertStore::empty();
        let authority = endpoint.authority.as_ref().ok_or(BenchError::Bare("no authority"))?;
        for certificate in CertificateDer::pem_slice_iter(&fs::read(authority)?) {
            let certificate = certificate.map_err(|_| BenchError::Bare("the authority is unreadable"))?;
            roots
                .add(certificate)
                .map_err(|_| BenchError::Bare("the authority is unusable"))?;
        }
        let config = ClientConfig::builder()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name =
            ServerName::try_from(endpoint.domain.clone()).map_err(|_| BenchError::Bare("the domain is no name"))?;
        let tls = ClientConnection::new(Arc::new(config), name).map_err(|_| BenchError::Bare("TLS"))?;
        let mut socket = Self {
            stream: StreamOwned::new(tls, Prompt(tcp)),
            read: Vec::with_capacity(1 << 20),
        };
        socket.open(&endpoint.domain)?;
        socket.prove(account)?;
        socket.open(&endpoint.domain)?;
        socket.write("<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>")?;
        socket.until(b"</iq>")?;
        Ok(socket)
    }

    fn open(&mut self, domain: &str) -> Result<(), BenchError> {
        self.write(&format!(
            "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' \
             version='1.0' to='{domain}'>"
        ))?;
        self.until(b"</stream:features>")?;
        Ok(())
    }

    /// SCRAM-SHA-256.
    fn prove(&mut self, account: &Account) -> Result<(), BenchError> {
        let wrong = |_| BenchError::Bare("signing in");
        let mut scram = Scram::<Sha256>::new(account.name(), account.password.as_str(), ChannelBinding::None)
            .map_err(|_| BenchError::Bare("signing in"))?;
        let first = BASE64.encode(scram.initial());
        self.write(&format!(
            "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='SCRAM-SHA-256'>{first}</auth>"
        ))?;
        let challenge = self.until(b"</challenge>")?;
        let challenge = String::from_utf8_lossy(&challenge);
        let text = between(&challenge, "<challenge", "</challenge>").and_then(|text| text.split_once('>'));
        let challenge = text.and_then(|(_, text)| BASE64.decode(text).ok());
        let challenge = challenge.ok_or(BenchError::Bare("no challenge"))?;
        let response = BASE64.encode(scram.response(&challenge).map_err(wrong)?);
        self.write(&format!(
            "<response xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>{response}</response>"
        ))?;
        self.until(b"</success>")?;
        Ok(())
    }

    fn write(&mut self, text: &str) -> Result<(), BenchError> {
        self.stream.write_all(text.as_bytes())?;
        Ok(self.stream.flush()?)
    }

    /// Everything up to the next `end`, itself included.
    fn until(&mut self, end: &[u8]) -> Result<Vec<u8>, BenchError> {
        let mut searched = 0;
        loop {
            let fresh = self.read.get(searched..).unwrap_or_default();
            if let Some(at) = find(fresh, end) {
                let rest = self.read.split_off(searched + at + end.len());
                return Ok(std::mem::replace(&mut self.read, rest));
            }
            searched = self.read.len().saturating_sub(end.len() - 1);
            let held = self.read.len();
            self.read.resize(held + CHUNK, 0);
            let space = self.read.get_mut(held..).unwrap_or_default();
            let read = self.stream.read(space)?;
            self.read.truncate(held + read);
            if read == 0 {
                return Err(BenchError::Bare("the server ended the connection"));
            }
        }
    }
}
