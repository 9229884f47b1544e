//! Certificates, versions of TLS, and a man in the middle who would rather have none.

use std::net::{Ipv4Addr, SocketAddr};

use futures::future::join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use wardline_test_support::certificates::CertificateKind;
use wardline_test_support::servers::{Setup, TlsVersions};
use wardline_xmpp::session::{
    CertificateError, NameServers, Secured, Security, ServerLocation, SessionError, TlsVersion,
};

use super::{Make, Verdict, link, verdict};

const BOTH: [Security; 2] = [Security::DirectTls, Security::StartTls];

async fn each_defect_says_what_it_is(make: Make) {
    let defects = [
        (CertificateKind::Expired, CertificateError::Expired),
        (CertificateKind::NotYetValid, CertificateError::NotYetValid),
        (CertificateKind::OtherName, CertificateError::WrongName),
        (CertificateKind::SelfSigned, CertificateError::UnknownIssuer),
    ];
    join_all(defects.map(|(certificate, expected)| async move {
        let setup = Setup {
            certificate,
            ..Setup::default()
        };
        let (server, account) = make.start(setup).await;
        for security in BOTH {
            assert_eq!(
                verdict(server.config(&account, security), NameServers::System).await,
                Verdict::Final(SessionError::Certificate(expected)),
                "{certificate:?} {security:?}"
            );
        }
    }))
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_defect_of_prosodys_certificate_says_what_it_is() {
    each_defect_says_what_it_is(Make::Prosody).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_defect_of_ejabberds_certificate_says_what_it_is() {
    each_defect_says_what_it_is(Make::Ejabberd).await;
}

async fn tls_1_2_and_1_3(make: Make) {
    for (tls, version) in [
        (TlsVersions::Only12, TlsVersion::Tls12),
        (TlsVersions::Only13, TlsVersion::Tls13),
        (TlsVersions::Both, TlsVersion::Tls13),
    ] {
        let (server, account) = make
            .start(Setup {
                tls,
                ..Setup::default()
            })
            .await;
        for security in BOTH {
            let link = link(server.config(&account, security)).await;
            assert_eq!(link.secured, Some(Secured { security, version }), "{tls:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn prosody_is_spoken_to_by_tls_1_2_and_1_3() {
    tls_1_2_and_1_3(Make::Prosody).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ejabberd_is_spoken_to_by_tls_1_2_and_1_3() {
    tls_1_2_and_1_3(Make::Ejabberd).await;
}

/// Takes the offer of TLS out of what the server says, and puts an offer to sign in without in its place. Tells what
/// the client sent.
async fn stripper(server: SocketAddr) -> (u16, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (told, heard) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let upstream = TcpStream::connect(server).await.unwrap();
            let (mut from_client, mut to_client) = client.into_split();
            let (mut from_server, mut to_server) = upstream.into_split();
            let told = told.clone();
            tokio::spawn(async move {
                let mut buffer = vec![0; 65536];
                while let Ok(read @ 1..) = from_client.read(&mut buffer).await {
                    let _ = told.send(String::from_utf8_lossy(&buffer[..read]).into_owned());
                    let _ = to_server.write_all(&buffer[..read]).await;
                }
            });
            let mut said = String::new();
            while !said.contains("</stream:features>") {
                let mut buffer = vec![0; 65536];
                let read = from_server.read(&mut buffer).await.unwrap();
                assert!(read > 0, "the server says its features");
                said.push_str(&String::from_utf8_lossy(&buffer[..read]));
            }
            assert!(said.contains("<starttls"), "{said}");
            let (head, _) = said.split_once("<stream:features>").unwrap();
            let forged = format!(
                "{head}<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>\
                 <mechanism>PLAIN</mechanism></mechanisms></stream:features>"
            );
            to_client.write_all(forged.as_bytes()).await.unwrap();
            let _ = tokio::io::copy(&mut from_server, &mut to_client).await;
        }
    });
    (port, heard)
}

async fn nothing_is_said_without_tls(make: Make) {
    let (server, account) = make.start(Setup::default()).await;
    let behind = (Ipv4Addr::LOCALHOST, server.port(Security::StartTls)).into();
    let (port, mut heard) = stripper(behind).await;
    let mut config = server.config(&account, Security::StartTls);
    config.server = ServerLocation::Explicit {
        host: "127.0.0.1".into(),
        port,
        security: Security::StartTls,
    };
    assert_eq!(
        verdict(config, NameServers::System).await,
        Verdict::Final(SessionError::NoTls)
    );
    let mut said = String::new();
    while let Ok(more) = heard.try_recv() {
        said.push_str(&more);
    }
    assert!(said.contains("<stream:stream"), "{said}");
    assert!(!said.contains("alice") && !said.contains("<auth"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn prosody_without_its_offer_of_tls_is_told_nothing() {
    nothing_is_said_without_tls(Make::Prosody).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ejabberd_without_its_offer_of_tls_is_told_nothing() {
    nothing_is_said_without_tls(Make::Ejabberd).await;
}
