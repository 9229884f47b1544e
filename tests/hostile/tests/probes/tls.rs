//! Before anything is said: who the server is.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use wardline_hostile::{ALICE, PASSWORD, Scene};
use wardline_interop::view::{CommandError, ServerSecurity};
use wardline_interop::{Account, Desk, Endpoint, Timing, form};
use wardline_test_support::certificates::CertificateKind;

fn alice() -> Account {
    Account {
        address: ALICE.to_owned(),
        password: PASSWORD.to_owned(),
    }
}

async fn refused(kind: CertificateKind) -> CommandError {
    let scene = Scene::with_certificate(kind).await;
    let mut desk = Desk::new();
    let (signed_in, peer) = scene.sign_in(&mut desk, scene.try_peer()).await;
    if let Some(mut peer) = peer {
        // TLS 1.3 ends here before the client's refusal has come: nothing may have been said.
        assert_eq!(peer.hang_up().await, []);
    }
    signed_in.expect_err("an impostor is refused")
}

#[tokio::test]
async fn an_expired_certificate_is_refused() {
    assert_eq!(
        refused(CertificateKind::Expired).await,
        CommandError::CertificateExpired
    );
}

#[tokio::test]
async fn a_certificate_of_tomorrow_is_refused() {
    assert_eq!(
        refused(CertificateKind::NotYetValid).await,
        CommandError::CertificateExpired
    );
}

#[tokio::test]
async fn a_certificate_of_another_name_is_refused() {
    assert_eq!(
        refused(CertificateKind::OtherName).await,
        CommandError::CertificateWrongName
    );
}

#[tokio::test]
async fn a_certificate_that_vouches_for_itself_is_refused() {
    let error = refused(CertificateKind::SelfSigned).await;
    assert_eq!(error, CommandError::CertificateUnknownIssuer);
}

#[tokio::test]
async fn an_authority_that_nobody_trusts_is_refused() {
    let scene = Scene::new().await;
    let mut desk = Desk::new();
    let endpoint = Endpoint {
        authority: None,
        ..scene.endpoint().clone()
    };
    let account = alice();
    let (signed_in, _) = tokio::join!(desk.sign_in(&endpoint, &account), scene.try_peer());
    assert_eq!(signed_in, Err(CommandError::CertificateUnknownIssuer));
}

#[tokio::test]
async fn a_server_without_tls_is_told_nothing() {
    let scene = Scene::new().await;
    let mut desk = Desk::with_timing(Timing {
        connect: std::time::Duration::from_secs(3),
        ..Timing::default()
    });
    let serve = async {
        let mut tcp = scene.tcp().await;
        tcp.write_all(b"<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>")
            .await
            .unwrap();
        let mut said = Vec::new();
        let _the_client_may_reset = tcp.read_to_end(&mut said).await;
        said
    };
    let (signed_in, said) = scene.sign_in(&mut desk, serve).await;
    assert!(signed_in.is_err());
    let said = String::from_utf8_lossy(&said);
    assert!(
        !said.contains("<auth") && !said.contains("stream:stream"),
        "told in clear"
    );
}

/// Lets alice sign in by STARTTLS to a server that sends `features` in clear; what she says, and what the form answers.
async fn starttls(after_header: &str) -> (Result<(), CommandError>, String) {
    let scene = Scene::new().await;
    let desk = Desk::new();
    let mut form = form(scene.endpoint(), &alice());
    if let wardline_interop::view::ServerLocation::Explicit { security, .. } = &mut form.server {
        *security = ServerSecurity::StartTls;
    }
    let serve = async {
        let mut tcp = scene.tcp().await;
        let mut said = Vec::new();
        let _some = tcp.read_buf(&mut said).await;
        let _client_may_be_gone = tcp
            .write_all(
                format!(
                    "<?xml version='1.0'?><stream:stream xmlns='jabber:client' version='1.0' from='ward.test' id='x' \
                     xmlns:stream='http://etherx.jabber.org/streams'>{after_header}"
                )
                .as_bytes(),
            )
            .await;
        let _the_client_may_reset = tcp.read_to_end(&mut said).await;
        String::from_utf8_lossy(&said).into_owned()
    };
    let (signed_in, said) = tokio::join!(desk.client().sign_in(form), serve);
    (signed_in.map(|_| ()), said)
}

#[tokio::test]
async fn a_server_that_offers_no_tls_gets_no_password() {
    let plain = "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism>\
                 <mechanism>SCRAM-SHA-256</mechanism></mechanisms></stream:features>";
    let (signed_in, said) = starttls(plain).await;
    assert_eq!(signed_in, Err(CommandError::NotSecure));
    assert!(!said.contains("<auth"), "signed in without TLS");
}

#[tokio::test]
async fn what_follows_proceed_in_clear_is_no_part_of_the_secure_stream() {
    let injected = "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>\
                    <proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>\
                    <stream:stream xmlns='jabber:client' version='1.0' from='ward.test' id='y' \
                    xmlns:stream='http://etherx.jabber.org/streams'><stream:features>\
                    <mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>\
                    </stream:features>";
    let (signed_in, said) = starttls(injected).await;
    assert!(signed_in.is_err());
    assert!(!said.contains("<auth"), "signed in over what was injected");
}
