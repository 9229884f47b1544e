//! Signing in and out: each failure says what it is, and nothing is stored before the server has accepted the password.

use wardline_interop::view::{CommandError, FirstScreen, LocalData};
use wardline_interop::{Desk, Endpoint, ServerUnderTest, ward};

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_says_so_and_stores_nothing() {
    let server = ServerUnderTest::from_env().await.unwrap();
    let mut alice = server.account("alice").await.unwrap();
    alice.password.push('x');
    let mut desk = Desk::new();
    assert_eq!(
        desk.sign_in(server.endpoint(), &alice).await,
        Err(CommandError::NotAuthorised)
    );
    let left = std::fs::read_dir(desk.folder()).unwrap().count();
    assert_eq!(left, 0, "a failed sign-in leaves nothing behind");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_untrusted_certificate_is_refused() {
    let server = ServerUnderTest::from_env().await.unwrap();
    if !server.is_ours() {
        eprintln!("SKIPPED: a server of somebody else may have a certificate that everybody trusts");
        return;
    }
    let alice = server.account("alice").await.unwrap();
    let endpoint = Endpoint {
        authority: None,
        ..server.endpoint().clone()
    };
    let mut desk = Desk::new();
    assert_eq!(
        desk.sign_in(&endpoint, &alice).await,
        Err(CommandError::CertificateUnknownIssuer)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_there_says_so() {
    let mut server = ServerUnderTest::from_env().await.unwrap();
    if !server.is_ours() {
        eprintln!("SKIPPED: a server of somebody else cannot be stopped");
        return;
    }
    let alice = server.account("alice").await.unwrap();
    server.stop().await;
    let mut desk = Desk::new();
    assert_eq!(
        desk.sign_in(server.endpoint(), &alice).await,
        Err(CommandError::ServerUnreachable)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_none_says_so() {
    let server = ServerUnderTest::from_env().await.unwrap();
    let mut alice = server.account("alice").await.unwrap();
    for address in ["alice", "@ward.test", "", "alice@"] {
        alice.address = address.to_owned();
        assert_eq!(
            Desk::new().sign_in(server.endpoint(), &alice).await,
            Err(CommandError::AddressMalformed),
            "{address}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_and_wiping_leaves_nothing() {
    let server = ServerUnderTest::from_env().await.unwrap();
    let alice = server.account("alice").await.unwrap();
    let desk = Desk::signed_in(server.endpoint(), &alice).await;
    desk.client().sign_out(LocalData::Wipe).await.unwrap();
    assert!(matches!(desk.client().start().await, FirstScreen::SignedOut { .. }));
    let left: Vec<_> = std::fs::read_dir(desk.folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(left.iter().all(|name| name == "profile.lock"), "{left:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_and_in_again_keeps_the_messages() {
    let (server, alice, bob) = ward().await;
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    let talk = desk.write(&bob.address, "Kept").await;
    desk.until_text(talk, "Kept").await;
    desk.client().sign_out(LocalData::Keep).await.unwrap();
    desk.settle().await;
    assert!(desk.rows().is_empty(), "nothing is shown to whoever comes next");
    desk.sign_in(server.endpoint(), &alice).await.unwrap();
    assert_eq!(desk.rows().len(), 1, "{}", desk.dump());
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_else_who_signs_in_sees_nothing_of_the_one_before() {
    let (server, alice, bob) = ward().await;
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    let talk = desk
        .write(&format!("carol@{}", server.endpoint().domain), "Private")
        .await;
    desk.until_text(talk, "Private").await;
    desk.client().sign_out(LocalData::Keep).await.unwrap();
    desk.settle().await;
    desk.sign_in(server.endpoint(), &bob).await.unwrap();
    desk.until_online().await;
    assert!(desk.rows().is_empty(), "{}", desk.dump());
}
