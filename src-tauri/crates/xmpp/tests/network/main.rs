//! The way to real servers: finding them, TLS, and what binds a sign-in to its TLS connection.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the whole file is a test, its helpers too"
)]

mod binding;
mod locate;
mod tls;
mod trust;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use wardline_test_support::certificates::Certificates;
use wardline_test_support::servers::{Account, Ejabberd, Endpoint, Prosody, Setup};
use wardline_xmpp::session::{
    Authentication, Events, Link, NameServers, NetworkTransport, Security, ServerLocation, Session, SessionConfig,
    SessionError, SessionState, Timing,
};
use wardline_xmpp::{BareJid, CertificateDer};

/// Longest that anything in these tests takes, with room for a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);

const DOMAIN: &str = "ward.example";

/// The servers that are tried, each with one account.
#[derive(Debug, Clone, Copy)]
enum Make {
    Prosody,
    Ejabberd,
}

enum Server {
    Prosody(Prosody),
    Ejabberd(Ejabberd),
}

impl Make {
    async fn start(self, setup: Setup) -> (Server, Account) {
        match self {
            Self::Prosody => {
                let server = Prosody::start_with(DOMAIN, &setup).await.unwrap();
                let account = server.create_account("alice", "a").unwrap();
                (Server::Prosody(server), account)
            }
            Self::Ejabberd => {
                let server = Ejabberd::start_with(DOMAIN, &setup).await.unwrap();
                let account = server.create_account("alice", "a").await.unwrap();
                (Server::Ejabberd(server), account)
            }
        }
    }
}

impl Server {
    fn endpoint(&self) -> &Endpoint {
        match self {
            Self::Prosody(server) => server.endpoint(),
            Self::Ejabberd(server) => server.endpoint(),
        }
    }

    fn certificates(&self) -> &Certificates {
        match self {
            Self::Prosody(server) => server.certificates(),
            Self::Ejabberd(server) => server.certificates(),
        }
    }

    fn log(&self) -> PathBuf {
        match self {
            Self::Prosody(server) => server.log(),
            Self::Ejabberd(server) => server.log(),
        }
    }

    fn port(&self, security: Security) -> u16 {
        match security {
            Security::DirectTls => self.endpoint().direct_tls_port.unwrap(),
            Security::StartTls => self.endpoint().starttls_port.unwrap(),
        }
    }

    /// What alice enters who knows host and port.
    fn config(&self, account: &Account, security: Security) -> SessionConfig {
        config(
            account,
            ServerLocation::Explicit {
                host: self.endpoint().host.clone(),
                port: self.port(security),
                security,
            },
            self.certificates(),
        )
    }
}

fn config(account: &Account, server: ServerLocation, certificates: &Certificates) -> SessionConfig {
    SessionConfig {
        address: BareJid::new(&account.address).unwrap(),
        authentication: Authentication::with_password(account.password.clone()),
        resource: "desk".into(),
        server,
        extra_ca: vec![CertificateDer::from(certificates.authority_der.clone())],
        timing: Timing::default(),
    }
}

/// How a first try ends.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Online,
    /// It is tried again.
    Trouble(SessionError),
    /// It is not.
    Final(SessionError),
}

async fn verdict(config: SessionConfig, names: NameServers) -> Verdict {
    attempt(config, names).await.0
}

/// What carries the session.
async fn link(config: SessionConfig) -> Link {
    let (verdict, link) = attempt(config, NameServers::System).await;
    assert_eq!(verdict, Verdict::Online);
    link.expect("what is online has a link")
}

async fn attempt(config: SessionConfig, names: NameServers) -> (Verdict, Option<Link>) {
    let (session, events) = Session::start_over(config, Arc::new(NetworkTransport::new(names)));
    let drained = tokio::spawn(drain(events));
    let mut state = session.state();
    let settled = state.wait_for(|state| {
        matches!(
            state,
            SessionState::Online | SessionState::Backoff { .. } | SessionState::Failed { .. }
        )
    });
    let settled = *timeout(PATIENCE, settled).await.expect("a verdict").unwrap();
    let link = session.link();
    session.close().await;
    drained.await.unwrap();
    let verdict = match settled {
        SessionState::Online => Verdict::Online,
        SessionState::Backoff { error, .. } => Verdict::Trouble(error),
        SessionState::Failed { reason } => Verdict::Final(reason),
        other => panic!("{other:?}"),
    };
    (verdict, link)
}

async fn drain(mut events: Events) {
    while events.recv().await.is_some() {}
}
