//! Prosody is really started, stopped, started again and filled.
#![allow(
    clippy::unwrap_used,
    reason = "a test fails by panicking, in the functions that it calls too"
)]

use std::io::Read;
use std::net::TcpStream;
use std::process::{Command, Stdio};

use chrono::Utc;
use wardline_test_support::servers::{ArchiveOwner, ArchivedStanza, Prosody};

fn certificate_is_accepted(server: &Prosody, arguments: &[&str]) -> bool {
    let endpoint = server.endpoint();
    let output = Command::new("openssl")
        .args(["s_client", "-verify_return_error", "-verify_hostname", &endpoint.domain])
        .arg("-CAfile")
        .arg(&server.certificates().authority)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).contains("Verify return code: 0 (ok)")
}

#[tokio::test]
async fn prosody_serves_both_kinds_of_tls_with_a_certificate_its_authority_vouches_for() {
    let server = Prosody::start("ward.test").await.unwrap();
    let direct = format!("127.0.0.1:{}", server.endpoint().direct_tls_port.unwrap());
    let upgraded = format!("127.0.0.1:{}", server.endpoint().starttls_port.unwrap());
    assert!(certificate_is_accepted(
        &server,
        &["-connect", &direct, "-servername", "ward.test"]
    ));
    assert!(certificate_is_accepted(
        &server,
        &["-connect", &upgraded, "-starttls", "xmpp", "-xmpphost", "ward.test"]
    ));
}

#[tokio::test]
async fn a_stopped_prosody_takes_an_archive_and_comes_back_on_its_port() {
    let mut server = Prosody::start("ward.test").await.unwrap();
    let port = server.endpoint().direct_tls_port.unwrap();
    server.create_account("alice", "secret").unwrap();
    server.stop().await;
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    let stanzas: Vec<_> = (0..2500)
        .map(|n| ArchivedStanza {
            owner: ArchiveOwner::Person("alice".to_owned()),
            id: format!("id-{n}"),
            at: Utc::now(),
            with: "bob@ward.test".to_owned(),
            stanza: format!("<message xmlns='jabber:client' from='bob@ward.test/x' to='alice@ward.test' type='chat'><body>{n}</body></message>"),
            text: n.to_string(),
        })
        .collect();
    server.load_archive(&stanzas).await.unwrap();
    server.start_again().await.unwrap();
    assert!(TcpStream::connect(("127.0.0.1", port)).is_ok());
    assert!(
        server.load_archive(&[]).await.is_err(),
        "a running server's database must be left alone"
    );
}

#[tokio::test]
async fn a_killed_prosody_closes_no_stream() {
    let mut server = Prosody::start("ward.test").await.unwrap();
    let port = server.endpoint().starttls_port.unwrap();
    let mut connection = TcpStream::connect(("127.0.0.1", port)).unwrap();
    server.kill();
    let mut rest = String::new();
    let _reset = connection.read_to_string(&mut rest);
    assert!(!rest.contains("</stream:stream>"));
    assert!(!server.is_running());
}
