//! Signing in and out: each failure says what it is, and nothing is stored before the server has accepted the password.

use wardline_interop::store::accounts;
use wardline_interop::view::{CommandError, ConnectionView, FirstScreen, LocalData};
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
async fn an_address_is_understood_as_it_was_pasted() {
    let server = ServerUnderTest::from_env().await.unwrap();
    let mut alice = server.account("alice").await.unwrap();
    let address = alice.address.clone();
    for pasted in [
        format!("xmpp:{address}?message"),
        format!(" <{address}/phone>. "),
        address.to_uppercase(),
    ] {
        alice.address = pasted;
        let desk = Desk::signed_in(server.endpoint(), &alice).await;
        desk.client().sign_out(LocalData::Wipe).await.unwrap();
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

#[tokio::test(flavor = "multi_thread")]
async fn the_password_is_not_kept_and_what_is_kept_signs_in_again() {
    let (server, alice, bob) = ward().await;
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    let talk = desk.write(&bob.address, "Before").await;
    desk.until_text(talk, "Before").await;
    let asleep = desk.sleep().await;
    let store = asleep.store().await;
    let account = accounts::get(&store.read().await.unwrap()).await.unwrap().unwrap();
    let kept = account.credential.as_str();
    assert!(kept.starts_with("SCRAM-SHA-") && !kept.contains(&alice.password));
    store.close().await.unwrap();

    let mut desk = asleep.wake().await;
    desk.until_online().await;
    assert_eq!(desk.rows().len(), 1, "{}", desk.dump());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_was_changed_is_asked_for_again_and_everything_here_stays() {
    let (server, mut alice, bob) = ward().await;
    if !server.is_ours() {
        eprintln!("SKIPPED: passwords of a server of somebody else are not ours to change");
        return;
    }
    let mut desk = Desk::signed_in(server.endpoint(), &alice).await;
    let talk = desk.write(&bob.address, "Before").await;
    desk.until_text(talk, "Before").await;
    let asleep = desk.sleep().await;
    server.set_password(&mut alice, "another-password").await.unwrap();
    let mut desk = asleep.wake().await;
    let needed = |desk: &Desk| {
        let failed = ConnectionView::Failed {
            error: CommandError::PasswordNeeded,
        };
        (*desk.connection() == failed).then_some(())
    };
    desk.until("the password is asked for", needed).await;
    desk.client().sign_out(LocalData::Keep).await.unwrap();
    desk.settle().await;
    desk.sign_in(server.endpoint(), &alice).await.unwrap();
    desk.until_online().await;
    assert_eq!(desk.rows().len(), 1, "{}", desk.dump());
}
