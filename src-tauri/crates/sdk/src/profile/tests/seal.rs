//! Keys of messages that stay at a sign-out.

use super::session::{Session, inside};
use super::*;

fn names(test: &str) -> String {
    format!("profile::tests::seal::{test}")
}

fn alices() -> Credentials {
    Credentials::new("alice@ward.example", "Zebrafinch")
}

/// A profile in which somebody was signed in and out.
async fn signed_out(profile: &Profile) -> Uuid {
    let open = profile.open_or_create(&KeyProtection::Keyring).await.unwrap();
    profile.prepare_seal(&alices()).await.unwrap();
    open.store.close().await.unwrap();
    let id = profile.in_keyring().await.unwrap().unwrap();
    profile.seal().await.unwrap();
    id
}

#[tokio::test]
async fn only_address_and_password_together_open_a_seal() {
    let key = DatabaseKey::new([7; 32]);
    let seal = Seal::close(&key, &alices()).await.unwrap();
    assert_eq!(seal.clone().open(&alices()).await.unwrap().bytes(), key.bytes());
    for other in [
        Credentials::new("bob@ward.example", "Zebrafinch"),
        Credentials::new("alice@ward.example", "zebrafinch"),
        Credentials::new("alice@ward.example", ""),
    ] {
        assert_eq!(
            seal.clone().open(&other).await.unwrap_err(),
            ProfileError::PassphraseWrong
        );
    }
    let again = Seal::close(&key, &alices()).await.unwrap();
    assert_ne!(seal, again, "a pad is used once");
}

#[test]
fn after_a_sign_out_the_keyring_has_no_key_and_the_password_brings_it_back() {
    let name = names("after_a_sign_out_the_keyring_has_no_key_and_the_password_brings_it_back");
    inside(Session::Unlocked, &name, async {
        let (_home, alice) = fresh();
        let id = signed_out(&alice).await;
        let database = database_in(alice.folder());

        assert_eq!(Keyring::default().get(id).await.unwrap_err(), ProfileError::KeyMissing);
        assert!(matches!(alice.open().await.unwrap(), Found::Nothing { notice: None }));

        alice.unseal(&alices()).await.unwrap();
        let open = alice.open_or_create(&KeyProtection::Keyring).await.unwrap();
        assert_eq!(open.notice, None);
        assert_eq!(database_in(alice.folder()), database, "the same database");
        assert!(Keyring::default().get(id).await.is_ok());
        end(open, alice).await;
    });
}

#[test]
fn another_password_opens_nothing_and_what_was_kept_stays_aside() {
    let name = names("another_password_opens_nothing_and_what_was_kept_stays_aside");
    inside(Session::Unlocked, &name, async {
        let (_home, alice) = fresh();
        let id = signed_out(&alice).await;

        alice
            .unseal(&Credentials::new("alice@ward.example", "changed"))
            .await
            .unwrap();
        assert_eq!(Keyring::default().get(id).await.unwrap_err(), ProfileError::KeyMissing);
        let open = alice.open_or_create(&KeyProtection::Keyring).await.unwrap();
        assert_eq!(open.notice, Some(Notice::FormerMessagesSealed));
        let left = files(alice.folder());
        assert!(
            left.contains(&format!("{id}.db")) && left.contains(&format!("profile-{id}.json")),
            "{left:?}"
        );
        end(open, alice).await;
    });
}

#[test]
fn a_key_that_was_never_sealed_stays_in_the_keyring() {
    let name = names("a_key_that_was_never_sealed_stays_in_the_keyring");
    inside(Session::Unlocked, &name, async {
        let (_home, alice) = fresh();
        let open = alice.open_or_create(&KeyProtection::Keyring).await.unwrap();
        open.store.close().await.unwrap();
        assert_eq!(alice.seal().await.unwrap_err(), ProfileError::KeyMissing);
        let Found::Open(open) = alice.open().await.unwrap() else {
            panic!("not opened")
        };
        end(open, alice).await;
    });
}

#[test]
fn wiping_a_sealed_profile_leaves_nothing() {
    let name = names("wiping_a_sealed_profile_leaves_nothing");
    inside(Session::Unlocked, &name, async {
        let (_home, alice) = fresh();
        signed_out(&alice).await;
        alice.wipe().await.unwrap();
        assert_eq!(files(alice.folder()), ["profile.lock"]);
    });
}
