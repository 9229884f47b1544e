//! Channel binding: a sign-in that is bound to its TLS connection cannot be passed on over another one.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig, crypto};
use tokio_rustls::{TlsAcceptor, TlsConnector};
use wardline_test_support::certificates::{CertificateKind, Certificates};
use wardline_test_support::servers::{self, Setup, TlsVersions};
use wardline_xmpp::session::{ChannelBinding, NameServers, ProtocolError, Security, ServerLocation, SessionError};

use super::{DOMAIN, Make, Server, Verdict, link, verdict};

fn bound() -> Setup {
    Setup {
        channel_binding: servers::ChannelBinding::Exporter,
        ..Setup::default()
    }
}

/// Whether Prosody has compared its end of the connection with what the client said.
fn was_checked(server: &Server) -> bool {
    let log = std::fs::read_to_string(server.log()).unwrap();
    log.contains("channel binding data asked for")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_is_bound_to_tls_1_3_where_prosody_can() {
    for security in [Security::DirectTls, Security::StartTls] {
        let (server, account) = Make::Prosody.start(bound()).await;
        let link = link(server.config(&account, security)).await;
        assert_eq!(
            (link.binding, link.mechanism.as_str()),
            (ChannelBinding::Bound, "SCRAM-SHA-256-PLUS")
        );
        assert!(was_checked(&server), "{security:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_over_tls_1_2_goes_without() {
    let setup = Setup {
        tls: TlsVersions::Only12,
        ..bound()
    };
    let (server, account) = Make::Prosody.start(setup).await;
    let link = link(server.config(&account, Security::DirectTls)).await;
    assert_eq!(
        (link.binding, link.mechanism.as_str()),
        (ChannelBinding::Unbound, "SCRAM-SHA-256")
    );
    assert!(!was_checked(&server));
}

/// Somebody who has got a certificate for the domain that the client trusts, and passes everything on.
async fn eavesdropper(certificates: &Certificates, server: &Server) -> u16 {
    let provider = Arc::new(crypto::ring::default_provider());
    let chain = CertificateDer::pem_file_iter(&certificates.chain).unwrap();
    let chain = chain.map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_file(&certificates.key).unwrap();
    let accepting = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .unwrap();
    let mut trusted = RootCertStore::empty();
    let authority = server.certificates().authority_der.clone();
    trusted.add(CertificateDer::from(authority)).unwrap();
    let connecting = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(trusted)
        .with_no_client_auth();
    let acceptor = TlsAcceptor::from(Arc::new(accepting));
    let connector = TlsConnector::from(Arc::new(connecting));
    let behind = SocketAddr::from((Ipv4Addr::LOCALHOST, server.port(Security::DirectTls)));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let (acceptor, connector) = (acceptor.clone(), connector.clone());
            tokio::spawn(async move {
                let upstream = TcpStream::connect(behind).await.unwrap();
                let mut client = acceptor.accept(client).await.unwrap();
                let name = ServerName::try_from(DOMAIN).unwrap();
                let mut upstream = connector.connect(name, upstream).await.unwrap();
                let _ = tokio::io::copy_bidirectional(&mut client, &mut upstream).await;
            });
        }
    });
    port
}

/// How a sign-in through the eavesdropper ends.
async fn overheard(setup: Setup) -> Verdict {
    let (server, account) = Make::Prosody.start(setup).await;
    let folder = tempfile::tempdir().unwrap();
    let forged = Certificates::create(folder.path(), &[DOMAIN.to_owned()], CertificateKind::Good).unwrap();
    let port = eavesdropper(&forged, &server).await;
    let mut config = super::config(
        &account,
        ServerLocation::Explicit {
            host: "127.0.0.1".into(),
            port,
            security: Security::DirectTls,
        },
        &forged,
    );
    config.resource = "overheard".into();
    verdict(config, NameServers::System).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_eavesdropper_with_a_good_certificate_gets_nowhere_where_sign_ins_are_bound() {
    // Prosody calls it malformed.
    let refused = Verdict::Trouble(SessionError::Protocol(ProtocolError::Unexpected));
    assert_eq!(overheard(bound()).await, refused);
    // Without binding TLS is all there is, and that has been taken in.
    assert_eq!(overheard(Setup::default()).await, Verdict::Online);
}

/// ejabberd 23.01 offers -PLUS and announces no type of binding (XEP-0440): it knows `tls-unique` alone, which TLS 1.3
/// does not have.
#[tokio::test(flavor = "multi_thread")]
async fn an_offer_of_a_binding_that_tls_1_3_does_not_have_is_left_alone() {
    let (server, account) = Make::Ejabberd.start(Setup::default()).await;
    let link = link(server.config(&account, Security::DirectTls)).await;
    assert_eq!(
        (link.binding, link.mechanism.as_str()),
        (ChannelBinding::Unbound, "SCRAM-SHA-256")
    );
}
