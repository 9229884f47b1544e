//! Alice's computer beside the server's end of her connections.

use std::sync::Arc;
use std::time::Duration;

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use wardline_interop::{Account, Desk, Endpoint};
use wardline_sdk::view::{CommandError, ConversationId, ConversationRow};
use wardline_test_support::certificates::{CertificateKind, Certificates};

use crate::honest::Honest;
use crate::peer::{Peer, Serving};
use crate::scram::Scram;

/// The domain of everybody on this ward.
pub const DOMAIN: &str = "ward.test";
/// Alice's bare address.
pub const ALICE: &str = "alice@ward.test";
/// Bob's bare address: he is in alice's roster.
pub const BOB: &str = "bob@ward.test";
/// Alice's password.
pub const PASSWORD: &str = "correct pony battery";
/// Longest that a connection may take to come, with room for a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that listens, with a certificate.
pub struct Scene {
    listener: TcpListener,
    acceptor: TlsAcceptor,
    endpoint: Endpoint,
    _certificates: TempDir,
}

impl Scene {
    /// A server with a certificate that alice's computer trusts.
    pub async fn new() -> Self {
        Self::with_certificate(CertificateKind::Good).await
    }

    /// A server with another certificate.
    pub async fn with_certificate(kind: CertificateKind) -> Self {
        let folder = TempDir::new().expect("a folder for certificates");
        let names = [DOMAIN.to_owned()];
        let certificates = Certificates::create(folder.path(), &names, kind).expect("certificates");
        let chain = CertificateDer::pem_file_iter(&certificates.chain).expect("a chain");
        let chain: Vec<_> = chain.collect::<Result<_, _>>().expect("a chain");
        let key = PrivateKeyDer::from_pem_file(&certificates.key).expect("a key");
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions of TLS")
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .expect("a certificate");
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        Self {
            listener,
            acceptor: TlsAcceptor::from(Arc::new(config)),
            endpoint: Endpoint {
                domain: DOMAIN.to_owned(),
                host: "127.0.0.1".to_owned(),
                direct_tls_port: Some(port),
                starttls_port: None,
                authority: Some(certificates.authority),
                muc_service: None,
                muc_light_service: None,
            },
            _certificates: folder,
        }
    }

    /// Where alice's computer finds it.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// The next TCP connection, before TLS.
    pub async fn tcp(&self) -> tokio::net::TcpStream {
        let next = timeout(PATIENCE, self.listener.accept()).await;
        next.expect("the client connects").expect("a connection").0
    }

    /// The next connection on which TLS has begun; `None`: the client did not accept it.
    pub async fn try_peer(&self) -> Option<Peer> {
        let tcp = self.tcp().await;
        self.acceptor.accept(tcp).await.ok().map(Peer::new)
    }

    /// The next connection. One that the client gives up while it begins is passed over.
    pub async fn peer(&self) -> Peer {
        loop {
            if let Some(peer) = self.try_peer().await {
                return peer;
            }
        }
    }

    /// Lets alice sign in for the first time, while `serve` plays the server.
    pub async fn sign_in<T>(&self, desk: &mut Desk, serve: impl Future<Output = T>) -> (Result<(), CommandError>, T) {
        let account = Account {
            address: ALICE.to_owned(),
            password: PASSWORD.to_owned(),
        };
        tokio::join!(desk.sign_in(&self.endpoint, &account), serve)
    }
}

/// Alice, signed in and up to date, and the connection that this is so over.
pub struct Ward {
    /// Alice's computer.
    pub desk: Desk,
    /// The server's end of her connection.
    pub server: Serving,
    /// Where she connects.
    pub scene: Scene,
    markers: u32,
}

impl Ward {
    /// Everything in order so far.
    pub async fn open() -> Self {
        Self::over(Honest::default()).await
    }

    /// The same over a server that is not only honest.
    pub async fn over(honest: Honest) -> Self {
        let mut ward = Self::over_at_once(honest).await;
        ward.desk.until_online().await;
        ward
    }

    /// The same without waiting until everything has been caught up with, which a liar's archive may never allow.
    pub async fn over_at_once(honest: Honest) -> Self {
        let scene = Scene::new().await;
        let mut desk = Desk::new();
        let (signed_in, server) = scene
            .sign_in(&mut desk, async {
                let mut peer = scene.peer().await;
                peer.sign_in(Scram::sha256(PASSWORD)).await;
                peer.serve(honest)
            })
            .await;
        signed_in.expect("signed in");
        Self {
            desk,
            server,
            scene,
            markers: 0,
        }
    }

    /// Lets bob say something harmless, and waits until it is shown: whatever was sent before has been dealt with by then. The
    /// conversation with him, open.
    pub async fn passed(&mut self) -> ConversationId {
        self.markers += 1;
        let text = format!("harmless {}", self.markers);
        let id = self.markers;
        self.server
            .send(&format!(
                "<message type='chat' from='{BOB}/phone' to='{ALICE}/desk' id='harmless-{id}'><body>{text}</body>\
                 <stanza-id xmlns='urn:xmpp:sid:0' by='{ALICE}' id='archived-harmless-{id}'/></message>"
            ))
            .await;
        let is_last = |row: &ConversationRow| row.preview.as_ref().is_some_and(|preview| preview.text == text);
        let shown = |desk: &Desk| desk.row("Bob").is_some_and(is_last).then_some(());
        self.desk.until(&text, shown).await;
        self.desk.open("Bob").await
    }

    /// What is shown in the conversation with bob beside the harmless.
    pub async fn said_by_bob(&mut self) -> Vec<String> {
        let bob = self.passed().await;
        let mut texts = self.desk.texts(bob);
        texts.retain(|text| !text.starts_with("harmless "));
        texts
    }

    /// The names of all rows but bob's.
    pub async fn other_rows(&mut self) -> Vec<String> {
        self.passed().await;
        let rows = self.desk.rows().iter().map(|row| row.person.name.clone());
        rows.filter(|name| name != "Bob").collect()
    }
}
